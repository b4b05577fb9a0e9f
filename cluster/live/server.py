"""The web server's process: Daphne, made to wait for clients that read slowly.

Daphne answers every send at once and lets Twisted buffer without bound what a client does not
read. Here a send waits while more than a transport's buffer (64 KiB) is on its way, so that the
outboxes (`outbox`) see who is slow, and watches of the Kubernetes API stay where they are. What
asks that API to upgrade (exec, port-forward) is answered as plain HTTP, in words. Run it as
`python -m cluster.live.server`; it takes Daphne's arguments.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Protocol

from daphne.cli import CommandLineInterface
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

logger = logging.getLogger(__name__)

KUBERNETES = b"/clusters/"


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


class PlainRequest(WebRequest):  # type: ignore[misc]  # the library has no types
    """A request that the Kubernetes API answers even where it asks for another protocol."""

    def process(self) -> Any:
        """Take it for what it is below that API: HTTP."""
        if self.path.startswith(KUBERNETES):
            self.requestHeaders.removeHeader(b"upgrade")
        return super().process()


class PlainFactory(HTTPFactory):  # type: ignore[misc]  # the library has no types
    """Daphne's factory, for such requests."""

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        """Return the protocol of a connection."""
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = PlainRequest
        return protocol


class PatientServer(Server):  # type: ignore[misc]  # the library has no types
    """Daphne's server, waiting for slow WebSockets and slow readers of streams."""

    @property
    def http_factory(self) -> Any:
        """The factory of connections; what Daphne sets is replaced by ours."""
        return self._http_factory

    @http_factory.setter
    def http_factory(self, _daphnes: Any) -> None:
        self._http_factory = PlainFactory(self)

    def protocol_connected(self, protocol: Any) -> None:
        """Put a brake on every WebSocket."""
        super().protocol_connected(protocol)
        if isinstance(protocol, WebSocketProtocol):
            self.connections[protocol]["brake"] = fit(protocol.transport)

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Send a message; a WebSocket's or a stream's, once there is room for the next."""
        details = self.connections.get(protocol, {})
        brake: Brake | None = details.get("brake")
        if message["type"] == "http.response.body":
            if message.get("more_body"):
                if brake is None and "disconnected" not in details:
                    brake = details["brake"] = Brake()
                    protocol.registerProducer(brake, True)  # noqa: FBT003 - Twisted's signature
            elif brake is not None and protocol.producer is not None:
                protocol.unregisterProducer()
        await super().handle_reply(protocol, message)
        if brake is not None and (message["type"] == "websocket.send" or message.get("more_body")):
            await brake.is_free.wait()

    def protocol_disconnected(self, protocol: Any) -> None:
        """Let go whoever waits for a client that is gone."""
        brake: Brake | None = self.connections.get(protocol, {}).get("brake")
        if brake is not None:
            brake.stopProducing()
        super().protocol_disconnected(protocol)


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
