"""A graph without the kinds that its reader may not see: what pages and sockets send instead.

Pure. Sentences and counters rest on every object of the view, so they go as soon as any kind does;
of a view that rests on kinds it does not draw (`reads`), everything goes. Cards of what is no
object (an address, a name server) are everybody's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from cluster.catalog import KINDS
from cluster.machinery.manifest import JSON, Manifest, mapping_at, mappings_at, text_at, texts_at

RESTS_ON: Mapping[str, str] = MappingProxyType({
    "External": "", "Controller": "", "ControlPlane": "", "Watchers": "Node", "Client": "Pod",
    "Way": "Service", "Record": "EndpointSlice", "Missing": "EndpointSlice",
    "Proxy": "EndpointSlice", "Stop": "EndpointSlice", "Endpoint": "EndpointSlice",
    "Differences": "EndpointSlice",
})  # fmt: skip
"""Cards of things that are no objects, and the kind of the objects that they tell of."""


def withhold(graph: Manifest, sees: Callable[[str], bool]) -> tuple[Manifest, list[str]]:
    """Return the graph (docs/graph.md) that a reader gets, and the kinds left out, sorted.

    With nothing left out the graph itself is returned; it is never changed.
    """
    nodes = mappings_at(graph, "nodes")
    reads = texts_at(graph, "reads")
    kinds = {kind for kind in map(_kind, nodes) if kind in KINDS} | set(reads)
    hidden = sorted(kind for kind in kinds if not sees(kind))
    if not hidden:
        return graph, []
    is_closed = any(kind in hidden for kind in reads)
    kept = [] if is_closed else [node for node in nodes if _kind(node) not in hidden]
    ids = {text_at(node, "id") for node in kept}
    edges = [
        edge
        for edge in mappings_at(graph, "edges")
        if text_at(edge, "from") in ids and text_at(edge, "to") in ids
    ]
    drawn = ids | {text_at(edge, "id") for edge in edges}
    table = mapping_at(graph, "table")
    rows = [row for row in mappings_at(table, "rows") if text_at(row, "id") in drawn]
    names: list[JSON] = [{"text": text_at(node, "label")} for node in kept]
    named = ", ".join(hidden)
    return graph | {
        "nodes": list(kept),
        "edges": list(edges),
        "groups": [
            group
            for group in mappings_at(graph, "groups")
            if _is_used(group, kept) and not (_is_node(group) and "Node" in hidden)
        ],
        "counters": [],
        "verdict": {
            "state": "unknown",
            "text": f"Your account may not see {named}",
            "why": "The rest of this view is drawn; its verdict would rest on what is left out.",
        },
        "table": table | {"rows": list(rows)},
        "detail": {},
        "text": names,
        "options": [],
    }, hidden


def _kind(node: Manifest) -> str:
    """Return the kind whose objects a card shows, or rests on; "" where it shows none."""
    kind = text_at(node, "kind") or ""
    return RESTS_ON.get(kind, kind)


def _is_used(group: Manifest, nodes: list[Manifest]) -> bool:
    name = text_at(group, "id")
    return any(text_at(node, "group") == name for node in nodes)


def _is_node(group: Manifest) -> bool:
    return text_at(group, "kind") == "node"
