"""Names of objects, found by a part of them without looking at every object.

Stands beside a Snapshot: per kind and namespace one text of all names, made when it is first
looked through after a change. Looking for a part of a name is then one scan of these texts, at the
speed of memory.
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.machinery.changes import Change
from cluster.machinery.kind import Kind
from cluster.machinery.snapshot import Snapshot

SEPARATOR = "\n"  # in no name
Place = tuple[str, str]


class NameIndex:
    """See the module."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Follow `snapshot`; nothing is read before somebody looks."""
        self._snapshot = snapshot
        self._texts: dict[Place, str] = {}

    def apply(self, change: Change) -> None:
        """Forget the text that a change makes untrue; a new version of an object changes none."""
        if change.old is None or change.new is None:
            self._texts.pop((change.key.kind, change.key.namespace), None)

    def containing(self, kind: Kind, namespace: str, part: str) -> Iterator[str]:
        """Yield the names of a kind in a namespace that contain `part`, in no order.

        `part` is lower case; names are looked at as if they were.
        """
        if part in self._text(kind, namespace):
            names = self._snapshot.within(kind.type, namespace)
            yield from (name for name in names if part in name.lower())

    def _text(self, kind: Kind, namespace: str) -> str:
        place = kind.kind, namespace
        found = self._texts.get(place)
        if found is None:
            names = self._snapshot.within(kind.type, namespace)
            found = self._texts[place] = SEPARATOR.join(names).lower()
        return found
