"""Tables and texts of big views, a page at a time: what is not on this page is counted.

A view says with `listed` which rows of how many it has; `rows=` in its address asks for the next
page, `rows=all` for all of them. Views that would have to make many rows cut them themselves with
`page_of`, unless a query asks for all of them (`views/sifting.py`); of the others `in_pages` cuts
what they made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from cluster.machinery.drawing import Graph, Line
from cluster.machinery.manifest import JSON
from cluster.machinery.texts import say
from cluster.questions.views.request import ALL_ROWS, ViewRequest

ROWS = 500
LISTED = "listed"
T = TypeVar("T")


def page_of(items: Sequence[T], request: ViewRequest) -> tuple[Sequence[T], Mapping[str, JSON]]:
    """Return the items of the page asked for, and what `Graph.extra` tells of it.

    Nothing is told where one page has all.
    """
    total = len(items)
    if total <= ROWS or request.rows == ALL_ROWS:
        return items, {}
    pages = -(-total // ROWS)
    page = min(request.rows, pages)
    first = (page - 1) * ROWS
    shown = items[first : first + ROWS]
    told: dict[str, JSON] = {
        "first": first + 1, "last": first + len(shown), "total": total,
        "page": page, "pages": pages,
    }  # fmt: skip
    return shown, {LISTED: told}


def in_pages(graph: Graph, request: ViewRequest) -> Graph:
    """Return the view with one page of its table, and as many items of its text."""
    if LISTED in graph.extra or request.rows == ALL_ROWS:
        return graph
    if max(len(graph.rows), len(graph.text)) <= ROWS:
        return graph
    rows, listed = page_of(graph.rows, request)
    text = graph.text
    if len(text) > ROWS:
        left = len(text) - ROWS
        text = (*text[:ROWS], Line(say("{left:,} more: ask for a part of this view", left=left)))
    return replace(graph, rows=tuple(rows), text=text, extra={**graph.extra, **listed})
