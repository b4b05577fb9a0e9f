"""Events through the API: those of the engine, and those that controllers tell."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from cluster import store
from cluster.machinery.meta import Key
from cluster.machinery.rule import Event
from cluster.store.derived import record_events
from tests.api.kube.door import Door

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]
EVENTS = "/api/v1/namespaces/default/events"
NEW = "/apis/events.k8s.io/v1/namespaces/default/events"
MISSING = Key("", "Pod", "default", "gone")


async def record(*events: Event) -> None:
    def work(tx: store.Transaction) -> None:
        record_events(tx, events)

    await sync_to_async(store.transact)("shop", "engine", work)


def event(name: str, message: str = "m") -> Event:
    return Event(Key("", "Node", "", name), "Normal", "Ready", message)


async def test_events_are_found_by_what_they_are_about(admin: Door) -> None:
    await record(event("node-1"), event("node-2"), Event(MISSING, "Warning", "Lost", "it is gone"))
    node = (await admin.get("/api/v1/nodes/node-1")).json["metadata"]

    async def messages(selector: str, path: str = EVENTS) -> list[str]:
        found = (await admin.get(f"{path}?fieldSelector={selector}")).json["items"]
        return [item["involvedObject"]["name"] for item in found]

    by_uid = f"involvedObject.uid%3D{node['uid']},involvedObject.name%3Dnode-1"
    assert await messages(by_uid) == ["node-1"]
    assert await messages("involvedObject.kind%3DPod,type!%3DNormal") == ["gone"]
    assert await messages("involvedObject.namespace%3Ddefault") == ["gone"]
    assert await messages("source%3Dnode-controller", "/api/v1/events") == ["node-1", "node-2"]
    assert (await admin.get(f"{EVENTS}?fieldSelector=nope%3D1")).status == 400

    listed = (await admin.get(EVENTS)).json["items"]
    one = (await admin.get(f"{EVENTS}/{listed[0]['metadata']['name']}")).json
    assert one == listed[0]
    assert (await admin.get(f"{EVENTS}/nope.1")).status == 404
    new = (await admin.get(f"{NEW}?fieldSelector=regarding.name%3Dgone")).json["items"]
    assert [(item["note"], item["reportingController"]) for item in new] == [
        ("it is gone", "pod-controller")
    ]


async def test_a_watch_of_events_tells_new_ones_and_those_seen_again(admin: Door) -> None:
    await record(event("node-1", "first"))
    start = (await admin.get(EVENTS)).version
    async with admin.watch(f"{EVENTS}?resourceVersion={start}") as lines:
        assert await lines.is_quiet()
        await record(event("node-1", "second"))
        added = await lines.next()
        await record(event("node-1", "first"))
        again = await lines.next()

    assert added is not None
    assert again is not None
    assert (added["type"], added["object"]["message"]) == ("ADDED", "second")
    assert (again["type"], again["object"]["count"]) == ("MODIFIED", 2)


async def test_a_controller_may_tell_events_too(admin: Door, nobody: Door) -> None:
    told = {
        "metadata": {"generateName": "x"}, "reason": "Synced", "message": "all is well",
        "involvedObject": {"kind": "Pod", "name": "p", "namespace": "default", "apiVersion": "v1"},
        "type": "Normal",
    }  # fmt: skip

    made = [await admin.post(EVENTS, told) for _turn in range(2)]
    bare = await admin.post(EVENTS, {"involvedObject": {"kind": "Pod"}})
    long = await admin.post(EVENTS, told | {"message": "x" * 2000})
    elsewhere = await admin.post(
        EVENTS, told | {"involvedObject": {"kind": "Pod", "name": "p", "namespace": "shop"}}
    )

    assert [answer.status for answer in made] == [201, 201]
    assert [answer.json["count"] for answer in made] == [1, 2]
    assert [cause["field"] for cause in bare.json["details"]["causes"]] == [
        "involvedObject.name", "reason",
    ]  # fmt: skip
    assert (long.status, elsewhere.status) == (422, 400)
    assert (await nobody.post(EVENTS, told)).status == 403


async def test_watches_of_events_share_one_reading_of_the_table(
    admin: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings: list[object] = []
    read = store.events_where

    def counted(*args: Any, **asked: Any) -> Any:
        readings.append(asked.get("since"))
        return read(*args, **asked)

    start = (await admin.get(EVENTS)).version
    monkeypatch.setattr("cluster.api.kube.events.events_where", counted)
    async with AsyncExitStack() as stack:
        path = f"{EVENTS}?resourceVersion={start}"
        watches = [await stack.enter_async_context(admin.watch(path)) for _ in range(10)]
        narrow = await stack.enter_async_context(
            admin.watch(f"{path}&fieldSelector=involvedObject.name%3Dnode-2")
        )
        assert await watches[0].is_quiet()
        at_first = len(readings)
        await record(event("node-1", "new"), event("node-2", "new"))
        told = [await lines.some(2) for lines in watches]
        assert len(await narrow.some(1)) == 1
        later = len(readings) - at_first

    assert len({tuple(lines) for lines in told}) == 1
    assert at_first == 11
    assert later < 6
