"""DaemonSets as rules read them. Source: apps/v1 `DaemonSetSpec`; semantics.md I.4."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cluster.domains.workload.constraints import Constraints, Toleration, parse_constraints
from cluster.domains.workload.status import NO_STATUS, WorkloadStatus, parse_status
from cluster.domains.workload.template import PodTemplate, parse_template
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    flag_at,
    integer_at,
    mapping_at,
    port_at,
    text_at,
)
from cluster.machinery.meta import ObjectMeta, parse_meta
from cluster.machinery.selectors import Selector, selector_at

NOT_READY = "node.kubernetes.io/not-ready"
UNREACHABLE = "node.kubernetes.io/unreachable"
UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
DAEMON_TOLERATIONS = (
    Toleration(NOT_READY, "Exists", effect="NoExecute"),
    Toleration(UNREACHABLE, "Exists", effect="NoExecute"),
    Toleration("node.kubernetes.io/disk-pressure", "Exists", effect="NoSchedule"),
    Toleration("node.kubernetes.io/memory-pressure", "Exists", effect="NoSchedule"),
    Toleration("node.kubernetes.io/pid-pressure", "Exists", effect="NoSchedule"),
    Toleration(UNSCHEDULABLE, "Exists", effect="NoSchedule"),
)  # I-22
NETWORK_TOLERATION = Toleration(
    "node.kubernetes.io/network-unavailable", "Exists", effect="NoSchedule"
)


@dataclass(frozen=True, slots=True)
class DaemonSet:
    """A DaemonSet. `constraints` are the template's with the automatic tolerations (I-22)."""

    meta: ObjectMeta
    selector: Selector | None
    template: PodTemplate
    constraints: Constraints
    update_strategy: str = "RollingUpdate"
    max_surge: int | str = 0
    max_unavailable: int | str = 1
    min_ready_seconds: int = 0
    revision_history_limit: int = 10
    status: WorkloadStatus = NO_STATUS


def parse_daemon_set(manifest: Manifest) -> DaemonSet:
    """Return the DaemonSet in a checked, defaulted manifest."""
    spec = mapping_at(manifest, "spec")
    rolling = mapping_at(spec, "updateStrategy", "rollingUpdate")
    surge, unavailable = port_at(rolling, "maxSurge"), port_at(rolling, "maxUnavailable")
    limit = integer_at(spec, "revisionHistoryLimit")
    pod_spec = mapping_at(spec, "template", "spec")
    constraints = parse_constraints(pod_spec)
    host_network = flag_at(pod_spec, "hostNetwork") or False
    return DaemonSet(
        meta=parse_meta(manifest),
        selector=selector_at(spec, "selector"),
        template=parse_template(mapping_at(spec, "template")),
        constraints=replace(
            constraints,
            tolerations=constraints.tolerations + daemon_tolerations(host_network=host_network),
        ),
        update_strategy=text_at(spec, "updateStrategy", "type") or "RollingUpdate",
        max_surge=0 if surge is None else surge,
        max_unavailable=1 if unavailable is None else unavailable,
        min_ready_seconds=integer_at(spec, "minReadySeconds") or 0,
        revision_history_limit=10 if limit is None else limit,
        status=parse_status(manifest),
    )


def daemon_tolerations(*, host_network: bool) -> tuple[Toleration, ...]:
    """Return the tolerations that every Pod of a DaemonSet gets (I-22)."""
    return (*DAEMON_TOLERATIONS, NETWORK_TOLERATION) if host_network else DAEMON_TOLERATIONS


def toleration_manifest(toleration: Toleration) -> Manifest:
    """Return a toleration as a Pod spec writes it."""
    fields: list[tuple[str, JSON]] = [
        ("key", toleration.key), ("operator", toleration.operator), ("value", toleration.value),
        ("effect", toleration.effect), ("tolerationSeconds", toleration.seconds),
    ]  # fmt: skip
    return {name: value for name, value in fields if value not in {"", None}}
