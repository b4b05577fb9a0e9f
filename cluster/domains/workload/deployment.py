"""Deployments as rules read them. Source: apps/v1 `DeploymentSpec`; semantics.md I.2."""

from __future__ import annotations

from dataclasses import dataclass

from cluster.domains.workload.status import NO_STATUS, WorkloadStatus, parse_status
from cluster.domains.workload.template import PodTemplate, parse_template
from cluster.machinery.manifest import (
    Manifest,
    flag_at,
    integer_at,
    mapping_at,
    port_at,
    text_at,
)
from cluster.machinery.meta import ObjectMeta, parse_meta
from cluster.machinery.selectors import Selector, selector_at

REVISION_ANNOTATION = "deployment.kubernetes.io/revision"
UNBOUNDED = 2147483647  # the largest int32: "no deadline"


@dataclass(frozen=True, slots=True)
class Deployment:
    """A Deployment. `max_surge` and `max_unavailable` are numbers or percentages, as written."""

    meta: ObjectMeta
    replicas: int
    selector: Selector | None
    template: PodTemplate
    strategy: str = "RollingUpdate"
    max_surge: int | str = "25%"
    max_unavailable: int | str = "25%"
    min_ready_seconds: int = 0
    revision_history_limit: int = 10
    progress_deadline_seconds: int = 600
    paused: bool = False
    status: WorkloadStatus = NO_STATUS


def parse_deployment(manifest: Manifest) -> Deployment:
    """Return the Deployment in a checked, defaulted manifest."""
    spec = mapping_at(manifest, "spec")
    rolling = mapping_at(spec, "strategy", "rollingUpdate")
    surge, unavailable = port_at(rolling, "maxSurge"), port_at(rolling, "maxUnavailable")
    limit = integer_at(spec, "revisionHistoryLimit")
    return Deployment(
        meta=parse_meta(manifest),
        replicas=replicas_of(spec),
        selector=selector_at(spec, "selector"),
        template=parse_template(mapping_at(spec, "template")),
        strategy=text_at(spec, "strategy", "type") or "RollingUpdate",
        max_surge="25%" if surge is None else surge,
        max_unavailable="25%" if unavailable is None else unavailable,
        min_ready_seconds=integer_at(spec, "minReadySeconds") or 0,
        revision_history_limit=10 if limit is None else limit,
        progress_deadline_seconds=integer_at(spec, "progressDeadlineSeconds") or 600,
        paused=flag_at(spec, "paused") or False,
        status=parse_status(manifest),
    )


def replicas_of(spec: Manifest) -> int:
    """Return `spec.replicas`; unset means 1 (I-2)."""
    number = integer_at(spec, "replicas")
    return 1 if number is None else number
