"""The paths of a resource and what can be done at each, as OpenAPI lists operations.

kubectl reads three things here: which kind an operation is for, whether a write takes
`fieldValidation`, and whether a patch takes `dryRun`. The rest is for people and tools that draw.
Source: kube-api.md section 4; apiserver `pkg/endpoints/installer.go`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cluster.api.kube.openapi.schemas import META, Dialect, name_of, reference
from cluster.api.kube.openapi.served import Resource, Subresource
from cluster.machinery.manifest import JSON, Manifest

JSON_TYPE = "application/json"
BODY_TYPES = (JSON_TYPE, "application/yaml", "application/vnd.kubernetes.protobuf")
PATCH_TYPES = (
    "application/apply-patch+yaml", "application/json-patch+json",
    "application/merge-patch+json", "application/strategic-merge-patch+json",
)  # fmt: skip


class Place(NamedTuple):
    """An address of a resource and the verbs that are carried out there, with the HTTP methods."""

    path: str
    methods: Sequence[tuple[str, str]]
    kind: tuple[str, str, str]
    answer: str = ""


class Query(NamedTuple):
    """A query parameter: its name, type and meaning."""

    name: str
    type: str
    help: str


_PRETTY = Query("pretty", "string", "Accepted and without effect: kubectl formats for itself.")
_DRY_RUN = Query("dryRun", "string", "All: do everything but save.")
_MANAGER = Query("fieldManager", "string", "Who is to own the fields that this write sets.")
_VALIDATION = Query(
    "fieldValidation", "string",
    "What becomes of unknown and repeated fields: Strict refuses, Warn warns, Ignore drops.",
)  # fmt: skip
_FORCE = Query("force", "boolean", "Take fields from other managers; for apply patches.")
_LABELS = Query("labelSelector", "string", "Only objects whose labels match.")
_FIELDS = Query("fieldSelector", "string", "Only objects whose fields match.")
_VERSION = Query("resourceVersion", "string", "The version to read at, or to watch from.")
_MATCH = Query("resourceVersionMatch", "string", "How resourceVersion is meant.")
_LIMIT = Query("limit", "integer", "At most so many objects in an answer.")
_CONTINUE = Query("continue", "string", "Where a list that was cut goes on.")
_WATCH = Query("watch", "boolean", "Stream what changes.")
_BOOKMARKS = Query("allowWatchBookmarks", "boolean", "Tell now and then how far the watch is.")
_INITIAL = Query("sendInitialEvents", "boolean", "Begin a watch with what there is.")
_TIMEOUT = Query("timeoutSeconds", "integer", "End the watch after so many seconds.")
_GRACE = Query("gracePeriodSeconds", "integer", "Seconds until the object goes.")
_PROPAGATION = Query("propagationPolicy", "string", "What becomes of dependents.")
_LIST = (_LABELS, _FIELDS, _VERSION, _MATCH, _LIMIT, _CONTINUE, _WATCH, _BOOKMARKS, _INITIAL,
         _TIMEOUT)  # fmt: skip
_WRITE = (_DRY_RUN, _MANAGER, _VALIDATION)
QUERIES: dict[str, tuple[Query, ...]] = {
    "get": (),
    "list": _LIST,
    "create": _WRITE,
    "update": _WRITE,
    "patch": (*_WRITE, _FORCE),
    "delete": (_DRY_RUN, _GRACE, _PROPAGATION),
    "deletecollection": (*_LIST[:6], _DRY_RUN, _GRACE, _PROPAGATION),
}
_ACTIONS = {"update": "put", "create": "post", "deletecollection": "deletecollection"}
_COLLECTION = (("list", "get"), ("create", "post"), ("deletecollection", "delete"))
_ITEM = (("get", "get"), ("update", "put"), ("patch", "patch"), ("delete", "delete"))
_BELOW = (*_ITEM[:3], ("create", "post"))


def root_of(group: str, version: str) -> str:
    """Return the path of a group version without its slash: `api/v1`, `apis/apps/v1`."""
    return f"apis/{group}/{version}" if group else f"api/{version}"


def paths_of(resource: Resource, dialect: Dialect) -> Iterator[tuple[str, Manifest]]:
    """Yield every path of a resource with its operations."""
    for place in _places(resource):
        operations: Manifest = {
            method: _operation(place, verb, dialect) for verb, method in place.methods
        }
        if operations:
            yield place.path, {"parameters": list(_in_path(place.path, dialect)), **operations}


def _places(resource: Resource) -> Iterator[Place]:
    root = f"/{root_of(resource.group, resource.version)}"
    kind = (resource.group, resource.version, resource.kind)
    home = f"{root}/namespaces/{{namespace}}" if resource.namespaced else root
    collection = f"{home}/{resource.plural}"
    yield Place(collection, _allowed(_COLLECTION, resource.verbs), kind, f"{resource.kind}List")
    if resource.namespaced:
        everywhere = _allowed(_COLLECTION[:1], resource.verbs)
        yield Place(f"{root}/{resource.plural}", everywhere, kind, f"{resource.kind}List")
    yield Place(f"{collection}/{{name}}", _allowed(_ITEM, resource.verbs), kind)
    for found in resource.subresources:
        yield Place(f"{collection}/{{name}}/{found.name}", _below(found), _kind(found))


def _kind(found: Subresource) -> tuple[str, str, str]:
    return found.group, found.version, found.kind


def _below(found: Subresource) -> Sequence[tuple[str, str]]:
    return _allowed(_BELOW, found.verbs) if name_of(*_kind(found)) else ()


def _allowed(
    methods: Sequence[tuple[str, str]], verbs: Sequence[str]
) -> Sequence[tuple[str, str]]:
    return [(verb, method) for verb, method in methods if verb in verbs]


def _operation(place: Place, verb: str, dialect: Dialect) -> Manifest:
    group, version, kind = place.kind
    parameters: list[JSON] = [_query(query, dialect) for query in (*QUERIES[verb], _PRETTY)]
    found: Manifest = {
        "description": f"{verb} {kind}",
        "operationId": _operation_id(place.path, verb),
        "tags": [f"{group.partition('.')[0] or 'core'}_{version}"],
        "parameters": parameters,
        "responses": _responses(place, verb, dialect),
        "x-kubernetes-action": _ACTIONS.get(verb, verb),
        "x-kubernetes-group-version-kind": {"group": group, "version": version, "kind": kind},
    }
    name = _body_of(place, verb)
    if name is not None and dialect == "3.0":
        types = PATCH_TYPES if verb == "patch" else BODY_TYPES
        schema = reference(name, dialect)
        found["requestBody"] = {"content": {type_: {"schema": schema} for type_ in types}}
    elif name is not None:
        parameters.append({"name": "body", "in": "body", "schema": reference(name, dialect)})
    return found


def _body_of(place: Place, verb: str) -> str | None:
    if verb == "patch":
        return f"{META}Patch"
    if verb in {"delete", "deletecollection"}:
        return f"{META}DeleteOptions"
    return name_of(*place.kind) if verb in {"create", "update"} else None


def _responses(place: Place, verb: str, dialect: Dialect) -> Manifest:
    group, version, kind = place.kind
    name: str | None = f"{META}Status"
    if verb == "list":
        name = name_of(group, version, place.answer)
    elif verb not in {"delete", "deletecollection"}:
        name = name_of(group, version, kind)
    answer: Manifest = {"description": "OK"}
    if name is not None and dialect == "3.0":
        answer["content"] = {JSON_TYPE: {"schema": reference(name, dialect)}}
    elif name is not None:
        answer["schema"] = reference(name, dialect)
    codes = ("200", "201") if verb in {"create", "update", "patch"} else ("200",)
    return dict.fromkeys(codes, answer)


def _query(query: Query, dialect: Dialect) -> Manifest:
    found: Manifest = {"name": query.name, "in": "query", "description": query.help}
    return found | _typed(query.type, dialect)


def _in_path(path: str, dialect: Dialect) -> Iterator[JSON]:
    for name in ("namespace", "name"):
        if f"{{{name}}}" in path:
            yield {"name": name, "in": "path", "required": True, **_typed("string", dialect)}


def _typed(type_: str, dialect: Dialect) -> Manifest:
    return {"schema": {"type": type_}} if dialect == "3.0" else {"type": type_}


def _operation_id(path: str, verb: str) -> str:
    words = [word.strip("{}") for word in path.split("/") if word]
    return verb + "".join(
        part.capitalize() for word in words for part in word.replace(".", "-").split("-")
    )
