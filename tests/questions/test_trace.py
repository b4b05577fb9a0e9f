"""The question `trace`: where a connection goes, where it stops, and why."""

from __future__ import annotations

from typing import Any

import pytest

from cluster.questions.question import Given, QuestionError
from cluster.questions.seeded import Seeded
from cluster.questions.trace.peers import split_destination
from cluster.questions.trace.question import traced
from cluster.questions.trace.rendering import to_text
from tests.questions.asking import (
    ask,
    cluster,
    deployment,
    policy,
    service,
)

DENY = "{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]}"
DENY_EGRESS = "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]}"
ONLY_API = """
podSelector: {matchLabels: {app: db}}
ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 5432}]}]
"""
ONLY_DB = """
podSelector: {matchLabels: {app: web}}
policyTypes: [Egress]
egress: [{to: [{podSelector: {matchLabels: {app: db}}}]}]
"""
NAMES = ("name", "resolver", "dns-policy")
THROUGH = ("service", "proxy", "endpoint-choice")
POLICIES = ("egress", "ingress", "port")


def shop(*more: Any, **settings: Any) -> Seeded:
    database = (
        deployment("shop/db", port=5432, name="pg", replicas=2), service("shop/db", 5432, "pg")
    )  # fmt: skip
    return cluster("", deployment("shop/web"), *database, *more, **settings)


def stages(answer: Any) -> list[str]:
    return [step["stage"] for step in answer["steps"]]


def failing(answer: Any) -> Any:
    (step,) = [step for step in answer["steps"] if step["result"] == "fail"]
    return step


def trace(asked: Seeded, to: str, from_: str = "shop/web", **fields: Any) -> Any:
    return ask(asked, "trace", from_=from_, to=to, **fields)


def test_a_name_is_followed_from_its_lookup_to_the_port() -> None:
    found = trace(shop(), "db:5432")

    assert found["verdict"] == "reaches"
    assert stages(found) == [*NAMES, *THROUGH, *POLICIES]
    assert {step["result"] for step in found["steps"]} == {"pass"}
    assert "db.shop.svc.cluster.local." in found["steps"][0]["text"]
    assert [end["verdict"] for end in found["endpoints"]] == ["reaches", "reaches"]


def test_what_is_not_checked_is_told() -> None:
    assert any("listens" in text for text in trace(shop(), "db:5432")["not_checked"])


def test_a_stop_names_the_side_the_policy_the_nearest_rule_and_the_smallest_change() -> None:
    found = trace(shop(policy("shop/db", ONLY_API)), "shop/svc/db")
    step = failing(found)

    assert found["verdict"] == "blocked"
    assert (step["stage"], step["rule"]) == ("ingress", "H-3")
    assert step["evidence"][0] == {
        "object": "NetworkPolicy shop/db", "path": "spec.podSelector", "value": "app=db",
    }  # fmt: skip
    assert step["closest_miss"]["path"] == "spec.ingress[0].from[0].podSelector"
    assert step["smallest_change"]["path"] == "spec.ingress[0].from"
    assert step["smallest_change"]["value"] == {"podSelector": {"matchLabels": {"app": "web"}}}
    assert {end["stage"] for end in found["endpoints"]} == {"ingress"}


@pytest.mark.parametrize(
    ("spec", "stage"), [(ONLY_API, "ingress"), (ONLY_DB, ""), (DENY, "ingress")]
)
def test_the_smallest_change_lets_the_stage_pass(spec: str, stage: str) -> None:
    before = shop(policy("shop/p", spec))
    found = trace(before, "shop/svc/db")
    if not stage:
        assert found["verdict"] == "reaches"
        return
    change = failing(found)["smallest_change"]
    made = policy("shop/p", spec)
    target: Any = made
    for part in change["path"].replace("[", ".").replace("]", "").split("."):
        is_index = isinstance(target, list)
        target = target[int(part)] if is_index else target.setdefault(part, [])
    target.append(change["value"])

    assert trace(shop(made), "shop/svc/db")["verdict"] == "reaches"


def test_a_denied_lookup_stops_a_name_but_not_an_address() -> None:
    asked = shop(policy("shop/web", ONLY_DB))
    by_name = trace(asked, "db:5432")
    by_service = trace(asked, "shop/svc/db:5432")

    assert (failing(by_name)["stage"], failing(by_name)["rule"]) == ("dns-policy", "H-31")
    assert by_name["verdict"] == "blocked"
    assert by_service["verdict"] == "reaches"


def test_egress_and_ingress_are_asked_in_this_order() -> None:
    asked = shop(policy("shop/web", DENY_EGRESS), policy("shop/db", DENY))

    assert failing(trace(asked, "shop/svc/db"))["stage"] == "egress"


@pytest.mark.parametrize(
    ("to", "stage", "rule"),
    [
        pytest.param("dbb:5432", "name", "E-55", id="a name that is nowhere"),
        pytest.param("shop/svc/db:80", "service", "F-32", id="a port the Service lacks"),
        pytest.param("shop/svc/none", "endpoint-choice", "F-22", id="no endpoint"),
        pytest.param("shop/svc/local", "endpoint-choice", "F-23", id="no endpoint on the Node"),
    ],
)
def test_a_connection_stops_at(to: str, stage: str, rule: str) -> None:
    local = service("shop/local", 80, 8080, internalTrafficPolicy="Local")
    local["spec"] |= {"selector": {"app": "db"}}  # type: ignore[operator]
    other = deployment("shop/db", port=5432, name="pg", replicas=1)
    away: Any = other["spec"]
    away["template"]["spec"]["nodeName"] = "node-3"
    near = deployment("shop/web")
    here: Any = near["spec"]
    here["template"]["spec"]["nodeName"] = "node-1"
    asked = cluster("", near, other, service("shop/db", 5432, "pg"), service("shop/none"), local)
    found = trace(asked, to)

    assert found["verdict"] == "blocked"
    assert (failing(found)["stage"], failing(found)["rule"]) == (stage, rule)
    assert found["steps"][-1]["result"] == "skip"


def test_a_wrong_name_is_told_the_right_one() -> None:
    step = failing(trace(shop(), "dbb:5432"))

    assert step["closest_miss"]["object"] == "Service shop/db"
    assert step["smallest_change"]["value"] == "db"


def test_a_pod_always_reaches_itself_but_not_its_siblings() -> None:
    asked = shop(policy("shop/db", DENY))
    pod = next(pod for pod in asked.objects(["Pod"]) if "db" in str(pod["metadata"]))
    meta: Any = pod["metadata"]
    found = trace(asked, "shop/svc/db", from_=f"shop/{meta['name']}")

    assert found["verdict"] == "partial"
    assert sorted(end["verdict"] for end in found["endpoints"]) == ["blocked", "reaches"]


def test_a_nodes_own_pods_are_open_to_it_and_those_of_other_nodes_are_not() -> None:
    asked = shop(policy("shop/db", DENY))
    pods: list[Any] = [p for p in asked.objects(["Pod"]) if "db" in str(p["metadata"])]
    on, name = pods[0]["spec"]["nodeName"], pods[0]["metadata"]["name"]
    other = next(n for n in ("node-1", "node-2", "node-3") if n != on)

    assert trace(asked, f"shop/{name}", from_=f"node/{on}")["verdict"] == "reaches"
    assert trace(asked, f"shop/{name}", from_=f"node/{other}")["verdict"] == "blocked"


def test_a_headless_name_leads_to_the_endpoints_themselves() -> None:
    found = trace(shop(service("shop/dbs", 5432, "pg", clusterIP="None")), "shop/svc/dbs")
    headless = cluster(
        "", deployment("shop/web"), deployment("shop/db", port=5432, name="pg"),
        service("shop/db", 5432, "pg", clusterIP="None"),
    )  # fmt: skip

    assert found["verdict"] == "blocked"  # it selects nothing: no Pod is labelled app=dbs
    assert stages(trace(headless, "db:5432")) == [*NAMES, "service", *POLICIES]
    assert trace(headless, "db:5432")["verdict"] == "reaches"


def test_an_external_name_is_followed() -> None:
    alias = {
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"namespace": "shop", "name": "alias"},
        "spec": {"type": "ExternalName", "externalName": "db.shop.svc.cluster.local"},
    }  # fmt: skip
    found = trace(shop(alias), "shop/svc/alias:5432")

    assert stages(found) == ["service", *NAMES, *THROUGH, *POLICIES]
    assert found["verdict"] == "reaches"


def test_a_name_outside_the_cluster_is_unknown_not_reached() -> None:
    found = trace(shop(), "example.com:443")

    assert (found["verdict"], found["steps"][0]["result"]) == ("unknown", "unknown")


def test_a_name_that_upstream_knows_is_its_address() -> None:
    known = {"example.com": [{"type": "A", "data": "203.0.113.7"}]}
    found = trace(shop(upstream_dns=known), "example.com:443")

    assert found["verdict"] == "reaches"
    assert found["endpoints"][0]["endpoint"] == "203.0.113.7:443"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shop/web", ("shop/web", "", "")),
        ("shop/web:8080", ("shop/web", "8080", "")),
        ("shop/svc/db:pg/udp", ("shop/svc/db", "pg", "udp")),
        ("10.0.0.0/8:443", ("10.0.0.0/8", "443", "")),
        ("fd00::1", ("fd00::1", "", "")),
        ("[fd00::1]:53/UDP", ("fd00::1", "53", "UDP")),
        ("fd00::/64", ("fd00::/64", "", "")),
        ("db.shop:5432", ("db.shop", "5432", "")),
    ],
)
def test_a_destination_is_read_as(text: str, expected: tuple[str, str, str]) -> None:
    assert split_destination(text) == expected


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"from": "shop/web", "to": "shop/nothing"}, "NotFound", "to"),
        ({"from": "shop/svc/x", "to": "shop/db"}, "NotFound", "from"),
        ({"from": "db.shop", "to": "shop/db"}, "BadRequest", "from"),
        ({"from": "shop/web", "to": "8.8.8.8"}, "BadRequest", "port"),
        ({"from": "shop/web", "to": "shop/db:70000"}, "BadRequest", "to"),
        ({"from": "shop/web", "to": "shop/db:53/ICMP"}, "BadRequest", "to"),
        ({"from": "shop/web", "to": "ftp://shop.test/"}, "BadRequest", "to"),
        ({"to": "shop/db"}, "BadRequest", "from"),
    ],
)
def test_ends_that_cannot_be_traced_are_refused_with_their_field(
    fields: dict[str, str], code: str, field: str
) -> None:
    with pytest.raises(QuestionError) as raised:
        traced(shop(), Given({**fields}))

    assert (raised.value.code, raised.value.field) == (code, field)


def test_the_text_begins_with_the_verdict_and_numbers_the_steps() -> None:
    asked = shop(policy("shop/db", DENY))
    lines = to_text(traced(asked, Given({"from": "shop/web", "to": "db:5432"}))).splitlines()

    assert lines[0].startswith(
        "BLOCKED at step 8 of 9: NetworkPolicy shop/db isolates Pod shop/db"
    )
    assert any(line.startswith(" 8 ✕ ingress") for line in lines)
    assert lines[-1].startswith("  firewalls")
