"""StatefulSets: Pods with an ordinal, made, updated and deleted in order.

Each answer is one pass of the controller: where order matters it stops at the first Pod that is
not ready. Source: `pkg/controller/statefulset/stateful_set_control.go`; I-14 to I-20.
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.workload.pod import Pod
from cluster.domains.workload.pod_defaults import complete_pod, default_pod
from cluster.domains.workload.revision import ControllerRevision, revision_template
from cluster.domains.workload.rules.availability import count_availability, is_available
from cluster.domains.workload.rules.membership import (
    Controller,
    adoptable_pod,
    claim,
    is_active,
    pod_owners,
)
from cluster.domains.workload.rules.revisions import (
    History,
    history_of,
    superfluous,
    used_by,
)
from cluster.domains.workload.statefulset import StatefulSet
from cluster.domains.workload.status import WorkloadStatus, status_patch
from cluster.domains.workload.template import CONTROLLER_REVISION_HASH, pod_from
from cluster.machinery.changes import Change
from cluster.machinery.errors import FieldError, invalid
from cluster.machinery.fields import METADATA, SPEC
from cluster.machinery.manifest import Manifest, child_mapping, mapping_at
from cluster.machinery.meta import Key
from cluster.machinery.names import dns_label, label_value
from cluster.machinery.rule import NOTHING, Answer, Event, Patch, Put, Remove, View, Write
from cluster.machinery.snapshot import Snapshot

POD_NAME = "statefulset.kubernetes.io/pod-name"
POD_INDEX = "apps.kubernetes.io/pod-index"


class StatefulSets:
    """Keeps the ordinals of a StatefulSet filled."""

    name = "statefulsets"
    kinds = frozenset({"StatefulSet", "ControllerRevision", "Pod"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterator[Key]:
        """The StatefulSet itself, that of a revision, and who controls a Pod or could.

        A Pod that went may have held a name that a StatefulSet waits for.
        """
        if change.key.kind == "StatefulSet":
            yield change.key
        elif change.key.kind == "Pod":
            yield from pod_owners(change, snapshot, "apps", "StatefulSet", StatefulSet)
            if change.new is None:
                name = change.key.name.rpartition("-")[0]
                yield Key("apps", "StatefulSet", change.key.namespace, name)
        else:
            for version in change.versions:
                reference = version.meta.controller
                if reference is not None and reference.kind == "StatefulSet":
                    yield Key("apps", "StatefulSet", change.key.namespace, reference.name)

    def all_owners(self, snapshot: Snapshot) -> Iterator[Key]:
        """Every StatefulSet."""
        return (snapshot.key_of(item) for item in snapshot.of(StatefulSet))

    def derive(self, owner: Key, view: View) -> Answer:
        """Take one step, or report that there is none to take."""
        item = view.snapshot.get(StatefulSet, owner.namespace, owner.name)
        if item is None or item.selector is None or item.meta.terminating:
            return NOTHING
        controller = Controller(item.meta, "apps/v1", "StatefulSet", item.selector)

        def is_member(pod: Pod) -> bool:
            return adoptable_pod(pod) and item.ordinal_of(pod.meta.name) is not None

        pods, writes = claim(controller, Pod, view, adoptable=is_member)
        members = [pod for pod in pods if item.ordinal_of(pod.meta.name) is not None]
        history = history_of(controller, item.template, members, view)
        if writes or history.writes:
            return Answer(writes=(*writes, *history.writes))
        step = _Step(item, controller, members, history, view)
        step.take()
        if step.writes:
            return Answer(writes=tuple(step.writes), events=tuple(step.events))
        return step.report()


class _Step:
    """One pass over a StatefulSet."""

    def __init__(
        self,
        item: StatefulSet,
        controller: Controller,
        pods: list[Pod],
        history: History,
        view: View,
    ) -> None:
        self.owner = controller.key
        self.item = item
        self.controller = controller
        self.history = history
        self.view = view
        self.pods = {item.ordinal_of(pod.meta.name): pod for pod in pods}
        self.writes: list[Write] = []
        self.events: list[Event] = []
        current = item.status.text("currentRevision")
        known = history.find(current) is not None
        self.current = current if known else history.update

    def take(self) -> None:
        """Fill the ordinals upwards, empty the surplus downwards, then update downwards."""
        if self._fill() and self._shrink():
            self._update()
        if not self.writes:
            live = used_by(list(self.pods.values()), self.owner, bare=False)
            live |= {self.current, self.history.update}
            limit = self.item.revision_history_limit
            self.writes += superfluous(self.history, live, limit, self.view)

    def _fill(self) -> bool:
        """Make missing Pods; False when an unready one makes the others wait (I-18)."""
        for ordinal in self.item.ordinals:
            pod = self.pods.get(ordinal)
            if pod is None:
                self._make(ordinal)
                if not self.item.is_parallel:
                    return False
                continue
            if pod.is_finished and not pod.is_terminating:
                self._remove(pod)
                if not self.item.is_parallel:
                    return False
                continue
            self._label(pod, ordinal)
            if not self.item.is_parallel and not self._is_healthy(pod):
                return False
        return True

    def _shrink(self) -> bool:
        """Delete Pods beyond the replicas, highest first; False when one makes others wait."""
        surplus = sorted(
            (o for o in self.pods if o is not None and o not in self.item.ordinals), reverse=True
        )
        first_unhealthy = min(
            (o for o in surplus if not self._is_healthy(self.pods[o])), default=None
        )
        for ordinal in surplus:
            pod = self.pods[ordinal]
            if pod.is_terminating:
                if not self.item.is_parallel:
                    return False
                continue
            waits = not self._is_healthy(pod) and ordinal != first_unhealthy
            if waits and not self.item.is_parallel:
                return False
            self._remove(pod)
            if not self.item.is_parallel:
                return False
        return True

    def _update(self) -> None:
        """Replace Pods of an old template from the highest ordinal, one at a time (I-18)."""
        if self.item.update_strategy != "RollingUpdate" or self.writes:
            return
        ordinals = self.item.ordinals
        for ordinal in reversed(ordinals[min(self.item.partition, len(ordinals)) :]):
            pod = self.pods.get(ordinal)
            if pod is None:  # its name is taken by a stranger
                return
            if self._revision_of(pod) != self.history.update and not pod.is_terminating:
                self._remove(pod)
                return
            if not self._is_healthy(pod):
                return

    def _is_healthy(self, pod: Pod) -> bool:
        if pod.is_terminating or pod.phase != "Running":
            return False
        return is_available(pod, self.item.min_ready_seconds, self.view.now)

    def _revision_of(self, pod: Pod) -> str:
        """Return the revision a Pod runs; one without the label counts as up to date."""
        return pod.meta.labels.get(CONTROLLER_REVISION_HASH, self.history.update)

    def _make(self, ordinal: int) -> None:
        name = f"{self.owner.name}-{ordinal}"
        revision, template = self._template(ordinal)
        if self.view.snapshot.get(Pod, self.owner.namespace, name) is not None:
            self._fail(name, f'pods "{name}" already exists')
            return
        errors = _too_long(name, revision)
        if errors:
            self._fail(name, invalid("Pod", "", name, errors).message)
            return
        pod = pod_from(
            template, name=name, namespace=self.owner.namespace, owner=self.controller.reference(),
            generate_name=f"{self.owner.name}-",
        )  # fmt: skip
        labels = child_mapping(pod, "metadata", "labels")
        labels |= {POD_NAME: name, POD_INDEX: str(ordinal), CONTROLLER_REVISION_HASH: revision}
        spec = child_mapping(pod, "spec")
        spec["hostname"] = name
        if self.item.service_name:
            spec["subdomain"] = self.item.service_name
        default_pod(pod)
        complete_pod(pod)
        self.writes.append(Put(pod))
        text = f"create Pod {name} in StatefulSet {self.owner.name} successful"
        self.events.append(Event(self.owner, "Normal", "SuccessfulCreate", text))

    def _fail(self, name: str, reason: str) -> None:
        text = f"create Pod {name} in StatefulSet {self.owner.name} failed error: {reason}"
        self.events.append(Event(self.owner, "Warning", "FailedCreate", text))

    def _template(self, ordinal: int) -> tuple[str, Manifest]:
        """Return the revision and template for an ordinal: below the partition the old ones."""
        partitioned = self.item.update_strategy == "RollingUpdate" and (
            ordinal < self.item.start + self.item.partition
        )
        old: ControllerRevision | None = None
        if partitioned and self.current != self.history.update:
            old = self.history.find(self.current)
        if old is not None:
            manifest = self.view.manifest(self.view.snapshot.key_of(old))
            return old.meta.name, revision_template(manifest)
        template = mapping_at(self.view.manifest(self.owner), "spec", "template")
        return self.history.update, template

    def _label(self, pod: Pod, ordinal: int) -> None:
        """Give an adopted Pod the labels of its place (I-16)."""
        place: Manifest = {POD_NAME: pod.meta.name, POD_INDEX: str(ordinal)}
        if any(pod.meta.labels.get(label) != value for label, value in place.items()):
            key = self.view.snapshot.key_of(pod)
            self.writes.append(Patch(key, {"metadata": {"labels": place}}))

    def _remove(self, pod: Pod) -> None:
        self.writes.append(Remove(self.view.snapshot.key_of(pod), graceful=True))
        text = f"delete Pod {pod.meta.name} in StatefulSet {self.owner.name} successful"
        self.events.append(Event(self.owner, "Normal", "SuccessfulDelete", text))

    def report(self) -> Answer:
        """Return the status write, none where it stands already."""
        item, update = self.item, self.history.update
        active = [pod for pod in self.pods.values() if is_active(pod)]
        counted = count_availability(active, item.min_ready_seconds, self.view.now)
        revisions = [self._revision_of(pod) for pod in active]
        updated = sum(revision == update for revision in revisions)
        current = self.current
        complete = updated == len(active) == counted.ready == item.replicas
        if item.update_strategy == "RollingUpdate" and complete:
            current = update
        desired = WorkloadStatus(
            observed_generation=item.meta.generation or 0,
            counts={
                "replicas": len(active),
                "readyReplicas": counted.ready,
                "availableReplicas": counted.available,
                "currentReplicas": sum(revision == current for revision in revisions),
                "updatedReplicas": updated,
            },
            texts={"currentRevision": current, "updateRevision": update},
            conditions=item.status.conditions,
        )
        patch = status_patch(item.status, desired, always=("replicas", "availableReplicas"))
        writes = () if patch is None else (Patch(self.owner, {"status": patch}),)
        return Answer(writes=writes, events=tuple(self.events), wake=counted.wake)


def _too_long(name: str, revision: str) -> list[FieldError]:
    """Return why the apiserver refuses a Pod: its name and its revision become labels (A-16)."""
    labels = METADATA / "labels"
    errors = [labels.invalid(text, why) for text in (name, revision) for why in label_value(text)]
    return errors + [(SPEC / "hostname").invalid(name, why) for why in dns_label(name)]
