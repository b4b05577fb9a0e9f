"""What all requests of this process share: threads that ask the database, and the feeds.

Made with the first request of an event loop, nothing before. Writes have threads of their own, so
that reading goes on while a writer waits for another one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar
from weakref import WeakValueDictionary

from cluster.api.kube.events_recent import Recent
from cluster.runtime.feed import Feeds
from cluster.runtime.workers import end_workers, keep_connections

P = ParamSpec("P")
T = TypeVar("T")
READERS = 4
WRITERS = 2


@dataclass(frozen=True, slots=True)
class Process:
    """The threads and the feeds of one event loop; `recent` Events by the cluster's uid."""

    loop: asyncio.AbstractEventLoop
    readers: ThreadPoolExecutor
    writers: ThreadPoolExecutor
    feeds: Feeds
    recent: WeakValueDictionary[str, Recent] = field(default_factory=WeakValueDictionary)

    async def read(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `work` returns, run in a thread for reading."""
        return await self.loop.run_in_executor(self.readers, _run, work, args, kwargs)

    async def write(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `work` returns, run in a thread for writing."""
        return await self.loop.run_in_executor(self.writers, _run, work, args, kwargs)

    def close(self) -> None:
        """End the threads, their database connections closed."""
        self.feeds.close()
        end_workers(self.readers, READERS)
        end_workers(self.writers, WRITERS)


def _run(work: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]) -> T:
    keep_connections()
    return work(*args, **kwargs)


_process: Process | None = None


def process() -> Process:
    """Return what the requests of the running event loop share."""
    global _process  # noqa: PLW0603 - a process has one event loop, and tests one after the other
    loop = asyncio.get_running_loop()
    if _process is None or _process.loop is not loop:
        close()
        _process = Process(
            loop,
            ThreadPoolExecutor(READERS, thread_name_prefix="kube-read"),
            ThreadPoolExecutor(WRITERS, thread_name_prefix="kube-write"),
            Feeds(loop),
        )
    return _process


def close() -> None:
    """End what the requests shared, where there was any."""
    global _process  # noqa: PLW0603 - as above
    if _process is not None:
        _process.close()
        _process = None
