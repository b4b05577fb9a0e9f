"""Which fields of each kind have an input of their own; the YAML beside them holds the rest.

`FIELDS` is read by the forms and by the read-only pages. A kind that is not in it still has the
fields that every object has, and its YAML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from cluster.admin.fields import network, workload
from cluster.admin.fields.metadata import METADATA
from cluster.admin.fields.shape import Field, Group, Rows
from cluster.admin.fields.types import Text

__all__ = ["FIELDS", "METADATA", "Field", "Group", "Rows", "groups_of", "side_by_side"]

FIELDS: Mapping[str, tuple[Group, ...]] = MappingProxyType({**workload.FIELDS, **network.FIELDS})
"""The groups of fields of each kind, in the order in which forms show them."""


def side_by_side(fields: Iterable[Field | Rows]) -> list[str | tuple[str, ...]]:
    """Return the names of fields as lines of a form: tables alone, single values in pairs."""
    lines: list[str | tuple[str, ...]] = []
    for field in fields:
        previous = lines[-1] if lines else ""
        if isinstance(field, Rows) or is_tall(field):
            lines.append(field.name)
        elif isinstance(previous, tuple) and len(previous) == 1:
            lines[-1] = (*previous, field.name)
        else:
            lines.append((field.name,))
    return lines


def is_tall(field: Field) -> bool:
    """Whether a field holds text of several lines."""
    return isinstance(field.type, Text) and field.type.lines > 1


def groups_of(kind: str) -> tuple[Group, ...]:
    """Return the groups of fields of a kind, labels and annotations last."""
    return (*FIELDS.get(kind, ()), *METADATA)
