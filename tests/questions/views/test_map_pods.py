"""Level 3 of the map: 100 Pods a page, those that are not well first, each exactly once."""

from __future__ import annotations

from functools import cache
from typing import Any

from cluster.questions.seeded import Seeded
from tests.questions.asking import ask, cluster, deployment

NAMESPACE = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}"


@cache
def many() -> Seeded:
    """A Deployment of 230 Pods."""
    return cluster(NAMESPACE, deployment("shop/web", replicas=230))


def page(number: int) -> dict[str, Any]:
    answer: dict[str, Any] = ask(
        many(), "graph", level="L3", of="Deployment/shop/web", page=str(number)
    )
    return answer


def pods(graph: dict[str, Any]) -> list[str]:
    listed: list[str] = [row["cells"][0]["text"] for row in graph["table"]["rows"]]
    drawn = {node["name"] for node in graph["nodes"] if node["kind"] == "Pod"}
    assert set(listed) == drawn
    return listed


def test_pages_of_100_hold_every_pod_once() -> None:
    pages = [page(number) for number in (1, 2, 3)]

    assert [len(pods(each)) for each in pages] == [100, 100, 30]
    assert len({name for each in pages for name in pods(each)}) == 230
    assert [bool(each["next"]) for each in pages] == [True, True, False]
    assert pages[0]["truncated"] == {"Pod": 130}


def test_a_page_behind_the_last_has_no_pods_and_leads_nowhere() -> None:
    assert pods(page(9)) == []
    assert page(9)["next"] is None


def test_pods_that_are_not_ready_come_first() -> None:
    owned = """
apiVersion: v1
kind: Pod
metadata:
  {{name: web-{0}, namespace: shop, labels: {{app: web}}, ownerReferences: [{{apiVersion: apps/v1,
    kind: ReplicaSet, name: web, uid: u-1, controller: true}}]}}
spec: {{nodeName: node-1, containers: [{{name: main, image: main}}]}}
status: {{phase: Running, podIP: 10.0.0.{0}, podIPs: [{{ip: 10.0.0.{0}}}],
  conditions: [{{type: Ready, status: "{1}"}}]}}
"""
    texts = [owned.format(n, "False" if n in {4, 7} else "True") for n in range(1, 9)]
    asked = cluster("\n---".join([NAMESPACE, *texts]))

    graph = ask(asked, "graph", level="L3", of="ReplicaSet/shop/web")

    names = [row["cells"][0]["text"] for row in graph["table"]["rows"]]
    assert names[:3] == ["web-4", "web-7", "web-1"]
    assert len(names) == 8
