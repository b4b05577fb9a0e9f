"""A view as a networkx graph, for what is a question of graphs: neighbours, paths, components."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import networkx as nx

from cluster.machinery.drawing import Graph

if TYPE_CHECKING:
    Network = nx.MultiDiGraph[str]
else:
    Network = nx.MultiDiGraph


def to_network(graph: Graph) -> Network:
    """Return the cards and lines of a view; lines to cards that are not drawn are left out."""
    network: Network = nx.MultiDiGraph()
    for node in graph.nodes:
        network.add_node(node.id, drawn=node)
    for edge in graph.edges:
        if edge.source in network and edge.target in network:
            network.add_edge(edge.source, edge.target, key=edge.id, drawn=edge)
    return network


def near(graph: Graph, ids: Iterable[str], steps: int) -> set[str]:
    """Return the cards within `steps` lines of any of `ids`, against arrows too, themselves in."""
    network = to_network(graph).to_undirected(as_view=True)
    found: set[str] = set()
    for start in ids:
        if start in network:
            found.update(nx.single_source_shortest_path_length(network, start, cutoff=steps))
    return found


def downstream(graph: Graph, ids: Iterable[str]) -> set[str]:
    """Return the cards that traffic from any of `ids` can come to, themselves in."""
    network = to_network(graph)
    found: set[str] = set()
    for start in ids:
        if start in network:
            found.add(start)
            found.update(nx.descendants(network, start))
    return found


def upstream(graph: Graph, ids: Iterable[str]) -> set[str]:
    """Return the cards that traffic to any of `ids` can come from, themselves in."""
    network = to_network(graph)
    found: set[str] = set()
    for start in ids:
        if start in network:
            found.add(start)
            found.update(nx.ancestors(network, start))
    return found


def only(graph: Graph, ids: set[str]) -> Graph:
    """Return the view with the cards in `ids`, the lines between them, and the boxes they need."""
    nodes = tuple(node for node in graph.nodes if node.id in ids)
    edges = tuple(edge for edge in graph.edges if edge.source in ids and edge.target in ids)
    parents = {group.id: group.parent for group in graph.groups}
    needed: set[str] = set()
    for node in nodes:
        group = node.group
        while group is not None and group not in needed:
            needed.add(group)
            group = parents.get(group)
    groups = tuple(group for group in graph.groups if group.id in needed)
    drawn = ids | {edge.id for edge in edges}
    rows = tuple(row for row in graph.rows if row.id in drawn)
    return replace(graph, nodes=nodes, edges=edges, groups=groups, rows=rows)
