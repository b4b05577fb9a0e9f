"""Findings about what policies do to Services and names, over a whole cluster (NV130, NV42x)."""

from __future__ import annotations

import pytest

from cluster.machinery.findings import Finding
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.settings import parse_settings
from cluster.questions.bootstrap import dns_server
from cluster.questions.policy_effects.texts import FINDINGS
from cluster.questions.seeded import Seeded
from cluster.questions.seeding import seed

WATCHED = {rule.id for rule in FINDINGS}


def manifest(kind: str, name: str, version: str = "v1") -> Manifest:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": "shop"}}


def pod(name: str = "web", port: int = 8080, **spec: JSON) -> Manifest:
    made = manifest("Pod", name)
    made["metadata"] = {"name": name, "namespace": "shop", "labels": {"app": name}}
    ports: list[JSON] = [{"name": "http", "containerPort": port}]
    container: Manifest = {"name": "c", "image": "i", "ports": ports}
    return made | {"spec": {"containers": [container], **spec}}


def service(name: str = "web", target: int | str = 8080) -> Manifest:
    ports: list[JSON] = [{"port": 80, "targetPort": target}]
    return manifest("Service", name) | {"spec": {"selector": {"app": name}, "ports": ports}}


def policy(name: str = "p", app: str = "web", **spec: JSON) -> Manifest:
    selector: JSON = {"matchLabels": {"app": app}} if app else {}
    made = manifest("NetworkPolicy", name, "networking.k8s.io/v1")
    return made | {"spec": {"podSelector": selector, **spec}}


def sending(rules: list[JSON], name: str = "p", app: str = "web") -> Manifest:
    return policy(name, app, policyTypes=["Egress"], egress=rules)


def to(*ports: JSON, app: str = "web") -> JSON:
    return {"to": [{"podSelector": {"matchLabels": {"app": app}}}], "ports": [*ports]}


def dns(*protocols: str, port: JSON = 53) -> JSON:
    peer: JSON = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    ports: list[JSON] = [{"port": port, "protocol": protocol} for protocol in protocols]
    return {"to": [peer], "ports": ports}


def cluster(*manifests: Manifest) -> Seeded:
    return seed(list(manifests), parse_settings({}))


def told(seeded: Seeded) -> list[str]:
    """What is found, as `NV130 warning Service shop/web spec.ports[0]`."""
    return sorted(
        f"{fact.rule} {fact.severity} {fact.key} {fact.path}"
        for facts in seeded.simulator.engine.facts.values()
        for fact in facts
        if isinstance(fact, Finding) and fact.rule in WATCHED
    )


def message(seeded: Seeded) -> str:
    (found,) = [
        fact.message
        for facts in seeded.simulator.engine.facts.values()
        for fact in facts
        if isinstance(fact, Finding) and fact.rule in WATCHED
    ]
    return found


DENY = policy("deny", "", policyTypes=["Ingress"])
WEB = (pod(), service())
CLOSED = "NV130 warning Service shop/web spec.ports[0]"
PORT = "NV420 warning NetworkPolicy shop/p spec.ingress[0].ports[0].port"
SENT = "NV420 warning NetworkPolicy shop/p spec.egress[0].ports[0].port"
UDP = "NV421 warning NetworkPolicy shop/p spec.egress"
TCP = "NV422 info NetworkPolicy shop/p spec.egress"
ANY = policy("open", ingress=[{}])
CASES: list[tuple[str, list[Manifest], list[str]]] = [
    ("no policy", [*WEB], []),
    ("a default deny", [*WEB, DENY], [CLOSED]),
    ("a rule for the target port", [*WEB, DENY, policy(ingress=[{"ports": [{"port": 8080}]}])],
     []),
    ("a rule for the target port's name",
     [pod(), service(target="http"), DENY, policy(ingress=[{"ports": [{"port": "http"}]}])], []),
    ("a rule for another port", [*WEB, DENY, policy(ingress=[{"ports": [{"port": 9090}]}])],
     [CLOSED]),
    ("one Pod of two is open",
     [*WEB, pod("web-2") | {"metadata": {"name": "web-2", "namespace": "shop",
                                         "labels": {"app": "web", "open": "yes"}}},
      policy(ingress=[{"ports": [{"port": 9090}]}]),
      policy("q", "", podSelector={"matchLabels": {"open": "yes"}}, ingress=[{}])], []),
    ("one port of two is closed",
     [pod(), manifest("Service", "web") | {"spec": {"selector": {"app": "web"}, "ports": [
         {"name": "http", "port": 80, "targetPort": 8080},
         {"name": "metrics", "port": 9090}]}},
      policy(ingress=[{"ports": [{"port": 8080}]}])],
     ["NV130 info Service shop/web spec.ports[1]"]),
    ("the port of the Service", [*WEB, ANY, policy(ingress=[{"ports": [{"port": 80}]}])], [PORT]),
    ("the port of the Service and the target port",
     [*WEB, policy(ingress=[{"ports": [{"port": 80}, {"port": "http"}]}])], []),
    ("a port of both", [pod(port=80), service(target=80), policy(ingress=[
        {"ports": [{"port": 80}]}])], []),
    ("a port that a container declares",
     [pod(port=80), service(), ANY, policy(ingress=[{"ports": [{"port": 80}]}])], []),
    ("egress to the port of the Service",
     [*WEB, pod("cart"), policy(app="cart", policyTypes=["Egress"], egress=[
         to({"port": 80}), dns("UDP", "TCP")])], [SENT]),
    ("egress to the target port",
     [*WEB, pod("cart"), policy(app="cart", policyTypes=["Egress"], egress=[
         to({"port": 8080}), dns("UDP", "TCP")])], []),
    ("egress without DNS", [*WEB, dns_server(), sending([to({"port": 8080})])], [UDP]),
    ("egress with DNS", [*WEB, dns_server(), sending([dns("UDP", "TCP")])], []),
    ("egress with DNS by port name",
     [*WEB, dns_server(), sending([dns("UDP", port="dns"), dns("TCP", port="dns-tcp")])],
     []),
    ("egress with DNS over UDP only", [*WEB, dns_server(), sending([dns("UDP")])], [TCP]),
    ("egress with DNS over TCP only", [*WEB, dns_server(), sending([dns("TCP")])], [UDP]),
    ("egress to everyone on port 53",
     [*WEB, dns_server(), sending([{"ports": [{"port": 53, "protocol": "UDP"},
                                                    {"port": 53}]}])], []),
    ("egress to the cluster IP of DNS",
     [*WEB, dns_server(), sending([{"to": [{"ipBlock": {"cidr": "10.96.0.10/32"}}]}])],
     [UDP]),
    ("another policy allows DNS",
     [*WEB, dns_server(), sending([to({"port": 8080})]),
      sending([dns("UDP", "TCP")], "names", "")], []),
    ("no egress at all", [*WEB, dns_server(), policy(policyTypes=["Egress"])],
     [UDP.replace("warning", "info")]),
    ("Pods that ask another server",
     [pod(dnsPolicy="Default"), service(), dns_server(), sending([to({"port": 8080})])],
     []),
    ("DNS Pods that nobody knows, and no rule that could mean them",
     [*WEB, sending([to({"port": 8080})])], [UDP]),
    ("DNS Pods that nobody knows, and a rule that could",
     [*WEB, sending([{"to": [{"namespaceSelector": {}}],
                            "ports": [{"port": 5353, "protocol": "UDP"}]}])], []),
]  # fmt: skip


@pytest.mark.parametrize(("items", "expected"), [r[1:] for r in CASES], ids=[r[0] for r in CASES])
def test_found(items: list[Manifest], expected: list[str]) -> None:
    seeded = cluster(*items)
    assert told(seeded) == expected

    before = dict(seeded.simulator.engine.facts)
    seeded.simulator.engine.ask_all()
    seeded.settle()

    assert seeded.simulator.engine.facts == before


def test_every_finding_of_the_catalogue_is_tested() -> None:
    assert {text.split()[0] for _, _, expected in CASES for text in expected} == WATCHED


def test_messages_name_objects_and_ports() -> None:
    assert message(cluster(*WEB, DENY)) == (
        "No policy lets anyone connect to TCP 8080 of its Pods (isolated by deny)."
    )
    assert message(cluster(*WEB, ANY, policy(ingress=[{"ports": [{"port": 80}]}]))) == (
        "80 is the port of Service shop/web; connections arrive at 8080 of its Pods."
    )
    assert message(cluster(pod(), dns_server(), sending([to({"port": 8080})]))) == (
        "The Pods that it isolates cannot reach Service kube-system/kube-dns on UDP and TCP 53."
    )


def test_the_first_of_several_isolating_policies_is_told_once() -> None:
    seeded = cluster(
        pod(), dns_server(), sending([to({"port": 8080})], "b"),
        policy("a", "", policyTypes=["Egress"]),
    )  # fmt: skip

    assert told(seeded) == [UDP.replace("shop/p", "shop/a")]
    assert message(seeded).startswith("The Pods that NetworkPolicies a, b isolate cannot reach")


def test_one_more_replica_asks_neither_services_nor_namespaces() -> None:
    seeded = cluster(*WEB, DENY, dns_server(), sending([to({"port": 8080})]))
    twin = pod("web-2")
    twin["metadata"] = {"name": "web-2", "namespace": "shop", "labels": {"app": "web"}}
    seeded.simulator.create(twin)

    asked = seeded.simulator.settle().asked

    for name in ("unreachable_findings", "dns_blocked_findings", "policy_service_port_findings"):
        assert asked[name] == 0
