"""Pods that end: after their grace period, with their Node, or driven off it by a taint.

Source: semantics.md I-31, I-38, I-44; kubelet `podKiller`, `pkg/controller/{podgc,tainteviction}`.
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.workload.constraints import Taint
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.domains.workload.rules.availability import earliest
from cluster.machinery.changes import Change
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, Event, Remove, View
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.times import later


class Termination:
    """Removes Pods whose grace period is over."""

    name = "termination"
    kinds = frozenset({"Pod"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterator[Key]:
        """The Pod itself, while it is being deleted."""
        if change.new is not None and change.new.meta.terminating:
            yield change.key

    def all_owners(self, snapshot: Snapshot) -> Iterator[Key]:
        """Every Pod that is being deleted."""
        for pod in snapshot.lookup(Pod, "terminating", True):  # noqa: FBT003 - an index value
            yield snapshot.key_of(pod)

    def derive(self, owner: Key, view: View) -> Answer:
        """Remove the Pod when its time is over; finalizers keep it, as they keep anything."""
        pod = view.snapshot.get(Pod, owner.namespace, owner.name)
        if pod is None or pod.meta.deletion_timestamp is None or pod.meta.finalizers:
            return NOTHING
        if not pod.node_name or pod.is_finished or view.now >= pod.meta.deletion_timestamp:
            return Answer(writes=(Remove(owner),))
        return Answer(wake=pod.meta.deletion_timestamp)


class NodeCollection:
    """Removes the Pods of a Node when the Node is deleted (I-44).

    Only a deletion does so: Pods that name a Node which never was are left alone (D-4), so that
    a dump without its Nodes can be looked at.
    """

    name = "node-collection"
    kinds = frozenset({"Node"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterator[Key]:
        """A Node that went."""
        if change.new is None:
            yield change.key

    def all_owners(self, snapshot: Snapshot) -> Iterator[Key]:
        """None: a Node that exists keeps its Pods."""
        return iter(())

    def derive(self, owner: Key, view: View) -> Answer:
        """Remove what was bound to the Node, at once."""
        if view.snapshot.get(Node, "", owner.name) is not None:
            return NOTHING
        pods = view.snapshot.lookup(Pod, "node", owner.name)
        keys = sorted(view.snapshot.key_of(pod) for pod in pods if not pod.meta.finalizers)
        return Answer(writes=tuple(Remove(key) for key in keys))


class TaintEviction:
    """Deletes the Pods that a NoExecute taint drives off a Node, when they tolerate no longer."""

    name = "taint-eviction"
    kinds = frozenset({"Node", "Pod"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterator[Key]:
        """The Node itself; of a Pod the Node it is bound to, if that is tainted so."""
        if isinstance(change.new, Node):
            yield change.key
        elif isinstance(change.new, Pod) and change.new.node_name:
            node = snapshot.get(Node, "", change.new.node_name)
            if node is not None and any(t.effect == "NoExecute" for t in node.taints):
                yield snapshot.key_of(node)

    def all_owners(self, snapshot: Snapshot) -> Iterator[Key]:
        """Every Node."""
        return (snapshot.key_of(node) for node in snapshot.of(Node))

    def derive(self, owner: Key, view: View) -> Answer:
        """Delete the Pods whose toleration is missing or over."""
        node = view.snapshot.get(Node, "", owner.name)
        if node is None:
            return NOTHING
        taints = [taint for taint in node.taints if taint.effect == "NoExecute"]
        if not taints:
            return NOTHING
        due: list[Key] = []
        wake: str | None = None
        for pod in view.snapshot.lookup(Pod, "node", owner.name):
            if pod.is_terminating or pod.is_finished:
                continue
            end = _end(pod, taints, view.now)
            if end is None:
                continue
            if end <= view.now:
                due.append(view.snapshot.key_of(pod))
            else:
                wake = earliest(wake, end)
        events = tuple(
            Event(
                key,
                "Normal",
                "TaintManagerEviction",
                f"Marking for deletion Pod {key.namespace}/{key.name}",
            )
            for key in sorted(due)
        )
        writes = tuple(Remove(key, graceful=True) for key in sorted(due))
        return Answer(writes=writes, events=events, wake=wake)


def _end(pod: Pod, taints: list[Taint], now: str) -> str | None:
    """Return when a Pod must leave: `now` or earlier for at once, None for never."""
    ends: list[str] = []
    for taint in taints:
        matching = [t for t in pod.constraints.tolerations if t.tolerates(taint)]
        if not matching:
            return taint.since or now
        seconds = [t.seconds for t in matching if t.seconds is not None]
        if seconds:
            ends.append(later(taint.since or now, max(0, min(seconds))))
    return min(ends, default=None)
