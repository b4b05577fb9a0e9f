"""Watching a list: what is there, then every change of it, in order, until the client goes.

A watch begins at a revision and never misses a change after it: it takes changes from the feed of
the process (`cluster.runtime.feed`), or from the table where it stands before what is kept in
memory; where the log itself no longer reaches back, it says 410 and ends, and clients list again.
Filtered watches turn what begins to match into ADDED and what ceases to into DELETED.
Source: kube-api.md section 8; apiserver `storage/cacher/cache_watcher.go`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import orjson

from cluster.api.kube.asked import Asked, revision_of
from cluster.api.kube.endpoints_watch import Endpoints
from cluster.api.kube.presenting import View
from cluster.api.kube.process import process
from cluster.api.kube.reading import page_of
from cluster.api.kube.selecting import Selection, selection_of
from cluster.api.kube.wire import Stream
from cluster.machinery.errors import (
    ApiError,
    FieldError,
    FieldErrorType,
    Gone,
    NotFound,
    invalid,
)
from cluster.machinery.manifest import Manifest, mapping_at
from cluster.runtime.feed import Feed, Group, Told, backlog
from cluster.store import ClusterHandle, find_cluster

BOOKMARK_SECONDS = 15.0
AT_ONCE = 100  # lines in one piece
LONGEST_SECONDS = 3600.0  # an apiserver ends a watch after 30 to 60 minutes; clients begin again
INITIAL_EVENTS_END = "k8s.io/initial-events-end"
JSON_OF_OBJECT = "object"
TYPES = {"added": "ADDED", "modified": "MODIFIED", "deleted": "DELETED"}


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a watch begins: what is there first, and the revision that changes are told after.

    `current` is a revision that the cluster has reached.
    """

    handle: ClusterHandle
    present: list[Manifest]
    position: int
    current: int
    endpoints: Endpoints | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """One watch, as it was asked for. `still_allowed` raises Forbidden once it may not go on."""

    asked: Asked
    view: View
    selection: Selection
    beginning: Beginning
    seconds: float
    bookmarks: bool
    initial_bookmark: bool
    still_allowed: Callable[[], None]

    @property
    def of(self) -> Group | None:
        """Group and kind; None for Endpoints, which change with other kinds."""
        kind = self.asked.kind
        return None if kind.kind == "Endpoints" else (kind.group, kind.kind)


def watch(asked: Asked, still_allowed: Callable[[], None]) -> Stream:
    """Answer a watch; raises BadRequest, Invalid. Runs in a worker thread."""
    request = asked.request
    view = asked.view()
    selection = selection_of(request, asked.kind.kind)
    wants_initial = request.query.get("sendInitialEvents")
    beginning = _begin(asked, selection, wants_initial)
    seconds = request.number("timeoutSeconds")
    watched = Watched(
        asked, view, selection, beginning,
        LONGEST_SECONDS if not seconds or seconds < 0 else min(float(seconds), LONGEST_SECONDS),
        request.flag("allowWatchBookmarks"),
        wants_initial == "true",
        still_allowed,
    )  # fmt: skip
    return Stream(lambda: _events(watched))


def _begin(asked: Asked, selection: Selection, wants_initial: str | None) -> Beginning:
    query = asked.request.query
    given = query.get("resourceVersion", "")
    wanted = revision_of(given)
    if wants_initial is not None and query.get("resourceVersionMatch") != "NotOlderThan":
        error = FieldError(
            FieldErrorType.FORBIDDEN, "resourceVersionMatch",
            "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan", "",
        )  # fmt: skip
        raise invalid("ListOptions", "meta.k8s.io", "", [error])
    handle = find_cluster(asked.cluster)
    lists = wanted is None if wants_initial is None else wants_initial == "true"
    if asked.kind.kind == "Endpoints":
        return _begin_endpoints(asked, selection, handle, None if lists else wanted)
    if not lists:
        position = handle.revision if wanted is None else wanted
        return Beginning(handle, [], position, handle.revision)
    plain = {k: v for k, v in query.items() if k in {"labelSelector", "fieldSelector"}}
    page = page_of(replace(asked, request=replace(asked.request, query=plain)), selection)
    return Beginning(handle, page.items, page.revision, page.revision)


def _begin_endpoints(
    asked: Asked, selection: Selection, handle: ClusterHandle, wanted: int | None
) -> Beginning:
    """Begin with what there is (`wanted` None), or after a revision."""
    position = handle.revision if wanted is None else wanted
    if position > handle.revision:
        return Beginning(handle, [], position, handle.revision)
    held = Endpoints.at(handle, asked.route.namespace, position)
    matches = selection.matches
    present = [] if wanted is not None else [
        item for item in held.all() if matches is None or matches(item)
    ]  # fmt: skip
    return Beginning(handle, present, position, handle.revision, held)


async def _events(watched: Watched) -> AsyncIterator[bytes]:
    """Yield the lines of a watch, ended by its time, an error, or the client."""
    encoder = Encoder(watched)
    for at in range(0, len(watched.beginning.present), AT_ONCE):
        present = watched.beginning.present[at : at + AT_ONCE]
        yield b"".join(encoder.line("ADDED", manifest) for manifest in present)
        await asyncio.sleep(0)  # others may go on between two pieces of a long list
    position = watched.beginning.position
    if watched.initial_bookmark:
        yield encoder.bookmark(position, ends_initial=True)
    handle = watched.beginning.handle
    feed = process().feeds.follow(handle.name, handle.uid, handle.revision)
    current = max(feed.revision, watched.beginning.current)
    if position > current:
        yield encoder.error(_too_new(position, current))
        return
    woken = feed.join(watched.of)
    try:
        async for line in _follow(watched, feed, position, woken, encoder):
            yield line
    finally:
        feed.leave(watched.of, woken)


async def _follow(
    watched: Watched, feed: Feed, position: int, woken: asyncio.Event, encoder: Encoder
) -> AsyncIterator[bytes]:
    clock = asyncio.get_running_loop().time
    ends = clock() + watched.seconds
    beats = clock() + BOOKMARK_SECONDS
    told = position
    while not feed.ended:
        woken.clear()
        try:
            reached, found = await _changes(watched, feed, position)
            if clock() >= min(beats, ends):
                await process().read(watched.still_allowed)
        except ApiError as error:
            yield encoder.error(_ended(error, position, feed))
            return
        for at in range(0, len(found), AT_ONCE):
            pieces = (
                line for change in found[at : at + AT_ONCE] for line in encoder.lines(change)
            )
            told_now = b"".join(pieces)
            if told_now:
                yield told_now
        position = max(position, reached)
        told = found[-1].revision if found else told
        if clock() >= min(beats, ends):
            if watched.bookmarks and position > told:
                told = position
                yield encoder.bookmark(position)
            beats = clock() + BOOKMARK_SECONDS
        if clock() >= ends:
            return
        if position >= feed.revision:
            await wait(woken, min(ends, beats) - clock())
    yield encoder.error(_too_old(position, feed.revision))


def _ended(error: ApiError, position: int, feed: Feed) -> ApiError:
    """Return the last word of a watch: 410 where there is nothing to go on from."""
    return _too_old(position, feed.revision) if isinstance(error, Gone | NotFound) else error


async def _changes(watched: Watched, feed: Feed, position: int) -> tuple[int, list[Told]]:
    """Return the next changes of the kind, and the revision that is reached with them."""
    reached = feed.revision
    kept = feed.after(watched.of, position)
    if kept is not None:
        return reached, kept
    until = feed.start
    found = await process().read(backlog, feed.cluster, watched.of, position, until)
    # A full page may not be all; an empty one says that nothing happened up to there.
    return (found[-1].revision if found else until), found


async def wait(woken: asyncio.Event, seconds: float) -> None:
    """Wait until something happened, at most so long."""
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            await woken.wait()
    except TimeoutError:
        return


class Encoder:
    """Writes the lines of one watch in the form its client takes."""

    def __init__(self, watched: Watched) -> None:
        """Write for a watch."""
        self._view = watched.view
        self._matches = watched.selection.matches
        self._namespace = watched.asked.route.namespace
        self._is_plain = watched.view.form == "object"
        self._has_columns = False
        self._endpoints = watched.beginning.endpoints

    def lines(self, change: Told) -> Iterator[bytes]:
        """Yield the line of a change, none where the watch does not see it."""
        entry = change.entry
        if self._endpoints is not None:
            for former, latter in self._endpoints.take(entry, change.derived):
                yield from self._between(former, latter)
            return
        if self._namespace and entry.key.namespace != self._namespace:
            return
        if self._matches is None:
            if self._is_plain:
                yield b'{"type":"%s","object":%s}\n' % (
                    TYPES[entry.verb].encode(), self._encoded(change),
                )  # fmt: skip
            else:
                yield self.line(TYPES[entry.verb], change.manifest())
            return
        before, after = self._seen(change)
        if after:
            yield self.line("MODIFIED" if before else "ADDED", change.manifest())
        elif before:
            last = change.previous()
            yield self.line("DELETED", change.manifest() if last is None else last)

    def _encoded(self, change: Told) -> bytes:
        """Return the JSON of a change's object, made once for all who watch."""
        if JSON_OF_OBJECT not in change.derived:
            change.derived[JSON_OF_OBJECT] = orjson.dumps(self._view.one(change.manifest()))
        found: bytes = change.derived[JSON_OF_OBJECT]
        return found

    def _between(self, before: Manifest | None, after: Manifest | None) -> Iterator[bytes]:
        matches = self._matches or (lambda _item: True)
        matched = before is not None and matches(before)
        if after is not None and matches(after):
            yield self.line("MODIFIED" if matched else "ADDED", after)
        elif before is not None and matched:
            yield self.line("DELETED", before)

    def _seen(self, change: Told) -> tuple[bool, bool]:
        """Return whether the object matched before the change, and whether it does after."""
        assert self._matches is not None, "asked only where there is a filter"  # noqa: S101
        before = change.previous()
        matched = before is not None and self._matches(before)
        return matched, not change.entry.is_deletion and self._matches(change.manifest())

    def line(self, type_: str, manifest: Manifest) -> bytes:
        """Return one line."""
        if self._view.form == "table":
            view = replace(self._view, now=datetime.now(UTC))  # noqa: TID251 - ages are counted to now
            meta = mapping_at(manifest, "metadata")
            shown = view.table([manifest], meta, with_columns=not self._has_columns)
            self._has_columns = True
        else:
            shown = self._view.one(manifest)
        return orjson.dumps({"type": type_, "object": shown}) + b"\n"

    def bookmark(self, revision: int, *, ends_initial: bool = False) -> bytes:
        """Return the line that says: up to here everything has been told."""
        meta: Manifest = {"resourceVersion": str(revision), "creationTimestamp": None}
        if ends_initial:
            meta["annotations"] = {INITIAL_EVENTS_END: "true"}
        resource = self._view.resource
        shown: Manifest = {
            "kind": resource.kind, "apiVersion": resource.api_version, "metadata": meta,
        }  # fmt: skip
        if self._view.form == "table":
            shown = self._view.table([], meta, with_columns=not self._has_columns)
            row: Manifest = {"cells": [], "object": {"metadata": meta}}
            shown["rows"] = [row] if ends_initial else []
        elif self._view.form == "partial":
            shown |= {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}
        return orjson.dumps({"type": "BOOKMARK", "object": shown}) + b"\n"

    def error(self, error: ApiError) -> bytes:
        """Return the last line of a watch that cannot go on."""
        return orjson.dumps({"type": "ERROR", "object": error.status()}) + b"\n"


def _too_old(position: int, revision: int) -> Gone:
    return Gone(f"too old resource version: {position} ({revision})")


def _too_new(position: int, revision: int) -> Gone:
    """Return the 410 for a revision of another life of this cluster."""
    return Gone(f"resource version {position} is not one of this cluster, which is at {revision}")
