"""One transaction on one cluster: lock, read, write, log, commit, announce.

`transact` locks the cluster's row, lets `work` read and write objects through a `Transaction`, and
saves everything at the end: rows, one log entry per write with the next revisions, and the
cluster's revision. `work` touches no table itself: nothing is written before it returns, so
whatever it raises leaves no trace, and dry runs end here. Revisions are given under the lock and
become visible with the commit: readers see them in order and without gaps.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from django.db import OperationalError, connection, transaction

from cluster.catalog import KINDS
from cluster.engine.pools import TakenPools
from cluster.machinery.manifest import Manifest, mapping_at, text_at
from cluster.machinery.meta import Key
from cluster.machinery.times import format_time
from cluster.models import Change, Cluster, Resource
from cluster.store import announce, claims, rows
from cluster.store.handles import ClusterHandle, handle_of, no_such_cluster
from cluster.store.stored import Stored, changed_paths, columns, encode, owner_uids

logger = logging.getLogger(__name__)

T = TypeVar("T")
ATTEMPTS = 5  # SQLite waits 20 s by itself; further tries are for starved and deadlocked writers
RETRY_SECONDS = 0.05


@dataclass(slots=True)
class _Held:
    """An object in this transaction: its row as it was (None: none), what it is to be."""

    before: Stored | None
    after: Stored | None
    manifest: Manifest | None


class Transaction:
    """The objects of one locked cluster, with this transaction's own writes in them."""

    def __init__(self, cluster: ClusterHandle, actor: str, now: datetime) -> None:
        """Start where the locked `cluster` stands; `now` is the time of every write."""
        self.cluster = cluster
        self.actor = actor
        self.moment = now
        self.now = format_time(now)
        self.revision = cluster.revision
        self._held: dict[Key, _Held] = {}
        self._entries: list[rows.Entry] = []
        self._owned_here: dict[str, set[Key]] = {}
        self._claims: claims.Claims | None = None

    # reading

    def prefetch(self, keys: Iterable[Key]) -> None:
        """Read many objects at once, so that finding each costs no query."""
        missing = [key for key in keys if key not in self._held]
        for stored in rows.find(self.cluster.id, missing):
            self._held[stored.key] = _Held(stored, stored, None)
        for key in missing:
            self._held.setdefault(key, _Held(None, None, None))

    def find(self, key: Key) -> Stored | None:
        """Return an object as it is now, None where there is none."""
        if key not in self._held:
            self.prefetch([key])
        return self._held[key].after

    def manifest(self, key: Key) -> Manifest | None:
        """Return an object's manifest, None where there is none; the caller may not change it."""
        stored = self.find(key)
        held = self._held[key]
        if held.manifest is None and stored is not None:
            held.manifest = stored.manifest()
        return held.manifest

    def of_kind(self, kind: str, namespace: str = "") -> Iterator[tuple[Key, Manifest]]:
        """Yield the objects of a kind (in one namespace), by namespace and name."""
        found = Resource.objects.filter(cluster_id=self.cluster.id, kind=kind)
        found = found.filter(group=KINDS[kind].group)
        if namespace:
            found = found.filter(namespace=namespace)
        keys = {Key(*parts) for parts in found.values_list("group", "kind", "namespace", "name")}
        keys |= {
            key for key in self._held if key.kind == kind and namespace in {"", key.namespace}
        }
        yield from self._manifests(keys)

    def dependents(self, uid: str) -> list[tuple[Key, Manifest]]:
        """Return the objects that name `uid` among their owners, by key."""
        fields = ("group", "kind", "namespace", "name")
        owned = Resource.objects.filter(cluster_id=self.cluster.id, owner_uid=uid)
        keys = {Key(*parts) for parts in owned.values_list(*fields)}
        keys |= {Key(*parts) for parts in rows.further_dependents(self.cluster.id, uid)}
        keys |= self._owned_here.get(uid, set())
        return [
            (key, manifest)
            for key, manifest in self._manifests(keys)
            if uid in owner_uids(mapping_at(manifest, "metadata"))
        ]

    def contents(self, namespace: str) -> list[Key]:
        """Return the keys of everything in a namespace, sorted."""
        fields = ("group", "kind", "namespace", "name")
        kinds = [kind.kind for kind in KINDS if kind.namespaced]
        groups = {kind.group for kind in KINDS}
        found = Resource.objects.filter(
            cluster_id=self.cluster.id, group__in=groups, kind__in=kinds, namespace=namespace
        )
        keys = {Key(*parts) for parts in found.values_list(*fields)}
        keys |= {key for key in self._held if key.namespace == namespace}
        self.prefetch(keys)
        return sorted(key for key in keys if self._held[key].after is not None)

    def _manifests(self, keys: set[Key]) -> Iterator[tuple[Key, Manifest]]:
        self.prefetch(keys)
        for key in sorted(keys):
            manifest = self.manifest(key)
            if manifest is not None:
                yield key, manifest

    @property
    def pools(self) -> TakenPools:
        """The addresses and ports that are taken in this cluster, this transaction's included."""
        if self._claims is None:
            self._claims = claims.at(self.cluster)
            for key, held in self._held.items():
                if held.after is not held.before and key.kind in claims.CLAIMING:
                    self._claims.hold(key, held.manifest if held.after else None)
        return self._claims.pools

    # writing

    def put(self, key: Key, manifest: Manifest) -> Stored:
        """Make or replace an object under the next revision; `manifest` is the store's from now.

        Returns what is stored. The caller has checked that something changes.
        """
        old = self.find(key)
        body = encode(manifest)
        self.revision += 1
        uid = text_at(manifest, "metadata", "uid") or ""
        new = Stored(old.id if old else None, key, uid, self.revision, body)
        if old is None:
            entry = rows.Entry(self.revision, Change.Verb.ADDED, key, uid, "", body)
        else:
            paths = rows.storable("\n".join(changed_paths(self.manifest(key), manifest)))
            entry = rows.Entry(
                self.revision, Change.Verb.MODIFIED, key, uid, paths, body, old.body, old.revision
            )
        self._entries.append(entry)
        held = self._held[key]
        held.after, held.manifest = new, manifest
        for owner in owner_uids(mapping_at(manifest, "metadata")):
            self._owned_here.setdefault(owner, set()).add(key)
        self._claim(key, manifest)
        return new

    def last_paths(self) -> tuple[str, ...]:
        """Return the fields that the last write changed, none where it made an object."""
        paths = self._entries[-1].paths if self._entries else ""
        return tuple(paths.split("\n")) if paths else ()

    def remove(self, key: Key) -> None:
        """Remove an object under the next revision; nothing where there is none."""
        old = self.find(key)
        if old is None:
            return
        self.revision += 1
        entry = rows.Entry(
            self.revision, Change.Verb.DELETED, key, old.uid, "", old.body, None, old.revision
        )
        self._entries.append(entry)
        held = self._held[key]
        held.after = held.manifest = None
        self._claim(key, None)

    def _claim(self, key: Key, manifest: Manifest | None) -> None:
        if key.kind in claims.CLAIMING and self._claims is not None:
            self._claims.hold(key, manifest)

    # the end

    @property
    def changes(self) -> int:
        """How many writes there are to save."""
        return len(self._entries)

    def save(self) -> None:
        """Write everything; the last step within the database's transaction."""
        if not self._entries:
            return
        new: list[rows.Row] = []
        changed: list[rows.Row] = []
        gone: list[int] = []
        for key, held in self._held.items():
            before, after = held.before, held.after
            if after is before:
                continue
            row_id = before.id if before else None
            if after is not None and held.manifest is not None:
                promoted = columns(held.manifest, self.moment)
                row = rows.Row(row_id, key, after.revision, promoted, after.body)
                (new if row_id is None else changed).append(row)
            elif row_id is not None:
                gone.append(row_id)
        cluster_id = self.cluster.id
        rows.delete(gone)
        rows.insert(cluster_id, new)
        rows.update(cluster_id, changed)
        rows.log(cluster_id, self._entries, self.actor, self.moment)
        rows.unguarded(Cluster).filter(pk=cluster_id).update(revision=self.revision)
        if self._claims is not None:
            self._claims.revision = self.revision

    def abandon(self) -> None:
        """Forget what this process remembers of the cluster's claims: they were not saved."""
        if self._claims is not None and self._entries:
            claims.forget(self.cluster)


def transact(
    cluster: str, actor: str, work: Callable[[Transaction], T], *, dry_run: bool = False
) -> T:
    """Run `work` on the locked `cluster` and save what it wrote; returns what it returns.

    Raises NotFound where there is no such cluster, and whatever `work` raises, in which case
    nothing is written. A transaction that loses against others is run again, a few times.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _transact(cluster, actor, work, dry_run=dry_run)
        except OperationalError as error:
            if attempt == ATTEMPTS or connection.in_atomic_block or not _is_contention(error):
                raise
            logger.warning("cluster %s is busy, try %d: %s", cluster, attempt, error)
            time.sleep(RETRY_SECONDS * 2**attempt)
    raise AssertionError("unreachable")


def _transact(cluster: str, actor: str, work: Callable[[Transaction], T], *, dry_run: bool) -> T:
    held: Transaction | None = None
    is_nested = connection.in_atomic_block
    try:
        with transaction.atomic():
            held = Transaction(lock(cluster), actor, datetime.now(UTC))
            result = work(held)
            if dry_run:
                held.abandon()
                return result
            held.save()
            if held.changes:
                announce.on_commit(held.cluster.name, held.revision)
    except BaseException:
        if held is not None:
            held.abandon()
        raise
    if is_nested:  # what is around may still be rolled back
        held.abandon()
    return result


def lock(cluster: str) -> ClusterHandle:
    """Return the cluster, locked until the transaction ends.

    On SQLite the transaction itself is the lock (it begins IMMEDIATE).
    """
    found = Cluster.objects.filter(name=cluster)
    if rows.is_postgres():
        found = found.select_for_update()
    row = found.first()
    if row is None:
        raise no_such_cluster(cluster)
    return handle_of(row)


def _is_contention(error: OperationalError) -> bool:
    """Whether another transaction was in the way: SQLITE_BUSY, a deadlock or a serial failure."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state in {"40001", "40P01"} or "locked" in str(error) or "busy" in str(error)
