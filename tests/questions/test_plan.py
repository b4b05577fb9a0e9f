"""The question `plan`: what a change opens, closes, breaks and renames."""

from __future__ import annotations

from typing import Any

import pytest

from cluster.machinery.manifest import Manifest
from cluster.questions.plan.connections import without
from cluster.questions.plan.graph import plan_graph, verdict
from cluster.questions.plan.question import planned, planned_whole
from cluster.questions.plan.rendering import summary, to_markdown, to_text
from cluster.questions.plan.report import report
from cluster.questions.question import Given, QuestionError
from cluster.questions.reach.peers import range_words
from cluster.questions.seeded import Seeded
from tests.questions.asking import ask, cluster, deployment, ingress, policy, service

DENY = "{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]}"
FROM_WEB = """
podSelector: {matchLabels: {app: db}}
ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]
"""
BASE: tuple[Manifest, ...] = (
    deployment("shop/web"),
    deployment("shop/db", port=5432, name="pg"),
    service("shop/db", 5432, "pg"),
    ingress("shop/web", "shop.test", "web", 80),
    service("shop/web"),
)
WEB_TO_DB = ("shop/web[Deployment]", "shop/db[Deployment]")


def shop(*more: Manifest) -> Seeded:
    return cluster("", *BASE, *more)


def plan(asked: Seeded, *objects: Manifest) -> Any:
    return ask(asked, "plan", objects=[*objects])


def pairs(rows: list[Any]) -> set[tuple[str, str]]:
    return {(row["src"], row["dst"]) for row in rows}


def test_a_policy_that_is_new_closes_what_it_does_not_admit() -> None:
    found = plan(shop(), *BASE, policy("shop/db", FROM_WEB))

    assert found["objects"]["added"] == ["NetworkPolicy shop/db"]
    assert found["reach"]["gained"] == []
    lost = {(row["src"], row["dst"]): row for row in found["reach"]["lost"]}
    assert lost[WEB_TO_DB]["ports"] == [
        ["TCP", 1, 5431], ["TCP", 5433, 65535], ["UDP", 1, 65535], ["SCTP", 1, 65535],
    ]  # fmt: skip
    assert ("0.0.0.0-255.255.255.255", "shop/db[Deployment]") in lost
    assert "NetworkPolicy shop/db isolates" in lost[WEB_TO_DB]["why"]


def test_the_opposite_change_opens_what_was_closed() -> None:
    closed = plan(shop(), *BASE, policy("shop/db", DENY))
    opened = plan(shop(policy("shop/db", DENY)), *BASE)

    assert opened["objects"]["removed"] == ["NetworkPolicy shop/db"]
    assert pairs(opened["reach"]["gained"]) == pairs(closed["reach"]["lost"])
    assert opened["reach"]["lost"] == []


def test_a_changed_object_tells_its_fields() -> None:
    found = plan(shop(policy("shop/db", DENY)), *BASE, policy("shop/db", FROM_WEB))

    assert found["objects"]["changed"] == ["NetworkPolicy shop/db"]
    assert found["objects"]["fields"] == {"NetworkPolicy shop/db": ["spec.ingress"]}
    assert pairs(found["reach"]["gained"]) == {WEB_TO_DB}


def test_steps_are_taken_in_order_and_nothing_of_the_cluster_changes() -> None:
    asked = shop()
    before = asked.objects()
    steps = [
        {"create": policy("shop/db", DENY)},
        {"delete": {"kind": "Service", "name": "shop/db"}},
    ]
    found = ask(asked, "plan", steps=steps)

    assert found["objects"]["added"] == ["NetworkPolicy shop/db"]
    assert found["objects"]["removed"] == ["Service shop/db"]
    assert [item["name"] for item in found["dns"]["lost"]] == ["db.shop.svc.cluster.local."]
    assert asked.objects() == before


def test_a_rule_for_another_host_moves_a_route() -> None:
    changed = [item for item in BASE if item["kind"] != "Ingress"]
    found = plan(shop(), *changed, ingress("shop/web", "cart.test", "web", 80))

    assert [item["route"] for item in found["routes"]["gained"]] == ["cart.test/ (Prefix)"]
    assert [item["route"] for item in found["routes"]["lost"]] == ["shop.test/ (Prefix)"]


def test_a_selector_that_selects_nothing_is_a_new_finding() -> None:
    wrong = [item for item in BASE if item["metadata"] != {"namespace": "shop", "name": "db"}]
    broken = service("shop/db", 5432, "pg")
    broken["spec"] |= {"selector": {"app": "dbx"}}  # type: ignore[operator]
    found = plan(shop(), *wrong, BASE[1], broken)

    assert "NV101" in {item["rule"] for item in found["findings"]["new"]}
    assert found["findings"]["gone"] == []


def test_what_the_api_refuses_to_change_is_made_anew() -> None:
    other = deployment("shop/web")
    spec: Any = other["spec"]
    spec["selector"]["matchLabels"]["tier"] = "front"
    spec["template"]["metadata"]["labels"]["tier"] = "front"
    found = plan(shop(), other, *BASE[1:])

    assert found["objects"]["remade"] == ["Deployment shop/web"]
    assert found["refused"] == []
    assert found["reach"] == {"gained": [], "lost": []}


def test_what_is_invalid_is_refused_and_the_rest_is_planned() -> None:
    invalid = policy("shop/bad", "{podSelector: {}, ingress: [{ports: [{port: 70000}]}]}")
    found = plan(shop(), *BASE, invalid, policy("shop/db", DENY))

    assert [item["object"] for item in found["refused"]] == ["NetworkPolicy shop/bad"]
    assert found["objects"]["added"] == ["NetworkPolicy shop/db"]


def test_addresses_that_the_cluster_gave_stay() -> None:
    found = plan(shop(), service("shop/another", 80, "http"), *BASE)

    assert found["dns"]["changed"] == []
    assert {item["name"] for item in found["dns"]["gained"]} == {"another.shop.svc.cluster.local."}


def test_a_namespace_that_loses_its_manifest_loses_its_labels() -> None:
    space: Manifest = {
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": {"name": "shop", "labels": {"team": "a"}},
    }  # fmt: skip
    found = plan(shop(space), *BASE)

    assert found["objects"]["changed"] == ["Namespace shop"]


@pytest.mark.parametrize("fields", [{}, {"objects": [], "steps": []}, {"objects": "x"}])
def test_a_plan_needs_either_objects_or_steps(fields: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        ask(shop(), "plan", **fields)


def test_a_plan_is_told_in_numbers_lines_and_tables() -> None:
    given = Given({"objects": [*BASE, policy("shop/db", DENY)]})
    found = planned(shop(), given)

    assert summary(found) == "objects +1 ~0 -0 | reach +0 -2 | findings +1 -0"
    assert "  + NetworkPolicy shop/db\n" in to_text(found)
    assert "#### Lost connections" in to_markdown(found)
    assert "| `shop/web[Deployment]` | `shop/db[Deployment]` | all ports |" in to_markdown(found)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((10, 20), (), (10, 20)),
        ((10, 20), (10, 20), ()),
        ((10, 20), (12, 15), (10, 12, 15, 20)),
        ((10, 20, 30, 40), (15, 35), (10, 15, 35, 40)),
        ((10, 20), (5, 12, 18, 25), (12, 18)),
    ],
)
def test_ports_without_others_are(
    one: tuple[int, ...], other: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    assert without(one, other) == expected


def test_a_service_that_moves_to_another_port_closes_the_one_it_had() -> None:
    others = [item for item in BASE if item["metadata"] != {"namespace": "shop", "name": "web"}]
    moved = (ingress("shop/web", "shop.test", "web", 81), service("shop/web", 81))
    found = plan(shop(), BASE[0], *others, *moved)
    ports = found["services"]

    assert [(row["service"], row["port"]) for row in ports["gained"]] == [
        ("Service shop/web", "81/TCP")
    ]
    assert ports["lost"] == [
        {
            "service": "Service shop/web",
            "port": "80/TCP",
            "leads": "port http of 1 ready endpoint",
        }
    ]
    assert found["reach"] == {"gained": [], "lost": []}


def test_a_service_without_a_virtual_address_has_no_port_to_close() -> None:
    headless = service("shop/peers", 5432, "pg")
    headless["spec"] |= {"clusterIP": "None"}  # type: ignore[operator]

    assert plan(shop(), *BASE, headless)["services"]["gained"] == []


def test_a_port_that_loses_its_endpoints_leads_elsewhere() -> None:
    found = plan(shop(), *BASE[1:])["services"]["changed"]

    assert [(row["was"], row["now"]) for row in found] == [
        ("port http of 1 ready endpoint", "port http of 0 ready endpoints")
    ]


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("0.0.0.0-255.255.255.255", "every IPv4 address"),
        ("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "every IPv6 address"),
        ("10.0.0.0-10.255.255.255", "10.0.0.0/8"),
        ("10.0.0.0-10.0.0.2", "10.0.0.0 – 10.0.0.2"),  # noqa: RUF001 - as pages write it
        ("shop/web[Deployment]", "shop/web[Deployment]"),
    ],
)
def test_a_range_is_written_as_people_write_it(peer: str, expected: str) -> None:
    assert range_words(peer) == expected


VERDICTS = [
    pytest.param({"lost": 11, "closed": 1, "opened": 1},
                 "This change opens 1 Service port and closes 11 connections and 1 Service port",
                 id="connections and Service ports"),
    pytest.param({"routes": 2, "new": 1}, "This change changes 2 routes and brings 1 finding",
                 id="routes"),
    pytest.param({"names": 1}, "This change changes 1 DNS record", id="names alone"),
    pytest.param({"names": 1, "gained": 1}, "This change opens 1 connection",
                 id="names that come along"),
    pytest.param({}, "No connection and no finding changes", id="neither"),
    pytest.param({"added": 0}, "Nothing changes", id="no object"),
]  # fmt: skip


@pytest.mark.parametrize(("counts", "expected"), VERDICTS)
def test_a_plan_comes_to_one_sentence(counts: dict[str, int], expected: str) -> None:
    assert verdict({"counts": {"added": 1, **counts}}).text == expected


def test_documents_left_out_are_counted_in_the_verdict() -> None:
    why = verdict({"counts": {"added": 1, "skipped": 1}}).why

    assert why.endswith("1 document is of a kind that netviz does not know and is left out.")


def test_both_sides_of_a_plan_have_the_same_cards_and_ghosts_stand_for_what_is_not_there() -> None:
    given = Given({"objects": [*BASE[1:], deployment("shop/new")]})
    kept = report(planned_whole(shop(), given))
    before, after = (plan_graph(kept, side, cluster="c", name="p") for side in ("before", "after"))

    assert {node.id for node in before.nodes} == {node.id for node in after.nodes}
    assert {node.name for node in before.nodes if node.ghost} == {"new"}
    assert {node.name for node in after.nodes if node.ghost} == {"web"}
