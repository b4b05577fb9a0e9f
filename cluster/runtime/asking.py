"""Asking a stored cluster: this process's replica, the store and the log behind one `Asked`.

The replica is held still only from the first look at its snapshot; dry runs of writes need none
and wait for no reader.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cached_property

from cluster import store
from cluster.catalog import KINDS
from cluster.machinery.kind import Kinds
from cluster.machinery.manifest import JSON, Manifest, mapping_at, text_at
from cluster.machinery.meta import Key
from cluster.machinery.rule import Event
from cluster.machinery.settings import ClusterSettings
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.times import format_time
from cluster.questions import bootstrap
from cluster.questions.asked import Counts
from cluster.questions.facts import Facts
from cluster.questions.question import Question
from cluster.questions.seeded import SERVICE_NAME
from cluster.runtime.collector import paused
from cluster.runtime.reconcile import ACTOR as ENGINE
from cluster.runtime.replica import Reading, replicas
from cluster.store.log import LogEntry, entries_of, last_by_others, others_after

ASKER = "netviz-ask"  # never in the log: whoever asks writes nothing


class StoredCluster:
    """One stored cluster while a question is answered; `stored_cluster` makes it."""

    def __init__(self, cluster: str, held: ExitStack) -> None:
        """Ask the cluster of this name; what has to be held goes on `held`."""
        self.cluster = cluster
        self.kinds: Kinds = KINDS
        self._held = held

    @cached_property
    def _reading(self) -> Reading:
        """What there is to read, held as long as the question is answered."""
        return self._held.enter_context(replicas[self.cluster].reading())

    @property
    def settings(self) -> ClusterSettings:
        """The cluster's settings."""
        return self.snapshot.settings

    @property
    def snapshot(self) -> Snapshot:
        """Every object, parsed; holds the replica."""
        return self._reading.snapshot

    @property
    def facts(self) -> Facts:
        """Findings, and namespaces in numbers; holds the replica."""
        return self._reading.facts

    @property
    def revision(self) -> int:
        """The revision of the replica; holds it."""
        return self._reading.revision

    @property
    def time(self) -> str:
        """When that revision was made."""
        return format_time(self._reading.time)

    @cached_property
    def built_in(self) -> frozenset[Key]:
        """What every new cluster has: the objects that `store.make_cluster` writes."""
        settings = self.settings
        made = [*bootstrap.nodes(settings.nodes), *bootstrap.services(settings)]
        keys = {_key(manifest) for manifest in made}
        return frozenset(keys | {bootstrap.DNS_SERVER} if settings.bootstrap else keys)

    def manifest(self, key: Key) -> Manifest | None:
        """Return one object with its resourceVersion, None where there is none."""
        return store.get_many(store.find_cluster(self.cluster), [key]).get(key)

    def objects(self, kinds: Collection[str] | None = None, namespace: str = "") -> list[Manifest]:
        """Return the objects as of the replica's revision; raises Gone if the log was trimmed."""
        wanted = [kind for kind in KINDS if kinds is None or kind.kind in kinds]
        found: list[Manifest] = []
        for kind in wanted:
            if kind.namespaced or not namespace:
                found += store.list_objects(
                    self.cluster, kind, namespace=namespace, revision=self.revision
                ).items
        return found

    def create(self, document: JSON) -> Manifest:
        """Return what a POST would store, and store nothing; raises ApiError."""
        written = store.create(cluster=self.cluster, document=document, actor=ASKER, dry_run=True)
        return _unsaved(written.manifest)

    def replace(self, document: JSON) -> Manifest:
        """Return what a PUT would store, and store nothing; raises ApiError."""
        written = store.replace(cluster=self.cluster, document=document, actor=ASKER, dry_run=True)
        return _unsaved(written.manifest)

    def slice_changes(self, service: Key) -> tuple[Counts, Counts]:
        """Return what a Service's slices went through, as far as the log is kept.

        A settling is what the engine does between two changes by others.
        """
        handle = store.find_cluster(self.cluster)
        own = [
            entry
            for entry in entries_of(handle, "EndpointSlice", service.namespace)
            if entry.actor == ENGINE
            and text_at(entry.manifest(), "metadata", "labels", SERVICE_NAME) == service.name
        ]
        if not own:
            return Counts(), Counts()
        end = others_after(handle, ENGINE, own[0].revision)
        begin = last_by_others(handle, ENGINE)
        first = (entry for entry in own if end is None or entry.revision < end)
        return _net(first), _net(entry for entry in own if entry.revision > begin)

    def sync_error(self, owner: Key) -> str | None:
        """Return why the engine could not work out what an object needs, None if it could."""
        status = store.engine_status(store.find_cluster(self.cluster))
        failures = status.failures if status is not None else ()
        return next((item.message for item in failures if item.object == str(owner)), None)

    def events(self, key: Key) -> list[Event]:
        """Return what the engine recorded about an object, first seen first."""
        seen = store.events(store.find_cluster(self.cluster), key)
        ordered = sorted(seen, key=lambda event: event.first_seen)
        return [Event(event.key, event.type, event.reason, event.message) for event in ordered]


class ClusterApart(StoredCluster):
    """One stored cluster as it stood when it was first looked at, for long questions.

    Its objects are taken over in a Snapshot of its own (some 20 ms at 10,000 Pods), and then
    nobody waits for it: neither pages nor what the log brings.
    """

    @cached_property
    def _reading(self) -> Reading:
        with replicas[self.cluster].reading() as reading:
            return replace(
                reading, snapshot=reading.snapshot.copied(), facts=Facts(reading.engine.facts)
            )


def cluster_apart(name: str) -> ClusterApart:
    """Return a stored cluster to ask without holding it; raises NotFound."""
    store.find_cluster(name)
    return ClusterApart(name, ExitStack())


@contextmanager
def asked_for(question: Question, name: str) -> Iterator[StoredCluster]:
    """Give a stored cluster for one question, held only where it is answered soon."""
    if question.is_long:
        with paused():
            yield cluster_apart(name)
        return
    with stored_cluster(name) as asked:
        yield asked


@contextmanager
def stored_cluster(name: str) -> Iterator[StoredCluster]:
    """Give a stored cluster to ask while the block runs; raises NotFound."""
    store.find_cluster(name)
    with ExitStack() as held:
        yield StoredCluster(name, held)


def _net(entries: Iterable[LogEntry]) -> Counts:
    """Count what became of objects, however many changes each went through."""
    verbs: dict[Key, list[str]] = {}
    for entry in entries:
        verbs.setdefault(entry.key, []).append(entry.verb)
    ends = [(listed[0], listed[-1]) for listed in verbs.values()]
    return Counts(
        create=sum(first == "added" and last != "deleted" for first, last in ends),
        update=sum(first != "added" and last != "deleted" for first, last in ends),
        delete=sum(first != "added" and last == "deleted" for first, last in ends),
    )


def _unsaved(manifest: Manifest) -> Manifest:
    """Return what a dry run answers: nothing was stored, so there is no resourceVersion."""
    meta = mapping_at(manifest, "metadata")
    left: Manifest = {name: item for name, item in meta.items() if name != "resourceVersion"}
    return manifest | {"metadata": left}


def _key(manifest: Manifest) -> Key:
    namespace, name = (text_at(manifest, "metadata", word) or "" for word in ("namespace", "name"))
    return KINDS[text_at(manifest, "kind") or ""].key(namespace, name)
