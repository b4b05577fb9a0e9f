"""Level 2 of the map: one Service, its slices, and its endpoints folded by workload and zone."""

from __future__ import annotations

from dataclasses import replace

from cluster.machinery.drawing import Graph
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts
from cluster.questions.views.endpoints import draw
from cluster.questions.views.request import ViewRequest

ONE_BY_ONE = 12  # a Service this small is clearer unfolded


def service_map(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    """Return the Service `request.of` with its endpoints; raises NotFound, ValueError."""
    graph = draw(snapshot, facts, request, most=ONE_BY_ONE)
    crumbs = (*graph.crumbs[:-2], (graph.crumbs[-2][0], None))
    return replace(graph, view="map", level="L2", crumbs=crumbs)
