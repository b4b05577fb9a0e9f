"""What is taken in each cluster (addresses, node ports), kept per process beside the database.

A process remembers the claims of a cluster at some revision and catches up through the log when a
transaction asks under the lock, so allocating costs the same with ten Services or ten thousand.
What it remembers is never trusted without comparing its revision with the locked one; if the log
no longer reaches back, or the cluster was set back, the claims are read anew.
"""

from __future__ import annotations

import dataclasses
import threading

import orjson

from cluster.catalog import KINDS
from cluster.engine.pools import TakenPools
from cluster.machinery.kind import Kind
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.models import Change, Resource
from cluster.store import rows
from cluster.store.handles import ClusterHandle

_NO_CLAIMS = {field.name: field.default for field in dataclasses.fields(Kind)}["claims"]
CLAIMING = frozenset(kind.kind for kind in KINDS if kind.claims is not _NO_CLAIMS)


class Claims:
    """The claims of one cluster at `revision`; used by one transaction at a time, under lock."""

    def __init__(self, revision: int) -> None:
        """Start with everything free."""
        self.revision = revision
        self.pools = TakenPools()

    def hold(self, key: Key, manifest: Manifest | None) -> None:
        """Let `key` hold what its manifest claims, nothing where it is None."""
        found = () if manifest is None else KINDS[key.kind].claims(manifest)
        self.pools.hold(key, found)


_kept: dict[tuple[int, str], Claims] = {}
_guard = threading.Lock()


def at(cluster: ClusterHandle) -> Claims:
    """Return the claims of a locked cluster at its revision."""
    slot = (cluster.id, cluster.uid)
    with _guard:
        found = _kept.get(slot)
    if found is None or not _catch_up(found, cluster):
        found = _read(cluster)
    with _guard:
        _kept[slot] = found
    return found


def forget(cluster: ClusterHandle) -> None:
    """Forget a cluster's claims: a transaction that changed them was not saved."""
    with _guard:
        _kept.pop((cluster.id, cluster.uid), None)


def _catch_up(found: Claims, cluster: ClusterHandle) -> bool:
    """Bring `found` to the cluster's revision through the log; False where that cannot be."""
    if not cluster.oldest_revision <= found.revision <= cluster.revision:
        return False
    if found.revision < cluster.revision:
        changes = Change.objects.filter(
            cluster_id=cluster.id, revision__gt=found.revision, kind__in=CLAIMING
        ).order_by("revision")
        for change in changes.iterator():
            gone = change.verb == Change.Verb.DELETED
            found.hold(change.key, None if gone else orjson.loads(bytes(change.manifest)))
        found.revision = cluster.revision
    return True


def _read(cluster: ClusterHandle) -> Claims:
    found = Claims(cluster.revision)
    objects = Resource.objects.filter(cluster_id=cluster.id, kind__in=CLAIMING).order_by("pk")
    for stored in rows.select(objects):
        found.hold(stored.key, stored.manifest())
    return found
