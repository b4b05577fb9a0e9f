"""Diagram 6.2: which ways are open, and what each Node's proxy makes of a connection."""

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
    states,
    world,
)

POOL = {"loadbalancer_pool": ["203.0.113.0/28"]}
LOCAL = ("type: LoadBalancer", "externalTrafficPolicy: Local")


def test_every_way_in_has_a_row_and_only_those_that_are_open_are_live() -> None:
    found = graph(world(app(), service()), "paths")

    ways = {node["id"].rpartition(":")[2]: node["ghost"] for node in cards(found, "Way")}
    assert ways == {
        "clusterIP": False, "nodePort": True, "loadBalancer": True, "externalIP": True,
        "alias": True,
    }  # fmt: skip


def test_with_few_lines_every_node_is_a_box_with_its_proxy_and_its_pods_inside() -> None:
    found = graph(world(app(replicas=3), service()), "paths")

    assert [group["id"] for group in found["groups"]] == ["Node//n1", "Node//n2", "Node//n3"]
    for node in (*cards(found, "Pod"), *cards(found, "Proxy")):
        assert node["group"] in {"Node//n1", "Node//n2", "Node//n3"}
    assert len(lines(found, "Proxy/", "Pod/")) == 9  # each Node may use every endpoint
    assert all(node["assumed"] for node in cards(found, "Proxy"))


def test_nodes_that_decide_alike_share_a_box_when_there_are_many() -> None:
    found = graph(world(nodes(40), app(replicas=3), service()), "paths")

    [box] = found["groups"]
    assert box["label"] == "40 Nodes"
    [proxy] = cards(found, "Proxy")
    assert proxy["count"] == 40
    assert states(lines(found, proxy["id"])) == {"allow": 3}


def test_internal_traffic_policy_local_stops_on_nodes_without_an_endpoint() -> None:
    found = graph(world(app(replicas=1), service("web", "internalTrafficPolicy: Local")), "paths")

    assert states(lines(found, "Proxy/")) == {"allow": 1, "deny": 2}
    stops = cards(found, "Stop")
    assert [stop["name"] for stop in stops] == ["no local endpoint"] * 2
    assert found["verdict"]["state"] == "warn"
    assert found["verdict"]["text"].endswith("dropped on 2 of 3 Nodes")
    assert any(reason["path"] == "spec.internalTrafficPolicy" for reason in stops[0]["why"])


def test_a_load_balancer_leaves_out_nodes_that_fail_its_health_check() -> None:
    found = graph(world(app(replicas=1), service("web", *LOCAL), **POOL), "paths")

    arriving = lines(found, "Way/shop/web:loadBalancer")
    assert states(arriving) == {"unknown": 1, "deny": 2}
    assert {edge["label"] for edge in arriving} == {"", "health check 503"}
    [balancer] = [node for node in cards(found, "Way") if node["id"].endswith("loadBalancer")]
    assert balancer["assumed"]
    assert any(reason["path"] == "spec.healthCheckNodePort" for reason in balancer["why"])


def test_what_the_pod_sees_stands_on_the_proxy() -> None:
    cluster_wide = graph(world(app(), service("web", "type: NodePort")), "paths")
    local = graph(world(app(), service("web", *LOCAL), **POOL), "paths")

    def seen(found: object, side: str) -> set[str]:
        proxies = [node for node in cards(found, "Proxy") if node["id"].endswith(side)]
        return {node["badges"][0]["text"] for node in proxies if node["badges"]}

    assert seen(cluster_wide, "internal") == {"source kept"}
    assert seen(cluster_wide, "external") == {"SNAT"}
    assert seen(local, "external") == {"source kept"}


def test_a_client_on_one_node_is_served_by_that_nodes_proxy_alone() -> None:
    asked = world(app(replicas=3), service("web", "type: NodePort"))
    found = graph(asked, "paths", client="n2")

    assert {node["id"] for node in cards(found, "Proxy")} == {
        "Proxy/n2/internal", "Proxy/n2/external",
    }  # fmt: skip
    assert [option["value"] for option in found["options"]] == ["n2"]


def test_from_outside_nobody_uses_the_cluster_ip() -> None:
    found = graph(world(app(), service("web", "type: NodePort")), "paths", client="outside")

    assert lines(found, "Way/shop/web:clusterIP") == []
    assert all(node["id"].endswith("external") for node in cards(found, "Proxy"))


def test_a_pod_that_reaches_itself_sees_the_nodes_address() -> None:
    asked = world(app(replicas=1), service())
    [pod] = cards(graph(asked, "paths"), "Pod")
    found = graph(asked, "paths", client=f"shop/{pod['name']}")

    [proxy] = cards(found, "Proxy")
    assert any("reaching itself" in reason["text"] for reason in proxy["why"])


def test_hints_narrow_each_zone_to_its_own_endpoints() -> None:
    spec = ("trafficDistribution: PreferClose",)
    found = graph(world(app(replicas=3), service("web", *spec)), "paths")

    assert len(lines(found, "Proxy/", "Pod/")) == 3
    assert "own zone" in found["verdict"]["why"]


def test_source_ranges_affinity_and_missing_node_ports_are_told() -> None:
    spec = (
        "type: LoadBalancer", "loadBalancerSourceRanges: [192.0.2.0/24]",
        "sessionAffinity: ClientIP", "allocateLoadBalancerNodePorts: false",
    )  # fmt: skip
    found = graph(world(app(), service("web", *spec), **POOL), "paths")

    [balancer] = [node for node in cards(found, "Way") if node["id"].endswith("loadBalancer")]
    paths = {reason["path"] for reason in balancer["why"]}
    assert {"spec.loadBalancerSourceRanges", "spec.sessionAffinity",
            "spec.allocateLoadBalancerNodePorts"} <= paths  # fmt: skip
    assert [badge["text"] for badge in balancer["badges"]] == ["affinity", "1 range"]


def test_nothing_ready_refuses_and_says_so_on_every_node() -> None:
    found = graph(world(app(ready=False), service()), "paths")

    assert found["verdict"]["state"] == "deny"
    assert "refuses every connection" in found["verdict"]["text"]
    assert {stop["name"] for stop in cards(found, "Stop")} == {"connection refused"}


def test_headless_goes_past_the_proxies() -> None:
    found = graph(world(app(), service("web", "clusterIP: None")), "paths")

    assert cards(found, "Proxy") == []
    assert states(lines(found, "Way/shop/web:dns", "Pod/")) == {"allow": 2}


def test_an_external_name_is_one_dns_answer() -> None:
    found = graph(world(ALIAS), "paths")

    assert states(found["edges"]) == {"dns": 2}
    [target] = cards(found, "External")
    assert (target["name"], target["assumed"]) == ("web.example.com", True)


def test_each_family_and_port_is_a_drawing_of_its_own() -> None:
    asked = world(app(), service("web", *DUAL), **DUAL_SETTINGS)
    found = graph(asked, "paths", family="IPv6")

    assert all(":" in node["meta"] for node in cards(found, "Pod"))
    assert {edge["family"] for edge in lines(found, "Proxy/", "Pod/")} == {"IPv6"}
