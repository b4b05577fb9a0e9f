"""What a Service manifest gets by default, and what is refused about one (B.1, B.2)."""

from __future__ import annotations

import pytest

from cluster.machinery.errors import Invalid
from cluster.machinery.manifest import JSON, Manifest, mapping_at
from cluster.machinery.names import QUALIFIED_TEXT
from tests.domains.service.objects import KINDS, SLICE, cluster, refusal, service

BETWEEN = "must be between 1 and 65535, inclusive"
LB_ONLY = "may only be used when `type` is 'LoadBalancer'"
OUTSIDE_ONLY = "may only be set for externally-accessible services"


def spec_of(item: Manifest) -> Manifest:
    return mapping_at(cluster().create(item), "spec")


def test_a_bare_service_gets_every_static_default() -> None:
    """B-1, B-2, B-4, B-6, B-9."""
    spec = spec_of(service())

    assert spec["type"] == "ClusterIP"
    assert spec["sessionAffinity"] == "None"
    assert spec["internalTrafficPolicy"] == "Cluster"
    assert spec["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    assert "externalTrafficPolicy" not in spec
    assert "publishNotReadyAddresses" not in spec


@pytest.mark.parametrize("target", [None, 0, ""])
def test_an_absent_target_port_is_the_port(target: JSON) -> None:
    """B-4, headless included."""
    port: Manifest = {"port": 8080, "targetPort": target}
    spec = spec_of(service("web", port, clusterIP="None"))

    assert spec["ports"] == [{"port": 8080, "protocol": "TCP", "targetPort": 8080}]


def test_client_ip_affinity_lasts_three_hours_and_none_has_no_configuration() -> None:
    """B-2, B-3."""
    sticky = spec_of(service(sessionAffinity="ClientIP"))
    loose = spec_of(service(sessionAffinityConfig={"clientIP": {"timeoutSeconds": 5}}))

    assert sticky["sessionAffinityConfig"] == {"clientIP": {"timeoutSeconds": 10800}}
    assert "sessionAffinityConfig" not in loose


@pytest.mark.parametrize(
    ("more", "policy"),
    [
        ({}, None),
        ({"externalIPs": ["192.0.2.1"]}, "Cluster"),
        ({"type": "NodePort"}, "Cluster"),
        ({"type": "LoadBalancer"}, "Cluster"),
    ],
    ids=["cluster ip", "with external ips", "node port", "load balancer"],
)
def test_only_what_can_be_reached_from_outside_has_an_external_policy(
    more: Manifest, policy: str | None
) -> None:
    """B-5, B-7."""
    spec = spec_of(service(**more))

    assert spec.get("externalTrafficPolicy") == policy
    assert spec.get("allocateLoadBalancerNodePorts") == (
        True if more.get("type") == "LoadBalancer" else None
    )


def test_an_external_name_gets_no_internal_policy() -> None:
    """B-6, C-2."""
    spec = spec_of(service(ports=None, type="ExternalName", externalName="example.com."))

    assert "internalTrafficPolicy" not in spec
    assert not {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"} & set(spec)


def port(**fields: JSON) -> Manifest:
    return {"port": 80, "name": "a", **fields}


def other(**fields: JSON) -> Manifest:
    return {"port": 81, "name": "b", **fields}


REFUSED: list[tuple[str, Manifest, list[str]]] = [
    ("B-11 no ports", service(ports=None), ["spec.ports: Required value"]),
    (
        "B-12 two ports need names",
        service("web", {"port": 1}, {"port": 2, "name": "b"}),
        ["spec.ports[0].name: Required value"],
    ),
    (
        "B-12 names are unique",
        service("web", port(), other(name="a")),
        ["spec.ports[1].name: Duplicate value"],
    ),
    ("B-13 port", service("web", {"port": 70000, "targetPort": 1}),
     [f"spec.ports[0].port: Invalid value: {BETWEEN}"]),
    (
        "B-14 protocol",
        service("web", port(protocol="HTTP")),
        ['spec.ports[0].protocol: Unsupported value: supported values: "SCTP", "TCP", "UDP"'],
    ),
    (
        "B-15 target number",
        service("web", port(targetPort=70000)),
        [f"spec.ports[0].targetPort: Invalid value: {BETWEEN}"],
    ),
    (
        "B-15 quoted number",
        service("web", port(targetPort="80")),
        ["spec.ports[0].targetPort: Invalid value: must contain at least one letter (a-z)"],
    ),
    (
        "B-15 long name",
        service("web", port(targetPort="a-name-of-sixteen")),
        ["spec.ports[0].targetPort: Invalid value: must be no more than 15 characters"],
    ),
    (
        "B-16 application protocol",
        service("web", port(appProtocol="a b")),
        [f"spec.ports[0].appProtocol: Invalid value: name part {QUALIFIED_TEXT}"],
    ),
    (
        "B-17 same port twice",
        service("web", port(), other(port=80)),
        ["spec.ports[1]: Duplicate value"],
    ),
    (
        "B-18 on create the allocator sees it first",
        service("web", port(nodePort=30001), other(nodePort=30001), type="NodePort"),
        ["spec.ports[1].nodePort: Invalid value: provided port is already allocated"],
    ),
    (
        "B-19, B-18 node ports of a ClusterIP",
        service("web", port(nodePort=30001), other(nodePort=30001)),
        [
            "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
            "spec.ports[1].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
            "spec.ports[1].nodePort: Duplicate value",
        ],
    ),
    (
        "B-20 type",
        service(type="Cluster"),
        [('spec.type: Unsupported value: supported values: "ClusterIP", "ExternalName", '
         '"LoadBalancer", "NodePort"')],
    ),
    (
        "B-21 headless load balancer",
        service(type="LoadBalancer", clusterIP="None"),
        ["spec.clusterIPs[0]: Invalid value: may not be set to 'None' for LoadBalancer services"],
    ),
    (
        "B-21 headless node port",
        service(type="NodePort", clusterIP="None"),
        ["spec.clusterIPs[0]: Invalid value: may not be set to 'None' for NodePort services"],
    ),
    (
        "B-22 addresses of an external name",
        service(type="ExternalName", externalName="a.b", clusterIP="10.96.0.77",
                ipFamilies=["IPv4"], ipFamilyPolicy="SingleStack"),
        [
            "spec.clusterIPs: Forbidden: may not be set for ExternalName services",
            "spec.ipFamilies: Forbidden: may not be set for ExternalName services",
            "spec.ipFamilyPolicy: Forbidden: may not be set for ExternalName services",
        ],
    ),
    (
        "B-22 external name",
        service(type="ExternalName"),
        ["spec.externalName: Required value"],
    ),
    (
        "B-23 affinity",
        service(sessionAffinity="Cookie"),
        ['spec.sessionAffinity: Unsupported value: supported values: "ClientIP", "None"'],
    ),
    (
        "B-23 timeout",
        service(sessionAffinity="ClientIP",
                sessionAffinityConfig={"clientIP": {"timeoutSeconds": 86401}}),
        [("spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: "
         "must be greater than 0 and less than 86400")],
    ),
    (
        "B-24 external ips",
        service(externalIPs=["127.0.0.1", "x", "0.0.0.0", "169.254.1.1"]),
        [
            ("spec.externalIPs[0]: Invalid value: may not be in the loopback range "
            "(127.0.0.0/8, ::1/128)"),
            ("spec.externalIPs[1]: Invalid value: must be a valid IP address, "
            "(e.g. 10.9.8.7 or 2001:db8::ffff)"),
            "spec.externalIPs[2]: Invalid value: may not be unspecified (0.0.0.0)",
            ("spec.externalIPs[3]: Invalid value: may not be in the link-local range "
            "(169.254.0.0/16, fe80::/10)"),
        ],
    ),
    (
        "B-25 source ranges of another type",
        service(loadBalancerSourceRanges=["10.0.0.0/8"]),
        [f"spec.LoadBalancerSourceRanges: Forbidden: {LB_ONLY}"],
    ),
    (
        "B-25 source range",
        service(type="LoadBalancer", loadBalancerSourceRanges=[" 10.0.0.0/8 ", "10.0.0.1"]),
        [("spec.LoadBalancerSourceRanges[1]: Invalid value: must be a valid CIDR value, "
         "(e.g. 10.9.8.0/24 or 2001:db8::/64)")],
    ),
    (
        "B-26, B-27 load balancer fields of another type",
        service(allocateLoadBalancerNodePorts=False, loadBalancerClass="a/b"),
        [
            f"spec.allocateLoadBalancerNodePorts: Forbidden: {LB_ONLY}",
            f"spec.loadBalancerClass: Forbidden: {LB_ONLY}",
        ],
    ),
    (
        "B-28 policy without a way in",
        service(externalTrafficPolicy="Cluster"),
        [f"spec.externalTrafficPolicy: Invalid value: {OUTSIDE_ONLY}"],
    ),
    (
        "B-28 policy word",
        service(type="NodePort", externalTrafficPolicy="local"),
        ['spec.externalTrafficPolicy: Unsupported value: supported values: "Cluster", "Local"'],
    ),
    (
        "B-29 health check",
        service(type="NodePort", externalTrafficPolicy="Local", healthCheckNodePort=30010),
        [("spec.healthCheckNodePort: Invalid value: may only be set when `type` is "
         "'LoadBalancer' and `externalTrafficPolicy` is 'Local'")],
    ),
    (
        "B-30 internal policy",
        service(internalTrafficPolicy="Nearby"),
        ['spec.internalTrafficPolicy: Unsupported value: supported values: "Cluster", "Local"'],
    ),
    (
        "B-31 distribution",
        service(trafficDistribution="PreferNear"),
        [('spec.trafficDistribution: Unsupported value: supported values: "PreferClose", '
         '"PreferSameNode", "PreferSameZone"')],
    ),
    (
        "B-32 hint annotations that differ",
        service(meta={"annotations": {
            "service.kubernetes.io/topology-aware-hints": "Auto",
            "service.kubernetes.io/topology-mode": "Disabled",
        }}),
        [("metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: must match "
         "annotations[service.kubernetes.io/topology-aware-hints] when both are specified")],
    ),
    (
        "the kubelet's port is not for load balancers",
        service("web", 10250, type="LoadBalancer"),
        [("spec.ports[0]: Invalid value: may not expose port 10250 externally since it is used "
         "by kubelet")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("item", "expected"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused_with_every_error_and_nothing_kept(item: Manifest, expected: list[str]) -> None:
    made = cluster()

    with pytest.raises(Invalid) as caught:
        made.create(item)

    assert refusal(caught.value) == expected
    assert made.simulator.pools._holders == {}  # A-10a: nothing stays allocated


ACCEPTED: list[tuple[str, Manifest]] = [
    ("B-12 one port may be unnamed", service("web", {"port": 80})),
    ("B-11 headless without ports", service(ports=None, clusterIP="None")),
    ("B-17 one number, two protocols", service("web", port(), other(port=80, protocol="UDP"))),
    ("B-19 external name with node port",
     service("web", port(nodePort=30001), type="ExternalName", externalName="a.b")),
    ("B-22 trailing dot", service(ports=None, type="ExternalName", externalName="a.b.")),
    ("B-22 IPv4 literal", service(ports=None, type="ExternalName", externalName="192.0.2.1")),
    ("B-23 a whole day", service(
        sessionAffinity="ClientIP",
        sessionAffinityConfig={"clientIP": {"timeoutSeconds": 86400}})),
    ("B-28, B-64 local with external ips",
     service(externalIPs=["192.0.2.1"], externalTrafficPolicy="Local")),
    ("B-67 free text", service(type="LoadBalancer", loadBalancerIP="anything")),
]  # fmt: skip


@pytest.mark.parametrize("item", [r[1] for r in ACCEPTED], ids=[r[0] for r in ACCEPTED])
def test_accepted(item: Manifest) -> None:
    assert cluster().create(item)["kind"] == "Service"


def test_names_are_dns_1035_labels() -> None:
    """A-12, A-15."""
    with pytest.raises(Invalid, match="a DNS-1035 label must consist of"):
        cluster().create(service("1web"))


STATUS: list[tuple[str, str, Manifest, list[str]]] = [
    ("other type", "ClusterIP", {"ip": "192.0.2.1"},
     [('status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is '
      '"LoadBalancer"')]),
    ("ip", "LoadBalancer", {"ip": "x"},
     [("status.loadBalancer.ingress[0].ip: Invalid value: must be a valid IP address, "
      "(e.g. 10.9.8.7 or 2001:db8::ffff)")]),
    ("host that is an ip", "LoadBalancer", {"hostname": "192.0.2.1"},
     [("status.loadBalancer.ingress[0].hostname: Invalid value: must be a DNS name, "
      "not an IP address")]),
    ("mode without ip", "LoadBalancer", {"hostname": "a.b", "ipMode": "VIP"},
     [("status.loadBalancer.ingress[0].ipMode: Forbidden: may not be specified when `ip` "
      "is not set")]),
    ("mode", "LoadBalancer", {"ip": "192.0.2.1", "ipMode": "Direct"},
     [('status.loadBalancer.ingress[0].ipMode: Unsupported value: supported values: "Proxy", '
      '"VIP"')]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "ingress", "expected"), [r[1:] for r in STATUS], ids=[r[0] for r in STATUS]
)
def test_load_balancer_status_is_checked(
    type_: str, ingress: Manifest, expected: list[str]
) -> None:
    """B-33."""
    made = cluster()
    stored = made.create(service(type=type_))
    written: Manifest = {**stored, "status": {"loadBalancer": {"ingress": [ingress]}}}

    with pytest.raises(Invalid) as caught:
        made.simulator.replace(written, subresource="status")

    assert refusal(caught.value) == expected


def slice_(**fields: JSON) -> Manifest:
    body: Manifest = {"addressType": "IPv4", "endpoints": [], "ports": [], **fields}
    meta: Manifest = {"name": "s", "namespace": "shop"}
    return {"apiVersion": f"{SLICE}/v1", "kind": "EndpointSlice", "metadata": meta, **body}


SLICES: list[tuple[str, Manifest, list[str]]] = [
    ("address type", slice_(addressType="IP"),
     ['addressType: Unsupported value: supported values: "FQDN", "IPv4", "IPv6"']),
    ("no addresses", slice_(endpoints=[{"addresses": []}]),
     ["endpoints[0].addresses: Required value: must contain at least 1 address"]),
    ("other family", slice_(endpoints=[{"addresses": ["fd00::1"]}]),
     ["endpoints[0].addresses[0]: Invalid value: must be a valid IPv4 address"]),
    ("special", slice_(addressType="IPv6", endpoints=[{"addresses": ["::1"]}]),
     [("endpoints[0].addresses[0]: Invalid value: may not be in the loopback range "
      "(127.0.0.0/8, ::1/128)")]),
    ("too many endpoints", slice_(endpoints=[{"addresses": ["10.0.0.1"]}] * 1001),
     ["endpoints: Too many: must have at most 1000 items"]),
    ("too many ports", slice_(ports=[{"name": f"p{i}", "port": 1} for i in range(101)]),
     ["ports: Too many: must have at most 100 items"]),
    ("port names", slice_(ports=[{"port": 1}, {"name": "", "port": 2}]),
     ["ports[1].name: Duplicate value"]),
    ("protocol", slice_(ports=[{"protocol": "ICMP"}]),
     ['ports[0].protocol: Unsupported value: supported values: "SCTP", "TCP", "UDP"']),
    ("hints", slice_(endpoints=[{"addresses": ["10.0.0.1"], "hints": {
        "forZones": [{"name": f"z{i}"} for i in range(9)]}}]),
     ["endpoints[0].hints.forZones: Too many: must have at most 8 items"]),
]  # fmt: skip


@pytest.mark.parametrize(("item", "expected"), [r[1:] for r in SLICES], ids=[r[0] for r in SLICES])
def test_slices_are_refused(item: Manifest, expected: list[str]) -> None:
    """D-52."""
    with pytest.raises(Invalid) as caught:
        cluster().create(item)

    assert refusal(caught.value) == expected


def test_slices_get_port_defaults_and_keep_their_address_type() -> None:
    """D-51, D-21."""
    made = cluster()
    stored = made.create(slice_(ports=[{"port": 80}]))

    assert stored["ports"] == [{"port": 80, "name": "", "protocol": "TCP"}]
    with pytest.raises(Invalid, match=r"addressType: Invalid value: .*: field is immutable"):
        made.replace(slice_(addressType="IPv6"))


def test_v1beta1_topology_becomes_node_and_zone() -> None:
    old = slice_(endpoints=[{
        "addresses": ["10.0.0.1"],
        "topology": {"kubernetes.io/hostname": "n", "topology.kubernetes.io/zone": "a", "x": "y"},
    }])  # fmt: skip
    converted = KINDS["EndpointSlice"].conversions[f"{SLICE}/v1beta1"](old)

    assert converted["endpoints"] == [
        {"addresses": ["10.0.0.1"], "nodeName": "n", "zone": "a", "deprecatedTopology": {"x": "y"}}
    ]


def test_endpoints_need_an_address_in_each_subset() -> None:
    item: Manifest = {
        "apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "e", "namespace": "shop"},
        "subsets": [{"ports": [{"port": 80}, {"port": 0}]}],
    }  # fmt: skip
    with pytest.raises(Invalid) as caught:
        cluster().create(item)

    assert refusal(caught.value) == [
        "subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`",
        "subsets[0].ports[0].name: Required value",
        "subsets[0].ports[1].name: Required value",
        f"subsets[0].ports[1].port: Invalid value: {BETWEEN}",
    ]
