"""The end of each cluster's log in the memory of this process, for everybody who watches.

The log is read once per process: a thread wakes with every hint (and twice a second without any),
reads what is new of each cluster that somebody follows, and gives it to that cluster's `Feed`,
whose state belongs to the event loop. A watcher takes changes from the feed as long as it stands
within what is kept here, and reads the table where it stands before: then nothing is lost, and a
watcher that is slow costs no memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson
from django.db import Error as DatabaseError
from django.db import close_old_connections, connections

from cluster.machinery.errors import Gone, NotFound
from cluster.machinery.manifest import Manifest
from cluster.runtime.announce import Hints
from cluster.store import LogEntry, LoggedChange, changes, find_cluster, with_resource_version

logger = logging.getLogger(__name__)

FOLLOW_SECONDS = 0.5
IDLE_SECONDS = 60.0
AT_ONCE = 1_000
KEPT_CHANGES = 20_000
KEPT_BYTES = 48 << 20
"""Kept in memory per cluster, whichever is reached first; the table keeps many more."""

Group: TypeAlias = "tuple[str, str]"
"""Group and kind."""


class Told:
    """One change, read once for all watchers: bodies are decoded when first asked for.

    `derived` is for what watchers work out of it, so that the next one need not.
    """

    __slots__ = ("_manifest", "_previous", "derived", "entry", "previous_body")

    def __init__(self, change: LoggedChange) -> None:
        """Hold a change of the log."""
        self.entry: LogEntry = change.entry
        self.previous_body = change.previous
        self.derived: dict[object, Any] = {}
        self._manifest: Manifest | None = None
        self._previous: Manifest | None = None

    @property
    def revision(self) -> int:
        """The change's revision."""
        return self.entry.revision

    @property
    def of(self) -> Group:
        """Group and kind of the object."""
        return self.entry.key.group, self.entry.key.kind

    @property
    def size(self) -> int:
        """How many bytes it holds."""
        return len(self.entry.body) + len(self.previous_body or b"")

    def manifest(self) -> Manifest:
        """Return the object after the change, its revision in it; not to be changed."""
        if self._manifest is None:
            self._manifest = self.entry.shown()
        return self._manifest

    def previous(self) -> Manifest | None:
        """Return the object before the change, with the change's revision; not to be changed."""
        if self._previous is None:
            body = self.entry.body if self.entry.is_deletion else self.previous_body
            if body is None:
                return None
            self._previous = with_resource_version(orjson.loads(body), self.revision)
        return self._previous


@dataclass(eq=False)
class Feed:
    """The kept end of one cluster's log: every change after `start` up to `revision`.

    `ended` says that the cluster is gone or was made anew: what is to be known of it must be
    listed again. `idle_since` is when somebody watched last, by the loop's clock; `uid` tells
    clusters of the same name apart.
    """

    cluster: str
    uid: str
    start: int
    revision: int
    ended: bool = False
    idle_since: float = 0.0
    _kept: deque[Told] = field(default_factory=deque)
    _by_kind: dict[Group, deque[Told]] = field(default_factory=dict)
    _bytes: int = 0
    _waiting: dict[Group | None, set[asyncio.Event]] = field(default_factory=dict)

    def after(self, of: Group | None, position: int) -> list[Told] | None:
        """Return the kept changes of a kind after `position`; None: they begin later, read on.

        `of` None asks for those of every kind.
        """
        if position < self.start:
            return None
        kept = self._kept if of is None else self._by_kind.get(of)
        if not kept or kept[-1].revision <= position:
            return []
        newest_first = []
        for change in reversed(kept):
            if change.revision <= position:
                break
            newest_first.append(change)
        newest_first.reverse()
        return newest_first

    def join(self, of: Group | None) -> asyncio.Event:
        """Return an event that is set with every change of a kind (None: of any), and at the end."""  # noqa: E501
        event = asyncio.Event()
        self._waiting.setdefault(of, set()).add(event)
        return event

    def leave(self, of: Group | None, event: asyncio.Event) -> None:
        """Forget such an event."""
        waiting = self._waiting.get(of)
        if waiting is not None:
            waiting.discard(event)
            if not waiting:
                del self._waiting[of]

    @property
    def watchers(self) -> int:
        """How many wait."""
        return sum(len(waiting) for waiting in self._waiting.values())

    def take(self, told: Iterable[Told], revision: int) -> None:
        """Take in what the log has up to `revision`."""
        kinds: set[Group] = set()
        for change in told:
            if change.revision <= self.revision:
                continue
            self._kept.append(change)
            self._by_kind.setdefault(change.of, deque()).append(change)
            self._bytes += change.size
            kinds.add(change.of)
        self.revision = max(self.revision, revision)
        self._forget()
        for kind in (*kinds, None):
            for event in self._waiting.get(kind, ()):
                event.set()

    def skip_to(self, revision: int) -> None:
        """Begin anew at `revision`: the log no longer reaches back to where this stood."""
        self._kept.clear()
        self._by_kind.clear()
        self._bytes = 0
        self.start = self.revision = revision
        self._wake_all()

    def end(self) -> None:
        """Tell everybody that this cluster is no more."""
        self.ended = True
        self._wake_all()

    def _wake_all(self) -> None:
        for waiting in self._waiting.values():
            for event in waiting:
                event.set()

    def _forget(self) -> None:
        while len(self._kept) > KEPT_CHANGES or self._bytes > KEPT_BYTES:
            oldest = self._kept.popleft()
            self._by_kind[oldest.of].popleft()
            self._bytes -= oldest.size
            self.start = oldest.revision


class Feeds:
    """The feeds of one event loop, and the thread that reads for them."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Follow nothing yet."""
        self._loop = loop
        self._feeds: dict[str, Feed] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._hints: Hints | None = None

    def follow(self, cluster: str, uid: str, revision: int) -> Feed:
        """Return the feed of a cluster, begun at `revision` where nobody followed it yet."""
        feed = self._feeds.get(cluster)
        if feed is not None and feed.uid != uid:
            feed.end()
            feed = None
        if feed is None:
            feed = self._feeds[cluster] = Feed(cluster, uid, revision, revision)
        feed.idle_since = self._loop.time()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="feeds", daemon=True)
            self._thread.start()
        return feed

    def drop_idle(self) -> None:
        """Cease to follow what nobody has watched for a while; runs on the event loop."""
        now = self._loop.time()
        for name, feed in tuple(self._feeds.items()):
            if feed.watchers:
                feed.idle_since = now
            elif now - feed.idle_since > IDLE_SECONDS:
                del self._feeds[name]

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._hints is not None:
            self._hints.wake()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        with Hints() as self._hints:
            while not self._stop.is_set():
                self._hints.wait(FOLLOW_SECONDS)
                for feed in tuple(self._feeds.values()):
                    self._read(feed)
                with contextlib.suppress(RuntimeError):  # the loop is closed, and so will this be
                    self._loop.call_soon_threadsafe(self.drop_idle)
        connections.close_all()

    def _read(self, feed: Feed) -> None:
        close_old_connections()
        try:
            for step in _steps(feed):
                self._loop.call_soon_threadsafe(step.into, feed)
                if self._stop.is_set():
                    return
        except NotFound:
            self._give_up(feed)
        except DatabaseError:
            logger.warning("%s: the log cannot be read for now", feed.cluster, exc_info=True)
            connections.close_all()
        except RuntimeError:  # the loop is closed, and so will this be
            self._stop.set()

    def _give_up(self, feed: Feed) -> None:
        if self._feeds.get(feed.cluster) is feed:
            del self._feeds[feed.cluster]
        self._loop.call_soon_threadsafe(feed.end)


@dataclass(frozen=True, slots=True)
class _Step:
    """What one reading of the log brought."""

    told: tuple[Told, ...]
    revision: int
    is_gap: bool = False

    def into(self, feed: Feed) -> None:
        """Give it to the feed, on the event loop."""
        if self.is_gap:
            feed.skip_to(self.revision)
        else:
            feed.take(self.told, self.revision)


def _steps(feed: Feed) -> Iterator[_Step]:
    """Yield what the log has beyond the feed; raises NotFound where the cluster is another."""
    position = feed.revision
    while True:
        handle = find_cluster(feed.cluster)
        if handle.uid != feed.uid:
            raise NotFound(f"{feed.cluster} was made anew")
        if handle.revision == position:
            return
        try:
            found = changes(handle, position, limit=AT_ONCE)
        except Gone:
            yield _Step((), handle.revision, is_gap=True)
            return
        if not found:
            return
        position = found[-1].entry.revision
        yield _Step(tuple(Told(change) for change in found), position)


def backlog(
    cluster: str, of: Group | None, position: int, until: int, *, limit: int = AT_ONCE
) -> list[Told]:
    """Return changes of a kind, or of every kind, that a feed no longer keeps.

    Raises Gone, NotFound.
    """
    found = changes(find_cluster(cluster), position, of=of, until=until, limit=limit)
    return [Told(change) for change in found]
