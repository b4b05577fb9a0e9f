"""StatefulSets as rules read them. Source: apps/v1 `StatefulSetSpec`; semantics.md I.3."""

from __future__ import annotations

from dataclasses import dataclass

from cluster.domains.workload.deployment import replicas_of
from cluster.domains.workload.status import NO_STATUS, WorkloadStatus, parse_status
from cluster.domains.workload.template import PodTemplate, parse_template
from cluster.machinery.manifest import Manifest, integer_at, mapping_at, text_at
from cluster.machinery.meta import ObjectMeta, parse_meta
from cluster.machinery.selectors import Selector, selector_at


@dataclass(frozen=True, slots=True)
class StatefulSet:
    """A StatefulSet; `start` is its first ordinal."""

    meta: ObjectMeta
    replicas: int
    selector: Selector | None
    template: PodTemplate
    service_name: str = ""
    start: int = 0
    is_parallel: bool = False
    update_strategy: str = "RollingUpdate"
    partition: int = 0
    min_ready_seconds: int = 0
    revision_history_limit: int = 10
    status: WorkloadStatus = NO_STATUS

    @property
    def ordinals(self) -> range:
        """The ordinals it should have, lowest first (I-14)."""
        return range(self.start, self.start + self.replicas)

    def ordinal_of(self, pod_name: str) -> int | None:
        """Return the ordinal in a Pod's name, None where the name is none of this set's."""
        head, dash, tail = pod_name.rpartition("-")
        if not dash or head != self.meta.name or not tail.isascii() or not tail.isdigit():
            return None
        return int(tail) if str(int(tail)) == tail else None


def parse_stateful_set(manifest: Manifest) -> StatefulSet:
    """Return the StatefulSet in a checked, defaulted manifest."""
    spec = mapping_at(manifest, "spec")
    limit = integer_at(spec, "revisionHistoryLimit")
    return StatefulSet(
        meta=parse_meta(manifest),
        replicas=replicas_of(spec),
        selector=selector_at(spec, "selector"),
        template=parse_template(mapping_at(spec, "template")),
        service_name=text_at(spec, "serviceName") or "",
        start=integer_at(spec, "ordinals", "start") or 0,
        is_parallel=text_at(spec, "podManagementPolicy") == "Parallel",
        update_strategy=text_at(spec, "updateStrategy", "type") or "RollingUpdate",
        partition=integer_at(spec, "updateStrategy", "rollingUpdate", "partition") or 0,
        min_ready_seconds=integer_at(spec, "minReadySeconds") or 0,
        revision_history_limit=10 if limit is None else limit,
        status=parse_status(manifest),
    )
