"""Jobs and CronJobs as rules read them. Source: batch/v1; semantics.md I.5."""

from __future__ import annotations

from dataclasses import dataclass

from cluster.domains.workload.status import NO_STATUS, WorkloadStatus, parse_status
from cluster.domains.workload.template import PodTemplate, parse_template
from cluster.machinery.manifest import (
    Manifest,
    flag_at,
    integer_at,
    mapping_at,
    mappings_at,
    text_at,
)
from cluster.machinery.meta import ObjectMeta, parse_meta
from cluster.machinery.selectors import Selector, selector_at

INDEX_ANNOTATION = "batch.kubernetes.io/job-completion-index"


@dataclass(frozen=True, slots=True)
class Job:
    """A Job; `completions` None makes it a work queue (I-24)."""

    meta: ObjectMeta
    selector: Selector | None
    template: PodTemplate
    parallelism: int = 1
    completions: int | None = None
    backoff_limit: int = 6
    is_indexed: bool = False
    is_suspended: bool = False
    status: WorkloadStatus = NO_STATUS

    @property
    def is_finished(self) -> bool:
        """A condition says that it is complete or has failed: its Pods are left alone."""
        return any(
            condition.type in {"Complete", "Failed"} and condition.status == "True"
            for condition in self.status.conditions
        )


@dataclass(frozen=True, slots=True)
class CronJob:
    """A CronJob; netviz never starts one by itself (I-27). `active` are uids of its Jobs."""

    meta: ObjectMeta
    schedule: str
    is_suspended: bool = False
    active: tuple[str, ...] = ()


def parse_job(manifest: Manifest) -> Job:
    """Return the Job in a checked, defaulted manifest."""
    spec = mapping_at(manifest, "spec")
    parallelism, limit = integer_at(spec, "parallelism"), integer_at(spec, "backoffLimit")
    return Job(
        meta=parse_meta(manifest),
        selector=selector_at(spec, "selector"),
        template=parse_template(mapping_at(spec, "template")),
        parallelism=1 if parallelism is None else parallelism,
        completions=integer_at(spec, "completions"),
        backoff_limit=6 if limit is None else limit,
        is_indexed=text_at(spec, "completionMode") == "Indexed",
        is_suspended=flag_at(spec, "suspend") or False,
        status=parse_status(manifest),
    )


def parse_cron_job(manifest: Manifest) -> CronJob:
    """Return the CronJob in a checked, defaulted manifest."""
    return CronJob(
        meta=parse_meta(manifest),
        schedule=text_at(manifest, "spec", "schedule") or "",
        is_suspended=flag_at(manifest, "spec", "suspend") or False,
        active=tuple(
            text_at(item, "uid") or "" for item in mappings_at(manifest, "status", "active")
        ),
    )
