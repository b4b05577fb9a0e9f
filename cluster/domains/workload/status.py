"""What a controller reports in `status`, and the patch that makes it so.

Counts and conditions are compared by meaning: times never differ, zero and absence are the same.
Source: apps/v1 `DeploymentStatus` and its siblings; kube-api.md, what `kubectl rollout status`
reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from cluster.machinery.manifest import (
    JSON,
    Manifest,
    integer_at,
    mapping_at,
    mappings_at,
    text_at,
)
from cluster.machinery.meta import NOTHING

COUNTS = (
    "replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "updatedReplicas",
    "unavailableReplicas", "currentReplicas", "terminatingReplicas", "collisionCount",
    "desiredNumberScheduled", "currentNumberScheduled", "numberReady", "numberAvailable",
    "numberUnavailable", "numberMisscheduled", "updatedNumberScheduled",
    "active", "ready", "succeeded", "failed", "terminating",
)  # fmt: skip
TEXTS = ("currentRevision", "updateRevision", "completedIndexes", "startTime", "completionTime")
NO_COUNTS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition. `updated` and `changed` are RFC 3339, empty for now or unknown."""

    type: str
    status: str
    reason: str = ""
    message: str = ""
    updated: str = ""
    changed: str = ""

    @property
    def meaning(self) -> tuple[str, str, str, str]:
        """All but the times."""
        return (self.type, self.status, self.reason, self.message)


@dataclass(frozen=True, slots=True)
class WorkloadStatus:
    """The status of a workload; absent counts are zero, absent texts empty."""

    observed_generation: int = 0
    counts: Mapping[str, int] = field(default_factory=lambda: NO_COUNTS)
    texts: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    conditions: tuple[Condition, ...] = ()

    def count(self, name: str) -> int:
        """Return one count."""
        return self.counts.get(name, 0)

    def text(self, name: str) -> str:
        """Return one text."""
        return self.texts.get(name, "")

    def condition(self, type_: str) -> Condition | None:
        """Return the condition of a type, None where there is none."""
        return next((found for found in self.conditions if found.type == type_), None)


NO_STATUS = WorkloadStatus()


def parse_status(manifest: Manifest) -> WorkloadStatus:
    """Return the status in a workload's manifest."""
    status = mapping_at(manifest, "status")
    if not status:
        return NO_STATUS
    return WorkloadStatus(
        observed_generation=integer_at(status, "observedGeneration") or 0,
        counts={name: number for name in COUNTS if (number := integer_at(status, name))},
        texts={name: text for name in TEXTS if (text := text_at(status, name))},
        conditions=tuple(parse_condition(item) for item in mappings_at(status, "conditions")),
    )


def parse_condition(manifest: Manifest) -> Condition:
    """Return one entry of `status.conditions`."""
    return Condition(
        type=text_at(manifest, "type") or "",
        status=text_at(manifest, "status") or "",
        reason=text_at(manifest, "reason") or "",
        message=text_at(manifest, "message") or "",
        updated=text_at(manifest, "lastUpdateTime") or "",
        changed=text_at(manifest, "lastTransitionTime") or "",
    )


def settle_condition(
    existing: Condition | None, desired: Condition, now: str, *, progressed: bool = False
) -> Condition:
    """Return `desired` with the times it has: kept where nothing changed, `now` elsewhere.

    `progressed` renews the update time of a condition that reads as before.
    """
    changed = now
    updated = now
    if existing is not None:
        if existing.status == desired.status and existing.changed:
            changed = existing.changed
        if existing.meaning == desired.meaning and existing.updated and not progressed:
            updated = existing.updated
    return replace(desired, updated=updated, changed=changed)


def condition_manifest(condition: Condition, *, with_update_time: bool) -> Manifest:
    """Return a condition as the API writes it."""
    found: Manifest = {
        "type": condition.type,
        "status": condition.status,
        "lastTransitionTime": condition.changed,
    }
    if with_update_time:
        found["lastUpdateTime"] = condition.updated
    if condition.reason:
        found["reason"] = condition.reason
    if condition.message:
        found["message"] = condition.message
    return found


def status_patch(
    existing: WorkloadStatus,
    desired: WorkloadStatus,
    *,
    always: Iterable[str] = ("replicas",),
    with_update_time: bool = False,
) -> Manifest | None:
    """Return the merge patch of `status` from existing to desired, None where they are equal.

    Counts of zero are left out but for those in `always`, which every status of the kind names.
    """
    patch: Manifest = {}
    shown = set(always)
    for name in COUNTS:
        number = desired.count(name)
        if number != existing.count(name) or (name in shown and not existing.observed_generation):
            patch[name] = number if number or name in shown else None
    for name in TEXTS:
        if desired.text(name) != existing.text(name):
            patch[name] = desired.text(name) or None
    if desired.observed_generation != existing.observed_generation:
        patch["observedGeneration"] = desired.observed_generation
    if desired.conditions != existing.conditions:
        listed: list[JSON] = [
            condition_manifest(found, with_update_time=with_update_time)
            for found in desired.conditions
        ]
        patch["conditions"] = listed or None
    return patch or None
