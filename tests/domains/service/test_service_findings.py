"""What is told about Services that Kubernetes accepts as they are (NV1xx)."""

from __future__ import annotations

import pytest

from cluster.domains.service.findings import FINDINGS
from cluster.machinery.findings import Finding
from cluster.machinery.manifest import JSON, Manifest, mapping_at
from cluster.machinery.meta import Key
from tests.domains.service.objects import Cluster, cluster, manifest, node, pod, pods, service

CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
WEB: Manifest = {"selector": {"app": "web"}}


def handmade(**endpoint: JSON) -> Manifest:
    return {
        **manifest("EndpointSlice", "mine", labels={"kubernetes.io/service-name": "web"}),
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["192.0.2.7"], **endpoint}],
        "ports": [{"name": "", "port": 80}],
    }


def v6_slice() -> Manifest:
    return {**handmade(addresses=["2001:db8::7"]), "addressType": "IPv6"}


def topology(**spec: JSON) -> Manifest:
    made = service(**WEB, **spec)
    marks: Manifest = {"service.kubernetes.io/topology-mode": "Auto"}
    return {**made, "metadata": {**mapping_at(made, "metadata"), "annotations": marks}}


def balanced(name: str, *ranges: str, **spec: JSON) -> Manifest:
    """A LoadBalancer Service at 203.0.113.9, which lets in what is in `ranges`."""
    made = service(name, type="LoadBalancer", loadBalancerSourceRanges=[*ranges], **WEB, **spec)
    return {**made, "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.9"}]}}}


def node_port(name: str, number: int, protocol: str = "TCP") -> Manifest:
    port: Manifest = {"port": 80, "nodePort": number, "protocol": protocol}
    return service(name, port, type="NodePort", **WEB)


def forced(*services: Manifest) -> list[str]:
    """What is found about Services that no admission would let in."""
    made = cluster(pod("p", "10.0.0.1"))
    for item in services:
        key = Key("", "Service", "shop", str(mapping_at(item, "metadata")["name"]))
        made.simulator._save(
            key,
            {
                **item,
                "spec": {
                    "clusterIP": "10.96.0.9",
                    "clusterIPs": ["10.96.0.9"],
                    **mapping_at(item, "spec"),
                },
            },
        )
    made.settle()
    return [text for text in made.findings() if not text.startswith("NV10")]


def message(made: Cluster, rule: str) -> str:
    (found,) = [
        fact
        for facts in made.simulator.engine.facts.values()
        for fact in facts
        if isinstance(fact, Finding) and fact.rule == rule
    ]
    return found.message


ON_EVERY_NODE = [pod(f"p{i}", f"10.0.0.{i}", on=f"node-{i}") for i in (1, 2, 3)]
TARGET: Manifest = {"targetRef": {"kind": "Pod", "namespace": "shop", "name": "p"}}
CASES: list[tuple[str, list[Manifest], list[str]]] = [
    ("nothing to tell", [service(**WEB), *pods(2)], []),
    ("selects nothing", [service(**WEB)], ["NV101 Service shop/web spec.selector"]),
    ("selects finished Pods only", [service(**WEB), pod("p", "10.0.0.1", phase="Succeeded")],
     ["NV101 Service shop/web spec.selector"]),
    ("target name on no Pod",
     [service("web", {"port": 80, "targetPort": "http"}, **WEB), pod("p", "10.0.0.1")],
     ["NV102 Service shop/web spec.ports[0].targetPort"]),
    ("target name on another protocol",
     [service("web", {"port": 80, "targetPort": "http", "protocol": "UDP"}, **WEB),
      pod("p", "10.0.0.1", ports={"http": 80})],
     ["NV102 Service shop/web spec.ports[0].targetPort"]),
    ("target name on some Pods",
     [service("web", {"port": 80, "targetPort": "http"}, **WEB),
      pod("p", "10.0.0.1", ports={"http": 80}), pod("q", "10.0.0.2")],
     ["NV103 Service shop/web spec.ports[0].targetPort"]),
    ("target number that others declare otherwise",
     [service("web", {"port": 80}, **WEB), pod("p", "10.0.0.1", ports={"http": 8080})],
     ["NV104 Service shop/web spec.ports[0].targetPort"]),
    ("nothing ready", [service(**WEB), pod("p", "10.0.0.1", ready=False)],
     ["NV105 Service shop/web spec.selector"]),
    ("published although not ready",
     [service(publishNotReadyAddresses=True, **WEB), pod("p", "10.0.0.1", ready=False)], []),
    ("no selector and no slice", [service()], ["NV106 Service shop/web spec.selector"]),
    ("no selector and a slice", [service(), handmade()], []),
    ("a slice that names a missing Pod", [service(), handmade(**TARGET)],
     ["NV107 EndpointSlice shop/mine endpoints[0].targetRef"]),
    ("a slice that names a Pod", [service(), handmade(**TARGET), pod("p", "10.0.0.1")], []),
    ("a slice with another port name",
     [service("web", {"port": 80, "name": "http"}), handmade()],
     ["NV108 EndpointSlice shop/mine ports[0].name"]),
    ("load balancer without address", [service(type="LoadBalancer", **WEB), *pods(1)],
     ["NV110 Service shop/web status.loadBalancer"]),
    ("external name that is an address",
     [service(ports=None, type="ExternalName", externalName="192.0.2.1")],
     ["NV111 Service shop/web spec.externalName"]),
    ("fallen back to one family",
     [service(ipFamilyPolicy="PreferDualStack", **WEB), *pods(1)],
     ["NV112 Service shop/web spec.ipFamilyPolicy"]),
    ("headless with affinity",
     [service(clusterIP="None", sessionAffinity="ClientIP", **WEB), *pods(1)],
     ["NV113 Service shop/web spec.sessionAffinity"]),
    ("external name with ports and selector",
     [service(type="ExternalName", externalName="a.b", **WEB)],
     ["NV114 Service shop/web spec.ports", "NV114 Service shop/web spec.selector"]),
    ("a slice of no Service", [handmade()],
     ["NV109 EndpointSlice shop/mine metadata.labels[kubernetes.io/service-name]"]),
    ("a node port on an ExternalName Service",
     [service("web", {"port": 80, "nodePort": 30080}, type="ExternalName", externalName="a.b")],
     ["NV114 Service shop/web spec.ports", "NV115 Service shop/web spec.ports[0].nodePort"]),
    ("affinity among the endpoints of one Node",
     [service(type="NodePort", externalTrafficPolicy="Local", sessionAffinity="ClientIP", **WEB),
      *ON_EVERY_NODE],
     ["NV116 Service shop/web spec.sessionAffinity"]),
    ("affinity with the policy Cluster",
     [service(type="NodePort", sessionAffinity="ClientIP", **WEB), *pods(1)], []),
    ("headless with another target port",
     [service("web", {"port": 80, "targetPort": 8080}, clusterIP="None", **WEB), *pods(1)],
     ["NV117 Service shop/web spec.ports[0].port"]),
    ("headless with the Pods' port", [service(clusterIP="None", **WEB), *pods(1)], []),
    ("internal Local on one Node of three",
     [service(internalTrafficPolicy="Local", **WEB), *pods(1)],
     ["NV118 Service shop/web spec.internalTrafficPolicy"]),
    ("internal Local on every Node",
     [service(internalTrafficPolicy="Local", **WEB), *ON_EVERY_NODE], []),
    ("external Local on one Node of three",
     [service(type="NodePort", externalTrafficPolicy="Local", **WEB), *pods(1)],
     ["NV119 Service shop/web spec.externalTrafficPolicy"]),
    ("Local without any endpoint", [service(internalTrafficPolicy="Local", **WEB)],
     ["NV101 Service shop/web spec.selector"]),
    ("two Services at one external address",
     [service("a", externalIPs=["203.0.113.9"], **WEB),
      service("b", externalIPs=["203.0.113.9"], **WEB), *pods(1)],
     ["NV121 Service shop/a spec.externalIPs[0]", "NV121 Service shop/b spec.externalIPs[0]"]),
    ("one external address, two ports",
     [service("a", externalIPs=["203.0.113.9"], **WEB),
      service("b", {"port": 81, "targetPort": 80}, externalIPs=["203.0.113.9"], **WEB), *pods(1)],
     []),
    ("an external address that is a load balancer's",
     [balanced("a"), service("b", externalIPs=["203.0.113.9"], **WEB), *pods(1)],
     ["NV121 Service shop/a status.loadBalancer.ingress[0]",
      "NV121 Service shop/b spec.externalIPs[0]"]),
    ("an external address that is a Pod's",
     [service(externalIPs=["10.0.0.1"], **WEB), pod("p", "10.0.0.1")],
     ["NV122 Service shop/web spec.externalIPs[0]"]),
    ("an external address that is a Node's",
     [service(externalIPs=["10.0.0.1"], **WEB), pod("p", "10.0.0.1", hostNetwork=True)], []),
    ("an external address that is a cluster IP",
     [service("a", clusterIP="10.96.0.77", **WEB),
      service("b", externalIPs=["10.96.0.77"], **WEB), *pods(1)],
     ["NV122 Service shop/b spec.externalIPs[0]"]),
    ("ranges of its only family", [balanced("a", "192.0.2.0/24"), *pods(1)], []),
    ("ranges of the other family only", [balanced("a", "2001:db8::/64"), *pods(1)],
     ["NV123 Service shop/a spec.loadBalancerSourceRanges"]),
    ("hints that are not given", [topology(), *pods(1)],
     ["NV124 Service shop/web metadata.annotations[service.kubernetes.io/topology-mode]"]),
    ("hints that are given", [topology(), *ON_EVERY_NODE], []),
    ("an annotation over trafficDistribution",
     [topology(trafficDistribution="PreferClose"), *ON_EVERY_NODE],
     ["NV125 Service shop/web spec.trafficDistribution"]),
    ("a slice of a family that is not served", [service(), v6_slice()],
     ["NV126 EndpointSlice shop/mine addressType"]),
    ("a slice of any family for a headless Service", [service(clusterIP="None"), v6_slice()], []),
    ("an endpoint that is a cluster IP",
     [service("a", clusterIP="10.96.0.77", **WEB), *pods(1), service(),
      handmade(addresses=["10.96.0.77"])],
     ["NV127 EndpointSlice shop/mine endpoints[0].addresses[0]"]),
    ("a slice beside a selector", [service(**WEB), *pods(1), handmade()],
     ["NV128 EndpointSlice shop/mine metadata.labels[kubernetes.io/service-name]"]),
]  # fmt: skip


@pytest.mark.parametrize(("items", "expected"), [r[1:] for r in CASES], ids=[r[0] for r in CASES])
def test_found(items: list[Manifest], expected: list[str]) -> None:
    made = cluster(*items)

    assert made.findings() == expected
    assert made.is_at_rest()


def test_every_finding_of_the_catalogue_is_tested_and_has_an_answer() -> None:
    found = {text.split()[0] for _, _, expected in CASES for text in expected} | {"NV120"}

    assert found == {rule.id for rule in FINDINGS}
    assert all(rule.remedy and rule.cause for rule in FINDINGS)


def test_the_nearest_labels_are_named() -> None:
    made = cluster(service(selector={"app": "web"}), pod("p", "10.0.0.1", labels={"app": "wbe"}))

    assert message(made, "NV101") == "No running Pod in shop has app=web; the closest has app=wbe."


def test_the_nearest_labels_follow_the_pods() -> None:
    """A Pod that is not selected still alters the answer; one more replica of it does not."""
    made = cluster(service(selector={"app": "web"}))
    made.add(pod("p", "10.0.0.1", labels={"app": "wbe"}))
    assert "app=wbe" in message(made, "NV101")

    made.add(pod("q", "10.0.0.2", labels={"app": "wbe"}))
    assert made.last.asked["service_selection_findings"] == 0
    made.delete("Pod", "p")
    made.delete("Pod", "q")

    assert message(made, "NV101") == "No running Pod in shop has app=web."


def test_findings_go_when_their_cause_goes() -> None:
    made = cluster(service("web", {"port": 80, "targetPort": "http"}, **WEB), pod("p", "10.0.0.1"))
    made.add(pod("p", "10.0.0.1", ports={"http": 8080}))

    assert made.findings() == []


def test_counts_are_told() -> None:
    made = cluster(
        service("web", {"port": 80, "targetPort": "http"}, **WEB),
        pod("p", "10.0.0.1", ports={"http": 80}),
        pod("q", "10.0.0.2"),
        pod("r", "10.0.0.3"),
    )

    assert message(made, "NV103") == ("2 of the 3 Pods it selects have no TCP port called http.")


def test_services_that_fight_for_a_node_port_are_told_both() -> None:
    """Admission refuses the second one; objects that came by another way may be so (B-45)."""
    found = forced(node_port("a", 30080), node_port("b", 30080), node_port("c", 30080, "UDP"))

    assert found == [
        "NV120 Service shop/a spec.ports[0].nodePort",
        "NV120 Service shop/b spec.ports[0].nodePort",
    ]


def test_a_node_port_on_a_headless_service_opens_nothing() -> None:
    item = node_port("a", 30080)
    spec: Manifest = {**mapping_at(item, "spec"), "clusterIP": "None", "clusterIPs": ["None"]}

    assert forced({**item, "spec": spec}) == ["NV115 Service shop/a spec.ports[0].nodePort"]


def test_nodes_that_come_and_go_are_counted() -> None:
    made = cluster(service(internalTrafficPolicy="Local", **WEB), *ON_EVERY_NODE)
    made.add(node("node-4", "a"))
    assert message(made, "NV118") == (
        "1 of 4 Nodes have no usable endpoint of it: Pods there cannot reach it."
    )

    made.delete("Node", "node-4", "")

    assert made.findings() == []


def test_a_control_plane_node_needs_no_endpoint() -> None:
    master = {**node("master", "a")}
    master["metadata"] = {"name": "master", "labels": {CONTROL_PLANE: ""}}

    made = cluster(service(internalTrafficPolicy="Local", **WEB), *ON_EVERY_NODE, master)

    assert made.findings() == []


def test_one_more_pod_asks_no_service_about_addresses() -> None:
    made = cluster(service(externalIPs=["203.0.113.9"], **WEB), *pods(1))

    made.add(*pods(1, first=1))

    assert made.last.asked["service_address_findings"] == 0


def test_a_pod_that_takes_an_external_address_is_noticed() -> None:
    made = cluster(service(externalIPs=["10.0.0.9"], **WEB), *pods(1))
    made.add(pod("late", "10.0.0.9", labels={"app": "other"}))

    assert message(made, "NV122") == "10.0.0.9 is the address of Pod shop/late."
