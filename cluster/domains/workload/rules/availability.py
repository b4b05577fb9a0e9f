"""How many Pods are ready, and for how long: what statuses count and rollouts wait for.

Source: `podutil.IsPodAvailable`; `minReadySeconds` of the workloads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cluster.domains.workload.pod import Pod
from cluster.machinery.times import later


@dataclass(frozen=True, slots=True)
class Availability:
    """Counts of ready and available Pods; `wake` is when the next one becomes available."""

    ready: int = 0
    available: int = 0
    wake: str | None = None


def available_at(pod: Pod, min_ready_seconds: int) -> str | None:
    """Return when a ready Pod is (or was) available, None for one that is not ready."""
    if not pod.is_ready:
        return None
    since = pod.ready_since
    if not min_ready_seconds or since is None:
        return since or ""
    return later(since, min_ready_seconds)


def is_available(pod: Pod, min_ready_seconds: int, now: str) -> bool:
    """Whether a Pod has been ready for `min_ready_seconds`."""
    moment = available_at(pod, min_ready_seconds)
    return moment is not None and (not min_ready_seconds or moment <= now)


def count_availability(pods: Iterable[Pod], min_ready_seconds: int, now: str) -> Availability:
    """Return how many of `pods` are ready and available."""
    ready = available = 0
    wake: str | None = None
    for pod in pods:
        if not pod.is_ready:
            continue
        ready += 1
        moment = available_at(pod, min_ready_seconds) or ""
        if not min_ready_seconds or moment <= now:
            available += 1
        elif wake is None or moment < wake:
            wake = moment
    return Availability(ready, available, wake)


def earliest(*moments: str | None) -> str | None:
    """Return the first of several moments, None where there is none."""
    return min((moment for moment in moments if moment is not None), default=None)
