"""Where views come from: this process's replica of a cluster, drawn at its newest revision."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from django.db import close_old_connections

from cluster.live.topics import Topic
from cluster.machinery.drawing import Graph
from cluster.machinery.errors import Gone, NotFound
from cluster.machinery.times import format_time
from cluster.questions.views import view
from cluster.questions.views.table import parse_request
from cluster.runtime.replica import Replica, Replicas, Update
from cluster.store import find_cluster, revision_of, tail

MOST_ENTRIES = 1_000
"""Entries of the log told to a page that comes back; beyond, it reads itself anew."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A view at one revision; `time` is when that was written, RFC 3339. Never changed."""

    graph: Graph
    revision: int
    time: str


class Source(Protocol):
    """What the hub needs of the world."""

    def draw(
        self, topic: Topic, at_least: int, sees: Callable[[str], bool] | None = None
    ) -> Picture:
        """Return a view at a revision not before `at_least`; called in a worker thread.

        Its queries find nothing by kinds that `sees` refuses.
        Raises NotFound where the cluster or the object is missing, ValueError for a bad query.
        """

    def revision(self, cluster: str) -> int:
        """Return the last revision of a cluster; called in a worker thread. Raises NotFound."""

    def watch(self, cluster: str) -> tuple[int, str]:
        """Follow a cluster that is not drawn; returns its revision and when that was written.

        Called in a worker thread. Raises NotFound.
        """

    def happened(self, cluster: str, since: int, until: int) -> Update:
        """Return what the log has after `since` up to `until`, as an update without findings.

        Called in a worker thread. A reload where the log does not reach back, or has too much.
        """

    def tell(self, told: Callable[[Update], None]) -> None:
        """Call `told`, in any thread, after every change of a cluster that was drawn."""


class ReplicaSource:
    """The replicas of this process."""

    def __init__(self, replicas: Replicas) -> None:
        """Follow the log of every cluster that is drawn, from its first drawing on."""
        self._replicas = replicas
        self._lock = threading.Lock()
        self._subscribed: dict[str, Replica] = {}
        self._listeners: list[Callable[[Update], None]] = []

    def draw(
        self, topic: Topic, at_least: int, sees: Callable[[str], bool] | None = None
    ) -> Picture:
        """Return a view of the replica, as `Source` says."""
        close_old_connections()
        request = parse_request(topic.parameters, topic.cluster)
        if sees is not None:
            request = replace(request, sees=sees)
        with self._followed(topic.cluster).reading(at_least=at_least or None) as reading:
            graph = view(reading.snapshot, reading.facts, request)
            return Picture(graph, reading.revision, format_time(reading.time))

    def revision(self, cluster: str) -> int:
        """Return the last revision in the log."""
        close_old_connections()
        return revision_of(cluster)

    def watch(self, cluster: str) -> tuple[int, str]:
        """Load the replica where nobody has read it yet."""
        close_old_connections()
        with self._followed(cluster).reading() as reading:
            return reading.revision, format_time(reading.time)

    def happened(self, cluster: str, since: int, until: int) -> Update:
        """Read it from the log."""
        close_old_connections()
        try:
            entries = tail(find_cluster(cluster), since, limit=MOST_ENTRIES + 1)
        except (Gone, NotFound):
            return Update(cluster, since, until, reload=True)
        if len(entries) > MOST_ENTRIES:
            return Update(cluster, since, until, reload=True)
        seen = tuple(entry for entry in entries if entry.revision <= until)
        return Update(cluster, since, until, seen)

    def tell(self, told: Callable[[Update], None]) -> None:
        """Tell a listener of every change from now on."""
        self._listeners.append(told)

    def _followed(self, cluster: str) -> Replica:
        """Return the replica, subscribed to; a cluster that was made anew has another one."""
        replica = self._replicas[cluster]
        with self._lock:
            if self._subscribed.get(cluster) is replica:
                return replica
            self._subscribed[cluster] = replica
        replica.subscribe(self._pass_on)
        self._replicas.follow()
        return replica

    def _pass_on(self, update: Update) -> None:
        for told in self._listeners:
            told(update)
