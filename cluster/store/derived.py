"""What the engine works out, saved in the transaction it was worked out in."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from cluster.machinery.controllers import after_controllers
from cluster.machinery.manifest import Manifest, text_at
from cluster.machinery.meta import Key
from cluster.machinery.rule import Event as RuleEvent
from cluster.machinery.schema import shape_of
from cluster.models import Cluster, EngineState, Event
from cluster.store import rows
from cluster.store.handles import ClusterHandle
from cluster.store.stored import moment
from cluster.store.transaction import Transaction, transact

KEPT_FAILURES = 200
"""Failures kept with their text; the rest is counted."""

KEPT_EVENTS = 20_000
"""Events kept per cluster; an apiserver keeps them for an hour."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What one rule could not work out for one object."""

    rule: str
    object: str
    message: str


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """How far the engine is with a cluster; `failed` counts failures, `failures` shows some."""

    revision: int
    is_settled: bool
    failed: int
    failures: tuple[Failure, ...]
    time: datetime


def put_all(tx: Transaction, writes: Mapping[Key, Manifest | None]) -> int:
    """Write the net result of an engine step, None for removed objects; returns how many changed.

    No cascade: the engine has worked out what goes with what.
    """
    before = tx.changes
    tx.prefetch(writes)
    for key, manifest in writes.items():
        if manifest is None:
            tx.remove(key)
            continue
        old = tx.manifest(key)
        if old is not None:
            shape = shape_of(text_at(manifest, "apiVersion") or "", key.kind)
            manifest = after_controllers(old, manifest, shape)  # noqa: PLW2901 - the same object
        if old != manifest:
            tx.put(key, manifest)
    return tx.changes - before


def record_events(tx: Transaction, events: Iterable[RuleEvent]) -> None:
    """Count Events: equal ones (object, type, reason, message) become one row."""
    counted = Counter(events)
    if not counted:
        return
    quote = connection.ops.quote_name
    table = quote(Event._meta.db_table)  # noqa: SLF001 - documented model API
    columns = ("cluster_id", "group", "kind", "namespace", "name", "type", "reason", "message",
               "digest", "count", "first_seen", "last_seen")  # fmt: skip
    marks = ", ".join(["%s"] * len(columns))
    sql = (
        f"INSERT INTO {table} ({', '.join(quote(column) for column in columns)}) "  # noqa: S608
        f"VALUES ({marks}) "
        f"ON CONFLICT (cluster_id, kind, namespace, name, digest) DO UPDATE SET "
        f"{quote('count')} = {table}.{quote('count')} + excluded.{quote('count')}, "
        "last_seen = excluded.last_seen"
    )
    now = rows.database_time(tx.moment)
    with connection.cursor() as cursor:
        cursor.executemany(
            sql,
            [
                (
                    tx.cluster.id, *event.key, event.type, event.reason,
                    rows.storable(event.message), _digest(event), number, now, now,
                )
                for event, number in counted.items()
            ],
        )  # fmt: skip


def tell_event(*, cluster: str, event: RuleEvent, actor: str, dry_run: bool = False) -> SeenEvent:
    """Record an Event that a client tells; returns it as it is kept. Raises NotFound."""

    def work(tx: Transaction) -> SeenEvent:
        if not dry_run:
            record_events(tx, [event])
        digest = _digest(event)
        held = Event.objects.filter(
            cluster_id=tx.cluster.id, kind=event.key.kind, namespace=event.key.namespace,
            name=event.key.name, digest=digest,
        ).first()  # fmt: skip
        if held is not None:
            return _seen(held)
        return SeenEvent(
            event.key, event.type, event.reason, event.message, 1, tx.moment, tx.moment, digest
        )

    return transact(cluster, actor, work, dry_run=dry_run)


def _digest(event: RuleEvent) -> str:
    text = "\0".join((event.type, event.reason, event.message))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def trim_events(cluster: ClusterHandle, keep: int = KEPT_EVENTS) -> None:
    """Remove the Events not seen for longest, beyond the `keep` last."""
    ordered = Event.objects.filter(cluster_id=cluster.id).order_by("-last_seen", "-pk")
    oldest = ordered.values_list("last_seen", flat=True)[keep : keep + 1]
    for last_seen in oldest:
        rows.delete_where(
            rows.unguarded(Event).filter(cluster_id=cluster.id, last_seen__lte=last_seen)
        )


def save_state(
    tx: Transaction,
    *,
    is_settled: bool,
    failures: Mapping[tuple[str, Key], str],
    wake: str | None,
) -> None:
    """Keep how far the engine is: up to the revision that `tx` ends at."""
    listed = sorted(failures.items())[:KEPT_FAILURES]
    values = {
        "revision": tx.revision,
        "is_settled": is_settled,
        "failures": [
            [rule, str(owner), rows.storable(message)] for (rule, owner), message in listed
        ],
        "failed": len(failures),
        "wake": moment(wake),
        "time": tx.moment,
    }
    states = rows.unguarded(EngineState)
    if not states.filter(pk=tx.cluster.id).update(**values):
        states.bulk_create([EngineState(cluster_id=tx.cluster.id, **values)])


def engine_status(cluster: ClusterHandle) -> EngineStatus | None:
    """Return how far the engine is with a cluster, None before its first step."""
    state = EngineState.objects.filter(pk=cluster.id).first()
    if state is None:
        return None
    failures = tuple(Failure(*failure) for failure in state.failures)
    return EngineStatus(state.revision, state.is_settled, state.failed, failures, state.time)


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """A Kubernetes Event with how often and when it was seen; `digest` tells equal ones apart."""

    key: Key
    type: str
    reason: str
    message: str
    count: int
    first_seen: datetime
    last_seen: datetime
    digest: str


def events(cluster: ClusterHandle, key: Key | None = None, *, limit: int = 100) -> list[SeenEvent]:
    """Return the Events of a cluster or of one object, last seen first."""
    found = Event.objects.filter(cluster_id=cluster.id)
    if key is not None:
        found = found.filter(kind=key.kind, namespace=key.namespace, name=key.name)
    return [_seen(row) for row in found.order_by("-last_seen", "-pk")[:limit]]


def events_where(
    cluster: ClusterHandle,
    *,
    namespace: str | None = None,
    kind: str = "",
    name: str = "",
    since: datetime | None = None,
) -> list[SeenEvent]:
    """Return the Events about objects of a namespace, a kind, a name, seen after `since`.

    Oldest first. None and empty ask nothing; a `namespace` of "" is that of cluster-wide objects.
    """
    found = Event.objects.filter(cluster_id=cluster.id)
    if namespace is not None:
        found = found.filter(namespace=namespace)
    if kind:
        found = found.filter(kind=kind)
    if name:
        found = found.filter(name=name)
    if since is not None:
        found = found.filter(last_seen__gt=since)
    return [_seen(row) for row in found.order_by("last_seen", "pk")]


def _seen(row: Event) -> SeenEvent:
    return SeenEvent(
        Key(row.group, row.kind, row.namespace, row.name),
        row.type,
        row.reason,
        row.message,
        row.count,
        row.first_seen,
        row.last_seen,
        row.digest,
    )


def settled_clusters() -> dict[int, bool]:
    """Return per cluster id whether the engine has worked out everything up to its revision."""
    states = EngineState.objects.values_list("cluster_id", "revision", "is_settled")
    held = {pk: (revision, settled) for pk, revision, settled in states}
    return {
        pk: held.get(pk, (-1, False)) == (revision, True)
        for pk, revision in Cluster.objects.values_list("pk", "revision")
    }
