"""The Kubernetes API from the outside: who may do what, and how it says no."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Permission, User
from pytest_django.fixtures import Settings

from cluster.machinery.manifest import Manifest
from cluster.runtime.tokens import token_of
from netviz.asgi import application
from tests.api.kube.door import ELSEWHERE, MAPS, PODS, Door

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]
MAP = {"metadata": {"name": "m"}}
SERVICE = {
    "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
    "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
}  # fmt: skip
SERVICES = "/api/v1/namespaces/default/services"
FORMS = {
    "": 201,  # the official Python client names no type
    "application/json": 201,
    "application/json; charset=utf-8": 201,
    "application/yaml": 201,
    "text/plain": 415,
    "application/x-www-form-urlencoded": 415,
    "multipart/form-data; boundary=x": 415,
    "application/cbor": 415,
}


async def test_every_refusal_is_a_status(admin: Door) -> None:
    """Never a redirect, an HTML page or a 401, whatever is asked."""
    for method, path, code, reason in (
        ("GET", "/api/v1/nopes", 404, "NotFound"),
        ("GET", "/apis/nope.io/v1/things", 404, "NotFound"),
        ("GET", "/nope", 404, "NotFound"),
        ("GET", "/admin/", 404, "NotFound"),
        ("GET", f"{MAPS}/nope", 404, "NotFound"),
        ("GET", f"{MAPS}/nope/nope", 404, "NotFound"),
        ("GET", "//api//v1//pods", 404, "NotFound"),
        ("GET", "/api/v1/namespaces/default/nodes", 404, "NotFound"),
        ("POST", "/version", 405, "MethodNotAllowed"),
        ("PUT", MAPS, 405, "MethodNotAllowed"),
        ("POST", "/api/v1/configmaps", 405, "MethodNotAllowed"),
        ("DELETE", "/api/v1/configmaps", 405, "MethodNotAllowed"),
        ("GET", "/api/v1/configmaps/m", 404, "NotFound"),
        ("GET", f"{PODS}/p/status/more", 404, "NotFound"),
        ("GET", f"{PODS}/p/log/more", 404, "NotFound"),
        ("GET", f"{PODS}?sendInitialEvents=true", 422, "Invalid"),
        ("OPTIONS", MAPS, 405, "MethodNotAllowed"),
        ("BREW", MAPS, 405, "MethodNotAllowed"),
        ("POST", MAPS, 400, "BadRequest"),
        ("GET", f"{MAPS}?limit=x", 400, "BadRequest"),
        ("GET", f"{MAPS}?continue=x", 400, "BadRequest"),
        ("GET", f"{MAPS}?labelSelector=a%20b", 400, "BadRequest"),
        ("GET", f"{MAPS}?fieldSelector=spec.nope%3D1", 400, "BadRequest"),
        ("GET", f"{MAPS}?resourceVersion=x", 400, "BadRequest"),
        ("GET", f"{MAPS}?resourceVersion=999999", 504, "Timeout"),
        ("POST", f"{PODS}/p/exec?command=ls", 501, "NotImplemented"),
        ("GET", f"{PODS}/p/log", 501, "NotImplemented"),
        ("GET", f"{PODS}/p/proxy/metrics", 501, "NotImplemented"),
        ("POST", "/api/v1/namespaces/default/serviceaccounts/a/token", 501, "NotImplemented"),
    ):
        answer = await admin.ask(method, path)
        assert (answer.status, answer.json["reason"]) == (code, reason), (method, path)
        assert answer.json["kind"] == "Status"
        assert answer.header("content-type") == "application/json"
    assert (await admin.get(MAPS, accept="text/html")).status == 406
    assert (await Door(admin.token, cluster="none").get("/api")).json["details"] == {
        "name": "none", "kind": "clusters",
    }  # fmt: skip


async def test_a_trailing_slash_is_nothing(admin: Door) -> None:
    for path in ("/api", "/apis", "/api/v1", MAPS, "/apis/apps/v1", "/version"):
        assert (await admin.get(f"{path}/")).body == (await admin.get(path)).body


@pytest.mark.parametrize(("form", "code"), FORMS.items(), ids=lambda value: str(value) or "none")
async def test_bodies_are_what_they_say_they_are(admin: Door, form: str, code: int) -> None:
    body = b'{"metadata": {"name": "m"}}'

    answer = await admin.post(MAPS, body, content_type=form)

    assert answer.status == code
    assert answer.json["kind"] == ("ConfigMap" if code == 201 else "Status")


async def test_bodies_that_cannot_be_read_are_refused_in_words(admin: Door) -> None:
    deep = b'{"metadata":' + b"[" * 5000 + b"]" * 5000 + b"}"
    for body in (
        b"{",
        b"[]",
        b"null",
        b"\xff",
        deep,
        b"{}{}",
        b'{"kind":"Pod"}',
        b'{"apiVersion":"v2"}',
    ):
        answer = await admin.post(MAPS, body)
        assert (answer.status, answer.json["reason"]) == (400, "BadRequest"), body[:40]
    assert (await admin.post(MAPS, b" " * (4 << 20))).status == 413
    assert (await admin.post(MAPS, {"metadata": {"name": "BAD"}})).status == 422


async def test_writing_needs_a_token_and_its_users_permission(admin: Door, nobody: Door) -> None:
    reader = await sync_to_async(User.objects.create_user)("reader")
    allowed = Permission.objects.filter(codename__in=["view_configmap", "add_configmap"])
    await sync_to_async(lambda: reader.user_permissions.set(allowed))()
    clerk = Door(token_of(reader))
    one = f"{MAPS}/m"

    for door in (nobody, Door("netviz-1-0"), Door(admin.token + "0"), Door("x")):
        refused = await door.post(MAPS, MAP)
        assert (refused.status, refused.json["reason"]) == (403, "Forbidden")
        assert "netviz kubeconfig" in refused.json["message"]
        assert (await door.get(MAPS)).status == 200
    assert (await clerk.post(MAPS, MAP)).status == 201
    assert (await clerk.merge(one, {"metadata": {"labels": {"a": "b"}}})).status == 403
    assert (await clerk.ask("DELETE", one)).status == 403
    assert (await clerk.ask("DELETE", MAPS)).status == 403
    assert (await clerk.post(SERVICES, SERVICE)).status == 403
    put = await clerk.ask("PUT", f"{SERVICES}/web", SERVICE)
    assert put.status == 403

    await sync_to_async(reader.set_password)("new")
    await sync_to_async(reader.save)()
    assert (await clerk.post(MAPS, {"metadata": {"name": "n"}})).status == 403, "a new password"


async def test_reading_needs_a_token_in_public_and_from_elsewhere(
    admin: Door, nobody: Door, settings: Settings
) -> None:
    paths = ("/api", "/apis", MAPS, "/openapi/v2", "/")
    stranger = Door(client=ELSEWHERE)
    for path in paths:
        assert (await nobody.get(path)).status == 200
        assert (await stranger.get(path)).status == 403
        assert (await Door(admin.token, client=ELSEWHERE).get(path)).status == 200
    settings.NETVIZ_PUBLIC = True
    for path in paths:
        assert (await nobody.get(path)).status == 403
        assert (await admin.get(path)).status == 200
    assert (await nobody.get("/healthz")).body == b"ok"


async def test_no_other_site_can_have_its_visitors_write_or_read(admin: Door) -> None:
    foreign = await admin.post(MAPS, MAP, origin="https://evil.example")
    marked = await admin.post(MAPS, MAP, sec_fetch_site="cross-site")
    own = await admin.post(MAPS, MAP, origin="https://localhost")
    rebound = await admin.get(MAPS, host="evil.example")

    assert [foreign.status, marked.status, own.status] == [403, 403, 201]
    assert rebound.status == 400
    assert own.header("access-control-allow-origin") == ""


async def test_a_list_in_chunks_is_of_one_moment(admin: Door) -> None:
    await admin.make("a", "b", "c", "d")
    first = (await admin.get(f"{MAPS}?limit=2")).json
    await admin.make("bb")
    await admin.ask("DELETE", f"{MAPS}/d")
    token = first["metadata"]["continue"]

    rest = (await admin.get(f"{MAPS}?limit=2&continue={token}")).json

    assert [item["metadata"]["name"] for item in first["items"]] == ["a", "b"]
    assert [item["metadata"]["name"] for item in rest["items"]] == ["c", "d"]
    assert rest["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    assert first["metadata"]["remainingItemCount"] == 2
    assert "continue" not in rest["metadata"]


async def test_a_collection_goes_by_its_selectors(admin: Door) -> None:
    await admin.make("a", "b", tier="x")
    await admin.make("c", tier="y")

    dry = await admin.ask("DELETE", f"{MAPS}?dryRun=All")
    gone = await admin.ask("DELETE", f"{MAPS}?labelSelector=tier%3Dx")

    assert len(dry.json["items"]) == 3
    assert [item["metadata"]["name"] for item in gone.json["items"]] == ["a", "b"]
    left = (await admin.get(MAPS)).json["items"]
    assert [item["metadata"]["name"] for item in left] == ["c"]


async def test_preconditions_and_options_of_a_delete(admin: Door) -> None:
    await admin.make("a")
    one = f"{MAPS}/a"
    for body, code in (
        ({"preconditions": {"uid": "other"}}, 409),
        ({"preconditions": {"resourceVersion": "1"}}, 409),
        ({"propagationPolicy": "Never"}, 422),
        ({"gracePeriodSeconds": "soon"}, 400),
        ({"preconditions": []}, 400),
        ({"dryRun": ["All"]}, 200),
        ({"kind": "DeleteOptions", "apiVersion": "v1"}, 200),
    ):
        assert (await admin.ask("DELETE", one, body)).status == code, body
    assert (await admin.get(one)).status == 404


async def test_scale_speaks_for_the_object(admin: Door) -> None:
    deployments = "/apis/apps/v1/namespaces/default/deployments"
    pod = {
        "metadata": {"labels": {"a": "b"}},
        "spec": {"containers": [{"name": "c", "image": "i"}]},
    }
    await admin.post(deployments, {
        "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": pod},
    })  # fmt: skip
    scale = f"{deployments}/web/scale"
    found = (await admin.get(scale)).json

    changed = await admin.merge(scale, {"spec": {"replicas": 4}})
    stale = await admin.ask("PUT", scale, found | {"spec": {"replicas": 9}})
    negative = await admin.merge(scale, {"spec": {"replicas": -1}})

    assert (found["kind"], found["spec"], found["status"]["selector"]) == (
        "Scale", {"replicas": 1}, "a=b",
    )  # fmt: skip
    assert changed.json["spec"] == {"replicas": 4}
    assert (stale.status, negative.status) == (409, 422)
    assert (await admin.get(f"{deployments}/web")).json["spec"]["replicas"] == 4


async def test_reviews_answer_for_the_one_who_asks(admin: Door, nobody: Door) -> None:
    review = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    may = {"spec": {"resourceAttributes": {"verb": "create", "resource": "pods"}}}
    who = "/apis/authentication.k8s.io/v1/selfsubjectreviews"

    assert (await admin.post(review, may)).json["status"]["allowed"] is True
    assert (await nobody.post(review, may)).json["status"]["allowed"] is False
    assert (await admin.post(who, {})).json["status"]["userInfo"]["username"] == "root"
    assert (await nobody.post(who, {})).json["status"]["userInfo"][
        "username"
    ] == "system:anonymous"
    assert (await nobody.post(review, {"spec": "x"})).status == 400


async def test_warnings_come_in_headers(admin: Door) -> None:
    made = await admin.post(MAPS, {"metadata": {"name": "m"}, "data": {"a": "b"}, "nope": 1})

    assert made.status == 201
    assert '299 - "unknown field \\"nope\\""' in made.header("warning")
    assert "netviz stores no data" in made.header("warning")


async def test_an_administrator_may_go_by_another_name(admin: Door) -> None:
    """kubectl --as."""
    watcher = await sync_to_async(User.objects.create_user)("watcher")

    plain = await admin.post(MAPS, MAP, impersonate_user="watcher")
    unknown = await admin.post(MAPS, MAP, impersonate_user="system:serviceaccount:a:b")
    group = await admin.post(MAPS, MAP, impersonate_group="a")
    refused = await Door(await sync_to_async(token_of)(watcher)).get(MAPS, impersonate_user="root")

    assert (plain.status, unknown.status, group.status, refused.status) == (403, 403, 400, 403)
    assert 'User "watcher" cannot create resource "configmaps"' in plain.json["message"]
    assert 'User "system:serviceaccount:a:b" cannot create' in unknown.json["message"]
    assert 'User "watcher" cannot impersonate resource "users"' in refused.json["message"]


async def test_an_address_without_a_cluster_says_so(admin: Door) -> None:
    """kubectl --server without the path, and `get --raw /api`, ask right below the host."""
    for path in ("/api", "/api/v1/pods", "/apis/apps/v1", "/openapi/v2", "/version"):
        status, body = await outside(path)
        assert status == 403
        assert "/clusters/<name>" in body


async def outside(path: str) -> tuple[int, str]:
    """Ask without a cluster."""
    scope = Door().scope("GET", path, {}) | {"path": path, "raw_path": path.encode()}
    incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    incoming.put_nowait({"type": "http.request", "body": b""})
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await application(scope, incoming.get, send)
    return sent[0]["status"], sent[1]["body"].decode()


async def test_a_scale_in_a_table_has_its_own_columns(admin: Door) -> None:
    deployment: Manifest = {
        "metadata": {"name": "web"},
        "spec": {
            "replicas": 2, "selector": {"matchLabels": {"a": "b"}},
            "template": {
                "metadata": {"labels": {"a": "b"}},
                "spec": {"containers": [{"name": "c", "image": "i"}]},
            },
        },
    }  # fmt: skip
    path = "/apis/apps/v1/namespaces/default/deployments"
    assert (await admin.post(path, deployment)).status == 201

    answer = await admin.get(
        f"{path}/web/scale", accept="application/json;as=Table;v=v1;g=meta.k8s.io"
    )

    columns = [column["name"] for column in answer.json["columnDefinitions"]]
    assert columns == ["Name", "Desired", "Available", "Age"]
    assert answer.json["rows"][0]["cells"][:3] == ["web", 2, 0]


async def test_the_port_of_pages_serves_pages(admin: Door) -> None:
    """Only what lies below a cluster is the API's."""
    assert (await admin.get("/healthz")).header("content-type").startswith("text/plain")
    assert (await admin.get("/version")).json["minor"] == "33"
