"""The engine of one cluster: follow the log, work out what follows, save it, all in one step.

A step is one transaction: lock the cluster, read what is new in the log, feed it to the rules,
save what they answer, commit. The engine's memory is never ahead of the database: when a step
fails, it is thrown away and loaded anew, and then every owner is asked again. So being killed at
any moment loses nothing. Stored facts (DNS records, policy verdicts) are loaded, too, so that only
rows that differ are written. Changes by others that pile up are taken in before the lock is asked
for, and a step saves a bounded number of objects and facts, so that writers wait a fraction of a
second at most.
"""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

from cluster.catalog import CONTROLLERS, KINDS, TELLERS, recorders
from cluster.engine.engine import Engine, Step
from cluster.machinery.errors import Gone
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.machinery.times import format_time
from cluster.store import (
    ClusterHandle,
    Transaction,
    derived,
    find_cluster,
    leases,
    read,
    tail,
    transact,
)
from cluster.store.facts import save_facts, stored_facts
from cluster.store.log import LogEntry, deletions

logger = logging.getLogger(__name__)

ACTOR = "netviz-engine"
MOST_WRITES = 2_000
FEWEST_WRITES = 50
LONG_STEP_SECONDS = 0.3
PILE = 200  # changes; more than these are taken in before the lock
AT_ONCE = 5_000  # changes read per query
FIRST_RETRY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Report:
    """What one step did. `is_idle`: nothing is left to do until the log or the clock moves.

    `facts` counts the owners whose records or verdicts were written.
    """

    before: int
    after: int
    changes: int
    owners: int
    writes: int
    facts: int
    failures: int
    seconds: float
    is_idle: bool


class Reconciler:
    """The engine of one cluster in this process."""

    def __init__(
        self, cluster: str, holder: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Know nothing of the cluster yet; the first step loads it."""
        self.cluster = cluster
        self.holder = holder
        self._clock = clock
        self._engine: Engine | None = None
        self._transaction: Transaction | None = None
        self._budget = MOST_WRITES
        self._settled_at = -1
        self._has_settled = False
        self._wake: str | None = None
        self._retry_at: float | None = None
        self._retry_seconds = FIRST_RETRY_SECONDS

    @property
    def revision(self) -> int:
        """The revision up to which this engine has read the log; -1 before it has loaded."""
        return -1 if self._engine is None else self._engine.snapshot.revision

    def is_due(self, revision: int) -> bool:
        """Whether there is something to do for a cluster that stands at `revision`."""
        if self._engine is None or self._settled_at != revision:
            return True
        if self._wake is not None and self._wake <= format_time(datetime.now(UTC)):
            return True
        return self._retry_at is not None and self._retry_at <= self._clock()

    def step(self) -> Report:
        """Do one step; raises LeaseLost, NotFound, or what the database raises.

        After any exception the next step starts from what is stored.
        """
        started = self._clock()
        try:
            # Until it has settled once, nearly all that is made is there to stay.
            with nullcontext() if self._has_settled else without_collector():
                engine = self._ready()
                report = transact(self.cluster, ACTOR, lambda tx: self._step(tx, engine, started))
        except BaseException:
            self.drop()
            raise
        self._has_settled = self._has_settled or report.is_idle
        engine.snapshot.revision = report.after
        self._settled_at = report.after if report.is_idle else -1
        self._adapt(report.seconds)
        if report.changes or report.writes or report.facts or report.failures:
            self._tell(report)
        return report

    def absorb(self) -> None:
        """Take in what is new in the log without working it out yet."""
        try:
            self._take_in(self._ready(), leave=0)
        except BaseException:
            self.drop()
            raise

    def drop(self) -> None:
        """Forget everything; the next step loads the cluster anew."""
        self._engine = None
        self._settled_at = -1
        self._has_settled = False

    # inside

    def _ready(self) -> Engine:
        """Return the engine, loaded and nearly at the end of the log."""
        if self._engine is None:
            self._engine = self._load()
        try:
            self._take_in(self._engine, leave=PILE)
        except Gone:
            logger.info("%s: the log no longer reaches back, loading anew", self.cluster)
            self._engine = self._load()
            self._take_in(self._engine, leave=PILE)
        return self._engine

    def _load(self) -> Engine:
        """Return an engine with every stored object, every owner yet to be asked.

        The rows may be newer than the revision read first; the log then brings what is in them
        already once more, which changes nothing.
        """
        started = self._clock()
        cluster = find_cluster(self.cluster)
        engine = Engine(
            KINDS, (*CONTROLLERS, *recorders()), cluster.settings, stored=self._stored,
            seed=cluster.uid, tellers=TELLERS,
        )  # fmt: skip
        with without_collector():
            engine.load((stored.manifest() for stored in read.snapshot(cluster)), cluster.revision)
            engine.remember(stored_facts(cluster))
            engine.ask_all()
        _remember_deletions(engine, cluster)
        seconds = self._clock() - started
        logger.info("%s: loaded at revision %d in %.1f s", self.cluster, cluster.revision, seconds)
        return engine

    def _take_in(self, engine: Engine, *, leave: int) -> None:
        """Read the log to its end but for `leave` changes or fewer."""
        cluster = find_cluster(self.cluster)
        while cluster.revision - engine.snapshot.revision > leave:
            entries = tail(cluster, engine.snapshot.revision, limit=AT_ONCE)
            if not entries:
                return
            engine.feed(changes_of(entries), format_time(datetime.now(UTC)), budget=0)
            engine.snapshot.revision = entries[-1].revision

    def _step(self, tx: Transaction, engine: Engine, started: float) -> Report:
        leases.check(tx.cluster, self.holder)
        before = engine.snapshot.revision
        entries = _all_since(tx.cluster, before)
        self._transaction = tx
        try:
            self._retry(engine)
            step = engine.feed(changes_of(entries), tx.now, self._budget)
            writes = derived.put_all(tx, step.writes)
            facts = save_facts(tx, step.facts, step.replaced)
        finally:
            self._transaction = None
        derived.record_events(tx, step.events)
        derived.save_state(tx, is_settled=step.is_settled, failures=step.errors, wake=step.wake)
        self._wake = step.wake
        self._schedule_retry(step)
        return Report(
            before=before,
            after=tx.revision,
            changes=len(entries),
            owners=sum(step.asked.values()),
            writes=writes,
            facts=facts,
            failures=len(step.errors),
            seconds=self._clock() - started,
            is_idle=step.is_settled,
        )

    def _stored(self, key: Key) -> Manifest:
        """Return the manifest of an object that a rule changes."""
        manifest = None if self._transaction is None else self._transaction.manifest(key)
        if manifest is None:
            raise KeyError(f"{key} is not stored")
        return manifest

    def _retry(self, engine: Engine) -> None:
        if self._retry_at is not None and self._retry_at <= self._clock():
            engine.retry()

    def _schedule_retry(self, step: Step) -> None:
        """Ask failed owners again, ever less often while they go on failing."""
        if not step.errors:
            self._retry_at, self._retry_seconds = None, FIRST_RETRY_SECONDS
        elif self._retry_at is None or self._retry_at <= self._clock():
            self._retry_at = self._clock() + self._retry_seconds
            self._retry_seconds = min(2 * self._retry_seconds, LONGEST_RETRY_SECONDS)

    def _adapt(self, seconds: float) -> None:
        if seconds > LONG_STEP_SECONDS:
            self._budget = max(FEWEST_WRITES, self._budget // 2)
        elif seconds < LONG_STEP_SECONDS / 3:
            self._budget = min(MOST_WRITES, 2 * self._budget)

    def _tell(self, report: Report) -> None:
        logger.info(
            "%s: revisions %d to %d, %d changes, %d owners, %d writes, %d facts, %d ms, "
            "%d failures",
            self.cluster, report.before, report.after, report.changes, report.owners,
            report.writes, report.facts, round(1000 * report.seconds), report.failures,
        )  # fmt: skip


def _remember_deletions(engine: Engine, cluster: ClusterHandle) -> None:
    """Let the engine see the Nodes go that went while no engine looked.

    What is stored does not tell a Pod of a deleted Node, which goes with it, from one of a dump
    whose Node never was here, which stays (D-4, I-44); the log does.
    """
    gone = [
        entry for entry in deletions(cluster, "Node") if engine.snapshot.find(entry.key) is None
    ]
    for entry in gone:
        engine.snapshot.put(KINDS["Node"].parse(entry.manifest()))
    engine.feed(changes_of(gone), format_time(datetime.now(UTC)), budget=0)


def changes_of(entries: list[LogEntry]) -> Iterator[tuple[Key, Manifest | None]]:
    """Yield changes as engines are fed with them."""
    for entry in entries:
        yield entry.key, None if entry.is_deletion else entry.manifest()


def _all_since(cluster: ClusterHandle, revision: int) -> list[LogEntry]:
    """Return everything up to the locked cluster's revision."""
    found: list[LogEntry] = []
    while revision < cluster.revision:
        entries = tail(cluster, revision, limit=AT_ONCE)
        if not entries:
            break
        found += entries
        revision = entries[-1].revision
    return found


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep Python's garbage collector away while many objects are made that will all stay.

    Afterwards they are exempt from collection (`gc.freeze`): looking through them again and again
    costs most of a load.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
