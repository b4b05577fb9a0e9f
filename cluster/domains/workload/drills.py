"""Drills: the writes with which a user finds out what happens when something fails.

Each function returns what a client would send, one sentence that says what it does, and the drill
that undoes it. Nothing is written here; a door sends the writes, in order, as its own user.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import READY_ANNOTATION, Pod
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    copy,
    integer_at,
    mapping_at,
    mappings_at,
    text_at,
)
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say, say_n

LOST: Manifest = {
    "status": "False",
    "reason": "NetvizDrill",
    "message": "the Node is lost in a drill",
}
RESTORED: Manifest = {
    "status": "True",
    "reason": "KubeletReady",
    "message": "kubelet is posting ready status",
}


@dataclass(frozen=True, slots=True)
class PatchObject:
    """Merge `merge` (RFC 7396) into an object, or into its status subresource."""

    key: Key
    merge: Manifest
    subresource: str = ""


@dataclass(frozen=True, slots=True)
class DeleteObject:
    """Delete an object gracefully."""

    key: Key


ClientWrite: TypeAlias = "PatchObject | DeleteObject"


@dataclass(frozen=True, slots=True)
class Drill:
    """What to write, what that does in one sentence, and how to take it back.

    `undo` is None where the cluster heals by itself or nothing can bring back what went.
    """

    sentence: str
    writes: tuple[ClientWrite, ...]
    undo: Drill | None = field(default=None)


def _annotation(key: Key, value: str | None) -> PatchObject:
    return PatchObject(key, {"metadata": {"annotations": {READY_ANNOTATION: value}}})


def _before(pod: Pod) -> str | None:
    return pod.meta.annotations.get(READY_ANNOTATION)


def mark_unready(key: Key, pod: Pod) -> Drill:
    """Return the drill that takes a Pod out of service while it keeps running (I-30)."""
    back = Drill(
        say("{key} is as ready as before.", key=str(key)), (_annotation(key, _before(pod)),)
    )
    text = say(
        "{key} stops being ready: Services send it nothing new, and it keeps running.",
        key=str(key),
    )
    return Drill(text, (_annotation(key, "false"),), back)


def mark_ready(key: Key, pod: Pod) -> Drill:
    """Return the drill that makes a Pod's containers ready, whatever was said of them."""
    back = Drill(
        say("{key} is as ready as before.", key=str(key)), (_annotation(key, _before(pod)),)
    )
    return Drill(
        say("The containers of {key} become ready.", key=str(key)),
        (_annotation(key, "true"),),
        back,
    )


def delete_pod(key: Key, pod: Pod) -> Drill:
    """Return the drill that deletes a Pod; its controller, if it has one, makes another.

    Nothing undoes it: with the old Pod beside the new one its controller would have one too many.
    """
    controller = pod.meta.controller
    text = (
        say("{key} is deleted; nothing brings it back.", key=str(key))
        if controller is None
        else say(
            "{key} is deleted; {kind} {name} makes another, so there is nothing to undo.",
            key=str(key),
            kind=controller.kind,
            name=controller.name,
        )
    )
    return Drill(text, (DeleteObject(key),))


def scale(key: Key, manifest: Manifest, replicas: int) -> Drill:
    """Return the drill that gives a workload another number of replicas."""
    known = integer_at(manifest, "spec", "replicas")
    before = 1 if known is None else known
    back = Drill(
        say("{key} has {before} replicas again.", key=str(key), before=before),
        (_scale(key, before),),
    )
    text = say(
        "{key} goes from {before} to {replicas} replicas.",
        key=str(key),
        before=before,
        replicas=replicas,
    )
    return Drill(text, (_scale(key, replicas),), back)


def _scale(key: Key, replicas: int) -> PatchObject:
    return PatchObject(key, {"spec": {"replicas": replicas}})


def cordon(key: Key) -> Drill:
    """Return the drill that keeps new Pods off a Node; those that run there stay."""
    text = say("{key} takes no new Pods; those on it stay.", key=str(key))
    return Drill(text, (_cordon(key, on=True),), _reopen(key))


def uncordon(key: Key) -> Drill:
    """Return the drill that lets a Node take Pods again."""
    text = say("{key} takes no new Pods; those on it stay.", key=str(key))
    back = Drill(text, (_cordon(key, on=True),))
    return Drill(say("{key} takes new Pods again.", key=str(key)), (_cordon(key, on=False),), back)


def _reopen(key: Key) -> Drill:
    return Drill(say("{key} takes new Pods again.", key=str(key)), (_cordon(key, on=False),))


def _cordon(key: Key, *, on: bool) -> PatchObject:
    return PatchObject(key, {"spec": {"unschedulable": True if on else None}})


def drain(key: Key, snapshot: Snapshot) -> Drill:
    """Return the drill that empties a Node: cordon, then delete all but a DaemonSet's Pods.

    Undoing it lets the Node take Pods again; those that moved stay where they went.
    """
    pods = sorted(
        snapshot.key_of(pod) for pod in snapshot.lookup(Pod, "node", key.name) if not _stays(pod)
    )
    text = (
        say_n(
            "{key} takes no new Pods and {n} Pod on it is deleted; a DaemonSet's Pods stay.",
            "{key} takes no new Pods and {n} Pods are deleted; a DaemonSet's Pods stay.",
            len(pods),
            key=str(key),
        )
        if pods
        else say(
            "{key} takes no new Pods and nothing on it is deleted; a DaemonSet's Pods stay.",
            key=str(key),
        )
    )
    deletions = (DeleteObject(pod) for pod in pods)
    return Drill(text, (_cordon(key, on=True), *deletions), _reopen(key))


def _stays(pod: Pod) -> bool:
    controller = pod.meta.controller
    is_daemon = controller is not None and controller.kind == "DaemonSet"
    return is_daemon or pod.is_terminating


def lose_zone(zone: str, nodes: Iterable[tuple[Key, Manifest]]) -> Drill:
    """Return the drill that makes every Node of a zone NotReady (I-43); `nodes` are all of them.

    Its Pods stop being ready at once and are evicted when they tolerate it no longer (I-38).
    """
    listed = sorted(nodes, key=_by_key)
    lost = tuple(_readiness(key, manifest, LOST) for key, manifest in listed)
    text = say_n(
        "Zone {zone} is lost: its Node is not ready, and neither are their Pods.",
        "Zone {zone} is lost: its {n} Nodes are not ready, and neither are their Pods.",
        len(listed),
        zone=zone,
    )
    return Drill(text, lost, restore_zone(zone, listed))


def restore_zone(zone: str, nodes: Iterable[tuple[Key, Manifest]]) -> Drill:
    """Return the drill that makes every Node of a zone ready again."""
    listed = sorted(nodes, key=_by_key)
    back = tuple(_readiness(key, manifest, RESTORED) for key, manifest in listed)
    text = say_n(
        "Zone {zone} is back: its Node is ready.",
        "Zone {zone} is back: its {n} Nodes are ready.",
        len(listed),
        zone=zone,
    )
    return Drill(text, back)


def nodes_of_zone(zone: str, snapshot: Snapshot) -> list[Key]:
    """Return the keys of the Nodes that carry a zone's label, sorted."""
    return sorted(snapshot.key_of(node) for node in snapshot.of(Node) if node.zone == zone)


def _by_key(pair: tuple[Key, Manifest]) -> Key:
    return pair[0]


def _nodes(count: int) -> str:
    return "Node is" if count == 1 else f"{count} Nodes are"


def _readiness(key: Key, manifest: Manifest, ready: Manifest) -> PatchObject:
    conditions: list[JSON] = [
        copy(item)
        for item in mappings_at(mapping_at(manifest, "status"), "conditions")
        if text_at(item, "type") != "Ready"
    ]
    conditions.append({"type": "Ready", **ready})
    return PatchObject(key, {"status": {"conditions": conditions}}, "status")
