"""Objects as an answer shows them: whole, as rows of a Table, or their metadata alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cluster.api.kube.negotiation import Form
from cluster.api.kube.resources import Resource
from cluster.machinery.columns import NAME
from cluster.machinery.kind import Column
from cluster.machinery.manifest import JSON, Manifest, mapping_at
from cluster.machinery.times import parse_time

_META = {"apiVersion": "meta.k8s.io/v1"}
UNKNOWN = "<unknown>"


@dataclass(frozen=True, slots=True)
class View:
    """How objects of one resource are shown. `include` is the query's includeObject."""

    resource: Resource
    columns: Sequence[Column]
    form: Form
    now: datetime
    include: str = "Metadata"

    def one(self, manifest: Manifest) -> Manifest:
        """Return one object in its form."""
        if self.form == "table":
            return self.table([manifest], mapping_at(manifest, "metadata"))
        if self.form == "partial":
            return partial(manifest)
        return manifest

    def many(self, manifests: list[Manifest], meta: Manifest) -> Manifest:
        """Return a list in its form; `meta` holds resourceVersion and continue."""
        if self.form == "table":
            return self.table(manifests, meta)
        if self.form == "partial":
            return {
                "kind": "PartialObjectMetadataList", **_META, "metadata": meta,
                "items": [partial(manifest) for manifest in manifests],
            }  # fmt: skip
        return {
            "kind": f"{self.resource.kind}List", "apiVersion": self.resource.api_version,
            "metadata": meta, "items": list(manifests),
        }  # fmt: skip

    def table(
        self, manifests: Iterable[Manifest], meta: Manifest, *, with_columns: bool = True
    ) -> Manifest:
        """Return a Table; the columns of a watch are told with its first row only."""
        kept = {name: meta[name] for name in
                ("resourceVersion", "continue", "remainingItemCount") if name in meta}  # fmt: skip
        return {
            "kind": "Table", **_META, "metadata": kept,
            "columnDefinitions": [definition(found) for found in self.columns]
            if with_columns
            else None,
            "rows": [self._row(manifest) for manifest in manifests],
        }  # fmt: skip

    def _row(self, manifest: Manifest) -> Manifest:
        row: Manifest = {"cells": [self._cell(column, manifest) for column in self.columns]}
        if self.include == "Object":
            row["object"] = manifest
        elif self.include != "None":
            row["object"] = partial(manifest)
        return row

    def _cell(self, column: Column, manifest: Manifest) -> JSON:
        value = column.read(manifest)
        return age(value, self.now) if column.type == "date" else value


def columns_of(resource: Resource) -> Sequence[Column]:
    """Return the columns of a resource's list."""
    return (resource.stored.columns if resource.stored else ()) or (NAME,)


def definition(column: Column) -> Manifest:
    """Return what a Table says of a column."""
    return {
        "name": column.name,
        "type": "string" if column.type == "date" else column.type,
        "format": "name" if column.name == "Name" else "",
        "description": column.help,
        "priority": int(column.wide),
    }


def partial(manifest: Manifest) -> Manifest:
    """Return an object's metadata alone."""
    return {"kind": "PartialObjectMetadata", **_META, "metadata": manifest.get("metadata")}


def age(value: JSON, now: datetime) -> str:
    """Return how long ago a time was, as kubectl prints it (`5s`, `3m12s`, `4h`, `2d`)."""
    if not isinstance(value, str) or not value:
        return UNKNOWN
    try:
        seconds = int((now - parse_time(value)).total_seconds())
    except ValueError:
        return value
    return duration(seconds)


def duration(seconds: int) -> str:
    """Return a duration in one or two units.

    Source: apimachinery `pkg/util/duration/duration.go` (`HumanDuration`).
    """
    if seconds < -1:
        return "<invalid>"
    if seconds < 0:
        return "0s"
    if seconds < 120:  # noqa: PLR2004 - these are the source's own bounds
        return f"{seconds}s"
    minutes = seconds // 60
    if minutes < 10:  # noqa: PLR2004
        return _two(minutes, "m", seconds % 60, "s")
    if minutes < 180:  # noqa: PLR2004
        return f"{minutes}m"
    hours = seconds // 3600
    if hours < 8:  # noqa: PLR2004
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:  # noqa: PLR2004
        return f"{hours}h"
    days = hours // 24
    if hours < 192:  # noqa: PLR2004
        return _two(days, "d", hours % 24, "h")
    if days < 730:  # noqa: PLR2004
        return f"{days}d"
    years = days // 365
    if years < 8:  # noqa: PLR2004
        return _two(years, "y", days % 365, "d")
    return f"{years}y"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large}{large_unit}{small}{small_unit}" if small else f"{large}{large_unit}"
