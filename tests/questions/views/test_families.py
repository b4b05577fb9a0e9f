"""Diagram 6.8: both families over the same Pods and Nodes, and where one is missing."""

from __future__ import annotations

from tests.questions.views.worlds import (
    ALIAS,
    DUAL,
    DUAL_SETTINGS,
    app,
    cards,
    graph,
    lines,
    nodes,
    service,
    world,
)

IPV4_NODE = """
---
apiVersion: v1
kind: Node
metadata:
  name: old
  labels: {kubernetes.io/hostname: old, kubernetes.io/os: linux, kubernetes.io/arch: amd64}
spec: {podCIDR: 10.244.9.0/24, podCIDRs: [10.244.9.0/24]}
status:
  addresses: [{type: InternalIP, address: 172.18.0.99}]
  conditions: [{type: Ready, status: "True"}]
"""


def test_both_families_reach_every_pod() -> None:
    found = graph(world(app(), service("web", *DUAL), **DUAL_SETTINGS), "families")

    assert found["verdict"]["state"] == "ok"
    assert found["verdict"]["text"] == "IPv4 and IPv6 both reach shop/web on all 2 Pods"
    assert {group["id"]: group["badges"][0]["text"] for group in found["groups"]} == {
        "Band/IPv4": "works", "Band/IPv6": "works",
    }  # fmt: skip
    for pod in cards(found, "Pod"):
        assert [socket["state"] for socket in pod["sockets"]] == ["ok", "ok"]
    ends = lines(found, "EndpointSlice/", "Pod/")
    assert sorted(edge["socket"] for edge in ends) == [[0, 2], [0, 2], [1, 2], [1, 2]]
    assert [edge["family"] for edge in ends].count("IPv6") == 2


def test_a_node_without_ipv6_leaves_an_empty_socket_and_is_blamed() -> None:
    text = IPV4_NODE + app(replicas=1) + service("web", *DUAL)
    found = graph(world(text, **DUAL_SETTINGS), "families")

    [pod] = cards(found, "Pod")
    assert [socket["text"] for socket in pod["sockets"]][1] == "no IPv6"
    assert pod["sockets"][1]["state"] == "missing"
    [node] = cards(found, "Node")
    assert {"text": "no IPv6 on old", "state": "warn"} in node["lines"]
    assert found["verdict"]["text"] == "IPv6 reaches shop/web on none of 1 Pod"
    assert found["verdict"]["why"] == "old has no IPv6 address, so its Pod has none."
    words = {node["variant"][:4]: node["word"] for node in cards(found, "EndpointSlice")}
    assert words == {"IPv4": "1 of 1 ready", "IPv6": "empty"}


def test_a_node_that_lacks_a_family_and_holds_no_pod_is_a_gap_of_its_own() -> None:
    cordoned = IPV4_NODE.replace("spec: {", "spec: {unschedulable: true, ")
    text = nodes() + cordoned + app() + service("web", *DUAL)
    found = graph(world(text, **DUAL_SETTINGS), "families")

    assert found["verdict"]["state"] == "warn"
    assert found["verdict"]["text"] == "IPv6 works from 3 of 4 Nodes"


def test_prefer_dual_stack_that_fell_back_is_a_warning_and_no_error() -> None:
    found = graph(world(app(), service("web", "ipFamilyPolicy: PreferDualStack")), "families")

    assert found["verdict"]["state"] == "warn"
    assert found["verdict"]["text"] == "shop/web is IPv4 only, though it prefers both"
    assert found["verdict"]["why"] == "The cluster has no IPv6 addresses for Services."


def test_single_stack_is_no_fault() -> None:
    found = graph(world(app(), service(), **DUAL_SETTINGS), "families")

    assert found["verdict"]["state"] == "ok"
    assert found["verdict"]["text"] == "shop/web is IPv4 only"
    [record] = [node for node in cards(found, "Record") if node["ghost"]]
    assert record["name"] == "no AAAA record"


def test_a_headless_service_answers_with_the_pods_of_each_family() -> None:
    text = app() + service("web", "clusterIP: None", *DUAL)
    found = graph(world(text, **DUAL_SETTINGS), "families")

    assert [node["name"] for node in cards(found, "Record")] == ["2 addresses", "2 addresses"]


def test_local_policy_works_only_from_nodes_that_hold_an_endpoint() -> None:
    spec = ("internalTrafficPolicy: Local", *DUAL)
    found = graph(world(app(replicas=1), service("web", *spec), **DUAL_SETTINGS), "families")

    assert found["verdict"]["text"] == "IPv4 works from 1 of 3 Nodes"


def test_an_external_name_has_no_family_here() -> None:
    found = graph(world(ALIAS), "families")

    assert found["verdict"]["state"] == "unknown"
    assert [node["kind"] for node in found["nodes"]] == ["External", "Service"]
    assert [edge["label"] for edge in found["edges"]] == ["CNAME"]


def test_many_pods_are_drawn_by_what_they_have() -> None:
    text = nodes(20) + app(replicas=150) + service("web", *DUAL)
    found = graph(world(text, **DUAL_SETTINGS), "families")

    [fold] = [node for node in found["nodes"] if node["id"].startswith("Fold/")]
    assert fold["count"] == 150
    assert found["truncated"] == {"Pod": 150}
    assert {edge["socket"][0] for edge in lines(found, "EndpointSlice/", "Fold/")} == {0, 1}
