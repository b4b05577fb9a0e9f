"""Object metadata as rules read it, and the identity of an object.

Parsed once per stored version; annotations are kept whole because drills and hints live there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from sys import intern
from types import MappingProxyType
from typing import NamedTuple

from cluster.machinery.manifest import (
    Manifest,
    flag_at,
    integer_at,
    mapping_at,
    mappings_at,
    text_at,
    text_map_at,
    texts_at,
)

NOTHING: Mapping[str, str] = MappingProxyType({})


class Key(NamedTuple):
    """Who an object is: group, kind, namespace (empty for cluster-scoped kinds) and name."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """`Kind ns/name`, the way answers and findings name objects."""
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else self.path

    @property
    def path(self) -> str:
        """`Kind name` for cluster-scoped objects."""
        return f"{self.kind} {self.name}"

    @property
    def node_id(self) -> str:
        """`Kind/ns/name`: the id of a graph node (ux.md section 12)."""
        return f"{self.kind}/{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class OwnerReference:
    """Who an object belongs to (A-37)."""

    api_version: str
    kind: str
    name: str
    uid: str
    controller: bool = False
    block_owner_deletion: bool = False


@dataclass(frozen=True, slots=True)
class ObjectMeta:
    """The parts of `metadata` that rules read. Times are RFC 3339 text, None where unset."""

    namespace: str
    name: str
    uid: str = ""
    labels: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    annotations: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    owners: tuple[OwnerReference, ...] = ()
    finalizers: tuple[str, ...] = ()
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    deletion_grace_period_seconds: int | None = None
    generation: int | None = None

    @property
    def terminating(self) -> bool:
        """Deletion was requested; the object still stands."""
        return self.deletion_timestamp is not None

    @property
    def controller(self) -> OwnerReference | None:
        """The one owner with `controller: true`, None where there is none."""
        return next((owner for owner in self.owners if owner.controller), None)


def parse_meta(manifest: Manifest) -> ObjectMeta:
    """Return the metadata of a checked manifest."""
    meta = mapping_at(manifest, "metadata")
    return ObjectMeta(
        namespace=intern(text_at(meta, "namespace") or ""),
        name=text_at(meta, "name") or "",
        uid=text_at(meta, "uid") or "",
        labels=_interned(text_map_at(meta, "labels")),
        annotations=text_map_at(meta, "annotations") or NOTHING,
        owners=tuple(parse_owner(owner) for owner in mappings_at(meta, "ownerReferences")),
        finalizers=tuple(texts_at(meta, "finalizers")),
        creation_timestamp=text_at(meta, "creationTimestamp"),
        deletion_timestamp=text_at(meta, "deletionTimestamp"),
        deletion_grace_period_seconds=integer_at(meta, "deletionGracePeriodSeconds"),
        generation=integer_at(meta, "generation"),
    )


def parse_owner(manifest: Manifest) -> OwnerReference:
    """Return one entry of `metadata.ownerReferences`."""
    return OwnerReference(
        api_version=intern(text_at(manifest, "apiVersion") or ""),
        kind=intern(text_at(manifest, "kind") or ""),
        name=intern(text_at(manifest, "name") or ""),
        uid=intern(text_at(manifest, "uid") or ""),
        controller=flag_at(manifest, "controller") or False,
        block_owner_deletion=flag_at(manifest, "blockOwnerDeletion") or False,
    )


def _interned(labels: dict[str, str]) -> Mapping[str, str]:
    if not labels:
        return NOTHING
    return {intern(key): intern(value) for key, value in labels.items()}


def owner_reference(owner: ObjectMeta, *, api_version: str, kind: str) -> Manifest:
    """Return the controller reference that controllers write into their dependents (I-3, D-26)."""
    return {
        "apiVersion": api_version,
        "kind": kind,
        "name": owner.name,
        "uid": owner.uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }
