"""The web server's process: Daphne, made to wait for clients that read slowly.

Daphne answers every send at once and lets Twisted buffer without bound what a client does not
read. Here a send waits while more than a transport's buffer (64 KiB) is on its way, so that the
outboxes (`outbox`) see who is slow. Run it as `python -m cluster.live.server`; it takes Daphne's
arguments.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Protocol

from daphne.cli import CommandLineInterface
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

logger = logging.getLogger(__name__)


class Transport(Protocol):
    """What of Twisted's transports is used here."""

    def registerProducer(self, producer: object, streaming: bool) -> None: ...  # noqa: N802, FBT001, D102
    def unregisterProducer(self) -> None: ...  # noqa: N802, D102


@implementer(IPushProducer)
class Brake:
    """What a transport tells that its buffer is full; method names are Twisted's."""

    def __init__(self) -> None:
        """Start with everything free."""
        self.is_free = asyncio.Event()
        self.is_free.set()

    def pauseProducing(self) -> None:  # noqa: N802
        """Hear that the buffer is full."""
        self.is_free.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        """Hear that the buffer is empty again."""
        self.is_free.set()

    def stopProducing(self) -> None:  # noqa: N802
        """Hear that the client is gone: whoever waits goes on, and finds that out."""
        self.is_free.set()


class PatientServer(Server):  # type: ignore[misc]  # the library has no types
    """Daphne's server, waiting for slow WebSockets."""

    def protocol_connected(self, protocol: Any) -> None:
        """Put a brake on every WebSocket."""
        super().protocol_connected(protocol)
        if isinstance(protocol, WebSocketProtocol):
            self.connections[protocol]["brake"] = fit(protocol.transport)

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Send a message; a WebSocket's, once there is room for it."""
        await super().handle_reply(protocol, message)
        brake: Brake | None = self.connections.get(protocol, {}).get("brake")
        if brake is not None and message["type"] == "websocket.send":
            await brake.is_free.wait()


def fit(transport: Transport) -> Brake:
    """Return a brake that `transport` tells about its buffer, in the place of the HTTP channel."""
    brake = Brake()
    transport.unregisterProducer()
    transport.registerProducer(brake, True)  # noqa: FBT003 - Twisted's signature: it is streaming
    return brake


class Command(CommandLineInterface):  # type: ignore[misc]  # the library has no types
    """Daphne's command line."""

    server_class = PatientServer


if __name__ == "__main__":
    Command.entrypoint()
