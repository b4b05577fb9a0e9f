"""Object metadata as rules read it, and the identity of an object.

Parsed once per stored version; annotations are kept because drills and hints live there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
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
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


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
    """The parts of `metadata` that rules read. Times are RFC 3339 text, None where unset.

    Annotations are whole but for `LAST_APPLIED`.
    """

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
    """Return the metadata of a checked manifest; labels and owners written alike are shared."""
    meta = mapping_at(manifest, "metadata")
    owners = meta.get("ownerReferences")
    finalizers = meta.get("finalizers")
    return ObjectMeta(
        namespace=intern(text_at(meta, "namespace") or ""),
        name=text_at(meta, "name") or "",
        uid=text_at(meta, "uid") or "",
        labels=_labels(text_map_at(meta, "labels")) if meta.get("labels") else NOTHING,
        annotations=_annotations(meta) if meta.get("annotations") else NOTHING,
        owners=tuple(map(parse_owner, mappings_at(meta, "ownerReferences"))) if owners else (),
        finalizers=tuple(texts_at(meta, "finalizers")) if finalizers else (),
        creation_timestamp=text_at(meta, "creationTimestamp"),
        deletion_timestamp=text_at(meta, "deletionTimestamp"),
        deletion_grace_period_seconds=integer_at(meta, "deletionGracePeriodSeconds"),
        generation=integer_at(meta, "generation"),
    )


def parse_owner(manifest: Manifest) -> OwnerReference:
    """Return one entry of `metadata.ownerReferences`."""
    return _owner(
        text_at(manifest, "apiVersion") or "",
        text_at(manifest, "kind") or "",
        text_at(manifest, "name") or "",
        text_at(manifest, "uid") or "",
        flag_at(manifest, "controller") or False,
        flag_at(manifest, "blockOwnerDeletion") or False,
    )


@lru_cache(maxsize=1 << 12)
def _owner(  # noqa: PLR0917 - the fields of a reference, in its order
    api_version: str,
    kind: str,
    name: str,
    uid: str,
    controller: bool,  # noqa: FBT001 - a field
    blocks: bool,  # noqa: FBT001 - a field
) -> OwnerReference:
    return OwnerReference(
        intern(api_version), intern(kind), intern(name), intern(uid), controller, blocks
    )


def _annotations(meta: Manifest) -> Mapping[str, str]:
    """Return the annotations but the one that repeats the whole document: no rule reads it."""
    found = text_map_at(meta, "annotations")
    found.pop(LAST_APPLIED, None)
    return found or NOTHING


def _labels(labels: dict[str, str]) -> Mapping[str, str]:
    """Return interned labels; the Pods of a workload have the same mapping."""
    return _shared_labels(tuple(labels.items()))


@lru_cache(maxsize=1 << 12)
def _shared_labels(pairs: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    return {intern(key): intern(value) for key, value in pairs}


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
