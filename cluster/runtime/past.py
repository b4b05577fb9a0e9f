"""Clusters as they once were, for those who look back: the time slider, `?at=` in an address.

One engine per cluster is moved along the log to the revision that is asked for, forwards and
backwards, so a step of the slider costs what changed between, not what the cluster holds. It
stands beside the replica (`replica`), which is always at the newest revision. Few clusters are
kept; the one that nobody looked at for the longest goes. What rules of facts find follows from the
objects alone, so a moved engine tells what one made anew would; a test holds that.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from cluster.catalog import KINDS
from cluster.engine.engine import Engine
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.times import format_time
from cluster.questions.facts import FACT_RULES, Facts
from cluster.runtime.reconcile import without_collector
from cluster.store import ClusterHandle, find_cluster, snapshot_at
from cluster.store.log import time_of
from cluster.store.read import between

logger = logging.getLogger(__name__)

MOST_CLUSTERS = 2  # each takes as much memory as the cluster's replica
IDLE_SECONDS = 600.0
FURTHEST = 20_000
"""Changes that an engine is moved over; further away it is made anew."""


@dataclass(frozen=True, slots=True)
class Past:
    """What a reader may look at while it holds the past; never to be kept or changed."""

    revision: int
    time: datetime
    snapshot: Snapshot
    facts: Facts


@dataclass(slots=True)
class _Held:
    """An engine at one revision of the cluster that `handle` told of."""

    handle: ClusterHandle
    engine: Engine
    facts: Facts

    @property
    def revision(self) -> int:
        return self.engine.snapshot.revision


class History:
    """One cluster's past in this process."""

    def __init__(self, cluster: str) -> None:
        """Hold nothing before somebody looks."""
        self._cluster = cluster
        self._lock = threading.Lock()
        self._held: _Held | None = None

    @contextmanager
    def at(self, revision: int) -> Iterator[Past]:
        """Give the cluster as it was, held still while the block runs.

        Raises NotFound where there is no such cluster, Gone where the log does not reach back.
        """
        with self._lock:
            handle = find_cluster(self._cluster)
            moment = time_of(handle, revision)
            held = self._moved(handle, revision, format_time(moment))
            yield Past(revision, moment, held.engine.snapshot, held.facts)

    def _moved(self, handle: ClusterHandle, revision: int, now: str) -> _Held:
        held, self._held = self._held, None  # what fails on its way is not used again
        if held is not None and _is_same(held.handle, handle):
            changes = between(handle, held.revision, revision, most=FURTHEST)
            if changes is not None:
                step = held.engine.feed(changes.items(), now)
                held.engine.snapshot.revision = revision
                held.facts.update(step.facts)
                self._held = held
                return held
        self._held = _made(handle, revision, now)
        return self._held


def _is_same(one: ClusterHandle, other: ClusterHandle) -> bool:
    return (one.uid, one.raw_settings) == (other.uid, other.raw_settings)


def _made(handle: ClusterHandle, revision: int, now: str) -> _Held:
    started = time.monotonic()
    engine = Engine(KINDS, FACT_RULES, handle.settings, stored=_never)
    with without_collector():
        engine.load(snapshot_at(handle, revision).values(), revision)
        engine.ask_all()
        engine.feed((), now)
        facts = Facts(engine.facts)
    seconds = time.monotonic() - started
    logger.info("%s: as it was at revision %d, in %.1f s", handle.name, revision, seconds)
    return _Held(handle, engine, facts)


def _never(key: Key) -> Manifest:
    raise KeyError(f"{key}: rules of the past change nothing")


class Histories:
    """The pasts that this process keeps."""

    def __init__(self, *, most: int = MOST_CLUSTERS) -> None:
        """Keep the pasts of `most` clusters."""
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[History, float]] = OrderedDict()

    def __getitem__(self, cluster: str) -> History:
        """Return the past of a cluster; those that nobody looks at go."""
        now = time.monotonic()
        with self._lock:
            found, _used = self._kept.pop(cluster, (History(cluster), now))
            idle = [name for name, (_, used) in self._kept.items() if now - used > IDLE_SECONDS]
            for name in idle:
                del self._kept[name]
            while len(self._kept) >= self._most:
                self._kept.popitem(last=False)
            self._kept[cluster] = found, now
        return found

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._kept)


histories = Histories()
"""The pasts of this process."""
