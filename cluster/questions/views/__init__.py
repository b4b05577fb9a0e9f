"""Views of one snapshot as graph JSON (docs/graph.md): the map at four levels, the diagrams."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from cluster.machinery.drawing import Graph
from cluster.machinery.manifest import Manifest
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts
from cluster.questions.seen import facts_seen
from cluster.questions.views.findable import findable
from cluster.questions.views.folding import within_budget
from cluster.questions.views.map_choice import services_to_choose, workloads_to_choose
from cluster.questions.views.map_cluster import cluster_map, fits
from cluster.questions.views.map_namespace import namespace_map
from cluster.questions.views.map_pods import pods_map
from cluster.questions.views.map_service import service_map
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.row_pages import in_pages
from cluster.questions.views.sifting import is_asked, seen_rows, sieve_of, sifted
from cluster.questions.views.table import VIEW_TABLE, View, parse_request
from cluster.topology.rendering import to_json

_LEVELS: Mapping[str, View] = {
    "L0": cluster_map, "L1": namespace_map, "L2": service_map, "L3": pods_map,
}  # fmt: skip
_CHOICES: Mapping[str, View] = {"L2": services_to_choose, "L3": workloads_to_choose}


def view(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    """Return a view as a Graph, within the budget of the request.

    Without a level the map opens at the namespaces where they fit the budget, else at the cluster;
    levels 2 and 3 without an object show what they may be of.
    Raises NotFound when the object the view is of does not exist, ValueError for a bad `of`.
    """
    told = facts_seen(facts, request.sees)
    return finished(_whole(snapshot, told, request), snapshot, told, request)


def finished(graph: Graph, snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    """Return a view as it is sent: within its budget, with what a search may match, in pages."""
    graph = seen_rows(graph, snapshot, request)
    if not is_asked(request):
        return in_pages(findable(within_budget(graph, request), snapshot, facts), request)
    graph = findable(graph, snapshot, facts)
    sieve = sieve_of(graph, snapshot, facts, request)
    drawn = within_budget(sifted(graph, sieve, request), request, keeps=sieve.keeps)
    return in_pages(drawn, request)


def _whole(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    if request.view in VIEW_TABLE:
        return VIEW_TABLE[request.view].draw(snapshot, facts, request)
    level = request.level
    if not level:
        level = "L1" if request.namespaces or fits(facts, request) else "L0"
    levels = _LEVELS if request.of else {**_LEVELS, **_CHOICES}
    return levels[level](snapshot, facts, request)


def view_json(
    snapshot: Snapshot,
    facts: Facts,
    query: Mapping[str, str],
    *,
    revision: int,
    time: str,
    cluster: str,
    sees: Callable[[str], bool] | None = None,
) -> Manifest:
    """Return a view as JSON; `query` is the query string of `data-src`.

    `sees` tells which kinds its reader may see (all, where nothing is said): queries find nothing
    by the others, nor are they counted or found fault with; what is drawn of them is left out by
    `withhold` alone. Raises NotFound and
    ValueError as `view` does; ValueError names the parameter.
    """
    request = parse_request(query, cluster)
    if sees is not None:
        request = replace(request, sees=sees)
    graph = view(snapshot, facts, request)
    return to_json(graph, revision=revision, time=time, cluster=cluster)
