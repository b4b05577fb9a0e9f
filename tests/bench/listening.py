"""Sockets that look at one view: `python -m tests.bench.listening ADDRESS ORIGIN CLIENTS`.

Prints a line per message: the client, the revision, and when it came, on the clock that all
processes of the machine share. Knows nothing of Django, whose server uses another event loop.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from functools import partial
from urllib.parse import urlsplit

from autobahn.asyncio.websocket import WebSocketClientFactory, WebSocketClientProtocol

MOST_SECONDS = 600


class Client(WebSocketClientProtocol):
    """One browser's socket."""

    def __init__(self, number: int) -> None:
        """Call the client by its number."""
        super().__init__()
        self.number = number

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803, FBT001
        """Tell of a message."""
        came = time.perf_counter()
        message = json.loads(payload)
        if message["type"] in {"snapshot", "delta"}:
            print(self.number, message["rev"], came, flush=True)  # noqa: T201 - read by the parent


async def listen(address: str, origin: str, clients: int) -> None:
    """Open the sockets and listen until the process is ended, or for ten minutes."""
    parts = urlsplit(address)
    assert parts.hostname is not None
    assert parts.port is not None
    loop = asyncio.get_running_loop()
    for number in range(clients):
        factory = WebSocketClientFactory(address, origin=origin)  # type: ignore[no-untyped-call]
        factory.protocol = partial(Client, number)  # type: ignore[assignment]  # it is called
        await loop.create_connection(factory, parts.hostname, parts.port)
    await asyncio.sleep(MOST_SECONDS)


if __name__ == "__main__":
    asyncio.run(listen(sys.argv[1], sys.argv[2], int(sys.argv[3])))
