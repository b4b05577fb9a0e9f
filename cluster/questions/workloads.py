"""Which workload a Pod belongs to, as users think of it: the Deployment, not its ReplicaSet."""

from __future__ import annotations

from collections.abc import Iterable

from cluster.domains.workload.pod import Pod
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot

WORKLOAD_KINDS = (
    "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "CronJob",
    "Job",
)  # fmt: skip
_GROUPS = {"Job": "batch", "CronJob": "batch", "ReplicationController": ""}


def workload_of(snapshot: Snapshot, pod: Pod) -> Key:
    """Return the topmost controller of a Pod that is known; the Pod itself where it has none.

    Static Pods are controlled by their Node, which is where they run and no workload.
    """
    namespace = pod.meta.namespace
    key = Key("", "Pod", namespace, pod.meta.name)
    owner = pod.meta.controller
    while owner is not None and owner.kind != "Node":
        if owner.kind not in snapshot.kinds:
            return Key("", owner.kind, namespace, owner.name)
        key = snapshot.kinds[owner.kind].key(namespace, owner.name)
        item = snapshot.find(key)
        owner = item.meta.controller if item is not None else None
    return key


def by_workload(snapshot: Snapshot, pods: Iterable[Pod]) -> dict[Key, list[Pod]]:
    """Return Pods by their workload, both in order of namespace and name."""
    found: dict[Key, list[Pod]] = {}
    for pod in sorted(pods, key=lambda p: (p.meta.namespace, p.meta.name)):
        found.setdefault(workload_of(snapshot, pod), []).append(pod)
    return dict(sorted(found.items()))


def empty_workloads(snapshot: Snapshot, namespace: str, taken: Iterable[Key]) -> list[Key]:
    """Return the workloads of a namespace that have no Pod and no controller of their own."""
    known = set(taken)
    found: list[Key] = []
    for kind in WORKLOAD_KINDS:
        if kind not in snapshot.kinds:
            continue
        record = snapshot.kinds[kind]
        for name, item in snapshot.within(record.type, namespace).items():
            key = record.key(namespace, name)
            if key not in known and item.meta.controller is None:
                found.append(key)
    return sorted(found)
