"""The diagram of an Ingress: paths in match order, what is broken, a URL tried against it."""

from __future__ import annotations

from typing import Any

import pytest

from cluster.machinery.errors import NotFound
from cluster.machinery.manifest import JSON, Manifest
from cluster.questions.seeded import Seeded
from tests.questions.asking import cluster, controller_objects, deployment, ingress, service
from tests.questions.views.drawing import card, cells, counters, draw, edge, said

SPACES = """
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: edge}}
"""
CLASS = """
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: web}
spec: {controller: k8s.io/ingress-netviz}
"""


def door(*paths: tuple[str, str, str], **spec: JSON) -> Manifest:
    """An Ingress `shop/door`; a path is its text, its type and `service:port`."""
    host = "shop.example.com"
    made = ingress("shop/door", host, "web", 80)
    listed: list[JSON] = []
    for path, path_type, backend in paths:
        name, _colon, port = backend.partition(":")
        number: Manifest = {"number": int(port)} if port.isdigit() else {"name": port}
        where: Manifest = {"service": {"name": name, "port": number}}
        listed.append({"path": path, "pathType": path_type, "backend": where})
    rules: list[JSON] = [{"host": host, "http": {"paths": listed}}] if paths else []
    made["spec"] = {**({"rules": rules} if rules else {}), **spec}
    return made


def world(*more: Manifest, classes: str = "") -> Seeded:
    """Two Services with Pods, the controller, and whatever is added."""
    return cluster(
        SPACES + classes, deployment("shop/web"), deployment("shop/api"), service("shop/web"),
        service("shop/api", 8080), *controller_objects(), *more,
    )  # fmt: skip


TWO = door(("/", "Prefix", "web:80"), ("/api", "Prefix", "api:8080"), ("/api", "Exact", "web:80"))


def order(graph: dict[str, Any]) -> list[str]:
    found = [node for node in graph["nodes"] if node["lane"] == "paths"]
    return [f"{node['overline']} {node['name']}" for node in sorted(found, key=_place)]


def _place(node: dict[str, Any]) -> tuple[str, str]:
    return node["group"], node["order"]


def test_paths_stand_in_match_order() -> None:
    graph = draw(world(TWO), "ingress", "shop/door")

    assert order(graph) == ["1. Exact /api", "2. Prefix /api", "3. Prefix /"]
    assert [row[2] for row in cells(graph)] == ["/api", "/api", "/"]
    assert counters(graph) == {
        "host": 1, "paths answer": 3, "endpoints": 2, "addresses": 1,
    } | {"addresses": counters(graph)["addresses"]}  # fmt: skip
    assert graph["verdict"]["text"] == "shop/door routes shop.example.com to api and web"
    api = "Path/shop/spec.rules[0].http.paths[1]"
    assert edge(graph, api, "Service/shop/api")["state"] == "allow"
    assert edge(graph, "Service/shop/api", "Deployment/shop/api")["state"] == "allow"


@pytest.mark.parametrize(
    ("backend", "word", "path"),
    [
        pytest.param("gone:80", "Service shop/gone does not exist", "service.name", id="service"),
        pytest.param("web:81", "Service shop/web has no port 81", "service.port.number",
                     id="port"),
        pytest.param("web:dns", "Service shop/web has no port dns", "service.port.name",
                     id="port_name"),
        pytest.param("idle:80", "Service shop/idle has no ready endpoint for port 80",
                     "spec.ports[0]", id="no_endpoint"),
    ],
)  # fmt: skip
def test_a_backend_that_cannot_answer_stops_the_line_and_names_the_field(
    backend: str, word: str, path: str
) -> None:
    broken = door(("/", "Prefix", "web:80"), ("/x", "Prefix", backend))
    graph = draw(world(broken, service("shop/idle")), "ingress", "shop/door")

    found = card(graph, "/x")
    assert (found["state"], found["word"]) == ("deny", word)
    line = next(e for e in graph["edges"] if e["from"] == found["id"])
    assert line["state"] == "deny"
    assert line["why"][0]["cause"]
    assert line["why"][0]["path"].endswith(path)
    assert graph["verdict"]["state"] == "warn"
    assert "answers 1 of its 2 paths" in graph["verdict"]["text"]


def test_an_older_ingress_with_the_same_route_is_assumed_to_win() -> None:
    older = ingress("edge/first", "shop.example.com", "gate", 80)
    older["metadata"] = {
        "namespace": "edge", "name": "first", "creationTimestamp": "2020-01-01T00:00:00Z",
    }  # fmt: skip
    graph = draw(world(TWO, older), "ingress", "shop/door")

    shadowed = card(graph, "/")
    assert shadowed["state"] == "warn"
    assert shadowed["badges"][0]["text"] == "assumed"
    assert edge(graph, shadowed["id"], "Service/shop/web")["state"] == "unknown"
    assert any("so it is assumed" in note["text"] for note in graph["detail"]["notes"])


def test_the_default_backend_stands_last() -> None:
    default: JSON = {"service": {"name": "web", "port": {"number": 80}}}
    found = world(door(("/api", "Prefix", "api:8080"), defaultBackend=default))
    graph = draw(found, "ingress", "shop/door", url="http://elsewhere.example/")

    assert card(graph, "anything else", "paths")["mark"] == "dim"  # it has rules: G-31
    assert cells(graph)[-1][:4] == ["last", "every host", "anything else", "default backend"]


@pytest.mark.parametrize(
    ("spec", "state", "text"),
    [
        pytest.param({}, "deny", "it asks for no class", id="no_class"),
        pytest.param({"ingressClassName": "gone"}, "deny", "there is no IngressClass gone",
                     id="missing_class"),
        pytest.param({"ingressClassName": "other"}, "unknown", "is left to example.com/other",
                     id="another_controller"),
    ],
)  # fmt: skip
def test_an_ingress_that_nobody_here_serves_says_so(spec: Manifest, state: str, text: str) -> None:
    other = CLASS.replace("name: web", "name: other").replace(
        "k8s.io/ingress-netviz", "example.com/other"
    )
    graph = draw(world(door(("/", "Prefix", "web:80"), **spec), classes=CLASS + other),
                 "ingress", "shop/door")  # fmt: skip

    assert graph["verdict"]["state"] == state
    assert text in graph["verdict"]["text"]
    assert all(e["state"] != "allow" for e in graph["edges"] if e["from"].startswith("Path/"))


def test_without_an_address_clients_find_nothing() -> None:
    found = cluster(SPACES, deployment("shop/web"), service("shop/web"),
                    ingress("shop/door", "shop.example.com", "web", 80))  # fmt: skip
    graph = draw(found, "ingress", "shop/door")

    assert graph["verdict"]["state"] == "warn"
    assert "no address" in [b["text"] for b in card(graph, "door")["badges"]]


def test_a_url_lights_the_path_that_answers_and_the_others_say_why_not() -> None:
    graph = draw(world(TWO), "ingress", "shop/door", url="http://shop.example.com/api/items?x=1")

    marks = {node["overline"]: node["mark"] for node in graph["nodes"] if node["lane"] == "paths"}
    assert marks == {"1. Exact": "dim", "2. Prefix": "lit", "3. Prefix": "dim"}
    words = {node["overline"]: node["word"] for node in graph["nodes"] if node["lane"] == "paths"}
    assert words == {
        "1. Exact": "its path does not match /api/items",
        "2. Prefix": "answers: 200",
        "3. Prefix": "a longer path matches: /api",
    }
    assert graph["verdict"]["text"].endswith("goes to api:8080, one of 1 endpoint")
    assert card(graph, "web", "services")["mark"] == "dim"
    assert card(graph, "api", "pods")["mark"] == "lit"
    assert any(text.startswith("Tried http://shop.example.com") for text in said(graph["text"]))


def test_a_url_of_another_host_gets_404() -> None:
    graph = draw(world(TWO), "ingress", "shop/door", url="https://elsewhere.example/")

    assert graph["verdict"] | {"why": ""} == {
        "state": "deny", "text": "https://elsewhere.example/ gets 404", "why": "",
    }  # fmt: skip
    assert all(n["mark"] == "dim" for n in graph["nodes"] if n["lane"] in {"hosts", "paths"})


@pytest.mark.parametrize(
    "url", ["ftp://x/", "http://x:port/", "http://[::1", "http://a b/", "http://x:99999/"]
)
def test_what_is_no_url_is_refused_by_name(url: str) -> None:
    with pytest.raises(ValueError, match=r"^url:"):
        draw(world(TWO), "ingress", "shop/door", url=url)


def test_many_paths_are_folded_by_host_and_backend() -> None:
    many = [(f"/p{number:03}", "Prefix", "web:80") for number in range(200)]
    graph = draw(
        world(door(*many, ("/broken", "Exact", "gone:80"))), "ingress", "shop/door",
        url="http://shop.example.com/p007/x",
    )  # fmt: skip

    names = [node["name"] for node in graph["nodes"] if node["lane"] == "paths"]
    assert sorted(names) == ["/broken", "/p007", "199 paths"]
    assert graph["truncated"]["Path"] == 199
    assert len(cells(graph)) == 201


def test_tls_is_told_by_host() -> None:
    secret: Manifest = {
        "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
        "metadata": {"namespace": "shop", "name": "cert"},
    }  # fmt: skip
    tls: JSON = [{"hosts": ["shop.example.com"], "secretName": "cert"}]
    secured = door(("/", "Prefix", "web:80"), tls=tls)

    host = card(draw(world(secured, secret), "ingress", "shop/door"), "shop.example.com")
    assert (host["meta"], host["badges"][0]["state"], host["state"]) == ("Secret cert", "ok", "ok")

    host = card(draw(world(secured), "ingress", "shop/door"), "shop.example.com")
    assert (host["badges"][0]["state"], host["state"]) == ("warn", "warn")
    assert "does not exist" in host["badges"][0]["title"]


def test_an_ingress_without_paths_answers_404() -> None:
    graph = draw(world(door(defaultBackend=None, rules=[{"host": "a.example"}])),
                 "ingress", "shop/door")  # fmt: skip

    assert graph["verdict"]["text"] == "shop/door has no path: every request gets 404"
    assert card(graph, "a.example")["state"] == "warn"


def test_an_ingress_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match='"gone" not found'):
        draw(world(), "ingress", "shop/gone")
