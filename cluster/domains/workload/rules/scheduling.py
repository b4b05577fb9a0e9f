"""The scheduler: which Node a Pod runs on.

All waiting Pods are answered together, oldest first, because each placement changes the next.
Nodes are judged once per distinct set of constraints and ranked in heaps, so that ten thousand
equal Pods cost little more than one. Source: `pkg/scheduler/framework/plugins`; I-34 to I-37.
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.domains.workload.rules.board import Board
from cluster.machinery.changes import Change
from cluster.machinery.manifest import JSON, Manifest, mappings_at, text_at
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, Event, Patch, View
from cluster.machinery.snapshot import Snapshot

WAITING_PODS = Key("", "Pod", "", "")
BATCH = 2000  # placements in one answer: the engine's transactions stay short
GATED_TEXT = "Scheduling is blocked due to non-empty scheduling gates"


class Scheduling:
    """Binds Pods to Nodes; the one owner stands for all Pods that wait."""

    name = "scheduling"
    kinds = frozenset({"Node", "Pod"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterator[Key]:
        """The Pods that wait, where there are any and the change may let one of them in."""
        if not snapshot.lookup(Pod, "node", ""):
            return
        old, new = change.old, change.new
        if isinstance(old, Node) and isinstance(new, Node) and not _node_matters(old, new):
            return
        if isinstance(old, Pod) and isinstance(new, Pod) and not _pod_matters(old, new):
            return
        yield WAITING_PODS

    def all_owners(self, snapshot: Snapshot) -> Iterator[Key]:
        """The one owner."""
        yield WAITING_PODS

    def derive(self, owner: Key, view: View) -> Answer:
        """Place what can be placed, and tell the others why they wait."""
        snapshot = view.snapshot
        waiting = [
            pod
            for pod in snapshot.lookup(Pod, "node", "")
            if not pod.is_terminating and not pod.is_finished
        ]
        if not waiting:
            return NOTHING
        board = Board(snapshot)
        writes: list[Patch] = []
        events: list[Event] = []
        for pod in sorted(waiting, key=_age):
            key = snapshot.key_of(pod)
            if pod.is_gated:
                if pod.pending_message != GATED_TEXT:
                    writes.append(_refused(pod, key, "SchedulingGated", GATED_TEXT, view))
                continue
            name = board.place(pod)
            if name is not None:
                writes.append(_bound(pod, key, name, view))
                events.append(_event(key, name))
                if len(writes) >= BATCH:
                    break
            else:
                text = board.refusal(pod)
                if text != pod.pending_message:
                    writes.append(_refused(pod, key, "Unschedulable", text, view))
                    events.append(Event(key, "Warning", "FailedScheduling", text))
        return Answer(writes=tuple(writes), events=tuple(events))


def _age(pod: Pod) -> tuple[str, str, str]:
    return (pod.meta.creation_timestamp or "", pod.meta.namespace, pod.meta.name)


def _node_matters(old: Node, new: Node) -> bool:
    return (
        old.meta.labels != new.meta.labels
        or old.taints != new.taints
        or old.unschedulable != new.unschedulable
        or old.maximum_pods != new.maximum_pods
        or old.pod_cidrs != new.pod_cidrs
    )


def _pod_matters(old: Pod, new: Pod) -> bool:
    return (
        old.node_name != new.node_name
        or old.is_finished != new.is_finished
        or old.meta.labels != new.meta.labels
        or old.is_gated != new.is_gated
        or old.is_terminating != new.is_terminating
        or old.constraints != new.constraints
        or old.pending_message != new.pending_message
    )


def _conditions(pod: Pod, key: Key, scheduled: Manifest, view: View) -> list[JSON]:
    """Return the Pod's conditions with another PodScheduled."""
    if pod.conditions.keys() <= {"PodScheduled"}:
        return [scheduled]
    existing = mappings_at(view.manifest(key), "status", "conditions")
    return [*(c for c in existing if text_at(c, "type") != "PodScheduled"), scheduled]


def _bound(pod: Pod, key: Key, node: str, view: View) -> Patch:
    scheduled: Manifest = {
        "type": "PodScheduled", "status": "True", "lastTransitionTime": view.now,
    }  # fmt: skip
    conditions = _conditions(pod, key, scheduled, view)
    return Patch(key, {"spec": {"nodeName": node}, "status": {"conditions": conditions}})


def _refused(pod: Pod, key: Key, reason: str, text: str, view: View) -> Patch:
    scheduled: Manifest = {
        "type": "PodScheduled", "status": "False", "lastTransitionTime": view.now,
        "reason": reason, "message": text,
    }  # fmt: skip
    return Patch(key, {"status": {"conditions": _conditions(pod, key, scheduled, view)}})


def _event(key: Key, node: str) -> Event:
    text = f"Successfully assigned {key.namespace}/{key.name} to {node}"
    return Event(key, "Normal", "Scheduled", text)
