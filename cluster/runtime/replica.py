"""A cluster in the memory of this process, following the log, for reading.

As kube-proxy and CoreDNS do with list and watch, each process keeps its own Snapshot and works out
the facts that views and questions read. Reading takes the replica's lock for as long as it lasts,
so a reader sees one revision; whoever needs its own write in sight asks for at least its revision.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

from django.db import Error as DatabaseError
from django.db import connection

from cluster.catalog import KINDS
from cluster.engine.engine import Engine
from cluster.machinery.errors import Gone, NotFound
from cluster.machinery.findings import Finding
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.times import format_time
from cluster.questions.facts import FACT_RULES, Facts
from cluster.runtime.announce import Hints
from cluster.runtime.reconcile import changes_of, without_collector
from cluster.runtime.sightings import Sightings
from cluster.store import LogEntry, Stored, all_clusters, count, find_cluster, read, tail
from cluster.store.log import time_of

logger = logging.getLogger(__name__)

KEPT_FINDING_CHANGES = 1_000
AT_ONCE = 5_000
FOLLOW_SECONDS = 0.5
MANY_OBJECTS = 20_000
"""A cluster of more objects is loaded in a thread of its own for readers who cannot wait."""
PROGRESS_STEP = 1_000


@dataclass(frozen=True, slots=True)
class FindingChange:
    """Findings that came and went with one piece of the log, which ends at `revision`."""

    revision: int
    time: datetime
    added: tuple[Finding, ...]
    removed: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Update:
    """What a replica took in: the changes after revision `since` up to `revision`.

    After a `reload` (the log no longer reached back) there are no changes: everything may differ.
    """

    cluster: str
    since: int
    revision: int
    changes: tuple[LogEntry, ...] = ()
    findings: FindingChange | None = None
    reload: bool = False


Subscriber: TypeAlias = Callable[[Update], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader may look at while it holds the replica; never to be kept or changed."""

    cluster: str
    revision: int
    time: datetime
    snapshot: Snapshot
    engine: Engine
    facts: Facts
    finding_changes: tuple[FindingChange, ...] = field(repr=False)

    def findings(self) -> list[Finding]:
        """Return every finding, sorted."""
        return sorted(
            fact for facts in self.engine.facts.values() for fact in facts
            if isinstance(fact, Finding)
        )  # fmt: skip


class Loading(Exception):
    """A replica is still being loaded: `done` of `total` objects; then it works out the rest."""

    def __init__(self, cluster: str, done: int, total: int) -> None:
        """Tell how far it is."""
        super().__init__(f"{cluster}: {done} of {total}")
        self.cluster = cluster
        self.done = done
        self.total = total


class Replica:
    """One cluster, loaded when it is first read."""

    def __init__(self, cluster: str) -> None:
        """Follow the cluster of this name."""
        self.cluster = cluster
        self._lock = threading.RLock()
        self._engine: Engine | None = None
        self._facts = Facts()
        self._uid = ""
        self._time = datetime.now(UTC)
        self._finding_changes: deque[FindingChange] = deque(maxlen=KEPT_FINDING_CHANGES)
        self._subscribers: list[Subscriber] = []
        self._loader: threading.Thread | None = None
        self._progress = (0, 0)
        self.sightings = Sightings(cluster)

    @property
    def is_loaded(self) -> bool:
        """Whether anybody has read it yet."""
        return self._engine is not None

    @contextmanager
    def reading(self, at_least: int | None = None) -> Iterator[Reading]:
        """Give what there is to read, as new as the log, held still while the block runs.

        With `at_least` a replica that has reached that revision is not brought up to date first.
        Raises NotFound where the cluster does not exist.
        """
        with self._lock:
            if self._engine is None or at_least is None or self.revision < at_least:
                self.catch_up()
            engine = self._engine
            assert engine is not None, "catching up loads"  # noqa: S101
            yield Reading(
                self.cluster, self.revision, self._time, engine.snapshot, engine, self._facts,
                tuple(self._finding_changes),
            )  # fmt: skip

    def expect(self, seconds: float) -> None:
        """Return at once where it is loaded; raises Loading where that takes more than `seconds`.

        A small cluster is left to whoever reads it; raises NotFound for none.
        """
        if self.is_loaded:
            return
        if self._loader is None or not self._loader.is_alive():
            handle = find_cluster(self.cluster)
            total = sum(count(handle).values())
            if total <= MANY_OBJECTS:
                return
            self._progress = (0, total)
            self._loader = threading.Thread(target=self._load_apart, name="loading", daemon=True)
            self._loader.start()
        self._loader.join(seconds)
        if not self.is_loaded:
            raise Loading(self.cluster, *self._progress)

    def load(self) -> None:
        """Load it, however long that takes; whoever expects it is told how far it is meanwhile.

        Raises NotFound where the cluster does not exist.
        """
        with suppress(Loading):
            self.expect(0)
        loader = self._loader
        if loader is not None:
            loader.join()
        if not self.is_loaded:
            self.catch_up()

    def _load_apart(self) -> None:
        try:
            self.catch_up()
        except (NotFound, DatabaseError):
            logger.warning("%s could not be loaded", self.cluster, exc_info=True)
        finally:
            connection.close()

    def _counted(self, stored: Iterator[Stored]) -> Iterator[Manifest]:
        done = 0
        for done, item in enumerate(stored, 1):
            if done % PROGRESS_STEP == 0:
                self._progress = (done, max(done, self._progress[1]))
            yield item.manifest()
        self._progress = (done, done)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber` after every update; returns what ends that.

        It runs with the replica held, in the thread that took the update in, and must be quick.
        """
        with self._lock:
            self._subscribers.append(subscriber)

        def stop() -> None:
            with self._lock:
                if subscriber in self._subscribers:
                    self._subscribers.remove(subscriber)

        return stop

    def catch_up(self) -> int:
        """Take in what is new in the log; returns the revision reached. Raises NotFound."""
        with self._lock:
            handle = find_cluster(self.cluster)
            if self._engine is None or handle.uid != self._uid:
                self._load()
            try:
                while self.revision < find_cluster(self.cluster).revision:
                    self._take_in()
            except Gone:
                logger.info("%s: the log no longer reaches back, loading anew", self.cluster)
                self._load()
            return self.revision

    @property
    def revision(self) -> int:
        """The revision it stands at; -1 before it is loaded."""
        return -1 if self._engine is None else self._engine.snapshot.revision

    def _load(self) -> None:
        handle = find_cluster(self.cluster)
        started = time.monotonic()
        since = self.revision
        engine = Engine(KINDS, FACT_RULES, handle.settings, stored=_unreadable)
        with without_collector():
            stored = read.snapshot(handle)
            engine.load(self._counted(stored), handle.revision)
            engine.ask_all()
            engine.feed((), format_time(datetime.now(UTC)))
            facts = Facts(engine.facts)
        self._engine, self._uid = engine, handle.uid
        self._time = time_of(handle, handle.revision)
        self._facts = facts
        self._finding_changes.clear()
        self.sightings.load(self._facts.all())
        seconds = time.monotonic() - started
        logger.info("%s: replica at revision %d in %.1f s", self.cluster, handle.revision, seconds)
        if since >= 0:
            self._tell(Update(self.cluster, since, handle.revision, reload=True))

    def _take_in(self) -> None:
        engine = self._engine
        assert engine is not None, "loaded before"  # noqa: S101
        since = engine.snapshot.revision
        entries = tail(find_cluster(self.cluster), since, limit=AT_ONCE)
        if not entries:
            return
        step = engine.feed(changes_of(entries), format_time(datetime.now(UTC)))
        engine.snapshot.revision = entries[-1].revision
        self._facts.update(step.facts)
        self._time = entries[-1].time
        change = _finding_change(step.replaced, step.facts, entries[-1])
        if change is not None:
            self._finding_changes.append(change)
            self.sightings.change(change.added, change.removed, change.time)
        self._tell(Update(self.cluster, since, entries[-1].revision, tuple(entries), change))

    def _tell(self, update: Update) -> None:
        for subscriber in tuple(self._subscribers):
            try:
                subscriber(update)
            except Exception:
                logger.exception("a reader of %s failed at %d", self.cluster, update.revision)


def _unreadable(key: Key) -> Manifest:
    raise KeyError(f"{key}: rules of a replica change nothing")


def _finding_change(
    before: Mapping[tuple[str, Key], tuple[Hashable, ...]],
    after: Mapping[tuple[str, Key], tuple[Hashable, ...]],
    last: LogEntry,
) -> FindingChange | None:
    """Return which findings came and went; None where none did."""
    added: list[Finding] = []
    removed: list[Finding] = []
    for slot, facts in after.items():
        old = {fact for fact in before.get(slot, ()) if isinstance(fact, Finding)}
        new = {fact for fact in facts if isinstance(fact, Finding)}
        added += new - old
        removed += old - new
    if not added and not removed:
        return None
    return FindingChange(last.revision, last.time, tuple(sorted(added)), tuple(sorted(removed)))


class Replicas:
    """The replicas of this process. Nothing runs before somebody reads or `follow` is called."""

    def __init__(self) -> None:
        """Hold none yet."""
        self._lock = threading.Lock()
        self._replicas: dict[str, Replica] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._hints: Hints | None = None

    def __getitem__(self, cluster: str) -> Replica:
        """Return the replica of a cluster, made when first asked for."""
        with self._lock:
            return self._replicas.setdefault(cluster, Replica(cluster))

    def follow(self) -> None:
        """Keep loaded replicas near the end of the log, in a thread of their own, until `close`.

        Called again it does nothing.
        """
        with self._lock:
            if self._thread is None:
                self._stop.clear()
                self._thread = threading.Thread(target=self._run, name="replicas", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop following."""
        self._stop.set()
        if self._hints is not None:
            self._hints.wake()
        if self._thread is not None:
            self._thread.join(timeout=5)
            self._thread = None

    def _run(self) -> None:
        with Hints() as self._hints:
            while not self._stop.is_set():
                self._hints.wait(FOLLOW_SECONDS)
                self._catch_up()
        connection.close()

    def _catch_up(self) -> None:
        try:
            revisions = {cluster.name: cluster.revision for cluster in all_clusters()}
        except DatabaseError:
            logger.warning("the database does not answer", exc_info=True)
            connection.close()
            return
        for name, replica in tuple(self._replicas.items()):
            if name not in revisions:
                with self._lock:
                    self._replicas.pop(name, None)
            elif replica.is_loaded and replica.revision != revisions[name]:
                try:
                    replica.catch_up()
                except (NotFound, DatabaseError):
                    logger.warning("%s: the replica stays behind", name, exc_info=True)
            self._note(replica)

    def _note(self, replica: Replica) -> None:
        try:
            replica.sightings.flush()
        except (NotFound, DatabaseError):
            logger.warning("%s: sightings wait", replica.cluster, exc_info=True)


replicas = Replicas()
"""The replicas of this process."""
