"""Views that are open: computed once, sent to all, and never held up by one of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django import Settings

from cluster.live import drawing
from cluster.live import hub as hub_module
from cluster.live.hub import Hub
from cluster.live.rights import Viewer
from cluster.live.source import Picture
from cluster.live.topics import Topic
from cluster.machinery.drawing import Graph, Verdict
from cluster.topology.rendering import to_json
from tests.live.world import MAP, TIME, Page, World
from tests.topology.graphs import GRAPHS, SMALL

OTHER = replace(SMALL, verdict=Verdict("warn", "one is not ready"))
POOL = ThreadPoolExecutor(2)


@pytest.fixture(autouse=True)
def embedded(settings: Settings) -> None:
    """Readers at this machine need no login, so nothing asks the database."""
    settings.NETVIZ_PUBLIC = False


def fresh(graph: Graph, number: int) -> object:
    document = to_json(graph, revision=number, time=TIME, cluster="demo")
    return {key: value for key, value in document.items() if value is not None}


@pytest.mark.asyncio
async def test_two_pages_of_a_view_see_the_same_and_it_is_drawn_once() -> None:
    world = World(SMALL)
    hub = Hub(world, POOL)
    first = Page(hub)
    await first.reaches(1)
    second = Page(hub)
    await second.reaches(1)
    before = world.drawn

    world.change(OTHER)
    await asyncio.gather(first.reaches(2), second.reaches(2))

    assert world.drawn == before + 1
    assert first.types == second.types == ["snapshot", "delta"]
    assert first.shown == second.shown == fresh(OTHER, 2)
    first.close()
    second.close()


class Slow(World):
    """A world that changes while a picture of it is on its way."""

    def draw(
        self, topic: Topic, at_least: int, sees: Callable[[str], bool] | None = None
    ) -> Picture:
        picture = super().draw(topic, at_least, sees)
        self.taken.set()
        self.release.wait(5)
        return picture

    taken = threading.Event()
    release = threading.Event()


@pytest.mark.asyncio
async def test_a_change_told_of_while_an_older_picture_is_on_its_way_is_not_lost() -> None:
    world = Slow(SMALL)
    world.release.set()
    page = Page(Hub(world, POOL))
    await page.reaches(1)
    world.release.clear()
    world.taken.clear()

    world.change(SMALL)
    async with asyncio.timeout(5):
        while not world.taken.is_set():
            await asyncio.sleep(0.005)
    world.change(OTHER)
    await asyncio.sleep(0.01)
    world.release.set()
    await page.reaches(3)

    assert page.shown == fresh(OTHER, 3)
    page.close()


@examples(max_examples=20)
@given(st.lists(GRAPHS, min_size=1, max_size=6), st.lists(st.booleans(), min_size=6, max_size=6))
def test_snapshot_and_deltas_show_what_a_fresh_snapshot_would(
    graphs: list[Graph], pauses: list[bool]
) -> None:
    async def look() -> None:
        world = World(graphs[0])
        hub = Hub(world, POOL)
        page = Page(hub)
        await page.reaches(1)
        for graph, pause in zip(graphs[1:], pauses, strict=False):
            world.change(graph)
            if pause:
                await asyncio.sleep(0.05)
        late = Page(hub)
        world.change(replace(graphs[-1], title="the last one"))
        await asyncio.gather(page.reaches(world.number), late.reaches(world.number))

        assert world.graph is not None
        assert page.shown == late.shown == fresh(world.graph, world.number)
        page.close()
        late.close()

    asyncio.run(look())


@pytest.mark.asyncio
async def test_a_stuck_page_does_not_delay_the_others_and_catches_up_by_a_snapshot() -> None:
    world = World(SMALL)
    hub = Hub(world, POOL)
    stuck, free = Page(hub, most=2), Page(hub)
    await asyncio.gather(stuck.reaches(1), free.reaches(1))
    stuck.free.clear()

    for turn in range(8):
        world.change(OTHER if turn % 2 == 0 else SMALL)
        await free.reaches(world.number)
    assert stuck.types == ["snapshot"]
    world.change(replace(SMALL, title="meanwhile"))
    await free.reaches(world.number)
    stuck.free.set()
    await stuck.reaches(world.number)

    assert stuck.types[-1] == "snapshot"
    assert len(stuck.types) < len(free.types)
    assert stuck.shown == free.shown
    stuck.close()
    free.close()


@pytest.mark.asyncio
async def test_changes_that_come_together_are_one_delta() -> None:
    world = World(SMALL)
    hub = Hub(world, POOL)
    page = Page(hub)
    await page.reaches(1)

    for turn in range(20):
        world.change(replace(SMALL, title=f"turn {turn}"))
    await page.reaches(world.number)

    assert page.types.count("delta") <= 2
    assert page.shown["title"] == "turn 19"
    page.close()


@pytest.mark.asyncio
async def test_a_change_that_the_view_does_not_show_is_not_sent() -> None:
    world = World(SMALL)
    hub = Hub(world, POOL)
    page = Page(hub)
    await page.reaches(1)

    world.change(SMALL)
    await asyncio.sleep(0.2)
    world.change(OTHER)
    await page.reaches(3)

    assert page.types == ["snapshot", "delta"]
    page.close()


@pytest.mark.asyncio
async def test_a_view_whose_object_goes_says_so_once_and_returns_as_a_snapshot() -> None:
    world = World(SMALL)
    hub = Hub(world, POOL)
    page = Page(hub)
    await page.reaches(1)

    world.change(None)
    await asyncio.sleep(0.1)
    world.change(None)
    await asyncio.sleep(0.1)
    world.change(OTHER)
    await page.reaches(world.number)

    assert page.types == ["snapshot", "gone", "snapshot"]
    page.close()


@pytest.mark.asyncio
async def test_a_page_that_joins_while_a_pass_is_on_its_way_gets_its_snapshot_first() -> None:
    world = World(SMALL)
    hub = Hub(world, POOL)
    first = Page(hub)
    await first.reaches(1)
    world.hold.clear()
    world.change(OTHER)
    await asyncio.sleep(0.1)
    second = Page(hub)
    world.hold.set()
    await asyncio.gather(first.reaches(2), second.reaches(2))

    assert second.types[0] == "snapshot"
    assert second.shown == first.shown
    first.close()
    second.close()


@pytest.mark.asyncio
async def test_a_query_that_names_no_view_is_refused_with_a_sentence() -> None:
    hub = Hub(World(SMALL), POOL)
    page = Page(hub, Topic("demo", (("view", "none"),)))
    await asyncio.sleep(0.1)

    assert page.refused == ["view: no view 'none'"]
    page.close()


@pytest.mark.asyncio
async def test_what_no_hint_told_is_noticed_by_the_next_heartbeat(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub_module, "HEARTBEAT_SECONDS", 0.05)
    world = World(SMALL)
    hub = Hub(world, POOL)
    page = Page(hub)
    await page.reaches(1)
    world.graph, world.number = OTHER, 9

    await page.reaches(9)

    assert "heartbeat" in page.types or page.types == ["snapshot", "delta"]
    page.close()


@pytest.mark.asyncio
async def test_nothing_is_kept_of_a_view_that_nobody_looks_at() -> None:
    hub = Hub(World(SMALL), POOL)
    page = Page(hub)
    await page.reaches(1)
    assert hub.topics == [MAP]

    page.close()

    assert hub.topics == []


class Asking(World):
    """A world that remembers by which rights it was drawn."""

    asked: ClassVar[list[bool]] = []

    def draw(
        self, topic: Topic, at_least: int, sees: Callable[[str], bool] | None = None
    ) -> Picture:
        self.asked.append(sees is None or sees("NetworkPolicy"))
        return super().draw(topic, at_least, sees)


@pytest.mark.parametrize("query", [(), (("find", "x"),)])
def test_a_view_is_drawn_by_the_rights_of_its_readers(
    query: tuple[tuple[str, str], ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = Asking(SMALL)
    Asking.asked.clear()
    viewer = Viewer("", None, is_local=True)
    hidden = frozenset({"NetworkPolicy"})
    monkeypatch.setattr(drawing, "hidden_from", lambda _viewers: {viewer: hidden})
    order = drawing.Order(Topic("demo", query), 0, None, 0, [viewer], [viewer])

    found = drawing.draw(world, order)

    assert Asking.asked == [True, False]
    assert set(found.snapshots) == {hidden}
