"""The cards of a drawing as the query language sees them: what `q` lights, what `hide` leaves out.

Reads graph JSON (docs/graph.md), so it also serves a view of which a reader may not see all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cluster.machinery.manifest import JSON, Manifest, mapping_at, mappings_at, text_at, texts_at
from cluster.questions.query.grammar import Query, parse_query
from cluster.questions.query.matching import Direction, fits, matching


@dataclass(frozen=True, slots=True)
class CardThing:
    """One card."""

    node: Manifest

    @property
    def id(self) -> str:
        """The card's id."""
        return text_at(self.node, "id") or ""

    @property
    def kind(self) -> str:
        """The card's kind."""
        return text_at(self.node, "kind") or ""

    @property
    def namespace(self) -> str:
        """The card's namespace."""
        return text_at(self.node, "namespace") or ""

    @property
    def name(self) -> str:
        """The card's name."""
        return text_at(self.node, "name") or ""

    def values(self, field: str) -> Sequence[str]:
        """Return what stands under `find`, and what the card says of its state and findings."""
        found = texts_at(self.node, "find", field)
        if field == "status":
            own = (text_at(self.node, name) or "" for name in ("word", "state", "variant"))
            return [*(value for value in own if value), *found]
        if field == "finding":
            return [*(text_at(b, "text") or "" for b in mappings_at(self.node, "badges")), *found]
        return found

    def texts(self) -> Sequence[str]:
        """Return the card's mono line and its state in words."""
        return [text_at(self.node, "meta") or "", text_at(self.node, "word") or ""]


class GraphWorld:
    """A drawing: cards, and the lines between them."""

    def __init__(self, graph: Manifest) -> None:
        """Look at graph JSON."""
        self._cards = [CardThing(node) for node in mappings_at(graph, "nodes")]
        self._edges = mappings_at(graph, "edges")

    def things(self) -> Iterator[CardThing]:
        """Yield every card."""
        yield from self._cards

    def meant(self, query: Query) -> set[str]:
        """Return the cards that a query means."""
        return matching(query, self)

    def beside(self, ids: set[str], way: Direction) -> set[str]:
        """Return the cards at the other end of lines."""
        found: set[str] = set()
        for edge in self._edges:
            source, target = text_at(edge, "from") or "", text_at(edge, "to") or ""
            if way != "to" and source in ids:
                found.add(target)
            if way != "from" and target in ids:
                found.add(source)
        return found

    def denied(self, policy: str) -> set[str]:
        """Return both ends of the lines that a policy stops."""
        return {
            text_at(edge, end) or ""
            for edge in self._edges
            if text_at(edge, "state") == "deny" and _names(edge, policy)
            for end in ("from", "to")
        }


def _names(edge: Manifest, policy: str) -> bool:
    for reason in mappings_at(edge, "why"):
        full = (text_at(reason, "object") or "").rpartition(" ")[2]
        if fits(policy, full) or fits(policy, full.rpartition("/")[2]):
            return True
    return False


def found_in(graph: Manifest, query: str) -> set[str]:
    """Return the ids of the cards that a query means."""
    return matching(parse_query(query).query, GraphWorld(graph))


def without(graph: Manifest, query: str) -> Manifest:
    """Return a drawing without the cards that a query means, and the lines and rows of these."""
    gone = found_in(graph, query)
    if not gone:
        return graph
    nodes = [node for node in mappings_at(graph, "nodes") if text_at(node, "id") not in gone]
    edges = [
        edge
        for edge in mappings_at(graph, "edges")
        if text_at(edge, "from") not in gone and text_at(edge, "to") not in gone
    ]
    lost = gone | (
        {text_at(edge, "id") or "" for edge in mappings_at(graph, "edges")}
        - {text_at(edge, "id") or "" for edge in edges}
    )
    table = mapping_at(graph, "table")
    rows = [row for row in mappings_at(table, "rows") if text_at(row, "id") not in lost]
    return graph | {
        "nodes": list[JSON](nodes),
        "edges": list[JSON](edges),
        "table": table | {"rows": list[JSON](rows)},
    }


def only_rows(graph: Manifest, found: set[str]) -> Manifest:
    """Return a drawing whose table has only the rows of some cards and of the lines at them."""
    told = found | {
        text_at(edge, "id") or ""
        for edge in mappings_at(graph, "edges")
        if text_at(edge, "from") in found or text_at(edge, "to") in found
    }
    table = mapping_at(graph, "table")
    rows = [row for row in mappings_at(table, "rows") if text_at(row, "id") in told]
    return graph | {"table": table | {"rows": list[JSON](rows)}}
