"""Deployments: a ReplicaSet per template, and the rollout from one to the next.

Each answer is one step, as one pass of the controller is; the engine asks again until nothing
changes. ReplicaSets that have not reported yet are waited for. Source:
`pkg/controller/deployment`; semantics.md I-8 to I-13.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cluster.domains.workload.deployment import REVISION_ANNOTATION, Deployment
from cluster.domains.workload.pod import Pod
from cluster.domains.workload.replicaset import ReplicaSet
from cluster.domains.workload.rules.deployment_status import report
from cluster.domains.workload.rules.membership import Controller, claim
from cluster.domains.workload.rules.rollout import (
    DESIRED_REPLICAS,
    MAX_REPLICAS,
    first_size,
    is_scaling,
    limits_of,
    rescale,
    roll,
)
from cluster.domains.workload.template import POD_TEMPLATE_HASH, template_hash
from cluster.machinery.changes import Change
from cluster.machinery.kind import Object
from cluster.machinery.manifest import Manifest, child_mapping, copy, mapping_at
from cluster.machinery.meta import Key, ObjectMeta
from cluster.machinery.rule import NOTHING, Answer, Event, Patch, Put, Remove, View, Write
from cluster.machinery.selectors import Selector
from cluster.machinery.snapshot import Snapshot

NOT_COPIED = frozenset({
    "kubectl.kubernetes.io/last-applied-configuration", REVISION_ANNOTATION, DESIRED_REPLICAS,
    MAX_REPLICAS, "deployment.kubernetes.io/revision-history",
    "deprecated.deployment.rollback.to",
})  # fmt: skip


class Deployments:
    """Keeps a Deployment's ReplicaSets as its spec asks."""

    name = "deployments"
    kinds = frozenset({"Deployment", "ReplicaSet", "Pod"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterator[Key]:
        """The Deployment itself, that of a ReplicaSet, and that of a Pod that left or finished."""
        if change.key.kind == "Deployment":
            yield change.key
        elif change.key.kind == "ReplicaSet":
            for version in change.versions:
                yield from _deployments_of(version.meta, snapshot)
        elif isinstance(change.old, Pod) and _has_left(change.old, change.new):
            reference = change.old.meta.controller
            if reference is not None and reference.kind == "ReplicaSet":
                item = snapshot.get(ReplicaSet, change.key.namespace, reference.name)
                if item is not None:
                    yield from _deployments_of(item.meta, snapshot)

    def all_owners(self, snapshot: Snapshot) -> Iterator[Key]:
        """Every Deployment."""
        return (snapshot.key_of(item) for item in snapshot.of(Deployment))

    def derive(self, owner: Key, view: View) -> Answer:
        """Take one step of the rollout, or report that there is none to take."""
        deployment = view.snapshot.get(Deployment, owner.namespace, owner.name)
        if deployment is None or deployment.selector is None or deployment.meta.terminating:
            return NOTHING
        controller = Controller(deployment.meta, "apps/v1", "Deployment", deployment.selector)
        claimed, adopting = claim(controller, ReplicaSet, view)
        if adopting:
            return Answer(writes=tuple(adopting))
        sets = sorted(claimed, key=_age)
        new = _current(deployment, sets)
        old = [item for item in sets if item is not new]
        step = _Step(owner, deployment, new, old, view)
        step.take()
        if step.writes:
            return Answer(writes=tuple(step.writes), events=tuple(step.events))
        return report(owner, deployment, new, old, view.now)


def _has_left(old: Pod, new: Object | None) -> bool:
    """Whether a Pod no longer counts for its ReplicaSet: gone, released or finished."""
    if not isinstance(new, Pod):
        return True
    return new.meta.controller != old.meta.controller or new.is_finished != old.is_finished


def _deployments_of(meta: ObjectMeta, snapshot: Snapshot) -> Iterator[Key]:
    reference = meta.controller
    if reference is None:
        for item in snapshot.selecting(Deployment, meta.namespace, meta.labels):
            yield snapshot.key_of(item)
    elif reference.kind == "Deployment":
        yield Key("apps", "Deployment", meta.namespace, reference.name)


def _age(item: ReplicaSet) -> tuple[str, str]:
    return (item.meta.creation_timestamp or "", item.meta.name)


def _current(deployment: Deployment, sets: Iterable[ReplicaSet]) -> ReplicaSet | None:
    """Return the oldest ReplicaSet of the Deployment's template, None before there is one."""
    digest = deployment.template.digest
    return next((item for item in sets if item.template.digest == digest), None)


class _Step:
    """One pass over a Deployment."""

    def __init__(
        self,
        owner: Key,
        deployment: Deployment,
        new: ReplicaSet | None,
        old: Sequence[ReplicaSet],
        view: View,
    ) -> None:
        self.owner = owner
        self.deployment = deployment
        self.new = new
        self.old = old
        self.view = view
        self.writes: list[Write] = []
        self.events: list[Event] = []

    def take(self) -> None:
        deployment = self.deployment
        self._annotate()
        everything = [*self.old, *([] if self.new is None else [self.new])]
        if deployment.paused or is_scaling(deployment, everything):
            self._resize(rescale(deployment, self.new, self.old), annotate=True)
            return
        if deployment.strategy == "Recreate":
            self._recreate()
        elif self.new is None:
            self._make(first_size(deployment, self.old))
        elif not self.writes and all(_has_reported(item) for item in everything):
            self._resize(roll(deployment, self.new, self.old))
        if not self.writes:
            self._forget_old()

    def _recreate(self) -> None:
        """Bring every old Pod down before the first new one comes up (I-11)."""
        active = {item.meta.name: 0 for item in self.old if item.replicas}
        if active:
            self._resize(active)
            return
        snapshot = self.view.snapshot
        for item in self.old:
            if any(not pod.is_finished for pod in snapshot.owned_by(item.meta.uid, Pod)):
                return
        if self.new is None:
            self._make(self.deployment.replicas)
        elif self.new.replicas != self.deployment.replicas:
            self._resize({self.new.meta.name: self.deployment.replicas})

    def _annotate(self) -> None:
        """Number the revisions: the current ReplicaSet has the highest (I-10, I-13)."""
        if self.new is None:
            return
        highest = max((item.revision for item in self.old), default=0)
        revision = self.new.revision if self.new.revision > highest else highest + 1
        self._patch_annotations(
            self.view.snapshot.key_of(self.new),
            self.new.meta.annotations,
            {**_copied(self.deployment), REVISION_ANNOTATION: str(revision)},
        )
        self._patch_annotations(
            self.owner, self.deployment.meta.annotations, {REVISION_ANNOTATION: str(revision)}
        )
        spec: Manifest = {"minReadySeconds": self.deployment.min_ready_seconds}
        if self.new.min_ready_seconds != self.deployment.min_ready_seconds:
            self.writes.append(Patch(self.view.snapshot.key_of(self.new), {"spec": spec}))

    def _patch_annotations(
        self, key: Key, existing: Mapping[str, str], desired: dict[str, str]
    ) -> None:
        changed: Manifest = {
            name: value for name, value in desired.items() if existing.get(name) != value
        }
        if changed:
            self.writes.append(Patch(key, {"metadata": {"annotations": changed}}))

    def _resize(self, sizes: dict[str, int], *, annotate: bool = False) -> None:
        """Give ReplicaSets their sizes; `annotate` notes the scale even where none changes."""
        known = [*self.old, *([] if self.new is None else [self.new])]
        marks = self._marks()
        for item in known:
            size = sizes.get(item.meta.name, item.replicas)
            stale = item.replicas and any(
                item.meta.annotations.get(name) != value for name, value in marks.items()
            )
            if size == item.replicas and not (annotate and stale):
                continue
            key = self.view.snapshot.key_of(item)
            noted: Manifest = {**marks}
            patch: Manifest = {"metadata": {"annotations": noted}}
            if size != item.replicas:
                patch["spec"] = {"replicas": size}
                self._tell(item.meta.name, item.replicas, size)
            self.writes.append(Patch(key, patch))

    def _marks(self) -> dict[str, str]:
        replicas = self.deployment.replicas
        return {
            DESIRED_REPLICAS: str(replicas),
            MAX_REPLICAS: str(replicas + limits_of(self.deployment).surge),
        }

    def _tell(self, name: str, before: int, after: int) -> None:
        way = "up" if after > before else "down"
        text = f"Scaled {way} replica set {name} from {before} to {after}"
        self.events.append(Event(self.owner, "Normal", "ScalingReplicaSet", text))

    def _make(self, replicas: int) -> None:
        """Make the ReplicaSet of the current template."""
        deployment, view = self.deployment, self.view
        hash_ = self._hash()
        template = copy(mapping_at(view.manifest(self.owner), "spec", "template"))
        child_mapping(template, "metadata", "labels")[POD_TEMPLATE_HASH] = hash_
        selector = copy(mapping_at(view.manifest(self.owner), "spec", "selector"))
        child_mapping(selector, "matchLabels")[POD_TEMPLATE_HASH] = hash_
        highest = max((item.revision for item in self.old), default=0)
        name = f"{self.owner.name}-{hash_}"
        controller = Controller(
            deployment.meta, "apps/v1", "Deployment", deployment.selector or Selector()
        )
        annotations = {**_copied(deployment), **self._marks()}
        spec: Manifest = {"replicas": replicas, "selector": selector, "template": template}
        if deployment.min_ready_seconds:
            spec["minReadySeconds"] = deployment.min_ready_seconds
        meta: Manifest = {
            "name": name,
            "namespace": self.owner.namespace,
            "labels": copy(mapping_at(template, "metadata", "labels")),
            "annotations": {**annotations, REVISION_ANNOTATION: str(highest + 1)},
            "ownerReferences": [controller.reference()],
        }
        self.writes.append(
            Put({
                "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": meta, "spec": spec,
                "status": {"replicas": 0},
            })
        )  # fmt: skip
        if replicas:
            self._tell(name, 0, replicas)

    def _hash(self) -> str:
        """Return the hash for a new ReplicaSet: that of Pods given for it, or one that is free."""
        given = self._given_hash()
        if given is not None:
            return given
        collisions = 0
        while True:
            hash_ = template_hash(self.deployment.template.digest, collisions)
            name = f"{self.owner.name}-{hash_}"
            if self.view.snapshot.get(ReplicaSet, self.owner.namespace, name) is None:
                return hash_
            collisions += 1

    def _given_hash(self) -> str | None:
        """Return the hash that Pods of a lost ReplicaSet carry: a dump may bring them alone."""
        selector = self.deployment.selector
        if self.old or selector is None:
            return None
        snapshot, namespace = self.view.snapshot, self.owner.namespace
        hashes: Counter[str] = Counter()
        for pod in snapshot.selected(Pod, selector, namespace):
            reference, hash_ = pod.meta.controller, pod.meta.labels.get(POD_TEMPLATE_HASH)
            if (
                reference is not None
                and hash_
                and reference.kind == "ReplicaSet"
                and reference.name == f"{self.owner.name}-{hash_}"
                and snapshot.get(ReplicaSet, namespace, reference.name) is None
                and not pod.meta.terminating
            ):
                hashes[hash_] += 1
        return min(hashes, key=lambda hash_: (-hashes[hash_], hash_), default=None)

    def _forget_old(self) -> None:
        """Delete the oldest empty ReplicaSets beyond revisionHistoryLimit, once complete."""
        deployment, new = self.deployment, self.new
        if new is None or new.status.count("availableReplicas") < deployment.replicas:
            return
        if any(item.replicas for item in self.old):
            return
        excess = len(self.old) - deployment.revision_history_limit
        if excess <= 0:
            return
        for item in sorted(self.old, key=lambda item: (item.revision, _age(item)))[:excess]:
            if not item.status.count("replicas") and _has_reported(item):
                self.writes.append(Remove(self.view.snapshot.key_of(item)))


def _copied(deployment: Deployment) -> dict[str, str]:
    annotations = deployment.meta.annotations
    return {name: value for name, value in annotations.items() if name not in NOT_COPIED}


def _has_reported(item: ReplicaSet) -> bool:
    return item.status.observed_generation >= (item.meta.generation or 0)
