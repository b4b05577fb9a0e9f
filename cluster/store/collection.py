"""Deleting every object of a kind that a test chooses, in one transaction."""

from __future__ import annotations

from cluster.machinery.kind import Kind
from cluster.store import collect
from cluster.store.read import Matches
from cluster.store.results import Deletion, Written
from cluster.store.stored import with_resource_version
from cluster.store.transaction import Transaction, transact


def delete_collection(
    *,
    cluster: str,
    kind: Kind,
    actor: str,
    namespace: str = "",
    matches: Matches | None = None,
    deletion: Deletion | None = None,
    dry_run: bool = False,
) -> list[Written]:
    """Delete the objects of `kind` (in one namespace) that match; returns what became of each.

    Raises Forbidden and Conflict as a single delete does, and then nothing is deleted.
    """
    how = deletion or Deletion()

    def work(tx: Transaction) -> list[Written]:
        found: list[Written] = []
        for key, _manifest in list(tx.of_kind(kind.kind, namespace)):
            stored, manifest = tx.find(key), tx.manifest(key)
            if stored is None or manifest is None:  # it went with one before it
                continue
            if matches is None or matches(with_resource_version(manifest, stored.revision)):
                found.append(collect.delete(tx, kind, key, how))
        return found

    return transact(cluster, actor, work, dry_run=dry_run)
