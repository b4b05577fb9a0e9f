"""Whose Pods are a controller's: adopting orphans, releasing strays (I-4).

A Pod whose controller reference names the owner's kind and name but another uid was made for an
earlier life of it (a dump that was loaded again): it counts as the owner's and is linked anew.
Source: `pkg/controller/controller_ref_manager.go`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from cluster.domains.workload.pod import Pod
from cluster.machinery.changes import Change
from cluster.machinery.kind import Object
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key, ObjectMeta, OwnerReference, owner_reference
from cluster.machinery.rule import Patch, View
from cluster.machinery.selectors import Selector
from cluster.machinery.snapshot import Snapshot

T = TypeVar("T", bound=Object)


@dataclass(frozen=True, slots=True)
class Controller:
    """Who claims: its metadata, how references name it, and what it selects."""

    meta: ObjectMeta
    api_version: str
    kind: str
    selector: Selector

    @property
    def key(self) -> Key:
        """The owner itself."""
        group = self.api_version.rpartition("/")[0]
        return Key(group, self.kind, self.meta.namespace, self.meta.name)

    def reference(self) -> Manifest:
        """Return the controller reference that its dependents carry."""
        return owner_reference(self.meta, api_version=self.api_version, kind=self.kind)


def is_active(pod: Pod) -> bool:
    """Whether a Pod counts for its controller: neither finished nor being deleted."""
    return not pod.is_finished and not pod.is_terminating


def adoptable_pod(pod: Pod) -> bool:
    """Whether an orphan may become somebody's Pod: finished ones only find back to their own."""
    return not pod.is_finished or pod.meta.controller is not None


def claim(
    controller: Controller,
    type_: type[T],
    view: View,
    *,
    adoptable: Callable[[T], bool] = lambda _item: True,
    candidates: Selector | None = None,
    labels: Manifest | None = None,
) -> tuple[list[T], list[Patch]]:
    """Return the controller's dependents of a class, by name, and the patches that make it so.

    `candidates` finds those to adopt where the selector cannot (a Job's uid changed); `labels`
    are written on what is linked anew. A terminating controller neither adopts nor releases.
    """
    snapshot, meta = view.snapshot, controller.meta
    kept: dict[str, T] = {}
    writes: list[Patch] = []
    for item in snapshot.owned_by(meta.uid, type_):
        reference = item.meta.controller
        if reference is None or reference.uid != meta.uid:
            continue
        if controller.selector.matches(item.meta.labels):
            kept[item.meta.name] = item
        elif not meta.terminating:
            writes.append(_patch(item, snapshot, _without(item.meta.owners, meta.uid)))
    if meta.terminating:
        return list(kept.values()), []
    selector = candidates or controller.selector
    for item in snapshot.selected(type_, selector, meta.namespace):
        if item.meta.name in kept or item.meta.terminating or not _free(item, controller):
            continue
        if not adoptable(item):
            continue
        others = [ref for ref in item.meta.owners if not ref.controller]
        owners: list[JSON] = [*(_reference(ref) for ref in others), controller.reference()]
        writes.append(_patch(item, snapshot, owners, labels))
        kept[item.meta.name] = item
    return [kept[name] for name in sorted(kept)], writes


def _free(item: Object, controller: Controller) -> bool:
    """Whether nobody controls an object, or only a former life of the controller does."""
    reference = item.meta.controller
    if reference is None:
        return True
    same = (reference.kind, reference.name) == (controller.kind, controller.meta.name)
    return same and reference.uid != controller.meta.uid


def _without(owners: Iterable[OwnerReference], uid: str) -> list[JSON]:
    return [_reference(owner) for owner in owners if owner.uid != uid]


def _reference(owner: OwnerReference) -> Manifest:
    found: Manifest = {
        "apiVersion": owner.api_version, "kind": owner.kind, "name": owner.name, "uid": owner.uid,
    }  # fmt: skip
    if owner.controller:
        found["controller"] = True
    if owner.block_owner_deletion:
        found["blockOwnerDeletion"] = True
    return found


def _patch(
    item: Object, snapshot: Snapshot, owners: list[JSON], labels: Manifest | None = None
) -> Patch:
    meta: Manifest = {"ownerReferences": owners or None}
    if labels:
        meta["labels"] = labels
    return Patch(snapshot.key_of(item), {"metadata": meta})


def pod_owners(
    change: Change, snapshot: Snapshot, group: str, kind: str, type_: type[T]
) -> Iterator[Key]:
    """Yield the controllers of one kind whose Pods a Pod's change concerns.

    By its controller reference, and where it has none by the selectors that match its labels.
    """
    old, new = change.old, change.new
    if isinstance(old, Pod) and isinstance(new, Pod) and not _matters(old, new):
        return
    for pod in change.versions:
        reference = pod.meta.controller
        if reference is None:
            for item in snapshot.selecting(type_, pod.meta.namespace, pod.meta.labels):
                yield Key(group, kind, pod.meta.namespace, item.meta.name)
        elif reference.kind == kind:
            yield Key(group, kind, pod.meta.namespace, reference.name)


def _matters(old: Pod, new: Pod) -> bool:
    """Whether a controller would notice the difference between two versions of a Pod."""
    return (
        old.phase != new.phase
        or old.conditions.get("Ready") != new.conditions.get("Ready")
        or old.ready_since != new.ready_since
        or old.meta.terminating != new.meta.terminating
        or old.meta.labels != new.meta.labels
        or old.meta.owners != new.meta.owners
        or old.meta.uid != new.meta.uid
    )
