"""What the fields of one NetworkPolicy tell by themselves, whatever Pods there are."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from itertools import chain

from cluster.domains.policy.finding_texts import (
    EITHER,
    IGNORED_RULES,
    NEVER,
    ONE_FAMILY,
    POD_ADDRESSES,
    PODS_TOO,
    SERVICE_ADDRESSES,
    WIDE_OPEN,
)
from cluster.domains.policy.policy import (
    DIRECTIONS,
    PEERS_FIELD,
    RULES_FIELD,
    Direction,
    IPBlock,
    NetworkPolicy,
    PolicyRule,
)
from cluster.machinery.addresses import Network, family_of
from cluster.machinery.findings import Finding, FindingRule
from cluster.machinery.meta import Key
from cluster.machinery.selectors import Selector
from cluster.machinery.settings import ClusterSettings
from cluster.machinery.texts import joined, say


def spec_faults(policy: NetworkPolicy, key: Key, settings: ClusterSettings) -> list[Finding]:
    """Return the findings about the fields of `policy`, sorted."""
    found = [*_ignored_rules(policy, key), *_never("spec.podSelector", policy.pod_selector, key)]
    for path, peer in policy.peers():
        if peer.ip_block is not None:
            found += _block(key, f"{path}.ipBlock", peer.ip_block, settings)
            continue
        for field, selector in (
            ("namespaceSelector", peer.namespace_selector), ("podSelector", peer.pod_selector),
        ):  # fmt: skip
            if selector is not None:
                found += _never(f"{path}.{field}", selector, key)
    for direction in policy.directions:
        for index, rule in enumerate(policy.rules(direction)):
            path = f"spec.{RULES_FIELD[direction]}[{index}]"
            found += _rule(key, path, direction, rule, settings)
    return sorted(found)


def is_contradictory(selector: Selector) -> bool:
    """Whether no labels can meet all requirements (A-26)."""
    for key in {requirement.key for requirement in selector.requirements}:
        asked = [part for part in selector.requirements if part.key == key]
        listed = [set(part.values) for part in asked if part.operator == "In"]
        refused = set(chain.from_iterable(p.values for p in asked if p.operator == "NotIn"))
        operators = {part.operator for part in asked}
        if "DoesNotExist" in operators and operators & {"In", "Exists"}:
            return True
        if listed and not set.intersection(*listed) - refused:
            return True
    return False


def _finding(rule: FindingRule, key: Key, path: str, message: str, value: str = "") -> Finding:
    return Finding(key, rule.id, path, message, rule.severity, value)


def _never(path: str, selector: Selector, key: Key) -> Iterator[Finding]:
    if is_contradictory(selector):
        text = say("No labels can meet {selector}.", selector=str(selector))
        yield _finding(NEVER, key, path, text, str(selector))


def _ignored_rules(policy: NetworkPolicy, key: Key) -> Iterator[Finding]:
    """Tell rules that do not count (H-7)."""
    for direction in DIRECTIONS:
        rules = policy.written(direction)
        if rules and not policy.isolates(direction):
            field = RULES_FIELD[direction]
            listed = joined(", ", policy.directions)
            text = say(
                "spec.policyTypes lists {listed} only: the {field} rules ({rules}) "
                "have no effect.",
                listed=listed,
                field=field,
                rules=len(rules),
            )
            yield _finding(IGNORED_RULES, key, f"spec.{field}", text, listed)


def _block(key: Key, path: str, block: IPBlock, settings: ClusterSettings) -> Iterator[Finding]:
    """Tell blocks that mean nothing, or something else than addresses outside (H-18, H-30)."""
    cidr = block.cidr
    if _amount(block.excepts, cidr.version) == cidr.num_addresses:
        text = say("The exceptions leave no address of {cidr}.", cidr=str(cidr))
        yield _finding(NEVER, key, f"{path}.except", text, str(cidr))
        return
    if any(_contains(services, cidr) for services in settings.service_cidrs):
        text = say(
            "{cidr} holds cluster IPs of Services only, and matches nothing.", cidr=str(cidr)
        )
        yield _finding(SERVICE_ADDRESSES, key, f"{path}.cidr", text, str(cidr))
        return
    for pods in settings.pod_cidrs:
        if _contains(pods, cidr):
            text = say(
                "{cidr} lies within {pods}, where Pods get their addresses.",
                cidr=str(cidr),
                pods=str(pods),
            )
            yield _finding(POD_ADDRESSES, key, f"{path}.cidr", text, str(cidr))
        elif _contains(cidr, pods) and not any(_contains(hole, pods) for hole in block.excepts):
            text = say(
                "{cidr} holds {pods}, the addresses of the Pods.", cidr=str(cidr), pods=str(pods)
            )
            yield _finding(PODS_TOO, key, f"{path}.cidr", text, str(cidr))


def _contains(outer: Network, inner: Network) -> bool:
    return (
        outer.version == inner.version
        and inner.prefixlen >= outer.prefixlen
        and inner.network_address in outer
    )


def _amount(networks: Iterable[Network], version: int) -> int:
    """Return how many addresses of a family some networks hold together."""
    v4 = [network for network in networks if isinstance(network, ipaddress.IPv4Network)]
    v6 = [network for network in networks if isinstance(network, ipaddress.IPv6Network)]
    held: Iterable[Network] = (
        ipaddress.collapse_addresses(v4)
        if version == 4  # noqa: PLR2004 - the IP version
        else ipaddress.collapse_addresses(v6)
    )
    return sum(network.num_addresses for network in held)


def _rule(
    key: Key, path: str, direction: Direction, rule: PolicyRule, settings: ClusterSettings
) -> Iterator[Finding]:
    """Tell what the peers and ports of one rule come to together."""
    field = PEERS_FIELD[direction]
    blocks = [peer.ip_block for peer in rule.peers if peer.ip_block is not None]
    whole = {family_of(block.cidr) for block in blocks if not block.cidr.prefixlen}
    if not rule.ports and (
        not rule.peers or any(not b.cidr.prefixlen and not b.excepts for b in blocks)
    ):
        text = (
            say("Connections from everyone are allowed on every port.")
            if direction == "Ingress"
            else say("Connections to everyone are allowed on every port.")
        )
        yield _finding(WIDE_OPEN, key, path, text)
    for family in settings.families:
        if whole and family not in whole:
            text = say(
                "Every {whole} address is meant, and none of {family}.",
                whole=" and ".join(sorted(whole)),
                family=family,
            )
            yield _finding(ONE_FAMILY, key, f"{path}.{field}", text, family)
    if any(peer.pod_selector is None and peer.ip_block is None for peer in rule.peers) and any(
        peer.is_local for peer in rule.peers
    ):
        text = say("All Pods of some namespaces or some Pods of this one: either is allowed.")
        yield _finding(EITHER, key, f"{path}.{field}", text)
    if direction == "Egress" and rule.ports and len(blocks) == len(rule.peers) and blocks:
        yield from _names_outside(key, path, rule, blocks, settings)


def _names_outside(
    key: Key, path: str, rule: PolicyRule, blocks: list[IPBlock], settings: ClusterSettings
) -> Iterator[Finding]:
    """Tell port names where no Pod is meant that could resolve them (H-26)."""
    if any(
        _contains(block.cidr, pods) or _contains(pods, block.cidr)
        for block in blocks
        for pods in settings.pod_cidrs
    ):
        return
    for position, port in enumerate(rule.ports):
        if isinstance(port.port, str):
            text = say(
                "Only Pods have a port named {port}, and the blocks hold none.", port=port.port
            )
            yield _finding(NEVER, key, f"{path}.ports[{position}].port", text, port.port)
