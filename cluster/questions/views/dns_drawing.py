"""What the functions that draw diagram 6.5 share: the lookup, and the cards and lines so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from cluster.domains.dns.response import Record
from cluster.machinery.drawing import GraphEdge, GraphGroup, GraphNode
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts
from cluster.questions.views.dns_lookup import Lookup
from cluster.questions.views.request import ViewRequest


@dataclass(slots=True)
class Drawing:
    """One lookup being drawn. `pills` are the cards of records, `folded` counts those in groups.

    `servers` are the cards that answers come from, none where nobody is asked.
    """

    snapshot: Snapshot
    facts: Facts
    request: ViewRequest
    lookup: Lookup
    nodes: dict[str, GraphNode] = field(default_factory=dict)
    edges: list[GraphEdge] = field(default_factory=list)
    groups: list[GraphGroup] = field(default_factory=list)
    pills: dict[Record, str] = field(default_factory=dict)
    servers: list[str] = field(default_factory=list)
    folded: int = 0

    def put(self, card: GraphNode) -> str:
        """Add a card unless it is there, and return its id."""
        self.nodes.setdefault(card.id, card)
        return card.id
