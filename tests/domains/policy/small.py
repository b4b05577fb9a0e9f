"""One small cluster, and makers of policies over it."""

from __future__ import annotations

from typing import Any

import yaml

from cluster.domains.policy.conventions import Conventions
from cluster.domains.policy.verdict import Verdict
from tests.domains.policy.engine import Triple
from tests.domains.policy.plain import Who

Raw = dict[str, Any]
NODE_IPS = {"n1": "192.168.0.1", "n2": "192.168.0.2", "n3": "192.168.0.3"}
DENY: Raw = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


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


def policy(path: str, spec: Raw) -> Raw:
    space, name = path.split("/")
    return {
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"namespace": space, "name": name}, "spec": spec,
    }  # fmt: skip


def cluster(*specs: Raw, within: str = "shop", conventions: Conventions | None = None) -> Triple:
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


def app(name: str) -> Raw:
    """Return a podSelector as a member: of a policy as of a peer."""
    return {"podSelector": {"matchLabels": {"app": name}}}


def block(cidr: str, *holes: str) -> Raw:
    return {"ipBlock": {"cidr": cidr, "except": [*holes]} if holes else {"cidr": cidr}}


def spaces(**labels: str) -> Raw:
    return {"namespaceSelector": {"matchLabels": labels}}


def admit(selected: Raw, *peers: Raw, ports: list[Raw] | None = None) -> Raw:
    """Return the spec of a policy with one ingress rule."""
    rule: Raw = {"from": [*peers]}
    return {**selected, "ingress": [rule | {"ports": ports} if ports else rule]}


WEB, DB = app("web"), app("db")
