"""NetworkPolicy straight from the text of the API: manifests in, yes or no out.

Slow and obvious on purpose, and shares nothing with what it checks but the manifests. Every
function quotes what it implements (H ids: semantics.md; quotes: networking/v1 types and the page
on network policies, in our words).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

Raw = dict[str, Any]


@dataclass(frozen=True)
class Who:
    """A Pod (`namespace` and `name`), a Node (`name`) or an address (`ip`)."""

    kind: str
    namespace: str = ""
    name: str = ""
    ip: str = ""


@dataclass
class Plain:
    """All objects of a cluster as manifests, and the switches of questions.md."""

    namespaces: dict[str, Raw] = field(default_factory=dict)
    nodes: dict[str, Raw] = field(default_factory=dict)
    pods: dict[tuple[str, str], Raw] = field(default_factory=dict)
    policies: dict[tuple[str, str], Raw] = field(default_factory=dict)
    families: tuple[int, ...] = (4, 6)
    options: frozenset[str] = frozenset()  # those that are true
    ipblock_matches_pods: bool = True

    def allowed(self, source: Who, target: Who, protocol: str, port: int, family: int) -> bool:
        """Whether a connection of one family may be opened."""
        if not self.exists(source, family) or not self.exists(target, family):
            return False
        if source == target:
            return True  # H-11: a Pod reaches itself
        if self.is_own_node(source, target) or self.is_own_node(target, source):
            return True  # H-11
        return self.egress(source, target, protocol, port, family) and self.ingress(
            source, target, protocol, port, family
        )  # H-4: both must allow

    def in_any_family(self, source: Who, target: Who, protocol: str, port: int) -> bool:
        return any(self.allowed(source, target, protocol, port, family) for family in (4, 6))

    # who is there

    def exists(self, who: Who, family: int) -> bool:
        if who.kind == "Pod":
            pod = self.pods[who.namespace, who.name]
            finished = pod["status"].get("phase") in ("Succeeded", "Failed")
            if finished and "include_finished_pods" not in self.options:
                return False  # H-12
            if not self.ips(who) and "assume_pods_have_ip" in self.options:
                return family in self.families
        return self.ip(who, family) is not None

    def ips(self, who: Who) -> list[str]:
        if who.kind == "Pod":
            status = self.pods[who.namespace, who.name]["status"]
            return [entry["ip"] for entry in status.get("podIPs", [])]
        if who.kind == "Node":
            addresses = self.nodes[who.name]["status"]["addresses"]
            return [entry["address"] for entry in addresses if entry["type"] == "InternalIP"]
        return [who.ip]

    def ip(self, who: Who, family: int) -> str | None:
        for text in self.ips(who):
            if ip_address(text).version == family:
                return text
        return None

    def is_pod(self, who: Who) -> bool:
        """H-10: a Pod of the host network is nothing but its Node to policies."""
        if who.kind != "Pod":
            return False
        on_host = self.pods[who.namespace, who.name]["spec"].get("hostNetwork", False)
        return not on_host or "host_network_is_normal" in self.options

    def node_of(self, who: Who) -> str:
        if who.kind == "Node":
            return who.name
        if who.kind == "Pod":
            return str(self.pods[who.namespace, who.name]["spec"].get("nodeName", ""))
        return ""

    def is_own_node(self, one: Who, other: Who) -> bool:
        """H-11: `one` is the Node that `other` runs on, or a process of it."""
        if "node_traffic_is_normal" in self.options:
            return False
        is_node = one.kind == "Node" or (one.kind == "Pod" and not self.is_pod(one))
        return is_node and self.node_of(one) != "" and self.node_of(one) == self.node_of(other)

    # the two directions

    def egress(self, source: Who, target: Who, protocol: str, port: int, family: int) -> bool:
        policies = self.isolating(source, "Egress")
        if not policies:
            return True  # H-2: not isolated
        return any(
            self.matches_peers(rule.get("to"), policy, target, family)
            and self.matches_ports(rule.get("ports"), target, protocol, port)
            for policy in policies
            for rule in policy["spec"].get("egress") or []
        )  # H-3: the union of what the policies allow

    def ingress(self, source: Who, target: Who, protocol: str, port: int, family: int) -> bool:
        policies = self.isolating(target, "Ingress")
        if not policies:
            return True
        return any(
            self.matches_peers(rule.get("from"), policy, source, family)
            and self.matches_ports(rule.get("ports"), target, protocol, port)
            for policy in policies
            for rule in policy["spec"].get("ingress") or []
        )

    def isolating(self, who: Who, direction: str) -> list[Raw]:
        """H-1, H-3: the policies of the Pod's namespace that select it and list the direction."""
        if not self.is_pod(who):
            return []
        labels = self.labels(who)
        return [
            policy
            for policy in self.policies.values()
            if policy["metadata"]["namespace"] == who.namespace
            and direction in self.types(policy)
            and matches(policy["spec"].get("podSelector") or {}, labels)
        ]

    @staticmethod
    def types(policy: Raw) -> list[str]:
        """H-6: unset means Ingress, and Egress too where there are egress rules."""
        listed = policy["spec"].get("policyTypes")
        if listed:
            return list(listed)
        return ["Ingress", "Egress"] if policy["spec"].get("egress") else ["Ingress"]

    # peers

    def labels(self, who: Who) -> Raw:
        found: Raw = self.pods[who.namespace, who.name]["metadata"].get("labels") or {}
        return found

    def namespace_labels(self, name: str) -> Raw:
        namespace = self.namespaces.get(name)
        if namespace is None:
            return {"kubernetes.io/metadata.name": name}  # H-17, always there
        found: Raw = namespace["metadata"].get("labels") or {}
        return found

    def matches_peers(self, peers: Any, policy: Raw, who: Who, family: int) -> bool:
        if not peers:
            return True  # H-13
        return any(self.matches_peer(peer, policy, who, family) for peer in peers)

    def matches_peer(self, peer: Raw, policy: Raw, who: Who, family: int) -> bool:
        if peer.get("ipBlock") is not None:
            if self.is_pod(who) and not self.ipblock_matches_pods:
                return False
            ip = self.ip(who, family)
            return ip is not None and in_block(peer["ipBlock"], ip)
        if not self.is_pod(who):
            return False  # H-10, H-21
        if peer.get("namespaceSelector") is None:
            if who.namespace != policy["metadata"]["namespace"]:
                return False  # H-16
        elif not matches(peer["namespaceSelector"], self.namespace_labels(who.namespace)):
            return False
        selector = peer.get("podSelector")
        return selector is None or matches(selector, self.labels(who))

    # ports

    def matches_ports(self, ports: Any, target: Who, protocol: str, number: int) -> bool:
        if not ports:
            return True  # H-23
        if protocol == "ICMP":
            return False  # H-28
        return any(self.matches_port(port, target, protocol, number) for port in ports)

    def matches_port(self, port: Raw, target: Who, protocol: str, number: int) -> bool:
        if port.get("protocol", "TCP") != protocol:
            return False  # H-24
        wanted = port.get("port")
        if wanted is None:
            return True
        if isinstance(wanted, str):
            return self.is_pod(target) and self.named(target, wanted, protocol) == number  # H-26
        return bool(wanted <= number <= (port.get("endPort") or wanted))  # H-27

    def named(self, who: Who, name: str, protocol: str) -> int | None:
        """H-26: containers in order, then sidecars; plain init containers do not count."""
        spec = self.pods[who.namespace, who.name]["spec"]
        init = spec.get("initContainers") or []
        sidecars = [entry for entry in init if entry.get("restartPolicy") == "Always"]
        for container in [*spec["containers"], *sidecars]:
            for port in container.get("ports") or []:
                if port.get("name") == name and port.get("protocol", "TCP") == protocol:
                    return int(port["containerPort"])
        return None


def matches(selector: Raw, labels: Raw) -> bool:
    """A label selector: everything listed must hold; nothing listed selects all (A-26, A-27)."""
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    for expression in selector.get("matchExpressions") or []:
        key, operator = expression["key"], expression["operator"]
        values: Iterable[str] = expression.get("values") or ()
        holds = {
            "In": key in labels and labels[key] in values,
            "NotIn": key not in labels or labels[key] not in values,
            "Exists": key in labels,
            "DoesNotExist": key not in labels,
        }[operator]
        if not holds:
            return False
    return True


def in_block(block: Raw, ip: str) -> bool:
    """H-18 to H-20, H-40: in the CIDR and in no exception; families never mix."""
    address = ip_address(ip)
    if address not in ip_network(block["cidr"], strict=False):
        return False
    return not any(address in ip_network(hole, strict=False) for hole in block.get("except") or [])
