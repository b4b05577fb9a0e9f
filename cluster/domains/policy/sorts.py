"""Sorts of Pods: what findings about policies depend on, instead of single Pods.

Two running Pods of a namespace are of one sort where their labels, their containers' ports and
their use of the host network are equal. One more Pod of a sort alters no finding.
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.workload.pod import Pod
from cluster.machinery.changes import Change
from cluster.machinery.selectors import parse_equalities
from cluster.machinery.snapshot import Snapshot


def sorts_altered(change: Change, snapshot: Snapshot) -> Iterator[Pod]:
    """Yield the versions of a Pod whose sort came or went with `change`, old before new."""
    old, new = _running(change.old), _running(change.new)
    if old is not None and new is not None and _are_alike(old, new):
        return
    for pod in (old, new):
        if pod is not None and not _has_twin(pod, snapshot):
            yield pod


def _running(version: object) -> Pod | None:
    return version if isinstance(version, Pod) and not version.is_finished else None


def _are_alike(one: Pod, other: Pod) -> bool:
    return (
        one.meta.labels == other.meta.labels
        and one.host_network == other.host_network
        and one.containers == other.containers
    )


def _has_twin(pod: Pod, snapshot: Snapshot) -> bool:
    """Whether another running Pod of the namespace is of the same sort."""
    same = parse_equalities(pod.meta.labels)
    return any(
        other.meta.name != pod.meta.name and not other.is_finished and _are_alike(pod, other)
        for other in snapshot.each_selected(Pod, same, pod.meta.namespace)
    )
