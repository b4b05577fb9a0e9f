"""Tables and texts of big views come a page at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cluster.machinery.drawing import Cell, Graph, Line, Row, Verdict
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.row_pages import ROWS, in_pages


def long_view(count: int) -> Graph:
    rows = tuple(Row(f"Pod/shop/{n}", (Cell(str(n)),)) for n in range(count))
    text = tuple(Line(str(n)) for n in range(count))
    return Graph("map", "L1", "lanes", "t", "l", Verdict("ok", "v"), rows=rows, text=text)


@pytest.mark.parametrize("count", [0, 1, ROWS])
def test_a_short_table_comes_whole(count: int) -> None:
    graph = long_view(count)

    assert in_pages(graph, ViewRequest("demo")) is graph


def test_every_row_is_on_exactly_one_page() -> None:
    graph = long_view(2 * ROWS + 7)
    found: list[str] = []
    for page in (1, 2, 3):
        shown = in_pages(graph, replace(ViewRequest("demo"), rows=page))
        assert shown.extra["listed"] == {
            "first": len(found) + 1, "last": len(found) + len(shown.rows),
            "total": 2 * ROWS + 7, "page": page, "pages": 3,
        }  # fmt: skip
        found += [row.id for row in shown.rows]

    assert found == [row.id for row in graph.rows]


def test_a_page_beyond_the_end_is_the_last_one() -> None:
    shown = in_pages(long_view(ROWS + 1), replace(ViewRequest("demo"), rows=99))

    assert [row.id for row in shown.rows] == [f"Pod/shop/{ROWS}"]


def test_a_long_text_tells_how_much_is_left_out() -> None:
    shown = in_pages(long_view(3 * ROWS), ViewRequest("demo"))

    assert len(shown.text) == ROWS + 1
    assert shown.text[-1].text.startswith(f"{2 * ROWS:,} more")
