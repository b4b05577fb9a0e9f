"""Creating, replacing, patching and deleting objects."""

from __future__ import annotations

import dataclasses
from typing import cast

from cluster.api.kube import bodies
from cluster.api.kube.access import demand
from cluster.api.kube.asked import Asked
from cluster.api.kube.selecting import selection_of
from cluster.api.kube.statuses import success
from cluster.api.kube.wire import Answer, of_json
from cluster.machinery.errors import BadRequest, FieldError, FieldErrorType, NotFound, invalid
from cluster.machinery.kind import Kind
from cluster.machinery.manifest import JSON, Manifest, integer_at, list_at, mapping_at, text_at
from cluster.store import (
    Deletion,
    PatchType,
    Propagation,
    Written,
    create,
    delete,
    delete_collection,
    get,
    patch,
    replace,
    server_apply,
)

PATCH_TYPES: dict[str, PatchType] = {
    bodies.JSON_PATCH: "json",
    bodies.MERGE_PATCH: "merge",
    bodies.STRATEGIC_PATCH: "strategic",
}
PROPAGATIONS = ("Background", "Foreground", "Orphan")


def create_one(asked: Asked) -> Answer:
    """Answer a POST of a new object."""
    asked.check_options("CreateOptions")
    view = asked.view()
    document = object_of(asked)
    written = create(
        cluster=asked.cluster,
        document=document,
        actor=asked.caller.access.actor,
        namespace=asked.route.namespace,
        field_validation=asked.field_validation,
        field_manager=asked.field_manager,
        repeated=bodies.repetitions(asked.request),
        dry_run=asked.dry_run,
    )
    return of_json(view.one(written.manifest), 201, warnings=written.warnings)


def replace_one(asked: Asked) -> Answer:
    """Answer a PUT; a Service or Endpoints that is missing is created (A-8)."""
    asked.check_options("UpdateOptions")
    view = asked.view()
    document = object_of(asked)
    if asked.kind.creates_on_update and not asked.route.subresource:
        _demand_creating(asked)
    written = replace(
        cluster=asked.cluster,
        document=document,
        actor=asked.caller.access.actor,
        address=asked.key,
        subresource="status" if asked.route.subresource == "status" else "",
        field_validation=asked.field_validation,
        field_manager=asked.field_manager,
        repeated=bodies.repetitions(asked.request),
        dry_run=asked.dry_run,
    )
    return _answer(asked, written, view.one(written.manifest))


def patch_one(asked: Asked) -> Answer:
    """Answer a PATCH of any of the four types."""
    asked.check_options("PatchOptions")
    view = asked.view()
    type_ = bodies.type_of(asked.request)
    if type_ not in bodies.PATCHES:
        raise bodies.unsupported(type_, bodies.PATCHES)
    change = bodies.change(asked.request)
    if type_ == bodies.APPLY_PATCH:
        written = _apply(asked, change)
    else:
        written = patch(
            cluster=asked.cluster,
            address=asked.key,
            change=change,
            patch_type=PATCH_TYPES[type_],
            actor=asked.caller.access.actor,
            subresource="status" if asked.route.subresource == "status" else "",
            field_validation=asked.field_validation,
            field_manager=asked.field_manager,
            repeated=bodies.repetitions(asked.request),
            dry_run=asked.dry_run,
        )
    return _answer(asked, written, view.one(written.manifest))


def _apply(asked: Asked, change: JSON) -> Written:
    """Apply on the server's side: create the object, or merge into it."""
    if not asked.request.query.get("fieldManager"):
        error = FieldError(
            FieldErrorType.REQUIRED, "fieldManager", "is required for apply patch", ""
        )
        raise invalid("PatchOptions", "meta.k8s.io", "", [error])
    if not asked.route.subresource:
        _demand_creating(asked)
    warnings = _apply_warnings(asked)
    written = server_apply(
        cluster=asked.cluster,
        address=asked.key,
        document=change,
        actor=asked.caller.access.actor,
        field_manager=asked.request.query["fieldManager"],
        force=asked.request.flag("force"),
        subresource="status" if asked.route.subresource == "status" else "",
        dry_run=asked.dry_run,
    )
    return dataclasses.replace(written, warnings=(*warnings, *written.warnings))


def _apply_warnings(asked: Asked) -> tuple[str, ...]:
    """Return the warnings about keys that an apply sets twice; raises BadRequest where Strict.

    Source: apiserver `endpoints/handlers/patch.go`, `applyPatchToCurrentObject`.
    """
    repeated = bodies.repetitions(asked.request)
    if repeated and asked.field_validation == "Strict":
        raise BadRequest(
            "error strict decoding YAML: error converting YAML to JSON: " + repeated.yaml_error
        )
    return repeated.lines if asked.field_validation == "Warn" else ()


def delete_one(asked: Asked) -> Answer:
    """Answer a DELETE: the object where something holds it, else a Status."""
    asked.check_options("DeleteOptions")
    view = asked.view()
    deletion, dry_run = deletion_of(asked)
    written = delete(
        cluster=asked.cluster,
        address=asked.key,
        actor=asked.caller.access.actor,
        propagation=deletion.propagation,
        grace_seconds=deletion.grace_seconds,
        uid=deletion.uid,
        resource_version=deletion.resource_version,
        dry_run=asked.dry_run or dry_run,
    )
    if written.verb == "terminating":
        return of_json(view.one(written.manifest))
    kind = asked.kind
    details: Manifest = {"name": written.key.name, "kind": kind.plural}
    if kind.group:
        details["group"] = kind.group
    details["uid"] = text_at(written.manifest, "metadata", "uid")
    return of_json(success(details))


def delete_many(asked: Asked) -> Answer:
    """Answer a DELETE of a collection: every object that the selectors choose."""
    asked.check_options("DeleteOptions")
    view = asked.view()
    deletion, dry_run = deletion_of(asked)
    selection = selection_of(asked.request, asked.kind.kind)
    found = delete_collection(
        cluster=asked.cluster,
        kind=asked.kind,
        namespace=asked.route.namespace,
        matches=selection.matches,
        deletion=deletion,
        actor=asked.caller.access.actor,
        dry_run=asked.dry_run or dry_run,
    )
    revision = max((written.revision for written in found), default=0)
    meta: Manifest = {"resourceVersion": str(revision)}
    return of_json(view.many([written.manifest for written in found], meta))


def object_of(asked: Asked) -> Manifest:
    """Return the object in the body, its kind the resource's; raises BadRequest.

    A body that does not say what it is is what its address takes.
    """
    return of_kind(bodies.document(asked.request), asked.kind)


def of_kind(document: Manifest, kind: Kind) -> Manifest:
    """Return a document with `apiVersion` and `kind`, which must be those of `kind`."""
    api_version = document.get("apiVersion") or kind.api_version
    name = document.get("kind") or kind.kind
    if name != kind.kind:
        raise BadRequest(
            f"{name} in version {str(api_version)!r} cannot be handled as a {kind.kind}: "
            f"the kind in the data does not match the expected kind ({kind.kind})"
        )
    if api_version != kind.api_version:
        raise BadRequest(
            f"the API version in the data ({api_version}) does not match the expected API "
            f"version ({kind.api_version})"
        )
    return document | {"apiVersion": api_version, "kind": name}


def deletion_of(asked: Asked) -> tuple[Deletion, bool]:
    """Return how to delete, by body and query string, and whether it is a dry run."""
    given = bodies.options(asked.request)
    query = asked.request.query
    try:
        preconditions = mapping_at(given, "preconditions")
        policy = text_at(given, "propagationPolicy") or query.get("propagationPolicy") or ""
        seconds = given.get("gracePeriodSeconds")
        dry_run = "All" in list_at(given, "dryRun")
        uid = text_at(preconditions, "uid")
        version = text_at(preconditions, "resourceVersion")
    except TypeError as error:
        raise BadRequest(f"DeleteOptions: {error}") from error
    if seconds is None:
        seconds = asked.request.number("gracePeriodSeconds")
    if not isinstance(seconds, int | None) or isinstance(seconds, bool):
        raise BadRequest("DeleteOptions: gracePeriodSeconds is no whole number")
    if not policy:
        policy = "Orphan" if given.get("orphanDependents") is True else "Background"
    if policy not in PROPAGATIONS:
        error_ = FieldError(
            FieldErrorType.NOT_SUPPORTED, "propagationPolicy",
            'supported values: "Foreground", "Background", "Orphan"', policy,
        )  # fmt: skip
        raise invalid("DeleteOptions", "meta.k8s.io", "", [error_])
    return Deletion(cast("Propagation", policy), seconds, uid, version), dry_run


def _demand_creating(asked: Asked) -> None:
    """Raise Forbidden where the object is missing and the caller may not create it."""
    try:
        get(asked.cluster, asked.key)
    except NotFound:
        resource, route = asked.resource, asked.route
        demand(
            asked.caller, "create", kind=resource.kind, group=resource.group,
            plural=resource.plural, namespace=route.namespace,
        )  # fmt: skip


def _answer(asked: Asked, written: Written, shown: Manifest) -> Answer:
    status = 201 if written.verb == "created" else 200
    return of_json(shown, status, warnings=written.warnings)


def evict(asked: Asked) -> Answer:
    """Answer the POST of an Eviction: the Pod is deleted. netviz has no disruption budgets."""
    eviction = bodies.document(asked.request)
    try:
        given = mapping_at(eviction, "deleteOptions")
        seconds = integer_at(given, "gracePeriodSeconds")
        uid = text_at(given, "preconditions", "uid")
        dry_run = "All" in list_at(given, "dryRun")
        name = text_at(eviction, "metadata", "name") or asked.route.name
    except TypeError as error:
        raise BadRequest(f"Eviction: {error}") from error
    if name != asked.route.name:
        raise BadRequest("name in URL does not match name in Eviction object")
    delete(
        cluster=asked.cluster, address=asked.key, actor=asked.caller.access.actor,
        grace_seconds=seconds, uid=uid, dry_run=asked.dry_run or dry_run,
    )  # fmt: skip
    return of_json(success({}), 201)
