"""What every socket does: let in who may read, send through an outbox, say why it closes."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl

from channels.generic.websocket import AsyncWebsocketConsumer

from cluster.live.messages import CLOSE_REFUSED, Error, decode, encode
from cluster.live.outbox import Outbox
from cluster.live.process import live
from cluster.live.rights import Viewer, hidden_from, viewer_of
from cluster.live.topics import LANGUAGE, LONGEST_QUERY
from cluster.machinery.texts import say
from cluster.runtime.wording import said


class Socket(AsyncWebsocketConsumer):  # type: ignore[misc]  # the library has no types
    """One client; the sockets below say what it looks at (`open`, `shut`, `resync`)."""

    outbox: Outbox
    viewer: Viewer
    closing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin: the client has been let in."""
        raise NotImplementedError

    def shut(self) -> None:
        """End: the client has gone."""

    def resync(self) -> None:
        """Give the client the whole picture again."""

    @property
    def cluster(self) -> str:
        """The name of the cluster in the address."""
        return str(self.scope["url_route"]["kwargs"]["cluster"])

    @property
    def language(self) -> str:
        """The language of the client's page, which the address names; "" for English."""
        query = str(self.scope["query_string"], "ascii", "replace")
        return dict(parse_qsl(query[:LONGEST_QUERY])).get(LANGUAGE, "")

    async def connect(self) -> None:
        """Let in who may read; others hear why not."""
        await self.accept()
        self.viewer = viewer_of(self.scope)
        self.outbox = Outbox(self.send, self.resync)
        loop = asyncio.get_running_loop()
        hidden = await loop.run_in_executor(live().executor, hidden_from, [self.viewer])
        if hidden[self.viewer] is None:
            await self.end(say("Reading needs a login here."))
            return
        self.outbox.start()
        await self.open()

    async def disconnect(self, code: int) -> None:
        """Forget the client."""
        self.shut()
        if hasattr(self, "outbox"):
            self.outbox.stop()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Hear the client: `resync` asks for a snapshot, `ping` for nothing."""
        if decode(text_data).get("type") == "resync":
            self.resync()

    def refuse(self, message: str) -> None:
        """Say why, and close; called from where nobody waits."""
        if self.closing is None:
            self.closing = asyncio.create_task(self.end(message))

    async def end(self, message: str, code: int = CLOSE_REFUSED) -> None:
        """Say why in the language of the client's page, and close."""
        self.shut()
        self.outbox.stop()
        text = said(message, self.language)
        await self.send(text_data=encode(Error(type="error", message=text)))
        await self.close(code=code)
