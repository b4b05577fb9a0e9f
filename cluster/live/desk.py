"""The open pages of a cluster that draw no view: each update told once, to all who listen to it.

Pages of events are told what happened. Others only get a hint, a heartbeat that comes at once:
their reader fetches what it shows anew.

As with views (`hub`), nobody is waited for. A member that joins (`since` the revision its page
shows) or fell behind is a newcomer: it is told from the log what it has not heard, then what
happens. All state belongs to the event loop's thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from cluster.live.happenings import join, tell
from cluster.live.hub import COALESCE_SECONDS, HEARTBEAT_SECONDS, REFUSED, RETRY_SECONDS, Member
from cluster.live.messages import Events, Heartbeat, encode
from cluster.live.rights import Hidden, Viewer, hidden_from, sees
from cluster.live.source import Source
from cluster.machinery.errors import NotFound
from cluster.machinery.manifest import Manifest
from cluster.machinery.times import format_time
from cluster.runtime.replica import Update
from cluster.runtime.wording import ENGLISH, worded

logger = logging.getLogger(__name__)

MOST_UPDATES = 1_000
"""Updates that wait to be told; beyond, everybody is told from the log."""


@dataclass(eq=False, slots=True)
class Listener(Member):
    """A member that has heard everything up to `since`; one that `only_hints` is told no more.

    `language` is that of its page, "" for English.
    """

    since: int = 0
    only_hints: bool = False
    language: str = ""


@dataclass(eq=False, slots=True)
class Room:
    """Those who listen to one cluster, and what they have not been told yet."""

    cluster: str
    members: set[Listener] = field(default_factory=set)
    updates: list[Update] = field(default_factory=list)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    revision: int = 0
    time: str = ""
    task: asyncio.Task[None] | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """One round of telling, from a worker thread.

    `hidden` tells what each viewer may not see (None: nothing may be sent), `texts` what happened
    for each such set of kinds and language, `backlogs` the same for each newcomer's revision.
    """

    hidden: Mapping[Viewer, Hidden | None]
    texts: Mapping[tuple[Hidden, str], str]
    backlogs: Mapping[tuple[int, Hidden, str], str]
    hint: str


class Desk:
    """See the module."""

    def __init__(self, source: Source, executor: Executor) -> None:
        """Listen to `source` on the running event loop; work in `executor`."""
        self._loop = asyncio.get_running_loop()
        self._source = source
        self._executor = executor
        self._rooms: dict[str, Room] = {}
        source.tell(self._told)

    def join(self, cluster: str, member: Listener) -> None:
        """Let a member listen."""
        room = self._rooms.get(cluster)
        if room is None:
            room = self._rooms[cluster] = Room(cluster)
            room.task = asyncio.create_task(self._follow(room))
        room.members.add(member)
        self.resync(cluster, member)

    def resync(self, cluster: str, member: Listener) -> None:
        """Tell a member, from the log, what it has not heard."""
        member.is_new = True
        room = self._rooms.get(cluster)
        if room is not None:
            room.wake.set()

    def leave(self, cluster: str, member: Listener) -> None:
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
            for member in room.members:
                member.is_new = True
        room.updates.append(update)
        room.wake.set()

    async def _follow(self, room: Room) -> None:
        while True:
            try:
                room.revision, room.time = await self._loop.run_in_executor(
                    self._executor, self._source.watch, room.cluster
                )
                break
            except NotFound as error:
                for member in list(room.members):
                    member.refuse(error.message)
                return
            except Exception:
                logger.exception("%s could not be followed", room.cluster)
                await asyncio.sleep(RETRY_SECONDS)
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await room.wake.wait()
            except TimeoutError:
                beat(room)
                continue
            await asyncio.sleep(COALESCE_SECONDS)
            room.wake.clear()
            try:
                await self._round(room)
            except Exception:
                logger.exception("what happened in %s could not be told", room.cluster)
                for member in room.members:
                    member.is_new = True
                await asyncio.sleep(RETRY_SECONDS)
                room.wake.set()

    async def _round(self, room: Room) -> None:
        updates, room.updates = room.updates, []
        newcomers = {member for member in room.members if member.is_new}
        others = {member for member in room.members if not member.is_new}
        room.revision = max([room.revision, *(update.revision for update in updates)])
        times = [change.time for update in updates for change in update.changes]
        room.time = format_time(times[-1]) if times else room.time
        work = partial(
            make_round,
            self._source,
            updates,
            room.cluster,
            hint=Heartbeat(type="heartbeat", rev=room.revision, time=room.time),
            viewers={member.viewer for member in room.members},
            listeners={
                (member.viewer, member.language) for member in others if not member.only_hints
            },
            since={
                (member.since, member.viewer, member.language)
                for member in newcomers
                if not member.only_hints
            },
        )
        made = await self._loop.run_in_executor(self._executor, work)
        for member in (newcomers | others) & room.members:
            self._give(room, member, made, is_newcomer=member in newcomers)

    @staticmethod
    def _give(room: Room, member: Listener, made: Round, *, is_newcomer: bool) -> None:
        hidden = made.hidden[member.viewer]
        if hidden is None:
            member.refuse(REFUSED)
            return
        if member.only_hints:
            text: str | None = made.hint
            member.is_new = False
        elif is_newcomer:
            text = made.backlogs[member.since, hidden, member.language]
            member.is_new = False
        elif member.is_new:  # fell behind meanwhile: its turn is the next round
            return
        else:
            text = made.texts.get((hidden, member.language))
        member.since = room.revision
        if text is not None:
            member.outbox.put(text)


def beat(room: Room) -> None:
    """Tell everybody that nothing happened."""
    text = encode(Heartbeat(type="heartbeat", rev=room.revision, time=room.time))
    for member in room.members:
        if not member.is_new:
            member.outbox.put(text)


def make_round(
    source: Source,
    updates: Collection[Update],
    cluster: str,
    *,
    hint: Heartbeat,
    viewers: Collection[Viewer],
    listeners: Collection[tuple[Viewer, str]],
    since: Collection[tuple[int, Viewer, str]],
) -> Round:
    """Return one round: `updates` for those who listen, the log up to now for newcomers.

    `hint` says up to where that is.
    """
    revision = hint["rev"]
    hidden = hidden_from(viewers)
    texts: dict[tuple[Hidden, str], str] = {}
    for kinds, language in {(hidden[viewer], language) for viewer, language in listeners}:
        if kinds is not None and updates:
            texts[kinds, language] = _in(language, tell(updates, sees(kinds)))
    backlogs: dict[tuple[int, Hidden, str], str] = {}
    for heard, viewer, language in since:
        kinds = hidden[viewer]
        if kinds is not None and (heard, kinds, language) not in backlogs:
            missed = source.happened(cluster, heard or revision, revision)
            told = join(missed, revision, sees(kinds))
            backlogs[heard, kinds, language] = _in(language, told)
    return Round(hidden, texts, backlogs, encode(hint))


def _in(language: str, told: Events) -> str:
    """Return a message encoded, its sentences in a language, English for ""."""
    return encode(worded(cast("Manifest", told), language or ENGLISH))
