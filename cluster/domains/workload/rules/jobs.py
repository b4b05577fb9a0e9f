"""Jobs: Pods until enough have succeeded.

Nothing runs in netviz, so a Job's Pods stay Running unless their status is written (project
rule); what follows from such a write is worked out here. CronJobs start nothing by themselves.
Source: `pkg/controller/job/job_controller.go`; semantics.md I-24, I-25, I-27.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from cluster.domains.workload.job import INDEX_ANNOTATION, Job
from cluster.domains.workload.pod import Pod
from cluster.domains.workload.pod_defaults import complete_pod, default_pod
from cluster.domains.workload.rules.membership import (
    Controller,
    adoptable_pod,
    claim,
    is_active,
    pod_owners,
)
from cluster.domains.workload.rules.naming import PREFIX_MAXIMUM, pod_names
from cluster.domains.workload.status import (
    Condition,
    WorkloadStatus,
    settle_condition,
    status_patch,
)
from cluster.domains.workload.template import pod_from
from cluster.domains.workload.workload_defaults import JOB_NAME, UID_LABELS
from cluster.machinery.changes import Change
from cluster.machinery.manifest import Manifest, child_mapping, mapping_at
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, Event, Patch, Put, Remove, View, Write
from cluster.machinery.selectors import parse_equalities
from cluster.machinery.snapshot import Snapshot


class Jobs:
    """Keeps as many Pods of a Job active as it still needs."""

    name = "jobs"
    kinds = frozenset({"Job", "Pod"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterator[Key]:
        """The Job itself; of a Pod, who controls it or could adopt it."""
        if change.key.kind == "Job":
            yield change.key
        else:
            yield from pod_owners(change, snapshot, "batch", "Job", Job)

    def all_owners(self, snapshot: Snapshot) -> Iterator[Key]:
        """Every Job."""
        return (snapshot.key_of(item) for item in snapshot.of(Job))

    def derive(self, owner: Key, view: View) -> Answer:
        """Create and delete Pods, then report."""
        job = view.snapshot.get(Job, owner.namespace, owner.name)
        if job is None or job.selector is None or job.meta.terminating:
            return NOTHING
        controller = Controller(job.meta, "batch/v1", "Job", job.selector)
        relabel: Manifest = dict.fromkeys(UID_LABELS, job.meta.uid)
        manual = job.selector.matches({JOB_NAME: owner.name})
        pods, writes = claim(
            controller,
            Pod,
            view,
            adoptable=adoptable_pod,
            candidates=None if manual else parse_equalities({JOB_NAME: owner.name}),
            labels=relabel,
        )
        if writes:
            return Answer(writes=tuple(writes))
        step = _Step(job, controller, pods, view)
        step.take()
        if step.writes:
            return Answer(writes=tuple(step.writes), events=tuple(step.events))
        return step.report()


class _Step:
    """One pass over a Job."""

    def __init__(self, job: Job, controller: Controller, pods: list[Pod], view: View) -> None:
        self.owner = controller.key
        self.job = job
        self.controller = controller
        self.view = view
        self.active = [pod for pod in pods if is_active(pod)]
        self.succeeded = [pod for pod in pods if pod.phase == "Succeeded"]
        self.failed = [pod for pod in pods if pod.phase == "Failed"]
        self.ending = [pod for pod in pods if pod.is_terminating and not pod.is_finished]
        self.done = sorted({index for pod in self.succeeded if (index := _index(pod)) is not None})
        self.writes: list[Write] = []
        self.events: list[Event] = []

    def take(self) -> None:
        """Bring the active Pods to the number that is still needed."""
        if self._verdict() is not None or self.job.is_suspended:
            for pod in self.active:
                self._remove(pod)
        elif self.job.is_indexed:
            self._index_pods()
        else:
            missing = self._needed() - len(self.active)
            prefix = f"{self.owner.name}-"
            for name in islice(pod_names(self.view, self.owner, prefix), max(0, missing)):
                self._make(name, prefix)
            for pod in _surplus(self.active, -missing):
                self._remove(pod)

    def _needed(self) -> int:
        """Return how many Pods should be active (I-24)."""
        job = self.job
        if job.completions is None:
            return len(self.active) if self.succeeded else job.parallelism
        return min(job.parallelism, max(0, job.completions - len(self.succeeded)))

    def _index_pods(self) -> None:
        """Give the lowest unfinished indexes a Pod each (I-25)."""
        taken = {index: pod for pod in self.active if (index := _index(pod)) is not None}
        todo = (index for index in range(self.job.completions or 0) if index not in self.done)
        wanted = list(islice(todo, self.job.parallelism))
        for index in wanted:
            if index not in taken:
                self._make_index(index)
        for pod in self.active:
            if _index(pod) not in wanted:
                self._remove(pod)

    def _make_index(self, index: int) -> None:
        tail = f"-{index}-"
        prefix = self.owner.name[: PREFIX_MAXIMUM - len(tail)] + tail
        name = next(pod_names(self.view, self.owner, prefix, str(index)))
        self._make(name, prefix, index)

    def _make(self, name: str, prefix: str, index: int | None = None) -> None:
        template = mapping_at(self.view.manifest(self.owner), "spec", "template")
        pod = pod_from(
            template, name=name, namespace=self.owner.namespace, owner=self.controller.reference(),
            generate_name=prefix,
        )  # fmt: skip
        if index is not None:
            child_mapping(pod, "metadata", "labels")[INDEX_ANNOTATION] = str(index)
            child_mapping(pod, "metadata", "annotations")[INDEX_ANNOTATION] = str(index)
            child_mapping(pod, "spec")["hostname"] = f"{self.owner.name}-{index}"
        default_pod(pod)
        complete_pod(pod)
        self.writes.append(Put(pod))
        text = f"Created pod: {name}"
        self.events.append(Event(self.owner, "Normal", "SuccessfulCreate", text))

    def _remove(self, pod: Pod) -> None:
        self.writes.append(Remove(self.view.snapshot.key_of(pod), graceful=True))
        text = f"Deleted pod: {pod.meta.name}"
        self.events.append(Event(self.owner, "Normal", "SuccessfulDelete", text))

    def _verdict(self) -> Condition | None:
        """Return the condition that ends the Job, None while it goes on."""
        job = self.job
        for condition in job.status.conditions:
            if condition.type in {"Complete", "Failed"} and condition.status == "True":
                return condition
        if len(self.failed) > job.backoff_limit:
            text = "Job has reached the specified backoff limit"
            return Condition("Failed", "True", "BackoffLimitExceeded", text)
        completed = len(self.done) if job.is_indexed else len(self.succeeded)
        if job.completions is None:
            is_complete = bool(self.succeeded) and not self.active
        else:
            is_complete = completed >= job.completions
        if is_complete:
            text = "Reached expected number of succeeded pods"
            return Condition("Complete", "True", "CompletionsReached", text)
        return None

    def report(self) -> Answer:
        """Return the status write, none where it stands already."""
        job, now = self.job, self.view.now
        known = job.status
        verdict = self._verdict()
        conditions = [condition for condition in known.conditions if condition.type != "Suspended"]
        suspended = self._suspended()
        if suspended is not None:
            conditions.append(settle_condition(known.condition("Suspended"), suspended, now))
        texts: dict[str, str] = {}
        if not job.is_suspended:
            texts["startTime"] = known.text("startTime") or now
        if verdict is not None:
            if known.condition(verdict.type) is None:
                conditions.append(settle_condition(None, verdict, now))
            if verdict.type == "Complete":
                texts["completionTime"] = known.text("completionTime") or now
        if job.is_indexed and self.done:
            texts["completedIndexes"] = _ranges(self.done)
        desired = WorkloadStatus(
            counts={
                "active": len(self.active),
                "ready": sum(pod.is_ready for pod in self.active),
                "succeeded": len(self.succeeded),
                "failed": len(self.failed),
                "terminating": len(self.ending),
            },
            texts=texts,
            conditions=tuple(conditions),
        )
        patch = status_patch(known, desired, always=())
        writes = () if patch is None else (Patch(self.owner, {"status": patch}),)
        return Answer(writes=writes)

    def _suspended(self) -> Condition | None:
        if self.job.is_suspended:
            return Condition("Suspended", "True", "JobSuspended", "Job suspended")
        if self.job.status.condition("Suspended") is not None:
            return Condition("Suspended", "False", "JobResumed", "Job resumed")
        return None


def _index(pod: Pod) -> int | None:
    text = pod.meta.annotations.get(INDEX_ANNOTATION, "")
    return int(text) if text.isascii() and text.isdigit() else None


def _surplus(active: list[Pod], count: int) -> list[Pod]:
    """Return the Pods that go first: those that wait, then the youngest."""
    if count <= 0:
        return []
    names = sorted(active, key=lambda pod: pod.meta.name)
    ages = sorted(names, key=lambda pod: pod.meta.creation_timestamp or "", reverse=True)
    return sorted(ages, key=lambda pod: (bool(pod.node_name), pod.is_ready))[:count]


def _ranges(indexes: list[int]) -> str:
    """Return sorted indexes as text: `0-2,5`."""
    found: list[list[int]] = []
    for index in indexes:
        if found and found[-1][1] == index - 1:
            found[-1][1] = index
        else:
            found.append([index, index])
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in found)
