"""The open pages of events: each update told once, to all who listen to its cluster.

As with views (`hub`), nobody is waited for: a client that is too slow is told that it missed
something, and reads its page anew. All state belongs to the event loop's thread.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial

from cluster.live.happenings import tell
from cluster.live.hub import COALESCE_SECONDS, HEARTBEAT_SECONDS, REFUSED, Member
from cluster.live.messages import Events, Heartbeat, encode
from cluster.live.rights import Hidden, Viewer, hidden_from, sees
from cluster.live.source import Source
from cluster.machinery.errors import NotFound
from cluster.machinery.times import format_time
from cluster.runtime.replica import Update

logger = logging.getLogger(__name__)

MOST_UPDATES = 1_000
"""Updates that wait to be told; beyond, everybody has missed something."""


@dataclass(eq=False, slots=True)
class Room:
    """Those who listen to one cluster, and what they have not been told yet."""

    cluster: str
    members: set[Member] = field(default_factory=set)
    updates: list[Update] = field(default_factory=list)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    revision: int = 0
    time: str = ""
    missed: bool = False
    task: asyncio.Task[None] | None = None


class Desk:
    """See the module."""

    def __init__(self, source: Source, executor: Executor) -> None:
        """Listen to `source` on the running event loop; work in `executor`."""
        self._loop = asyncio.get_running_loop()
        self._source = source
        self._executor = executor
        self._rooms: dict[str, Room] = {}
        source.tell(self._told)

    def join(self, cluster: str, member: Member) -> None:
        """Let a member listen: it gets an empty message with the revision, then what happens."""
        room = self._rooms.get(cluster)
        if room is None:
            room = self._rooms[cluster] = Room(cluster)
            room.task = asyncio.create_task(self._follow(room))
        room.members.add(member)
        self.resync(cluster, member)

    def resync(self, cluster: str, member: Member) -> None:
        """Tell a member where the log stands, and that it may have missed something."""
        room = self._rooms.get(cluster)
        if room is not None and room.revision:
            greet(room, member)

    def leave(self, cluster: str, member: Member) -> None:
        """Forget a member."""
        room = self._rooms.get(cluster)
        if room is None:
            return
        room.members.discard(member)
        if not room.members:
            del self._rooms[cluster]
            if room.task is not None:
                room.task.cancel()

    def _told(self, update: Update) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._note, update)

    def _note(self, update: Update) -> None:
        room = self._rooms.get(update.cluster)
        if room is None:
            return
        if len(room.updates) >= MOST_UPDATES:
            room.updates.clear()
            room.missed = True
        room.updates.append(update)
        room.wake.set()

    async def _follow(self, room: Room) -> None:
        try:
            revision, time = await self._loop.run_in_executor(
                self._executor, self._source.watch, room.cluster
            )
        except NotFound as error:
            for member in list(room.members):
                member.refuse(error.message)
            return
        room.revision, room.time = max(room.revision, revision), time
        for member in list(room.members):
            greet(room, member)
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await room.wake.wait()
            except TimeoutError:
                beat(room)
                continue
            await asyncio.sleep(COALESCE_SECONDS)
            room.wake.clear()
            updates, room.updates = room.updates, []
            try:
                await self._tell(room, updates)
            except Exception:
                logger.exception("what happened in %s could not be told", room.cluster)

    async def _tell(self, room: Room, updates: list[Update]) -> None:
        if not updates:
            return
        listening = {member for member in room.members if not member.is_new}
        viewers = {member.viewer for member in listening}
        work = partial(encode_for, updates, viewers, missed=room.missed)
        hidden, texts = await self._loop.run_in_executor(self._executor, work)
        room.missed = False
        room.revision = updates[-1].revision
        changes = [change for update in updates for change in update.changes]
        if changes:
            room.time = format_time(changes[-1].time)
        for member in listening & room.members:
            kinds = hidden[member.viewer]
            if kinds is None:
                member.refuse(REFUSED)
            else:
                member.outbox.put(texts[kinds])


def greet(room: Room, member: Member) -> None:
    """Tell a member where the log stands; one that fell behind, that it missed something."""
    missed = 0 if member.is_new else 1
    member.is_new = False
    text = encode(Events(type="events", rev=room.revision, events=[], missed=missed))
    member.outbox.put(text)


def beat(room: Room) -> None:
    """Tell everybody that nothing happened."""
    text = encode(Heartbeat(type="heartbeat", rev=room.revision, time=room.time))
    for member in room.members:
        member.outbox.put(text)


def encode_for(
    updates: list[Update], viewers: set[Viewer], *, missed: bool
) -> tuple[dict[Viewer, Hidden | None], dict[Hidden, str]]:
    """Return what each viewer may not see, and the message for each such set of kinds."""
    hidden = hidden_from(viewers)
    texts: dict[Hidden, str] = {}
    for kinds in set(hidden.values()):
        if kinds is not None:
            message = tell(updates, sees(kinds))
            message["missed"] += missed
            texts[kinds] = encode(message)
    return hidden, texts
