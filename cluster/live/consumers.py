"""The sockets: a view, a cluster's events, hints that it changed, one import."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl

from django.db import close_old_connections

from cluster.live.desk import Listener
from cluster.live.hub import HEARTBEAT_SECONDS, Member
from cluster.live.messages import CLOSE_GONE, CLOSE_MALFORMED, Import, encode
from cluster.live.process import live
from cluster.live.rights import hidden_from
from cluster.live.socket import Socket
from cluster.live.topics import LANGUAGE, Topic, topic_of
from cluster.machinery.errors import NotFound
from cluster.machinery.manifest import Manifest
from cluster.machinery.texts import say
from cluster.questions.views.request import BadParameter
from cluster.store.imports import Import as Job
from cluster.store.imports import find_import, import_results

LOOK_SECONDS = 0.3
"""How often an import is looked at while somebody watches: the engine's process carries it out."""

ROWS_AT_ONCE = 200
LONGEST = 19
"""Digits of a revision, which is a signed number of 64 bits."""


class GraphSocket(Socket):
    """A view of a cluster: a snapshot, then deltas."""

    topic: Topic | None = None
    member: Member

    async def open(self) -> None:
        """Join the view that the address asks for."""
        try:
            topic = topic_of(self.cluster, self.scope["query_string"])
        except BadParameter as error:
            await self.end(error.message, CLOSE_MALFORMED)
            return
        except ValueError as error:  # more parameters than any page has
            await self.end(str(error), CLOSE_MALFORMED)
            return
        self.member = Member(self.viewer, self.outbox, self.refuse)
        self.topic = topic
        live().hub.join(topic, self.member)

    def shut(self) -> None:
        """Leave the view."""
        if self.topic is not None:
            live().hub.leave(self.topic, self.member)
            self.topic = None

    def resync(self) -> None:
        """Ask for a snapshot with the next pass."""
        if self.topic is not None:
            live().hub.resync(self.topic, self.member)


class EventsSocket(Socket):
    """What happens in a cluster, from the revision `since` on (default: from now on)."""

    member: Listener | None = None
    only_hints = False

    async def open(self) -> None:
        """Listen."""
        given = dict(parse_qsl(self.scope["query_string"].decode("ascii", errors="replace")))
        text = given.get("since", "")
        since = int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST else 0
        self.member = Listener(
            self.viewer, self.outbox, self.refuse, since=since, only_hints=self.only_hints,
            language=given.get(LANGUAGE, ""),
        )  # fmt: skip
        live().desk.join(self.cluster, self.member)

    def shut(self) -> None:
        """Listen no more."""
        if self.member is not None:
            live().desk.leave(self.cluster, self.member)
            self.member = None

    def resync(self) -> None:
        """Hear from the log what was missed."""
        if self.member is not None:
            live().desk.resync(self.cluster, self.member)


class ChangesSocket(EventsSocket):
    """A heartbeat as soon as something happened in a cluster, for pages that fetch it anew."""

    only_hints = True


class ImportSocket(Socket):
    """How far an import is, until it ends."""

    task: asyncio.Task[None] | None = None
    seen = -1

    async def open(self) -> None:
        """Watch."""
        self.task = asyncio.create_task(self._watch())

    def shut(self) -> None:
        """Watch no more."""
        if self.task is not None and self.task is not asyncio.current_task():
            self.task.cancel()

    def resync(self) -> None:
        """Send every row again."""
        self.seen = -1

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        last, idle = "", 0.0
        while True:
            number = int(self.scope["url_route"]["kwargs"]["import"])
            found = await loop.run_in_executor(live().executor, self._look, number)
            if found is None:
                await self.end(say("There is no such import here."), CLOSE_GONE)
                return
            job, message = found
            text = encode(message)
            if text != last or idle >= HEARTBEAT_SECONDS:
                self.outbox.put(text)
                idle = 0.0
            if not job.is_active and not message["rows"]:
                await self.outbox.flush()
                await self.close()
                return
            last = encode({**message, "rows": []})
            idle += LOOK_SECONDS
            await asyncio.sleep(0 if message["rows"] else LOOK_SECONDS)

    def _look(self, number: int) -> tuple[Job, Import] | None:
        """Return the import as it is now, None where it is not there for this reader."""
        close_old_connections()
        hidden = hidden_from([self.viewer])[self.viewer]
        try:
            job = find_import(number)
        except NotFound:
            return None
        if hidden is None or job.cluster != self.cluster:
            return None
        results = import_results(number, after=self.seen, limit=ROWS_AT_ONCE)
        if results:
            self.seen = results[-1].position
        rows: list[Manifest] = [
            {
                "position": result.position, "outcome": result.outcome, "file": result.file,
                "line": result.line, "kind": result.kind, "namespace": result.namespace,
                "name": result.name, "message": result.message, "notices": [*result.notices],
            }
            for result in results
            if result.kind not in hidden
        ]  # fmt: skip
        message = Import(
            type="import",
            phase=job.phase,
            state=job.state,
            done=job.done,
            total=job.total,
            counts=job.counts,
            rows=rows,
        )
        return job, message
