"""The scale subresource: an autoscaling/v1 Scale in the place of the whole object."""

from __future__ import annotations

from dataclasses import replace

from cluster.api.kube import bodies
from cluster.api.kube.asked import Asked
from cluster.api.kube.wire import Answer, of_json
from cluster.machinery.columns import AGE, NAME
from cluster.machinery.errors import BadRequest, FieldError, FieldErrorType, invalid
from cluster.machinery.kind import Column
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    integer_at,
    mapping_at,
    merge,
    text_at,
    text_map_at,
)
from cluster.machinery.patches import json_patch
from cluster.machinery.selectors import parse_equalities, selector_at
from cluster.store import get, patch

LARGEST = 2**31 - 1
COLUMNS = (
    NAME,
    Column("Desired", lambda scale: integer_at(scale, "spec", "replicas"), type="integer",
           help="Desired number of instances of the object."),
    Column("Available", lambda scale: integer_at(scale, "status", "replicas"), type="integer",
           help="Actual number of observed instances of the object."),
    AGE,
)  # fmt: skip
"""Source: `pkg/printers/internalversion/printers.go`, `printScale`."""


def get_scale(asked: Asked) -> Answer:
    """Answer a GET of the scale."""
    scale = scale_of(get(asked.cluster, asked.key))
    view = replace(asked.view(), columns=COLUMNS)
    return of_json(view.one(scale) if view.form == "table" else scale)


def replace_scale(asked: Asked) -> Answer:
    """Answer a PUT of the scale."""
    return _write(asked, bodies.document(asked.request))


def patch_scale(asked: Asked) -> Answer:
    """Answer a PATCH of the scale; a strategic patch of it is a merge patch."""
    type_ = bodies.type_of(asked.request)
    if type_ not in bodies.PATCHES:
        raise bodies.unsupported(type_, bodies.PATCHES)
    change = bodies.change(asked.request)
    now = scale_of(get(asked.cluster, asked.key))
    if type_ == bodies.JSON_PATCH:
        return _write(asked, json_patch(now, change))
    if not isinstance(change, dict):
        raise BadRequest("the patch is no object")
    wanted = merge(now, change)
    if "resourceVersion" not in mapping_at(change, "metadata"):
        mapping_at(wanted, "metadata").pop("resourceVersion", None)
    return _write(asked, wanted)


def scale_of(manifest: Manifest) -> Manifest:
    """Return the Scale of an object that has replicas."""
    meta = mapping_at(manifest, "metadata")
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    status: Manifest = {"replicas": integer_at(manifest, "status", "replicas") or 0}
    selector = _selector(manifest)
    if selector:
        status["selector"] = selector
    return {
        "kind": "Scale", "apiVersion": "autoscaling/v1",
        "metadata": {name: meta[name] for name in kept if name in meta},
        "spec": {"replicas": integer_at(manifest, "spec", "replicas") or 0},
        "status": status,
    }  # fmt: skip


def _selector(manifest: Manifest) -> str:
    if text_at(manifest, "kind") == "ReplicationController":
        return str(parse_equalities(text_map_at(manifest, "spec", "selector")))
    found = selector_at(manifest, "spec", "selector")
    return "" if found is None else str(found)


def _write(asked: Asked, scale: Manifest) -> Answer:
    asked.check_options("UpdateOptions")
    name = mapping_at(scale, "metadata").get("name", asked.route.name)
    if name != asked.route.name:
        raise BadRequest(
            f"the name of the object ({name}) does not match the name on the URL "
            f"({asked.route.name})"
        )
    replicas: JSON = mapping_at(scale, "spec").get("replicas") or 0
    if not isinstance(replicas, int) or isinstance(replicas, bool):
        raise BadRequest("Scale: spec.replicas is no whole number")
    if not 0 <= replicas <= LARGEST:
        error = FieldError(
            FieldErrorType.INVALID, "spec.replicas", "must be greater than or equal to 0", replicas
        )
        raise invalid("Scale", "autoscaling", asked.route.name, [error])
    change: Manifest = {}
    here = change
    for step in asked.kind.scale_path[:-1]:
        below: Manifest = {}
        here[step] = below
        here = below
    here[asked.kind.scale_path[-1]] = replicas
    version = mapping_at(scale, "metadata").get("resourceVersion")
    if version:
        change["metadata"] = {"resourceVersion": version}
    written = patch(
        cluster=asked.cluster, address=asked.key, change=change, patch_type="merge",
        actor=asked.caller.access.actor, dry_run=asked.dry_run,
        field_manager=asked.field_manager, owner_subresource="scale",
    )  # fmt: skip
    return of_json(scale_of(written.manifest), warnings=written.warnings)
