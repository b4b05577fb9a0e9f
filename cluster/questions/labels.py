"""Labels of objects of every kind, in any spelling.

Stands beside a Snapshot, which has a label index only for the kinds that selectors select: the
others get one here, made when it is first asked for and in step from then on.
"""

from __future__ import annotations

from collections.abc import Callable

from cluster.machinery.changes import Change
from cluster.machinery.kind import Kind, Object
from cluster.machinery.labelindex import LabelIndex
from cluster.machinery.snapshot import Snapshot

Place = tuple[str, str]


class LabelPairs:
    """See the module."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Follow `snapshot`; nothing is read before somebody looks."""
        self._snapshot = snapshot
        self._own: dict[str, LabelIndex[Object]] = {}

    def apply(self, change: Change) -> None:
        """Take over one change."""
        index = self._own.get(change.key.kind)
        if index is None:
            return
        if change.new is None:
            index.remove(change.key)
        else:
            index.put(change.key, change.new.meta.labels, change.new)

    def having(self, kind: Kind, test: Callable[[str, str], bool]) -> dict[Place, set[str]]:
        """Return the objects of a kind with a label, key and value, that passes a test.

        They are names by kind and namespace. Each pair that there is is tested once.
        """
        index = self._index(kind)
        found: dict[Place, set[str]] = {}
        for number in index.having(test):
            meta = index.at(number).meta
            found.setdefault((kind.kind, meta.namespace), set()).add(meta.name)
        return found

    def _index(self, kind: Kind) -> LabelIndex[Object]:
        shared = self._snapshot.labels_of(kind.type)
        if shared is not None:
            return shared
        own = self._own.get(kind.kind)
        if own is None:
            own = self._own[kind.kind] = LabelIndex()
            for item in self._snapshot.of(kind.type):
                own.put(kind.key(item.meta.namespace, item.meta.name), item.meta.labels, item)
        return own
