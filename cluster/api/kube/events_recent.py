"""The Events of one cluster seen last, read once for all who watch them.

Its state belongs to the event loop. A watcher that stands before what is held here reads the table
by itself, once; from then on it is served from here.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from cluster.machinery.manifest import Manifest

MOST_HELD = 5_000
SHORTEST_WAIT = 0.2  # seconds between two readings of the table

Seen: TypeAlias = "tuple[datetime, Manifest]"
"""When an Event was seen last, and the Event."""
Read: TypeAlias = Callable[[datetime], Awaitable[list[Seen]]]
"""Reads the Events seen after a moment, oldest first."""


@dataclass(eq=False)
class Recent:
    """Every Event seen after `start` and up to `reached`."""

    start: datetime
    read: Read
    reached: datetime = field(init=False)
    readings: int = 0
    _held: list[Seen] = field(default_factory=list)
    _read_at: float = float("-inf")
    _one_reads: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        """Hold nothing yet."""
        self.reached = self.start

    async def after(self, since: datetime) -> tuple[list[Manifest], datetime] | None:
        """Return the Events after a moment and where they end; None: not all are held here."""
        async with self._one_reads:
            clock = asyncio.get_running_loop().time
            if clock() - self._read_at >= SHORTEST_WAIT:
                self._take(await self.read(self.reached))
                self._read_at = clock()
        if since < self.start:
            return None
        first = bisect_right(self._held, since, key=lambda seen: seen[0])
        return [event for _moment, event in self._held[first:]], max(since, self.reached)

    def _take(self, seen: list[Seen]) -> None:
        self.readings += 1
        if not seen:
            return
        again = {_uid(event) for _moment, event in seen}
        self._held = [held for held in self._held if _uid(held[1]) not in again] + seen
        self.reached = seen[-1][0]
        if len(self._held) > MOST_HELD:
            self.start = self._held[-MOST_HELD - 1][0]
            self._held = [held for held in self._held if held[0] > self.start]


def _uid(event: Manifest) -> object:
    meta = event["metadata"]
    return meta.get("uid") if isinstance(meta, dict) else None
