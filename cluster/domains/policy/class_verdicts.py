"""What policies let open to the Pods they select, direction by direction: a verdict per class.

A verdict says which policies isolate the class and what they allow: peers in the words of the
API with merged ports. It does not list the Pods that a peer means, so it is as long as the
policies are, however many Pods there are. A connection passes where the Egress verdict of its
source's class and the Ingress verdict of its destination's class both allow it (H-4); a Pod to
itself, and a Node and its own Pods, are not asked (H-11, H-34).
Source: networking/v1 `NetworkPolicySpec`; semantics.md H-1 to H-4, H-13 to H-28.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from cluster.domains.policy.policy import DIRECTIONS, Direction, NetworkPolicy, Peer, PolicyRule
from cluster.domains.policy.ports import ALL, NONE, Names, Ports, port_list, ranges, union
from cluster.machinery.selectors import Selector
from cluster.machinery.texts import joined, say

Standing: TypeAlias = Literal["open", "limited", "closed"]
PortName: TypeAlias = tuple[str, str]
PortRange: TypeAlias = tuple[str, int, int]

ANYONE = say("anyone")
MOST_ALLOWANCES = 200
"""Allowances listed in one verdict, so that a row stays readable; the rest is counted."""


@dataclass(frozen=True, slots=True)
class ClassAllowance:
    """A peer and the ports open to it, by any of `policies` (names, sorted).

    `ports` are inclusive ranges (protocol, first, last), None for everything, also what has no
    ports. `names` are port names (protocol, name) that the other end resolves: Egress only, since
    names of the class itself are numbers already (H-26).
    """

    peer: str
    ports: tuple[PortRange, ...] | None
    names: tuple[PortName, ...]
    policies: tuple[str, ...]

    @property
    def ports_text(self) -> str:
        """`every port`, `TCP 80, TCP 8000-8010`, `TCP named http`."""
        if self.ports is None:
            return say("every port")
        found: list[str] = [
            f"{protocol} {first}" if first == last else f"{protocol} {first}-{last}"
            for protocol, first, last in self.ports
        ]
        found += [
            say("{protocol} named {name}", protocol=protocol, name=name)
            for protocol, name in self.names
        ]
        return joined(", ", found)


@dataclass(frozen=True, slots=True)
class ClassVerdict:
    """One direction of a class. `pod` names one of its Pods, the first of `pods` in all.

    `isolated_by` are the names of the policies that isolate it, sorted; none: it is open (H-2).
    `left_out` counts allowances beyond MOST_ALLOWANCES. `is_node` marks Pods on their Node's
    network, which policies do not hold (H-10).
    """

    direction: Direction
    pod: str
    pods: int
    isolated_by: tuple[str, ...] = ()
    allows: tuple[ClassAllowance, ...] = ()
    left_out: int = 0
    is_node: bool = False

    @property
    def standing(self) -> Standing:
        """`open`: everything passes; `closed`: nothing does; `limited`: what `allows` lists."""
        if not self.isolated_by:
            return "open"
        if any(found.peer == ANYONE and found.ports is None for found in self.allows):
            return "open"
        return "limited" if self.allows else "closed"


@dataclass(slots=True)
class _Allowed:
    """What is allowed to one peer so far."""

    ports: Ports
    names: set[PortName]
    policies: set[str]


def class_verdicts(
    policies: Sequence[NetworkPolicy], names: Names, *, pod: str, pods: int, is_node: bool = False
) -> tuple[ClassVerdict, ...]:
    """Return the verdicts of Pods that exactly `policies` select, Ingress first.

    `names` are what their port names mean. All policies are of the Pods' namespace.
    """
    if is_node:
        return tuple(ClassVerdict(way, pod, pods, is_node=True) for way in DIRECTIONS)
    return tuple(_verdict(policies, dict(names), way, pod, pods) for way in DIRECTIONS)


def _verdict(
    policies: Iterable[NetworkPolicy],
    names: Mapping[PortName, int],
    direction: Direction,
    pod: str,
    pods: int,
) -> ClassVerdict:
    isolating = sorted(
        (policy for policy in policies if policy.isolates(direction)),
        key=lambda policy: policy.meta.name,
    )
    listed: dict[str, _Allowed] = {}
    for policy in isolating:
        for rule in policy.rules(direction):
            ports, left = _ports(rule, names, direction)
            if not ports and not left:
                continue
            for peer in rule.peers or (None,):
                text = ANYONE if peer is None else peer_text(peer, policy.meta.namespace)
                allowed = listed.setdefault(text, _Allowed(NONE, set(), set()))
                allowed.ports = union(allowed.ports, ports)
                allowed.names |= left
                allowed.policies.add(policy.meta.name)
    found = tuple(
        ClassAllowance(
            peer=text,
            ports=None if allowed.ports == ALL else tuple(ranges(allowed.ports)),
            names=() if allowed.ports == ALL else tuple(sorted(allowed.names)),
            policies=tuple(sorted(allowed.policies)),
        )
        for text, allowed in listed.items()
    )
    return ClassVerdict(
        direction=direction,
        pod=pod,
        pods=pods,
        isolated_by=tuple(policy.meta.name for policy in isolating),
        allows=found[:MOST_ALLOWANCES],
        left_out=max(0, len(found) - MOST_ALLOWANCES),
    )


def _ports(
    rule: PolicyRule, names: Mapping[PortName, int], direction: Direction
) -> tuple[Ports, set[PortName]]:
    """Return the ports a rule lists as numbers, and the names the other end must resolve."""
    listed = port_list(rule.ports)
    if direction == "Ingress":
        return listed.on(names), set()
    return listed.numbers, set(listed.names)


def peer_text(peer: Peer, namespace: str) -> str:
    """Return a peer of a policy in `namespace` in words: `Pods app=web of Namespace shop`."""
    if peer.ip_block is not None:
        cidr = str(peer.ip_block.cidr)
        holes = joined(", ", (str(hole) for hole in peer.ip_block.excepts))
        return say("{cidr} except {holes}", cidr=cidr, holes=holes) if holes else cidr
    return say(
        "{pods} of {where}",
        pods=_pods_text(peer.pod_selector),
        where=_where_text(peer.namespace_selector, namespace),
    )


def _pods_text(selector: Selector | None) -> str:
    if selector is None or selector.is_everything:
        return say("every Pod")
    return say("Pods {selector}", selector=str(selector))


def _where_text(selector: Selector | None, namespace: str) -> str:
    if selector is None:
        return say("Namespace {namespace}", namespace=namespace)
    if selector.is_everything:
        return say("every Namespace")
    return say("Namespaces {selector}", selector=str(selector))


def names_listed(policies: Iterable[NetworkPolicy]) -> Iterator[PortName]:
    """Yield the port names that the ingress rules of policies list, with their protocols."""
    for policy in policies:
        for rule in policy.rules("Ingress"):
            for port in rule.ports:
                if isinstance(port.port, str):
                    yield port.protocol, port.port
