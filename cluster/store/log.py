"""Reading the log: what changed since a revision, what an object went through, and trimming.

Revisions of one cluster have no gaps, so a reader knows that it has seen everything. A reader that
stands before the oldest kept entry gets Gone and lists again; that is normal, not an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias, cast

import orjson
from django.db import transaction

from cluster.machinery.errors import Gone
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.models import Change, Cluster
from cluster.store import rows
from cluster.store.handles import ClusterHandle, find_cluster
from cluster.store.stored import with_resource_version
from cluster.store.transaction import lock

LogVerb: TypeAlias = Literal["added", "modified", "deleted"]

KEPT_CHANGES = 250_000
"""Entries kept per cluster: a whole import at the largest published cluster size, and more."""

TRIM_AT_ONCE = 2_000
"""Entries removed under one lock, so that writers wait some milliseconds only."""

_FIELDS = (
    "revision", "verb", "group", "kind", "namespace", "name", "uid", "actor", "time", "paths",
    "manifest",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One change, as read. `body` is the manifest after it, of a deleted object the last one."""

    revision: int
    verb: LogVerb
    key: Key
    uid: str
    actor: str
    time: datetime
    paths: tuple[str, ...]
    body: bytes

    @property
    def is_deletion(self) -> bool:
        """Whether the object is gone with this change."""
        return self.verb == "deleted"

    def manifest(self) -> Manifest:
        """Return the manifest without resourceVersion; the caller may change it."""
        found: Manifest = orjson.loads(self.body)
        return found

    def shown(self) -> Manifest:
        """Return the manifest as a watch shows it, this change's revision in it."""
        return with_resource_version(self.manifest(), self.revision)


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """One change with the bytes of the manifest that it replaced, None where there was none."""

    entry: LogEntry
    previous: bytes | None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change of one object's history with the version before it, None where there was none."""

    change: LogEntry
    previous: Manifest | None


def tail(cluster: ClusterHandle, since: int, *, limit: int = 5_000) -> list[LogEntry]:
    """Return the changes after revision `since`, in order, at most `limit`.

    An empty list means that nothing happened. Raises Gone where the log does not reach back to
    `since`, or `since` lies in the future (the cluster was set back): list again.
    """
    found = Change.objects.filter(cluster_id=cluster.id, revision__gt=since).order_by("revision")
    entries = [_entry(row) for row in found.values_list(*_FIELDS)[:limit]]
    if entries:
        if entries[0].revision != since + 1:
            raise too_old(since)
    else:
        now = Cluster.objects.filter(pk=cluster.id).values_list("revision", flat=True).first()
        if now is None or now < since or _begins_after(cluster, since):
            raise too_old(since)
    return entries


def _begins_after(cluster: ClusterHandle, since: int) -> bool:
    oldest = Cluster.objects.filter(pk=cluster.id).values_list("oldest_revision", flat=True).get()
    return oldest > since


def changes(
    cluster: ClusterHandle,
    since: int,
    *,
    of: tuple[str, str] | None = None,
    until: int | None = None,
    limit: int = 1_000,
) -> list[LoggedChange]:
    """Return the changes after revision `since`, in order, with what they replaced.

    `of` a group and kind alone, up to revision `until`, at most `limit`. Raises Gone as `tail`
    does.
    """
    found = Change.objects.filter(cluster_id=cluster.id, revision__gt=since)
    if of is not None:
        found = found.filter(group=of[0], kind=of[1])
    if until is not None:
        found = found.filter(revision__lte=until)
    listed = found.order_by("revision").values_list(*_FIELDS, "previous")[:limit]
    read = [
        LoggedChange(_entry(row[:-1]), None if row[-1] is None else bytes(row[-1]))
        for row in listed
    ]
    # Read last: what was trimmed while the changes were read is noticed, too.
    now = Cluster.objects.filter(pk=cluster.id).values_list("revision", "oldest_revision").first()
    if now is None or now[0] < since or now[1] > since:
        raise too_old(since)
    return read


def too_old(since: int) -> Gone:
    """Return the 410 for a revision that the log no longer reaches back to."""
    return Gone(f"too old resource version: {since}")


def revision_of(cluster: str) -> int:
    """Return the last revision of a cluster; raises NotFound."""
    return find_cluster(cluster).revision


def history(
    cluster: ClusterHandle, key: Key, *, before: int | None = None, limit: int = 50
) -> list[HistoryEntry]:
    """Return what the log knows of one object, newest first, before revision `before`."""
    found = Change.objects.filter(
        cluster_id=cluster.id,
        kind=key.kind,
        group=key.group,
        namespace=key.namespace,
        name=key.name,
    )
    if before is not None:
        found = found.filter(revision__lt=before)
    listed = found.order_by("-revision").values_list(*_FIELDS, "previous")[:limit]
    return [
        HistoryEntry(_entry(row[:-1]), None if row[-1] is None else orjson.loads(bytes(row[-1])))
        for row in listed
    ]


def recent(
    cluster: ClusterHandle, *, before: int | None = None, limit: int = 100
) -> list[LogEntry]:
    """Return the last changes of a cluster, newest first, before revision `before`."""
    found = Change.objects.filter(cluster_id=cluster.id)
    if before is not None:
        found = found.filter(revision__lt=before)
    return [_entry(row) for row in found.order_by("-revision").values_list(*_FIELDS)[:limit]]


def entries(cluster: ClusterHandle) -> Iterator[LogEntry]:
    """Yield the whole kept log, oldest first."""
    found = Change.objects.filter(cluster_id=cluster.id).order_by("revision")
    for row in found.values_list(*_FIELDS).iterator(2_000):
        yield _entry(row)


def entries_of(cluster: ClusterHandle, kind: str, namespace: str) -> list[LogEntry]:
    """Return the kept changes of the objects of a kind in one namespace, oldest first."""
    found = Change.objects.filter(cluster_id=cluster.id, kind=kind, namespace=namespace)
    return [_entry(row) for row in found.order_by("revision").values_list(*_FIELDS)]


def others_after(cluster: ClusterHandle, actor: str, revision: int) -> int | None:
    """Return the first kept revision after `revision` not made by `actor`, None for none."""
    found = Change.objects.filter(cluster_id=cluster.id, revision__gt=revision)
    ordered = found.exclude(actor=actor).order_by("revision")
    return ordered.values_list("revision", flat=True).first()


def last_by_others(cluster: ClusterHandle, actor: str) -> int:
    """Return the last kept revision not made by `actor`; the oldest readable one for none."""
    found = Change.objects.filter(cluster_id=cluster.id).exclude(actor=actor)
    last = found.order_by("-revision").values_list("revision", flat=True).first()
    return cluster.oldest_revision if last is None else last


def deletions(cluster: ClusterHandle, kind: str) -> list[LogEntry]:
    """Return the last deletion in the kept log of each object of a kind, oldest first."""
    found = Change.objects.filter(cluster_id=cluster.id, kind=kind, verb="deleted")
    last = {_entry(row).key: _entry(row) for row in
            found.order_by("revision").values_list(*_FIELDS)}  # fmt: skip
    return sorted(last.values(), key=lambda entry: entry.revision)


def revision_at(cluster: ClusterHandle, time: datetime) -> int:
    """Return the revision that was current at `time`; the oldest readable one before the log."""
    found = Change.objects.filter(cluster_id=cluster.id, time__lte=time)
    last = found.order_by("-revision").values_list("revision", flat=True).first()
    return cluster.oldest_revision if last is None else last


def time_of(cluster: ClusterHandle, revision: int) -> datetime:
    """Return when `revision` came to be; the epoch for one before the kept log."""
    found = Change.objects.filter(cluster_id=cluster.id, revision__lte=revision)
    time = found.order_by("-revision").values_list("time", flat=True).first()
    return datetime.fromtimestamp(0, UTC) if time is None else time


def trim(cluster: str, *, keep: int = KEPT_CHANGES, at_once: int = TRIM_AT_ONCE) -> int:
    """Remove the oldest entries beyond the `keep` last; returns how many went.

    At most `at_once` go, so call again until it returns 0.
    """
    with transaction.atomic():
        held = lock(cluster)
        oldest = min(held.revision - keep, held.oldest_revision + at_once)
        if oldest <= held.oldest_revision:
            return 0
        gone = rows.unguarded(Change).filter(cluster_id=held.id, revision__lte=oldest)
        rows.delete_where(gone)
        rows.unguarded(Cluster).filter(pk=held.id).update(oldest_revision=oldest)
    return oldest - held.oldest_revision


def _entry(row: tuple[object, ...]) -> LogEntry:
    revision, verb, group, kind, namespace, name, uid, actor, time, paths, body = row
    return LogEntry(
        revision=cast("int", revision),
        verb=cast("LogVerb", verb),
        key=Key(str(group), str(kind), str(namespace), str(name)),
        uid=str(uid),
        actor=str(actor),
        time=cast("datetime", time),
        paths=tuple(str(paths).split("\n")) if paths else (),
        body=bytes(cast("bytes", body)),
    )
