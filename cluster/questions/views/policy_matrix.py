"""The matrix of diagram 6.7: rows from, columns to, one cell per pair of cards.

Cells without the middle are filled in too: whoever reads a row sees everything that a card of the
picture may reach among the cards of the picture. Every cell of two ends leads to their trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cluster.domains.policy.ports import ALL, LAST_PORT, ranges
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.texts import say, say_n
from cluster.questions.views.policy_reasons import reasons_of
from cluster.questions.views.policy_scene import Scene, Side
from cluster.questions.views.policy_units import (
    MOST_CLASSES,
    Pair,
    Unit,
    between,
    decoded,
    explain,
    pair_ports,
    telling_port,
)
from cluster.questions.views.request import ViewRequest
from cluster.topology.rendering import reasons_json

MOST = 32
"""Rows and columns at most; the table of the view has every pair with the middle."""


class Line(NamedTuple):
    """The line of a pair that is drawn; one that others share says why of one of them alone."""

    id: str
    is_shared: bool = False


def matrix(
    scene: Scene, lines: Mapping[tuple[str, str], Line], request: ViewRequest, *, is_shown: bool
) -> Manifest:
    """Return rows, columns and cells; `lines` gives the line of a pair that is drawn.

    Where the matrix is what is shown (`is_shown`), cells whose line is shared say why themselves.
    """
    sources, destinations = _told(scene.sources), _told(scene.destinations)
    middle = [one for unit in scene.focus for one in unit.told]
    middle = middle if len(middle) <= MOST else list(scene.focus)
    rows = _distinct([*middle, *sources])
    columns = _distinct([*middle, *destinations])
    if scene.destinations.is_open:
        columns = _distinct([*columns, *(unit for unit in sources if not unit.is_address)])
    if scene.sources.is_open:
        rows = _distinct([*rows, *(unit for unit in destinations if not unit.is_address)])
    rows, columns = _fit(rows)[:MOST], _fit(columns)[:MOST]
    told: list[JSON] = []
    for row in rows:
        cells: list[JSON] = []
        for column in columns:
            line = lines.get((row.id, column.id))
            cell = _cell(scene, row, column, line, request)
            if is_shown and line is not None and line.is_shared:
                cell["why"] = _why(scene, row, column)
            cells.append(cell)
        told.append({**_head(row), "cells": cells})
    heads: list[JSON] = [_head(column) for column in columns]
    return {"columns": heads, "rows": told}


def _fit(units: list[Unit]) -> list[Unit]:
    """Leave out what is too much to be compared with all others, not with the middle alone."""
    return [unit for unit in units if len(unit.classes) <= MOST_CLASSES]


def _told(side: Side) -> list[Unit]:
    """Return what stands behind the cards of a side, while that is few enough; else the cards."""
    told = [one for unit in side.units for one in unit.told]
    return told if len(told) <= MOST else list(side.units)


def _distinct(units: list[Unit]) -> list[Unit]:
    return list({unit.id: unit for unit in units}.values())


def _head(unit: Unit) -> Manifest:
    where = unit.namespace or ("outside" if unit.is_address else "")
    sub = unit.labels or (say_n("{n:,} Pod", "{n:,} Pods", unit.pods) if unit.pods else "")
    return {"id": unit.id, "name": unit.name, "namespace": where, "sub": sub}


def _cell(
    scene: Scene,
    row: Unit,
    column: Unit,
    line: Line | None,
    request: ViewRequest,
) -> dict[str, JSON]:
    if row.id == column.id and row.pods <= 1:
        return {
            "state": "self",
            "text": "",
            "label": say("{row} itself", row=row.name),
            "edge": None,
            "trace": None,
        }
    if row.is_address and column.is_address:
        outside = say("outside the cluster")
        return {"state": "self", "text": "", "label": outside, "edge": None, "trace": None}
    pair = between(row, column)
    protocol, port = telling_port(pair) if scene.code is None else decoded(scene.code)
    standing = pair.standing(scene.code)
    text = _count(pair) if standing != "deny" and scene.code is None else ""
    words = {"allow": say("allowed"), "partial": say("allowed in part"), "deny": say("denied")}[
        standing
    ]
    told = pair_ports(pair, 6)
    is_all = told == say("all")
    on = scene.lens or (
        say("every port") if standing == "deny" else say("all ports") if is_all else told
    )
    number = (
        say(", {ports}", ports=say_n("{n:,} port", "{n:,} ports", int(text)))
        if text.isdigit()
        else ""
    )
    return {
        "state": standing, "text": text, "ports": pair_ports(pair, 6),
        "label": say("{row} to {column}: {words} on {on}{number}", row=row.name,
        column=column.name, words=words, on=on, number=number),
        "edge": None if line is None else line.id,
        "trace": request.trace_href(row.peer, column.peer, str(port), protocol),
    }  # fmt: skip


def _why(scene: Scene, row: Unit, column: Unit) -> list[JSON]:
    found = explain(scene.snapshot, between(row, column), scene.code)
    return reasons_json(reasons_of(found, row.name, column.name))


def _count(pair: Pair) -> str:
    """Return what a cell has room for: `all`, `Node`, a whole protocol, a number of ports."""
    if pair.is_excepted and pair.certain != ALL:
        return say("Node")
    if pair.ports == ALL:
        return say("all")
    spans = ranges(pair.ports)
    if len(spans) == 1 and spans[0][1:] == (1, LAST_PORT):
        return spans[0][0]
    return str(sum(last - first + 1 for _protocol, first, last in spans))
