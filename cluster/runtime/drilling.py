"""Drills on stored clusters: which one a user means, and its writes sent through the store.

What each drill writes is said in `cluster.domains.workload.drills`; here it meets a cluster, and
the actor in whose name it is done. The dashboard and `netviz drill` share it.
"""

from __future__ import annotations

from collections.abc import Iterable

from cluster.catalog import KINDS
from cluster.domains.workload import drills
from cluster.domains.workload.drills import DeleteObject, Drill
from cluster.domains.workload.pod import Pod
from cluster.machinery.errors import BadRequest, NotFound, not_found
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say
from cluster.runtime.replica import replicas
from cluster.store import delete, get, patch

ACTIONS = (
    "unready", "ready", "delete", "scale", "cordon", "uncordon", "drain", "lose-zone",
    "restore-zone",
)  # fmt: skip
MOST_REPLICAS = 10_000


def plan(cluster: str, action: str, target: str, count: int | None = None) -> Drill:
    """Return the drill that `action` on `target` means, without doing it.

    `target` is `ns/pod`, `Kind/ns/name` of a workload, the name of a Node or of a zone; `count`
    the replicas to scale to. Raises NotFound, and BadRequest for what cannot be meant.
    """
    with replicas[cluster].reading() as reading:
        snapshot = reading.snapshot
        if action in {"lose-zone", "restore-zone"}:
            nodes = _zone(cluster, target, snapshot)
            do = drills.lose_zone if action == "lose-zone" else drills.restore_zone
            return do(target, nodes)
        if action in {"cordon", "uncordon", "drain"}:
            return _node_drill(action, target, snapshot)
        if action == "scale":
            return _scale(cluster, target, count)
        if action in {"unready", "ready", "delete"}:
            return _pod_drill(action, target, snapshot)
    known = ", ".join(ACTIONS)
    raise BadRequest(say("no drill {drill}; known are {known}", drill=repr(action), known=known))


def carry_out(cluster: str, drill: Drill, actor: str) -> int:
    """Send the writes of a drill in order; returns how many. A Pod that is gone already is fine.

    Raises ApiError as the store does; what was written before it stays.
    """
    for write in drill.writes:
        if isinstance(write, DeleteObject):
            try:
                delete(cluster=cluster, address=write.key, actor=actor)
            except NotFound:
                continue
        else:
            patch(
                cluster=cluster, address=write.key, change=write.merge, patch_type="merge",
                actor=actor, subresource="status" if write.subresource == "status" else "",
            )  # fmt: skip
    return len(drill.writes)


def _pod_drill(action: str, target: str, snapshot: Snapshot) -> Drill:
    namespace, _slash, name = target.removeprefix("Pod/").rpartition("/")
    pod = snapshot.get(Pod, namespace or "default", name)
    if pod is None:
        raise not_found("pods", "", name)
    key = snapshot.key_of(pod)
    if action == "delete":
        return drills.delete_pod(key, pod)
    return (drills.mark_unready if action == "unready" else drills.mark_ready)(key, pod)


def _node_drill(action: str, target: str, snapshot: Snapshot) -> Drill:
    key = KINDS["Node"].key("", target.removeprefix("Node/").lstrip("/-"))
    if snapshot.find(key) is None:
        raise not_found("nodes", "", key.name)
    if action == "drain":
        return drills.drain(key, snapshot)
    return drills.cordon(key) if action == "cordon" else drills.uncordon(key)


def _scale(cluster: str, target: str, count: int | None) -> Drill:
    if count is None or not 0 <= count <= MOST_REPLICAS:
        text = say("scale needs a number of replicas from 0 to {most}", most=MOST_REPLICAS)
        raise BadRequest(text)
    parts = target.split("/")
    kind = KINDS.word(parts[0])
    if kind is None or not kind.scale_path or len(parts) not in {2, 3}:
        text = say(
            "{target} must be Kind/namespace/name of a workload with replicas", target=repr(target)
        )
        raise BadRequest(text)
    namespace = parts[1] if len(parts) == 3 else "default"  # noqa: PLR2004 - Kind/ns/name
    key = kind.key(namespace, parts[-1])
    return drills.scale(key, get(cluster, key), count)


def _zone(cluster: str, zone: str, snapshot: Snapshot) -> Iterable[tuple[Key, Manifest]]:
    keys = drills.nodes_of_zone(zone, snapshot)
    if not keys:
        raise NotFound(say('no Node is in zone "{zone}"', zone=zone))
    return [(key, get(cluster, key)) for key in keys]
