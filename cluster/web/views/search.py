"""Search for objects: JSON for the search box, a page without scripts."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from cluster.machinery.drawing import ICON_OF, PAINT_OF
from cluster.machinery.meta import Key
from cluster.questions.search import all_found, find_objects
from cluster.questions.views import view_json
from cluster.questions.withhold import withhold
from cluster.runtime.permissions import Access
from cluster.store.handles import find_cluster
from cluster.web.access import access_of
from cluster.web.addresses import object_address
from cluster.web.looking import look
from cluster.web.matches import match_in
from cluster.web.pages import page
from cluster.web.querying import Asked, Dropped, asked, droppable
from cluster.web.shell import Crumb
from cluster.web.viewquery import view_query

IN_BOX = 20
ON_PAGE = 200


def search(request: HttpRequest, cluster: str) -> HttpResponse:
    """Answer the search box (JSON) or show the results as a page."""
    find_cluster(cluster)
    query = asked(request.GET.dict())
    access = access_of(request)
    if request.accepts("application/json") and not request.accepts("text/html"):
        return JsonResponse(_answer(request, cluster, query, access))
    found, total = _found(cluster, query.text, access)
    return page(
        request,
        "cluster/search.html",
        section="map",
        cluster=cluster,
        title=_("Search"),
        crumbs=[Crumb(_("search"))],
        search_query=query.text,
        query=query,
        given={},
        values={},
        dropped=[] if total else _droppable(cluster, query, access),
        results=[_result(cluster, key) for key in found],
        total=total,
    )


def _answer(request: HttpRequest, cluster: str, query: Asked, access: Access) -> dict[str, object]:
    """Return the answer to the search box; with `view` also what of it the view draws."""
    wanted = view_query(request.GET.dict())
    with look(cluster) as seen:
        found = all_found(seen.snapshot, seen.facts, query.text, sees=access.sees)
        first = found.best(IN_BOX)
        match = None
        if wanted.get("view") and not query.is_blank and not query.parsed.errors:
            graph = view_json(
                seen.snapshot, seen.facts, wanted,
                revision=seen.revision, time="", cluster=cluster,
                sees=access.sees,
            )  # fmt: skip
            graph, _hidden = withhold(graph, access.sees)
            match = match_in(graph, seen.snapshot, found.keys(), wanted, query.text).answer()
    return {
        "total": len(found),
        "results": [_result(cluster, key) for key in first],
        "match": match,
    }


def _found(cluster: str, text: str, access: Access) -> tuple[list[Key], int]:
    with look(cluster) as seen:
        return find_objects(seen.snapshot, seen.facts, text, limit=ON_PAGE, sees=access.sees)


def _droppable(cluster: str, query: Asked, access: Access) -> list[Dropped]:
    with look(cluster) as seen:

        def count(given: Mapping[str, str]) -> int:
            return len(all_found(seen.snapshot, seen.facts, given["q"], sees=access.sees))

        return droppable({"q": query.text}, (), count)


def _result(cluster: str, key: Key) -> dict[str, str]:
    return {
        "id": key.node_id,
        "kind": key.kind,
        "namespace": key.namespace,
        "name": key.name,
        "icon": ICON_OF.get(key.kind, "external"),
        "paint": PAINT_OF.get(key.kind, "external"),
        "href": object_address(cluster, key),
    }
