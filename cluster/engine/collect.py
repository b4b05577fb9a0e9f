"""Garbage collection: what goes when its owner, or its Namespace, goes (A-34, A-37).

Deleting is one transaction: the caller asks `cascade` what a removed object takes with it and
applies the result at once. What must wait (finalizers, Pods in their grace period) is finished by
the two rules below, level by level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from cluster.engine.admission import FOREGROUND
from cluster.machinery.changes import Change
from cluster.machinery.kind import Object
from cluster.machinery.manifest import JSON, Manifest, list_at, mappings_at, text_at
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, Patch, Remove, View
from cluster.machinery.snapshot import Snapshot

Dependents: TypeAlias = Callable[[str], Iterable[tuple[Key, Manifest]]]


@dataclass(frozen=True, slots=True)
class Released:
    """A dependent that stays, with the owner references it keeps."""

    key: Key
    owners: list[JSON]


def orphaned(uid: str, dependents: Dependents) -> Iterator[Released]:
    """Yield the dependents of `uid` without their reference to it (propagation Orphan)."""
    for key, manifest in dependents(uid):
        yield Released(key, _other_owners(manifest, {uid}))


def cascade(uid: str, dependents: Dependents) -> Iterator[Key | Released]:
    """Yield the direct dependents of the removed `uid`: a Key goes, a Released stays.

    A dependent goes when no other owner is left (A-37). The caller deletes each Key as a client's
    delete does (a Pod terminates gracefully) and asks again for those that are gone at once.
    """
    for key, manifest in sorted(dependents(uid), key=lambda pair: pair[0]):
        others = _other_owners(manifest, {uid})
        yield Released(key, others) if others else key


def _other_owners(manifest: Manifest, gone: set[str]) -> list[JSON]:
    owners = mappings_at(manifest, "metadata", "ownerReferences")
    return [owner for owner in owners if text_at(owner, "uid") not in gone]


class NamespaceDeletion:
    """A terminating Namespace goes when nothing is left in it."""

    name = "namespace-deletion"
    kinds: frozenset[str]

    def __init__(self, kinds: Iterable[str]) -> None:
        """Look at changes of all `kinds`: any object may be the last one."""
        self.kinds = frozenset(kinds)

    def owners(self, change: Change, snapshot: Snapshot) -> Iterator[Key]:
        """The Namespace itself, or that of an object that went."""
        key = change.key
        if key.kind == "Namespace":
            yield key
        elif change.new is None and key.namespace:
            yield Key("", "Namespace", "", key.namespace)

    def all_owners(self, snapshot: Snapshot) -> Iterator[Key]:
        """Every Namespace."""
        return (key for key in snapshot.all_keys() if key.kind == "Namespace")

    def derive(self, owner: Key, view: View) -> Answer:
        """Remove the Namespace once it is terminating and empty."""
        namespace = view.snapshot.find(owner)
        if namespace is None or not namespace.meta.terminating or namespace.meta.finalizers:
            return NOTHING
        if not view.snapshot.is_empty(owner.name):
            return NOTHING
        return Answer(writes=(Remove(owner),))


class ForegroundDeletion:
    """An object deleted in the foreground goes after the dependents that block it."""

    name = "foreground-deletion"
    kinds: frozenset[str]

    def __init__(self, kinds: Iterable[str]) -> None:
        """Look at changes of all `kinds`: any may be owner or dependent."""
        self.kinds = frozenset(kinds)

    def owners(self, change: Change, snapshot: Snapshot) -> Iterator[Key]:
        """The object itself if it waits, and the owners of one that went."""
        if change.new is not None and FOREGROUND in change.new.meta.finalizers:
            yield change.key
        if change.new is None and change.old is not None:
            yield from self._waiting_owners(change.old, change.key, snapshot)

    @staticmethod
    def _waiting_owners(gone: Object, key: Key, snapshot: Snapshot) -> Iterator[Key]:
        for owner in gone.meta.owners:
            if owner.kind in snapshot.kinds:
                found = snapshot.kinds[owner.kind].key(key.namespace, owner.name)
                item = snapshot.find(found)
                if item is not None and FOREGROUND in item.meta.finalizers:
                    yield found

    def all_owners(self, snapshot: Snapshot) -> Iterator[Key]:
        """Every object that waits."""
        for key in snapshot.all_keys():
            item = snapshot.find(key)
            if item is not None and FOREGROUND in item.meta.finalizers:
                yield key

    def derive(self, owner: Key, view: View) -> Answer:
        """Take the finalizer off once no blocking dependent is left; the last one removes."""
        item = view.snapshot.find(owner)
        if item is None or not item.meta.terminating or FOREGROUND not in item.meta.finalizers:
            return NOTHING
        for key in view.snapshot.dependents(item.meta.uid):
            dependent = view.snapshot.find(key)
            if dependent is not None and any(
                reference.uid == item.meta.uid and reference.block_owner_deletion
                for reference in dependent.meta.owners
            ):
                return NOTHING
        left: list[JSON] = [
            name
            for name in list_at(view.manifest(owner), "metadata", "finalizers")
            if name != FOREGROUND
        ]
        if left:
            return Answer(writes=(Patch(owner, {"metadata": {"finalizers": left}}),))
        return Answer(writes=(Remove(owner),))
