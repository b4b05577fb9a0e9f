"""Diagram 6.3: a Service as it is, and as the other kind it could be, by the same rules."""

from __future__ import annotations

from tests.questions.views.worlds import app, cards, graph, lines, service, states, world

HEADLESS = service("web", "clusterIP: None")


def table(found: dict[str, object]) -> dict[str, tuple[str, str]]:
    """The differences: by name, normal and headless."""
    rows = found["table"]["rows"]  # type: ignore[index]
    texts = [[cell["text"] for cell in row["cells"]] for row in rows]
    return {what: (normal, headless) for what, normal, headless in texts}


def test_a_normal_service_has_one_address_and_its_headless_twin_one_per_ready_pod() -> None:
    found = graph(world(app(replicas=3), service()), "compare")

    records = [(node["group"], node["name"]) for node in cards(found, "Record")]
    assert len([name for group, name in records if group == "Band/normal"]) == 1
    assert len([name for group, name in records if group == "Band/headless"]) == 3
    pods = {node["name"]: node["meta"] for node in cards(found, "Pod")}
    named = {name for group, name in records if group == "Band/headless"}
    assert named == set(pods.values())


def test_the_hypothetical_half_is_dotted_and_marked() -> None:
    found = graph(world(app(), service()), "compare")

    assert {edge["state"] for edge in lines(found) if edge["id"].endswith(":headless")} == {
        "unknown"
    }
    real = {edge["state"] for edge in lines(found) if edge["id"].endswith(":normal")}
    assert real == {"dns", "allow"}
    for node in found["nodes"]:
        if node["group"] == "Band/headless":
            assert node["assumed"], node["id"]
            assert node["word"] == "hypothetical"


def test_swap_tells_of_the_other_kind() -> None:
    asked = world(app(replicas=3), service())
    found = graph(asked, "compare", swap="yes")

    assert found["verdict"]["state"] == "unknown"
    assert found["verdict"]["text"].startswith(
        "If shop/web were a headless Service, DNS would answer with 3 Pod addresses"
    )
    assert "hypothetical" in found["verdict"]["why"].lower()
    assert {n["id"] for n in found["nodes"]} == {
        n["id"] for n in graph(asked, "compare")["nodes"]
    }  # fmt: skip


def test_a_headless_service_would_get_the_next_address_and_be_proxied() -> None:
    found = graph(world(app(replicas=3), HEADLESS), "compare")

    [twin] = cards(found, "Service")
    assert twin["assumed"]
    assert twin["meta"].startswith("10.96.")
    assert states(lines(found, "Proxy//normal", "Pod/")) == {"unknown": 3}
    assert states(lines(found, "Record/", "Pod/")) == {"allow": 3}


def test_the_table_has_both_sides_of_every_difference() -> None:
    found = table(graph(world(app(), service("web", "sessionAffinity: ClientIP")), "compare"))

    assert found["DNS answer"][0].startswith("1 A: 10.96.")
    assert found["DNS answer"][1].startswith("2 A: 10.244.")
    assert found["Same Pod again"][0] == "for 10800 s (ClientIP)"
    assert found["Nothing ready"] == (
        "the name stays, connection refused", "the name is gone (NXDOMAIN)",
    )  # fmt: skip


def test_pods_with_a_host_name_have_names_of_their_own() -> None:
    pod = """
---
apiVersion: v1
kind: Pod
metadata: {name: db-0, namespace: shop, labels: {app: web}}
spec:
  hostname: db-0
  subdomain: web
  containers: [{name: main, image: main, ports: [{name: http, containerPort: 8080}]}]
"""
    found = graph(world(pod, HEADLESS), "compare")

    assert table(found)["Names of single Pods"][1] == "db-0.web.shop"
    [record] = [node for node in cards(found, "Record") if node["group"] == "Band/headless"]
    assert record["meta"].startswith("db-0.web.shop.svc.")


def test_with_nothing_ready_one_refuses_and_the_other_does_not_resolve() -> None:
    normal = graph(world(app(ready=False), service()), "compare")["verdict"]
    headless = graph(world(app(ready=False), HEADLESS), "compare")["verdict"]

    assert (normal["state"], headless["state"]) == ("deny", "deny")
    assert "refused" in normal["why"]
    assert "NXDOMAIN" in headless["why"]
