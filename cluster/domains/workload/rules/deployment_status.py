"""What a Deployment reports: counts, and the conditions Available and Progressing.

Source: `pkg/controller/deployment/{progress,sync}.go`; I-13, kube-api.md on `rollout status`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cluster.domains.workload.deployment import UNBOUNDED, Deployment
from cluster.domains.workload.replicaset import ReplicaSet
from cluster.domains.workload.rules.rollout import limits_of
from cluster.domains.workload.status import (
    Condition,
    WorkloadStatus,
    settle_condition,
    status_patch,
)
from cluster.machinery.meta import Key
from cluster.machinery.rule import Answer, Patch
from cluster.machinery.times import later

COMPLETE = "NewReplicaSetAvailable"
EXCEEDED = "ProgressDeadlineExceeded"


@dataclass(frozen=True, slots=True)
class _Progress:
    """The condition Progressing, whether it moved on just now, and when to look again."""

    condition: Condition | None
    moved: bool = False
    wake: str | None = None


def report(
    owner: Key,
    deployment: Deployment,
    new: ReplicaSet | None,
    old: Sequence[ReplicaSet],
    now: str,
) -> Answer:
    """Return the status write of a Deployment, none where it stands already."""
    counts = _counts(new, old)
    available = _available(deployment, counts)
    progress = _progress(deployment, new, counts, now)
    known = deployment.status
    conditions = [settle_condition(known.condition("Available"), available, now)]
    if progress.condition is not None:
        before = known.condition("Progressing")
        conditions.append(
            settle_condition(before, progress.condition, now, progressed=progress.moved)
        )
    desired = WorkloadStatus(
        observed_generation=deployment.meta.generation or 0,
        counts=counts,
        conditions=tuple(conditions),
    )
    patch = status_patch(known, desired, always=(), with_update_time=True)
    writes = () if patch is None else (Patch(owner, {"status": patch}),)
    return Answer(writes=writes, wake=progress.wake)


def _counts(new: ReplicaSet | None, old: Sequence[ReplicaSet]) -> dict[str, int]:
    everything = [*old, *([] if new is None else [new])]

    def total(name: str) -> int:
        return sum(item.status.count(name) for item in everything)

    asked = sum(item.replicas for item in everything)
    return {
        "replicas": total("replicas"),
        "updatedReplicas": 0 if new is None else new.status.count("replicas"),
        "readyReplicas": total("readyReplicas"),
        "availableReplicas": total("availableReplicas"),
        "unavailableReplicas": max(0, asked - total("availableReplicas")),
    }


def _available(deployment: Deployment, counts: dict[str, int]) -> Condition:
    needed = deployment.replicas - limits_of(deployment).unavailable
    if counts["availableReplicas"] >= needed:
        return Condition(
            "Available", "True", "MinimumReplicasAvailable",
            "Deployment has minimum availability.",
        )  # fmt: skip
    return Condition(
        "Available", "False", "MinimumReplicasUnavailable",
        "Deployment does not have minimum availability.",
    )  # fmt: skip


def _progress(
    deployment: Deployment, new: ReplicaSet | None, counts: dict[str, int], now: str
) -> _Progress:
    known = deployment.status.condition("Progressing")
    if deployment.paused:
        text = "Deployment is paused"
        return _Progress(Condition("Progressing", "Unknown", "DeploymentPaused", text))
    if deployment.progress_deadline_seconds == UNBOUNDED:
        return _Progress(None)
    name = "" if new is None else new.meta.name
    if _is_complete(deployment, counts):
        text = f'ReplicaSet "{name}" has successfully progressed.'
        return _Progress(Condition("Progressing", "True", COMPLETE, text))
    settled = counts["replicas"] == counts["updatedReplicas"]
    if known is not None and known.reason == COMPLETE and settled:
        return _Progress(known)
    moved = known is None or _has_moved(deployment.status, counts)
    running = Condition(
        "Progressing", "True", "ReplicaSetUpdated", f'ReplicaSet "{name}" is progressing.'
    )
    if moved or known is None or known.reason not in {EXCEEDED, running.reason}:
        wake = later(now, deployment.progress_deadline_seconds)
        return _Progress(running, moved=True, wake=wake)
    deadline = later(known.updated or now, deployment.progress_deadline_seconds)
    if known.reason == EXCEEDED or now >= deadline:
        text = f'ReplicaSet "{name}" has timed out progressing.'
        return _Progress(Condition("Progressing", "False", EXCEEDED, text))
    return _Progress(known, wake=deadline)


def _is_complete(deployment: Deployment, counts: dict[str, int]) -> bool:
    return (
        counts["updatedReplicas"] == deployment.replicas
        and counts["replicas"] == deployment.replicas
        and counts["availableReplicas"] == deployment.replicas
    )


def _has_moved(known: WorkloadStatus, counts: dict[str, int]) -> bool:
    """Whether the rollout got further since the status was written."""
    outdated = counts["replicas"] - counts["updatedReplicas"]
    return (
        counts["updatedReplicas"] > known.count("updatedReplicas")
        or outdated < known.count("replicas") - known.count("updatedReplicas")
        or counts["readyReplicas"] > known.count("readyReplicas")
        or counts["availableReplicas"] > known.count("availableReplicas")
    )
