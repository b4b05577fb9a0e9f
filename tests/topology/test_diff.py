"""Deltas between two states of a view."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from cluster.machinery.drawing import Graph, Verdict
from cluster.machinery.manifest import Manifest, list_at, mapping_at, mappings_at, text_at
from cluster.topology.diff import diff
from cluster.topology.rendering import to_json
from tests.topology.graphs import GRAPHS, SMALL

BEFORE, AFTER = "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"
PARTS = ("nodes", "edges", "groups")


def document(graph: Graph, revision: int = 8, time: str = AFTER) -> Manifest:
    return to_json(graph, revision=revision, time=time, cluster="demo")


def delta(old: Graph, new: Graph) -> Manifest | None:
    return diff(old, new, previous=7, revision=8, time=AFTER)


def applied(shown: Manifest, message: Manifest) -> Manifest:
    """Return what a page shows that applies a delta, as docs/graph.md tells it to."""
    assert message["prev"] == shown["rev"]
    after = {**shown, "rev": message["rev"], "time": message["time"]}
    for part in PARTS:
        kept = {text_at(item, "id"): item for item in mappings_at(shown, part)}
        for name in list_at(message, "remove", part):
            assert kept.pop(str(name), None) is not None, "removed what was not there"
        for item in mappings_at(message, "change", part):
            assert text_at(item, "id") in kept, "changed what was not there"
            kept[text_at(item, "id")] = item
        for item in mappings_at(message, "add", part):
            assert text_at(item, "id") not in kept, "added what was there"
            kept[text_at(item, "id")] = item
        after[part] = [kept[name] for name in sorted(kept, key=str)]
    head = message["head"]
    assert isinstance(head, dict)
    table = mapping_at(shown, "table")
    rows = list_at(table, "rows")[:]
    for change in list_at(message, "rows"):
        assert isinstance(change, list)
        rows[int(str(change[0]))] = change[1]
    after["table"] = table | {"rows": rows}
    return {key: value for key, value in {**after, **head}.items() if value is not None}


def without_nulls(graph: Manifest) -> Manifest:
    return {key: value for key, value in graph.items() if value is not None}


@given(GRAPHS, GRAPHS)
def test_the_old_view_with_the_delta_is_the_new_view(old: Graph, new: Graph) -> None:
    message = delta(old, new)

    shown = document(old, 7, BEFORE)
    if message is None:
        assert document(old) == document(new)
    else:
        assert applied(shown, message) == without_nulls(document(new))


@given(GRAPHS)
def test_an_equal_view_needs_no_message(graph: Graph) -> None:
    turned = replace(graph, nodes=graph.nodes[::-1], edges=graph.edges[::-1])

    assert delta(graph, turned) is None


def test_only_what_changed_is_sent() -> None:
    service, pod, ghost = SMALL.nodes
    new = replace(
        SMALL,
        nodes=(service, replace(pod, meta="10.244.0.2")),
        verdict=Verdict("ok", "1 of 1 ready"),
    )
    message = delta(SMALL, new)

    assert message is not None
    assert message["type"] == "delta"
    assert message["add"] == {"nodes": [], "edges": [], "groups": []}
    (changed,) = mappings_at(message, "change", "nodes")
    assert (changed["id"], changed["meta"]) == (pod.id, "10.244.0.2")
    assert message["remove"] == {"nodes": [ghost.id], "edges": [], "groups": []}
    assert message["head"] == {"verdict": {"state": "ok", "text": "1 of 1 ready", "why": ""}}
