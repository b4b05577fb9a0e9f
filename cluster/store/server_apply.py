"""Server-side apply (J-7, J-8, J-16): one manager's fields merged into what is stored.

Source: apiserver `endpoints/handlers/patch.go` (`applyPatcher`); `cluster.machinery.ownership`.
"""

from __future__ import annotations

from cluster.catalog import KINDS
from cluster.engine.patching import check_identity
from cluster.engine.reading import Read, read
from cluster.machinery.controllers import entries, kept, with_maker
from cluster.machinery.errors import BadRequest, conflict, not_found
from cluster.machinery.kind import Kind
from cluster.machinery.managers import read_owners
from cluster.machinery.manifest import JSON, Manifest, mapping_at, text_at, without_nulls
from cluster.machinery.meta import Key
from cluster.machinery.ownership import (
    Applied,
    Writing,
    apply_structured,
    follows_last_applied,
    typed_fields,
)
from cluster.machinery.three_way import LAST_APPLIED, with_last_applied
from cluster.store.operations import create_read, kind_of, update_read
from cluster.store.results import Options, Written
from cluster.store.tracking import writing_of
from cluster.store.transaction import Transaction


def server_apply(
    tx: Transaction,
    key: Key,
    document: JSON,
    options: Options,
    *,
    force: bool = False,
    subresource: str = "",
) -> Written:
    """Apply `document` to the object called `key` as `options.field_manager`; creates it too.

    Raises BadRequest, Untypable (an unknown field, an element twice), Conflict where others own
    what would change and not `force`, and whatever storing the result raises.
    """
    kind = kind_of(key)
    writing = writing_of(tx, kind, options, subresource)
    config = _config(kind, key, document)
    typed_fields(config, writing)
    found = read(KINDS, config, "Ignore")
    stored, live = tx.find(key), tx.manifest(key)
    if live is None and subresource:
        raise not_found(kind.plural, kind.group, key.name)
    applied = _apply(live, found.manifest, writing, force=force)
    manifest = applied.manifest
    if follows_last_applied(live, writing):
        manifest = _remembering(manifest, found.manifest)
    owners = kept(applied.managed, manifest, writing.shape)
    if stored is None or live is None:
        merged = Read(kind, _as_new(kind, manifest), found.notices)
        return create_read(tx, merged, options, owners=owners)
    check_identity(kind, live, manifest, stored.revision)
    merged = Read(kind, manifest, found.notices)
    return update_read(tx, merged, key, options, subresource=subresource, owners=owners)


def _apply(live: Manifest | None, config: Manifest, writing: Writing, *, force: bool) -> Applied:
    """Apply to an object whose controllers are among its owners; raises Conflict, Untypable."""
    if live is None:
        return apply_structured(None, config, writing, force=force)
    carried = with_maker(live, writing.shape)
    also = read_owners([*entries(carried, writing.shape)])
    return apply_structured(carried, config, writing, force=force, also=also)


def _config(kind: Kind, key: Key, document: JSON) -> Manifest:
    """Return the configuration in a body, its name and namespace those of the address.

    Raises BadRequest for what is no object, or one of another kind, version, name or namespace.
    """
    found = without_nulls(document)
    if not isinstance(found, dict):
        raise BadRequest("error decoding YAML: the patch is no object")
    version, name = found.get("apiVersion"), found.get("kind")
    if not name or not version:
        missing = "kind" if not name else "apiVersion"
        raise BadRequest(f"error decoding YAML: Object '{missing.capitalize()}' is missing")
    if name != kind.kind:
        raise BadRequest(f"the kind in the data ({name}) is not that of the URL ({kind.kind})")
    if version != kind.api_version:
        raise BadRequest(
            "Incorrect version specified in apply patch. "
            f"Specified patch version: {version}, expected: {kind.api_version}"
        )
    meta = found.get("metadata", {})
    if not isinstance(meta, dict):
        raise BadRequest("error decoding YAML: metadata is no object")
    sent = meta.get("name", key.name)
    if sent != key.name:
        raise BadRequest(
            f"the name of the object ({sent}) does not match the name on the URL ({key.name})"
        )
    placed = meta | {"name": key.name}
    if kind.namespaced:
        if meta.get("namespace", key.namespace) != key.namespace:
            raise BadRequest(
                "the namespace of the provided object does not match the namespace sent on the "
                "request"
            )
        placed["namespace"] = key.namespace
    return found | {"metadata": placed}


def _as_new(kind: Kind, manifest: Manifest) -> Manifest:
    """Return a configuration of an object that is not there: a revision in it means nothing.

    Raises Conflict where it names a uid: the object that it means is gone.
    """
    meta = mapping_at(manifest, "metadata")
    uid = text_at(meta, "uid")
    if uid:
        raise conflict(
            kind.plural, kind.group, text_at(meta, "name") or "",
            f"uid mismatch: the provided object specified uid {uid}, and no existing object was "
            "found",
        )  # fmt: skip
    left: Manifest = {name: value for name, value in meta.items() if name != "resourceVersion"}
    return manifest | {"metadata": left}


def _remembering(manifest: Manifest, config: Manifest) -> Manifest:
    """Return the object with the applied configuration in the annotation of `kubectl apply`."""
    text = text_at(with_last_applied(config), "metadata", "annotations", LAST_APPLIED)
    meta = mapping_at(manifest, "metadata")
    annotations = mapping_at(meta, "annotations") | {LAST_APPLIED: text}
    return manifest | {"metadata": meta | {"annotations": annotations}}
