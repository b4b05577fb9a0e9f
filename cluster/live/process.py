"""What all sockets of this process share: made when the first one opens, nothing before."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from cluster.live.desk import Desk
from cluster.live.hub import Hub
from cluster.live.source import ReplicaSource
from cluster.runtime.replica import replicas
from cluster.runtime.workers import end_workers

WORKERS = 2


@dataclass(frozen=True, slots=True)
class Live:
    """The hub of views, the desk of events, and the threads that work for both."""

    loop: asyncio.AbstractEventLoop
    executor: ThreadPoolExecutor
    hub: Hub
    desk: Desk

    def close(self) -> None:
        """End the threads, their database connections closed."""
        end_workers(self.executor, WORKERS)


_live: Live | None = None


def live() -> Live:
    """Return what the sockets of the running event loop share."""
    global _live  # noqa: PLW0603 - a process has one event loop, and tests one after the other
    loop = asyncio.get_running_loop()
    if _live is None or _live.loop is not loop:
        close()
        source = ReplicaSource(replicas)
        executor = ThreadPoolExecutor(WORKERS, thread_name_prefix="live")
        _live = Live(loop, executor, Hub(source, executor), Desk(source, executor))
    return _live


def close() -> None:
    """End what the sockets shared, where any was open."""
    global _live  # noqa: PLW0603 - as above
    if _live is not None:
        _live.close()
        _live = None
