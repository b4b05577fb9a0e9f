"""A Graph as the JSON of docs/graph.md. Equal graphs give equal bytes: every list is sorted."""

from __future__ import annotations

from collections.abc import Sequence

from cluster.machinery.drawing import (
    Badge,
    Graph,
    GraphEdge,
    GraphGroup,
    GraphNode,
    Line,
    Option,
    Reason,
    Row,
    StepMark,
)
from cluster.machinery.manifest import JSON, Manifest
from cluster.topology.folds import folded_text


def to_json(graph: Graph, *, revision: int, time: str, cluster: str) -> Manifest:
    """Return the whole document; `time` is when `revision` was written, RFC 3339."""
    document: Manifest = {
        "rev": revision, "time": time, "cluster": cluster,
        "nodes": [node_json(node) for node in sorted(graph.nodes, key=lambda n: n.id)],
        "edges": [edge_json(edge) for edge in sorted(graph.edges, key=lambda e: e.id)],
        "groups": [group_json(group) for group in sorted(graph.groups, key=lambda g: g.id)],
    }  # fmt: skip
    return document | head_json(graph)


def head_json(graph: Graph) -> Manifest:
    """Return every member of the document but revision, time, cluster, cards, lines and boxes."""
    return frame_json(graph) | {"table": table_json(graph)} | dict(graph.extra)


def frame_json(graph: Graph) -> Manifest:
    """Return the members that `head_json` has, without the table and those of this view alone."""
    return {
        "view": graph.view, "level": graph.level, "layout": graph.layout,
        "scope": dict(graph.scope), "title": graph.title, "label": graph.label,
        "crumbs": [{"label": label, "href": href} for label, href in graph.crumbs],
        "verdict": {
            "state": graph.verdict.state, "text": graph.verdict.text, "why": graph.verdict.why,
        },
        "counters": [
            {"value": c.value, "label": c.label, "state": c.state, "note": c.note}
            for c in graph.counters
        ],
        "lanes": [{"id": lane.id, "label": lane.label, "count": lane.count}
                  for lane in graph.lanes],
        "truncated": dict(graph.truncated),
        "folded": folded_text(graph),
        "next": graph.next,
        "text": [_line(line) for line in graph.text],
        "options": [_option(option) for option in graph.options],
        "guide": list(graph.guide),
    }  # fmt: skip


def table_json(graph: Graph) -> Manifest:
    """Return the Table form."""
    return {
        "columns": [{"id": c.id, "label": c.label, "align": c.align} for c in graph.columns],
        "rows": [row_json(row) for row in graph.rows],
    }


def row_json(row: Row) -> Manifest:
    """Return one row of the table."""
    return {
        "id": row.id,
        "cells": [
            {"text": c.text, "href": c.href, "state": c.state, "mono": c.mono} for c in row.cells
        ],
    }


def node_json(node: GraphNode) -> Manifest:
    """Return one card; members that few cards have are left out where they are empty."""
    conditions: Manifest | None = None
    if node.conditions is not None:
        conditions = {
            "ready": node.conditions.ready,
            "serving": node.conditions.serving,
            "terminating": node.conditions.terminating,
        }
    card: Manifest = {
        "id": node.id, "kind": node.kind, "namespace": node.namespace, "name": node.name,
        "paint": node.paint, "icon": node.icon, "lane": node.lane, "group": node.group,
        "order": node.order, "overline": node.overline, "variant": node.variant,
        "meta": node.meta, "state": node.state, "word": node.word, "badges": _badges(node.badges),
        "conditions": conditions, "ready": None if node.ready is None else list(node.ready),
        "count": node.count, "size": node.size, "compact": node.compact, "ghost": node.ghost,
        "label": node.label or f"{node.kind} {node.name}", "href": node.href, "open": node.open,
        "why": reasons_json(node.why),
        "find": {name: list[JSON](values) for name, values in sorted(node.find.items())},
    }  # fmt: skip
    if node.notes:
        card["notes"] = list(node.notes)
    if node.steps:
        card["steps"] = _steps(node.steps)
    if node.faint:
        card["faint"] = True
    if node.sign:
        card["sign"] = node.sign
    return card | dict(node.extra)


def edge_json(edge: GraphEdge) -> Manifest:
    """Return one line between cards; members that few lines have only where they say something."""
    line: Manifest = {
        "id": edge.id, "from": edge.source, "to": edge.target, "state": edge.state,
        "label": edge.label, "count": edge.count, "family": edge.family, "title": edge.title,
        "why": reasons_json(edge.why),
    }  # fmt: skip
    if edge.stop is not None:
        line["stop"] = edge.stop
    if edge.shields:
        line["shields"] = [{"text": side.text, "state": side.state} for side in edge.shields]
    if edge.steps:
        line["step"] = edge.steps[0].number
        line["steps"] = _steps(edge.steps)
    if edge.faint:
        line["faint"] = True
    if edge.sign:
        line["sign"] = edge.sign
    if edge.socket is not None:
        line["socket"] = list(edge.socket)
    return line


def group_json(group: GraphGroup) -> Manifest:
    """Return one box."""
    return {
        "id": group.id, "kind": group.kind, "label": group.label, "sub": group.sub,
        "icon": group.icon, "paint": group.paint, "lane": group.lane, "parent": group.parent,
        "order": group.order, "state": group.state, "badges": _badges(group.badges),
        "href": group.href,
    }  # fmt: skip


def _steps(steps: Sequence[StepMark]) -> list[JSON]:
    return [{"number": step.number, "state": step.state} for step in steps]


def _option(option: Option) -> Manifest:
    return {
        "name": option.name, "label": option.label, "value": option.value,
        "choices": [{"value": c.value, "label": c.label} for c in option.choices],
    }  # fmt: skip


def _badges(badges: Sequence[Badge]) -> list[JSON]:
    return [{"text": b.text, "state": b.state, "title": b.title} for b in badges]


def reasons_json(reasons: Sequence[Reason]) -> list[JSON]:
    """Return why something is as it is."""
    return [
        {
            "text": r.text, "object": r.object, "path": r.path, "value": r.value,
            "revision": r.revision, "cause": r.cause,
        }
        for r in reasons
    ]  # fmt: skip


def _line(line: Line) -> Manifest:
    below: list[JSON] = [_line(item) for item in line.items]
    return {"text": line.text, "items": below} if below else {"text": line.text}
