"""The diagram of a policy: two sides for every connection, what folds, the lens, the matrix."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from cluster.machinery.errors import NotFound
from cluster.machinery.manifest import Manifest
from cluster.questions.seeded import Seeded
from tests.questions.asking import ask, cluster, deployment, policy
from tests.questions.views.drawing import card, cells, counters, draw, edge, said, shields

SPACES = """
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: pay, labels: {team: money}}}
"""
ALLOW_DB = policy("shop/allow-db", """
podSelector: {matchLabels: {app: db}}
policyTypes: [Ingress, Egress]
ingress:
- from: [{podSelector: {matchLabels: {app: web}}}]
  ports: [{port: 5432}]
egress:
- to: [{ipBlock: {cidr: 10.20.0.0/16, except: [10.20.9.0/24]}}]
  ports: [{port: 443}]
""")  # fmt: skip
DENY = policy("shop/deny", "{podSelector: {}, policyTypes: [Ingress]}")


ONE_IN = """
podSelector: {{matchLabels: {{app: target-{bit}}}}}
policyTypes: [Ingress]
ingress:
- from: [{{podSelector: {{matchExpressions: [{{key: app, operator: In, values: [{names}]}}]}}}}]
"""
ALL_THREE = """
podSelector:
  matchExpressions: [{key: app, operator: In, values: [target-0, target-1, target-2]}]
policyTypes: [Ingress]
"""


def shop(*more: Manifest) -> Seeded:
    """A web, a cart and a database in `shop`, and a till in `pay`."""
    return cluster(
        SPACES, deployment("shop/web"), deployment("shop/cart"),
        deployment("shop/db", port=5432, name="pg"), deployment("pay/till", port=8443), *more,
    )  # fmt: skip


def rows(graph: dict[str, Any]) -> dict[tuple[str, str], list[str]]:
    return {(row[0], row[1]): row[2:] for row in cells(graph)}


def test_a_connection_needs_the_egress_of_its_source_and_the_ingress_of_its_destination() -> None:
    closed = policy("shop/no-way-out", """
        {podSelector: {matchLabels: {app: cart}}, policyTypes: [Egress]}""")  # fmt: skip
    graph = draw(shop(ALLOW_DB, DENY, closed), "policy", "shop/allow-db")

    allowed = edge(graph, "Deployment/shop/web", "Deployment/shop/db")
    assert (allowed["state"], allowed["label"]) == ("allow", "5432")
    assert shields(allowed) == {"E": "allow", "I": "allow"}
    denied = edge(graph, "Deployment/shop/cart", "Deployment/shop/db")
    assert (denied["state"], denied["stop"]) == ("deny", "from")
    assert shields(denied) == {"E": "deny", "I": "deny"}
    assert graph["verdict"]["text"].startswith("allow-db lets web reach db on 5432")
    assert rows(graph)["shop/cart", "shop/db"][1:4] == ["denied", "stops it", "stops it"]


def test_a_denied_connection_names_who_isolates_and_the_closest_miss() -> None:
    graph = draw(shop(ALLOW_DB, DENY), "policy", "shop/allow-db")

    why = edge(graph, "Deployment/shop/cart", "Deployment/shop/db")["why"]
    causes = [reason for reason in why if reason["cause"]]
    assert causes[0]["text"] == (
        "db is isolated for ingress by allow-db and deny: 1 rule looked at, "
        "none admits cart on TCP 5432."
    )
    assert causes[1] | {"revision": None} == {
        "text": "Closest miss: it wants app=web, found app=cart.",
        "object": "NetworkPolicy shop/allow-db",
        "path": "spec.ingress[0].from[0].podSelector", "value": "app=web",
        "revision": None, "cause": True,
    }  # fmt: skip
    assert any("Closest miss: it wants app=web" in text for text in said(graph["text"]))


def test_blocks_stand_outside_with_their_holes() -> None:
    graph = draw(shop(ALLOW_DB), "policy", "shop/allow-db")

    block, hole = card(graph, "10.20.0.0/16"), card(graph, "10.20.9.0/24")
    assert (block["variant"], block["meta"]) == ("private", "except 10.20.9.0/24")
    line = edge(graph, "Deployment/shop/db", block["id"])
    assert (line["state"], line["label"], shields(line)) == ("allow", "443", {"E": "allow"})
    assert edge(graph, "Deployment/shop/db", hole["id"])["state"] == "deny"
    elsewhere = card(graph, "other addresses", "destinations")
    assert edge(graph, "Deployment/shop/db", elsewhere["id"])["state"] == "deny"


def test_a_side_that_nobody_isolates_is_one_card() -> None:
    graph = draw(shop(DENY), "policy", "shop/deny")

    (anywhere,) = [node for node in graph["nodes"] if node["lane"] == "destinations"]
    assert (anywhere["name"], anywhere["word"]) == ("anywhere", "no policy, all allowed")
    assert shields(edge(graph, "Deployment/shop/db", anywhere["id"])) == {"E": "allow"}
    assert "isolates" in graph["verdict"]["text"]


def test_a_policy_that_selects_nothing_says_so() -> None:
    idle = policy("shop/idle", "{podSelector: {matchLabels: {app: gone}}}")
    graph = draw(shop(idle), "policy", "shop/idle")

    assert graph["verdict"]["state"] == "warn"
    assert graph["verdict"]["text"].startswith("idle selects no Pod")
    assert "NV401" in [badge["text"] for badge in card(graph, "idle")["badges"]]
    assert graph["edges"] == []


def test_a_peer_that_means_nobody_is_counted() -> None:
    peer = "{podSelector: {matchLabels: {app: gone}}}"
    lost = policy("shop/lost", f"{{podSelector: {{}}, ingress: [{{from: [{peer}]}}]}}")
    graph = draw(shop(lost), "policy", "shop/lost")

    assert counters(graph)["peers match nothing"] == 1
    assert "NV403" in card(graph, "lost")["badges"][0]["text"]


def test_what_the_plugin_does_is_always_said_to_be_assumed() -> None:
    for found, of in ((shop(DENY), "shop/deny"), (shop(), "Deployment/shop/web")):
        graph = draw(found, "policy", of)

        assert graph["detail"]["notes"][0] == {
            "state": "unknown", "text": "Assumed: enforcement depends on the CNI.",
        }  # fmt: skip
        assert said(graph["text"])[-1] == "Assumed: enforcement depends on the CNI."


def test_pods_on_the_host_network_are_exempt() -> None:
    agent = deployment("shop/agent")
    spec: Any = agent["spec"]
    spec["template"]["spec"]["hostNetwork"] = True
    graph = draw(shop(DENY, agent), "policy", "shop/deny")

    hosts = card(graph, "host network")
    assert hosts["badges"][0]["text"] == "exempt"
    assert not any(node["name"] == "agent" for node in graph["nodes"])


def test_a_workload_may_stand_in_the_middle() -> None:
    graph = draw(shop(ALLOW_DB, DENY), "policy", "Deployment/shop/db")

    assert graph["scope"] == {"kind": "Deployment", "namespace": "shop", "name": "db"}
    assert [n["name"] for n in graph["nodes"] if n["kind"] == "NetworkPolicy"] == [
        "allow-db", "deny",
    ]  # fmt: skip
    open_ = draw(shop(), "policy", "Deployment/shop/db")
    assert open_["verdict"]["text"] == "No policy selects db: all is allowed"
    assert {n["lane"] for n in open_["nodes"]} == {"sources", "focus", "destinations"}


def test_focus_narrows_a_policy_to_one_of_its_workloads() -> None:
    graph = draw(shop(DENY), "policy", "shop/deny", focus="Deployment/shop/cart")

    assert [n["name"] for n in graph["nodes"] if n["lane"] == "focus" and n["kind"] != (
        "NetworkPolicy")] == ["cart"]  # fmt: skip


@pytest.mark.parametrize(
    ("port", "web", "label"),
    [
        pytest.param("5432", "allowed", "5432/TCP", id="the_port"),
        pytest.param("5432/UDP", "denied", "5432/UDP", id="the_other_protocol"),
        pytest.param("80", "denied", "80/TCP", id="another_port"),
    ],
)
def test_the_lens_asks_about_one_port(port: str, web: str, label: str) -> None:
    graph = draw(shop(ALLOW_DB, DENY), "policy", "shop/allow-db", port=port)

    assert rows(graph)["shop/web", "shop/db"][1] == web
    labels = {e["label"] for e in graph["edges"] if e["to"] == "Deployment/shop/db"}
    assert labels <= {label, "own Node"}
    chips = next(option for option in graph["options"] if option["name"] == "port")
    assert (chips["value"], chips["choices"][0]["value"]) == (label, "")


def test_workloads_that_stand_alike_are_one_card_and_each_has_its_row() -> None:
    many = [deployment(f"shop/job-{number}") for number in range(12)]
    graph = draw(shop(ALLOW_DB, DENY, *many), "policy", "shop/allow-db")

    fold = card(graph, "13 workloads")
    line = edge(graph, fold["id"], "Deployment/shop/db")
    assert (line["state"], line["count"]) == ("deny", 13)
    assert rows(graph)["shop/job-7", "shop/db"][1] == "denied"
    assert edge(graph, "Deployment/shop/web", "Deployment/shop/db")["state"] == "allow"


def test_dense_views_flip_to_the_matrix() -> None:
    many = [deployment(f"shop/app-{number}") for number in range(5)]
    found = shop(DENY, *many)
    graph = draw(found, "policy", "shop/deny")

    assert graph["detail"]["form"] == "matrix"
    matrix = graph["detail"]["matrix"]
    states = {cell["state"] for row in matrix["rows"] for cell in row["cells"]}
    assert states == {"deny", "allow", "self"}
    known = {line["id"] for line in graph["edges"]}
    assert {c["edge"] for row in matrix["rows"] for c in row["cells"] if c["edge"]} <= known
    picture = draw(found, "policy", "shop/deny", form="map")
    assert picture["detail"]["form"] == "map"
    assert picture["truncated"]["denied pairs"] > 0
    assert len(cells(picture)) == len(cells(graph))


def test_lines_that_cross_flip_to_the_matrix_earlier_than_those_to_one_card() -> None:
    # Each source reaches other targets than every other, so that none fold into one card.
    sources = [f"source-{number}" for number in range(8)]
    lets_in = [
        policy(f"shop/to-{bit}", ONE_IN.format(bit=bit, names=", ".join(
            name for number, name in enumerate(sources) if number >> bit & 1
        )))
        for bit in range(3)
    ]  # fmt: skip
    apps = [deployment(f"shop/{name}") for name in (*sources, *(f"target-{n}" for n in range(3)))]
    found = shop(*apps, *lets_in, policy("shop/all-three", ALL_THREE))

    assert draw(found, "policy", "shop/all-three")["detail"]["form"] == "matrix"
    assert draw(found, "policy", "shop/to-0")["detail"]["form"] == "map"


def test_every_cell_of_two_ends_leads_to_its_trace() -> None:
    found = shop(DENY, ALLOW_DB)
    matrix = draw(found, "policy", "shop/deny", form="matrix")["detail"]["matrix"]
    traced = {}
    for row in matrix["rows"]:
        for cell in row["cells"]:
            assert (cell["trace"] is None) == (cell["state"] == "self")
            if cell["trace"]:
                given = dict(parse_qsl(urlsplit(cell["trace"]).query))
                answer = ask(found, "trace", from_=given["from"], to=given["to"],
                             port=given["port"], protocol=given["proto"])  # fmt: skip
                traced[cell["label"]] = answer["verdict"]

    assert len(traced) > 12
    for label, result in traced.items():
        if ": denied" in label:
            assert result == "blocked", label


def test_the_focus_can_be_chosen_from_what_the_policy_selects() -> None:
    graph = draw(shop(DENY), "policy", "shop/deny", focus="Deployment/shop/web")
    focus = next(option for option in graph["options"] if option["name"] == "focus")

    assert focus["value"] == "Deployment/shop/web"
    assert [choice["value"] for choice in focus["choices"]] == [
        "", "Deployment/shop/cart", "Deployment/shop/db", "Deployment/shop/web",
    ]  # fmt: skip


def test_a_crowd_in_the_middle_is_folded_by_the_policies_that_select_it() -> None:
    many = [deployment(f"shop/app-{number}") for number in range(20)]
    graph = draw(shop(DENY, ALLOW_DB, *many), "policy", "shop/deny")

    middle = [n for n in graph["nodes"] if n["lane"] == "focus" and n["kind"] != "NetworkPolicy"]
    assert sorted(node["name"] for node in middle) == ["22 workloads", "db"]
    assert len(graph["nodes"]) + len(graph["edges"]) < 60
    assert "23 workloads of shop" in graph["verdict"]["text"]


def test_the_matrix_says_how_many_ports_and_what_is_open_in_part() -> None:
    part = policy("shop/part", """
podSelector: {matchLabels: {app: db}}
ingress: [{ports: [{port: 80}, {port: 443}]}]
""")  # fmt: skip
    graph = draw(shop(part), "policy", "shop/part", form="matrix")

    matrix = graph["detail"]["matrix"]
    column = [head["name"] for head in matrix["columns"]].index("db")
    row = next(row for row in matrix["rows"] if row["name"] == "web")
    assert row["cells"][column]["state"] == "partial"  # 5432, which it declares, is closed
    assert row["cells"][column]["text"] == "2"
    assert row["cells"][column]["label"] == "web to db: allowed in part on 80, 443, 2 ports"


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        pytest.param({"port": "http"}, "port", id="a_name"),
        pytest.param({"port": "0"}, "port", id="zero"),
        pytest.param({"port": "70000"}, "port", id="too_high"),
        pytest.param({"port": "80/ICMP"}, "port", id="no_such_protocol"),
        pytest.param({"form": "list"}, "form", id="no_such_form"),
        pytest.param({"focus": "web"}, "focus", id="a_name_alone"),
        pytest.param({"focus": "Thing/shop/web"}, "focus", id="no_such_kind"),
    ],
)
def test_what_means_nothing_is_refused_by_name(parameters: dict[str, str], field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}:"):
        draw(shop(DENY), "policy", "shop/deny", **parameters)


def test_a_policy_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match='"gone" not found'):
        draw(shop(), "policy", "shop/gone")
