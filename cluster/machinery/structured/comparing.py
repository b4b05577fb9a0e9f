"""How two versions of an object differ. Source: structured-merge-diff `typed/compare.go`.

The mark of a struct that appears or goes is left out: managers are told apart by its members.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cluster.machinery.field_sets import FieldPath, FieldSet, member
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.schema import StructShape
from cluster.machinery.structured.slots import Slot, slot_of


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one version of an object differs from another."""

    added: FieldSet
    modified: FieldSet
    removed: FieldSet


_MISSING: JSON = None  # pruned objects hold no nulls


def compare(old: Manifest, new: Manifest, shape: StructShape) -> Comparison:
    """Return the fields that were added, modified and removed from `old` to `new`."""
    walk = _Comparing()
    walk.members(old, new, slot_of(shape), ())
    return Comparison(frozenset(walk.added), frozenset(walk.modified), frozenset(walk.removed))


@dataclass(slots=True)
class _Comparing:
    added: set[FieldPath] = field(default_factory=set)
    modified: set[FieldPath] = field(default_factory=set)
    removed: set[FieldPath] = field(default_factory=set)

    def value(self, old: JSON, new: JSON, slot: Slot, path: FieldPath) -> None:
        if old == new:
            return
        if slot.relation == "leaf" or not (old or new):
            self.leaf(old, new, path)
            return
        if slot.relation != "struct":
            self.appears(old, new, path)
        if slot.relation in {"keyed", "set"}:
            self.elements(
                old if isinstance(old, list) else [], new if isinstance(new, list) else [],
                slot, path,
            )  # fmt: skip
        else:
            self.members(
                old if isinstance(old, dict) else {}, new if isinstance(new, dict) else {},
                slot, path,
            )  # fmt: skip

    def leaf(self, old: JSON, new: JSON, path: FieldPath) -> None:
        if old is not _MISSING and new is not _MISSING:
            self.modified.add(path)
        else:
            self.appears(old, new, path)

    def appears(self, old: JSON, new: JSON, path: FieldPath) -> None:
        if old is _MISSING:
            self.added.add(path)
        elif new is _MISSING:
            self.removed.add(path)

    def members(self, old: Manifest, new: Manifest, slot: Slot, path: FieldPath) -> None:
        for name in old.keys() | new.keys():
            below = slot.below(name)
            if below is not None:
                self.value(old.get(name), new.get(name), below, (*path, member(name)))

    def elements(self, old: list[JSON], new: list[JSON], slot: Slot, path: FieldPath) -> None:
        before = {slot.step(element): element for element in reversed(old)}
        after = {slot.step(element): element for element in reversed(new)}
        for step in before.keys() | after.keys():
            here = (*path, step)
            left, right = before.get(step), after.get(step)
            self.appears(left, right, here)
            if slot.relation == "keyed":
                self.value(left, right, slot.items, here)
