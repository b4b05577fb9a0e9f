"""What waits to be sent to one client. A slow client is dropped to a resync, never waited for.

`put` never waits: it runs for every client of a view in turn. When a client has too much waiting,
all of it is dropped and the client is *behind*; once the message on its way has gone out,
`catch_up` is called, and the client gets a snapshot in the place of everything that was dropped.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

MOST_WAITING = 16
"""Messages that wait for one client: with changes joined every 30 ms, half a second of them."""


class Outbox:
    """The messages of one client, in order."""

    def __init__(
        self,
        send: Callable[[str], Awaitable[None]],
        catch_up: Callable[[], None],
        *,
        most: int = MOST_WAITING,
    ) -> None:
        """Send with `send`, one message after the other."""
        self._send = send
        self._catch_up = catch_up
        self._most = most
        self._waiting: deque[str] = deque()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.is_behind = False

    def start(self) -> None:
        """Begin sending."""
        self._task = asyncio.create_task(self._run())

    def stop(self) -> None:
        """Send nothing more."""
        if self._task is not None:
            self._task.cancel()

    def put(self, text: str) -> None:
        """Queue a message; drop everything where too much is waiting."""
        if self.is_behind:
            return
        if len(self._waiting) >= self._most:
            self._waiting.clear()
            self.is_behind = True
        else:
            self._waiting.append(text)
        self._wake.set()

    async def flush(self) -> None:
        """Wait until everything queued so far was sent."""
        while self._waiting or self._wake.is_set():
            await asyncio.sleep(0.01)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            while self._waiting:
                await self._send(self._waiting.popleft())
            self._wake.clear()
            if self.is_behind:
                self.is_behind = False
                self._catch_up()
