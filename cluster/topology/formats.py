"""A view as text that other programs draw: Mermaid and DOT.

Equal graphs give equal text. Names come from users, so everything is quoted. The page exports the
same Mermaid from the JSON it holds (`static/js/graph/export-text.js`): change both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from cluster.machinery.drawing import Graph, GraphEdge, GraphGroup, GraphNode

MERMAID_ARROWS: Mapping[str, str] = MappingProxyType({
    "allow": "-->", "deny": "-.-x", "notready": "-.->", "unknown": "-.->", "own": "---",
    "dns": "-->",
})  # fmt: skip
DOT_EDGES: Mapping[str, str] = MappingProxyType({
    "allow": "style=solid",
    "deny": 'style=dashed, arrowhead=tee, color="#b42318"',
    "notready": "style=dotted",
    "unknown": 'style=dotted, color="#667085"',
    "own": 'arrowhead=none, color="#98a2b3"',
    "dns": "style=solid, arrowhead=vee",
})  # fmt: skip


class _Outline:
    """The cards, lines and boxes of a graph by id, with short names and who is inside whom."""

    def __init__(self, graph: Graph) -> None:
        self.nodes = sorted(graph.nodes, key=lambda node: node.id)
        self.groups = sorted(graph.groups, key=lambda group: group.id)
        self.names = {node.id: f"n{index}" for index, node in enumerate(self.nodes)}
        self.boxes = {group.id: f"g{index}" for index, group in enumerate(self.groups)}
        self.edges = [
            edge
            for edge in sorted(graph.edges, key=lambda edge: edge.id)
            if self.is_drawn(edge.source) and self.is_drawn(edge.target)
        ]

    def is_drawn(self, end: str) -> bool:
        """Whether a line may end here: at a card or at a box."""
        return end in self.names or end in self.boxes

    def end(self, end: str) -> tuple[str, str]:
        """Return the card at which a line ends in DOT, and the box it is clipped at, or ""."""
        if end in self.names:
            return self.names[end], ""
        within = {end}
        for _depth in range(3):
            within |= {group.id for group in self.groups if group.parent in within}
        first = next((node.id for node in self.nodes if node.group in within), self.nodes[0].id)
        return self.names[first], self.boxes[end]

    def inside(self, box: str | None) -> list[GraphNode]:
        """Return the cards directly in a box; None: those in no box that is drawn."""
        return [node for node in self.nodes if self._known(node.group) == box]

    def below(self, box: str | None) -> list[GraphGroup]:
        """Return the boxes directly in a box; None: the outermost ones."""
        return [group for group in self.groups if self._known(group.parent) == box]

    def _known(self, box: str | None) -> str | None:
        return box if box in self.boxes else None

    def draw(
        self,
        box: str | None,
        indent: str,
        card: Callable[[GraphNode], str],
        opening: Callable[[GraphGroup], str],
        closing: str,
    ) -> Iterator[str]:
        """Yield the lines of a box: inner boxes first, then its cards."""
        for group in self.below(box):
            yield indent + opening(group)
            yield from self.draw(group.id, indent + "  ", card, opening, closing)
            yield indent + closing
        for node in self.inside(box):
            yield indent + card(node)


def to_mermaid(graph: Graph) -> str:
    """Return a Mermaid flowchart of the view, left to right."""
    outline = _Outline(graph)

    def card(node: GraphNode) -> str:
        meta = f"<br/>{_mermaid_text(node.meta)}" if node.meta else ""
        return f'{outline.names[node.id]}["{_mermaid_text(f"{node.kind} {node.name}")}{meta}"]'

    def opening(group: GraphGroup) -> str:
        return f'subgraph {outline.boxes[group.id]}["{_mermaid_text(group.label)}"]'

    def arrow(edge: GraphEdge) -> str:
        label = f'|"{_mermaid_text(edge.label)}"|' if edge.label else ""
        link = MERMAID_ARROWS[edge.state] + label
        ends = outline.names | outline.boxes
        return f"  {ends[edge.source]} {link} {ends[edge.target]}"

    lines = [
        "flowchart LR",
        *outline.draw(None, "  ", card, opening, "end"),
        *(arrow(edge) for edge in outline.edges),
    ]
    return "\n".join(lines) + "\n"


def _mermaid_text(text: str) -> str:
    """Return text that may stand between Mermaid's quotes."""
    escaped = text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;")
    return escaped.replace("\n", " ")


def to_dot(graph: Graph) -> str:
    """Return the view in Graphviz's DOT, left to right; boxes are clusters."""
    outline = _Outline(graph)

    def card(node: GraphNode) -> str:
        word = node.word if node.state != "ok" else ""
        label = "\\n".join(
            _dot_text(line) for line in (f"{node.kind} {node.name}", node.meta, word) if line
        )
        style = ", style=dashed" if node.ghost else ""
        return f'{outline.names[node.id]} [label="{label}"{style}];'

    def opening(group: GraphGroup) -> str:
        name = f"cluster_{outline.boxes[group.id]}"
        return f'subgraph {name} {{ label="{_dot_text(group.label)}";'

    def arrow(edge: GraphEdge) -> str:
        (source, tail), (target, head) = outline.end(edge.source), outline.end(edge.target)
        clip = "".join(
            f', {name}="cluster_{box}"' for name, box in (("ltail", tail), ("lhead", head)) if box
        )
        look = f'label="{_dot_text(edge.label)}", {DOT_EDGES[edge.state]}{clip}'
        return f"  {source} -> {target} [{look}];"

    lines = [
        f'digraph "{_dot_text(graph.title)}" {{',
        "  rankdir=LR; compound=true;",
        '  node [shape=box, fontname="sans-serif"];',
        '  edge [fontname="sans-serif"];',
        *outline.draw(None, "  ", card, opening, "}"),
        *(arrow(edge) for edge in outline.edges),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _dot_text(text: str) -> str:
    """Return text that may stand between DOT's quotes; control characters become spaces."""
    plain = "".join(mark if mark.isprintable() else " " for mark in text)
    return plain.replace("\\", "\\\\").replace('"', '\\"')
