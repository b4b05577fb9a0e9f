"""ControllerRevisions: the templates that StatefulSets and DaemonSets had before.

Source: apps/v1 `ControllerRevision`; `pkg/controller/history`.
"""

from __future__ import annotations

from dataclasses import dataclass

from cluster.domains.workload.template import template_digest
from cluster.machinery.manifest import Manifest, integer_at, mapping_at
from cluster.machinery.meta import ObjectMeta, parse_meta


@dataclass(frozen=True, slots=True)
class ControllerRevision:
    """One template of a workload's history; the highest `revision` was the last in use."""

    meta: ObjectMeta
    revision: int
    digest: str


def parse_controller_revision(manifest: Manifest) -> ControllerRevision:
    """Return the ControllerRevision in a checked manifest."""
    return ControllerRevision(
        meta=parse_meta(manifest),
        revision=integer_at(manifest, "revision") or 0,
        digest=template_digest(revision_template(manifest)),
    )


def revision_template(manifest: Manifest) -> Manifest:
    """Return the Pod template that a ControllerRevision keeps, without the patch directive."""
    template = mapping_at(manifest, "data", "spec", "template")
    return {key: value for key, value in template.items() if key != "$patch"}
