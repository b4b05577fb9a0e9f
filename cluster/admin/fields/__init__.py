"""Which fields of each kind have an input of their own; the YAML beside them holds the rest.

`FIELDS` is read by the forms and by the read-only pages. A kind that is not in it still has the
fields that every object has, and its YAML.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cluster.admin.fields import network, workload
from cluster.admin.fields.metadata import METADATA
from cluster.admin.fields.shape import Field, Group, Rows

__all__ = ["FIELDS", "METADATA", "Field", "Group", "Rows", "groups_of"]

FIELDS: Mapping[str, tuple[Group, ...]] = MappingProxyType({**workload.FIELDS, **network.FIELDS})
"""The groups of fields of each kind, in the order in which forms show them."""


def groups_of(kind: str) -> tuple[Group, ...]:
    """Return the groups of fields of a kind, labels and annotations last."""
    return (*FIELDS.get(kind, ()), *METADATA)
