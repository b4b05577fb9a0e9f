"""Objects as an answer shows them: whole, as rows of a Table, or their metadata alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cluster.api.kube.event_columns import EVENT_COLUMNS
from cluster.api.kube.negotiation import Form
from cluster.api.kube.resources import Resource
from cluster.machinery.columns import NAME
from cluster.machinery.controllers import shown
from cluster.machinery.kind import Column
from cluster.machinery.manifest import Manifest, mapping_at
from cluster.machinery.schema import shape_of

CHUNK = 500  # kubectl's
_META = {"apiVersion": "meta.k8s.io/v1"}


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
        whole = self.whole(manifest)
        return partial(whole) if self.form == "partial" else whole

    def whole(self, manifest: Manifest) -> Manifest:
        """Return an object with what its controllers own.

        Rows of Tables go without: they are made for reading, by the thousand.
        """
        kind = self.resource.stored
        if kind is None:
            return manifest
        return shown(manifest, shape_of(kind.api_version, kind.kind))

    def many(self, manifests: list[Manifest], meta: Manifest) -> Manifest:
        """Return a list in its form; `meta` holds resourceVersion and continue.

        A list of more than kubectl asks for at once goes without what controllers own: it would
        take twice as long, for programs that do not look at it.
        """
        whole = self.whole if len(manifests) <= CHUNK else _as_it_is
        if self.form == "table":
            return self.table(manifests, meta)
        if self.form == "partial":
            return {
                "kind": "PartialObjectMetadataList", **_META, "metadata": meta,
                "items": [partial(whole(manifest)) for manifest in manifests],
            }  # fmt: skip
        return {
            "kind": f"{self.resource.kind}List", "apiVersion": self.resource.api_version,
            "metadata": meta, "items": [whole(manifest) for manifest in manifests],
        }  # fmt: skip

    def table(
        self, manifests: Iterable[Manifest], meta: Manifest, *, with_columns: bool = True
    ) -> Manifest:
        """Return a Table; the columns of a watch are told with its first row only."""
        kept: Manifest = {
            name: meta[name]
            for name in ("resourceVersion", "continue", "remainingItemCount")
            if name in meta
        }
        return {
            "kind": "Table", **_META, "metadata": kept,
            "columnDefinitions": [definition(found) for found in self.columns]
            if with_columns
            else None,
            "rows": [self._row(manifest) for manifest in manifests],
        }  # fmt: skip

    def _row(self, manifest: Manifest) -> Manifest:
        row: Manifest = {"cells": [column.at(manifest, self.now) for column in self.columns]}
        if self.include == "Object":
            row["object"] = manifest
        elif self.include != "None":
            row["object"] = partial(manifest)
        return row


def _as_it_is(manifest: Manifest) -> Manifest:
    return manifest


def columns_of(resource: Resource) -> Sequence[Column]:
    """Return the columns of a resource's list."""
    if resource.kind == "Event":
        return EVENT_COLUMNS
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
