"""Search for objects: JSON for the search box, a page without scripts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from cluster.machinery.drawing import ICON_OF, PAINT_OF
from cluster.machinery.meta import Key
from cluster.questions.search import find_objects
from cluster.runtime.permissions import Access
from cluster.store.handles import find_cluster
from cluster.web.access import access_of
from cluster.web.addresses import object_address
from cluster.web.looking import look
from cluster.web.pages import page
from cluster.web.shell import Crumb

IN_BOX = 20
ON_PAGE = 200
LONGEST = 500  # characters


def search(request: HttpRequest, cluster: str) -> HttpResponse:
    """Answer the search box (JSON) or show the results as a page."""
    find_cluster(cluster)
    text = request.GET.get("q", "")[:LONGEST]
    access = access_of(request)
    wants_json = request.accepts("application/json") and not request.accepts("text/html")
    found, total = _found(cluster, text, access, IN_BOX if wants_json else ON_PAGE)
    if wants_json:
        results = [_result(cluster, key) for key in found]
        return JsonResponse({"total": total, "results": results})
    return page(
        request,
        "cluster/search.html",
        section="map",
        cluster=cluster,
        title=_("Search"),
        crumbs=[Crumb(_("search"))],
        search_query=text,
        results=[_result(cluster, key) for key in found],
        total=total,
    )


def _found(cluster: str, text: str, access: Access, limit: int) -> tuple[list[Key], int]:
    if not text.strip():
        return [], 0
    with look(cluster) as seen:
        return find_objects(seen.snapshot, seen.facts, text, limit=limit, sees=access.sees)


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
