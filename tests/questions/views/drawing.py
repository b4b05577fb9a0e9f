"""Views of clusters in memory, and what stands in them."""

from __future__ import annotations

from typing import Any

from cluster.questions.seeded import Seeded
from cluster.questions.views import view_json

Json = dict[str, Any]


def draw(found: Seeded, view: str, of: str, **parameters: str) -> Json:
    """Return a view as JSON; a parameter that ends in `_` loses the mark."""
    query = {"view": view, "of": of}
    query |= {name.rstrip("_"): value for name, value in parameters.items()}
    time = "2026-01-01T00:00:00Z"
    return view_json(found.snapshot, found.facts, query, revision=1, time=time, cluster="demo")


def card(graph: Json, name: str, lane: str = "") -> Json:
    """Return the one card of a name, in a lane where the name stands in several."""
    found: list[Json] = [
        node for node in graph["nodes"]
        if node["name"] == name and (not lane or node["lane"] == lane)
    ]  # fmt: skip
    assert len(found) == 1, (name, [node["id"] for node in found])
    return found[0]


def edge(graph: Json, source: str, target: str) -> Json:
    """Return the one line between two cards, by their ids."""
    found: list[Json] = [e for e in graph["edges"] if (e["from"], e["to"]) == (source, target)]
    assert len(found) == 1, (source, target, sorted(e["id"] for e in graph["edges"]))
    return found[0]


def shields(line: Json) -> dict[str, str]:
    """Return what each side of a connection says, by letter."""
    return {side["text"]: side["state"] for side in line.get("shields", [])}


def counters(graph: Json) -> dict[str, int]:
    """Return the numbers beside the verdict by their words."""
    return {counter["label"]: counter["value"] for counter in graph["counters"]}


def said(lines: list[Json]) -> list[str]:
    """Return every sentence of the Text form, outline flattened."""
    return [
        text for line in lines for text in (line["text"], *said(line.get("items", [])))
    ]  # fmt: skip


def cells(graph: Json) -> list[list[str]]:
    """Return the table as text."""
    return [[cell["text"] for cell in row["cells"]] for row in graph["table"]["rows"]]
