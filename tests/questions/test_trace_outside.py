"""The question `trace` across the edge of the cluster: addresses, load balancers, requests."""

from __future__ import annotations

from typing import Any

import pytest

from cluster.questions.seeded import Seeded
from tests.questions.asking import (
    ask,
    cluster,
    controller_objects,
    deployment,
    ingress,
    policy,
    service,
)

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


TO_WORLD = """
podSelector: {matchLabels: {app: web}}
policyTypes: [Egress]
egress: [{to: [{ipBlock: {cidr: 203.0.113.0/24}}]}]
"""


@pytest.mark.parametrize(
    ("to", "verdict"),
    [
        ("203.0.113.9:443", "reaches"),
        ("203.0.112.9:443", "blocked"),
        ("203.0.112.0/23:443", "partial"),
        ("internet:443", "partial"),
    ],
)
def test_addresses_are_judged_part_by_part(to: str, verdict: str) -> None:
    assert trace(shop(policy("shop/web", TO_WORLD)), to)["verdict"] == verdict


FROM_CLIENT = """
podSelector: {matchLabels: {app: gate}}
ingress: [{from: [{ipBlock: {cidr: 198.51.100.0/24}}]}]
"""


@pytest.mark.parametrize(
    ("policy_word", "verdict"), [("Local", "reaches"), ("Cluster", "blocked")]
)
def test_a_client_outside_is_seen_only_with_the_local_policy(
    policy_word: str, verdict: str
) -> None:
    gate = service("edge/gate", 80, "http", type="LoadBalancer", externalTrafficPolicy=policy_word)
    asked = cluster(
        "", deployment("edge/gate"), gate, policy("edge/gate", FROM_CLIENT),
        loadbalancer_pool=["192.0.2.0/28"],
    )  # fmt: skip
    found = trace(asked, "edge/svc/gate", from_="198.51.100.7")

    assert found["verdict"] == verdict
    assert stages(found) == ["load-balancer", *THROUGH, *POLICIES]


def test_source_ranges_stop_at_the_proxy() -> None:
    gate = service(
        "edge/gate", 80, "http", type="LoadBalancer", loadBalancerSourceRanges=["10.0.0.0/8"]
    )
    asked = cluster("", deployment("edge/gate"), gate, loadbalancer_pool=["192.0.2.0/28"])
    step = failing(trace(asked, "edge/svc/gate", from_="198.51.100.7"))

    assert (step["stage"], step["rule"]) == ("proxy", "F-31")
    assert step["smallest_change"]["value"] == "198.51.100.7/32"


def test_outside_clients_use_a_node_port_where_there_is_no_load_balancer() -> None:
    gate = service("edge/gate", 80, "http", type="NodePort")
    asked = cluster("", deployment("edge/gate"), gate)

    assert stages(trace(asked, "edge/svc/gate", from_="internet"))[0] == "node-port"
    assert failing(trace(shop(), "shop/svc/db", from_="internet"))["rule"] == "F-32"


def test_a_local_node_port_answers_only_where_endpoints_are() -> None:
    gate = service("edge/gate", 80, "http", type="NodePort", externalTrafficPolicy="Local")
    found = trace(cluster("", deployment("edge/gate"), gate), "edge/svc/gate", from_="internet")

    assert found["verdict"] == "partial"
    assert failing(found)["rule"] == "F-23"


def site(*more: Any) -> Seeded:
    return cluster(
        "", *controller_objects(), deployment("shop/web"), service("shop/web"),
        ingress("shop/web", "shop.test", "web", 80), *more,
        loadbalancer_pool=["192.0.2.0/28"],
    )  # fmt: skip


FROM_EDGE = "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: \
{matchLabels: {kubernetes.io/metadata.name: NAME}}}]}]}"


def test_a_request_from_outside_goes_through_the_controller() -> None:
    found = trace(site(), "http://shop.test/cart", from_="198.51.100.7")

    assert found["verdict"] == "reaches"
    assert stages(found) == ["name", "load-balancer", "route", *POLICIES]
    assert found["steps"][2]["evidence"][0]["object"] == "Ingress shop/web"


@pytest.mark.parametrize(("name", "verdict"), [("edge", "reaches"), ("other", "blocked")])
def test_the_backend_sees_the_controllers_pods(name: str, verdict: str) -> None:
    asked = site(policy("shop/web", FROM_EDGE.replace("NAME", name)))

    assert trace(asked, "http://shop.test/", from_="198.51.100.7")["verdict"] == verdict


def test_a_request_that_no_rule_matches_stops_at_the_route() -> None:
    found = trace(site(), "http://192.0.2.1/", from_="198.51.100.7")

    assert (failing(found)["stage"], failing(found)["rule"]) == ("route", "G-31")
