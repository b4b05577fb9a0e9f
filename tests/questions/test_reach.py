"""The question `reach`: names of peers, ranges, filters, the Ingress controller, formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cluster.questions.question import Given, QuestionError
from cluster.questions.reach.question import connections
from cluster.questions.reach.rendering import FORMATS
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

EVERY = "0.0.0.0-255.255.255.255"
ALL_PORTS = [["TCP", 1, 65535], ["UDP", 1, 65535], ["SCTP", 1, 65535]]
ONLY_WEB = """
podSelector: {matchLabels: {app: db}}
policyTypes: [Ingress]
ingress:
- from: [{podSelector: {matchLabels: {app: web}}}]
  ports: [{port: 5432}, {port: 5433}, {protocol: UDP, port: 53}]
- from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]
  ports: [{port: pg}]
"""


def shop() -> Seeded:
    return cluster(
        "",
        deployment("shop/web"),
        deployment("shop/api"),
        deployment("shop/db", port=5432, name="pg"),
        policy("shop/db", ONLY_WEB),
    )


def rows(answer: Mapping[str, list[Any]]) -> dict[tuple[str, str], Any]:
    return {(row["src"], row["dst"]): row["ports"] for row in answer["connections"]}


def test_workloads_are_named_as_users_wrote_them_and_ports_are_merged_ranges() -> None:
    found = rows(ask(shop(), "reach"))

    # An ipBlock covers the addresses of Pods, too (H-18).
    assert found["shop/web[Deployment]", "shop/db[Deployment]"] == [
        ["TCP", 5432, 5433], ["UDP", 53, 53],
    ]  # fmt: skip
    assert found["shop/api[Deployment]", "shop/db[Deployment]"] == [["TCP", 5432, 5432]]
    assert found["shop/db[Deployment]", "shop/web[Deployment]"] == ALL_PORTS
    assert ("shop/web[Deployment]", "shop/web[Deployment]") not in found


def test_the_outside_world_is_cut_into_the_ranges_that_policies_tell_apart() -> None:
    found = rows(ask(shop(), "reach", to="shop/db"))
    into = {source: ports for (source, _to), ports in found.items() if source[0].isdigit()}

    assert into == {
        "10.0.0.0-10.0.255.255": [["TCP", 5432, 5432]],
        "10.2.0.0-10.255.255.255": [["TCP", 5432, 5432]],
    }


def test_a_single_stack_cluster_has_no_connections_of_the_other_family() -> None:
    assert not [row for row in ask(shop(), "reach")["connections"] if ":" in row["src"]]


def test_pods_of_a_dual_stack_cluster_reach_the_world_in_both_families() -> None:
    both: dict[str, Any] = {
        "service_cidrs": ["10.96.0.0/16", "fd00:10:96::/108"],
        "pod_cidrs": ["10.244.0.0/16", "fd00:10:244::/56"],
    }
    found = rows(ask(cluster("", deployment("shop/web"), **both), "reach"))

    assert ("shop/web[Deployment]", EVERY) in found
    assert ("shop/web[Deployment]", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff") in found


OWNED = """
apiVersion: v1
kind: Pod
metadata:
  name: web-x
  namespace: shop
  ownerReferences:
  - {apiVersion: apps/v1, kind: ReplicaSet, name: web-5d9, uid: u, controller: true}
spec: {containers: [{name: c, image: c}]}
"""


def test_a_pod_whose_deployment_is_unknown_is_named_by_the_owner_it_names() -> None:
    found = rows(ask(cluster(OWNED), "reach"))

    assert ("shop/web-5d9[ReplicaSet]", EVERY) in found


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"from": "shop/web"}, {"shop/web[Deployment]"}, id="a workload by name"),
        pytest.param(
            {"from": "shop/deploy/web"}, {"shop/web[Deployment]"}, id="a workload by kind and name"
        ),
        pytest.param(
            {"from": "shop/web[Deployment]"}, {"shop/web[Deployment]"}, id="a peer as answered"
        ),
        pytest.param(
            {"from": ["app=web", "app=db"]},
            {"shop/web[Deployment]", "shop/db[Deployment]"},
            id="labels",
        ),
        pytest.param(
            {"from": "shop"},
            {"shop/web[Deployment]", "shop/api[Deployment]", "shop/db[Deployment]"},
            id="a namespace",
        ),
        pytest.param(
            {"from": "10.9.9.9", "to": "shop/db"}, {"10.2.0.0-10.255.255.255"}, id="an address"
        ),
        pytest.param(
            {"from": "10.0.0.0/8", "to": "shop/db"},
            {"10.0.0.0-10.0.255.255", "10.2.0.0-10.255.255.255"},
            id="a CIDR",
        ),
    ],
)
def test_a_filter_wants(given: dict[str, object], expected: set[str]) -> None:
    found = connections(shop(), Given(given))  # type: ignore[arg-type]

    assert {row.source for row in found} == expected


@pytest.mark.parametrize("word", ["nowhere", "shop/nothing", "shop/deploy/x", "app=nothing"])
def test_a_filter_that_means_nothing_is_refused_with_its_field(word: str) -> None:
    with pytest.raises(QuestionError) as raised:
        ask(shop(), "reach", to=word)

    assert (raised.value.code, raised.value.field) == ("NotFound", "to")


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(QuestionError) as raised:
        ask(shop(), "reach", options={"all": True})

    assert raised.value.field == "options.all"


def test_the_ingress_controller_reaches_the_ports_that_routes_lead_to() -> None:
    found = rows(
        ask(
            cluster(
                "",
                deployment("shop/web"),
                service("shop/web"),
                ingress("shop/web", "shop.test", "web", 80),
            ),
            "reach",
            from_="{ingress-controller}",
        )
    )

    assert found == {("{ingress-controller}", "shop/web[Deployment]"): [["TCP", 8080, 8080]]}


def test_without_an_ingress_there_is_no_controller() -> None:
    assert ask(shop(), "reach", from_="{ingress-controller}") == {"connections": []}


FROM_EDGE = "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: \
{kubernetes.io/metadata.name: edge}}}]}]}"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, [["TCP", 8080, 8080]], id="judged as its own Pods"),
        pytest.param({"anonymous_ingress_controller": True}, None, id="judged as an unknown Pod"),
        pytest.param({"ingress_controller": False}, None, id="left out"),
    ],
)
def test_the_known_controller_is(options: dict[str, bool], expected: object) -> None:
    asked = cluster(
        "",
        *controller_objects(),
        deployment("shop/web"),
        service("shop/web"),
        ingress("shop/web", "shop.test", "web", 80),
        policy("shop/edge", FROM_EDGE),
    )
    found = rows(ask(asked, "reach", options=options))

    assert found.get(("{ingress-controller}", "shop/web[Deployment]")) == expected


@pytest.mark.parametrize(("is_allowed", "count"), [(False, 0), (True, 1)])
def test_a_backend_may_name_the_target_port_only_if_asked(is_allowed: bool, count: int) -> None:  # noqa: FBT001
    asked = cluster(
        "",
        deployment("shop/web"),
        service("shop/web", 80, 8080),
        ingress("shop/web", "shop.test", "web", 8080),
    )
    options = {"ingress_port_may_be_target_port": is_allowed}
    found = ask(asked, "reach", from_="{ingress-controller}", options=options)

    assert len(found["connections"]) == count


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ("text", "shop/api[Deployment] => shop/db[Deployment] : TCP 5432"),
        ("csv", "shop/api[Deployment],shop/db[Deployment],TCP,5432,5432"),
        ("md", "| `shop/api[Deployment]` | `shop/db[Deployment]` | TCP 5432 |"),
        ("dot", '  n0 -> n1 [label="TCP 5432", style=solid];'),
        ("mermaid", '  n0 -->|"TCP 5432"| n1'),
    ],
)
def test_a_row_is_written_as(form: str, line: str) -> None:
    found = connections(shop(), Given({"from": "shop/api", "to": "shop/db"}))

    assert line in FORMATS[form](found).splitlines()
