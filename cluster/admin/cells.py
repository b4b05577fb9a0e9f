"""The cells of a list: kubectl's columns of a kind, read from the manifests of a page of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import orjson
from django.contrib.admin import display
from django.utils.translation import gettext_lazy as _

from cluster.machinery.durations import human
from cluster.machinery.kind import Column, Kind
from cluster.machinery.manifest import Manifest, WrongType
from cluster.models import Resource
from cluster.runtime.clock import now_seconds
from cluster.runtime.column_words import COLUMNS

Cell: TypeAlias = "Callable[[Resource], str]"
OWN = frozenset({"name", "namespace", "age"})
"""Columns that the list has of itself, sortable by the database."""

EMPTY = "-"


def manifest_of(row: Resource) -> Manifest:
    """Return the manifest of a row, read once however many cells ask."""
    found: Manifest | None = row.__dict__.get("_manifest_read")
    if found is None:
        found = orjson.loads(bytes(row.manifest))
        row.__dict__["_manifest_read"] = found
    return found


def cells_of(kind: Kind) -> Iterator[Cell]:
    """Yield the cells of the columns that kubectl prints without `-o wide`."""
    for column in kind.columns:
        if not column.wide and column.name.lower() not in OWN:
            yield _cell(column)


def _cell(column: Column) -> Cell:
    @display(description=COLUMNS.get(column.name, column.name))
    def cell(row: Resource) -> str:
        return _read(column, row)

    cell.__name__ = f"cell_{column.name.lower().replace('-', '_').replace(' ', '_')}"
    return cell


def _read(column: Column, row: Resource) -> str:
    """Return one cell as text."""
    try:
        value = column.read(manifest_of(row))
    except WrongType:
        return EMPTY
    return EMPTY if value in {None, ""} else str(value)


@display(description=_("Age"), ordering="-created")
def age(row: Resource) -> str:
    """Return how long ago an object was created, as kubectl tells it: `4h11m`."""
    return human(now_seconds() - row.created.timestamp())
