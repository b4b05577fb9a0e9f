"""Drills as buttons: which ones an object's page offers, doing one, and taking it back.

What a drill writes is `cluster.domains.workload.drills`' to say; here it gets a button, the
permission it needs and a place in the reader's session for its undo. Deleting and making again is
for objects of every kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from django.utils.translation import gettext as _

from cluster.catalog import KINDS
from cluster.domains.workload.drills import DeleteObject, Drill, PatchObject
from cluster.domains.workload.pod import READY_ANNOTATION
from cluster.machinery.errors import BadRequest, Conflict
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
from cluster.runtime.drilling import MOST_REPLICAS, carry_out, plan
from cluster.runtime.permissions import Access, Verb
from cluster.runtime.wording import said
from cluster.store import create, delete
from cluster.store.read import get_many
from cluster.web.subjects import Subject, is_terminating, versions_of

ZONE = "topology.kubernetes.io/zone"
ZONE_DRILLS = frozenset({"lose-zone", "restore-zone"})
FOREIGN = frozenset({
    "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "generation",
    "deletionGracePeriodSeconds", "managedFields", "ownerReferences", "selfLink",
})  # fmt: skip
Note = Mapping[str, JSON]
"""An undo as a session keeps it."""


@dataclass(frozen=True, slots=True)
class Button:
    """A drill on a page: what it does in one sentence, and whether it asks for a number first."""

    id: str
    label: str
    sentence: str
    verb: Verb = "change"
    is_dangerous: bool = False
    asks_number: bool = False
    number: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """What a drill did, in one sentence, and what takes it back where anything does.

    `undo` is a drill; `restores` says that making the object again is what takes it back.
    """

    sentence: str
    undo: Drill | None = None
    restores: bool = False


def buttons_for(access: Access, subject: Subject, manifest: Manifest) -> list[Button]:
    """Return the buttons of an object, only those that the reader may press."""
    kind = subject.kind.kind
    offered = [
        *(_pod_buttons(manifest) if kind == "Pod" else ()),
        *(_node_buttons(manifest) if kind == "Node" else ()),
        *_scale_button(subject, manifest),
        *_delete_button(manifest),
    ]
    return [button for button in offered if access.may(button.verb, kind)]


def verb_of(drill: str) -> Verb:
    """Return the permission that a drill needs on the kind of its object."""
    verbs: dict[str, Verb] = {"delete": "delete", "restore": "add"}
    return verbs.get(drill, "change")


def run_drill(subject: Subject, drill: str, number: int, actor: str) -> Done:
    """Do a drill; raises BadRequest for one that cannot be, whatever the store raises."""
    cluster = subject.cluster.name
    if drill == "restore":
        return _restore(subject, actor)
    if drill == "delete" and subject.kind.kind != "Pod":
        return _delete(subject, actor)
    planned = plan(cluster, drill, _target(subject, drill), number if drill == "scale" else None)
    carry_out(cluster, planned, actor)
    is_alone = drill == "delete" and controller_of(subject, subject.manifest or {}) is None
    return Done(said(planned.sentence), planned.undo, restores=is_alone)


def run_undo(cluster: str, note: Note, actor: str) -> str:
    """Take a drill back as `note_of` noted it; returns what that did, in one sentence."""
    undo = _drill_in(note)
    carry_out(cluster, undo, actor)
    return undo.sentence


def _target(subject: Subject, drill: str) -> str:
    """Return what `plan` calls the object of a drill: a zone, a Node, or `Kind/ns/name`."""
    if drill in ZONE_DRILLS:
        return text_at(subject.manifest or {}, "metadata", "labels", ZONE) or ""
    key = subject.key
    return f"{key.kind}/{key.namespace}/{key.name}" if key.namespace else key.name


def controller_of(subject: Subject, manifest: Manifest) -> Key | None:
    """Return an object's controller, where that is there: it decides whether the object is."""
    for owner in mappings_at(manifest, "metadata", "ownerReferences"):
        kind = KINDS.word(text_at(owner, "kind") or "")
        if kind is not None and flag_at(owner, "controller"):
            key = kind.key(subject.key.namespace, text_at(owner, "name") or "")
            found = get_many(subject.cluster, [key]).get(key, {})
            uid = text_at(found, "metadata", "uid")
            return key if uid and uid == text_at(owner, "uid") else None
    return None


def _delete(subject: Subject, actor: str) -> Done:
    """Delete an object of any kind; making it again is offered unless that is a controller's."""
    controller = controller_of(subject, subject.manifest or {})
    delete(cluster=subject.cluster.name, address=subject.key, actor=actor)
    if controller is None:
        return Done(_("%(object)s is deleted.") % {"object": subject.title}, restores=True)
    return Done(up_to_controller(subject, controller))


def up_to_controller(subject: Subject, controller: Key) -> str:
    """Say why an object that is deleted is not made again by hand."""
    text = _("%(object)s is deleted; whether it comes back is up to %(controller)s.")
    return text % {"object": subject.title, "controller": controller}


def _pod_buttons(manifest: Manifest) -> Iterator[Button]:
    if text_at(manifest, "metadata", "annotations", READY_ANNOTATION) == "false":
        yield Button("ready", _("Make ready"), _("Its containers become ready."))
    else:
        yield Button("unready", _("Make unready"), _("Services send it nothing more."))


def _node_buttons(manifest: Manifest) -> Iterator[Button]:
    if flag_at(manifest, "spec", "unschedulable"):
        yield Button("uncordon", _("Uncordon"), _("New Pods may come to it again."))
    else:
        yield Button("cordon", _("Cordon"), _("No new Pod comes to it."))
    sentence = _("Cordons it and deletes its Pods but those of DaemonSets.")
    yield Button("drain", _("Drain"), sentence, is_dangerous=True)
    zone = text_at(manifest, "metadata", "labels", ZONE)
    if zone and not _is_ready(manifest):
        sentence = _("The Nodes of %(zone)s are ready again.") % {"zone": zone}
        yield Button("restore-zone", _("Restore %(zone)s") % {"zone": zone}, sentence)
    elif zone:
        sentence = _("Every Node of %(zone)s stops being ready.") % {"zone": zone}
        label = _("Lose %(zone)s") % {"zone": zone}
        yield Button("lose-zone", label, sentence, is_dangerous=True)


def _is_ready(manifest: Manifest) -> bool:
    return all(
        text_at(item, "status") == "True"
        for item in mappings_at(mapping_at(manifest, "status"), "conditions")
        if text_at(item, "type") == "Ready"
    )


def _scale_button(subject: Subject, manifest: Manifest) -> Iterator[Button]:
    if subject.kind.scale_path and not is_terminating(manifest):
        known = integer_at(manifest, "spec", "replicas")
        yield Button(
            "scale", _("Scale"), _("Sets its number of replicas, up to %d.") % MOST_REPLICAS,
            asks_number=True, number=1 if known is None else known,
        )  # fmt: skip


def _delete_button(manifest: Manifest) -> Iterator[Button]:
    if not is_terminating(manifest):
        text = _("Deletes it, and what it owns with it.")
        yield Button("delete", _("Delete"), text, verb="delete", is_dangerous=True)


def _restore(subject: Subject, actor: str) -> Done:
    """Create an object anew from its last known version; owners and identity are not kept."""
    versions = versions_of(subject)
    if not versions:
        raise BadRequest(f"the log holds no version of {subject.title}")
    document = copy(versions[0].change.manifest())
    controller = controller_of(subject, document)
    if controller is not None:
        raise Conflict(up_to_controller(subject, controller))
    meta = mapping_at(document, "metadata")
    document["metadata"] = {name: held for name, held in meta.items() if name not in FOREIGN}
    document.pop("status", None)
    create(cluster=subject.cluster.name, document=document, actor=actor)
    return Done(_("%(object)s is there again.") % {"object": subject.title})


def note_of(undo: Drill) -> Note:
    """Return an undo as JSON, for the reader's session, its sentence in their language."""
    writes: list[JSON] = []
    for write in undo.writes:
        named: list[JSON] = list(write.key)
        if isinstance(write, PatchObject):
            writes.append({"key": named, "merge": write.merge, "subresource": write.subresource})
        else:
            writes.append({"key": named})
    return {"sentence": said(undo.sentence), "writes": writes}


def kinds_of(note: Note) -> list[tuple[Verb, str]]:
    """Return the permissions that an undo needs: verb and kind."""
    return [
        ("delete" if isinstance(write, DeleteObject) else "change", write.key.kind)
        for write in _drill_in(note).writes
    ]


def _drill_in(note: Note) -> Drill:
    writes: list[PatchObject | DeleteObject] = []
    for item in mappings_at(note, "writes"):
        key = Key(*(cast("list[str]", item["key"])))
        if "merge" in item:
            subresource = text_at(item, "subresource") or ""
            writes.append(PatchObject(key, mapping_at(item, "merge"), subresource))
        else:
            writes.append(DeleteObject(key))
    return Drill(text_at(note, "sentence") or "", tuple(writes))
