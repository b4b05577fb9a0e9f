"""Where a value of an object stands, and what whoever sets it owns of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from cluster.machinery.field_sets import keyed, valued
from cluster.machinery.manifest import JSON
from cluster.machinery.schema import Field, ListShape, MapShape, Shape, StructShape

Relation: TypeAlias = Literal["leaf", "struct", "map", "keyed", "set"]
# The only key of a list that has a default in the schemas of the kinds here (J-7).
KEY_DEFAULTS: Mapping[str, JSON] = {"protocol": "TCP"}


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """Where a value stands: its shape, and what its owner owns of it."""

    shape: Shape
    relation: Relation
    keys: tuple[str, ...] = ()

    def below(self, name: str) -> Slot | None:
        """Return the slot of a member, None where a struct has none of that name."""
        if isinstance(self.shape, StructShape):
            return _members(self.shape).get(name)
        if isinstance(self.shape, MapShape):
            return _items(self.shape.values)
        return None

    @property
    def items(self) -> Slot:
        """The slot of a list's elements."""
        assert isinstance(self.shape, ListShape)  # noqa: S101 - only lists are keyed or sets
        return _items(self.shape.items)

    def step(self, element: JSON) -> str:
        """Return what tells an element of the list apart; a missing key counts as null."""
        if self.relation == "set":
            return valued(element)
        held = element if isinstance(element, dict) else {}
        return keyed({key: held.get(key, KEY_DEFAULTS.get(key)) for key in self.keys})


def slot_of(shape: StructShape) -> Slot:
    """Return the slot of whole objects."""
    return _root(shape)


@cache
def _root(shape: StructShape) -> Slot:
    return Slot(shape, "struct")


@cache
def _members(shape: StructShape) -> Mapping[str, Slot]:
    return {name: _slot(found) for name, found in shape.fields.items()}


def _slot(found: Field) -> Slot:
    shape = found.shape
    if isinstance(shape, ListShape):
        if found.list_type == "map" and found.list_map_keys:
            return Slot(shape, "keyed", found.list_map_keys)
        return Slot(shape, "set" if found.list_type == "set" else "leaf")
    if found.map_type == "atomic":
        return Slot(shape, "leaf")
    return _plain(shape)


def _items(shape: Shape) -> Slot:
    return _struct_items(shape) if isinstance(shape, StructShape) else _plain(shape)


@cache
def _struct_items(shape: StructShape) -> Slot:
    return _plain(shape)


def _plain(shape: Shape) -> Slot:
    if isinstance(shape, StructShape):
        return Slot(shape, "leaf" if shape.is_atomic else "struct")
    return Slot(shape, "map" if isinstance(shape, MapShape) else "leaf")
