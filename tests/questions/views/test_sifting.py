"""Queries of long and folded views: the whole table is searched, and nothing hidden is found."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from cluster.machinery.drawing import Graph
from cluster.machinery.manifest import JSON, Manifest, integer_at
from cluster.questions.seeded import Seeded
from cluster.questions.views import view
from cluster.questions.views.request import ALL_ROWS, ViewRequest
from cluster.questions.views.row_pages import ROWS
from tests.questions.asking import cluster, deployment, policy

SHOP = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}"
MANY = ROWS + 100
REQUEST = ViewRequest("demo", "endpoints", of="shop/hand")


@cache
def by_hand() -> Seeded:
    """A Service whose slices list more addresses than a page of a table has rows."""
    service: Manifest = {
        "apiVersion": "v1", "kind": "Service", "metadata": {"namespace": "shop", "name": "hand"},
        "spec": {"ports": [{"name": "http", "port": 80}]},
    }  # fmt: skip
    return cluster(SHOP, service, *(_slice(part) for part in range(MANY // 100)))


def _slice(part: int) -> Manifest:
    endpoints: list[JSON] = [{"addresses": [f"198.51.{part}.{n}"]} for n in range(1, 101)]
    return {
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
        "metadata": {"namespace": "shop", "name": f"hand-{part}",
                     "labels": {"kubernetes.io/service-name": "hand"}},
        "ports": [{"port": 8080, "protocol": "TCP"}], "endpoints": endpoints,
    }  # fmt: skip


@cache
def guarded() -> Seeded:
    """Forty workloads, one of which a policy isolates."""
    shut = policy(
        "shop/shut",
        "{podSelector: {matchLabels: {app: app-23}}, policyTypes: [Ingress], ingress: []}",
    )
    return cluster(SHOP, shut, *(deployment(f"shop/app-{n:02}") for n in range(40)))


def drawn(found: Seeded, request: ViewRequest, **more: object) -> Graph:
    fields = {name: getattr(request, name) for name in request.__dataclass_fields__}
    return view(found.snapshot, found.facts, ViewRequest(**{**fields, **more}))


def total(graph: Graph) -> int:
    """How many rows there are on all pages."""
    listed = graph.extra.get("listed")
    return (integer_at(listed, "total") or 0) if isinstance(listed, dict) else len(graph.rows)


def texts(graph: Graph) -> list[str]:
    return [" ".join(cell.text for cell in row.cells) for row in graph.rows]


def test_a_search_reaches_rows_of_every_page_and_of_folded_cards() -> None:
    last = f"198.51.{MANY // 100 - 1}.100"
    plain = drawn(by_hand(), REQUEST)
    found = drawn(by_hand(), REQUEST, find=last)

    assert total(plain) == MANY
    assert not any(last in text for text in texts(plain))
    assert [last in text for text in texts(found)] == [True]
    assert found.extra["sifted"] == {"find": last, "omit": ""}
    assert "listed" not in found.extra


def test_what_is_hidden_counts_on_no_page() -> None:
    shown = drawn(by_hand(), REQUEST, omit="198.51.1.*")

    assert total(shown) == MANY - 100
    assert not any(" 198.51.1." in text for text in texts(shown))


def test_a_page_of_what_was_found_is_counted_among_what_was_found() -> None:
    second = drawn(by_hand(), REQUEST, find="198.51", rows=2)

    assert total(second) == MANY
    assert len(second.rows) == MANY - ROWS


def test_an_export_asks_for_every_row() -> None:
    assert len(drawn(by_hand(), REQUEST, rows=ALL_ROWS).rows) == MANY


def test_a_namespace_without_a_tile_is_found_by_its_row() -> None:
    spaces = "\n---\n".join(
        f"{{apiVersion: v1, kind: Namespace, metadata: {{name: s{number}}}}}"
        for number in range(12)
    )
    made = [deployment(f"s{number}/app") for number in range(12)]
    request = ViewRequest("demo", level="L0", budget=12)
    found = drawn(cluster(spaces, *made), request, find="ns:s11 OR ns:s10")

    assert [row.id for row in found.rows] == ["Namespace//s10", "Namespace//s11"]


def everything(_kind: str) -> bool:
    return True


def no_policies(kind: str) -> bool:
    return kind != "NetworkPolicy"


def no_pods(kind: str) -> bool:
    return kind not in {"Pod", "ReplicaSet"}


@pytest.mark.parametrize(
    ("find", "sees"),
    [
        pytest.param("policy:shut", no_policies, id="the_policy_that_isolates_it"),
        pytest.param("denied-by:shut", no_policies, id="what_a_policy_denies"),
        pytest.param("near:shut~2", no_policies, id="what_is_near_a_policy"),
    ],
)
@pytest.mark.parametrize("level", ["L0", "L1"])
def test_a_query_finds_nothing_by_what_its_reader_may_not_see(
    find: str, sees: Callable[[str], bool], level: str
) -> None:
    request = ViewRequest("demo", level=level, namespaces=("shop",), budget=14)
    nothing = drawn(guarded(), request, find="policy:no-such", sees=sees)
    found = drawn(guarded(), request, find=find, sees=sees)

    assert [node.id for node in found.nodes] == [node.id for node in nothing.nodes]
    assert [row.id for row in found.rows] == [row.id for row in nothing.rows]


def test_a_reader_who_sees_policies_finds_by_them() -> None:
    request = ViewRequest("demo", level="L1", namespaces=("shop",), budget=14)
    found = drawn(guarded(), request, find="policy:shut", sees=everything)

    assert "Deployment/shop/app-23" in {node.id for node in found.nodes}


def test_rows_of_hidden_kinds_do_not_count() -> None:
    workload = ViewRequest("demo", "endpoints", of="shop/web")
    found = cluster(
        SHOP, deployment("shop/web", replicas=3),
        {"apiVersion": "v1", "kind": "Service", "metadata": {"namespace": "shop", "name": "web"},
         "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}},
    )  # fmt: skip

    assert len(drawn(found, workload).rows) == 3
    assert len(drawn(found, workload, sees=no_pods).rows) == 0
