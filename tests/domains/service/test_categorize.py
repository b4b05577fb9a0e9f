"""Which endpoints a Node's proxy reads and uses (semantics.md F-1 to F-18)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.domains.service.categorize import Categories, uses
from cluster.domains.service.endpointslice import Endpoint
from cluster.domains.service.forwarding import categories_on
from cluster.domains.service.proxy_endpoints import proxy_endpoints
from cluster.domains.service.service import Service
from cluster.machinery.addresses import Family
from cluster.machinery.manifest import Manifest
from cluster.machinery.snapshot import Snapshot
from tests.domains.network import end, node, piece, service, world

HERE, THERE = "node-1", "node-2"
NODES = (node(HERE, "10.0.0.1", zone="a"), node(THERE, "10.0.0.2", zone="b"))
ETP: dict[str, Any] = {"type": "NodePort", "externalTrafficPolicy": "Local"}
ITP: dict[str, Any] = {"internalTrafficPolicy": "Local"}


def of(snapshot: Snapshot, name: str = "web") -> Service:
    found = snapshot.get(Service, "shop", name)
    assert found is not None
    return found


def ends(snapshot: Snapshot, family: Family = "IPv4", node: str = HERE) -> list[str]:
    found = of(snapshot)
    return [str(item) for item in proxy_endpoints(snapshot, found, found.ports[0], family, node)]


def lists(
    *ends: Manifest, node: str = HERE, ports: tuple[str, ...] = ("http:80",), **spec: Any
) -> Categories:
    snapshot = world(*NODES, service("web", "10.96.0.1", ports=ports, **spec), piece(*ends))
    found = of(snapshot)
    return categories_on(snapshot, found, found.ports[0], "IPv4", node)


def last(found: tuple[object, ...] | None) -> str | None:
    """The last numbers of the addresses: `1 2`; None for a list that is not used."""
    if found is None:
        return None
    return " ".join(str(item).partition(":")[0].rpartition(".")[2] for item in found)


def ip(number: int, **more: Any) -> Manifest:
    return end(f"10.244.0.{number}", **more)


GOING = {"ready": False, "serving": True, "terminating": True}
GONE = {"ready": False, "serving": False, "terminating": True}
STARTING = {"ready": False, "serving": False}


@pytest.mark.parametrize(
    "label", ["service.kubernetes.io/service-proxy-name", "service.kubernetes.io/headless"]
)
def test_labelled_slices_are_not_watched(label: str) -> None:  # F-1
    snapshot = world(service("web", "10.96.0.1"), piece(ip(1), labels={label: ""}))

    assert ends(snapshot) == []


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        (("http:8080",), ["10.244.0.1:8080"]),
        (("http:8080/UDP",), []),
        (("other:8080",), []),
        (("8080",), []),
        (("http:0",), []),
        (("http:8080", "http:9090"), ["10.244.0.1:8080", "10.244.0.1:9090"]),
        ((), []),
    ],
)
def test_ports_match_by_name_and_protocol(ports: tuple[str, ...], expected: list[str]) -> None:
    snapshot = world(service("web", "10.96.0.1"), piece(ip(1), ports=ports))  # F-2, F-6

    assert ends(snapshot) == expected


def test_a_port_without_name_or_number_is_ignored() -> None:  # F-2
    made = piece(ip(1))
    made["ports"] = [{"name": None, "port": 80}, {"name": "http", "port": None}]

    assert ends(world(service("web", "10.96.0.1"), made)) == []


def test_only_slices_of_the_family_count_and_only_first_addresses() -> None:  # F-3
    snapshot = world(
        service("web", "10.96.0.1", "fd00::1"),
        piece(end("10.244.0.1", "10.244.0.2")),
        piece(end("fd00::5"), family="IPv6"),
        piece(end("a.example.com"), family="FQDN"),
        piece(end("10.244.0.9"), of="other"),
    )

    assert ends(snapshot, "IPv4") == ["10.244.0.1:8080"]
    assert ends(snapshot, "IPv6") == ["[fd00::5]:8080"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (GOING, {}, False),
        ({}, GOING, False),
        (GOING, GONE, True),
        (STARTING, GOING, False),
    ],
)
def test_of_equal_addresses_the_one_that_stays_counts(
    first: dict[str, bool], second: dict[str, bool], *, expected: bool
) -> None:  # F-3
    snapshot = world(
        service("web", "10.96.0.1"), piece(ip(1, **first)), piece(ip(1, **second), name="other")
    )
    found = of(snapshot)
    (only,) = proxy_endpoints(snapshot, found, found.ports[0], "IPv4", HERE)

    assert only.endpoint.is_terminating == expected


def test_of_equal_addresses_that_stay_the_local_one_then_the_first_slice_counts() -> None:  # F-3
    remote, local = ip(1, node=THERE), ip(1, node=HERE)
    snapshot = world(
        service("web", "10.96.0.1"),
        piece(remote, name="s-1"),
        piece(local, name="s-2"),
        piece(local, name="s-3"),
    )
    found = of(snapshot)

    for name, slice_ in ((HERE, "s-2"), (THERE, "s-1"), ("node-9", "s-1")):
        (only,) = proxy_endpoints(snapshot, found, found.ports[0], "IPv4", name)
        assert only.source.name == slice_


def test_endpoints_without_a_node_are_never_local() -> None:  # F-4
    assert last(lists(ip(1), node="", **ITP).local) == ""
    assert last(lists(ip(1, node=HERE), **ITP).local) == "1"


def test_unset_conditions_mean_ready_serving_and_staying() -> None:  # F-5
    found = Endpoint(("10.244.0.1",))

    assert (found.is_ready, found.is_serving, found.is_terminating) == (True, True, False)


@pytest.mark.parametrize(
    ("spec", "ports", "cluster", "local"),
    [
        # F-7
        ({}, ("80",), True, False),
        ({"internalTrafficPolicy": "Local"}, ("80",), False, True),
        ({"externalTrafficPolicy": "Local"}, ("80",), True, False),
        ({"externalTrafficPolicy": "Local"}, ("http:80:30080",), True, True),
        ({"internalTrafficPolicy": "Local"}, ("http:80:30080",), True, True),
        ({"internalTrafficPolicy": "Local", "externalIPs": ["203.0.113.1"]}, ("80",), True, True),
        ({"internalTrafficPolicy": "Local", "externalIPs": ["fd01::1"]}, ("80",), False, True),
        ({"externalTrafficPolicy": "Local", "externalIPs": ["203.0.113.1"]}, ("80",), True, True),
    ],
)
def test_policies_and_reach_decide_which_lists_are_needed(
    spec: dict[str, Any], ports: tuple[str, ...], *, cluster: bool, local: bool
) -> None:
    snapshot = world(service("web", "10.96.0.1", ports=ports, **spec))
    found = uses(of(snapshot), of(snapshot).ports[0], "IPv4")

    assert (found.cluster, found.local) == (cluster, local)


@pytest.mark.parametrize(("mode", "accessible"), [("VIP", True), ("Proxy", False), (None, True)])
def test_load_balancer_addresses_count_unless_it_proxies(
    mode: str | None, *, accessible: bool
) -> None:  # F-7, F-30
    entry: Manifest = {"ip": "203.0.113.1"}
    if mode:
        entry["ipMode"] = mode
    made = service(
        "web", "10.96.0.1", type="LoadBalancer", status={"loadBalancer": {"ingress": [entry]}}
    )
    snapshot = world(made)

    assert uses(of(snapshot), of(snapshot).ports[0], "IPv4").is_externally_accessible == accessible


@pytest.mark.parametrize(
    ("ends", "spec", "cluster", "local", "reachable", "has_any"),
    [
        # F-8
        ([], {}, "", None, "", False),
        ([], ITP, None, "", "", False),
        # F-9, F-10
        ([ip(1), ip(2, ready=False)], {}, "1", None, "1", True),
        ([ip(1), ip(2, **GOING)], {}, "1", None, "1", True),
        ([ip(1, **GOING), ip(2, **GONE), ip(3, **STARTING)], {}, "1", None, "1", True),
        ([ip(1, **STARTING)], {}, "", None, "", False),
        ([ip(1, ready=False, serving=True)], {}, "", None, "", False),
        ([ip(1, ready=True, terminating=True), ip(2, **GOING)], {}, "1", None, "1", True),
        # F-11, F-13
        ([ip(1, node=HERE), ip(2, node=THERE)], ITP, None, "1", "1", True),
        ([ip(2, node=THERE)], ITP, None, "", "", True),
        ([ip(2, node=THERE, **GOING)], ITP, None, "", "", True),
        ([ip(2, node=THERE, **STARTING)], ITP, None, "", "", False),
        ([ip(1, node=HERE, **GOING), ip(2, node=THERE)], ITP, None, "1", "1", True),
        # F-12
        ([ip(1, node=HERE, **GOING), ip(2, node=THERE)], ETP, "2", "1", "1 2", True),
        ([ip(1, node=HERE), ip(2, node=THERE)], ETP, "1 2", "1", "1 2", True),
        ([ip(2, node=THERE)], ETP, "2", "", "2", True),
    ],
)
def test_endpoints_are_categorized(
    ends: list[Manifest],
    spec: dict[str, Any],
    cluster: str | None,
    local: str | None,
    reachable: str,
    *,
    has_any: bool,
) -> None:
    ports = ("http:80:30080",) if spec is ETP else ("http:80",)
    found = lists(*ends, ports=ports, **spec)

    assert (last(found.cluster), last(found.local)) == (cluster, local)
    assert (last(found.reachable), found.has_any) == (reachable, has_any)


A, B, AB = ("a",), ("b",), ("a", "b")


@pytest.mark.parametrize(
    ("ends", "mode", "cluster"),
    [
        # F-14, F-15, F-16, F-17
        ([ip(1, zones=A), ip(2, zones=B)], "PreferSameZone", "1"),
        ([ip(1, zones=A), ip(2, zones=AB)], "PreferSameZone", "1 2"),
        ([ip(1, zones=B), ip(2, zones=B)], "", "1 2"),
        ([ip(1, zones=A), ip(2)], "", "1 2"),
        ([ip(1, zones=A), ip(2, ready=False)], "PreferSameZone", "1"),
        ([ip(1, zones=B), ip(2, zones=A, ready=False)], "", "1"),
        ([ip(1, nodes=(HERE,), zones=A), ip(2, nodes=(THERE,), zones=A)], "PreferSameNode", "1"),
        ([ip(1, nodes=(THERE,), zones=A), ip(2, nodes=(THERE,), zones=B)], "PreferSameZone", "1"),
        ([ip(1, nodes=(HERE,), zones=A), ip(2, zones=B)], "PreferSameZone", "1"),
        ([ip(1, nodes=(THERE,)), ip(2, nodes=(THERE,))], "", "1 2"),
        ([ip(1, **GOING, zones=B), ip(2, **GOING, zones=A)], "", "1 2"),
    ],
)
def test_hints_narrow_the_cluster_list(ends: list[Manifest], mode: str, cluster: str) -> None:
    found = lists(*ends)

    assert (found.topology, last(found.cluster)) == (mode, cluster)


def test_a_node_without_a_zone_matches_no_hint() -> None:  # F-15
    assert lists(ip(1, zones=("",)), ip(2, zones=A), node="node-9").topology == ""


def test_the_annotation_of_the_service_is_not_consulted() -> None:  # F-18
    made = service(
        "web", "10.96.0.1", annotations={"service.kubernetes.io/topology-mode": "Disabled"}
    )
    snapshot = world(*NODES, made, piece(ip(1, zones=A), ip(2, zones=B)))
    found = of(snapshot)

    assert last(categories_on(snapshot, found, found.ports[0], "IPv4", HERE).cluster) == "1"


def test_the_local_list_ignores_topology() -> None:  # F-11
    ends = [ip(1, node=HERE, zones=B), ip(2, node=THERE, zones=A)]
    found = lists(*ends, ports=("http:80:30080",), **ETP)

    assert (last(found.cluster), last(found.local)) == ("2", "1")
    assert last(found.reachable) == "1 2"  # F-12


CONDITION = st.sampled_from([True, False, None])
ENDS = st.lists(
    st.builds(
        lambda number, ready, serving, going, where, zones: ip(
            number, ready=ready, serving=serving, terminating=going, node=where, zones=zones
        ),
        st.integers(1, 4),
        CONDITION,
        CONDITION,
        CONDITION,
        st.sampled_from([HERE, THERE, ""]),
        st.sampled_from([(), A, B, AB]),
    ),
    max_size=6,
)
SPECS: st.SearchStrategy[dict[str, Any]] = st.sampled_from([{}, ITP, ETP, ITP | ETP])


@given(st.lists(ENDS, max_size=3), SPECS)
def test_what_is_neither_ready_nor_terminating_is_never_chosen(
    slices: list[list[Manifest]], spec: dict[str, Any]
) -> None:  # F-10
    objects = [piece(*ends, name=f"s-{index}") for index, ends in enumerate(slices)]
    snapshot = world(
        *NODES, service("web", "10.96.0.1", ports=("http:80:30080",), **spec), *objects
    )
    found = of(snapshot)

    for name in (HERE, THERE):
        chosen = categories_on(snapshot, found, found.ports[0], "IPv4", name)
        every = (*(chosen.cluster or ()), *(chosen.local or ()), *chosen.reachable)
        assert all(item.is_ready or item.endpoint.is_terminating for item in every)
        assert all(item.is_local for item in chosen.local or ())
        assert set(map(str, every)) == set(map(str, chosen.reachable))
        assert chosen.has_any or not every


@given(st.lists(ENDS, max_size=3), SPECS)
def test_order_of_objects_does_not_matter(
    slices: list[list[Manifest]], spec: dict[str, Any]
) -> None:
    made = service("web", "10.96.0.1", ports=("http:80:30080",), **spec)
    objects = [made, *NODES, *(piece(*ends, name=f"s-{i}") for i, ends in enumerate(slices))]
    one, other = world(*objects), world(*reversed(objects))
    found = of(one)

    assert categories_on(one, found, found.ports[0], "IPv4", HERE) == categories_on(
        other, of(other), found.ports[0], "IPv4", HERE
    )
