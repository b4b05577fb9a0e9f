"""The fields that every object has beside its identity."""

from __future__ import annotations

from cluster.admin.fields.rows import Pairs
from cluster.admin.fields.shape import Column, Group, Path, Rows
from cluster.admin.fields.types import Text
from cluster.machinery.texts import say


def pairs(name: str, label: str, path: Path, help: str = "", *, lines: int = 1) -> Rows:  # noqa: A002 - the field's own word
    """Return a table of keys and values for the mapping at `path`."""
    columns = (Column("key", say("Key"), Text()), Column("value", say("Value"), Text(lines)))
    return Rows(name, label, Pairs(path), columns, help)


METADATA: tuple[Group, ...] = (
    Group(
        say("Labels and annotations"),
        (
            pairs(
                "labels", say("Labels"), ("metadata", "labels"), say("What selectors select by.")
            ),
            pairs("annotations", say("Annotations"), ("metadata", "annotations"), lines=2),
        ),
    ),
)
