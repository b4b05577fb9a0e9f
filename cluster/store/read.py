"""Reading objects: one, many, in chunks, now or as they were at a revision of the log.

Manifests come with their resourceVersion in them. A list is consistent: every chunk shows the
revision of the first one, put together from today's rows and what the log says of since then.
"""

from __future__ import annotations

import base64
import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

import orjson
from django.db.models import Count

from cluster.machinery.errors import BadRequest, Gone, not_found
from cluster.machinery.kind import Kind
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.models import Change, Resource
from cluster.store import rows
from cluster.store.handles import ClusterHandle, find_cluster
from cluster.store.operations import kind_of
from cluster.store.stored import Stored, with_resource_version

Position: TypeAlias = tuple[str, str]
Matches: TypeAlias = Callable[[Manifest], bool]
SCANNED_AT_ONCE = 2_000  # rows read for a chunk of which a filter takes few
EXPIRED = (
    "The provided continue parameter is too old to display a consistent list result. "
    "You can start a new list without the continue parameter."
)


@dataclass(frozen=True, slots=True)
class Page:
    """A list or a chunk of one, by namespace and name, as of `revision`.

    `next` continues it (pass it as `continue_from`), empty at the end; `remaining` counts what
    follows, None where a filter makes that unknown.
    """

    items: list[Manifest]
    revision: int
    next: str = ""
    remaining: int | None = None


def get(cluster: str, key: Key) -> Manifest:
    """Return one object with its resourceVersion; raises NotFound."""
    kind = kind_of(key)
    for stored in rows.find(find_cluster(cluster).id, [key]):
        return with_resource_version(stored.manifest(), stored.revision)
    raise not_found(kind.plural, kind.group, key.name)


def row_of(cluster: ClusterHandle, key: Key) -> int | None:
    """Return the number of an object's row, by which Django admin calls it; None without one."""
    return next((stored.id for stored in rows.find(cluster.id, [key])), None)


def get_many(cluster: ClusterHandle, keys: list[Key]) -> dict[Key, Manifest]:
    """Return those of `keys` that exist, with their resourceVersions."""
    return {
        stored.key: with_resource_version(stored.manifest(), stored.revision)
        for stored in rows.find(cluster.id, keys)
    }


def list_objects(
    cluster: str,
    kind: Kind,
    *,
    namespace: str = "",
    matches: Matches | None = None,
    limit: int | None = None,
    continue_from: str = "",
    revision: int | None = None,
) -> Page:
    """Return the objects of a kind (in one namespace), by namespace and name.

    `matches` filters (labels, fields); `limit` bounds the chunk; `revision` asks for the list
    as it was then. Raises NotFound for the cluster, Gone where the log no longer reaches back,
    BadRequest for a `continue_from` that is none.
    """
    handle = find_cluster(cluster)
    after: Position | None = None
    if continue_from:
        revision, after = _read_token(continue_from)
    at = handle.revision if revision is None else revision
    at_once = None if limit is None else limit + 1 if matches is None else SCANNED_AT_ONCE
    scanned = _scan(handle, kind, namespace, after, at, at_once=at_once)
    shown = (with_resource_version(stored.manifest(), stored.revision) for stored in scanned)
    chosen = shown if matches is None else (item for item in shown if matches(item))
    if limit is None:
        return Page(list(chosen), at)
    items = list(islice(chosen, limit + 1))
    if len(items) <= limit:
        return Page(items, at)
    items.pop()
    meta = items[-1]["metadata"]
    last = meta if isinstance(meta, dict) else {}
    token = _write_token(at, (str(last.get("namespace") or ""), str(last["name"])))
    remaining = None
    if matches is None:
        counted = _after(_objects(handle, kind, namespace), _read_token(token)[1])
        remaining = counted.count()
    return Page(items, at, token, remaining)


def snapshot(cluster: ClusterHandle) -> Iterator[Stored]:
    """Yield every object of a cluster as it is now, in no order.

    Run it in one database transaction with reading the cluster's revision.
    """
    return rows.select(Resource.objects.filter(cluster_id=cluster.id).order_by())


def object_at(cluster: ClusterHandle, key: Key, revision: int) -> Manifest | None:
    """Return one object as it was at `revision`, None where there was none; raises Gone."""
    _check_kept(cluster, revision)
    for stored in _changed_since(cluster, revision, key=key).values():
        if stored is None:
            return None
        return with_resource_version(stored.manifest(), stored.revision)
    return get_many(cluster, [key]).get(key)


def snapshot_at(cluster: ClusterHandle, revision: int) -> dict[Key, Manifest]:
    """Return every object as it was at `revision`, without resourceVersions; raises Gone."""
    _check_kept(cluster, revision)
    today = list(snapshot(cluster))  # first: what changes from now on, the log then tells
    before = _changed_since(cluster, revision)
    found = {stored.key: stored.manifest() for stored in today if stored.key not in before}
    found |= {key: stored.manifest() for key, stored in before.items() if stored is not None}
    return found


def between(
    cluster: ClusterHandle, held: int, wanted: int, *, most: int
) -> dict[Key, Manifest | None] | None:
    """Return what makes a cluster at revision `held` one at `wanted`, before it or after it.

    None for an object that is not there at `wanted`. None instead of all where more than `most`
    changes lie between, or the log no longer reaches over them. Raises Gone for a `wanted` that
    cannot be read at all.
    """
    _check_kept(cluster, wanted)
    low, high = sorted((held, wanted))
    if high - low > most or low < cluster.oldest_revision or high > cluster.revision:
        return None
    found = Change.objects.filter(
        cluster_id=cluster.id, revision__gt=low, revision__lte=high
    ).order_by("revision" if wanted > held else "-revision")
    changes: dict[Key, Manifest | None] = {}
    for change in found.iterator():  # towards `wanted`: the last one tells
        body = _after_it(change) if wanted > held else _before_it(change)
        changes[change.key] = None if body is None else orjson.loads(bytes(body))
    return changes


def _after_it(change: Change) -> bytes | memoryview | None:
    return None if change.verb == Change.Verb.DELETED else change.manifest


def _before_it(change: Change) -> bytes | memoryview | None:
    return change.manifest if change.verb == Change.Verb.DELETED else change.previous


def count(cluster: ClusterHandle) -> dict[tuple[str, str], int]:
    """Return how many objects there are per group and kind."""
    counted: dict[tuple[str, str], int] = {}
    found = Resource.objects.filter(cluster_id=cluster.id).values_list("group", "kind")
    for group, kind, number in found.annotate(number=Count("pk")).order_by():
        counted[group, kind] = number
    return counted


def _objects(cluster: ClusterHandle, kind: Kind, namespace: str) -> rows.Resources:
    found: rows.Resources = Resource.objects.filter(
        cluster_id=cluster.id, group=kind.group, kind=kind.kind
    )
    return found.filter(namespace=namespace) if namespace else found


def _after(found: rows.Resources, after: Position | None) -> rows.Resources:
    """Return the rows after a position; `gte` first lets the index seek there."""
    if after is None:
        return found
    namespace, name = after
    return found.filter(namespace__gte=namespace).exclude(namespace=namespace, name__lte=name)


def _scan(
    cluster: ClusterHandle,
    kind: Kind,
    namespace: str,
    after: Position | None,
    revision: int,
    *,
    at_once: int | None,
) -> Iterator[Stored]:
    """Yield the objects of a kind as of `revision`, by namespace and name, read `at_once` many.

    What changed since is read after the rows, so that a write between the two cannot slip in.
    """
    _check_kept(cluster, revision)
    while True:
        ordered = _after(_objects(cluster, kind, namespace), after).order_by("namespace", "name")
        chunk = list(rows.select(ordered if at_once is None else ordered[:at_once]))
        is_last = at_once is None or len(chunk) < at_once
        until = None if is_last else _position(chunk[-1])
        before = {
            key: stored
            for key, stored in _changed_since(cluster, revision, kind=kind).items()
            if namespace in {"", key.namespace}
            and (after is None or key[2:] > after)
            and (until is None or key[2:] <= until)
        }
        _check_kept(find_cluster(cluster.name), revision)
        today = (stored for stored in chunk if stored.key not in before)
        earlier = sorted(
            (stored for stored in before.values() if stored is not None), key=_position
        )
        yield from heapq.merge(today, earlier, key=_position)
        if is_last:
            return
        after = until


def _position(stored: Stored) -> Position:
    return stored.key.namespace, stored.key.name


def _changed_since(
    cluster: ClusterHandle,
    revision: int,
    *,
    kind: Kind | None = None,
    key: Key | None = None,
) -> dict[Key, Stored | None]:
    """Return what the objects that changed after `revision` were then, None for not there."""
    found = Change.objects.filter(cluster_id=cluster.id, revision__gt=revision)
    if kind is not None:
        found = found.filter(group=kind.group, kind=kind.kind)
    if key is not None:
        found = found.filter(
            group=key.group, kind=key.kind, namespace=key.namespace, name=key.name
        )
    before: dict[Key, Stored | None] = {}
    for change in found.order_by("revision").iterator():
        if change.key in before:
            continue
        body = change.manifest if change.verb == Change.Verb.DELETED else change.previous
        if body is None or change.previous_revision is None:
            before[change.key] = None
        else:
            before[change.key] = Stored(
                None, change.key, change.uid, change.previous_revision, bytes(body)
            )
    return before


def _check_kept(cluster: ClusterHandle, revision: int) -> None:
    if not cluster.oldest_revision <= revision:
        raise Gone(EXPIRED)
    if revision > cluster.revision:
        raise Gone(f"Too large resource version: {revision}, current: {cluster.revision}")


def _write_token(revision: int, last: Position) -> str:
    packed = orjson.dumps([revision, *last])
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _read_token(token: str) -> tuple[int, Position]:
    try:
        padded = token + "=" * (-len(token) % 4)
        revision, namespace, name = orjson.loads(base64.urlsafe_b64decode(padded))
        return int(revision), (str(namespace), str(name))
    except (ValueError, TypeError) as error:
        raise BadRequest("continue key is not valid: start a new list without it") from error
