"""Noting since when findings stand, from what a replica takes in.

The replica only remembers what changed; whoever follows replicas writes it down now and then, so
that no reader waits for a write. Several processes may note the same: the first one wins.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import UTC, datetime

from cluster.machinery.findings import Finding
from cluster.store import Identity, find_cluster, identity, recent, see, sightings


class Sightings:
    """What one cluster's findings did since the last `flush`."""

    def __init__(self, cluster: str) -> None:
        """Know nothing yet."""
        self.cluster = cluster
        self._lock = threading.Lock()
        self._whole: frozenset[Identity] | None = None
        self._came: dict[Identity, datetime] = {}
        self._went: dict[Identity, datetime] = {}

    def load(self, findings: Iterable[Finding]) -> None:
        """Remember every finding of a cluster that was loaded; all others are gone."""
        with self._lock:
            self._whole = frozenset(map(identity, findings))
            self._came, self._went = {}, {}

    def change(self, added: Iterable[Finding], removed: Iterable[Finding], time: datetime) -> None:
        """Remember findings that came and went; one whose message changed did neither."""
        new, old = set(map(identity, added)), set(map(identity, removed))
        with self._lock:
            for each in new - old:
                if self._went.pop(each, None) is None:
                    self._came[each] = time
            for each in old - new:
                self._came.pop(each, None)
                self._went[each] = time

    def flush(self) -> None:
        """Write down what is remembered; raises what the database raises, and then keeps it."""
        with self._lock:
            whole, came, went = self._whole, dict(self._came), dict(self._went)
        if whole is None and not came and not went:
            return
        handle = find_cluster(self.cluster)
        if whole is not None:
            known = sightings(handle).keys()
            last = next(iter(recent(handle, limit=1)), None)
            moment = datetime.now(UTC) if last is None else last.time
            see(handle, whole - known, known - whole, moment)
        for time in sorted(set(came.values()) | set(went.values())):
            see(
                handle,
                [each for each, moment in came.items() if moment == time],
                [each for each, moment in went.items() if moment == time],
                time,
            )
        with self._lock:
            self._whole = None if self._whole is whole else self._whole
            for kept, written in ((self._came, came), (self._went, went)):
                for each, moment in written.items():
                    if kept.get(each) == moment:
                        del kept[each]
