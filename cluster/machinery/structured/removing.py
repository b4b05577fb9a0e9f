"""An object without some of its fields. Source: structured-merge-diff `typed/remove.go`."""

from __future__ import annotations

from typing import TypeAlias

from cluster.machinery.field_sets import FieldSet, member
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.schema import StructShape
from cluster.machinery.structured.slots import Slot, slot_of


def remove(manifest: Manifest, gone: FieldSet, shape: StructShape) -> Manifest:
    """Return `manifest` without the fields in `gone` and everything below them.

    A struct, map or list that is empty then goes as well.
    """
    if not gone:
        return manifest
    return _without_members(manifest, _tree(gone), slot_of(shape))


Tree: TypeAlias = "dict[str, Tree | None]"


def _tree(paths: FieldSet) -> Tree:
    """Return the paths by their steps; None stands for a field that goes."""
    root: Tree = {}
    for path in sorted(paths, key=len):
        here = root
        for step in path[:-1]:
            below = here.setdefault(step, {})
            if below is None:
                break
            here = below
        else:
            here[path[-1]] = None
    return root


def _without(value: JSON, tree: Tree, slot: Slot) -> JSON:
    if isinstance(value, dict) and slot.relation in {"struct", "map"}:
        return _without_members(value, tree, slot)
    if isinstance(value, list) and slot.relation in {"keyed", "set"}:
        kept: list[JSON] = []
        for element in value:
            step = slot.step(element)
            if step not in tree:
                kept.append(element)
                continue
            below = tree[step]
            if below is not None:
                kept.append(_without(element, below, slot.items))
        return kept
    return value


def _without_members(value: Manifest, tree: Tree, slot: Slot) -> Manifest:
    kept: Manifest = {}
    for name, item in value.items():
        step = member(name)
        if step not in tree:
            kept[name] = item
            continue
        below, at = tree[step], slot.below(name)
        if below is None or at is None:
            continue
        rest = _without(item, below, at)
        if rest not in ({}, []):
            kept[name] = rest
    return kept
