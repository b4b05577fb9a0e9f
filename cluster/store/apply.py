"""Applying a document as `kubectl apply` does on the client's side (J-1 to J-5, J-13, J-18)."""

from __future__ import annotations

from cluster.catalog import KINDS
from cluster.engine.reading import Read, read
from cluster.machinery.errors import ApiError, BadRequest
from cluster.machinery.manifest import JSON, Manifest, mapping_at, text_at
from cluster.machinery.meta import Key
from cluster.machinery.schema import shape_of
from cluster.machinery.strategic import strategic_merge
from cluster.machinery.three_way import (
    LAST_APPLIED,
    last_applied,
    three_way,
    with_last_applied,
)
from cluster.store.operations import create_read, key_in, update_read
from cluster.store.results import Options, Written
from cluster.store.transaction import Transaction

NOT_OURS = ("resourceVersion", "uid", "creationTimestamp", "generation", "managedFields")


def apply(tx: Transaction, document: JSON, options: Options) -> Written:
    """Create the object in `document` or merge it three ways into what is stored.

    Raises ApiError; BadRequest for a document without a name.
    """
    found = read(KINDS, document, options.field_validation)
    key = key_in(found, options)
    if not key.name:
        raise BadRequest("cannot use generate name with apply: set `metadata.name`")
    # An object read from a cluster is no configuration to remember: it names what servers set.
    remembers = options.annotate and not _is_dumped(found.manifest)
    new = _annotated(found, document, key) if remembers else found.manifest
    live = tx.manifest(key)
    if live is None:
        return create_read(tx, Read(found.kind, new, found.notices), options)
    if options.mode != "api":
        new = _of_here(new)
    before = _last_applied(live)
    shape = shape_of(found.kind.api_version, found.kind.kind)
    merged = strategic_merge(live, three_way(before, new, live, shape), shape)
    notices = found.notices
    if before is None and remembers and options.mode == "api":
        notices += (f"{key} was not applied before: fields it has beyond the document stay",)
    return update_read(tx, Read(found.kind, merged, notices), key, options)


def _is_dumped(manifest: Manifest) -> bool:
    return bool(text_at(manifest, "metadata", "uid"))


def _of_here(manifest: Manifest) -> Manifest:
    meta = mapping_at(manifest, "metadata")
    return manifest | {"metadata": {k: v for k, v in meta.items() if k not in NOT_OURS}}


def _annotated(found: Read, document: JSON, key: Key) -> Manifest:
    """Return the manifest with the annotation in which kubectl keeps the document (J-2)."""
    given = document if isinstance(document, dict) else {}
    # What netviz never stores must not come in through the annotation either.
    kept = {name: given[name] for name in given if name not in found.kind.dropped_fields}
    if found.kind.namespaced:
        kept["metadata"] = mapping_at(given, "metadata") | {"namespace": key.namespace}
    text = text_at(with_last_applied(kept), "metadata", "annotations", LAST_APPLIED)
    meta = mapping_at(found.manifest, "metadata")
    annotations = mapping_at(meta, "annotations") | {LAST_APPLIED: text}
    return found.manifest | {"metadata": meta | {"annotations": annotations}}


def _last_applied(live: Manifest) -> Manifest | None:
    """Return the document that was applied last, in today's version; None where there is none."""
    try:
        before = last_applied(live)
        return None if before is None else read(KINDS, before, "Ignore").manifest
    except ApiError:
        return None
