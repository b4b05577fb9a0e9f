"""DaemonSets: one Pod on every Node that admits it.

Source: `pkg/controller/daemon/{daemon_controller,update}.go`; semantics.md I-21 to I-23.
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.workload.constraints import (
    NODE_NAME_FIELD,
    REQUIRED,
    Constraints,
    pinned_node,
)
from cluster.domains.workload.daemonset import (
    DaemonSet,
    daemon_tolerations,
    toleration_manifest,
)
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.domains.workload.pod_defaults import complete_pod, default_pod
from cluster.domains.workload.rules.availability import count_availability, earliest, is_available
from cluster.domains.workload.rules.daemon_rollout import Update, outdated
from cluster.domains.workload.rules.membership import (
    Controller,
    adoptable_pod,
    claim,
    is_active,
    pod_owners,
)
from cluster.domains.workload.rules.naming import pod_names
from cluster.domains.workload.rules.revisions import (
    History,
    history_of,
    superfluous,
    used_by,
)
from cluster.domains.workload.status import WorkloadStatus, status_patch
from cluster.domains.workload.template import CONTROLLER_REVISION_HASH, pod_from
from cluster.domains.workload.workload_defaults import TEMPLATE_GENERATION
from cluster.machinery.changes import Change
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    child_mapping,
    flag_at,
    list_at,
    mapping_at,
)
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, Event, Patch, Put, Remove, View, Write
from cluster.machinery.snapshot import Snapshot

GENERATION_LABEL = "pod-template-generation"


class DaemonSets:
    """Keeps a Pod of each DaemonSet on each Node that admits it."""

    name = "daemonsets"
    kinds = frozenset({"DaemonSet", "ControllerRevision", "Node", "Pod"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterator[Key]:
        """The DaemonSet itself, whose a revision or Pod is, and all of them for a Node."""
        kind = change.key.kind
        if kind == "DaemonSet":
            yield change.key
        elif kind == "Pod":
            yield from pod_owners(change, snapshot, "apps", "DaemonSet", DaemonSet)
        elif kind == "Node":
            if _node_matters(change):
                yield from self.all_owners(snapshot)
        else:
            for version in change.versions:
                reference = version.meta.controller
                if reference is not None and reference.kind == "DaemonSet":
                    yield Key("apps", "DaemonSet", change.key.namespace, reference.name)

    def all_owners(self, snapshot: Snapshot) -> Iterator[Key]:
        """Every DaemonSet."""
        return (snapshot.key_of(item) for item in snapshot.of(DaemonSet))

    def derive(self, owner: Key, view: View) -> Answer:
        """Create and delete so that each Node has what it should, then update, then report."""
        item = view.snapshot.get(DaemonSet, owner.namespace, owner.name)
        if item is None or item.selector is None or item.meta.terminating:
            return NOTHING
        controller = Controller(item.meta, "apps/v1", "DaemonSet", item.selector)
        pods, writes = claim(controller, Pod, view, adoptable=adoptable_pod)
        history = history_of(controller, item.template, pods, view)
        if writes or history.writes:
            return Answer(writes=(*writes, *history.writes))
        step = _Step(item, controller, pods, history, view)
        step.take()
        if step.writes:
            return Answer(writes=tuple(step.writes), events=tuple(step.events))
        return step.report()


def _node_matters(change: Change) -> bool:
    old, new = change.old, change.new
    if not isinstance(old, Node) or not isinstance(new, Node):
        return True
    return old.meta.labels != new.meta.labels or old.taints != new.taints


def node_of(pod: Pod) -> str:
    """Return the Node a daemon Pod is for: where it is bound, or what its affinity names."""
    return pod.node_name or pinned_node(pod.constraints) or ""


def admits(node: Node, constraints: Constraints) -> tuple[bool, bool]:
    """Return whether a daemon Pod should start on a Node, and whether it may go on there."""
    if not constraints.selects(node.meta.name, node.meta.labels):
        return False, False
    repelling = [
        taint.effect
        for taint in node.taints
        if taint.effect != "PreferNoSchedule" and not constraints.tolerates(taint)
    ]
    return not repelling, "NoExecute" not in repelling


class _Step:
    """One pass over a DaemonSet."""

    def __init__(
        self,
        item: DaemonSet,
        controller: Controller,
        pods: list[Pod],
        history: History,
        view: View,
    ) -> None:
        self.owner = controller.key
        self.item = item
        self.controller = controller
        self.history = history
        self.view = view
        self.hash = history.hash_of(history.update, self.owner.name)
        self.all = pods
        self.by_node: dict[str, list[Pod]] = {}
        for pod in pods:
            self.by_node.setdefault(node_of(pod), []).append(pod)
        nodes = sorted(view.snapshot.of(Node), key=lambda node: node.meta.name)
        judged = {node.meta.name: admits(node, item.constraints) for node in nodes}
        self.wanted = [name for name, (start, _) in judged.items() if start]
        self.kept = {name for name, (_, stay) in judged.items() if stay}
        self.writes: list[Write] = []
        self.events: list[Event] = []

    def take(self) -> None:
        """Fill wanted Nodes, clear the others, and when that is done replace old Pods."""
        for name in self.wanted:
            if not self._live(name) and not self._ending(name):
                self._make(name)
        for name, pods in sorted(self.by_node.items()):
            if name not in self.kept:
                self._clear(pods, name)
            else:
                self._thin(pods)
        if not self.writes and self.item.update_strategy == "RollingUpdate":
            self._update()
        if not self.writes:
            live = used_by(self.all, self.owner, bare=True) | {self.history.update}
            limit = self.item.revision_history_limit
            self.writes += superfluous(self.history, live, limit, self.view)

    def _live(self, name: str) -> list[Pod]:
        return [pod for pod in self.by_node.get(name, ()) if is_active(pod)]

    def _ending(self, name: str) -> bool:
        """Whether a Pod on the Node still ends: the next one waits for it."""
        return any(pod.is_terminating for pod in self.by_node.get(name, ()))

    def _clear(self, pods: list[Pod], name: str) -> None:
        """Delete the Pods of a Node that admits none; a Node that is gone takes its own along."""
        if self.view.snapshot.get(Node, "", name) is None:
            return
        for pod in pods:
            if is_active(pod):
                self._remove(pod)

    def _thin(self, pods: list[Pod]) -> None:
        """Delete failed Pods and all but the oldest of one template on a Node."""
        live = sorted(
            (pod for pod in pods if is_active(pod)),
            key=lambda pod: (not pod.node_name, pod.meta.creation_timestamp or "", pod.meta.name),
        )
        for pod in pods:
            if pod.is_finished and not pod.is_terminating:
                self._remove(pod)
        seen: set[bool] = set()
        for pod in live:
            old = self.is_old(pod)
            if old in seen or (seen and not self._may_surge()):
                self._remove(pod)
            seen.add(old)

    def _may_surge(self) -> bool:
        return self.item.max_surge not in {0, "0%"}

    def is_old(self, pod: Pod) -> bool:
        """Whether a Pod has an earlier template; one without the label counts as up to date."""
        return pod.meta.labels.get(CONTROLLER_REVISION_HASH, self.hash) != self.hash

    def _update(self) -> None:
        update: Update = outdated(
            self.item,
            {name: self._live(name) for name in self.wanted},
            self.is_old,
            lambda pod: is_available(pod, self.item.min_ready_seconds, self.view.now),
        )
        for pod in update.delete:
            self._remove(pod)
        for name in update.create:
            self._make(name)

    def _make(self, node: str) -> None:
        template = mapping_at(self.view.manifest(self.owner), "spec", "template")
        prefix = f"{self.owner.name}-"
        name = next(pod_names(self.view, self.owner, prefix, node, self.hash))
        pod = pod_from(
            template, name=name, namespace=self.owner.namespace, owner=self.controller.reference(),
            generate_name=prefix,
        )  # fmt: skip
        labels = child_mapping(pod, "metadata", "labels")
        labels[CONTROLLER_REVISION_HASH] = self.hash
        labels[GENERATION_LABEL] = self.item.meta.annotations.get(TEMPLATE_GENERATION, "1")
        _bind(child_mapping(pod, "spec"), node)
        default_pod(pod)
        complete_pod(pod)
        self.writes.append(Put(pod))
        text = f"Created pod: {name}"
        self.events.append(Event(self.owner, "Normal", "SuccessfulCreate", text))

    def _remove(self, pod: Pod) -> None:
        self.writes.append(Remove(self.view.snapshot.key_of(pod), graceful=True))
        text = f"Deleted pod: {pod.meta.name}"
        self.events.append(Event(self.owner, "Normal", "SuccessfulDelete", text))

    def report(self) -> Answer:
        """Return the status write, none where it stands already."""
        item, wanted = self.item, set(self.wanted)
        first = {name: live[0] for name in self.by_node if (live := self._live(name))}
        placed = [pod for name, pod in first.items() if name in wanted]
        counted = count_availability(placed, item.min_ready_seconds, self.view.now)
        exists = self.view.snapshot
        desired = WorkloadStatus(
            observed_generation=item.meta.generation or 0,
            counts={
                "desiredNumberScheduled": len(wanted),
                "currentNumberScheduled": len(placed),
                "numberMisscheduled": sum(
                    name not in wanted and exists.get(Node, "", name) is not None for name in first
                ),
                "numberReady": counted.ready,
                "updatedNumberScheduled": sum(not self.is_old(pod) for pod in placed),
                "numberAvailable": counted.available,
                "numberUnavailable": len(wanted) - counted.available,
            },
            conditions=item.status.conditions,
        )
        patch = status_patch(
            item.status,
            desired,
            always=(
                "desiredNumberScheduled", "currentNumberScheduled", "numberMisscheduled",
                "numberReady",
            ),
        )  # fmt: skip
        writes = () if patch is None else (Patch(self.owner, {"status": patch}),)
        return Answer(writes=writes, wake=earliest(counted.wake))


def _bind(spec: Manifest, node: str) -> None:
    """Let the scheduler put a Pod on one Node alone (I-23), whatever state that is in (I-22)."""
    field: Manifest = {"key": NODE_NAME_FIELD, "operator": "In", "values": [node]}
    affinity = child_mapping(spec, "affinity", "nodeAffinity")
    affinity[REQUIRED] = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    host_network = flag_at(spec, "hostNetwork") or False
    added: list[JSON] = [
        toleration_manifest(item) for item in daemon_tolerations(host_network=host_network)
    ]
    given = list_at(spec, "tolerations")
    spec["tolerations"] = [*given, *(item for item in added if item not in given)]
