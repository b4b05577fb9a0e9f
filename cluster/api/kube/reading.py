"""Getting one object and listing many."""

from __future__ import annotations

from cluster.api.kube import endpoints
from cluster.api.kube.asked import Asked, revision_of
from cluster.api.kube.refusals import absent
from cluster.api.kube.selecting import Selection, selection_of
from cluster.api.kube.statuses import too_new
from cluster.api.kube.wire import Answer, of_json
from cluster.machinery.errors import (
    BadRequest,
    FieldError,
    FieldErrorType,
    NotFound,
    invalid,
    not_found,
)
from cluster.machinery.manifest import Manifest
from cluster.runtime.collector import paused
from cluster.store import Page, find_cluster, get, get_many, list_objects


def get_one(asked: Asked) -> Answer:
    """Answer a GET of one object; raises NotFound."""
    view = asked.view()
    wanted = revision_of(asked.request.query.get("resourceVersion", ""))
    if wanted is not None:
        current = find_cluster(asked.cluster).revision
        if wanted > current:
            raise too_new(wanted, current)
    try:
        found = get(asked.cluster, asked.key)
    except NotFound:
        worked_out = endpoints.of_service(asked.cluster, asked.key)
        if worked_out is None:
            raise
        found = worked_out
    return of_json(view.one(found))


def list_many(asked: Asked) -> Answer:
    """Answer a GET of a list, or of a chunk of it."""
    view = asked.view()
    selection = selection_of(asked.request, asked.kind.kind)
    with paused():
        page = page_of(asked, selection)
        meta: Manifest = {"resourceVersion": str(page.revision)}
        if page.next:
            meta["continue"] = page.next
        if page.remaining is not None:
            meta["remainingItemCount"] = page.remaining
        return of_json(view.many(page.items, meta))


def none_there(asked: Asked, verb: str) -> Answer:
    """Answer for a resource of which there never is any."""
    if verb == "create":
        raise absent(asked.resource.kind)
    view = asked.view()
    if verb == "get":
        raise not_found(asked.resource.plural, asked.resource.group, asked.route.name)
    return of_json(view.many([], {"resourceVersion": str(find_cluster(asked.cluster).revision)}))


def page_of(asked: Asked, selection: Selection) -> Page:
    """Return the objects that a list asks for; raises Gone, BadRequest, TooNew."""
    limit = max(0, asked.request.number("limit") or 0) or None
    token = asked.request.query.get("continue", "")
    revision = _revision(asked, limited=limit is not None, goes_on=bool(token))
    if asked.kind.kind == "Endpoints" and not token and revision is None:
        stored = list_objects(
            asked.cluster, asked.kind, namespace=asked.route.namespace, matches=selection.matches
        )
        return endpoints.with_services(asked.cluster, stored, asked.route.namespace, selection)
    if selection.name and not token and revision is None:
        return _only(asked, selection)
    return list_objects(
        asked.cluster, asked.kind, namespace=asked.route.namespace, matches=selection.matches,
        limit=limit, continue_from=token, revision=revision,
    )  # fmt: skip


def _only(asked: Asked, selection: Selection) -> Page:
    """Return the list of the one object that can match."""
    handle = find_cluster(asked.cluster)
    namespaces = [asked.route.namespace]
    if not namespaces[0] and asked.kind.namespaced:
        namespaces = [
            value for path, equal, value in selection.fields
            if path == "metadata.namespace" and equal
        ]  # fmt: skip
        if not namespaces:
            return list_objects(asked.cluster, asked.kind, matches=selection.matches)
    keys = [asked.kind.key(namespace, selection.name) for namespace in namespaces]
    found = get_many(handle, keys).values()
    matches = selection.matches
    return Page([item for item in found if matches is None or matches(item)], handle.revision)


def _revision(asked: Asked, *, limited: bool, goes_on: bool) -> int | None:
    """Return the revision that a list must show, None for the current one.

    Source: the table of `resourceVersion` and `resourceVersionMatch` in the API concepts.
    """
    query = asked.request.query
    given, match = query.get("resourceVersion", ""), query.get("resourceVersionMatch", "")
    wanted = revision_of(given)
    if query.get("sendInitialEvents") is not None:
        told = FieldError(
            FieldErrorType.FORBIDDEN, "sendInitialEvents",
            "sendInitialEvents is forbidden for list", query["sendInitialEvents"],
        )  # fmt: skip
        raise invalid("ListOptions", "meta.k8s.io", "", [told])
    if match not in {"", "Exact", "NotOlderThan"}:
        raise _bad_match('supported values: "Exact", "NotOlderThan"', match)
    if match and not given:
        raise _bad_match(
            "resourceVersionMatch is forbidden unless resourceVersion is provided", match
        )
    if match == "Exact" and wanted is None:
        raise _bad_match(
            'resourceVersionMatch "Exact" is forbidden for resourceVersion "0"', match
        )
    if goes_on:
        if wanted is not None:
            raise BadRequest("specifying resource version is not allowed when using continue")
        return None
    if wanted is None:
        return None
    current = find_cluster(asked.cluster).revision
    if wanted > current:
        raise too_new(wanted, current)
    return wanted if match == "Exact" or (limited and not match) else None


def _bad_match(why: str, value: str) -> Exception:
    error = FieldError(FieldErrorType.FORBIDDEN, "resourceVersionMatch", why, value)
    return invalid("ListOptions", "meta.k8s.io", "", [error])
