"""Findings about workloads and Pods, and whose findings a change can alter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cluster.domains.workload.deployment import Deployment
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.domains.workload.replicaset import ReplicaSet
from cluster.domains.workload.rules.deployment_status import EXCEEDED
from cluster.machinery.changes import Change
from cluster.machinery.findings import Finding, FindingRule
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, Rule, View
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say, say_n

UNSCHEDULABLE = FindingRule(
    id="NV501",
    severity="warning",
    title=say("Pods find no Node"),
    cause=say(
        "No Node passes the scheduler's filters for these Pods: node selector or affinity, "
        "taints, host ports, anti-affinity or spreading leave none. They stay Pending without an "
        "address and are in no EndpointSlice."
    ),
    remedy=say(
        "Read how many Nodes failed which filter in the message, then label, uncordon or add "
        "Nodes, tolerate the taint, or relax the constraint."
    ),
)
STUCK = FindingRule(
    id="NV502",
    severity="warning",
    title=say("The rollout does not progress"),
    cause=say(
        "The new Pods have not become available within spec.progressDeadlineSeconds, so the "
        "old ReplicaSet keeps serving beside them."
    ),
    remedy=say("Look at why the new Pods are not ready, or go back with kubectl rollout undo."),
)
NO_NODE = FindingRule(
    id="NV503",
    severity="warning",
    title=say("The Pod's Node does not exist"),
    cause=say(
        "spec.nodeName names a Node that the cluster does not have. The EndpointSlice "
        "controller leaves such a Pod out, unless the Service publishes not-ready addresses."
    ),
    remedy=say("Load the Node, too, or delete the Pod so that its controller makes another."),
)
GATED = FindingRule(
    id="NV504",
    severity="info",
    title=say("A readiness gate is not met"),
    cause=say(
        "Every condition in spec.readinessGates must be True before a Pod is ready; whoever "
        "is to set this one (a load balancer's controller, for instance) has not."
    ),
    remedy=say("Set the condition in the Pod's status, or remove the gate."),
)
FINDINGS: tuple[FindingRule, ...] = (UNSCHEDULABLE, STUCK, NO_NODE, GATED)


def workload_of(pod: Pod, snapshot: Snapshot) -> Key:
    """Return who a user would name as the Pod's owner: its workload, or the Pod itself.

    A ReplicaSet of a Deployment stands for the Deployment. Owners of unknown kinds, owners that
    do not exist, and the Node of a static Pod are none.
    """
    reference = pod.meta.controller
    if reference is None or reference.kind == "Node" or reference.kind not in snapshot.kinds:
        return snapshot.key_of(pod)
    key = snapshot.kinds[reference.kind].key(pod.meta.namespace, reference.name)
    owner = snapshot.find(key)
    if owner is None:
        return snapshot.key_of(pod)
    deployment = _deployment_of(owner, snapshot) if isinstance(owner, ReplicaSet) else None
    return key if deployment is None else snapshot.key_of(deployment)


def _deployment_of(item: ReplicaSet, snapshot: Snapshot) -> Deployment | None:
    above = item.meta.controller
    if above is None or above.kind != "Deployment":
        return None
    return snapshot.get(Deployment, item.meta.namespace, above.name)


def _waits(pod: Pod) -> bool:
    return (
        bool(pod.pending_message)
        and not pod.node_name
        and not pod.is_gated
        and not pod.is_terminating
        and not pod.is_finished
    )


class WorkloadFindings:
    """Findings of a workload: Pods that find no Node, a rollout that does not move."""

    name = "workload-findings"
    kinds = frozenset({"Pod", "ReplicaSet", "Deployment"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterator[Key]:
        """The owner of a Pod that waits or waited; a Deployment or ReplicaSet itself."""
        for version in change.versions:
            if isinstance(version, Pod):
                if version.pending_message:
                    yield change.key
                    yield workload_of(version, snapshot)
                continue
            if isinstance(version, ReplicaSet):
                above = version.meta.controller
                if above is not None and above.kind == "Deployment":
                    yield Key("apps", "Deployment", change.key.namespace, above.name)
            yield change.key

    def all_owners(self, snapshot: Snapshot) -> Iterator[Key]:
        """Every owner of a Pod that waits, and every Deployment."""
        for pod in snapshot.lookup(Pod, "node", ""):
            if pod.pending_message:
                yield workload_of(pod, snapshot)
        yield from (snapshot.key_of(item) for item in snapshot.of(Deployment))

    def derive(self, owner: Key, view: View) -> Answer:
        """Return the findings about one workload, or one Pod of nobody, as facts."""
        snapshot = view.snapshot
        item = snapshot.find(owner)
        if item is None:
            return NOTHING
        found: list[Finding] = []
        waiting = [pod for pod in _pods_of(owner, snapshot) if _waits(pod)]
        if waiting:
            found.append(_unschedulable(owner, waiting))
        if isinstance(item, Deployment):
            progress = item.status.condition("Progressing")
            if progress is not None and progress.reason == EXCEEDED:
                path = "spec.progressDeadlineSeconds"
                found.append(
                    Finding(
                        owner, STUCK.id, path, progress.message, STUCK.severity,
                        str(item.progress_deadline_seconds),
                    )
                )  # fmt: skip
        return Answer(facts=tuple(found))


def _pods_of(owner: Key, snapshot: Snapshot) -> Iterator[Pod]:
    item = snapshot.find(owner)
    if isinstance(item, Pod):
        if workload_of(item, snapshot) == owner:
            yield item
        return
    if item is None:
        return
    if isinstance(item, ReplicaSet) and _deployment_of(item, snapshot) is not None:
        return
    owners = [item.meta.uid]
    if isinstance(item, Deployment):
        owners = [below.meta.uid for below in snapshot.owned_by(item.meta.uid, ReplicaSet)]
    for uid in owners:
        yield from snapshot.owned_by(uid, Pod)


def _unschedulable(owner: Key, waiting: list[Pod]) -> Finding:
    texts = Counter(pod.pending_message for pod in waiting)
    text = min(texts, key=lambda text: (-texts[text], text))
    if owner.kind == "Pod":
        path = "spec"
    elif owner.kind == "CronJob":
        path = "spec.jobTemplate.spec.template.spec"
    else:
        path = "spec.template.spec"
    message = say_n(
        "The Pod waits for a Node: {text}",
        "{n} Pods wait for a Node: {text}",
        len(waiting),
        text=text,
    )
    return Finding(owner, UNSCHEDULABLE.id, path, message, UNSCHEDULABLE.severity)


class PodFindings:
    """Findings of one Pod: a Node that is not there, a gate that is not met."""

    name = "pod-findings"
    kinds = frozenset({"Pod", "Node"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterator[Key]:
        """A Pod that has gates or a missing Node; the Pods of a Node that comes or goes."""
        if change.key.kind == "Node":
            if change.old is None or change.new is None:
                for pod in snapshot.lookup(Pod, "node", change.key.name):
                    yield snapshot.key_of(pod)
            return
        if any(
            isinstance(version, Pod) and _is_suspect(version, snapshot)
            for version in change.versions
        ):
            yield change.key

    def all_owners(self, snapshot: Snapshot) -> Iterator[Key]:
        """Every Pod that may have a finding."""
        for pod in snapshot.of(Pod):
            if _is_suspect(pod, snapshot):
                yield snapshot.key_of(pod)

    def derive(self, owner: Key, view: View) -> Answer:
        """Return the findings about one Pod as facts."""
        pod = view.snapshot.get(Pod, owner.namespace, owner.name)
        if pod is None or pod.is_finished:
            return NOTHING
        found: list[Finding] = []
        if _lacks_node(pod, view.snapshot):
            text = say(
                'Node "{node}" does not exist; Services leave this Pod out', node=pod.node_name
            )
            found.append(
                Finding(owner, NO_NODE.id, "spec.nodeName", text, NO_NODE.severity, pod.node_name)
            )
        for index, gate in enumerate(pod.readiness_gates):
            if pod.ips and pod.conditions.get(gate) != "True":
                path = f"spec.readinessGates[{index}].conditionType"
                text = say("the condition {gate} is not True, so the Pod is not ready", gate=gate)
                found.append(Finding(owner, GATED.id, path, text, GATED.severity, gate))
        return Answer(facts=tuple(found))


def _lacks_node(pod: Pod, snapshot: Snapshot) -> bool:
    return bool(pod.node_name) and snapshot.get(Node, "", pod.node_name) is None


def _is_suspect(pod: Pod, snapshot: Snapshot) -> bool:
    return bool(pod.readiness_gates) or _lacks_node(pod, snapshot)


RULES: tuple[Rule, ...] = (WorkloadFindings(), PodFindings())
