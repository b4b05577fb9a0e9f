"""The trace page as a door: fields, refusals at their fields, steps with links, parts."""

from __future__ import annotations

import json
import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from cluster import store
from cluster.machinery.manifest import JSON
from tests.web.conftest import pod

TRACE = "/c/demo/trace"


@pytest.fixture
def closed(demo: str) -> str:
    """Return a cluster in which nothing may come to the Pods of shop but from app=db."""
    peers: list[JSON] = [{"podSelector": {"matchLabels": {"app": "db"}}}]
    rules: list[JSON] = [{"from": peers}]
    policy: JSON = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "only-db", "namespace": "shop"},
        "spec": {"podSelector": {"matchLabels": {"app": "web"}}, "ingress": rules},
    }
    documents = [policy, pod("api-1", app="api", node="node-2")]
    options = store.Options(mode="import", annotate=False)
    store.write_batch(cluster=demo, documents=documents, actor="ana", options=options)
    return demo


def test_a_blocked_trace_names_step_rule_evidence_and_the_change_as_a_plan(
    reader: Client, closed: str
) -> None:
    text = reader.get(TRACE, {"from": "shop/api-1", "to": "shop/web-1", "port": "8080"})
    page = text.content.decode()

    assert "Blocked at step" in page
    assert "A Pod that a policy selects is isolated" in page
    assert "/c/demo/o/NetworkPolicy/shop/only-db?tab=yaml&amp;path=spec.podSelector" in page
    assert "wants app=db, found app=api" in page
    assert "/c/demo/plan?from=shop/api-1&amp;to=shop/web-1&amp;port=8080&amp;step=" in page
    assert "Not checked" in page


def test_evidence_tells_its_revision_and_a_change_the_lines_it_adds(
    reader: Client, closed: str
) -> None:
    found = reader.get(TRACE, {"from": "shop/api-1", "to": "shop/web-1", "port": "8080"})
    page = found.content.decode()
    added = re.findall(r'<span class="l add"[^>]*data-path="([^"]+)"', page)
    assert added == ["metadata.labels.app"]
    assert f"· rev {store.revision_of(closed)}" in page


def test_where_nothing_arrives_the_reply_names_who_would_have_answered(
    reader: Client, closed: str
) -> None:
    given = {"from": "shop/api-1", "to": "shop/web-1", "port": "8080", "reply": "1"}
    graph = reader.get(TRACE, {**given, "part": "graph"}).json()

    assert graph["verdict"]["text"].startswith("No reply from shop/web-1 to Pod shop/api-1")
    cards = {(node["kind"], node["name"]) for node in graph["nodes"]}
    assert cards == {("Pod", "web-1"), ("Destination", "api-1")}


@pytest.mark.parametrize(
    ("fields", "name", "words"),
    [
        ({"from": "shop/nobody", "to": "shop/web-1"}, "from", "No Pod or workload shop/nobody"),
        ({"from": "shop/web-1", "to": "shop/svc/x"}, "to", "No Service shop/x"),
        ({"from": "shop/web-1", "to": "shop/svc/web", "port": "0"}, "port", "not in 1-65535"),
        ({"from": "shop/web-1", "to": "shop/svc/web", "proto": "ICMP"}, "proto", "Protocol is"),
        ({"from": "a name", "to": "shop/svc/web"}, "from", "cannot open connections"),
    ],
    ids=["from", "to", "port", "protocol", "a name as source"],
)
def test_a_refusal_stands_at_its_field_with_everything_still_filled_in(
    reader: Client, demo: str, fields: dict[str, str], name: str, words: str
) -> None:
    response = reader.get(TRACE, fields)
    page = response.content.decode()

    assert response.status_code in {400, 404}
    assert f'id="f-{name}_error"' in page
    assert words in page
    assert all(f'value="{value}"' in page for key, value in fields.items() if key != "proto")


def test_a_bare_name_is_answered_with_the_objects_that_bear_it(reader: Client, demo: str) -> None:
    response = reader.get(TRACE, {"from": "web-1", "to": "shop/svc/web", "port": "80"})

    assert response.status_code == 400
    assert "/c/demo/trace?from=shop/web-1&amp;to=shop/svc/web&amp;port=80" in (
        response.content.decode()
    )


def test_the_graph_of_the_page_is_the_document_that_keeps_it_live(
    reader: Client, closed: str
) -> None:
    page = reader.get(TRACE, {"from": "shop/api-1", "to": "shop/web-1"}).content.decode()
    source = re.search(r'data-src="([^"]+)"', page)
    inline = re.search(r'<script id="graph-json" type="application/json">(.*?)</script>', page)
    assert source is not None
    assert inline is not None

    assert json.loads(inline[1]) == reader.get(source[1].replace("&amp;", "&")).json()


def test_the_card_of_a_drawing_is_a_peer(reader: Client, demo: str) -> None:
    page = reader.get(TRACE, {"from": "Pod/shop/web-1"}).content.decode()

    assert 'value="shop/web-1"' in page


def test_parts_give_the_steps_alone_and_the_text_that_is_copied(
    reader: Client, closed: str
) -> None:
    fields = {"from": "shop/api-1", "to": "shop/svc/web"}

    answer = reader.get(TRACE, fields | {"part": "answer"}).content.decode()
    text = reader.get(TRACE, fields | {"part": "text"})

    assert 'data-live="steps"' in answer
    assert "<html" not in answer
    assert text["Content-Type"].startswith("text/plain")
    assert text.content.decode().startswith("BLOCKED at step")


def test_the_reply_of_a_connection_that_passes_is_not_judged(reader: Client, demo: str) -> None:
    fields = {"from": "203.0.113.7", "to": "shop/web-1", "reply": "1"}
    page = reader.get(TRACE, fields).content.decode()

    assert "replies of a connection that was let through always pass" in page
    assert "Trace the request" in page


def test_choices_are_objects_and_words(reader: Client, demo: str) -> None:
    def values(text: str, field: str = "to") -> list[str]:
        found = reader.get("/c/demo/peers", {"q": text, "field": field}).json()["results"]
        return [choice["value"] for choice in found]

    assert {"shop/web-1", "shop/svc/web"} <= set(values("web"))
    assert values("shop/svc/web")[0] == "shop/svc/web"
    assert values("node-1")[0] == "node/node-1"
    assert values("10.0.0.0/8") == ["10.0.0.0/8"]
    assert values("inter") == ["internet"]
    assert "web.shop" in values("web.shop")
    assert "web.shop" not in values("web.shop", "from")


def test_who_may_not_see_what_a_trace_rests_on_gets_none(closed: str, client: Client) -> None:
    ben = User.objects.create_user("ben")
    ben.user_permissions.set(Permission.objects.filter(codename__in=["view_pod", "view_service"]))
    client.force_login(ben)
    fields = {"from": "shop/api-1", "to": "shop/web-1", "port": "8080"}
    away = "192.0.2.9"

    page = client.get(TRACE, fields, REMOTE_ADDR=away).content.decode()
    graph = client.get("/c/demo/graph", {"view": "trace", **fields}, REMOTE_ADDR=away)

    assert "only-db" not in page
    assert "cluster.view_networkpolicy" in page
    assert "only-db" not in graph.content.decode()
    assert graph.json()["nodes"] == []
