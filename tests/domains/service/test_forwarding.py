"""Where connections to Services go and whom the endpoint sees (semantics.md F-19 to F-42)."""

from __future__ import annotations

from typing import Any

import pytest

from cluster.domains.service.destinations import (
    Destination,
    DestinationKind,
    ProxyConfig,
    destinations,
    find_destination,
    is_in_source_ranges,
    node_port_addresses,
)
from cluster.domains.service.forwarding import Client, ClientKind, Forwarding, forward
from cluster.domains.service.health import health_check, load_balancer_targets
from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.machinery.addresses import Family
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.snapshot import Snapshot
from tests.domains.network import end, external, headless, node, piece, service, world

HERE, THERE, EMPTY = "node-1", "node-2", "node-3"
LB_IP = "203.0.113.1"
STATUS: Manifest = {"loadBalancer": {"ingress": [{"ip": LB_IP}]}}
NODES = (
    node(HERE, "10.0.0.1", "fd00::1"),
    node(THERE, "10.0.0.2"),
    node(EMPTY, "10.0.0.3"),
)
LOCAL: dict[str, Any] = {"externalTrafficPolicy": "Local"}


def balanced(**spec: Any) -> Manifest:
    """A LoadBalancer Service with every kind of address."""
    body: dict[str, Any] = {"type": "LoadBalancer", "externalIPs": ["203.0.113.2"], **spec}
    return service("web", "10.96.0.1", ports=("http:80:30080",), status=STATUS, **body)


def of(snapshot: Snapshot, name: str = "web") -> Service:
    found = snapshot.get(Service, "shop", name)
    assert found is not None
    return found


def go(
    made: Manifest,
    kind: DestinationKind = "clusterIP",
    client: ClientKind = "pod",
    on: str = HERE,
    *,
    ends: tuple[Manifest, ...] | None = None,
    ip: str = "",
    config: ProxyConfig | None = None,
) -> Forwarding:
    if ends is None:
        ends = (end("10.244.0.1", node=HERE), end("10.244.1.1", node=THERE))
    snapshot = world(*NODES, made, piece(*ends))
    found = of(snapshot)
    return forward(
        snapshot, found, found.ports[0], Client(client, on, ip), kind,
        config=config or ProxyConfig(),
    )  # fmt: skip


def chosen(found: Forwarding) -> str:
    """`forward 10.244.0.1 10.244.1.1`, `drop`."""
    return " ".join((found.action, *(item.ip for item in found.endpoints)))


BOTH, ONE, OTHER = "forward 10.244.0.1 10.244.1.1", "forward 10.244.0.1", "forward 10.244.1.1"
EXTERNAL: tuple[DestinationKind, ...] = ("nodePort", "externalIP", "loadBalancer")


@pytest.mark.parametrize(
    ("spec", "kind", "client", "on", "expected"),
    [
        # F-19, F-21, F-23
        ({}, "clusterIP", "pod", HERE, BOTH),
        ({"internalTrafficPolicy": "Local"}, "clusterIP", "pod", THERE, OTHER),
        ({"internalTrafficPolicy": "Local"}, "clusterIP", "pod", EMPTY, "drop"),
        ({"internalTrafficPolicy": "Local"}, "clusterIP", "node", EMPTY, "drop"),
        ({"internalTrafficPolicy": "Local"}, "nodePort", "outside", EMPTY, BOTH),
        (LOCAL, "clusterIP", "pod", EMPTY, BOTH),
        # F-20, F-28
        ({}, "nodePort", "outside", EMPTY, BOTH),
        (LOCAL, "nodePort", "outside", HERE, ONE),
        (LOCAL, "externalIP", "outside", THERE, OTHER),
        (LOCAL, "loadBalancer", "outside", EMPTY, "drop"),
        (LOCAL, "nodePort", "outside", EMPTY, "drop"),
        # F-24
        (LOCAL, "nodePort", "pod", EMPTY, BOTH),
        (LOCAL, "externalIP", "node", EMPTY, BOTH),
        (LOCAL | {"internalTrafficPolicy": "Local"}, "loadBalancer", "pod", EMPTY, BOTH),
    ],
)
def test_policy_and_client_decide_which_endpoints(
    spec: dict[str, Any], kind: DestinationKind, client: ClientKind, on: str, expected: str
) -> None:
    assert chosen(go(balanced(**spec), kind, client, on)) == expected


@pytest.mark.parametrize("kind", ["clusterIP", *EXTERNAL])
@pytest.mark.parametrize("spec", [{}, LOCAL, {"internalTrafficPolicy": "Local"}])
@pytest.mark.parametrize("ends", [(), (end("10.244.0.1", node=HERE, ready=False),)])
def test_without_any_endpoint_every_address_refuses(
    kind: DestinationKind, spec: dict[str, Any], ends: tuple[Manifest, ...]
) -> None:  # F-22
    found = go(balanced(**spec), kind, "outside", ends=ends)

    assert chosen(found) == "reject"
    assert found.why[-1].cause


def test_without_local_detection_pods_are_outsiders() -> None:  # F-24
    blind = ProxyConfig(detects_local=False)

    assert chosen(go(balanced(**LOCAL), "nodePort", "pod", EMPTY, config=blind)) == "drop"
    assert chosen(go(balanced(**LOCAL), "nodePort", "node", EMPTY, config=blind)) == BOTH


@pytest.mark.parametrize(
    ("client", "kind", "spec", "seen"),
    [
        ("pod", "clusterIP", {}, "preserved"),  # F-33
        ("node", "clusterIP", {}, "node"),  # F-35
        ("outside", "clusterIP", {}, "node"),  # F-38
        ("outside", "nodePort", {}, "node"),  # F-36
        ("pod", "loadBalancer", {}, "node"),
        ("node", "externalIP", {}, "node"),
        ("outside", "nodePort", LOCAL, "preserved"),  # F-37
        ("pod", "nodePort", LOCAL, "preserved"),
        ("node", "nodePort", LOCAL, "node"),
        ("pod", "clusterIP", LOCAL, "preserved"),
    ],
)
def test_the_endpoint_sees(
    client: ClientKind, kind: DestinationKind, spec: dict[str, Any], seen: str
) -> None:
    assert go(balanced(**spec), kind, client).source_seen == seen


def test_masquerading_everything_hides_clients_of_cluster_ips_alone() -> None:  # F-39
    every = ProxyConfig(masquerade_all=True)

    assert go(balanced(), config=every).source_seen == "node"
    assert go(balanced(**LOCAL), "nodePort", "outside", config=every).source_seen == "preserved"


def test_without_local_detection_no_client_of_a_cluster_ip_is_hidden() -> None:  # F-35, F-38
    blind = ProxyConfig(detects_local=False)

    for client in ("pod", "node", "outside"):
        assert go(balanced(), client=client, config=blind).source_seen == "preserved"


def test_a_pod_that_reaches_itself_sees_the_node() -> None:  # F-34
    found = go(balanced(), ip="10.244.0.1")

    assert [item.ip for item in found.hairpin] == ["10.244.0.1"]
    assert go(balanced(), ip="10.244.0.9").hairpin == ()


def test_affinity_lasts_as_long_as_the_service_says() -> None:  # F-25, F-26
    sticky: dict[str, Any] = {
        "sessionAffinity": "ClientIP",
        "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 60}},
    }

    assert go(balanced()).affinity_seconds is None
    assert go(balanced(**sticky)).affinity_seconds == 60
    assert go(balanced(sessionAffinity="ClientIP")).affinity_seconds == 10800


@pytest.mark.parametrize(
    ("made", "path"),
    [
        (headless(), "spec.clusterIP"),
        (external("web", "example.com", ports=("80",)), "spec.type"),
        (
            service("web", "10.96.0.1", labels={"service.kubernetes.io/headless": ""}),
            "metadata.labels[service.kubernetes.io/headless]",
        ),
        (
            service("web", "10.96.0.1", labels={"service.kubernetes.io/service-proxy-name": "x"}),
            "metadata.labels[service.kubernetes.io/service-proxy-name]",
        ),
    ],
)
def test_services_that_no_proxy_serves_answer_nothing(made: Manifest, path: str) -> None:
    found = go(made)  # F-1, F-40

    assert chosen(found) == "drop"
    assert [reason.path for reason in found.why] == [path]
    assert found.categories.json() == {
        "cluster": None,
        "local": None,
        "reachable": [],
        "has_any": False,
    }


def test_an_address_that_the_service_does_not_have_answers_nothing() -> None:  # F-32
    found = go(service("web", "10.96.0.1"), "nodePort", "outside")

    assert chosen(found) == "drop"
    assert [item.ip for item in found.categories.reachable] == ["10.244.0.1", "10.244.1.1"]


def every(snapshot: Snapshot, family: Family, on: str = HERE) -> list[str]:
    found = of(snapshot)
    at = snapshot.get(Node, "", on)
    return [str(item) for item in destinations(found, found.ports[0], family, at)]


def test_addresses_that_answer() -> None:  # F-27, F-29, F-30
    snapshot = world(*NODES, balanced())

    assert every(snapshot, "IPv4") == [
        "clusterIP 10.96.0.1:80",
        "externalIP 203.0.113.2:80",
        "loadBalancer 203.0.113.1:80",
        "nodePort 10.0.0.1:30080",
    ]


def test_nothing_answers_in_a_family_without_a_cluster_ip() -> None:  # F-1
    made = balanced(externalIPs=["fd01::1"])

    assert every(world(*NODES, made), "IPv6") == []


@pytest.mark.parametrize("entry", [{"ip": LB_IP, "ipMode": "Proxy"}, {"hostname": "lb.test"}])
def test_addresses_of_a_proxying_load_balancer_are_not_intercepted(entry: Manifest) -> None:
    status: Manifest = {"loadBalancer": {"ingress": [entry]}}  # F-30
    made = service("web", "10.96.0.1", type="LoadBalancer", status=status)

    assert every(world(*NODES, made), "IPv4") == ["clusterIP 10.96.0.1:80"]


def test_node_ports_answer_on_all_addresses_or_on_the_primary_ones() -> None:  # F-27
    made = node("n", "10.0.0.1", "10.0.0.2", "fd00::1")
    found = world(made).get(Node, "", "n")
    assert found is not None

    assert node_port_addresses(found, "IPv4") == ("10.0.0.1", "10.0.0.2")
    primary = ProxyConfig(all_node_addresses=False)
    assert node_port_addresses(found, "IPv4", primary) == ("10.0.0.1",)
    assert node_port_addresses(found, "IPv6", primary) == ("fd00::1",)


@pytest.mark.parametrize(
    ("ip", "number", "protocol", "expected"),
    [
        ("10.96.0.1", 80, "TCP", "clusterIP"),
        ("10.96.0.1", 81, "TCP", None),  # F-32
        ("10.96.0.1", 80, "UDP", None),
        ("203.0.113.2", 80, "TCP", "externalIP"),
        ("203.0.113.2", 30080, "TCP", None),  # F-29
        (LB_IP, 80, "TCP", "loadBalancer"),
        ("10.0.0.3", 30080, "TCP", "nodePort"),  # F-28
        ("10.0.0.3", 80, "TCP", None),
        ("10.0.0.9", 30080, "TCP", None),
    ],
)
def test_an_address_leads_to_its_service(
    ip: str, number: int, protocol: str, expected: str | None
) -> None:
    hit = find_destination(world(*NODES, balanced()), ip, number, protocol)

    assert (hit.destination.kind if hit is not None else None) == expected


RANGES: dict[str, Any] = {"loadBalancerSourceRanges": ["198.51.100.0/24", "10.244.0.0/24"]}


@pytest.mark.parametrize(
    ("ip", "client", "kind", "expected"),
    [
        # F-31
        ("198.51.100.7", "outside", "loadBalancer", BOTH),
        ("192.0.2.7", "outside", "loadBalancer", "drop"),
        ("10.244.0.7", "pod", "loadBalancer", BOTH),
        ("10.244.9.7", "pod", "loadBalancer", "drop"),
        ("10.0.0.1", "node", "loadBalancer", "drop"),
        ("192.0.2.7", "outside", "nodePort", BOTH),
        ("192.0.2.7", "outside", "externalIP", BOTH),
        ("192.0.2.7", "pod", "clusterIP", BOTH),
        ("", "outside", "loadBalancer", BOTH),
    ],
)
def test_source_ranges_filter_the_load_balancers_address_alone(
    ip: str, client: ClientKind, kind: DestinationKind, expected: str
) -> None:
    assert chosen(go(balanced(**RANGES), kind, client, ip=ip)) == expected


def test_source_ranges_come_before_the_way_in_for_pods_and_after_refusal() -> None:  # F-31
    made = balanced(**RANGES, **LOCAL)

    assert chosen(go(made, "loadBalancer", ip="10.244.9.7")) == "drop"
    assert chosen(go(made, "loadBalancer", ip="10.244.9.7", ends=())) == "reject"


@pytest.mark.parametrize(
    ("ranges", "source", "node_ips", "expected"),
    [
        (["fd00::/8"], "192.0.2.1", (), True),  # of another family: unrestricted
        (["198.51.100.0/24"], LB_IP, ("10.0.0.1",), False),
        (["10.0.0.0/24"], LB_IP, ("10.0.0.1",), True),
        (["10.0.0.0/24"], LB_IP, (), False),
        ([], "192.0.2.1", (), True),
    ],
)
def test_source_ranges_are_kept_by_family(
    ranges: list[JSON], source: str, node_ips: tuple[str, ...], *, expected: bool
) -> None:  # F-31
    found = of(world(balanced(loadBalancerSourceRanges=ranges)))
    target = Destination("loadBalancer", LB_IP, 80, "")

    assert is_in_source_ranges(found, source, target, node_ips) == expected


def test_every_answer_names_object_path_and_value() -> None:
    found = go(balanced(**LOCAL), "nodePort", "outside", EMPTY)

    assert found.json()["why"] == [
        {
            "text": "The connection is to the nodePort.",
            "object": "Service shop/web",
            "path": "spec.ports[0].nodePort",
            "value": "30080",
        },
        {
            "text": "Only endpoints on node-3 may be used.",
            "object": "Service shop/web",
            "path": "spec.externalTrafficPolicy",
            "value": "Local",
        },
        {
            "text": "Endpoints exist, but none of them is on node-3: no answer.",
            "object": "Service shop/web",
            "path": "spec.externalTrafficPolicy",
            "value": "Local",
        },
    ]


def test_topology_and_last_resorts_are_told() -> None:
    hinted = tuple(end(f"10.244.0.{i}", nodes=(HERE,)) for i in (1, 2))
    going = (end("10.244.0.1", ready=False, terminating=True),)

    assert go(balanced(), ends=hinted).why[-1].path == "endpoints[0].hints.forNodes"
    assert go(balanced(), ends=going).why[-1].path == "endpoints[0].conditions"


CHECKED = balanced(**LOCAL, healthCheckNodePort=32000)


def test_health_check_counts_ready_local_addresses_over_all_ports() -> None:  # F-41
    two = service(
        "web", "10.96.0.1", ports=("http:80:30080", "https:443:30443"), type="LoadBalancer",
        externalTrafficPolicy="Local", healthCheckNodePort=32000,
    )  # fmt: skip
    ends = (
        end("10.244.0.1", node=HERE),
        end("10.244.0.2", node=HERE),
        end("10.244.1.1", node=THERE, ready=False, serving=True, terminating=True),
    )
    snapshot = world(*NODES, two, piece(*ends, ports=("http:8080", "https:8443")))
    here, there = (health_check(snapshot, of(snapshot), name) for name in (HERE, THERE))

    assert here is not None
    assert there is not None
    assert (here.status, there.status) == (200, 503)
    assert here.headers == {"X-Load-Balancing-Endpoint-Weight": "2"}
    assert there.body == {
        "service": {"namespace": "shop", "name": "web"},
        "localEndpoints": 0,
        "serviceProxyHealthy": True,
    }


def test_other_services_have_no_health_check() -> None:  # F-41
    snapshot = world(*NODES, balanced())

    assert health_check(snapshot, of(snapshot), HERE) is None


def test_load_balancers_use_nodes_with_endpoints_under_local() -> None:  # F-41, F-42
    snapshot = world(*NODES, CHECKED, piece(end("10.244.0.1", node=HERE)))
    found = load_balancer_targets(snapshot, of(snapshot))

    assert [(t.node, t.is_used, t.port, t.status) for t in found] == [
        (HERE, True, 32000, 200),
        (THERE, False, 32000, 503),
        (EMPTY, False, 32000, 503),
    ]


def test_load_balancers_use_all_healthy_nodes_but_the_excluded_under_cluster() -> None:  # F-42
    going = node("node-4", "10.0.0.4")
    going["metadata"] |= {"deletionTimestamp": "2026-01-01T00:00:00Z"}  # type: ignore[operator]
    label = "node.kubernetes.io/exclude-from-external-load-balancers"
    kept_out = node("node-5", "10.0.0.5", labels={label: ""})
    snapshot = world(NODES[0], going, kept_out, balanced(), piece(end("10.244.0.1", node=HERE)))
    found = load_balancer_targets(snapshot, of(snapshot))

    assert [(t.node, t.is_used, t.port, t.status) for t in found] == [
        (HERE, True, 10256, 200),
        ("node-4", False, 10256, 503),
        ("node-5", False, 10256, 200),
    ]
    assert chosen(go(balanced(), "nodePort", "outside", "node-5")) == BOTH
