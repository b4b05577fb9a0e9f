"""A graph without the kinds that its reader may not see: what pages and sockets send instead.

Pure. Sentences and counters rest on every object of the view, so they go as soon as any kind does;
of a view that is made of kinds it does not draw (`reads`), everything goes; of one whose sentences
and lines alone rest on such kinds (`rests`), these do. What a view counts of kinds (`tells`) was
left out when it was drawn, and is only named here. Cards of what is no object (an address, a name
server) are everybody's.
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
ASKED = frozenset({"pod", "name", "type", "pods"})
"""Of the details of a view, what its reader asked for and may ask for: Pods, and their words."""
FOUND_BY: Mapping[str, str] = MappingProxyType({"policy": "NetworkPolicy", "zone": "Node"})
"""What a search may match on a card, by field, where it is told of objects of another kind."""


def withhold(graph: Manifest, sees: Callable[[str], bool]) -> tuple[Manifest, list[str]]:
    """Return the graph (docs/graph.md) that a reader gets, and the kinds left out, sorted.

    With nothing left out the graph itself is returned; it is never changed.
    """
    nodes = mappings_at(graph, "nodes")
    reads = texts_at(graph, "reads")
    kinds = {kind for kind in map(_kind, nodes) if kind in KINDS} | set(reads)
    kinds |= set(texts_at(graph, "rests"))
    hidden = sorted(kind for kind in kinds if not sees(kind))
    told = {kind for kind in texts_at(graph, "tells") if not sees(kind)}
    if not hidden:
        return _silent(graph, nodes, sees), sorted(told)
    is_closed = any(kind in hidden for kind in reads)
    kept = [] if is_closed else [node for node in nodes if _kind(node) not in hidden]
    kept = [_told(node, sees) for node in kept]
    ids = {text_at(node, "id") for node in kept}
    edges = [
        _unguarded(_reasoned(edge, sees), sees)
        for edge in mappings_at(graph, "edges")
        if text_at(edge, "from") in ids and text_at(edge, "to") in ids
    ]
    guarded = {text_at(edge, "id") for edge in mappings_at(graph, "edges") if edge.get("shields")}
    drawn = ids | {text_at(edge, "id") for edge in edges}
    drawn -= set() if sees("NetworkPolicy") else guarded
    table = mapping_at(graph, "table")
    rows = (
        []
        if is_closed
        else [
            row
            for row in mappings_at(table, "rows")
            if (id_ := text_at(row, "id") or "") in drawn or _is_of_object(id_, hidden)
        ]
    )
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
        "detail": {} if "Pod" in hidden else _form(mapping_at(graph, "detail")),
        "text": names,
        "options": [],
    }, sorted({*hidden, *told})


def _form(detail: Manifest) -> Manifest:
    """Return what the form above a drawing holds, without what is worked out from it."""
    return {name: value for name, value in detail.items() if name in ASKED}


def _silent(graph: Manifest, nodes: list[Manifest], sees: Callable[[str], bool]) -> Manifest:
    """Return a graph whose cards are all seen, without what they tell of unseen objects."""
    if all(sees(kind.kind) for kind in KINDS):
        return graph
    told = [_told(node, sees) for node in nodes]
    lines = [_unguarded(_reasoned(edge, sees), sees) for edge in mappings_at(graph, "edges")]
    return graph | {"nodes": list[JSON](told), "edges": list[JSON](lines)}


def _told(node: Manifest, sees: Callable[[str], bool]) -> Manifest:
    """Return a card without values and reasons that come from objects of unseen kinds."""
    found = mapping_at(node, "find")
    kind = text_at(node, "kind") or ""
    gone = {f for f, of in FOUND_BY.items() if f in found and of != kind and not sees(of)}
    if gone:
        node = node | {"find": {f: values for f, values in found.items() if f not in gone}}
    return _reasoned(node, sees)


def _reasoned(drawn: Manifest, sees: Callable[[str], bool]) -> Manifest:
    """Return a card or a line without the reasons that name objects of unseen kinds."""
    why = mappings_at(drawn, "why")
    kept = [reason for reason in why if _is_seen(text_at(reason, "object") or "", sees)]
    return drawn if len(kept) == len(why) else drawn | {"why": list[JSON](kept)}


def _unguarded(line: Manifest, sees: Callable[[str], bool]) -> Manifest:
    """Return a line without what policies make of it, for those who may not see policies."""
    if sees("NetworkPolicy") or not mappings_at(line, "shields"):
        return line
    told = {name: value for name, value in line.items() if name not in {"shields", "stop"}}
    return told | {"state": "unknown", "title": "", "why": []}


def _is_seen(named: str, sees: Callable[[str], bool]) -> bool:
    kind = named.partition(" ")[0]
    return kind not in KINDS or sees(kind)


def _is_of_object(row: str, hidden: list[str]) -> bool:
    """Whether a row is of an object that is folded: its id is no card's, but names a kind."""
    kind = row.partition("/")[0]
    return kind in KINDS and kind not in hidden and "->" not in row


def _kind(node: Manifest) -> str:
    """Return the kind whose objects a card shows, or rests on; "" where it shows none."""
    kind = text_at(node, "kind") or ""
    return RESTS_ON.get(kind, kind)


def _is_used(group: Manifest, nodes: list[Manifest]) -> bool:
    name = text_at(group, "id")
    return any(text_at(node, "group") == name for node in nodes)


def _is_node(group: Manifest) -> bool:
    return text_at(group, "kind") == "node"
