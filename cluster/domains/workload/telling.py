"""What controllers would tell of a change that no rule of ours makes: stops, readiness, cordons.

Rules tell of what they do; these functions look at one change, whoever made it, and so tell of it
once. Reasons and messages are Kubernetes' own. Source: kubelet `kuberuntime_container.go`,
`kubelet_node_status.go`; `pkg/controller/nodelifecycle`, `pkg/controller/util/node`,
`pkg/controller/job/job_controller.go`.
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.workload.job import Job
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.domains.workload.status import Condition
from cluster.machinery.changes import Change
from cluster.machinery.rule import Event, Teller
from cluster.machinery.snapshot import Snapshot


def tell_of_pod(change: Change, snapshot: Snapshot) -> Iterator[Event]:
    """Tell that a Pod's containers are stopped, and that it is no longer ready with its Node."""
    old, new = change.old, change.new
    if not isinstance(old, Pod) or not old.node_name:
        return
    node = snapshot.get(Node, "", old.node_name)
    if node is None:
        return
    ends = new is None or new.meta.terminating
    if ends and old.phase == "Running" and not old.is_terminating:
        for container in old.containers:
            if not container.is_init:
                text = f"Stopping container {container.name}"
                yield Event(change.key, "Normal", "Killing", text)
    elif isinstance(new, Pod) and old.is_ready and not new.is_ready and not node.is_ready:
        yield Event(change.key, "Warning", "NodeNotReady", "Node is not ready")


def tell_of_node(change: Change, _snapshot: Snapshot) -> Iterator[Event]:
    """Tell that a Node came or went, became ready or ceased to be, was cordoned or uncordoned."""
    key, old, new = change.key, change.old, change.new
    before = old if isinstance(old, Node) else None
    if not isinstance(new, Node):
        text = f"Node {key.name} event: Removing Node {key.name} from Controller"
        yield Event(key, "Normal", "RemovingNode", text)
        return
    if before is None:
        text = f"Node {key.name} event: Registered Node {key.name} in Controller"
        yield Event(key, "Normal", "RegisteredNode", text)
    for status in _statuses(before, new):
        yield Event(key, "Normal", status, f"Node {key.name} status is now: {status}")


def _statuses(before: Node | None, new: Node) -> Iterator[str]:
    if new.ready_status and new.ready_status != (before.ready_status if before else ""):
        if new.is_ready:
            yield "NodeReady"
        elif before is not None and before.ready_status == "True":
            yield "NodeNotReady"
    if new.unschedulable != (before.unschedulable if before else False):
        yield "NodeNotSchedulable" if new.unschedulable else "NodeSchedulable"


def tell_of_job(change: Change, _snapshot: Snapshot) -> Iterator[Event]:
    """Tell that a Job ended, was suspended or goes on."""
    old, new = change.old, change.new
    if not isinstance(new, Job) or not isinstance(old, Job):
        return
    for condition in new.status.conditions:
        before = old.status.condition(condition.type)
        if before is not None and before.status == condition.status:
            continue
        told = _of_condition(condition)
        if told is not None:
            yield Event(change.key, *told)


def _of_condition(condition: Condition) -> tuple[str, str, str] | None:
    """Return type, reason and message of what a condition of a Job tells when it comes."""
    is_true = condition.status == "True"
    if condition.type == "Suspended":
        word = "Suspended" if is_true else "Resumed"
        return "Normal", word, f"Job {word.lower()}"
    if condition.type == "Complete" and is_true:
        return "Normal", "Completed", "Job completed"
    if condition.type == "Failed" and is_true:
        return "Warning", condition.reason, condition.message
    return None


TELLERS: dict[str, Teller] = {"Pod": tell_of_pod, "Node": tell_of_node, "Job": tell_of_job}
