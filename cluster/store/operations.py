"""Creating, replacing and patching objects within an open transaction.

Each function reads and admits first and writes last, and so writes whole or not at all: a batch
goes on after a refusal without a savepoint. The door that opens transactions is
`cluster.store.write`.
"""

from __future__ import annotations

from cluster.catalog import KINDS
from cluster.engine import admission
from cluster.engine.admission import Admitted, Managed
from cluster.engine.patching import check_identity, read_patched
from cluster.engine.reading import Read, read
from cluster.machinery.errors import (
    AlreadyExists,
    BadRequest,
    NotFound,
    already_exists,
    not_found,
)
from cluster.machinery.kind import Kind
from cluster.machinery.manifest import JSON, Manifest, mapping_at, merge, text_at
from cluster.machinery.meta import Key
from cluster.machinery.patches import json_patch
from cluster.machinery.schema import shape_of
from cluster.machinery.strategic import strategic_merge
from cluster.store import collect
from cluster.store.requests import request_for
from cluster.store.results import Options, PatchType, Verb, Written
from cluster.store.state import StoredCluster
from cluster.store.stored import with_resource_version
from cluster.store.tracking import tracker
from cluster.store.transaction import Transaction


def _read(document: JSON, options: Options) -> Read:
    return read(KINDS, document, options.field_validation, options.repeated)


def create(tx: Transaction, document: JSON, options: Options) -> Written:
    """Create an object as a POST does; raises ApiError."""
    return create_read(tx, _read(document, options), options)


def create_read(
    tx: Transaction, found: Read, options: Options, *, owners: list[JSON] | None = None
) -> Written:
    """Create an object from a document that has been read.

    `owners` is its `managedFields` where that is settled already (server-side apply).
    """
    kind = found.kind
    key = key_in(found, options)
    if options.makes_namespaces and kind.namespaced:
        make_namespace(tx, key.namespace)
    managed = _managed(tx, kind, options, "", owners)
    request = request_for(tx, kind, options.namespace, mode=options.mode, managed=managed)
    admitted = admission.create(request, found.manifest, StoredCluster(tx, key))
    meta = mapping_at(admitted.manifest, "metadata")
    key = kind.key(text_at(meta, "namespace") or "", text_at(meta, "name") or "")
    taken = tx.manifest(key)
    if taken is not None:
        raise _taken(found, key, taken)
    stored = tx.put(key, admitted.manifest)
    return _written("created", key, stored.revision, found, admitted)


def _managed(
    tx: Transaction, kind: Kind, options: Options, subresource: str, owners: list[JSON] | None
) -> Managed:
    if owners is None:
        return tracker(tx, kind, options, subresource)
    return lambda _live, _new, _sent: owners


def _taken(found: Read, key: Key, taken: Manifest) -> AlreadyExists:
    kind = found.kind
    terminating = bool(text_at(taken, "metadata", "deletionTimestamp"))
    error = already_exists(kind.plural, kind.group, key.name, terminating=terminating)
    if text_at(found.manifest, "metadata", "name"):
        return error
    text = f"{error.message}, the server was not able to generate a unique name for the object"
    return AlreadyExists(text, details=error.details)


def make_namespace(tx: Transaction, name: str) -> None:
    """Create the Namespace called `name` unless it is there."""
    if tx.find(Key("", "Namespace", "", name)) is None:
        document: Manifest = {
            "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name},
        }  # fmt: skip
        create(tx, document, Options())


def replace(
    tx: Transaction,
    document: JSON,
    options: Options,
    *,
    address: Key | None = None,
    subresource: str = "",
) -> Written:
    """Replace an object as a PUT to `address` does; raises ApiError.

    Without an address it is the document's own. A missing Service or Endpoints is created (A-8).
    """
    found = _read(document, options)
    key = key_in(found, options) if address is None else address
    if found.kind.kind != key.kind:
        raise BadRequest(f"the kind in the data ({found.kind.kind}) is not that of the URL")
    old = tx.manifest(key)
    if old is None:
        if found.kind.creates_on_update and not subresource:
            return create_read(tx, found, options)
        raise not_found(found.kind.plural, found.kind.group, key.name)
    return update_read(tx, found, key, options, subresource=subresource)


def put(tx: Transaction, document: JSON, options: Options) -> Written:
    """Make the object be what `document` says: create it, or replace it whole."""
    found = _read(document, options)
    key = key_in(found, options)
    if tx.find(key) is None:
        return create_read(tx, found, options)
    return update_read(tx, found, key, options)


def update_read(
    tx: Transaction,
    found: Read,
    key: Key,
    options: Options,
    *,
    subresource: str = "",
    owners: list[JSON] | None = None,
) -> Written:
    """Store a read document over the object called `key`, which exists; `owners` as on create."""
    kind = found.kind
    stored, old = tx.find(key), tx.manifest(key)
    if stored is None or old is None:
        raise not_found(kind.plural, kind.group, key.name)
    request = request_for(
        tx, kind, key.namespace, name=key.name, subresource=subresource, mode=options.mode,
        managed=_managed(tx, kind, options, subresource, owners),
    )  # fmt: skip
    state = StoredCluster(tx, key)
    manifest = found.manifest
    if options.mode != "api":
        manifest = _without_identity(manifest)
    admitted = admission.update(request, manifest, old, state, stored.revision)
    if options.mode == "import" and kind.kind in admission.KEPT_ON_IMPORT and not subresource:
        admitted = _with_status(tx, key, found, old, admitted)
    paths: tuple[str, ...] = ()
    if admitted.is_gone:
        collect.remove(tx, key)
        verb: Verb = "deleted"
    elif admitted.is_changed:
        stored = tx.put(key, admitted.manifest)
        paths = tx.last_paths()
        verb = "configured"
    else:
        verb = "unchanged"
    return _written(verb, key, stored.revision, found, admitted, paths=paths)


def _with_status(
    tx: Transaction, key: Key, found: Read, old: Manifest, admitted: Admitted
) -> Admitted:
    """Return the update with the status of an uploaded object in it (A-35, project rule)."""
    status = found.manifest.get("status")
    if not status:
        return admitted
    request = request_for(tx, found.kind, key.namespace, name=key.name, subresource="status")
    sent = admitted.manifest | {"status": status}
    second = admission.update(request, sent, admitted.manifest, StoredCluster(tx, key), 0)
    return Admitted(
        second.manifest,
        admitted.warnings,
        is_changed=second.manifest != old,
        is_gone=admitted.is_gone,
    )


def _without_identity(manifest: Manifest) -> Manifest:
    """Return an uploaded manifest without what named the object in the cluster it came from."""
    identity = ("uid", "resourceVersion", "selfLink", "managedFields", "generation")
    meta = mapping_at(manifest, "metadata")
    return manifest | {"metadata": {k: v for k, v in meta.items() if k not in identity}}


def patch(
    tx: Transaction,
    key: Key,
    change: JSON,
    type_: PatchType,
    options: Options,
    *,
    subresource: str = "",
) -> Written:
    """Change an object by a patch (J-6, J-12); raises ApiError, NotFound where it is missing."""
    kind = kind_of(key)
    stored, old = tx.find(key), tx.manifest(key)
    if stored is None or old is None:
        raise not_found(kind.plural, kind.group, key.name)
    patched = _patched(kind, with_resource_version(old, stored.revision), change, type_)
    found = read_patched(
        KINDS, kind, old, patched, validation=options.field_validation, repeated=options.repeated
    )
    check_identity(kind, old, found.manifest, stored.revision)
    return update_read(tx, found, key, options, subresource=subresource)


def _patched(kind: Kind, base: Manifest, change: JSON, type_: PatchType) -> Manifest:
    if type_ == "json":
        return json_patch(base, change)
    if not isinstance(change, dict):
        raise BadRequest("the patch is no object")
    if type_ == "merge":
        return merge(base, change)
    return strategic_merge(base, change, shape_of(kind.api_version, kind.kind))


def scale(tx: Transaction, key: Key, replicas: int, options: Options) -> Written:
    """Set the number of replicas through the scale subresource.

    Raises NotFound where the object is missing or its kind cannot be scaled.
    """
    kind = kind_of(key)
    if not kind.scale_path:
        raise NotFound(f"{kind.plural} have no scale subresource")
    change: Manifest = {}
    here = change
    for step in kind.scale_path[:-1]:
        below: Manifest = {}
        here[step] = below
        here = below
    here[kind.scale_path[-1]] = replicas
    return patch(tx, key, change, "merge", options)


def key_in(found: Read, options: Options) -> Key:
    """Return the address of a read document; its name is empty where one is yet to be made."""
    meta = mapping_at(found.manifest, "metadata")
    namespace = text_at(meta, "namespace") or options.namespace or "default"
    return found.kind.key(namespace, text_at(meta, "name") or "")


def kind_of(key: Key) -> Kind:
    """Return the kind of an address; raises NotFound where netviz serves none such."""
    if key.kind not in KINDS or KINDS[key.kind].group != key.group:
        raise NotFound("the server could not find the requested resource")
    return KINDS[key.kind]


def _written(
    verb: Verb,
    key: Key,
    revision: int,
    found: Read,
    admitted: Admitted,
    *,
    paths: tuple[str, ...] = (),
) -> Written:
    shown = with_resource_version(admitted.manifest, revision)
    return Written(verb, key, shown, revision, (*found.notices, *admitted.warnings), paths)
