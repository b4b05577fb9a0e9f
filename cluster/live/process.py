"""What all sockets of this process share: made when the first one opens, nothing before."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from cluster.live.desk import Desk
from cluster.live.hub import Hub
from cluster.live.source import ReplicaSource
from cluster.runtime.replica import replicas

WORKERS = 2


@dataclass(frozen=True, slots=True)
class Live:
    """The hub of views, the desk of events, and the threads that work for both."""

    loop: asyncio.AbstractEventLoop
    executor: ThreadPoolExecutor
    hub: Hub
    desk: Desk


_live: Live | None = None


def live() -> Live:
    """Return what the sockets of the running event loop share."""
    global _live  # noqa: PLW0603 - a process has one event loop, and tests one after the other
    loop = asyncio.get_running_loop()
    if _live is None or _live.loop is not loop:
        source = ReplicaSource(replicas)
        executor = ThreadPoolExecutor(WORKERS, thread_name_prefix="live")
        _live = Live(loop, executor, Hub(source, executor), Desk(source, executor))
    return _live
