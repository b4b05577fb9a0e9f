"""Deleting objects, with everything that goes with them, in the same transaction (A-34, A-37).

What cannot go at once (finalizers, Pods in their grace period) is marked; the engine's rules
finish it later.
"""

from __future__ import annotations

from cluster.catalog import KINDS
from cluster.engine import admission
from cluster.engine.collect import Released, cascade, orphaned
from cluster.machinery.errors import conflict, not_found
from cluster.machinery.kind import Kind
from cluster.machinery.manifest import Manifest, mapping_at, text_at
from cluster.machinery.meta import Key
from cluster.store.requests import request_for
from cluster.store.results import Deletion, Written
from cluster.store.stored import Stored, with_resource_version
from cluster.store.transaction import Transaction


def delete(tx: Transaction, kind: Kind, key: Key, deletion: Deletion) -> Written:
    """Delete an object as a client's DELETE does.

    Raises NotFound, Conflict for a failed precondition, Forbidden for protected Namespaces.
    """
    stored, old = tx.find(key), tx.manifest(key)
    if stored is None or old is None:
        raise not_found(kind.plural, kind.group, key.name)
    _check_preconditions(kind, stored, deletion)
    if deletion.propagation == "Orphan":
        for released in list(orphaned(stored.uid, tx.dependents)):
            _release(tx, released)
    admitted = admission.delete(
        request_for(tx, kind, key.namespace),
        old,
        grace=deletion.grace_seconds,
        foreground=deletion.propagation == "Foreground",
    )
    if admitted.is_gone:
        remove(tx, key)
        return Written(
            "deleted", key, with_resource_version(old, stored.revision), stored.revision
        )
    if admitted.is_changed:
        stored = tx.put(key, admitted.manifest)
    if deletion.propagation == "Foreground":
        _delete_dependents(tx, stored.uid, foreground=True)
    if key.kind == "Namespace":
        _empty(tx, key.name)
    left = tx.manifest(key) or admitted.manifest
    return Written(
        "terminating", key, with_resource_version(left, stored.revision), stored.revision
    )


def remove(tx: Transaction, key: Key) -> None:
    """Remove an object at once, and what only it owned as a client's delete would."""
    stored = tx.find(key)
    if stored is None:
        return
    tx.remove(key)
    _delete_dependents(tx, stored.uid, foreground=False)


def _delete_dependents(tx: Transaction, uid: str, *, foreground: bool) -> None:
    """Delete what `uid` alone owns; what others own too loses the reference."""
    if not uid:
        return
    for found in list(cascade(uid, tx.dependents)):
        if isinstance(found, Released):
            _release(tx, found)
            continue
        manifest = tx.manifest(found)
        if manifest is None or text_at(manifest, "metadata", "deletionTimestamp"):
            continue
        owns = foreground and bool(tx.dependents(text_at(manifest, "metadata", "uid") or ""))
        _delete_quietly(tx, found, Deletion("Foreground" if owns else "Background"))


def _empty(tx: Transaction, namespace: str) -> None:
    """Delete everything in a Namespace.

    Owners and dependents share a Namespace, so no cascade needs to be looked up.
    """
    for key in tx.contents(namespace):
        _delete_quietly(tx, key, Deletion(), cascades=False)


def _delete_quietly(
    tx: Transaction, key: Key, deletion: Deletion, *, cascades: bool = True
) -> None:
    manifest = tx.manifest(key)
    if manifest is None:
        return
    kind = KINDS[key.kind]
    request = request_for(tx, kind, key.namespace)
    foreground = deletion.propagation == "Foreground"
    admitted = admission.delete(request, manifest, foreground=foreground)
    if not admitted.is_gone:
        if admitted.is_changed:
            tx.put(key, admitted.manifest)
        if foreground:
            _delete_dependents(tx, text_at(manifest, "metadata", "uid") or "", foreground=True)
    elif cascades:
        remove(tx, key)
    else:
        tx.remove(key)


def _release(tx: Transaction, released: Released) -> None:
    manifest = tx.manifest(released.key)
    if manifest is None:
        return
    meta: Manifest = {**mapping_at(manifest, "metadata"), "ownerReferences": released.owners}
    if not released.owners:
        del meta["ownerReferences"]
    tx.put(released.key, manifest | {"metadata": meta})


def _check_preconditions(kind: Kind, stored: Stored, deletion: Deletion) -> None:
    """Refuse a DELETE meant for another object or another version of it (A-29)."""
    pairs = (
        ("UID", deletion.uid, stored.uid, "deleted and then recreated"),
        ("ResourceVersion", deletion.resource_version, str(stored.revision), "modified"),
    )
    for word, wanted, found, why in pairs:
        if wanted and wanted != found:
            text = (
                f"the {word} in the precondition ({wanted}) does not match the {word} in record "
                f"({found}). The object might have been {why}"
            )
            raise conflict(kind.plural, kind.group, stored.key.name, text)
