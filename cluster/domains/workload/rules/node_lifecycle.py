"""Taints that a Node's state puts on it: cordoned, not ready, unreachable.

Source: `pkg/controller/nodelifecycle`; semantics.md I-34, I-38, I-43.
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.workload.constraints import Taint
from cluster.domains.workload.daemonset import NOT_READY, UNREACHABLE, UNSCHEDULABLE
from cluster.domains.workload.node import Node
from cluster.machinery.changes import Change
from cluster.machinery.manifest import JSON, Manifest, copy, mappings_at, text_at
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, Patch, View
from cluster.machinery.snapshot import Snapshot

MANAGED = frozenset({
    (UNSCHEDULABLE, "NoSchedule"),
    (NOT_READY, "NoSchedule"), (NOT_READY, "NoExecute"),
    (UNREACHABLE, "NoSchedule"), (UNREACHABLE, "NoExecute"),
})  # fmt: skip


class NodeLifecycle:
    """Keeps a Node's taints in step with its condition Ready and its cordon."""

    name = "node-lifecycle"
    kinds = frozenset({"Node"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterator[Key]:
        """The Node itself."""
        yield change.key

    def all_owners(self, snapshot: Snapshot) -> Iterator[Key]:
        """Every Node."""
        return (snapshot.key_of(node) for node in snapshot.of(Node))

    def derive(self, owner: Key, view: View) -> Answer:
        """Put on the taints that are due, take off those that are not, stamp NoExecute."""
        node = view.snapshot.get(Node, "", owner.name)
        if node is None:
            return NOTHING
        due = set(_due(node))
        has = {(taint.key, taint.effect) for taint in node.taints}
        if due == has & MANAGED and not any(_unstamped(taint) for taint in node.taints):
            return NOTHING
        kept = [
            _stamped(taint, view.now)
            for taint in mappings_at(view.manifest(owner), "spec", "taints")
            if _pair(taint) not in MANAGED - due
        ]
        added = [_taint(key, effect, view.now) for key, effect in sorted(due - has)]
        taints: list[JSON] = [*kept, *added]
        return Answer(writes=(Patch(owner, {"spec": {"taints": taints or None}}),))


def _due(node: Node) -> Iterator[tuple[str, str]]:
    if node.unschedulable:
        yield UNSCHEDULABLE, "NoSchedule"
    if not node.is_ready:
        key = NOT_READY if node.ready_status == "False" else UNREACHABLE
        yield key, "NoSchedule"
        yield key, "NoExecute"


def _unstamped(taint: Taint) -> bool:
    return taint.effect == "NoExecute" and taint.since is None


def _pair(taint: Manifest) -> tuple[str, str]:
    return (text_at(taint, "key") or "", text_at(taint, "effect") or "")


def _stamped(taint: Manifest, now: str) -> Manifest:
    found = copy(taint)
    if text_at(found, "effect") == "NoExecute":
        found.setdefault("timeAdded", now)
    return found


def _taint(key: str, effect: str, now: str) -> Manifest:
    return {"key": key, "effect": effect, "timeAdded": now}
