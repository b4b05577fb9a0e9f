"""A world to look at without a database: graphs by topic that change when told to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import orjson

from cluster.live.hub import Hub, Member
from cluster.live.outbox import Outbox
from cluster.live.rights import Viewer
from cluster.live.source import Picture
from cluster.live.topics import Topic
from cluster.machinery.drawing import Graph
from cluster.machinery.errors import not_found
from cluster.machinery.manifest import Manifest, list_at, mapping_at, mappings_at, text_at
from cluster.runtime.replica import Update

LOCAL = Viewer("", None, is_local=True)
TIME = "2026-01-01T00:00:00Z"
MAP = Topic("demo", (("view", "map"),))


@dataclass
class World:
    """One cluster called demo, of which every topic shows the same graph."""

    graph: Graph | None
    number: int = 1
    drawn: int = 0
    hold: threading.Event = field(default_factory=threading.Event)
    listeners: list[Callable[[Update], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hold.set()

    def draw(
        self, topic: Topic, at_least: int, sees: Callable[[str], bool] | None = None
    ) -> Picture:
        self.hold.wait(5)
        self.drawn += 1
        if topic.parameters.get("view") == "none":
            raise ValueError("view: no view 'none'")
        if self.graph is None:
            raise not_found("services", "", "web")
        return Picture(self.graph, self.number, TIME)

    def revision(self, cluster: str) -> int:
        return self.number

    def watch(self, cluster: str) -> tuple[int, str]:
        return self.number, TIME

    def happened(self, cluster: str, since: int, until: int) -> Update:
        return Update(cluster, since, until)

    def tell(self, told: Callable[[Update], None]) -> None:
        self.listeners.append(told)

    def change(self, graph: Graph | None) -> None:
        """Let the cluster change, as a replica's thread tells of it."""
        self.graph = graph
        self.number += 1
        update = Update("demo", self.number - 1, self.number)
        for told in self.listeners:
            told(update)


class Page:
    """A client that applies what it is sent, as the browser does."""

    def __init__(self, hub: Hub, topic: Topic = MAP, *, most: int = 16) -> None:
        self.shown: Manifest = {}
        self.types: list[str] = []
        self.refused: list[str] = []
        self.free = asyncio.Event()
        self.free.set()
        self.hub, self.topic = hub, topic
        self.outbox = Outbox(self.send, self.catch_up, most=most)
        self.outbox.start()
        self.member = Member(LOCAL, self.outbox, self.refused.append)
        hub.join(topic, self.member)

    def catch_up(self) -> None:
        self.hub.resync(self.topic, self.member)

    async def send(self, text: str) -> None:
        await self.free.wait()
        message: Manifest = orjson.loads(text)
        kind = text_at(message, "type") or ""
        self.types.append(kind)
        if kind == "snapshot":
            graph = message["graph"]
            assert isinstance(graph, dict)
            self.shown = {key: value for key, value in graph.items() if value is not None}
        elif kind == "delta":
            assert int(str(message["prev"])) <= int(str(self.shown["rev"]))
            self.shown = applied(self.shown, message)

    async def reaches(self, number: int) -> None:
        """Wait until the page shows what is true at a revision."""
        async with asyncio.timeout(5):
            while not self.shown or int(str(self.shown["rev"])) < number:
                await asyncio.sleep(0.005)

    def close(self) -> None:
        self.hub.leave(self.topic, self.member)
        self.outbox.stop()


def applied(shown: Manifest, message: Manifest) -> Manifest:
    """Return a graph with a delta applied."""
    after = {**shown, "rev": message["rev"], "time": message["time"]}
    for part in ("nodes", "edges", "groups"):
        kept = {text_at(item, "id"): item for item in mappings_at(shown, part)}
        for name in list_at(message, "remove", part):
            del kept[str(name)]
        for item in (*mappings_at(message, "change", part), *mappings_at(message, "add", part)):
            kept[text_at(item, "id")] = item
        after[part] = [kept[name] for name in sorted(kept, key=str)]
    head = message["head"]
    assert isinstance(head, dict)
    table = mapping_at(shown, "table")
    rows = list_at(table, "rows")[:]
    for change in list_at(message, "rows"):
        assert isinstance(change, list)
        rows[int(str(change[0]))] = change[1]
    after["table"] = table | {"rows": rows}
    return {key: value for key, value in {**after, **head}.items() if value is not None}
