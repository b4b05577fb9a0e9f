"""What the query language looks at on a card, kept from one drawing of a view to the next.

Stands beside a Snapshot. A view that is looked at is drawn after every change of its cluster, and
most of its objects are the same as before: their values are read once. Findings are no part of
the Snapshot, and are asked for every time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cluster.domains.policy.policy import NetworkPolicy
from cluster.domains.workload.node import Node
from cluster.machinery.changes import Change
from cluster.machinery.kind import Object
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts
from cluster.questions.query.values import object_values

CARD_FIELDS = ("label", "ip", "port", "node", "zone", "family", "type", "finding", "policy")
MOST_VALUES = 100  # of one field on one card: what stands for thousands of Pods names some of them
MOST_KEPT = 20_000  # objects; a view has at most 2,000 cards
_KEPT_FIELDS = tuple(field for field in CARD_FIELDS if field != "finding")

Values = Mapping[str, tuple[str, ...]]


class _Kept(NamedTuple):
    """Values, and what they rest on: the object, the policies of its namespace, the Nodes."""

    item: Object
    policies: int
    nodes: int
    values: Values


class CardValues:
    """See the module."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Follow `snapshot`; nothing is read before somebody looks."""
        self._snapshot = snapshot
        self._kept: dict[Key, _Kept] = {}
        self._policies: dict[str, int] = {}
        self._nodes = 0

    def apply(self, change: Change) -> None:
        """Take over one change: an object's own one is noticed when it is looked at."""
        either = change.new or change.old
        if isinstance(either, NetworkPolicy):
            namespace = change.key.namespace
            self._policies[namespace] = self._policies.get(namespace, 0) + 1
        elif isinstance(either, Node) and _zone(change.old) != _zone(change.new):
            self._nodes += 1

    def of(self, key: Key, item: Object, facts: Facts) -> Values:
        """Return the values of one object by field, without those that have none."""
        kept = self._kept.get(key)
        stamp = self._policies.get(key.namespace, 0), self._nodes
        if kept is None or kept.item is not item or (kept.policies, kept.nodes) != stamp:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            kept = self._kept[key] = _Kept(item, *stamp, self._read(key, item, facts))
        if not facts.any_about(key):
            return kept.values
        found = object_values(self._snapshot, facts, key, item, "finding")
        return {**kept.values, "finding": found} if found else kept.values

    def _read(self, key: Key, item: Object, facts: Facts) -> Values:
        read = {
            field: object_values(self._snapshot, facts, key, item, field)[:MOST_VALUES]
            for field in _KEPT_FIELDS
        }
        return {field: values for field, values in read.items() if values}


def _zone(item: Object | None) -> str:
    return item.zone if isinstance(item, Node) else ""


def find_of(
    snapshot: Snapshot, facts: Facts, key: Key, item: Object, below: Iterable[tuple[Key, Object]]
) -> dict[str, tuple[str, ...]]:
    """Return the values of a card of `item` that also stands for what is `below` it.

    At most MOST_VALUES of a field.
    """
    kept = snapshot.beside(CardValues)
    own = kept.of(key, item, facts)
    found: dict[str, dict[str, None]] = {}
    for other, each in below:
        for field, values in kept.of(other, each, facts).items():
            held = found.get(field)
            if held is None:
                held = found[field] = dict.fromkeys(own.get(field, ()))
            if len(held) < MOST_VALUES:
                held.update(dict.fromkeys(values))
    return {**own, **{field: tuple(held)[:MOST_VALUES] for field, held in found.items()}}
