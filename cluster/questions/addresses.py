"""Addresses of objects, found by a part of them without looking at every object.

Stands beside a Snapshot as `cluster.questions.names` does, for what words of a search are also
looked for in: per kind and namespace one text of all addresses, made when it is first looked
through after an address changed.
"""

from __future__ import annotations

from cluster.machinery.addresses import canonical
from cluster.machinery.changes import Change
from cluster.machinery.kind import Kind, Object
from cluster.machinery.snapshot import Snapshot
from cluster.questions.query.values import addresses_of

SEPARATOR = "\n"  # in no address
Place = tuple[str, str]


class AddressIndex:
    """See the module."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Follow `snapshot`; nothing is read before somebody looks."""
        self._snapshot = snapshot
        self._texts: dict[Place, str] = {}

    def apply(self, change: Change) -> None:
        """Forget the text that a change makes untrue."""
        place = change.key.kind, change.key.namespace
        if place in self._texts and _read(change.old) != _read(change.new):
            del self._texts[place]

    def any_contains(self, kind: Kind, namespace: str, part: str) -> bool:
        """Whether an object of a kind in a namespace has an address that contains `part`.

        An address counts as it is written and in its canonical spelling, lower case.
        """
        place = kind.kind, namespace
        found = self._texts.get(place)
        if found is None:
            objects = self._snapshot.within(kind.type, namespace).values()
            written = {address for item in objects for address in addresses_of(item)}
            spelled = written | {canonical(address) for address in written}
            found = self._texts[place] = SEPARATOR.join(spelled).lower()
        return part in found


def _read(item: Object | None) -> tuple[str, ...]:
    return tuple(addresses_of(item)) if item is not None else ()
