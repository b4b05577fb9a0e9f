"""CronJobs: which of their Jobs are active. Netviz starts none by the clock (I-27)."""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.workload.job import CronJob, Job
from cluster.machinery.changes import Change
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, Patch, View
from cluster.machinery.snapshot import Snapshot


class CronJobs:
    """Lists a CronJob's unfinished Jobs in its status."""

    name = "cronjobs"
    kinds = frozenset({"CronJob", "Job"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterator[Key]:
        """The CronJob itself, and that of a Job."""
        if change.key.kind == "CronJob":
            yield change.key
            return
        for version in change.versions:
            reference = version.meta.controller
            if reference is not None and reference.kind == "CronJob":
                yield Key("batch", "CronJob", change.key.namespace, reference.name)

    def all_owners(self, snapshot: Snapshot) -> Iterator[Key]:
        """Every CronJob."""
        return (snapshot.key_of(item) for item in snapshot.of(CronJob))

    def derive(self, owner: Key, view: View) -> Answer:
        """Write the references of the Jobs that have not ended."""
        item = view.snapshot.get(CronJob, owner.namespace, owner.name)
        if item is None:
            return NOTHING
        jobs = [job for job in view.snapshot.owned_by(item.meta.uid, Job) if not job.is_finished]
        if tuple(job.meta.uid for job in jobs) == item.active:
            return NOTHING
        active: list[JSON] = [_reference(job) for job in jobs]
        return Answer(writes=(Patch(owner, {"status": {"active": active or None}}),))


def _reference(job: Job) -> Manifest:
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "namespace": job.meta.namespace,
        "name": job.meta.name,
        "uid": job.meta.uid,
    }
