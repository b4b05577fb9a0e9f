"""One connection at a time: the rules of semantics.md H, each in a small cluster.

`passes` asks the plain reading, the judge and the index, and insists that they agree.
"""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from cluster.domains.policy.conventions import Conventions
from cluster.domains.policy.ends import address_end, pod_end
from cluster.domains.policy.misses import closest_miss, rules_looked_at
from cluster.domains.policy.outsiders import stranger
from cluster.domains.policy.remedies import smallest_change
from cluster.domains.policy.verdict import Connection, Verdict, judge
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import parse_address
from tests.domains.policy.engine import Triple
from tests.domains.policy.plain import Who

Raw = dict[str, Any]
NODE_IPS = {"n1": "192.168.0.1", "n2": "192.168.0.2", "n3": "192.168.0.3"}
DENY = "{podSelector: {}, policyTypes: [Ingress, Egress]}"


def pod(path: str, ip: str, node: str, labels: str = "{}", **more: Any) -> Raw:
    namespace, name = path.split("/")
    ports = more.pop("ports", [])
    init = more.pop("init", [])
    spec: Raw = {"containers": [{"name": "main", "ports": ports}], "nodeName": node}
    if init:
        spec["initContainers"] = init
    if more.pop("host", False):
        spec["hostNetwork"] = True
    phase = more.pop("phase", "Running")
    metadata: Raw = {"namespace": namespace, "name": name, "labels": yaml.safe_load(labels)}
    metadata |= more
    ips = [{"ip": text} for text in ip.split()]
    status = {"phase": phase, "podIPs": ips}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": spec,
        "status": status,
    }


def port(number: int, name: str = "", protocol: str = "TCP") -> Raw:
    found: Raw = {"containerPort": number, "protocol": protocol}
    return found | {"name": name} if name else found


def namespace(name: str, **labels: str) -> Raw:
    made = {"kubernetes.io/metadata.name": name} | labels
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": made}}


def node(name: str) -> Raw:
    addresses = [{"type": "InternalIP", "address": NODE_IPS[name]}]
    metadata = {"name": name, "labels": {}}
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": {},
            "status": {"addresses": addresses}}  # fmt: skip


CLUSTER = (
    namespace("shop", team="shop", env="prod"),
    namespace("other", team="ops", env="dev"),
    namespace("kube-system"),
    *(node(name) for name in NODE_IPS),
    pod("shop/web", "10.244.1.7 fd00::1:7", "n1", "{app: web}", ports=[port(8080, "http")]),
    pod("shop/web-2", "10.244.2.8 fd00::2:8", "n2", "{app: web}", ports=[port(9090, "http")]),
    pod("shop/api", "10.244.1.9", "n1", "{app: api}"),
    pod("shop/db", "10.244.2.10 fd00::2:10", "n2", "{app: db}", ports=[port(5432, "sql")]),
    pod("shop/host", NODE_IPS["n1"], "n1", "{app: api}", host=True),
    pod("shop/done", "10.244.1.20", "n1", "{app: api}", phase="Succeeded"),
    pod(
        "shop/leaving", "10.244.1.21", "n1", "{app: db}", deletionTimestamp="2026-01-01T00:00:00Z"
    ),
    pod("other/api", "10.244.3.11", "n3", "{app: api}"),
    pod("other/ops", "10.244.3.12", "n3", "{app: ops}"),
    pod("kube-system/dns", "10.244.3.53", "n3", "{k8s-app: kube-dns}"),
)


def policy(path: str, spec: str) -> Raw:
    space, name = path.split("/")
    return {
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"namespace": space, "name": name}, "spec": yaml.safe_load(spec),
    }  # fmt: skip


def cluster(*specs: str, within: str = "shop", conventions: Conventions | None = None) -> Triple:
    """Return the cluster above with policies p0, p1, ... of one namespace."""
    policies = [policy(f"{within}/p{index}", spec) for index, spec in enumerate(specs)]
    return Triple((*CLUSTER, *policies), conventions or Conventions())


def who(text: str) -> Who:
    if text.startswith("node/"):
        return Who("Node", name=text[5:])
    if "/" in text:
        return Who("Pod", *text.split("/"))
    return Who("IP", ip=text)


def target_of(text: str) -> tuple[Who, str, int | None]:
    name, _, rest = text.partition(" ")
    protocol, _, number = rest.partition(" ")
    return who(name), protocol, int(number) if number else None


def verdict(triple: Triple, source: str, target: str) -> Verdict:
    end, protocol, number = target_of(target)
    return triple.verdict(who(source), end, protocol, number)


def passes(triple: Triple, source: str, target: str) -> bool:
    """Whether `source` reaches `target`, such as `shop/db TCP 5432`."""
    end, protocol, number = target_of(target)
    found = list(triple.disagreements([who(source), end], [(protocol, number)]))
    assert found == []
    return verdict(triple, source, target).allowed


WEB = "podSelector: {matchLabels: {app: web}}"
DB = "podSelector: {matchLabels: {app: db}}"

CASES = [
    # H.1 selection and isolation
    ("H-1 a policy isolates the Pods it selects in its own namespace", f"{{{WEB}}}", [
        ("shop/api", "shop/web TCP 80", False), ("shop/api", "shop/db TCP 80", True),
        ("shop/api", "other/ops TCP 80", True)]),
    ("H-1 an empty podSelector selects every Pod of the namespace", "{podSelector: {}}", [
        ("other/api", "shop/db TCP 80", False), ("other/api", "other/ops TCP 80", True)]),
    ("H-2 a Pod that nothing selects is open", f"{{{WEB}, policyTypes: [Ingress, Egress]}}", [
        ("203.0.113.10", "shop/db TCP 80", True), ("shop/db", "203.0.113.10 TCP 80", True)]),
    ("H-4 H-46 both ends must allow", f"{{{DB}, ingress: [{{from: [{{{WEB}}}]}}]}}", [
        ("shop/web", "shop/db TCP 5432", True), ("shop/api", "shop/db TCP 5432", False)]),
    ("H-6 no types and an egress rule isolate both ways", f"{{{WEB}, egress: [{{}}]}}", [
        ("shop/web", "shop/db TCP 1", True), ("shop/db", "shop/web TCP 1", False)]),
    ("H-7 ingress rules count for nothing where only Egress is listed",
     f"{{{WEB}, policyTypes: [Egress], ingress: [{{}}]}}", [
        ("shop/db", "shop/web TCP 1", True), ("shop/web", "shop/db TCP 1", False)]),
    ("H-8 default deny ingress", "{podSelector: {}, policyTypes: [Ingress]}", [
        ("shop/web", "shop/db TCP 1", False), ("shop/web", "other/ops TCP 1", True)]),
    ("H-8 default deny egress", "{podSelector: {}, policyTypes: [Egress]}", [
        ("shop/web", "other/ops TCP 1", False), ("other/ops", "shop/web TCP 1", True)]),
    ("H-9 allow all ingress", "{podSelector: {}, ingress: [{}]}", [
        ("203.0.113.10", "shop/web TCP 1", True), ("other/ops", "shop/web ICMP", True)]),
    ("H-9 an empty list of rules allows nothing", "{podSelector: {}, ingress: []}", [
        ("shop/web", "shop/db TCP 1", False)]),
    ("H-10 hostNetwork Pods are not selected", DENY, [
        ("203.0.113.10", "shop/host TCP 1", True), ("shop/host", "203.0.113.10 TCP 1", True)]),
    ("H-10 hostNetwork Pods are not meant by selectors",
     f"{{{DB}, ingress: [{{from: [{{podSelector: {{}}}}]}}]}}", [
        ("shop/api", "shop/db TCP 1", True), ("shop/host", "shop/db TCP 1", False)]),
    ("H-10 hostNetwork Pods are meant by the address of their Node",
     f"{{{DB}, ingress: [{{from: [{{ipBlock: {{cidr: 192.168.0.1/32}}}}]}}]}}", [
        ("shop/host", "shop/db TCP 1", True), ("node/n1", "shop/db TCP 1", True),
        ("node/n3", "shop/db TCP 1", False)]),
    ("H-11 a Pod and its own Node reach each other", DENY, [
        ("node/n1", "shop/web TCP 1", True), ("shop/web", "node/n1 TCP 1", True),
        ("shop/host", "shop/web TCP 1", True), ("shop/web", "shop/host TCP 1", True),
        ("node/n2", "shop/web TCP 1", False), ("shop/web", "node/n2 TCP 1", False),
        ("shop/host", "shop/db TCP 1", False)]),
    ("H-11 H-34 a Pod reaches itself", DENY, [
        ("shop/web", "shop/web TCP 8080", True), ("shop/web", "shop/web ICMP", True)]),
    ("H-12 terminating Pods are enforced", f"{{{DB}}}", [
        ("shop/web", "shop/leaving TCP 1", False)]),
    ("H-12 finished Pods are no end of anything", "{podSelector: {}, ingress: [{}]}", [
        ("shop/done", "shop/web TCP 1", False), ("shop/web", "shop/done TCP 1", False)]),
    ("H-48 a connection that a Node forwards is judged by its address alone",
     f"{{{WEB}, ingress: []}}", [
        ("192.168.0.1", "shop/web TCP 1", False), ("node/n1", "shop/web TCP 1", True)]),
    # H.2 peers
    ("H-13 no peers mean everyone", f"{{{WEB}, ingress: [{{ports: [{{port: 80}}]}}]}}", [
        ("203.0.113.10", "shop/web TCP 80", True), ("other/ops", "shop/web TCP 80", True),
        ("other/ops", "shop/web TCP 81", False)]),
    ("H-14 one peer with both selectors means Pods that match in namespaces that match",
     f"{{{WEB}, ingress: [{{from: [{{podSelector: {{matchLabels: {{app: api}}}}, "
     "namespaceSelector: {matchLabels: {team: ops}}}]}]}", [
        ("other/api", "shop/web TCP 1", True), ("other/ops", "shop/web TCP 1", False),
        ("shop/api", "shop/web TCP 1", False)]),
    ("H-15 two peers mean either",
     f"{{{WEB}, ingress: [{{from: [{{podSelector: {{matchLabels: {{app: api}}}}}}, "
     "{namespaceSelector: {matchLabels: {team: ops}}}]}]}", [
        ("other/ops", "shop/web TCP 1", True), ("shop/api", "shop/web TCP 1", True),
        ("shop/db", "shop/web TCP 1", False)]),
    ("H-16 a podSelector alone stays in the namespace",
     f"{{{WEB}, ingress: [{{from: [{{podSelector: {{matchLabels: {{app: api}}}}}}]}}]}}", [
        ("shop/api", "shop/web TCP 1", True), ("other/api", "shop/web TCP 1", False)]),
    ("H-16 H-44 an empty namespaceSelector means every Pod, and nothing but Pods",
     f"{{{WEB}, policyTypes: [Egress], egress: [{{to: [{{namespaceSelector: {{}}}}]}}]}}", [
        ("shop/web", "other/ops TCP 1", True), ("shop/web", "203.0.113.10 TCP 1", False),
        ("shop/web", "node/n3 TCP 1", False), ("shop/web", "node/n1 TCP 1", True),
        ("shop/web-2", "shop/host TCP 1", False)]),
    ("H-17 a namespace is meant by its name",
     f"{{{WEB}, ingress: [{{from: [{{namespaceSelector: {{matchLabels: "
     "{kubernetes.io/metadata.name: other}}}]}]}", [
        ("other/ops", "shop/web TCP 1", True), ("shop/api", "shop/web TCP 1", False)]),
    ("H-18 an ipBlock means addresses, those of Pods too",
     f"{{{WEB}, ingress: [{{from: [{{ipBlock: {{cidr: 10.244.3.0/24}}}}]}}]}}", [
        ("other/ops", "shop/web TCP 1", True), ("shop/api", "shop/web TCP 1", False),
        ("10.244.3.99", "shop/web TCP 1", True)]),
    ("H-19 everywhere is one family",
     f"{{{WEB}, ingress: [{{from: [{{ipBlock: {{cidr: 0.0.0.0/0}}}}]}}]}}", [
        ("203.0.113.10", "shop/web TCP 1", True), ("2001:db8::1", "shop/web TCP 1", False)]),
    ("H-20 an exception narrows its own block only",
     f"{{{WEB}, ingress: [{{from: [{{ipBlock: {{cidr: 203.0.113.0/24, except: [203.0.113.8/29]}}}},"
     " {ipBlock: {cidr: 203.0.113.10/32}}]}]}", [
        ("203.0.113.9", "shop/web TCP 1", False), ("203.0.113.10", "shop/web TCP 1", True),
        ("203.0.113.7", "shop/web TCP 1", True)]),
    ("H-21 selectors mean no address and no Node",
     f"{{{WEB}, ingress: [{{from: [{{namespaceSelector: {{}}}}]}}]}}", [
        ("node/n2", "shop/web TCP 1", False), ("203.0.113.10", "shop/web TCP 1", False)]),
    ("H-40 host bits mean the masked network",
     f"{{{WEB}, ingress: [{{from: [{{ipBlock: {{cidr: 10.244.3.9/24}}}}]}}]}}", [
        ("other/ops", "shop/web TCP 1", True)]),
    ("H-45 an empty podSelector beside a namespaceSelector changes nothing",
     f"{{{WEB}, ingress: [{{from: [{{namespaceSelector: {{matchLabels: {{env: dev}}}}, "
     "podSelector: {}}]}]}", [
        ("other/ops", "shop/web TCP 1", True), ("shop/api", "shop/web TCP 1", False)]),
    ("H-45 without the namespaceSelector it means this namespace",
     f"{{{WEB}, ingress: [{{from: [{{podSelector: {{}}}}]}}]}}", [
        ("other/ops", "shop/web TCP 1", False), ("shop/api", "shop/web TCP 1", True)]),
    # H.3 ports
    ("H-23 no ports mean all of every protocol", f"{{{WEB}, ingress: [{{ports: []}}]}}", [
        ("shop/db", "shop/web TCP 1", True), ("shop/db", "shop/web SCTP 65535", True),
        ("shop/db", "shop/web ICMP", True)]),
    ("H-24 the protocol is TCP, and no number means every port of it",
     f"{{{WEB}, ingress: [{{ports: [{{}}]}}]}}", [
        ("shop/db", "shop/web TCP 1", True), ("shop/db", "shop/web UDP 1", False)]),
    ("H-25 ports are those of the Pod", f"{{{WEB}, ingress: [{{ports: [{{port: 80}}]}}]}}", [
        ("shop/db", "shop/web TCP 8080", False), ("shop/db", "shop/web TCP 80", True)]),
    ("H-26 H-43 a name means what the Pod declares",
     f"{{{WEB}, ingress: [{{ports: [{{port: http}}]}}]}}", [
        ("other/ops", "shop/web TCP 8080", True), ("other/ops", "shop/web-2 TCP 9090", True),
        ("other/ops", "shop/web TCP 9090", False), ("other/ops", "shop/web-2 TCP 8080", False)]),
    ("H-26 a name for egress is resolved on each destination",
     f"{{{DB}, policyTypes: [Egress], egress: [{{ports: [{{port: http}}]}}]}}", [
        ("shop/db", "shop/web TCP 8080", True), ("shop/db", "shop/web-2 TCP 9090", True),
        ("shop/db", "shop/web TCP 9090", False), ("shop/db", "203.0.113.10 TCP 8080", False),
        ("shop/db", "node/n3 TCP 8080", False)]),
    ("H-26 a name of another protocol is no match",
     f"{{{WEB}, ingress: [{{ports: [{{protocol: UDP, port: http}}]}}]}}", [
        ("other/ops", "shop/web UDP 8080", False), ("other/ops", "shop/web TCP 8080", False)]),
    ("H-26 a block that covers a Pod resolves the name there",
     f"{{{DB}, policyTypes: [Egress], egress: [{{to: [{{ipBlock: {{cidr: 10.244.1.0/24}}}}], "
     "ports: [{port: http}]}]}", [
        ("shop/db", "shop/web TCP 8080", True), ("shop/db", "10.244.1.99 TCP 8080", False)]),
    ("H-27 H-47 endPort is inclusive",
     f"{{{WEB}, ingress: [{{ports: [{{protocol: UDP, port: 8000, endPort: 8010}}]}}]}}", [
        ("shop/db", "shop/web UDP 8000", True), ("shop/db", "shop/web UDP 8010", True),
        ("shop/db", "shop/web UDP 8011", False), ("shop/db", "shop/web UDP 7999", False),
        ("shop/db", "shop/web TCP 8005", False)]),
    ("H-28 ICMP passes only where all ports do",
     f"{{{WEB}, ingress: [{{from: [{{{DB}}}]}}, {{ports: [{{}}, {{protocol: UDP}}]}}]}}", [
        ("shop/db", "shop/web ICMP", True), ("shop/api", "shop/web ICMP", False)]),
    ("H-29 SCTP is a protocol", f"{{{WEB}, ingress: [{{ports: [{{protocol: SCTP, port: 80}}]}}]}}", [
        ("shop/db", "shop/web SCTP 80", True), ("shop/db", "shop/web TCP 80", False)]),
    # H.4 Services and addresses
    ("H-30 F-33 a block of cluster IPs admits no backend",
     f"{{{WEB}, policyTypes: [Egress], egress: [{{to: [{{ipBlock: {{cidr: 10.96.0.0/16}}}}]}}]}}", [
        ("shop/web", "shop/db TCP 5432", False)]),
    ("H-31 default deny egress stops DNS", "{podSelector: {}, policyTypes: [Egress]}", [
        ("shop/web", "kube-system/dns UDP 53", False)]),
    ("H-31 DNS is allowed by a rule of its own",
     "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}, "
     "podSelector: {matchLabels: {k8s-app: kube-dns}}}], "
     "ports: [{protocol: UDP, port: 53}, {port: 53}]}]}", [
        ("shop/web", "kube-system/dns UDP 53", True), ("shop/web", "kube-system/dns TCP 53", True),
        ("shop/web", "kube-system/dns TCP 9153", False)]),
    ("H-32 F-36 a masqueraded client is the Node's address",
     f"{{{WEB}, ingress: [{{from: [{{ipBlock: {{cidr: 192.168.0.0/24}}}}]}}]}}", [
        ("192.168.0.3", "shop/web TCP 8080", True), ("203.0.113.10", "shop/web TCP 8080", False)]),
    ("H-32 F-37 a preserved client is its own address",
     f"{{{WEB}, ingress: [{{from: [{{ipBlock: {{cidr: 203.0.113.0/24}}}}]}}]}}", [
        ("192.168.0.3", "shop/web TCP 8080", False), ("203.0.113.10", "shop/web TCP 8080", True)]),
    ("H-33 F-40 a controller's traffic is its Pod's",
     f"{{{WEB}, ingress: [{{from: [{{namespaceSelector: {{matchLabels: {{team: ops}}}}}}]}}]}}", [
        ("other/ops", "shop/web TCP 8080", True)]),
    ("H-42 one block, one port",
     f"{{{DB}, policyTypes: [Egress], egress: [{{to: [{{ipBlock: {{cidr: 10.0.0.0/8, "
     "except: [10.96.0.0/16]}}], ports: [{port: 443}]}]}", [
        ("shop/db", "shop/web TCP 443", True), ("shop/db", "10.96.3.3 TCP 443", False),
        ("shop/db", "shop/web TCP 8443", False)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "expected"),
    [pytest.param(spec, expected, id=name.replace(" ", "-")) for name, spec, expected in CASES],
)
def test_rule(spec: str, expected: list[tuple[str, str, bool]]) -> None:
    triple = cluster(spec)

    found = [(source, target, passes(triple, source, target)) for source, target, _ in expected]

    assert found == expected


def test_policies_add_up() -> None:  # H-3, H-41
    from_api = f"{{{DB}, ingress: [{{from: [{{podSelector: {{matchLabels: {{app: api}}}}}}], ports: [{{port: 5432}}]}}]}}"  # noqa: E501
    from_ops = (
        f"{{{DB}, ingress: [{{from: [{{namespaceSelector: {{matchLabels: {{team: ops}}}}}}]}}]}}"  # noqa: E501
    )
    triple = cluster(from_api, from_ops, DENY.replace("Ingress, Egress", "Ingress"))

    assert passes(triple, "shop/api", "shop/db TCP 5432")
    assert not passes(triple, "shop/api", "shop/db TCP 5433")
    assert passes(triple, "other/api", "shop/db TCP 5433")
    assert not passes(triple, "shop/web", "shop/db TCP 5432")


def test_replies_need_no_rule() -> None:  # H-5
    egress_of_web = f"{{{WEB}, policyTypes: [Ingress, Egress], egress: [{{to: [{{{DB}}}]}}]}}"
    ingress_of_db = f"{{{DB}, policyTypes: [Ingress, Egress], ingress: [{{from: [{{{WEB}}}]}}]}}"
    triple = cluster(egress_of_web, ingress_of_db)

    assert passes(triple, "shop/web", "shop/db TCP 5432")
    assert not passes(triple, "shop/db", "shop/web TCP 5432")


def test_labels_count_as_they_are_now() -> None:  # H-22
    triple = cluster(
        f"{{{DB}, ingress: [{{from: [{{namespaceSelector: {{matchLabels: {{env: prod}}}}, "
        "podSelector: {matchLabels: {app: web}}}]}]}"
    )
    assert passes(triple, "shop/web", "shop/db TCP 1")

    triple.put(namespace("shop", env="test"))
    assert not passes(triple, "shop/web", "shop/db TCP 1")

    triple.put(namespace("other", env="prod"))
    triple.put(pod("other/ops", "10.244.3.12", "n3", "{app: web}"))
    assert passes(triple, "other/ops", "shop/db TCP 1")


def test_a_changed_policy_counts_at_once() -> None:  # H-39
    triple = cluster(f"{{{DB}}}")
    assert not passes(triple, "shop/web", "shop/db TCP 1")

    triple.put(policy("shop/p0", f"{{{DB}, ingress: [{{}}]}}"))
    assert passes(triple, "shop/web", "shop/db TCP 1")

    triple.remove("NetworkPolicy", "shop", "p0")
    triple.put(policy("shop/p1", DENY))
    assert not passes(triple, "shop/web", "shop/db TCP 1")


@pytest.mark.parametrize(
    ("restart", "number"),
    [
        pytest.param("Always", 9000, id="a-sidecar-counts"),
        pytest.param("Never", None, id="a-plain-init-container-does-not"),
    ],
)
def test_names_of_init_containers(restart: str, number: int | None) -> None:  # H-26
    triple = cluster(f"{{{WEB}, ingress: [{{ports: [{{port: extra}}]}}]}}")
    init = [{"name": "side", "restartPolicy": restart, "ports": [port(9000, "extra")]}]
    triple.put(pod("shop/web", "10.244.1.7", "n1", "{app: web}", init=init))

    assert passes(triple, "shop/db", "shop/web TCP 9000") == (number is not None)


def test_families_never_mix() -> None:  # H-19
    triple = cluster(f"{{{DB}, ingress: [{{from: [{{ipBlock: {{cidr: 'fd00::/16'}}}}]}}]}}")
    web, db = triple.end(who("shop/web")), triple.end(who("shop/db"))

    over = {
        family: judge(
            Connection(web, db, "TCP", 1, family),  # type: ignore[arg-type]
            triple.index.selecting,
        ).allowed
        for family in ("IPv4", "IPv6")
    }

    assert over == {"IPv4": False, "IPv6": True}
    assert not passes(triple, "shop/api", "shop/db TCP 1")


def test_ends_without_a_common_family_do_not_connect() -> None:
    triple = cluster()
    found = verdict(triple, "2001:db8::1", "shop/api TCP 1")

    assert not found.allowed
    assert "common family" in found.obstacle
    assert not passes(triple, "2001:db8::1", "shop/api TCP 1")


@pytest.mark.parametrize(
    ("conventions", "source", "target"),
    [
        pytest.param(Conventions(), "shop/db", "shop/web TCP 1", id="none"),
        pytest.param(
            Conventions(include_finished_pods=True), "shop/done", "other/ops TCP 1",
            id="include-finished-pods",
        ),
        pytest.param(
            Conventions(host_network_is_normal=True), "shop/host", "shop/web TCP 1",
            id="host-network-is-normal",
        ),
    ],
)  # fmt: skip
def test_switches_let_more_pods_take_part(
    conventions: Conventions, source: str, target: str
) -> None:
    triple = cluster(
        f"{{{WEB}, ingress: [{{from: [{{podSelector: {{}}}}]}}]}}", conventions=conventions
    )

    assert passes(triple, source, target)


def test_switches_take_exceptions_away() -> None:
    block = f"{{{WEB}, ingress: [{{from: [{{ipBlock: {{cidr: 10.244.0.0/16}}}}]}}]}}"
    normal = Conventions(node_traffic_is_normal=True, ipblock_matches_pods=False)
    triple = cluster(block, conventions=normal)

    assert not passes(triple, "node/n1", "shop/web TCP 1")  # against H-11
    assert not passes(triple, "shop/db", "shop/web TCP 1")  # against H-18
    assert passes(triple, "10.244.9.9", "shop/web TCP 1")


def test_a_pod_without_an_address_takes_part_only_where_it_is_assumed_to_have_one() -> None:
    bare = pod("shop/bare", "", "n1", "{app: web}")
    for conventions in (Conventions(), Conventions(assume_pods_have_ip=True)):
        triple = cluster(conventions=conventions)
        triple.put(bare)

        assert passes(triple, "shop/bare", "shop/db TCP 1") == conventions.assume_pods_have_ip


def test_an_imagined_pod_is_judged_as_if_it_were_there() -> None:
    triple = cluster(f"{{{DB}, ingress: [{{from: [{{{WEB}}}]}}]}}")
    db = triple.index.member("shop", "db")
    there = triple.snapshot.get(Pod, "shop", "web")
    plain = triple.snapshot.get(Pod, "other", "ops")
    assert db is not None
    assert there is not None
    assert plain is not None

    assert triple.index.allows(stranger(triple.index, there), db, "TCP", 1)
    assert not triple.index.allows(stranger(triple.index, plain), db, "TCP", 1)
    foreign = stranger(triple.index, plain, {"kubernetes.io/metadata.name": "elsewhere"})
    assert not triple.index.allows(foreign, db, "TCP", 1)
    assert triple.index.allows(db, stranger(triple.index, there), "TCP", 1)


# reasons


def test_an_allowed_connection_names_the_entry_that_lets_it_pass() -> None:
    triple = cluster(
        f"{{{DB}}}",
        f"{{{DB}, ingress: [{{from: [{{{DB}}}]}}, {{from: [{{ipBlock: {{cidr: 1.0.0.0/8}}}}, "
        f"{{{WEB}}}], ports: [{{port: 1}}, {{port: sql}}]}}]}}",
    )
    found = verdict(triple, "shop/web", "shop/db TCP 5432")

    allowed_by = found.ingress.allowed_by
    assert [policy.meta.name for policy in found.ingress.isolated_by] == ["p0", "p1"]
    assert allowed_by is not None
    assert allowed_by.policy.meta.name == "p1"
    assert allowed_by.path == "spec.ingress[1].from[1]"
    assert allowed_by.port_path == "spec.ingress[1].ports[1]"
    assert found.egress.standing == "open"


def test_a_denied_connection_names_the_side_that_stops_it() -> None:  # H-46
    egress_of_web = f"{{{WEB}, policyTypes: [Egress], egress: [{{to: [{{{DB}}}]}}]}}"
    only_api = f"{{{DB}, ingress: [{{from: [{{podSelector: {{matchLabels: {{app: api}}}}}}]}}]}}"
    triple = cluster(egress_of_web, only_api)
    found = verdict(triple, "shop/web", "shop/db TCP 5432")

    assert not found.allowed
    assert [side.direction for side in found.denied_by] == ["Ingress"]
    assert found.egress.standing == "allowed"
    assert rules_looked_at(found.ingress) == 1


def test_exceptions_and_obstacles_are_told_in_words() -> None:
    triple = cluster(DENY)

    assert "its own Node n1" in verdict(triple, "node/n1", "shop/web TCP 1").exception
    assert "itself" in verdict(triple, "shop/web", "shop/web TCP 1").exception
    assert "Succeeded" in verdict(triple, "shop/done", "shop/web TCP 1").obstacle


@pytest.mark.parametrize(
    ("spec", "connection", "miss", "change"),
    [
        pytest.param(
            f"{{{DB}, ingress: [{{from: [{{podSelector: {{matchLabels: {{app: webs}}}}}}]}}]}}",
            ("shop/web", "shop/db TCP 5432"),
            "spec.ingress[0].from[0].podSelector wants app=webs, found app=web",
            "label Pod shop/web app=webs (now: app=web)",
            id="one-label",
        ),
        pytest.param(
            f"{{{DB}, ingress: [{{from: [{{namespaceSelector: {{matchLabels: {{env: prod}}}}}}]}}]}}",
            ("other/ops", "shop/db TCP 5432"),
            "spec.ingress[0].from[0].namespaceSelector wants env=prod, found env=dev",
            "label Namespace other env=prod (now: env=dev)",
            id="one-namespace-label",
        ),
        pytest.param(
            f"{{{DB}, ingress: [{{from: [{{{WEB}}}], ports: [{{port: 5433}}]}}]}}",
            ("shop/web", "shop/db TCP 5432"),
            "spec.ingress[0].ports wants TCP 5433, found TCP 5432",
            "add TCP 5432 to spec.ingress[0].ports of NetworkPolicy shop/p0",
            id="one-port",
        ),
        pytest.param(
            f"{{{DB}, ingress: [{{from: [{{podSelector: {{matchLabels: {{app: api}}}}}}]}}]}}",
            ("other/api", "shop/db TCP 5432"),
            "spec.ingress[0].from[0] wants namespace shop, found namespace other",
            "add a peer for Pod other/api to spec.ingress[0].from of NetworkPolicy shop/p0",
            id="a-missing-namespaceSelector",
        ),
        pytest.param(
            f"{{{DB}, ingress: [{{from: [{{ipBlock: {{cidr: 203.0.113.0/24, "
            "except: [203.0.113.8/29]}}]}]}",
            ("203.0.113.10", "shop/db TCP 5432"),
            "spec.ingress[0].from[0].ipBlock.except[0] wants no address in 203.0.113.8/29, "
            "found 203.0.113.10",
            "add a peer for 203.0.113.10 to spec.ingress[0].from of NetworkPolicy shop/p0",
            id="an-exception",
        ),
        pytest.param(
            f"{{{DB}}}",
            ("shop/web", "shop/db TCP 5432"),
            None,
            "add a rule for TCP 5432 from Pod shop/web to spec.ingress of NetworkPolicy shop/p0",
            id="no-rule-at-all",
        ),
    ],
)
def test_a_denial_names_its_closest_miss_and_the_smallest_change(
    spec: str, connection: tuple[str, str], miss: str | None, change: str
) -> None:
    triple = cluster(spec)
    found = verdict(triple, *connection)
    nearest = closest_miss(found, found.ingress)

    assert (None if nearest is None else "; ".join(map(str, nearest.unmet))) == miss
    assert str(smallest_change(found, found.ingress, triple.index.selecting)) == change


def test_a_label_that_would_break_the_other_side_is_no_remedy() -> None:
    wants_api = f"{{{DB}, ingress: [{{from: [{{podSelector: {{matchLabels: {{app: api}}}}}}]}}]}}"
    denies_api = "{podSelector: {matchLabels: {app: api}}, policyTypes: [Egress]}"
    triple = cluster(wants_api, denies_api)
    found = verdict(triple, "shop/web", "shop/db TCP 5432")
    change = smallest_change(found, found.ingress, triple.index.selecting)

    assert change is not None
    assert change.object.kind == "NetworkPolicy"


def test_a_port_is_asked_for_where_the_protocol_has_any() -> None:
    address = parse_address("203.0.113.10")
    there = cluster().snapshot.get(Pod, "shop", "web")
    assert address is not None
    assert there is not None
    for number in (None, 0, 65536):
        connection = Connection(address_end(address), pod_end(there, None), "TCP", number)
        with pytest.raises(ValueError, match="needs a port"):
            judge(connection, lambda _pod: ())
