"""ReplicaSets and ReplicationControllers: as many Pods as asked for.

Source: `pkg/controller/replicaset/replica_set.go`; semantics.md I-4, I-5, I-9, I-12.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeAlias

from cluster.domains.workload.pod import Pod
from cluster.domains.workload.pod_defaults import complete_pod, default_pod
from cluster.domains.workload.replicaset import ReplicaSet, ReplicationController
from cluster.domains.workload.rules.availability import count_availability
from cluster.domains.workload.rules.membership import (
    Controller,
    adoptable_pod,
    claim,
    is_active,
    pod_owners,
)
from cluster.domains.workload.rules.naming import pod_names
from cluster.domains.workload.status import WorkloadStatus, status_patch
from cluster.domains.workload.template import pod_from
from cluster.machinery.changes import Change
from cluster.machinery.manifest import mapping_at
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, Event, Patch, Put, Remove, View, Write
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.times import parse_time

Replicated: TypeAlias = "ReplicaSet | ReplicationController"
DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}
UNTOLD = float("inf")


class Replicas:
    """One rule for both kinds; `type_` says which this is."""

    def __init__(self, name: str, group: str, kind: str, type_: type[Replicated]) -> None:
        """Look after the objects of one kind."""
        self.name = name
        self.kinds = frozenset({kind, "Pod"})
        self._group = group
        self._kind = kind
        self._type = type_

    def owners(self, change: Change, snapshot: Snapshot) -> Iterator[Key]:
        """The object itself; of a Pod, who controls it or could adopt it."""
        if change.key.kind == self._kind:
            yield change.key
        else:
            yield from pod_owners(change, snapshot, self._group, self._kind, self._type)

    def all_owners(self, snapshot: Snapshot) -> Iterator[Key]:
        """Every object of the kind."""
        return (snapshot.key_of(item) for item in snapshot.of(self._type))

    def derive(self, owner: Key, view: View) -> Answer:
        """Adopt and release, then create or delete Pods, then report."""
        item = view.snapshot.get(self._type, owner.namespace, owner.name)
        if item is None or item.selector is None:
            return NOTHING
        api_version = f"{self._group}/v1" if self._group else "v1"
        controller = Controller(item.meta, api_version, self._kind, item.selector)
        pods, writes = claim(controller, Pod, view, adoptable=adoptable_pod)
        active = [pod for pod in pods if is_active(pod)]
        missing = item.replicas - len(active)
        found: list[Write] = [*writes]
        events: list[Event] = []
        if missing and not item.meta.terminating:
            made = (
                list(_create(owner, controller, missing, view))
                if missing > 0
                else list(_delete(item, active, -missing, view))
            )
            found += made
            events = [_event(owner, write) for write in made]
        if found:
            return Answer(writes=tuple(found), events=tuple(events))
        return _report(owner, item, active, view)


def _create(owner: Key, controller: Controller, count: int, view: View) -> Iterator[Put]:
    template = mapping_at(view.manifest(owner), "spec", "template")
    prefix = f"{owner.name}-"
    reference = controller.reference()
    for name in islice(pod_names(view, owner, prefix), count):
        pod = pod_from(
            template, name=name, namespace=owner.namespace, owner=reference, generate_name=prefix
        )
        default_pod(pod)
        complete_pod(pod)
        yield Put(pod)


def _delete(item: Replicated, active: list[Pod], count: int, view: View) -> Iterator[Remove]:
    beside = Counter(pod.node_name for pod in _related(item, active, view.snapshot))
    ranked = sorted(active, key=lambda pod: _rank(pod, beside))
    for pod in ranked[:count]:
        yield Remove(view.snapshot.key_of(pod), graceful=True)


def _related(item: Replicated, active: list[Pod], snapshot: Snapshot) -> Iterable[Pod]:
    """Yield the active Pods of every ReplicaSet of the same Deployment (I-12)."""
    deployment = item.meta.controller
    if deployment is None:
        yield from active
        return
    for sibling in snapshot.owned_by(deployment.uid, ReplicaSet):
        yield from (pod for pod in snapshot.owned_by(sibling.meta.uid, Pod) if is_active(pod))


def _rank(
    pod: Pod, beside: Counter[str]
) -> tuple[bool, int, bool, int, int, float, int, float, str]:
    """Return what orders Pods by who goes first (I-12); ages are compared directly."""
    return (
        bool(pod.node_name),
        PHASES.get(pod.phase, 1),
        pod.is_ready,
        deletion_cost(pod),
        -beside[pod.node_name],
        -_moment(pod.ready_since) if pod.is_ready else 0.0,
        -pod.restarts,
        -_moment(pod.meta.creation_timestamp),
        pod.meta.name,
    )


def deletion_cost(pod: Pod) -> int:
    """Return the Pod's deletion cost, 0 where the annotation is absent or no number."""
    text = pod.meta.annotations.get(DELETION_COST, "0")
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() else 0


def _moment(text: str | None) -> float:
    return parse_time(text).timestamp() if text else UNTOLD


def _event(owner: Key, write: Put | Remove) -> Event:
    if isinstance(write, Put):
        name = mapping_at(write.manifest, "metadata")["name"]
        return Event(owner, "Normal", "SuccessfulCreate", f"Created pod: {name}")
    return Event(owner, "Normal", "SuccessfulDelete", f"Deleted pod: {write.key.name}")


def _report(owner: Key, item: Replicated, active: list[Pod], view: View) -> Answer:
    counted = count_availability(active, item.min_ready_seconds, view.now)
    labels = item.template.labels
    labelled = sum(
        all(pod.meta.labels.get(key) == value for key, value in labels.items()) for pod in active
    )
    desired = WorkloadStatus(
        observed_generation=item.meta.generation or 0,
        counts={
            "replicas": len(active),
            "fullyLabeledReplicas": labelled,
            "readyReplicas": counted.ready,
            "availableReplicas": counted.available,
        },
        conditions=item.status.conditions,
    )
    patch = status_patch(item.status, desired)
    writes = () if patch is None else (Patch(owner, {"status": patch}),)
    return Answer(writes=writes, wake=counted.wake)


REPLICA_SETS = Replicas("replicasets", "apps", "ReplicaSet", ReplicaSet)
REPLICATION_CONTROLLERS = Replicas(
    "replicationcontrollers", "", "ReplicationController", ReplicationController
)
