"""What every diagram keeps to, in every state that a Service and what is around it may be in."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from cluster.questions.question import QuestionError
from cluster.questions.seeded import Seeded
from tests.questions.views import worlds
from tests.questions.views.worlds import app, graph, service, world

VIEWS = ("endpoints", "paths", "compare", "slices", "families", "dns")
AROUND = {"ingress": "shop/door", "policy": "shop/shut"}
"""The diagrams of what stands around a Service, and of which object they are here."""
STATES: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "healthy": ((app(replicas=3), service()), {}),
    "broken port": ((app(), service().replace("targetPort: http", "targetPort: web")), {}),
    "not ready": ((app(ready=False), service()), {}),
    "empty": ((service(),), {}),
    "huge": ((worlds.nodes(30), app(replicas=260), service()), {}),
    "dual stack": ((app(), service("web", *worlds.DUAL)), worlds.DUAL_SETTINGS),
    "huge dual stack": (
        (app(replicas=120), service("web", *worlds.DUAL)), worlds.DUAL_SETTINGS),
    "headless": ((app(), service("web", "clusterIP: None")), {}),
    "no selector": ((worlds.BY_HAND,), {}),
    "external name": ((worlds.ALIAS,), {}),
    "load balancer": (
        (app(), service("web", "type: LoadBalancer", "externalTrafficPolicy: Local",
                        "externalIPs: [192.0.2.7]", "sessionAffinity: ClientIP")),
        {"loadbalancer_pool": ["203.0.113.0/28"]},
    ),
}  # fmt: skip


DOOR = """
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: door, namespace: shop}
spec: {rules: [{host: a.example.com, http: {paths: [
  {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: shut, namespace: shop}
spec: {podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}]}]}
"""


@cache
def cluster_in(state: str, *more: str) -> Seeded:
    """The cluster of a state, made once."""
    parts, settings = STATES[state]
    return world(*parts, *more, **settings)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("view", [*VIEWS, *AROUND])
def test_a_diagram_is_whole_in_every_state(view: str, state: str) -> None:
    if view in AROUND:
        found = graph(cluster_in(state, DOOR), view, AROUND[view])
    else:
        found = graph(cluster_in(state), view)

    ids = [node["id"] for node in found["nodes"]]
    groups = {group["id"] for group in found["groups"]}
    lanes = {lane["id"] for lane in found["lanes"]}
    assert ids, "something is drawn"
    assert len(ids) == len(set(ids))
    for node in found["nodes"]:
        assert node["label"].startswith(f"{node['kind']} {node['name']}"), node["id"]
        assert node["lane"] in lanes, node["id"]
        assert node["group"] is None or node["group"] in groups, node["id"]
        assert node["word"], node["id"]
        is_sheet = node["kind"] == "Differences" or node["id"].startswith(("Fold/", "Group/"))
        assert node["why"] or is_sheet, node["id"]
    for edge in found["edges"]:
        assert {edge["from"], edge["to"]} <= {*ids, *groups}, edge["id"]
        is_told = any(why["object"] and why["path"] for why in edge["why"])
        assert is_told or "Fold/" in edge["id"] or edge["state"] == "unknown", edge["id"]
    for group in found["groups"]:
        assert group["parent"] is None or group["parent"] in groups, group["id"]
    assert len(ids) + len(found["edges"]) <= 600
    assert found["verdict"]["text"]
    assert not found["verdict"]["text"].endswith(".")
    assert len(found["counters"]) <= 5
    assert found["text"]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("view", VIEWS)
def test_table_and_guide_say_it_too(view: str, state: str) -> None:
    found = graph(cluster_in(state), view)

    columns = len(found["table"]["columns"])
    assert all(len(row["cells"]) == columns for row in found["table"]["rows"])
    assert len(found["guide"]) == 3
    options = [option["name"] for option in found["options"]]
    assert len(options) == len(set(options))
    for option in found["options"]:
        assert not option["choices"] or option["value"] in {
            choice["value"] for choice in option["choices"]
        }, option


@pytest.mark.parametrize("view", VIEWS)
def test_every_choice_that_is_offered_can_be_taken(view: str) -> None:
    for state in ("dual stack", "load balancer", "headless"):
        asked = cluster_in(state)
        for option in graph(asked, view)["options"]:
            for choice in option["choices"]:
                if choice["value"]:
                    found = graph(asked, view, **{option["name"]: choice["value"]})
                    chosen = {o["name"]: o["value"] for o in found["options"]}
                    assert chosen[option["name"]] == choice["value"]


@pytest.mark.parametrize(
    ("view", "fields", "message"),
    [
        ("paths", {"client": "nowhere"}, "client: there is no Node nowhere"),
        ("paths", {"client": "shop/nobody"}, "client: there is no Pod shop/nobody"),
        ("paths", {"port": "443"}, "port: Service shop/web has no port 443; it has 80"),
        ("paths", {"family": "IPv6"}, "family: Service shop/web has no IPv6; it has IPv4"),
        ("paths", {"family": "IPv5"}, "family: 'IPv5' is not one of IPv4, IPv6"),
        ("compare", {"swap": "maybe"}, "swap: 'maybe' is not one of yes"),
        ("slices", {"as": "list"}, "as: 'list' is not one of endpoints"),
        ("families", {"client": "n1"}, "client: the view families has no such parameter"),
        ("families", {"of": "web"}, "of: 'web' must be namespace/name"),
    ],
)
def test_a_bad_parameter_is_refused_by_its_name(
    view: str, fields: dict[str, str], message: str
) -> None:
    with pytest.raises(QuestionError) as refused:
        graph(cluster_in("healthy"), view, **({"of": "shop/web"} | fields))

    field, _colon, text = message.partition(": ")
    assert refused.value.field == field
    assert refused.value.message.startswith(text)
