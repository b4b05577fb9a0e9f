"""The rows that a query leaves of a view's whole table, before cards are folded and rows are cut.

Queries are asked of what the reader may see: cards and rows of other kinds find nothing, nor do
the values that cards tell of them. `sifted` in the graph says which queries its rows answer, so
that a page does not ask them again of the few cards that it draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cluster.machinery.drawing import Graph, GraphNode, Row
from cluster.machinery.manifest import JSON, Manifest, mappings_at
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts
from cluster.questions.query.card_values import find_of
from cluster.questions.query.drawn import found_in
from cluster.questions.views.request import ViewRequest
from cluster.questions.withhold import withhold
from cluster.topology.rendering import to_json

SIFTED = "sifted"


@dataclass(frozen=True, slots=True)
class Sieve:
    """What the queries of a request mean in one view: cards, and rows that have no card."""

    found: frozenset[str] | None
    gone: frozenset[str]

    def keeps(self, node: GraphNode) -> bool:
        """Whether a card is looked for."""
        return self.found is not None and node.id in self.found


def is_asked(request: ViewRequest) -> bool:
    """Whether a request has a query that its table answers."""
    return bool(request.find or request.omit)


def sieve_of(graph: Graph, snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Sieve:
    """Return what the queries mean; `graph` has every card, with what may be found on it."""
    whole = to_json(graph, revision=0, time="", cluster=request.cluster)
    loose: list[JSON] = [*_loose(graph, snapshot, facts)]
    everything = whole | {"nodes": [*mappings_at(whole, "nodes"), *loose]}
    seen, _hidden = withhold(everything, request.sees)
    return Sieve(
        frozenset(found_in(seen, request.find)) if request.find else None,
        frozenset(found_in(seen, request.omit) if request.omit else ()),
    )


def sifted(graph: Graph, sieve: Sieve, request: ViewRequest) -> Graph:
    """Return the view with the rows that its queries leave: of cards, and of lines at them."""
    ends = {edge.id: {edge.source, edge.target} for edge in graph.edges}

    def stays(row: Row) -> bool:
        about = ends.get(row.id, set()) | {row.id}
        if not about.isdisjoint(sieve.gone):
            return False
        return sieve.found is None or not about.isdisjoint(sieve.found)

    queries: dict[str, JSON] = {"find": request.find, "omit": request.omit}
    rows = tuple(row for row in graph.rows if stays(row))
    return replace(graph, rows=rows, extra={**graph.extra, SIFTED: queries})


def seen_rows(graph: Graph, snapshot: Snapshot, request: ViewRequest) -> Graph:
    """Return the view without rows of objects that the reader may not see: they do not count."""
    unseen = {kind.kind for kind in snapshot.kinds if not request.sees(kind.kind)}
    if not unseen:
        return graph
    kinds = {node.id: node.kind for node in graph.nodes}
    ends = {edge.id: (edge.source, edge.target) for edge in graph.edges}

    def is_seen(id_: str) -> bool:
        return kinds.get(id_, id_.partition("/")[0]) not in unseen

    rows = tuple(row for row in graph.rows if all(map(is_seen, ends.get(row.id, (row.id,)))))
    return replace(graph, rows=rows)


def _loose(graph: Graph, snapshot: Snapshot, facts: Facts) -> Iterator[Manifest]:
    """Yield rows that are of no card and no line, as cards: what they are of, and their words."""
    known = {node.id for node in graph.nodes} | {edge.id for edge in graph.edges}
    for row in graph.rows:
        if row.id in known:
            continue
        known.add(row.id)
        kind, _slash, rest = row.id.partition("/")
        namespace, _slash, name = rest.partition("/")
        words = " ".join(cell.text for cell in row.cells)
        card: Manifest = {
            "id": row.id, "kind": kind, "namespace": namespace, "name": name, "meta": words,
        }  # fmt: skip
        if kind in snapshot.kinds:
            key = snapshot.kinds[kind].key(namespace, name)
            item = snapshot.find(key)
            values = find_of(snapshot, facts, key, item, ()) if item is not None else {}
            found: Manifest = {field: list[JSON](texts) for field, texts in values.items()}
            card["find"] = found
        yield card
