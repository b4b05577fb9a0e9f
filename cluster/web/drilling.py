"""Drills: what a reader can try on an object (fail a Pod, lose a zone) and how each is undone.

Every drill is what a client could do with kubectl, written through the store by the reader's own
name. Nothing here decides what follows; the engine does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import READY_ANNOTATION, Pod
from cluster.machinery.errors import ApiError, BadRequest
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    copy,
    flag_at,
    integer_at,
    mapping_at,
    mappings_at,
    text_at,
)
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.runtime.permissions import Access, Verb
from cluster.store import create, delete, patch, scale
from cluster.web.looking import look
from cluster.web.subjects import Subject, is_terminating, versions_of

ZONE = "topology.kubernetes.io/zone"
MOST_REPLICAS = 10_000
FOREIGN = frozenset({
    "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "generation",
    "deletionGracePeriodSeconds", "managedFields", "ownerReferences", "selfLink",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drill:
    """A button: what it does in one sentence, and whether it asks for a number first."""

    id: str
    label: str
    sentence: str
    verb: Verb = "change"
    is_dangerous: bool = False
    asks_number: bool = False
    number: int = 0


@dataclass(frozen=True, slots=True)
class Undo:
    """What takes a drill back: another drill, on the same object."""

    drill: str
    label: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """What a drill did, in one sentence, and its undo where there is one."""

    text: str
    undo: Undo | None = None


def drills_for(access: Access, subject: Subject, manifest: Manifest) -> list[Drill]:
    """Return the buttons of an object, only those that the reader may press."""
    kind = subject.kind.kind
    offered = [
        *_KIND_DRILLS.get(kind, _no_drills)(manifest),
        *_scale_drills(subject, manifest),
        *_deletion(subject, manifest),
    ]
    return [drill for drill in offered if access.may(drill.verb, _changes(drill, kind))]


def run_drill(subject: Subject, drill: str, number: int, access: Access) -> Done:
    """Do a drill; raises BadRequest for an unknown one, whatever the store raises."""
    run = _RUNS.get(drill)
    if run is None:
        raise BadRequest(f"no drill is called {drill!r}")
    return run(subject, number, access.actor)


def verb_of(drill: str) -> Verb:
    """Return the permission that a drill needs on the kind it changes."""
    return {"delete": "delete", "restore": "add"}.get(drill, "change")  # type: ignore[return-value]


def _changes(drill: Drill, kind: str) -> str:
    return "Pod" if drill.id == "drain" else kind


def _no_drills(_manifest: Manifest) -> Iterator[Drill]:
    return iter(())


def _pod_drills(manifest: Manifest) -> Iterator[Drill]:
    if text_at(manifest, "metadata", "annotations", READY_ANNOTATION) == "false":
        yield Drill("ready", _("Make ready"), _("Takes the mark off that keeps it unready."))
    else:
        yield Drill("unready", _("Make unready"), _("It fails its readiness, as by a bad probe."))


def _node_drills(manifest: Manifest) -> Iterator[Drill]:
    if flag_at(manifest, "spec", "unschedulable"):
        yield Drill("uncordon", _("Uncordon"), _("New Pods may come to it again."))
    else:
        yield Drill("cordon", _("Cordon"), _("No new Pod comes to it."))
    yield Drill(
        "drain", _("Drain"), _("Cordons it and deletes its Pods but those of DaemonSets."),
        is_dangerous=True,
    )  # fmt: skip
    zone = text_at(manifest, "metadata", "labels", ZONE)
    if zone and _is_lost(manifest):
        sentence = _("The Nodes of %(zone)s answer again.") % {"zone": zone}
        yield Drill("restore-zone", _("Restore %(zone)s") % {"zone": zone}, sentence)
    elif zone:
        sentence = _("Every Node of %(zone)s stops answering.") % {"zone": zone}
        label = _("Lose %(zone)s") % {"zone": zone}
        yield Drill("lose-zone", label, sentence, is_dangerous=True)


_KIND_DRILLS: dict[str, Callable[[Manifest], Iterator[Drill]]] = {
    "Pod": _pod_drills,
    "Node": _node_drills,
}


def _scale_drills(subject: Subject, manifest: Manifest) -> Iterator[Drill]:
    if subject.kind.scale_path and not is_terminating(manifest):
        yield Drill(
            "scale", _("Scale"), _("Sets its number of replicas."),
            asks_number=True, number=_replicas(manifest),
        )  # fmt: skip


def _deletion(_subject: Subject, manifest: Manifest) -> Iterator[Drill]:
    if not is_terminating(manifest):
        text = _("Deletes it, and what it owns with it.")
        yield Drill("delete", _("Delete"), text, verb="delete", is_dangerous=True)


def _replicas(manifest: Manifest) -> int:
    found = integer_at(manifest, "spec", "replicas")
    return 1 if found is None else found


def _is_lost(manifest: Manifest) -> bool:
    return any(
        text_at(item, "type") == "Ready" and text_at(item, "status") == "Unknown"
        for item in mappings_at(mapping_at(manifest, "status"), "conditions")
    )


def _set_ready(value: str | None) -> Callable[[Subject, int, str], Done]:
    def run(subject: Subject, _number: int, actor: str) -> Done:
        change: Manifest = {"metadata": {"annotations": {READY_ANNOTATION: value}}}
        _merge(subject.cluster.name, subject.key, change, actor)
        if value is None:
            text = _("%(pod)s may be ready again.") % {"pod": subject.title}
            return Done(text, Undo("unready", _("Make unready")))
        text = _("%(pod)s is made unready.") % {"pod": subject.title}
        return Done(text, Undo("ready", _("Undo")))

    return run


def _set_cordon(value: bool) -> Callable[[Subject, int, str], Done]:  # noqa: FBT001 - two drills
    def run(subject: Subject, _number: int, actor: str) -> Done:
        change: Manifest = {"spec": {"unschedulable": value or None}}
        _merge(subject.cluster.name, subject.key, change, actor)
        if value:
            text = _("%(node)s is cordoned.") % {"node": subject.title}
            return Done(text, Undo("uncordon", _("Undo")))
        text = _("%(node)s takes Pods again.") % {"node": subject.title}
        return Done(text, Undo("cordon", _("Undo")))

    return run


def _drain(subject: Subject, _number: int, actor: str) -> Done:
    """Cordon, then delete the Pods of the Node as `kubectl drain --ignore-daemonsets` does."""
    cluster = subject.cluster.name
    _merge(cluster, subject.key, {"spec": {"unschedulable": True}}, actor)
    with look(cluster) as seen:
        leaving = list(_leaving(seen.snapshot, subject.key.name))
    for key in leaving:
        try:
            delete(cluster=cluster, address=key, actor=actor)
        except ApiError as error:
            if error.code != 404:  # noqa: PLR2004 - gone already is what draining wants
                raise
    text = ngettext(
        "%(node)s is cordoned and %(number)d Pod leaves it.",
        "%(node)s is cordoned and %(number)d Pods leave it.",
        len(leaving),
    )
    undo = Undo("uncordon", _("Uncordon"))
    return Done(text % {"node": subject.title, "number": len(leaving)}, undo)


def _leaving(snapshot: Snapshot, node: str) -> Iterator[Key]:
    for pod in snapshot.lookup(Pod, "node", node):
        controller = pod.meta.controller
        if controller is None or controller.kind != "DaemonSet":
            yield snapshot.key_of(pod)


def _set_zone(status: str) -> Callable[[Subject, int, str], Done]:
    def run(subject: Subject, _number: int, actor: str) -> Done:
        cluster = subject.cluster.name
        with look(cluster) as seen:
            here = seen.snapshot.get(Node, "", subject.key.name)
            zone = here.zone if here is not None else ""
            names = sorted(n.meta.name for n in seen.snapshot.of(Node) if n.zone == zone != "")
        for name in names:
            _merge(cluster, Key("", "Node", "", name), _ready_status(status), actor, "status")
        if status == "Unknown":
            text = ngettext(
                "%(zone)s is lost: %(number)d Node no longer answers.",
                "%(zone)s is lost: %(number)d Nodes no longer answer.",
                len(names),
            )
            undo = Undo("restore-zone", _("Restore"))
        else:
            text = ngettext(
                "%(zone)s is back: %(number)d Node answers.",
                "%(zone)s is back: %(number)d Nodes answer.",
                len(names),
            )
            undo = Undo("lose-zone", _("Lose it again"))
        return Done(text % {"zone": zone, "number": len(names)}, undo)

    return run


def _ready_status(status: str) -> Manifest:
    answers = status == "True"
    condition: dict[str, JSON] = {
        "type": "Ready",
        "status": status,
        "reason": "KubeletReady" if answers else "NodeStatusUnknown",
        "message": (
            "kubelet is posting ready status"
            if answers
            else "Kubelet stopped posting node status."
        ),
    }
    return {"status": {"conditions": [condition]}}


def _scale(subject: Subject, number: int, actor: str) -> Done:
    if not 0 <= number <= MOST_REPLICAS:
        raise BadRequest(f"replicas must be between 0 and {MOST_REPLICAS}")
    before = _replicas(subject.manifest or {})
    scale(cluster=subject.cluster.name, address=subject.key, replicas=number, actor=actor)
    text = _("%(object)s is to have %(number)d replicas.")
    undo = Undo("scale", _("Back to %(number)d") % {"number": before}, before)
    return Done(text % {"object": subject.title, "number": number}, undo)


def _delete(subject: Subject, _number: int, actor: str) -> Done:
    delete(cluster=subject.cluster.name, address=subject.key, actor=actor)
    text = _("%(object)s is deleted.") % {"object": subject.title}
    return Done(text, Undo("restore", _("Make it again")))


def _restore(subject: Subject, _number: int, actor: str) -> Done:
    """Create the object anew from its last known version; owners and identity are not kept."""
    versions = versions_of(subject)
    if not versions:
        raise BadRequest(f"the log holds no version of {subject.title}")
    document = copy(versions[0].change.manifest())
    meta = mapping_at(document, "metadata")
    document["metadata"] = {name: held for name, held in meta.items() if name not in FOREIGN}
    document.pop("status", None)
    create(cluster=subject.cluster.name, document=document, actor=actor)
    return Done(_("%(object)s is there again.") % {"object": subject.title})


def _merge(cluster: str, key: Key, change: Manifest, actor: str, subresource: str = "") -> None:
    if subresource == "status":
        patch(cluster=cluster, address=key, change=change, patch_type="strategic", actor=actor,
              subresource="status")  # fmt: skip
        return
    patch(cluster=cluster, address=key, change=change, patch_type="merge", actor=actor)


_RUNS: dict[str, Callable[[Subject, int, str], Done]] = {
    "unready": _set_ready("false"),
    "ready": _set_ready(None),
    "cordon": _set_cordon(True),  # noqa: FBT003 - a table of two
    "uncordon": _set_cordon(False),  # noqa: FBT003 - a table of two
    "drain": _drain,
    "lose-zone": _set_zone("Unknown"),
    "restore-zone": _set_zone("True"),
    "scale": _scale,
    "delete": _delete,
    "restore": _restore,
}


def undo_note(undo: Undo, address: str) -> dict[str, str | int]:
    """Return what the next page needs to offer an undo: it lies in the reader's session."""
    return {**asdict(undo), "address": address}
