"""The sockets from the outside: who may open them, and what comes over them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.models import Session
from django.test import Client

from cluster import store
from cluster.live import process
from cluster.live.messages import CLOSE_GONE, CLOSE_MALFORMED, CLOSE_REFUSED
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.runtime.replica import replicas
from cluster.store.imports import find_import, finish_import, start_import
from netviz.asgi import application

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

HERE, ELSEWHERE = ("127.0.0.1", 50000), ("198.51.100.7", 50000)
SERVICE: Manifest = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "web", "namespace": "default"},
    "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
}
WEB = Key("", "Service", "default", "web")
VIEW = "/ws/c/shop/graph?view=endpoints&of=default/web"


@pytest.fixture(autouse=True)
def shop(transactional_db: None) -> Iterator[str]:
    store.make_cluster(name="shop", actor="tests", settings={"nodes": 1})
    store.create(cluster="shop", document=SERVICE, actor="tests")
    yield "shop"
    process.close()
    replicas.close()


class Line:
    """An open socket."""

    def __init__(self, communicator: WebsocketCommunicator) -> None:
        self.communicator = communicator

    async def next(self, *types: str) -> dict[str, Any]:
        """Return the next message of one of these types, leaving out others."""
        while True:
            message = await self.raw()
            if message["type"] == "websocket.close":
                return message
            found: dict[str, Any] = orjson.loads(message["text"])
            if not types or found["type"] in types:
                return found

    async def raw(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.communicator.receive_output(timeout=10)
        return found

    async def say(self, message: dict[str, str]) -> None:
        await self.communicator.send_to(text_data=orjson.dumps(message).decode())


@asynccontextmanager
async def opened(
    address: str,
    *,
    user: User | None = None,
    client: tuple[str, int] = HERE,
    origin: bytes = b"http://localhost",
) -> AsyncIterator[Line]:
    headers = [(b"host", b"localhost"), (b"origin", origin)]
    if user is not None:
        headers.append((b"cookie", await sync_to_async(cookie)(user)))
    communicator = WebsocketCommunicator(application, address, headers)
    communicator.scope["client"] = list(client)
    connected, _code = await communicator.connect(timeout=10)
    assert connected
    try:
        yield Line(communicator)
    finally:
        await communicator.disconnect(timeout=10)


def cookie(user: User) -> bytes:
    browser = Client()
    browser.force_login(user)
    return f"netviz_session={browser.cookies['netviz_session'].value}".encode()


@sync_to_async
def relabel(value: str) -> int:
    return store.patch(
        cluster="shop", address=WEB, patch_type="merge", actor="ada",
        change={"spec": {"selector": {"app": value}}},
    ).revision  # fmt: skip


async def test_a_change_arrives_as_a_delta_at_every_page_of_the_view() -> None:
    async with opened(VIEW) as first, opened(VIEW + "&sel=x") as second:
        shown = await first.next()
        assert shown["type"] == "snapshot"
        assert shown["graph"]["title"].startswith("default/web")
        assert (await second.next())["type"] == "snapshot"

        revision = await relabel("api")

        told = await first.next("delta")
        assert told == await second.next("delta")
        assert told["rev"] >= revision
        assert told["prev"] <= shown["rev"]


async def test_resync_brings_a_snapshot() -> None:
    async with opened(VIEW) as line:
        await line.next("snapshot")
        await line.say({"type": "resync"})

        assert (await line.next())["type"] == "snapshot"


async def test_a_deleted_object_is_told_gone() -> None:
    async with opened(VIEW) as line:
        await line.next("snapshot")
        await sync_to_async(store.delete)(cluster="shop", address=WEB, actor="ada")

        assert (await line.next("gone"))["rev"] > 0


async def test_a_malformed_query_is_told_and_closed() -> None:
    async with opened("/ws/c/shop/graph?view=nonsense") as line:
        assert "nonsense" in (await line.next("error"))["message"]
        assert (await line.raw())["type"] == "websocket.close"
    async with opened("/ws/c/shop/graph?ns=" + "a" * 3000) as line:
        await line.next("error")
        assert (await line.raw())["code"] == CLOSE_MALFORMED


async def test_a_page_of_another_site_is_not_let_in() -> None:
    headers = [(b"host", b"localhost"), (b"origin", b"https://evil.example")]
    communicator = WebsocketCommunicator(application, VIEW, headers)

    connected, _code = await communicator.connect()

    assert not connected


async def test_from_another_machine_reading_needs_a_login() -> None:
    async with opened(VIEW, client=ELSEWHERE) as line:
        assert (await line.next())["type"] == "error"
        assert (await line.raw())["code"] == CLOSE_REFUSED

    ada = await sync_to_async(User.objects.create_superuser)("ada")
    async with opened(VIEW, client=ELSEWHERE, user=ada) as line:
        assert (await line.next())["type"] == "snapshot"


async def test_what_a_reader_may_not_see_is_not_sent() -> None:
    bob = await sync_to_async(User.objects.create_user)("bob")
    service = await sync_to_async(Permission.objects.get)(codename="view_service")
    await sync_to_async(bob.user_permissions.add)(service)
    async with opened(VIEW, client=ELSEWHERE, user=bob) as line:
        shown = await line.next("snapshot")

        assert {node["kind"] for node in shown["graph"]["nodes"]} <= {"Service"}
        await relabel("api")
        assert (await line.next("snapshot", "delta"))["type"] == "snapshot"


async def test_a_reader_who_is_locked_out_hears_nothing_more() -> None:
    ada = await sync_to_async(User.objects.create_superuser)("ada")
    async with opened(VIEW, client=ELSEWHERE, user=ada) as line:
        await line.next("snapshot")
        ada.is_active = False
        await sync_to_async(ada.save)()
        await relabel("api")

        assert (await line.next())["type"] == "error"
        assert (await line.raw())["code"] == CLOSE_REFUSED


async def test_a_logout_ends_the_socket_with_the_next_push() -> None:
    ada = await sync_to_async(User.objects.create_superuser)("ada")
    async with opened(VIEW, client=ELSEWHERE, user=ada) as line:
        await line.next("snapshot")
        await sync_to_async(_forget_sessions)()
        await relabel("api")

        assert (await line.next())["type"] == "error"


def _forget_sessions() -> None:
    Session.objects.all().delete()


async def test_events_tell_what_changed_and_who_did_it() -> None:
    async with opened("/ws/c/shop/events") as line:
        assert (await line.next("events"))["events"] == []
        revision = await relabel("api")

        told = await line.next("events")
        event = next(found for found in told["events"] if found["verb"] == "changed")
        assert event["rev"] == revision
        assert (event["kind"], event["namespace"], event["name"]) == ("Service", "default", "web")
        assert event["fields"] == ["spec.selector.app"]
        assert event["actor"] == "ada"


async def test_a_page_of_events_that_comes_back_hears_what_it_missed() -> None:
    first = await relabel("api")
    second = await relabel("web")
    async with opened(f"/ws/c/shop/events?since={first}") as line:
        told = await line.next("events")

        assert [event["rev"] for event in told["events"]] == [second]
        assert told["missed"] == 0
    async with opened("/ws/c/shop/events?since=999999") as line:
        assert (await line.next("events"))["missed"] > 0


async def test_events_of_kinds_that_a_reader_may_not_see_are_left_out() -> None:
    bob = await sync_to_async(User.objects.create_user)("bob")
    async with opened("/ws/c/shop/events", client=ELSEWHERE, user=bob) as line:
        await line.next("events")
        revision = await relabel("api")

        told = await line.next("events")
        assert told["rev"] >= revision
        assert told["events"] == []


async def test_a_page_without_a_drawing_hears_at_once_that_something_changed() -> None:
    async with opened("/ws/c/shop/changes") as line:
        before = (await line.next("heartbeat"))["rev"]
        revision = await relabel("api")

        told = await line.next("heartbeat")
        assert told["rev"] >= revision > before
        assert set(told) == {"type", "rev", "time"}


async def test_hints_and_events_of_one_cluster_do_not_mix() -> None:
    async with opened("/ws/c/shop/changes") as hints, opened("/ws/c/shop/events") as events:
        await hints.next("heartbeat")
        await events.next("events")
        revision = await relabel("api")

        assert (await hints.next("heartbeat"))["rev"] >= revision
        assert (await events.next("events"))["events"]


async def test_an_import_is_told_to_its_end() -> None:
    job = await sync_to_async(start_import)(
        cluster="shop", name="all.yaml", file="uploads/none", options={}, actor="ada"
    )
    async with opened(f"/ws/c/shop/import/{job.id}") as line:
        assert (await line.next("import"))["state"] == "waiting"
        await sync_to_async(_finish)(job.id)

        assert (await line.next("import"))["state"] == "done"
        assert (await line.raw())["type"] == "websocket.close"


def _finish(job: int) -> None:
    finish_import(find_import(job), "done")


async def test_an_import_of_another_cluster_is_not_told() -> None:
    await sync_to_async(store.make_cluster)(name="other", actor="tests")
    job = await sync_to_async(start_import)(
        cluster="other", name="all.yaml", file="uploads/none", options={}, actor="ada"
    )
    async with opened(f"/ws/c/shop/import/{job.id}") as line:
        await line.next("error")
        assert (await line.raw())["code"] == CLOSE_GONE
