"""ReplicaSets and ReplicationControllers as rules read them.

Source: apps/v1 `ReplicaSetSpec`, core/v1 `ReplicationControllerSpec`; semantics.md I.2.
"""

from __future__ import annotations

from dataclasses import dataclass

from cluster.domains.workload.deployment import REVISION_ANNOTATION, replicas_of
from cluster.domains.workload.status import NO_STATUS, WorkloadStatus, parse_status
from cluster.domains.workload.template import PodTemplate, parse_template
from cluster.machinery.manifest import Manifest, integer_at, mapping_at, text_map_at
from cluster.machinery.meta import ObjectMeta, parse_meta
from cluster.machinery.selectors import Selector, parse_equalities, selector_at


@dataclass(frozen=True, slots=True)
class ReplicaSet:
    """A ReplicaSet."""

    meta: ObjectMeta
    replicas: int
    selector: Selector | None
    template: PodTemplate
    min_ready_seconds: int = 0
    status: WorkloadStatus = NO_STATUS

    @property
    def revision(self) -> int:
        """The Deployment's revision this one stands for; 0 where it is of none."""
        text = self.meta.annotations.get(REVISION_ANNOTATION, "")
        return int(text) if text.isascii() and text.isdigit() else 0


@dataclass(frozen=True, slots=True)
class ReplicationController:
    """A ReplicationController: a ReplicaSet with a plain map for a selector."""

    meta: ObjectMeta
    replicas: int
    selector: Selector | None
    template: PodTemplate
    min_ready_seconds: int = 0
    status: WorkloadStatus = NO_STATUS


def parse_replica_set(manifest: Manifest) -> ReplicaSet:
    """Return the ReplicaSet in a checked, defaulted manifest."""
    spec = mapping_at(manifest, "spec")
    return ReplicaSet(
        meta=parse_meta(manifest),
        replicas=replicas_of(spec),
        selector=selector_at(spec, "selector"),
        template=parse_template(mapping_at(spec, "template")),
        min_ready_seconds=integer_at(spec, "minReadySeconds") or 0,
        status=parse_status(manifest),
    )


def parse_replication_controller(manifest: Manifest) -> ReplicationController:
    """Return the ReplicationController in a checked, defaulted manifest."""
    spec = mapping_at(manifest, "spec")
    selector = text_map_at(spec, "selector")
    return ReplicationController(
        meta=parse_meta(manifest),
        replicas=replicas_of(spec),
        selector=parse_equalities(selector) if selector else None,
        template=parse_template(mapping_at(spec, "template")),
        min_ready_seconds=integer_at(spec, "minReadySeconds") or 0,
        status=parse_status(manifest),
    )
