"""The namespace level by workload, zone and node, with cards expanded in place."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from cluster.questions.question import QuestionError
from cluster.questions.seeded import Seeded
from cluster.questions.views.request import PAGE
from tests.questions.asking import ask, cluster, deployment, service

SHOP = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}"
WEB = "Deployment/shop/web"


@cache
def shop() -> Seeded:
    """A Service of three Pods, a workload of its own, and one without Pods."""
    return cluster(
        SHOP, deployment("shop/web", replicas=3), service("shop/web"),
        deployment("shop/idle", replicas=0), deployment("shop/crowd", replicas=PAGE + 20),
    )  # fmt: skip


def drawn(**query: Any) -> dict[str, Any]:
    found: dict[str, Any] = ask(shop(), "graph", ns=["shop"], level="L1", **query)
    return found


def lines(graph: dict[str, Any], source: str) -> set[str]:
    return {edge["to"] for edge in graph["edges"] if edge["from"] == source}


def pods(graph: dict[str, Any], app: str) -> list[dict[str, Any]]:
    return [n for n in graph["nodes"] if n["kind"] == "Pod" and n["name"].startswith(app)]


def test_without_more_a_workload_is_one_card_that_opens_in_place() -> None:
    graph = drawn()

    cards = {node["id"]: node for node in graph["nodes"]}
    assert cards[WEB]["open"] == f"?open={WEB}"
    assert lines(graph, "Service/shop/web") == {WEB}


def test_an_expanded_card_is_a_box_of_its_pods_and_the_service_leads_to_each() -> None:
    graph = drawn(open=[WEB])

    found = pods(graph, "web-")
    assert len(found) == 3
    assert {pod["group"] for pod in found} == {f"Open/{WEB}"}
    (box,) = [group for group in graph["groups"] if group["id"] == f"Open/{WEB}"]
    assert box["parent"] == "Namespace//shop"
    assert lines(graph, "Service/shop/web") == {pod["id"] for pod in found}
    assert WEB not in {node["id"] for node in graph["nodes"]}


def test_a_large_card_shows_a_page_of_pods_and_one_card_for_the_rest() -> None:
    graph = drawn(open=["Deployment/shop/crowd"])

    assert len(pods(graph, "crowd-")) == PAGE
    (rest,) = [n for n in graph["nodes"] if n["id"] == "Rest/Deployment/shop/crowd"]
    assert rest["count"] == 20


@pytest.mark.parametrize(("grp", "field"), [("node", "node"), ("zone", "zone")])
def test_pods_are_grouped_by_where_they_run(grp: str, field: str) -> None:
    graph = drawn(grp=grp)

    cards = [node for node in graph["nodes"] if node["id"].startswith("Pods/shop/")]
    assert sum(card["count"] for card in cards) == 3 + PAGE + 20
    assert all(card["find"][field] == [card["name"]] for card in cards)
    assert lines(graph, "Service/shop/web") <= {card["id"] for card in cards}
    assert not any(node["kind"] == "Deployment" for node in graph["nodes"])


def test_a_group_of_a_node_opens_in_place_too() -> None:
    first = next(n["id"] for n in drawn(grp="node")["nodes"] if n["id"].startswith("Pods/"))

    graph = drawn(grp="node", open=[first])

    assert first not in {node["id"] for node in graph["nodes"]}
    assert any(node["group"] == f"Open/{first}" for node in graph["nodes"])


def test_every_line_ends_at_a_card_however_it_is_grouped() -> None:
    for grp in ("workload", "zone", "node"):
        graph = drawn(grp=grp, open=[WEB])
        ids = {node["id"] for node in graph["nodes"]}
        assert all({edge["from"], edge["to"]} <= ids for edge in graph["edges"])


def test_an_unknown_grouping_is_refused_by_name() -> None:
    with pytest.raises(QuestionError, match="grp"):
        drawn(grp="colour")
