"""Cluster IPs and node ports: who gets which, and that nothing is given twice (B.3, B.4, K)."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.domains.service.bands import Bands, address_bands, port_bands
from cluster.machinery.addresses import parse_network
from cluster.machinery.errors import ApiError, InternalError, Invalid
from cluster.machinery.manifest import JSON, Manifest, mapping_at, mappings_at, texts_at
from tests.domains.service.objects import DUAL, Cluster, cluster, refusal, service


def spec_of(made: Cluster, item: Manifest) -> Manifest:
    return mapping_at(made.create(item), "spec")


def node_ports(spec: Manifest) -> list[JSON]:
    return [port.get("nodePort") for port in mappings_at(spec, "ports")]


def bands_of(cidr: str) -> tuple[str, str, str]:
    network = parse_network(cidr)
    assert network is not None
    low, dynamic, high = address_bands(network)
    kind = ipaddress.IPv4Address if network.version == 4 else ipaddress.IPv6Address
    return str(kind(low)), str(kind(dynamic)), str(kind(high))


@pytest.mark.parametrize(
    ("cidr", "low", "dynamic", "high"),
    [
        ("10.0.0.0/24", "10.0.0.1", "10.0.0.17", "10.0.0.254"),
        ("10.0.0.0/20", "10.0.0.1", "10.0.1.1", "10.0.15.254"),
        ("10.96.0.0/16", "10.96.0.1", "10.96.1.1", "10.96.255.254"),
        ("10.0.0.0/28", "10.0.0.1", "10.0.0.1", "10.0.0.14"),
        ("fd00:10:96::/108", "fd00:10:96::1", "fd00:10:96::101", "fd00:10:96::f:ffff"),
    ],
)
def test_a_range_is_split_into_a_static_and_a_dynamic_band(
    cidr: str, low: str, dynamic: str, high: str
) -> None:
    """B-34, B-35."""
    assert bands_of(cidr) == (low, dynamic, high)


def test_node_ports_are_split_the_same_way() -> None:
    """B-44."""
    assert port_bands(30000, 32767) == Bands(30000, 30086, 32767)
    assert port_bands(30000, 30015) == Bands(30000, 30000, 30015)


def test_automatic_addresses_are_the_lowest_of_the_upper_band_then_of_the_lower() -> None:
    """B-36: a /28 has no static band, a /27 has one of 16."""
    made = cluster(service_cidrs=["10.0.0.0/27"])
    given_out = [spec_of(made, service(f"s{i}"))["clusterIP"] for i in range(30)]

    assert given_out[:3] == ["10.0.0.17", "10.0.0.18", "10.0.0.19"]
    assert given_out[13:15] == ["10.0.0.30", "10.0.0.1"]
    with pytest.raises(InternalError) as caught:
        made.create(service("one-more"))
    assert caught.value.message == (  # B-38
        "Internal error occurred: failed to allocate a serviceIP: range is full"
    )


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("10.96.0.50", "provided IP is already allocated"),
        ("192.0.2.1", "the provided network does not match the current range"),
        ("10.96.0.0", "the provided network does not match the current range"),
        ("10.96.255.255", "the provided network does not match the current range"),
    ],
)
def test_an_explicit_address_must_be_free_and_in_range(address: str, problem: str) -> None:
    """B-37."""
    made = cluster()
    made.create(service("first", clusterIP="10.96.0.50"))

    with pytest.raises(Invalid) as caught:
        made.create(service(clusterIP=address))

    assert refusal(caught.value) == [
        f"spec.clusterIPs: Invalid value: failed to allocate IP {address}: {problem}"
    ]


CLUSTER_IPS: list[tuple[str, Manifest, list[str]]] = [
    ("B-39 plural alone", {"clusterIPs": ["10.96.0.5"]},
     ["spec.clusterIPs: Invalid value: must be empty when `clusterIP` is not specified"]),
    ("B-39 they differ", {"clusterIP": "10.96.0.5", "clusterIPs": ["10.96.0.6"]},
     ["spec.clusterIPs: Invalid value: first value must match `clusterIP`"]),
    ("B-40 None with another", {"clusterIP": "None", "clusterIPs": ["None", "10.96.0.6"]},
     ["spec.clusterIPs: Invalid value: 'None' must be the first and only value"]),
    ("B-40 no address", {"clusterIP": "x"},
     [("spec.clusterIPs[0]: Invalid value: must be a valid IP address, "
      "(e.g. 10.9.8.7 or 2001:db8::ffff)")]),
    ("B-40 two of one family", {"clusterIP": "10.96.0.5", "clusterIPs": ["10.96.0.5", "10.96.0.6"],
                                "ipFamilyPolicy": "PreferDualStack"},
     ["spec.clusterIPs: Invalid value: may specify no more than one IP for each IP family"]),
    ("B-40 family mismatch", {"clusterIP": "10.96.0.5", "ipFamilies": ["IPv6"]},
     [("spec.clusterIPs[0]: Invalid value: expected an IPv6 value as indicated by "
      "`ipFamilies[0]`")]),
    ("C-6 words", {"ipFamilies": ["IPv5"], "ipFamilyPolicy": "Dual"},
     ['spec.ipFamilies[0]: Unsupported value: supported values: "IPv4", "IPv6"',
      ('spec.ipFamilyPolicy: Unsupported value: supported values: "PreferDualStack", '
      '"RequireDualStack", "SingleStack"')]),
    ("C-6 twice", {"ipFamilies": ["IPv4", "IPv4"], "ipFamilyPolicy": "PreferDualStack"},
     ["spec.ipFamilies[1]: Duplicate value"]),
    ("C-4, C-7 policy is not inferred",
     {"ipFamilies": ["IPv4", "IPv6"], "clusterIP": "10.96.0.5",
      "clusterIPs": ["10.96.0.5", "fd00:10:96::5"]},
     [("spec.ipFamilyPolicy: Invalid value: must be 'RequireDualStack' or 'PreferDualStack' when "
      "multiple cluster IPs are specified"),
      ("spec.ipFamilyPolicy: Invalid value: must be 'RequireDualStack' or 'PreferDualStack' when "
      "multiple IP families are specified")]),
    ("C-17 opposite order",
     {"ipFamilies": ["IPv6"], "ipFamilyPolicy": "RequireDualStack", "clusterIP": "10.96.0.5",
      "clusterIPs": ["10.96.0.5", "fd00:10:96::5"]},
     [("spec.clusterIPs[0]: Invalid value: expected an IPv6 value as indicated by "
      "`ipFamilies[0]`")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "expected"), [r[1:] for r in CLUSTER_IPS], ids=[r[0] for r in CLUSTER_IPS]
)
def test_addresses_and_families_must_agree(spec: Manifest, expected: list[str]) -> None:
    with pytest.raises(Invalid) as caught:
        cluster(**DUAL).create(service(**spec))

    assert refusal(caught.value) == expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"ipFamilyPolicy": "RequireDualStack"},
         [("spec.ipFamilyPolicy: Invalid value: this cluster is not configured for dual-stack "
          "services")]),
        ({"ipFamilies": ["IPv6"]},
         ["spec.ipFamilies[0]: Invalid value: not configured on this cluster"]),
        ({"clusterIP": "fd00::1"},
         ["spec.clusterIPs[0]: Invalid value: IPv6 is not configured on this cluster"]),
        ({"clusterIP": "None", "selector": {"a": "b"}, "ipFamilyPolicy": "RequireDualStack"},
         [("spec.ipFamilyPolicy: Invalid value: this cluster is not configured for dual-stack "
          "services")]),
    ],
    ids=["C-10", "C-11", "C-8", "C-15"],
)  # fmt: skip
def test_a_single_stack_cluster_refuses_what_it_has_not(
    spec: Manifest, expected: list[str]
) -> None:
    with pytest.raises(Invalid) as caught:
        cluster().create(service(**spec))

    assert refusal(caught.value) == expected


BARE: Manifest = {"clusterIP": "None"}
WITH: Manifest = {"clusterIP": "None", "selector": {"a": "b"}}
SETTLED: list[tuple[str, Manifest, Manifest, tuple[str, list[str], int]]] = [
    ("C-3 single", {}, DUAL, ("SingleStack", ["IPv4"], 1)),
    ("C-12 prefer", {"ipFamilyPolicy": "PreferDualStack"}, DUAL,
     ("PreferDualStack", ["IPv4", "IPv6"], 2)),
    ("C-12 prefer IPv6", {"ipFamilyPolicy": "PreferDualStack", "ipFamilies": ["IPv6"]}, DUAL,
     ("PreferDualStack", ["IPv6", "IPv4"], 2)),
    ("C-13 prefer on single stack", {"ipFamilyPolicy": "PreferDualStack"}, {},
     ("PreferDualStack", ["IPv4"], 1)),
    ("C-8, C-16 from the address", {"clusterIP": "fd00:10:96::7"}, DUAL,
     ("SingleStack", ["IPv6"], 1)),
    ("C-14 bare headless", BARE, {}, ("RequireDualStack", ["IPv4", "IPv6"], 1)),
    ("C-14 bare headless, single", {**BARE, "ipFamilyPolicy": "SingleStack"}, {},
     ("SingleStack", ["IPv4"], 1)),
    ("C-15 headless with selector", WITH, DUAL, ("SingleStack", ["IPv4"], 1)),
    ("C-15 headless, both", {**WITH, "ipFamilyPolicy": "RequireDualStack"}, DUAL,
     ("RequireDualStack", ["IPv4", "IPv6"], 1)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "settings", "expected"), [r[1:] for r in SETTLED], ids=[r[0] for r in SETTLED]
)
def test_families_are_settled_before_addresses(
    spec: Manifest, settings: Manifest, expected: tuple[str, list[str], int]
) -> None:
    found = spec_of(cluster(**settings), service(**spec))
    policy, families, count = expected

    assert (found["ipFamilyPolicy"], found["ipFamilies"]) == (policy, families)
    assert len(texts_at(found, "clusterIPs")) == count
    assert found["clusterIP"] == texts_at(found, "clusterIPs")[0]  # C-16


def test_node_ports_are_shared_by_entries_of_one_port_on_create() -> None:
    """B-46, B-47."""
    made = cluster()
    dns: list[Manifest] = [
        {"port": 53, "name": "tcp"}, {"port": 53, "name": "udp", "protocol": "UDP"},
    ]  # fmt: skip
    shared = spec_of(made, service("auto", *dns, type="NodePort"))
    adopted = spec_of(
        made, service("named", dns[0], {**dns[1], "nodePort": 30053}, type="NodePort")
    )

    assert node_ports(shared) == [30086, 30086]
    assert node_ports(adopted) == [30053, 30053]


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        (30080, "provided port is already allocated"),
        (80, "provided port is not in the valid range. The range of valid ports is 30000-32767"),
    ],
)
def test_an_explicit_node_port_must_be_free_and_in_range(number: int, problem: str) -> None:
    """B-45; numbers are taken whatever the protocol (B-46)."""
    made = cluster()
    made.create(service("first", {"port": 1, "nodePort": 30080}, type="NodePort"))

    with pytest.raises(Invalid) as caught:
        made.create(
            service("web", {"port": 1, "nodePort": number, "protocol": "UDP"}, type="NodePort")
        )

    assert refusal(caught.value) == [f"spec.ports[0].nodePort: Invalid value: {problem}"]


def test_an_automatic_port_is_never_one_that_the_same_request_names() -> None:
    spec = spec_of(
        cluster(),
        service("web", {"port": 1, "name": "a"}, {"port": 2, "name": "b", "nodePort": 30086},
                type="NodePort"),
    )  # fmt: skip

    assert node_ports(spec) == [30087, 30086]


def test_a_load_balancer_may_do_without_node_ports_and_keeps_those_it_names() -> None:
    """B-43."""
    spec = spec_of(
        cluster(),
        service("web", {"port": 1, "name": "a"}, {"port": 2, "name": "b", "nodePort": 30007},
                type="LoadBalancer", allocateLoadBalancerNodePorts=False),
    )  # fmt: skip

    assert node_ports(spec) == [None, 30007]


def test_the_health_check_port_comes_from_the_same_pool() -> None:
    """B-48."""
    made = cluster()
    local: Manifest = {"type": "LoadBalancer", "externalTrafficPolicy": "Local"}
    spec = spec_of(made, service("first", **local))

    assert (node_ports(spec), spec["healthCheckNodePort"]) == ([30086], 30087)
    with pytest.raises(InternalError) as caught:
        made.create(service("second", healthCheckNodePort=30087, **local))
    assert "failed to allocate requested HealthCheck NodePort 30087" in caught.value.message


def test_a_full_port_range_is_a_500() -> None:
    """B-45."""
    made = cluster(node_port_range="30000-30001")
    made.create(service("a", 1, 2, type="NodePort"))

    with pytest.raises(InternalError, match="failed to allocate a nodePort: range is full"):
        made.create(service("b", type="NodePort"))


def test_deleting_gives_everything_back() -> None:
    """B-41, K-6."""
    made = cluster(**DUAL)
    made.create(
        service(type="LoadBalancer", externalTrafficPolicy="Local",
                ipFamilyPolicy="RequireDualStack")
    )  # fmt: skip
    made.delete("Service", "web")

    assert made.simulator.pools._holders == {}


names = st.sampled_from(["a", "b", "c", "d"])
types = st.sampled_from(["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"])
wishes = st.fixed_dictionaries(
    {"type": types},
    optional={
        "clusterIP": st.sampled_from(["10.0.0.3", "10.0.0.20", "None"]),
        "externalTrafficPolicy": st.sampled_from(["Cluster", "Local"]),
        "ipFamilyPolicy": st.sampled_from(["SingleStack", "PreferDualStack"]),
        "healthCheckNodePort": st.sampled_from([30002, 30005]),
    },
)
ports = st.lists(
    st.fixed_dictionaries(
        {"port": st.integers(1, 3), "protocol": st.sampled_from(["TCP", "UDP"])},
        optional={"nodePort": st.sampled_from([30001, 30002, 30003])},
    ),
    min_size=1,
    max_size=3,
)
verbs = st.sampled_from(["create", "replace", "delete"])


@given(history=st.lists(st.tuples(verbs, names, wishes, ports), max_size=12))
def test_no_two_services_ever_hold_the_same_and_the_end_is_as_the_beginning(
    history: list[tuple[str, str, dict[str, str], list[dict[str, JSON]]]],
) -> None:
    """K-1, K-6, B-59: whatever is asked, claims are disjoint and equal what is stored."""
    made = cluster(service_cidrs=["10.0.0.0/27", "fd00::/123"], node_port_range="30000-30009")
    pools = made.simulator.pools
    for verb, name, spec, listed in history:
        entries: list[Manifest] = [
            {**entry, "name": f"p{index}"} for index, entry in enumerate(listed)
        ]
        external: Manifest = {"externalName": "a.b"} if spec["type"] == "ExternalName" else {}
        try:
            if verb == "delete":
                made.delete("Service", name)
            else:
                getattr(made, verb)(service(name, *entries, **spec, **external))
        except ApiError:
            pass
        claims = [
            claim
            for stored in made.simulator.objects(["Service"])
            for claim in made.simulator.kinds["Service"].claims(stored)
        ]
        assert len(claims) == len(set(claims))
        assert set(claims) == set(pools._holders)
    for stored in made.simulator.objects(["Service"]):
        made.delete("Service", str(mapping_at(stored, "metadata")["name"]))
    assert pools._holders == {}
