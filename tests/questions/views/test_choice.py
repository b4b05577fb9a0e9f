"""Levels 2 and 3 of the map without an object: what they may be of."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from cluster.questions.question import QuestionError
from cluster.questions.seeded import Seeded
from tests.questions.asking import ask, cluster, deployment, service

NAMESPACES = """
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: bank}}
"""


@cache
def two() -> Seeded:
    """Two namespaces, each with a Service and a Deployment; one more Deployment has no Pods."""
    return cluster(
        NAMESPACES,
        deployment("shop/web", replicas=2), service("shop/web"),
        deployment("shop/idle", replicas=0),
        deployment("bank/pay", replicas=1), service("bank/pay"),
    )  # fmt: skip


def opened(graph: dict[str, Any]) -> dict[str, str]:
    return {
        node["id"]: node["open"]
        for node in graph["nodes"]
        if node["namespace"] in {"shop", "bank"}
    }


def test_level_2_without_a_service_offers_every_service() -> None:
    graph = ask(two(), "graph", level="L2")

    assert opened(graph) == {
        "Service/shop/web": "?lvl=L2&of=shop/web", "Service/bank/pay": "?lvl=L2&of=bank/pay",
    }  # fmt: skip
    assert graph["level"] == "L2"
    names = [row["cells"][0] for row in graph["table"]["rows"]]
    assert {cell["text"] for cell in names} >= {"web", "pay"}
    assert all("/map?lvl=L2&of=" in cell["href"] for cell in names)


def test_level_3_without_a_workload_offers_every_workload_of_the_namespaces() -> None:
    graph = ask(two(), "graph", level="L3", ns=["shop"])

    assert opened(graph) == {
        "Deployment/shop/web": "?lvl=L3&of=Deployment/shop/web",
        "Deployment/shop/idle": "?lvl=L3&of=Deployment/shop/idle",
    }
    assert {group["id"] for group in graph["groups"]} == {"Namespace//shop"}


@pytest.mark.parametrize("level", ["L2", "L3"])
def test_an_unknown_namespace_is_not_found(level: str) -> None:
    with pytest.raises(QuestionError, match='namespaces "nope" not found'):
        ask(two(), "graph", level=level, ns=["nope"])


@pytest.mark.parametrize("level", ["L2", "L3"])
def test_a_namespace_without_any_says_so(level: str) -> None:
    graph = ask(two(), "graph", level=level, ns=["kube-public"])

    assert graph["nodes"] == []
    assert graph["verdict"]["text"].startswith("There is no")
