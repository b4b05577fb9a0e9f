"""The diagram of a lookup: the search list walked, the answer and where it comes from."""

from __future__ import annotations

from typing import Any

import pytest

from cluster.machinery.errors import NotFound
from cluster.machinery.manifest import JSON, Manifest
from cluster.questions.bootstrap import dns_server
from cluster.questions.seeded import Seeded
from tests.questions.asking import cluster, policy, service
from tests.questions.views.drawing import card, cells, counters, draw, edge, said, shields

SPACES = """
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: pay}}
"""


def pod(path: str, **spec: JSON) -> Manifest:
    namespace, name = path.split("/")
    container: Manifest = {
        "name": "main", "image": "main", "ports": [{"name": "http", "containerPort": 8080}],
    }  # fmt: skip
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"namespace": namespace, "name": name, "labels": {"app": name.split("-")[0]}},
        "spec": {"containers": [container], **spec},
    }


def shop(*more: Manifest, **settings: JSON) -> Seeded:
    """A client and a headless Service of two Pods, with DNS Pods in kube-system."""
    return cluster(
        SPACES, dns_server(), pod("shop/web-0"), pod("shop/db-0"), pod("shop/db-1"),
        service("shop/web"), service("shop/db", 5432, "http", clusterIP="None"), *more,
        **settings,
    )  # fmt: skip


def ladder(graph: dict[str, Any]) -> list[tuple[str, str]]:
    return [(rung["name"], rung["outcome"]) for rung in graph["detail"]["ladder"]]


def test_names_are_tried_in_the_order_of_the_search_list_and_what_is_wasted_is_counted() -> None:
    graph = draw(shop(), "dns", "shop/db", pod="shop/web-0", name="db.shop")

    assert ladder(graph) == [
        ("db.shop.shop.svc.cluster.local.", "NXDOMAIN"),
        ("db.shop.svc.cluster.local.", "2 records"),
        ("db.shop.cluster.local.", "not sent"),
        ("db.shop.", "not sent"),
    ]
    numbers = counters(graph)
    assert (numbers["queries sent"], numbers["wasted"], numbers["records"]) == (4, 2, 2)
    assert graph["verdict"]["state"] == "ok"
    assert graph["verdict"]["text"].startswith("db.shop resolves to 10.")
    assert "second of 4 candidate names" in graph["verdict"]["why"]
    listing = card(graph, "db.shop")["listing"]
    assert [line["mark"] for line in listing] == ["1", "2", "3", "4"]
    assert any("ndots is 5" in text for text in said(graph["text"]))


def test_records_of_a_headless_service_are_linked_with_the_pods_they_come_from() -> None:
    graph = draw(shop(), "dns", "shop/db", pod="shop/web-0")

    pills = [node for node in graph["nodes"] if node["kind"] == "Record"]
    sources = {edge(graph, pill["id"], f"Pod/shop/{name}")["state"]
               for pill, name in zip(sorted(pills, key=lambda p: p["order"]), ("db-0", "db-1"),
                                     strict=True)}  # fmt: skip
    assert sources == {"own"}
    assert pills[0]["why"][0]["path"] == "status.podIPs"
    assert {node["lane"] for node in graph["nodes"]} == {
        "pod", "service", "server", "records", "source",
    }  # fmt: skip


def test_the_record_of_a_cluster_ip_comes_from_its_service() -> None:
    graph = draw(shop(), "dns", "shop/web", pod="shop/db-0", name="web")

    (pill,) = [node for node in graph["nodes"] if node["kind"] == "Record"]
    line = edge(graph, pill["id"], "Service/shop/web")
    assert line["why"][0] | {"value": ""} == {
        "text": "Computed from Service shop/web.", "object": "Service shop/web",
        "path": "spec.clusterIPs", "value": "", "revision": None, "cause": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("allowed", "udp", "tcp", "verdict"),
    [
        pytest.param("", "deny", "deny", "deny", id="neither"),
        pytest.param("UDP", "allow", "deny", "warn", id="udp_only"),
        pytest.param("TCP", "deny", "allow", "deny", id="tcp_only_is_not_enough_to_ask"),
        pytest.param("UDP TCP", "allow", "allow", "ok", id="both"),
    ],
)
def test_egress_policies_may_keep_a_pod_from_asking(
    allowed: str, udp: str, tcp: str, verdict: str
) -> None:
    ports = ", ".join(f"{{port: 53, protocol: {word}}}" for word in allowed.split())
    rules = f"[{{ports: [{ports}]}}]" if allowed else "[]"
    closed = policy(
        "shop/closed", f"{{podSelector: {{}}, policyTypes: [Egress], egress: {rules}}}"
    )
    graph = draw(shop(closed), "dns", "shop/db", pod="shop/web-0")

    lines = [e for e in graph["edges"] if e["to"] == "Service/kube-system/kube-dns"]
    sides = {word: shields(e)["E"] for e in lines for word in ("UDP", "TCP") if word in e["label"]}
    assert sides == {"UDP": udp, "TCP": tcp}
    assert graph["verdict"]["state"] == verdict
    stopped = [e for e in lines if e["state"] == "deny"]
    assert all(e["stop"] == "from" and e["why"][0]["object"].endswith("shop/closed")
               for e in stopped)  # fmt: skip
    has_answer = any(node["kind"] == "Record" for node in graph["nodes"])
    assert has_answer == (udp == "allow")


@pytest.mark.parametrize(
    ("spec", "text", "state"),
    [
        pytest.param({}, "asked for every name", "ok", id="ClusterFirst"),
        pytest.param({"hostNetwork": True}, "does not hold on the host network", "warn",
                     id="ClusterFirst_on_the_host_network"),
        pytest.param({"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"},
                     "from the host network", "ok", id="ClusterFirstWithHostNet"),
        pytest.param({"dnsPolicy": "Default"}, "its Node's resolv.conf", "warn", id="Default"),
        pytest.param({"dnsPolicy": "None", "dnsConfig": {"nameservers": ["192.0.2.53"]}},
                     "only what dnsConfig says", "warn", id="None"),
    ],
)  # fmt: skip
def test_each_dns_policy_has_its_own_text(spec: Manifest, text: str, state: str) -> None:
    found = shop(pod("shop/odd-0", **spec), node_resolv_conf="nameserver 192.0.2.1\n")
    graph = draw(found, "dns", "shop/db", pod="shop/odd-0")

    conf = card(graph, "resolv.conf")
    assert text in conf["word"]
    assert conf["state"] == state
    assert any(text in note["text"] for note in graph["detail"]["notes"])


def test_a_pod_that_asks_its_node_s_servers_does_not_learn_the_cluster_s_names() -> None:
    found = shop(pod("shop/odd-0", dnsPolicy="Default"), node_resolv_conf="")
    graph = draw(found, "dns", "shop/db", pod="shop/odd-0")

    assert graph["verdict"]["state"] == "deny"
    assert "it asks its Node's name servers" in graph["verdict"]["text"]
    assert counters(graph)["queries sent"] == 0
    assert [edge["state"] for edge in graph["edges"]] == ["unknown"]


@pytest.mark.parametrize("policy", ["ClusterFirst", "Default"])
def test_what_servers_outside_answer_is_not_known_and_never_a_missing_name(policy: str) -> None:
    found = shop(pod("shop/odd-0", dnsPolicy=policy), node_resolv_conf="")
    graph = draw(found, "dns", "shop/db", pod="shop/odd-0", name="api.example.com")

    assert graph["verdict"]["state"] == "unknown"
    assert ladder(graph)[-1] == ("api.example.com.", "not known")
    assert not any(edge["state"] == "deny" for edge in graph["edges"])


def test_what_the_setting_says_of_servers_outside_is_taken_for_their_answer() -> None:
    found = shop(upstream_dns={"api.example.com.": [{"type": "A", "data": "192.0.2.7"}]})
    known = draw(found, "dns", "shop/db", pod="shop/web-0", name="api.example.com")
    missing = draw(found, "dns", "shop/db", pod="shop/web-0", name="other.example.com")

    assert "192.0.2.7" in known["verdict"]["text"]
    assert missing["verdict"]["state"] == "deny"


def test_an_alias_of_a_name_outside_ends_the_walk_and_its_addresses_are_not_known() -> None:
    alias = service("shop/alias")
    alias["spec"] = {"type": "ExternalName", "externalName": "db.example.com"}
    graph = draw(shop(alias), "dns", "shop/alias", pod="shop/web-0")

    assert graph["verdict"]["state"] == "unknown"
    assert "alias of db.example.com." in graph["verdict"]["text"]
    assert [outcome for _name, outcome in ladder(graph)][:2] == ["not known", "not sent"]
    assert card(graph, "db.example.com.")["overline"] == "CNAME"


@pytest.mark.parametrize(
    ("name", "text", "object_"),
    [
        ("dbb", "shop has no Service dbb; the closest is db.", "Namespace shop"),
        ("empty", "is headless and none of its endpoints is ready", "Service shop/empty"),
        ("web.nowhere.svc", "There is no namespace nowhere.", "Namespace nowhere"),
    ],
)
def test_a_name_that_does_not_resolve_says_why(name: str, text: str, object_: str) -> None:
    found = shop(service("shop/empty", 80, "http", clusterIP="None"), upstream_dns={"x.y.": []})
    graph = draw(found, "dns", "shop/db", pod="shop/web-0", name=name)
    why = card(graph, "NXDOMAIN")["why"]

    assert text in graph["verdict"]["why"]
    assert (why[0]["object"], why[0]["cause"]) == (object_, True)


def test_an_address_is_asked_for_backwards() -> None:
    graph = draw(shop(), "dns", "shop/web", pod="shop/db-0", type="PTR")
    address = card(graph, "web.shop.svc.cluster.local.")["why"][0]["value"]
    typed = draw(shop(), "dns", "shop/db", pod="shop/db-0", type="PTR", name=address)

    assert typed["verdict"]["text"] == graph["verdict"]["text"]
    assert "resolves to web.shop.svc.cluster.local." in typed["verdict"]["text"]


def test_a_name_that_does_not_exist_ends_in_NXDOMAIN() -> None:  # noqa: N802 - DNS' own word
    graph = draw(shop(), "dns", "shop/db", pod="shop/web-0", name="nobody")

    assert graph["verdict"]["text"] == "nobody does not resolve from shop/web-0: NXDOMAIN"
    assert card(graph, "NXDOMAIN")["ghost"]
    assert {outcome for _name, outcome in ladder(graph)} == {"NXDOMAIN"}


def test_a_name_that_exists_without_such_a_record_is_told_apart_from_a_missing_one() -> None:
    graph = draw(shop(), "dns", "shop/web", pod="shop/db-0", type="TXT")

    assert graph["verdict"]["state"] == "warn"
    assert graph["verdict"]["text"] == "web exists, but has no TXT record for shop/db-0"
    assert ladder(graph)[0] == ("web.shop.svc.cluster.local.", "exists, no TXT")


def test_a_headless_service_without_endpoints_has_no_name() -> None:
    graph = draw(
        shop(service("shop/empty", 80, "http", clusterIP="None")), "dns", "shop/empty",
        pod="shop/web-0",
    )  # fmt: skip

    assert graph["verdict"]["text"] == "empty does not resolve from shop/web-0: NXDOMAIN"


def test_an_external_name_answers_with_a_cname() -> None:
    alias = service("shop/alias")
    alias["spec"] = {"type": "ExternalName", "externalName": "db.example.com"}
    graph = draw(shop(alias), "dns", "shop/alias", pod="shop/web-0", type="CNAME")

    assert card(graph, "db.example.com.")["overline"] == "CNAME"
    assert ["record", "alias.shop.svc.cluster.local.", "CNAME", "db.example.com.", "30 s",
            "Service shop/alias"] in cells(graph)  # fmt: skip


def test_a_dual_stack_service_answers_with_both_families() -> None:
    found = cluster(
        SPACES, dns_server(), pod("shop/web-0"),
        service("shop/both", 80, "http", ipFamilyPolicy="PreferDualStack"),
        pod_cidrs=["10.244.0.0/16", "fd00:10:244::/56"],
        service_cidrs=["10.96.0.0/16", "fd00:10:96::/112"],
    )  # fmt: skip
    graph = draw(found, "dns", "shop/both", pod="shop/web-0")

    pills = [node["overline"] for node in graph["nodes"] if node["kind"] == "Record"]
    assert sorted(pills) == ["A", "AAAA"]


def test_a_long_answer_is_folded_and_the_table_has_every_record() -> None:
    crowd = [pod(f"shop/db-{number}") for number in range(2, 40)]
    graph = draw(shop(*crowd), "dns", "shop/db", pod="shop/web-0")

    pills = [node for node in graph["nodes"] if node["kind"] == "Record"]
    assert sum(node["count"] for node in pills) == 40
    assert graph["truncated"]["Record"] == 40
    assert sum(row[0] == "record" for row in cells(graph)) == 40


def test_without_any_pod_the_full_name_is_looked_up() -> None:
    found = cluster(SPACES, service("shop/web"))
    graph = draw(found, "dns", "shop/web")

    assert graph["verdict"]["state"] == "ok"
    assert graph["verdict"]["text"].startswith("web.shop.svc.cluster.local. means 10.")
    assert card(graph, "no Pod")["ghost"]


def test_where_no_dns_pod_is_known_the_server_is_assumed() -> None:
    found = cluster(SPACES, pod("shop/web-0"), service("shop/web"))
    graph = draw(found, "dns", "shop/web", pod="shop/web-0")

    assert card(graph, "cluster DNS")["state"] == "unknown"
    assert graph["verdict"]["state"] == "ok"


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        pytest.param({"pod": "web-0"}, "pod", id="a_pod_without_namespace"),
        pytest.param({"name": "a..b"}, "name", id="an_empty_label"),
        pytest.param({"name": "x" * 64}, "name", id="a_label_too_long"),
        pytest.param({"type": "HTTPS"}, "type", id="a_type_that_is_not_offered"),
        pytest.param({"url": "http://x"}, "url", id="a_parameter_of_another_view"),
    ],
)
def test_what_means_nothing_is_refused_by_name(parameters: dict[str, str], field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}:"):
        draw(shop(), "dns", "shop/db", **parameters)


def test_a_pod_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match='pods "nobody" not found'):
        draw(shop(), "dns", "shop/db", pod="shop/nobody")
