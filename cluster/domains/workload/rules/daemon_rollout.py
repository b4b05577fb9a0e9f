"""Which Pods of a DaemonSet may be replaced now.

Source: `pkg/controller/daemon/update.go`; semantics.md I-23.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from cluster.domains.workload.daemonset import DaemonSet
from cluster.domains.workload.pod import Pod
from cluster.domains.workload.rules.rollout import amount


@dataclass(slots=True)
class Update:
    """Pods to delete, and Nodes to put a second, new Pod on."""

    delete: list[Pod] = field(default_factory=list)
    create: list[str] = field(default_factory=list)


def outdated(
    item: DaemonSet,
    live: Mapping[str, Sequence[Pod]],
    is_old: Callable[[Pod], bool],
    is_available: Callable[[Pod], bool],
) -> Update:
    """Return the next replacements; `live` are the active Pods of every Node that wants one.

    Old Pods that are not available go at any time; the others as far as maxUnavailable, or
    maxSurge, allows.
    """
    total = len(live)
    surge = amount(item.max_surge, total, round_up=True)
    if surge:
        return _surging(live, surge, is_old, is_available)
    budget = amount(item.max_unavailable, total, round_up=True)
    update = Update()
    candidates: list[Pod] = []
    for _, pods in sorted(live.items()):
        if not pods or not is_available(pods[0]):
            budget -= 1
            update.delete += [pod for pod in pods if is_old(pod)]
        elif is_old(pods[0]):
            candidates.append(pods[0])
    update.delete += candidates[: max(0, budget)]
    return update


def _surging(
    live: Mapping[str, Sequence[Pod]],
    surge: int,
    is_old: Callable[[Pod], bool],
    is_available: Callable[[Pod], bool],
) -> Update:
    update = Update()
    candidates: list[str] = []
    for name, pods in sorted(live.items()):
        old = [pod for pod in pods if is_old(pod)]
        new = [pod for pod in pods if not is_old(pod)]
        if old and new:
            if is_available(new[0]):
                update.delete += old
            else:
                surge -= 1
        elif old and not is_available(old[0]):
            update.create.append(name)
        elif old:
            candidates.append(name)
    update.create += candidates[: max(0, surge)]
    return update
