"""The engine process: every cluster it holds the lease of, in turn, as long as there is work.

It wakes on hints, on timers of rules, and anyway after a while: 50 ms after work, growing to half
a second when idle. One cluster's failure is that cluster's failure; it is tried again later.
"""

from __future__ import annotations

import logging
import threading
import time

from django.db import Error as DatabaseError
from django.db import connection

from cluster.machinery.errors import ApiError
from cluster.runtime.announce import Hints
from cluster.runtime.imports import ImportRunner
from cluster.runtime.lease import Leases, process_name
from cluster.runtime.reconcile import Reconciler
from cluster.store import ClusterHandle, all_clusters, trim
from cluster.store.derived import trim_events
from cluster.store.leases import LeaseLost

logger = logging.getLogger(__name__)

ACTIVE_SECONDS = 0.05
IDLE_SECONDS = 0.5
FAILED_SECONDS = 2.0
TRIM_SECONDS = 5.0
TRIMS_AT_ONCE = 10
SETTLE_DURING_IMPORT_SECONDS = 2.0


class EngineLoop:
    """Works for clusters until it is told to stop."""

    def __init__(
        self, *, only: frozenset[str] = frozenset(), leases: Leases | None = None
    ) -> None:
        """Work for the clusters in `only`; for all where it is empty."""
        self._only = only
        self._leases = leases or Leases(process_name())
        self._reconcilers: dict[int, Reconciler] = {}
        self._imports: dict[int, ImportRunner] = {}
        self._not_before: dict[int, float] = {}
        self._settled: dict[int, float] = {}
        self._trimmed = time.monotonic()
        self._raises = False
        self._stop = threading.Event()
        self._hints: Hints | None = None

    def stop(self) -> None:
        """End after the running step; may be called from a signal handler or another thread."""
        self._stop.set()
        if self._hints is not None:
            self._hints.wake()

    def run(self) -> None:
        """Work until `stop`; gives its leases up at the end."""
        wait_seconds = ACTIVE_SECONDS
        with Hints() as self._hints:
            try:
                while not self._stop.is_set():
                    worked = self._turn()
                    wait_seconds = (
                        ACTIVE_SECONDS if worked else min(IDLE_SECONDS, 1.5 * wait_seconds)
                    )
                    if not worked:
                        self._hints.wait(wait_seconds)
            finally:
                self._give_up()
        self._hints = None

    def run_until_idle(self) -> None:
        """Work until nothing is left to do now, for commands and tests; a failure is raised."""
        self._raises = True
        try:
            while self._turn():
                pass
        finally:
            self._give_up()

    def _give_up(self) -> None:
        try:
            self._leases.give_up()
        except DatabaseError:
            logger.warning("leases were not given up; they expire", exc_info=True)

    def _turn(self) -> bool:
        """Do one step for every cluster; whether anything was done."""
        try:
            clusters = all_clusters()
        except DatabaseError:
            if self._raises:
                raise
            logger.exception("the database does not answer")
            connection.close()
            self._stop.wait(FAILED_SECONDS)
            return False
        self._forget({cluster.id for cluster in clusters})
        worked = False
        for cluster in clusters:
            if self._stop.is_set():
                return False
            if self._only and cluster.name not in self._only:
                continue
            if self._not_before.get(cluster.id, 0.0) <= time.monotonic():
                worked |= self._guarded(cluster)
        self._trim(clusters)
        return worked

    def _guarded(self, cluster: ClusterHandle) -> bool:
        """Work for one cluster; a failure only delays that cluster."""
        try:
            return self._leases.hold(cluster) and self._work(cluster)
        except LeaseLost:
            self._leases.lose(cluster)
            self._reconcilers.pop(cluster.id, None)
            logger.warning("%s: another engine has taken over", cluster.name)
        except Exception:
            if self._raises:
                raise
            logger.exception("%s: a step failed and is tried again", cluster.name)
            connection.close_if_unusable_or_obsolete()
            self._not_before[cluster.id] = time.monotonic() + FAILED_SECONDS
        return False

    def _work(self, cluster: ClusterHandle) -> bool:
        reconciler = self._reconcilers.get(cluster.id)
        if reconciler is None:
            reconciler = Reconciler(cluster.name, self._leases.holder)
            self._reconcilers[cluster.id] = reconciler
        imports = self._imports.setdefault(
            cluster.id, ImportRunner(cluster.name, self._leases.holder)
        )
        imported = imports.step()
        now = time.monotonic()
        if imported and now - self._settled.get(cluster.id, 0.0) < SETTLE_DURING_IMPORT_SECONDS:
            return True
        if not imported and not reconciler.is_due(cluster.revision):
            return False
        report = reconciler.step()
        if report.is_idle:
            self._settled[cluster.id] = time.monotonic()
        return True

    def _forget(self, known: set[int]) -> None:
        """Drop what is held of clusters that are gone."""
        for table in (self._reconcilers, self._imports, self._not_before, self._settled):
            for gone in table.keys() - known:
                del table[gone]

    def _trim(self, clusters: list[ClusterHandle]) -> None:
        """Shorten logs and Events now and then."""
        if time.monotonic() - self._trimmed < TRIM_SECONDS:
            return
        self._trimmed = time.monotonic()
        for cluster in clusters:
            if cluster.id in self._reconcilers:
                try:
                    for _turn in range(TRIMS_AT_ONCE):
                        if not trim(cluster.name):
                            break
                    trim_events(cluster)
                except (DatabaseError, ApiError):
                    logger.warning("%s: the log was not trimmed", cluster.name, exc_info=True)
