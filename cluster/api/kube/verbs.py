"""From an address and a method to what answers: the table of verbs."""

from __future__ import annotations

from collections.abc import Callable

from cluster.api.kube import discovery, events, reading, refusals, reviews, scaling, writing
from cluster.api.kube.access import caller_of, check_origin, demand
from cluster.api.kube.asked import Asked
from cluster.api.kube.describing import openapi
from cluster.api.kube.resources import ABSENT, Resource, find
from cluster.api.kube.routes import Route, parse, split
from cluster.api.kube.statuses import method_not_allowed, not_kept, not_served
from cluster.api.kube.watching import watch
from cluster.api.kube.wire import Caller, Reply, Request, of_text
from cluster.machinery.errors import Forbidden
from cluster.store import find_cluster

HEALTH = frozenset({"healthz", "livez", "readyz"})
VERB_OF_ONE = {"GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
VERB_OF_MANY = {"GET": "list", "POST": "create", "DELETE": "deletecollection"}
VERB_BELOW = {"GET": "get", "PUT": "update", "PATCH": "patch", "POST": "create"}
Answering = Callable[[Asked], Reply]
ONE: dict[str, Answering] = {
    "get": reading.get_one, "update": writing.replace_one, "patch": writing.patch_one,
    "delete": writing.delete_one,
}  # fmt: skip
MANY: dict[str, Answering] = {
    "list": reading.list_many, "create": writing.create_one,
    "deletecollection": writing.delete_many,
}  # fmt: skip
BELOW: dict[tuple[str, str], Answering] = {
    ("status", "get"): reading.get_one,
    ("status", "update"): writing.replace_one,
    ("status", "patch"): writing.patch_one,
    ("scale", "get"): scaling.get_scale,
    ("scale", "update"): scaling.replace_scale,
    ("scale", "patch"): scaling.patch_scale,
    ("finalize", "update"): reading.get_one,  # an empty Namespace goes by itself
    ("eviction", "create"): writing.evict,
}


def answer(request: Request) -> Reply:
    """Answer a request; raises ApiError. Runs in a worker thread."""
    check_origin(request)
    caller = caller_of(request)
    find_cluster(request.cluster)
    segments = split(request.path)
    first = segments[0] if segments else ""
    if first in HEALTH:
        _only_get(request)
        return of_text("ok")
    if not caller.access.reads and first != "version":
        raise Forbidden(f'User "{caller.name}" cannot get path "{request.path}"; {caller.problem}')
    route = parse(segments)
    if route is None:
        return _document(request, segments)
    return _answer(request, caller, route)


def _document(request: Request, segments: list[str]) -> Reply:
    match segments:
        case []:
            found: Reply = discovery.root(request)
        case ["version"]:
            found = discovery.version()
        case ["api"]:
            found = discovery.core(request)
        case ["apis"]:
            found = discovery.groups(request)
        case ["api", version]:
            found = discovery.resources("", version)
        case ["apis", group]:
            found = discovery.group(group)
        case ["apis", group, version]:
            found = discovery.resources(group, version)
        case ["openapi", *rest]:
            found = openapi(request, rest)
        case _:
            raise not_served()
    _only_get(request)
    return found


def _only_get(request: Request) -> None:
    if request.method not in {"GET", "HEAD"}:
        raise method_not_allowed()


def _answer(request: Request, caller: Caller, route: Route) -> Reply:
    resource = find(route.group, route.version, route.plural)
    if resource is None and request.method == "POST":
        raise not_kept(route.plural, route.group, route.version)
    if resource is None or (route.namespace and not resource.namespaced):
        raise not_served()
    asked = Asked(request, caller, route, resource)
    verb = verb_of(asked)
    if route.subresource in refusals.REFUSED and resource.subresource(route.subresource):
        raise refusals.refusal(route.subresource)
    if resource.verbs == ("create",):
        return reviews.review(asked)
    if resource in ABSENT:
        return reading.none_there(asked, verb)

    def allowed() -> None:
        _demand(caller_of(request), resource, route, verb)

    _demand(caller, resource, route, verb)
    if resource.stored is None:
        return events.answer(asked, verb, allowed)
    if verb == "watch":
        return watch(asked, allowed)
    if route.subresource:
        return BELOW[route.subresource, verb](asked)
    return (ONE if route.name else MANY)[verb](asked)


def verb_of(asked: Asked) -> str:
    """Return Kubernetes' word for what is asked; raises MethodNotAllowed, NotFound."""
    request, route, resource = asked.request, asked.route, asked.resource
    method = "GET" if request.method == "HEAD" else request.method
    if route.subresource:
        below = resource.subresource(route.subresource)
        if below is None or (route.rest and route.subresource != "proxy"):
            raise not_served()
        verb = VERB_BELOW.get(method, "")
        if verb not in below.verbs and route.subresource != "proxy":
            raise method_not_allowed()
        return verb
    if route.name:
        verb = VERB_OF_ONE.get(method, "")
    else:
        verb = "watch" if request.is_watch else VERB_OF_MANY.get(method, "")
    everywhere = resource.namespaced and not route.namespace
    if everywhere and route.name:
        raise not_served()
    if verb not in resource.verbs or (everywhere and verb not in {"list", "watch"}):
        raise method_not_allowed()
    return verb


def _demand(caller: Caller, resource: Resource, route: Route, verb: str) -> None:
    # An eviction is a delete that asks first.
    needed = "delete" if route.subresource == "eviction" else verb
    demand(
        caller, needed, kind=resource.kind, group=resource.group, plural=resource.plural,
        namespace=route.namespace, name=route.name, subresource=route.subresource,
    )  # fmt: skip
