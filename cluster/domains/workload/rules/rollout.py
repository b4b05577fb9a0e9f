"""The arithmetic of a Deployment's rollout: how many replicas each ReplicaSet should have.

Pure numbers; `deployments` turns them into writes. Source:
`pkg/controller/deployment/{rolling,recreate,sync}.go`, `util/deployment_util.go`; I-11.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cluster.domains.workload.deployment import Deployment
from cluster.domains.workload.replicaset import ReplicaSet

MAX_REPLICAS = "deployment.kubernetes.io/max-replicas"
DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas"


@dataclass(frozen=True, slots=True)
class Limits:
    """How many Pods a rollout may have too many, and too few."""

    surge: int
    unavailable: int


def amount(value: int | str, total: int, *, round_up: bool) -> int:
    """Return a number or percentage of `total` as a number."""
    if isinstance(value, int):
        return value
    share = int(value.removesuffix("%")) * total
    return -(-share // 100) if round_up else share // 100


def limits_of(deployment: Deployment) -> Limits:
    """Return the limits of a Deployment; both rounded to zero allow one unavailable (I-11)."""
    if deployment.strategy != "RollingUpdate":
        return Limits(0, 0)
    surge = amount(deployment.max_surge, deployment.replicas, round_up=True)
    unavailable = amount(deployment.max_unavailable, deployment.replicas, round_up=False)
    if not surge and not unavailable:
        unavailable = 1
    return Limits(surge, min(unavailable, deployment.replicas))


def is_scaling(deployment: Deployment, sets: Sequence[ReplicaSet]) -> bool:
    """Whether the Deployment was scaled since its active ReplicaSets were last sized."""
    for item in sets:
        desired = item.meta.annotations.get(DESIRED_REPLICAS)
        if item.replicas and desired is not None and desired != str(deployment.replicas):
            return True
    return False


def first_size(deployment: Deployment, old: Sequence[ReplicaSet]) -> int:
    """Return the replicas of a ReplicaSet that is about to be made."""
    return _grown(deployment, 0, sum(item.replicas for item in old))


def _grown(deployment: Deployment, size: int, others: int) -> int:
    if deployment.strategy == "Recreate":
        return deployment.replicas
    room = deployment.replicas + limits_of(deployment).surge - others - size
    return size + max(0, min(room, deployment.replicas - size))


def roll(deployment: Deployment, new: ReplicaSet, old: Sequence[ReplicaSet]) -> dict[str, int]:
    """Return the next sizes of a RollingUpdate by name, those that change alone.

    `old` is ordered by age. First the new ReplicaSet, and when it need not change the old ones:
    what is unhealthy goes first, then as much as availability allows.
    """
    total_old = sum(item.replicas for item in old)
    size = new.replicas
    if size > deployment.replicas:
        return {new.meta.name: deployment.replicas}
    if size < deployment.replicas:
        grown = _grown(deployment, size, total_old)
        if grown != size:
            return {new.meta.name: grown}
    if not total_old:
        return {}
    needed = deployment.replicas - limits_of(deployment).unavailable
    unavailable = size - new.status.count("availableReplicas")
    room = total_old + size - needed - unavailable
    if room <= 0:
        return {}
    sizes, cleaned = _clean(old, room)
    left = [replace(item, replicas=sizes.get(item.meta.name, item.replicas)) for item in old]
    spare = sum(item.status.count("availableReplicas") for item in (new, *old)) - needed
    down = _shrink(left, min(spare, room - cleaned))
    return sizes | down


def _clean(old: Sequence[ReplicaSet], room: int) -> tuple[dict[str, int], int]:
    """Take away old Pods that are not available, oldest ReplicaSet first."""
    sizes: dict[str, int] = {}
    cleaned = 0
    for item in old:
        broken = item.replicas - item.status.count("availableReplicas")
        taken = min(room - cleaned, broken)
        if item.replicas and taken > 0:
            sizes[item.meta.name] = item.replicas - taken
            cleaned += taken
    return sizes, cleaned


def _shrink(old: Sequence[ReplicaSet], room: int) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for item in old:
        taken = min(item.replicas, room)
        if taken > 0:
            sizes[item.meta.name] = item.replicas - taken
            room -= taken
    return sizes


def rescale(
    deployment: Deployment, new: ReplicaSet | None, old: Sequence[ReplicaSet]
) -> dict[str, int]:
    """Return the sizes after the Deployment itself was scaled, or while it is paused.

    One active ReplicaSet takes all; several share in proportion to their sizes.
    """
    everything = [*old, *([] if new is None else [new])]
    active = [item for item in everything if item.replicas]
    if len(active) <= 1:
        only = active[0] if active else (new or (old[-1] if old else None))
        if only is None or only.replicas == deployment.replicas:
            return {}
        return {only.meta.name: deployment.replicas}
    if new is not None and _is_saturated(deployment, new):
        return {item.meta.name: 0 for item in old if item.replicas}
    if deployment.strategy != "RollingUpdate":
        return {}
    return _proportional(deployment, active)


def _is_saturated(deployment: Deployment, new: ReplicaSet) -> bool:
    desired = new.meta.annotations.get(DESIRED_REPLICAS)
    return (
        desired == str(deployment.replicas)
        and new.replicas == deployment.replicas
        and new.status.count("availableReplicas") == deployment.replicas
    )


def _proportional(deployment: Deployment, active: list[ReplicaSet]) -> dict[str, int]:
    """Share what is to be added or taken; what rounding leaves goes to the first."""
    total = sum(item.replicas for item in active)
    allowed = deployment.replicas + limits_of(deployment).surge if deployment.replicas else 0
    change = allowed - total
    newest_first = sorted(active, key=_age, reverse=True)
    oldest_first = sorted(active, key=_age)
    ordered = sorted(newest_first if change > 0 else oldest_first, key=lambda item: -item.replicas)
    sizes: dict[str, int] = {}
    added = 0
    for item in ordered:
        part = _fraction(deployment, item, allowed) if change else 0
        room = change - added
        part = min(max(part, 0), room) if change > 0 else max(min(part, 0), room)
        sizes[item.meta.name] = item.replicas + part
        added += part
    if change and added != change:
        first = ordered[0]
        sizes[first.meta.name] = max(0, sizes[first.meta.name] + change - added)
    return sizes


def _fraction(deployment: Deployment, item: ReplicaSet, allowed: int) -> int:
    if not deployment.replicas:
        return -item.replicas
    text = item.meta.annotations.get(MAX_REPLICAS, "")
    known = int(text) if text.isascii() and text.isdigit() else 0
    base = known or deployment.status.count("replicas") or allowed
    return round(item.replicas * allowed / base) - item.replicas


def _age(item: ReplicaSet) -> tuple[str, str]:
    return (item.meta.creation_timestamp or "", item.meta.name)
