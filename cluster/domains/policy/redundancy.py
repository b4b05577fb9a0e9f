"""Whether one NetworkPolicy says all that another one says.

Decided by their specs alone, so that it holds whatever Pods there are; policies that only happen
to be without effect now are none of its concern. Source: semantics.md H-3, H-13, H-23.
"""

from __future__ import annotations

from collections.abc import Iterable

from cluster.domains.policy.policy import NetworkPolicy, PolicyRule


def covering(policy: NetworkPolicy, others: Iterable[NetworkPolicy]) -> NetworkPolicy | None:
    """Return the first policy, by name, without which `policy` would matter; None without one.

    Of two that say the same the one with the lesser name counts. A policy without any rule is a
    default deny, which people write on purpose beside others: nothing covers it.
    """
    if not any(policy.rules(direction) for direction in policy.directions):
        return None
    found = [
        other
        for other in others
        if other.meta.name != policy.meta.name
        and covers(other, policy)
        and (other.meta.name < policy.meta.name or not covers(policy, other))
    ]
    return min(found, key=lambda other: other.meta.name, default=None)


def covers(policy: NetworkPolicy, other: NetworkPolicy) -> bool:
    """Whether `policy` selects, isolates and allows everything that `other` does."""
    if not set(policy.pod_selector.requirements) <= set(other.pod_selector.requirements):
        return False
    return all(
        policy.isolates(direction)
        and all(
            any(_allows(rule, wanted) for rule in policy.rules(direction))
            for wanted in other.rules(direction)
        )
        for direction in other.directions
    )


def _allows(rule: PolicyRule, other: PolicyRule) -> bool:
    """Whether `rule` has every peer and every port of `other`; an empty list has all."""
    peers = not rule.peers or (bool(other.peers) and set(other.peers) <= set(rule.peers))
    ports = not rule.ports or (bool(other.ports) and set(other.ports) <= set(rule.ports))
    return peers and ports
