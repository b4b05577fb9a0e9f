"""Watches: ordered, complete, ended cleanly; behind the log they say so."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async
from pytest_django.fixtures import Settings

from cluster import store
from cluster.api.kube import watching
from cluster.runtime import feed
from tests.api.kube.door import MAPS, Door

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def test_a_watch_tells_what_is_there_and_then_every_change_in_order(admin: Door) -> None:
    await admin.make("a", "b")
    async with admin.watch(MAPS) as all_, admin.watch(f"{MAPS}?resourceVersion=0") as any_:
        assert await all_.some(2) == [("ADDED", "a"), ("ADDED", "b")]
        assert await any_.some(2) == [("ADDED", "a"), ("ADDED", "b")]
        await admin.make("c")
        await admin.merge(f"{MAPS}/a", {"metadata": {"labels": {"x": "1"}}})
        deleted = await admin.ask("DELETE", f"{MAPS}/b")

        expected = [("ADDED", "c"), ("MODIFIED", "a"), ("DELETED", "b")]
        assert await all_.some(3) == expected
        assert await any_.some(3) == expected
        versions = [int(e["object"]["metadata"]["resourceVersion"]) for e in all_.seen]
        assert versions[2:] == sorted(versions[2:])
        assert deleted.json["status"] == "Success"
        assert all_.seen[-1]["object"]["metadata"]["resourceVersion"] == str(max(versions))
        assert await all_.is_quiet()


async def test_a_watch_goes_on_from_any_revision_of_the_log(
    admin: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some of it is in memory, the rest only in the table: nobody can tell."""
    monkeypatch.setattr(feed, "KEPT_CHANGES", 3)
    monkeypatch.setattr(feed, "AT_ONCE", 4)
    start = (await admin.get(MAPS)).version
    names = [f"m{number:02}" for number in range(20)]
    async with admin.watch(f"{MAPS}?resourceVersion={start}") as early:
        for name in names:
            await admin.make(name)
        async with admin.watch(f"{MAPS}?resourceVersion={start}") as late:
            expected = [("ADDED", name) for name in names]
            assert await early.some(20) == expected
            assert await late.some(20) == expected
            await admin.make("last")
            assert await late.some(1) == [("ADDED", "last")]
        listed = (await admin.get(MAPS)).version
        async with admin.watch(f"{MAPS}?resourceVersion={listed}") as now:
            assert await now.is_quiet()


async def test_what_begins_to_match_is_added_and_what_ceases_to_is_deleted(admin: Door) -> None:
    await admin.make("a", tier="x")
    await admin.make("b", tier="y")
    start = (await admin.get(MAPS)).version
    watched = f"{MAPS}?labelSelector=tier%3Dx&resourceVersion={start}"
    one = f"{MAPS}?fieldSelector=metadata.name%3Db&resourceVersion={start}"
    async with admin.watch(watched) as x, admin.watch(one) as b:
        await admin.merge(f"{MAPS}/b", {"metadata": {"labels": {"tier": "x"}}})
        await admin.merge(f"{MAPS}/a", {"metadata": {"labels": {"more": "1"}}})
        await admin.merge(f"{MAPS}/b", {"metadata": {"labels": {"tier": "z"}}})
        await admin.ask("DELETE", f"{MAPS}/a")

        assert await x.some(4) == [
            ("ADDED", "b"), ("MODIFIED", "a"), ("DELETED", "b"), ("DELETED", "a"),
        ]  # fmt: skip
        gone = x.seen[2]["object"]["metadata"]
        assert gone["labels"] == {"tier": "x"}, "as it was when it last matched"
        assert int(gone["resourceVersion"]) > int(
            x.seen[1]["object"]["metadata"]["resourceVersion"]
        )
        assert await b.some(2) == [("MODIFIED", "b"), ("MODIFIED", "b")]
        assert await b.is_quiet()


async def test_a_watch_behind_the_log_is_told_to_list_again(admin: Door) -> None:
    start = (await admin.get(MAPS)).version
    await admin.make("a", "b", "c")
    while await sync_to_async(store.trim)("shop", keep=1):
        pass
    ahead = int(start) + 1000
    for version in (start, str(ahead)):
        async with admin.watch(f"{MAPS}?resourceVersion={version}") as lines:
            event = await lines.next()
            assert event is not None
            assert (event["type"], event["object"]["code"]) == ("ERROR", 410)
            assert event["object"]["reason"] == "Expired"
            assert await lines.next() is None
    old = await admin.get(f"{MAPS}?resourceVersion={start}&resourceVersionMatch=Exact")
    assert (old.status, old.json["reason"]) == (410, "Expired")


async def test_bookmarks_and_the_end_come_in_time(
    admin: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "BOOKMARK_SECONDS", 0.2)
    await admin.make("a")
    start = (await admin.get(MAPS)).version
    quiet = f"/api/v1/secrets?allowWatchBookmarks=true&resourceVersion={start}&timeoutSeconds=1"
    async with admin.watch(quiet) as lines:
        await admin.make("b")
        event = await lines.next()
        assert event is not None
        assert event["type"] == "BOOKMARK"
        assert event["object"]["kind"] == "Secret"
        assert int(event["object"]["metadata"]["resourceVersion"]) > int(start)
        assert await lines.next() is None


async def test_a_streaming_list_ends_with_a_bookmark(admin: Door) -> None:
    await admin.make("a")
    streamed = (
        f"{MAPS}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
    )
    async with admin.watch(streamed) as lines:
        assert await lines.some(1) == [("ADDED", "a")]
        mark = await lines.next()
        assert mark is not None
        assert mark["type"] == "BOOKMARK"
        assert mark["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    refused = await admin.get(f"{MAPS}?watch=1&sendInitialEvents=true")
    assert refused.status == 422


async def test_rows_of_a_watched_table_name_their_columns_once(admin: Door) -> None:
    await admin.make("a", "b")
    table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
    async with admin.watch(MAPS, accept=table) as lines:
        first, second = await lines.next(), await lines.next()
    assert first is not None
    assert second is not None
    assert [column["name"] for column in first["object"]["columnDefinitions"]] == [
        "Name", "Data", "Age",
    ]  # fmt: skip
    assert second["object"]["columnDefinitions"] is None
    assert second["object"]["rows"][0]["cells"][0] == "b"
    assert second["object"]["rows"][0]["object"]["kind"] == "PartialObjectMetadata"


async def test_a_watch_ends_with_its_cluster(admin: Door) -> None:
    start = (await admin.get(MAPS)).version
    async with admin.watch(f"{MAPS}?resourceVersion={start}") as lines:
        assert await lines.is_quiet()
        await sync_to_async(store.delete_cluster)(name="shop")
        event = await lines.next()
        assert event is not None
        assert event["object"]["code"] == 410
        assert await lines.next() is None


async def test_a_watch_ends_when_its_reader_may_no_longer_read(
    admin: Door, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "BOOKMARK_SECONDS", 0.2)
    async with Door().watch(MAPS) as lines:
        assert await lines.is_quiet()
        settings.NETVIZ_PUBLIC = True
        event = await lines.next()
        assert event is not None
        assert event["object"]["code"] == 403
        assert await lines.next() is None


async def test_many_watchers_of_many_lists_miss_nothing(admin: Door) -> None:
    start = (await admin.get(MAPS)).version

    async def follow() -> list[tuple[str, str]]:
        async with admin.watch(f"{MAPS}?resourceVersion={start}") as lines:
            return await lines.some(30)

    watching_ = [asyncio.ensure_future(follow()) for _ in range(30)]
    names = [f"m{number:02}" for number in range(30)]
    for name in names:
        await admin.make(name)
    for seen in await asyncio.gather(*watching_):
        assert seen == [("ADDED", name) for name in names]
