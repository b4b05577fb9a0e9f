"""The history of a StatefulSet's or DaemonSet's templates, kept as ControllerRevisions.

Going back to an earlier template gives its revision the next number. Pods that a dump brings
without its history lend the first revision their hash, so that they count as up to date.
Source: `pkg/controller/history/controller_history.go`; semantics.md I-13, I-16, I-21.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from cluster.domains.workload.pod import Pod
from cluster.domains.workload.revision import ControllerRevision
from cluster.domains.workload.rules.membership import Controller
from cluster.domains.workload.template import (
    CONTROLLER_REVISION_HASH,
    PodTemplate,
    template_hash,
)
from cluster.machinery.manifest import Manifest, copy, mapping_at
from cluster.machinery.meta import Key
from cluster.machinery.rule import Patch, Put, Remove, View, Write

HASH_LABEL = "controller.kubernetes.io/hash"


@dataclass(slots=True)
class History:
    """`update` is the name of the current template's revision; `revisions` are by number."""

    update: str
    revisions: list[ControllerRevision] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)

    def hash_of(self, name: str, owner: str) -> str:
        """Return the hash in a revision's name."""
        return name.removeprefix(f"{owner}-")

    def find(self, name: str) -> ControllerRevision | None:
        """Return the revision called `name`, None where it is gone."""
        return next((item for item in self.revisions if item.meta.name == name), None)


def history_of(
    controller: Controller, template: PodTemplate, pods: Collection[Pod], view: View
) -> History:
    """Return the history of a workload with the writes that bring it up to date."""
    owner = controller.key
    known = sorted(
        view.snapshot.owned_by(controller.meta.uid, ControllerRevision),
        key=lambda item: (item.revision, item.meta.creation_timestamp or "", item.meta.name),
    )
    highest = known[-1].revision if known else 0
    equal = [item for item in known if item.digest == template.digest]
    if equal:
        current = equal[-1]
        history = History(current.meta.name, known)
        if current.revision < highest:
            patch: Manifest = {"revision": highest + 1}
            history.writes.append(Patch(view.snapshot.key_of(current), patch))
        return history
    hash_ = (None if known else _given_hash(owner, pods)) or _free_hash(owner, template, view)
    name = f"{owner.name}-{hash_}"
    history = History(name, known)
    history.writes.append(_make(controller, name, hash_, highest + 1, view))
    return history


def superfluous(history: History, live: Collection[str], limit: int, view: View) -> list[Write]:
    """Return the removals of the oldest revisions that nobody uses, beyond `limit` (I-13)."""
    unused = [item for item in history.revisions if item.meta.name not in live]
    excess = max(0, len(unused) - limit)
    return [Remove(view.snapshot.key_of(item)) for item in unused[:excess]]


def _given_hash(owner: Key, pods: Collection[Pod]) -> str | None:
    """Return the hash that most Pods given for the owner carry, None where they carry none."""
    hashes = Counter(
        label.removeprefix(f"{owner.name}-")
        for pod in pods
        if (label := pod.meta.labels.get(CONTROLLER_REVISION_HASH))
    )
    return min(hashes, key=lambda hash_: (-hashes[hash_], hash_), default=None)


def _free_hash(owner: Key, template: PodTemplate, view: View) -> str:
    collisions = 0
    while True:
        hash_ = template_hash(template.digest, collisions)
        name = f"{owner.name}-{hash_}"
        if view.snapshot.get(ControllerRevision, owner.namespace, name) is None:
            return hash_
        collisions += 1


def _make(controller: Controller, name: str, hash_: str, revision: int, view: View) -> Put:
    owner = controller.key
    template = copy(mapping_at(view.manifest(owner), "spec", "template"))
    label = HASH_LABEL if owner.kind == "StatefulSet" else CONTROLLER_REVISION_HASH
    labels = {**mapping_at(template, "metadata", "labels"), label: hash_}
    return Put({
        "apiVersion": "apps/v1",
        "kind": "ControllerRevision",
        "metadata": {
            "name": name,
            "namespace": owner.namespace,
            "labels": labels,
            "ownerReferences": [controller.reference()],
        },
        "revision": revision,
        "data": {"spec": {"template": {**template, "$patch": "replace"}}},
    })  # fmt: skip


def used_by(pods: Sequence[Pod], owner: Key, *, bare: bool) -> set[str]:
    """Return the names of the revisions that Pods run; `bare` labels hold only the hash."""
    labels = (pod.meta.labels.get(CONTROLLER_REVISION_HASH) for pod in pods)
    return {f"{owner.name}-{label}" if bare else label for label in labels if label}
