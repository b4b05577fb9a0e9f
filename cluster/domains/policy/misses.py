"""Why a direction does not let a connection pass: which rule came nearest, and what it lacked.

For a `Side` that denies. Distance counts what is unmet: a label, a namespace, an address, a port;
among equals the more alike value is nearer, then the order of policies, rules and peers decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache, reduce
from typing import Literal, TypeAlias

from cluster.domains.policy.ends import NAME_LABEL, End
from cluster.domains.policy.policy import (
    PEERS_FIELD,
    RULES_FIELD,
    IPBlock,
    NetworkPolicy,
    Peer,
    PolicyPort,
    PolicyRule,
)
from cluster.domains.policy.ports import code_of
from cluster.domains.policy.verdict import NOT_LISTED, Side, Verdict, listing_port, means
from cluster.machinery.addresses import Family
from cluster.machinery.selectors import Requirement, Selector
from cluster.machinery.texts import joined, say

Lack: TypeAlias = Literal["pod label", "namespace label", "namespace", "address", "pod", "port"]

_FAR = 2.0  # of a peer that can never mean such an end: farther than any label


@dataclass(frozen=True, slots=True)
class Unmet:
    """One thing a rule wants and the connection has not.

    `path` is where the policy wants it, `wanted` what, `found` what there is instead. `key` is the
    label's, and `value` the one value that would do, where the lack is a label; empty otherwise.
    """

    lack: Lack
    path: str
    wanted: str
    found: str
    distance: float = 1.0
    key: str = ""
    value: str = ""

    def __str__(self) -> str:
        """`spec.ingress[0].from[0].podSelector wants app=api, found app=ap`."""
        return say(
            "{path} wants {wanted}, found {found}",
            path=self.path,
            wanted=self.wanted,
            found=self.found,
        )


@dataclass(frozen=True, slots=True)
class Miss:
    """The rule that came nearest; `peer` None where its peers were not what kept it."""

    policy: NetworkPolicy
    rule: int
    peer: int | None
    unmet: tuple[Unmet, ...]

    @property
    def distance(self) -> float:
        """How far it is, in unmet conditions."""
        return sum(part.distance for part in self.unmet)

    def __str__(self) -> str:
        """Everything unmet, with the policy's name."""
        meta = self.policy.meta
        unmet = joined("; ", [str(part) for part in self.unmet])
        return joined(": ", (f"NetworkPolicy {meta.namespace}/{meta.name}", unmet))


def closest_miss(verdict: Verdict, side: Side) -> Miss | None:
    """Return the rule that came nearest on a side that denies, None where there is no rule."""
    misses = (
        miss
        for policy in side.isolated_by
        for index, rule in enumerate(policy.rules(side.direction))
        for miss in _misses(verdict, side, policy, index, rule)
    )
    return min(misses, key=lambda miss: miss.distance, default=None)


def rules_looked_at(side: Side) -> int:
    """Return how many rules of the isolating policies count in the direction."""
    return sum(len(policy.rules(side.direction)) for policy in side.isolated_by)


def _misses(
    verdict: Verdict, side: Side, policy: NetworkPolicy, index: int, rule: PolicyRule
) -> Iterator[Miss]:
    connection = verdict.connection
    where = f"spec.{RULES_FIELD[side.direction]}[{index}]"
    code = code_of(connection.protocol, connection.port)
    ports: tuple[Unmet, ...] = ()
    if listing_port(rule, connection.destination, connection, code) == NOT_LISTED:
        ports = (_port(verdict, rule, f"{where}.ports"),)
    if not rule.peers:
        yield Miss(policy, index, None, ports)
    end = connection.peer(side.direction)
    for position, peer in enumerate(rule.peers):
        path = f"{where}.{PEERS_FIELD[side.direction]}[{position}]"
        if means(peer, policy.meta.namespace, end, verdict.family):
            unmet = ports
        else:
            unmet = (*_peer(peer, policy.meta.namespace, end, verdict.family, path), *ports)
        yield Miss(policy, index, position, unmet)


def _peer(
    peer: Peer, namespace: str, end: End, family: Family | None, path: str
) -> Iterator[Unmet]:
    """Yield what keeps one peer from meaning `end`."""
    if peer.ip_block is not None:
        yield _address(peer.ip_block, end, family, f"{path}.ipBlock")
        return
    if end.pod is None:
        yield Unmet("pod", path, say("a Pod"), end.label, _FAR)
        return
    if peer.namespace_selector is not None:
        yield from _labels(
            "namespace label", peer.namespace_selector, end.namespace_labels,
            f"{path}.namespaceSelector",
        )  # fmt: skip
    elif end.pod.meta.namespace != namespace:
        found = say("namespace {namespace}", namespace=end.pod.meta.namespace)
        yield Unmet("namespace", path, say("namespace {namespace}", namespace=namespace), found)
    if peer.pod_selector is not None:
        labels, where = end.pod.meta.labels, f"{path}.podSelector"
        yield from _labels("pod label", peer.pod_selector, labels, where)


def _labels(
    lack: Lack, selector: Selector, labels: Mapping[str, str], path: str
) -> Iterator[Unmet]:
    for part in selector.requirements:
        if not part.matches(labels):
            actual = labels.get(part.key)
            text = (
                say("no label {key}", key=part.key) if actual is None else f"{part.key}={actual}"
            )
            # The name of a namespace is no label that anyone could set.
            value = "" if part.key == NAME_LABEL else _value(part)
            distance = 1.0 if actual is None else 1.0 - _likeness(part, actual) / 2
            wanted = str(Selector((part,)))
            yield Unmet(lack, path, wanted, text, distance, part.key if value else "", value)


def _value(part: Requirement) -> str:
    """Return the one value with which a label would meet a requirement, empty where unclear."""
    return part.values[0] if part.operator == "In" and len(part.values) == 1 else ""


def _address(block: IPBlock, end: End, family: Family | None, path: str) -> Unmet:
    address = end.address(family)
    if address is None or address.version != block.cidr.version:
        found = end.label if address is None else str(address)
        return Unmet(
            "address",
            f"{path}.cidr",
            say("an address in {cidr}", cidr=str(block.cidr)),
            found,
            _FAR,
        )
    for index, hole in enumerate(block.excepts):
        if address.version == hole.version and address in hole and address in block.cidr:
            wanted = say("no address in {hole}", hole=str(hole))
            return Unmet("address", f"{path}.except[{index}]", wanted, str(address))
    return Unmet(
        "address", f"{path}.cidr", say("an address in {cidr}", cidr=str(block.cidr)), str(address)
    )


def _port(verdict: Verdict, rule: PolicyRule, path: str) -> Unmet:
    connection = verdict.connection
    number = "" if connection.port is None else f" {connection.port}"
    wanted = reduce(_either, [_entry(port, connection.destination) for port in rule.ports])
    # The same number of another protocol is the more likely slip.
    is_near = any(port.port == connection.port for port in rule.ports)
    distance = 0.75 if is_near else 1.0
    return Unmet("port", path, wanted, f"{connection.protocol}{number}", distance)


def _either(one: str, other: str) -> str:
    return say("{one} or {other}", one=one, other=other)


def _entry(port: PolicyPort, destination: End) -> str:
    """Return an entry of `ports`, with what its name means on the destination (H-26)."""
    if not isinstance(port.port, str):
        return str(port)
    if destination.pod is None:
        return say("{port} (only Pods name ports)", port=str(port))
    meant = destination.pod.named_port(port.port, port.protocol)
    if meant is None:
        return say("{port} (no such port there)", port=str(port))
    return f"{port} ({meant})"


@lru_cache(maxsize=4096)
def _likeness(part: Requirement, actual: str) -> float:
    return max(
        (SequenceMatcher(None, value, actual, autojunk=False).ratio() for value in part.values),
        default=0.0,
    )
