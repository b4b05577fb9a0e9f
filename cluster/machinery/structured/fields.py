"""The fields that an applied configuration sets, and whether it fits its schema at all.

Source: structured-merge-diff `typed/{tofieldset,validate}.go`; semantics.md J-16.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cluster.machinery.field_sets import PLACE, FieldPath, FieldSet, member, print_path
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.schema import (
    ListShape,
    MapShape,
    Scalar,
    ScalarShape,
    Shape,
    StructShape,
)
from cluster.machinery.structured.slots import KEY_DEFAULTS, Slot, slot_of


class Unfit(Exception):
    """An object that does not fit its schema; `errors` in structured-merge-diff's words."""

    def __init__(self, errors: list[str]) -> None:
        """Keep the errors; more than one are printed below each other."""
        self.errors = errors
        text = errors[0] if len(errors) == 1 else "errors:\n" + "\n".join(f"  {e}" for e in errors)
        super().__init__(text)


def fields_of(manifest: Manifest, shape: StructShape) -> FieldSet:
    """Return the fields that an applied configuration sets; raises Unfit.

    Every leaf, every element of a keyed list or set, every key of a map.
    """
    walk = _Fields()
    walk.inside(manifest, slot_of(shape), ())
    if walk.errors:
        raise Unfit(walk.errors)
    return frozenset(walk.found)


@dataclass(slots=True)
class _Fields:
    found: set[FieldPath] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    def value(self, value: JSON, slot: Slot, path: FieldPath) -> None:
        if slot.relation in {"struct", "map"}:
            if isinstance(value, dict):
                self.inside(value, slot, path)
            else:
                self.wrong("map", value, path)
        elif slot.relation in {"keyed", "set"}:
            if isinstance(value, list):
                self.elements(value, slot, path)
            else:
                self.wrong("list", value, path)
        else:
            self.found.add(path)
            self.leaf(value, slot.shape, path)

    def inside(self, value: Manifest, slot: Slot, path: FieldPath) -> None:
        for name, item in value.items():
            here = (*path, member(name))
            below = slot.below(name)
            if below is None:
                self.errors.append(f"{print_path(here)}: field not declared in schema")
                continue
            if item is None or item == {} or slot.relation == "map":
                self.found.add(here)
            if item is not None:
                self.value(item, below, here)

    def elements(self, value: list[JSON], slot: Slot, path: FieldPath) -> None:
        seen: set[str] = set()
        for place, item in enumerate(value):
            step = self.step(item, slot, path, place)
            if step is None:
                continue
            here = (*path, step)
            if step in seen:
                told = print_path((step,))
                self.errors.append(f"{print_path(path)}: duplicate entries for key {told}")
            seen.add(step)
            self.found.add(here)
            self.value(item, slot.items, here)

    def step(self, item: JSON, slot: Slot, path: FieldPath, place: int) -> str | None:
        where = f"{print_path(path)}: element {place}: "
        if slot.relation == "set":
            if isinstance(item, dict | list) or item is None:
                self.errors.append(f"{where}sets can't contain {_go_type(item)}")
                return None
            return slot.step(item)
        if not isinstance(item, dict):
            self.errors.append(f"{where}associative list with keys may not have non-map elements")
            return None
        for key in slot.keys:
            if item.get(key) is None and key not in KEY_DEFAULTS:
                self.errors.append(
                    f"{where}associative list with keys has an element that omits key field "
                    f'"{key}" (and doesn\'t have default value)'
                )
                return None
        return slot.step(item)

    def leaf(self, value: JSON, shape: Shape, path: FieldPath) -> None:
        """Check what is inside of a leaf: its fields are declared, its types fit."""
        if isinstance(shape, ScalarShape):
            self.scalar(value, shape, path)
        elif isinstance(shape, ListShape):
            if not isinstance(value, list):
                self.wrong("list", value, path)
                return
            for place, item in enumerate(value):
                self.leaf(item, shape.items, (*path, f"{PLACE}{place}"))
        elif not isinstance(value, dict):
            self.wrong("map", value, path)
        else:
            for name, item in value.items():
                self.leaf_member(name, item, shape, (*path, member(name)))

    def leaf_member(
        self, name: str, value: JSON, shape: StructShape | MapShape, path: FieldPath
    ) -> None:
        if isinstance(shape, MapShape):
            self.leaf(value, shape.values, path)
        elif name not in shape.fields:
            self.errors.append(f"{print_path(path)}: field not declared in schema")
        elif value is not None:
            self.leaf(value, shape.fields[name].shape, path)

    def scalar(self, value: JSON, shape: ScalarShape, path: FieldPath) -> None:
        expected = _EXPECTED.get(shape.scalar)
        if expected is None or value is None:
            return
        types, word = expected
        is_flag = isinstance(value, bool)
        if not isinstance(value, types) or (is_flag and types is not bool):
            self.wrong(word, value, path)

    def wrong(self, word: str, value: JSON, path: FieldPath) -> None:
        self.errors.append(f"{print_path(path)}: expected {word}, got {_go_type(value)}")


_NUMBER = "numeric (int or float)"
_EXPECTED: Mapping[Scalar, tuple[type | tuple[type, ...], str]] = {
    Scalar.STRING: (str, "string"),
    Scalar.BYTES: (str, "string"),
    Scalar.TIME: (str, "string"),
    Scalar.MICRO_TIME: (str, "string"),
    Scalar.BOOLEAN: (bool, "boolean"),
    Scalar.INT32: ((int, float), _NUMBER),
    Scalar.INT64: ((int, float), _NUMBER),
    Scalar.DOUBLE: ((int, float), _NUMBER),
}


def _go_type(value: JSON) -> str:
    if isinstance(value, bool):
        return "bool"
    words = {str: "string", int: "int64", float: "float64", list: "[]interface {}",
             dict: "map[string]interface {}"}  # fmt: skip
    return words.get(type(value), "<nil>")
