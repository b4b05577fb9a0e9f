"""Every view of every cluster stays within its budget (ux.md, principle 3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from cluster.machinery.drawing import Graph
from cluster.machinery.errors import NotFound
from cluster.machinery.manifest import JSON, Manifest
from cluster.questions.seeded import Seeded
from cluster.questions.views import view
from cluster.questions.views.request import BUDGET, ViewRequest
from cluster.questions.views.table import VIEWS
from tests.questions.asking import cluster, deployment, ingress, policy, service

DEMO = Path(__file__).parents[2] / "demo"
MOST_OBJECTS = 6  # objects of a kind that are looked at in a cluster


@cache
def demo() -> Seeded:
    """The demo cluster."""
    return cluster("\n---\n".join(path.read_text() for path in sorted(DEMO.glob("*.yaml"))))


@cache
def crowd() -> Seeded:
    """One namespace with 160 applications of their own, every twentieth broken."""
    made: list[Manifest] = []
    for number in range(160):
        name = f"shop/app-{number:04}"
        made.append(deployment(name))
        target: JSON = "http" if number % 20 else "gone"
        made.append(service(name, 80, target))
        if number % 3 == 0:
            made.append(ingress(name, f"h{number}.example.com", f"app-{number:04}", 80))
        if number % 50 == 0:
            made.append(policy(name, "podSelector: {}\n"))
    return cluster("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}", *made)


@cache
def bare() -> Seeded:
    """A Service with 250 Pods of nobody's, one with 300 slices, one with 900 manual addresses."""
    made: list[Manifest] = [service("shop/web", 80, 8080), service("shop/many", 80, 8080)]
    hand = service("shop/hand", 80, 8080)
    many = service("shop/slices", 80, 8080)
    for item in (hand, many):
        spec = item["spec"]
        assert isinstance(spec, dict)
        del spec["selector"]
    made += [hand, many, ingress("shop/door", "shop.example.com", "web", 80)]
    made += [_pod(number) for number in range(250)]
    made += [
        _slice("slices", f"slices-{n}", [f"192.0.{2 + n // 250}.{1 + n % 250}"])
        for n in range(300)
    ]
    made += [
        _slice("hand", f"hand-{part}", [f"198.51.{part}.{1 + n}" for n in range(100)])
        for part in range(9)
    ]
    return cluster("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}", *made)


def _pod(number: int) -> Manifest:
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"namespace": "shop", "name": f"web-{number:04}", "labels": {"app": "web"}},
        "spec": {"containers": [{"name": "main", "image": "main",
                                 "ports": [{"containerPort": 8080}]}]},
    }  # fmt: skip


def _slice(of: str, name: str, addresses: list[str]) -> Manifest:
    endpoints: list[JSON] = [{"addresses": [address]} for address in addresses]
    return {
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
        "metadata": {"namespace": "shop", "name": name,
                     "labels": {"kubernetes.io/service-name": of}},
        "ports": [{"port": 8080, "protocol": "TCP"}], "endpoints": endpoints,
    }  # fmt: skip


def requests_of(found: Seeded) -> list[ViewRequest]:
    """Return a request for every view, level and object there is, as far as they go together."""
    objects = ["", "shop/web", "shop/slices", "shop/hand"]
    for kind in found.snapshot.kinds:
        keys = [
            f"{kind.kind}/{i.meta.namespace}/{i.meta.name}" for i in found.snapshot.of(kind.type)
        ]
        objects += keys[:: max(1, len(keys) // MOST_OBJECTS)]
        objects += [key.partition("/")[2] for key in objects[-MOST_OBJECTS:]]
    wide = [
        ViewRequest("demo", "map", level, namespaces)
        for level, namespaces in product(("", "L0", "L1"), ((), ("shop",)))
    ]
    narrow = [("map", "L2"), ("map", "L3"), *((name, "") for name in VIEWS if name != "map")]
    traces = [
        ViewRequest("demo", "trace", given={"from": source, "to": of, "port": "8080"})
        for source, of in product(("internet", "shop/web-0000"), dict.fromkeys(objects))
    ]
    return [*wide, *traces] + [
        ViewRequest("demo", name, level, of=of)
        for (name, level), of in product(narrow, dict.fromkeys(objects))
    ]


def drawn(found: Seeded, request: ViewRequest) -> Graph | None:
    """Return the view, None where there is none of this object."""
    try:
        return view(found.snapshot, found.facts, request)
    except (NotFound, ValueError):
        return None


@pytest.mark.parametrize("budget", [BUDGET, 30])
@pytest.mark.parametrize("world", [demo, crowd, bare])
def test_no_view_exceeds_its_budget(world: Callable[[], Seeded], budget: int) -> None:
    found = world()
    counts: dict[str, int] = dict.fromkeys(VIEWS, 0)
    folds = 0
    for request in requests_of(found):
        asked = replace(request, budget=budget)
        graph = drawn(found, asked)
        if graph is not None:
            counts[request.view] += 1
            folds += any(node.id.startswith("Fold/") for node in graph.nodes)
            assert len(graph.nodes) + len(graph.edges) <= budget, asked
            assert len({node.id for node in graph.nodes}) == len(graph.nodes), asked

    assert min(counts.values()) > 0, counts
    assert folds > 0 or world is demo


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("name:app-0077", "Service/shop/app-0077"),
        ("label:app=app-0077", "Deployment/shop/app-0077"),
        ("kind:pod app-0077", "Deployment/shop/app-0077"),
    ],
)
def test_a_group_that_holds_a_match_is_folded_last(text: str, wanted: str) -> None:
    asked = crowd()
    request = ViewRequest("demo", level="L1", namespaces=("shop",), budget=60)

    plain = view(asked.snapshot, asked.facts, request)
    found = view(asked.snapshot, asked.facts, replace(request, find=text))

    assert wanted not in {node.id for node in plain.nodes}
    assert wanted in {node.id for node in found.nodes}
    assert len(found.nodes) + len(found.edges) <= request.budget


def test_the_namespace_that_holds_a_match_is_opened_first() -> None:
    spaces = "\n---\n".join(
        f"{{apiVersion: v1, kind: Namespace, metadata: {{name: s{number}}}}}"
        for number in range(9)
    )
    made = [deployment(f"s{number}/app-{number}") for number in range(9)]
    made += [service(f"s{number}/app-{number}") for number in range(9)]
    asked = cluster(spaces, *made)
    for level, wanted in (("L0", "Namespace//s7"), ("L1", "Service/s7/app-7")):
        request = ViewRequest("demo", level=level, budget=9, find="app-7")
        found = view(asked.snapshot, asked.facts, request)
        assert found.truncated
        assert wanted in {node.id for node in found.nodes}, level
