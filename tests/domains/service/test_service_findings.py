"""What is told about Services that Kubernetes accepts as they are (NV1xx)."""

from __future__ import annotations

import pytest

from cluster.domains.service.findings import FINDINGS
from cluster.machinery.findings import Finding
from cluster.machinery.manifest import JSON, Manifest
from tests.domains.service.objects import Cluster, cluster, manifest, pod, pods, service

WEB: Manifest = {"selector": {"app": "web"}}


def handmade(**endpoint: JSON) -> Manifest:
    return {
        **manifest("EndpointSlice", "mine", labels={"kubernetes.io/service-name": "web"}),
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["192.0.2.7"], **endpoint}],
        "ports": [{"name": "", "port": 80}],
    }


def message(made: Cluster, rule: str) -> str:
    (found,) = [
        fact
        for facts in made.simulator.engine.facts.values()
        for fact in facts
        if isinstance(fact, Finding) and fact.rule == rule
    ]
    return found.message


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
]  # fmt: skip


@pytest.mark.parametrize(("items", "expected"), [r[1:] for r in CASES], ids=[r[0] for r in CASES])
def test_found(items: list[Manifest], expected: list[str]) -> None:
    made = cluster(*items)

    assert made.findings() == expected
    assert made.is_at_rest()


def test_every_finding_of_the_catalogue_is_tested_and_has_an_answer() -> None:
    found = {text.split()[0] for _, _, expected in CASES for text in expected}

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
