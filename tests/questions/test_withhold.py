"""A graph without what its reader may not see."""

from __future__ import annotations

from cluster.machinery.manifest import JSON, Manifest
from cluster.questions.withhold import withhold


def node(kind: str, name: str, group: str | None = None) -> dict[str, JSON]:
    return {"id": f"{kind}/shop/{name}", "kind": kind, "label": f"{kind} {name}", "group": group}


GRAPH: Manifest = {
    "rev": 7,
    "nodes": [node("Service", "web"), node("Pod", "web-1", "pods"), node("Node", "n")],
    "edges": [
        {"id": "a", "from": "Service/shop/web", "to": "Pod/shop/web-1"},
        {"id": "b", "from": "Service/shop/web", "to": "Node/shop/n"},
    ],
    "groups": [{"id": "pods", "label": "web-1"}],
    "counters": [{"value": 1, "label": "ready"}],
    "verdict": {"state": "ok", "text": "web sends to web-1"},
    "table": {"columns": [], "rows": [{"id": "Pod/shop/web-1", "cells": []}, {"id": "b"}]},
    "text": [{"text": "web sends to web-1"}],
}


def test_a_reader_who_sees_every_kind_gets_the_graph_itself() -> None:
    shown, hidden = withhold(GRAPH, lambda _kind: True)

    assert shown is GRAPH
    assert hidden == []


def test_nothing_of_a_hidden_kind_is_left_anywhere() -> None:
    shown, hidden = withhold(GRAPH, lambda kind: kind != "Pod")

    assert hidden == ["Pod"]
    assert "web-1" not in str(shown)


def test_what_may_be_seen_stays() -> None:
    shown, _hidden = withhold(GRAPH, lambda kind: kind != "Pod")

    assert shown["rev"] == 7
    assert [item["id"] for item in shown["nodes"]] == ["Service/shop/web", "Node/shop/n"]  # type: ignore[union-attr, index, call-overload]
    assert [item["id"] for item in shown["edges"]] == ["b"]  # type: ignore[union-attr, index, call-overload]


def test_the_graph_that_was_given_is_not_changed() -> None:
    before = str(GRAPH)

    withhold(GRAPH, lambda _kind: False)

    assert str(GRAPH) == before


def test_cards_tell_nothing_of_objects_that_may_not_be_seen() -> None:
    """A Pod's card knows which policies select it; that one exists is the policy's to tell."""
    told: Manifest = node("Pod", "web-1") | {
        "find": {"policy": ["shop/shut"], "zone": ["a"], "label": ["app=web"]},
        "why": [{"text": "It is isolated.", "object": "NetworkPolicy shop/shut"},
                {"text": "It is ready.", "object": "Pod shop/web-1"}],
    }  # fmt: skip
    shown, hidden = withhold(GRAPH | {"nodes": [told]}, lambda kind: kind != "NetworkPolicy")

    assert hidden == []
    assert "shut" not in str(shown)
    assert "app=web" in str(shown)
    assert "It is ready." in str(shown)


def test_lines_say_nothing_of_what_policies_make_of_them() -> None:
    line: Manifest = {
        "id": "a", "from": "Service/shop/web", "to": "Pod/shop/web-1", "state": "deny",
        "stop": "from", "title": "shut stops it", "shields": [{"text": "E", "state": "deny"}],
    }  # fmt: skip
    rests: Manifest = {
        "edges": [line],
        "rests": ["NetworkPolicy"],
        "table": {"rows": [{"id": "a"}]},
    }

    shown, hidden = withhold(GRAPH | rests, lambda kind: kind != "NetworkPolicy")

    assert hidden == ["NetworkPolicy"]
    assert "shut" not in str(shown)
    assert [edge["state"] for edge in shown["edges"]] == ["unknown"]  # type: ignore[union-attr, index, call-overload]
    assert shown["table"] == {"rows": []}
    assert [item["id"] for item in shown["nodes"]] == [item["id"] for item in GRAPH["nodes"]]  # type: ignore[union-attr, index, call-overload]
