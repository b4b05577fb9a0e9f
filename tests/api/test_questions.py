"""The questions over HTTP: the same bytes as `netviz ask`, the dashboard's permissions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import orjson
import pytest
import yaml
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django.fixtures import Settings

from cluster import store
from cluster.machinery.manifest import JSON, Manifest
from cluster.questions.answers import QUESTIONS
from cluster.questions.session import answer_line
from cluster.runtime import replica
from cluster.runtime.loop import EngineLoop

API = "/api/netviz/v1/"


def shop_objects() -> list[JSON]:
    """Return a Service with two Pods, a headless one, a policy and an Ingress to it."""
    ports: list[JSON] = [{"name": "http", "port": 80, "targetPort": 8080}]
    selector: Manifest = {"app": "web"}
    backend: Manifest = {"service": {"name": "web", "port": {"number": 80}}}
    paths: list[JSON] = [{"path": "/", "pathType": "Prefix", "backend": backend}]
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
        *(pod(f"web-{number}") for number in (1, 2)),
        service("web", {"selector": selector, "ports": ports, "clusterIP": "10.96.7.7"}),
        service("peers", {"selector": selector, "ports": ports, "clusterIP": "None"}),
        service("lost", {"selector": {"app": "no"}, "ports": ports, "clusterIP": "10.96.7.8"}),
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": {"name": "site", "namespace": "shop"},
            "spec": {"rules": [{"host": "shop.test", "http": {"paths": paths}}]},
        },
    ]


def service(name: str, spec: Manifest) -> Manifest:
    meta: Manifest = {"name": name, "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec}


def pod(name: str) -> Manifest:
    """Return a Pod that runs at an address of its own."""
    ip = f"10.244.1.{10 + int(name[-1])}"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop", "labels": {"app": "web"}},
        "spec": {"nodeName": "node-1", "containers": [{"name": "main", "image": "example/main"}]},
        "status": {
            "phase": "Running", "podIP": ip, "podIPs": [{"ip": ip}],
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }  # fmt: skip


@pytest.fixture
def shop(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a stored cluster that has settled."""
    monkeypatch.setattr(replica.replicas, "_replicas", {})  # one per test database
    store.make_cluster(name="shop", actor="tests")
    options = store.Options(mode="import", annotate=False)
    outcomes = store.write_batch(
        cluster="shop", documents=shop_objects(), actor="ana", options=options
    )
    assert not [outcome.error for outcome in outcomes if outcome.error]
    EngineLoop().run_until_idle()
    return "shop"


def told(client: Client, question: Manifest) -> bytes:
    """Return the bytes of an answer, asked by GET."""
    fields = {name: value for name, value in question.items() if name != "ask"}
    words = {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in fields.items()
    }
    address = f"{API}clusters/shop/{question['ask']}?{urlencode(words)}"
    response = client.get(address)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/json"
    return bytes(response.content)


def posted(client: Client, question: Manifest) -> bytes:
    response = client.post(
        f"{API}clusters/shop/{question['ask']}", orjson.dumps(question), "application/json"
    )
    assert response.status_code == 200, response.content
    return bytes(response.content)


PURE: list[Manifest] = [
    {"ask": "dns", "name": "web.shop.svc.cluster.local", "type": "A"},
    {"ask": "dns", "name": "_http._tcp.peers.shop.svc.cluster.local", "type": "SRV"},
    {"ask": "dns", "name": "web", "type": "A", "from": "shop/web-1"},
    {"ask": "dns", "name": "nobody.test", "type": "AAAA"},
    {"ask": "resolvconf", "pod": "shop/web-1"},
    {"ask": "proxy", "service": "shop/web", "port": 80, "node": "node-1", "external": False},
    {"ask": "proxy", "service": "shop/web", "port": "http", "node": "node-2", "external": True},
    {"ask": "ingress", "scheme": "http", "method": "GET", "host": "shop.test", "path": "/a?b"},
    {"ask": "ingress", "scheme": "https", "host": "other.test", "path": "/"},
    {"ask": "findings", "severity": "warning"},
    {"ask": "findings"},
]


@pytest.fixture(scope="module")
def in_memory() -> dict[str, bytes]:
    """Return what `ask` answers about the same objects, by question."""
    questions: list[JSON] = [*PURE]
    line = answer_line({"objects": shop_objects(), "questions": questions})
    answers = line["answers"]
    assert isinstance(answers, list), line
    return {
        repr(question): orjson.dumps(answer)
        for question, answer in zip(PURE, answers, strict=True)
    }


def test_a_stored_cluster_answers_with_the_bytes_of_ask_whichever_way_it_is_asked(
    client: Client, shop: str, in_memory: dict[str, bytes]
) -> None:
    for question in PURE:
        expected = in_memory[repr(question)]

        assert told(client, question) == expected, question
        assert posted(client, question) == expected, question


def test_the_slices_of_a_stored_service_are_told_with_what_made_them(
    client: Client, shop: str
) -> None:
    answer = orjson.loads(told(client, {"ask": "endpointslices", "service": "shop/web"}))

    (piece,) = answer["slices"]
    assert [end["addresses"] for end in piece["endpoints"]] == [["10.244.1.11"], ["10.244.1.12"]]
    assert answer["changes"] == {"create": 1, "update": 0, "delete": 0}
    assert answer["changes_last_step"] == {"create": 1, "update": 0, "delete": 0}
    assert answer["sync_error"] is None


def test_changes_of_the_last_step_are_those_since_somebody_else_wrote(
    client: Client, shop: str
) -> None:
    store.create(cluster="shop", document=pod("web-3"), actor="ana", mode="import")
    EngineLoop().run_until_idle()

    answer = orjson.loads(told(client, {"ask": "endpointslices", "service": "shop/web"}))

    assert answer["changes"] == {"create": 1, "update": 0, "delete": 0}
    assert answer["changes_last_step"] == {"create": 0, "update": 1, "delete": 0}


def test_lists_in_a_query_string_are_joined_by_commas(client: Client, shop: str) -> None:
    question: Manifest = {"ask": "objects", "kinds": ["Service", "ing"], "namespace": "shop"}
    answer = orjson.loads(told(client, question))

    names = [(item["kind"], item["metadata"]["name"]) for item in answer["objects"]]
    assert names == [
        ("Service", "lost"), ("Service", "peers"), ("Service", "web"), ("Ingress", "site"),
    ]  # fmt: skip
    assert all(item["metadata"]["resourceVersion"] for item in answer["objects"])


def test_a_dry_run_answers_what_would_be_stored_and_stores_nothing(
    client: Client, shop: str
) -> None:
    before = store.revision_of("shop")
    wanted = service("web", {"selector": {"app": "web"}, "clusterIP": "10.96.7.7",
                             "ports": [{"port": 81}]})  # fmt: skip
    made = orjson.loads(posted(client, {"ask": "update", "object": wanted}))
    new = orjson.loads(posted(client, {"ask": "create", "object": pod("web-9")}))

    assert made["ok"]
    assert made["object"]["spec"]["ports"][0]["port"] == 81
    assert made["released"] == {"ips": [], "node_ports": []}
    assert "resourceVersion" not in new["object"]["metadata"]
    assert store.revision_of("shop") == before


def test_a_refused_dry_run_names_the_field(client: Client, shop: str) -> None:
    wrong = service("x", {"ports": [{"port": 70000, "targetPort": 1}]})
    answer = orjson.loads(posted(client, {"ask": "create", "object": wrong}))

    assert answer["ok"] is False
    assert answer["code"] == 422
    assert [error["field"] for error in answer["errors"]] == ["spec.ports[0].port"]


def test_a_change_is_in_the_next_answer(client: Client, shop: str) -> None:
    question: Manifest = {"ask": "dns", "name": "new.shop.svc.cluster.local"}
    assert orjson.loads(told(client, question))["rcode"] == "NXDOMAIN"

    body = service("new", {"clusterIP": "10.96.9.9", "ports": [{"port": 1}]})
    store.create(cluster="shop", document=body, actor="ana")

    (record,) = orjson.loads(told(client, question))["answer"]
    assert record["data"] == "10.96.9.9"


@pytest.mark.parametrize(
    ("address", "status", "named"),
    [
        ("clusters/none/dns?name=x", 404, ("NotFound", "")),
        ("clusters/shop/nothing", 404, ("NotFound", "ask")),
        ("clusters/shop/dns", 400, ("BadRequest", "name")),
        ("clusters/shop/dns?name=x&type=A%20B", 400, ("BadRequest", "type")),
        ("clusters/shop/dns?name=x&from=shop/gone", 404, ("NotFound", "from")),
        ("clusters/shop/proxy?service=shop/web&node=node-1&port=9", 404, ("NotFound", "port")),
        ("clusters/shop/proxy?service=shop/web&port=80", 400, ("BadRequest", "node")),
        (
            "clusters/shop/proxy?service=shop/web&node=a&external=x",
            400,
            ("BadRequest", "external"),
        ),
        ("clusters/shop/ingress?scheme=ftp", 400, ("BadRequest", "scheme")),
        ("clusters/shop/objects?kinds=Nothing", 400, ("BadRequest", "kinds")),
        ("clusters/shop/graph?view=nothing", 400, ("BadRequest", "view")),
        ("clusters/shop/create?object=%7B", 400, ("BadRequest", "object")),
    ],
)
def test_a_refusal_says_code_message_and_field(
    client: Client, shop: str, address: str, status: int, named: tuple[str, str]
) -> None:
    response = client.get(API + address)

    error = response.json()["error"]
    assert response.status_code == status
    assert (error["code"], error["field"]) == named
    assert error["message"]


@pytest.mark.parametrize(
    ("body", "type_", "status"),
    [
        (b'{"name": "x"}', "text/plain", 415),
        (b'{"name": "x"}', "application/x-www-form-urlencoded", 415),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"ask": "proxy", "name": "x"}', "application/json", 400),
    ],
)
def test_a_body_must_be_the_question_and_say_that_it_is_json(
    client: Client, shop: str, body: bytes, type_: str, status: int
) -> None:
    response = client.post(f"{API}clusters/shop/dns", body, type_)

    assert response.status_code == status
    assert response.json()["error"]["code"]


def test_the_clusters_are_listed_by_name(client: Client, shop: str) -> None:
    store.make_cluster(name="another", actor="tests")

    assert client.get(f"{API}clusters").json() == {
        "clusters": [{"name": "another"}, {"name": "shop"}]
    }


@contextmanager
def signed_in(*permissions: str) -> Iterator[Client]:
    user = User.objects.create_user("guest", "", "pw")
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    yield client


def test_a_public_netviz_answers_nobody_who_has_not_logged_in(
    client: Client, shop: str, settings: Settings
) -> None:
    settings.NETVIZ_PUBLIC = True

    for address in ("clusters", "clusters/shop/dns?name=x", "clusters/shop/nothing"):
        response = client.get(API + address)
        assert response.status_code == 401, address
        assert response.json()["error"]["code"] == "Unauthorized"
    assert client.get(f"{API}schema").status_code == 401


def test_from_another_machine_reading_needs_a_login(client: Client, shop: str) -> None:
    response = client.get(f"{API}clusters", REMOTE_ADDR="203.0.113.9")

    assert response.status_code == 401


def test_who_may_not_see_a_kind_gets_no_answer_that_rests_on_it(
    shop: str, settings: Settings
) -> None:
    settings.NETVIZ_PUBLIC = True
    with signed_in("view_service", "view_namespace") as guest:
        refused = guest.get(f"{API}clusters/shop/dns?name=x")
        listed = guest.get(f"{API}clusters/shop/objects?kinds=Pod")
        everything = guest.get(f"{API}clusters/shop/objects").json()["objects"]
        found = guest.get(f"{API}clusters/shop/findings").json()["findings"]
        graph = guest.get(f"{API}clusters/shop/graph?view=endpoints&of=shop/web").json()

    assert refused.status_code == listed.status_code == 403
    assert "cluster.view_pod" in refused.json()["error"]["message"]
    assert {item["kind"] for item in everything} == {"Service", "Namespace"}
    assert {item["object"].split(" ")[0] for item in found} <= {"Service", "Namespace"}
    assert {node["kind"] for node in graph["nodes"]} <= {"Service", "Namespace"}


def test_every_answer_rests_on_named_kinds_or_leaves_out_what_may_not_be_seen() -> None:
    unnamed = {question.ask for question in QUESTIONS.values() if not question.reads}

    assert unnamed == {"create", "update", "objects", "findings", "graph"}


def test_the_schema_describes_every_question_with_its_fields_and_its_answer(
    client: Client, shop: str
) -> None:
    response = client.get(f"{API}schema", HTTP_ACCEPT="application/vnd.oai.openapi+json")
    described = yaml.safe_load(response.content)
    assert described == yaml.safe_load(client.get(f"{API}schema").content)

    assert described["openapi"].startswith("3.")
    for question in QUESTIONS.values():
        path = described["paths"][f"/{API[1:]}clusters/{{cluster}}/{question.ask}"]
        names = {item["name"] for item in path["get"]["parameters"]} - {"cluster"}
        body = path["post"]["requestBody"]["content"]["application/json"]["schema"]
        shape = path["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        if question.ask == "graph":
            names.remove("format")  # JSON or SVG; a body is always answered in JSON
        assert names == {field.name for field in question.fields}
        assert body["properties"].keys() == {"ask"} | names
        assert shape["properties"]
        assert path["get"]["summary"] == question.summary
    assert f"/{API[1:]}clusters" in described["paths"]


def test_a_view_is_drawn_for_clients_that_ask_for_an_image(client: Client, shop: str) -> None:
    address = f"{API}clusters/{shop}/graph?view=endpoints&of=shop/web"
    as_image = client.get(
        address, headers={"accept": "image/avif,image/svg+xml,image/*,*/*;q=0.8"}
    )
    by_name = client.get(f"{address}&format=svg")

    assert as_image["Content-Type"] == by_name["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert as_image.content.startswith(b"<svg ")
    assert b"shop/web" in by_name.content
    assert "style-src 'unsafe-inline'" in by_name["Content-Security-Policy"]
    assert client.get(address)["Content-Type"] == "application/json"


def test_a_view_that_cannot_be_drawn_is_refused_in_json(client: Client, shop: str) -> None:
    response = client.get(f"{API}clusters/{shop}/graph?view=endpoints&of=shop/none&format=svg")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/json"
    assert response.json()["error"]["field"] == "of"
