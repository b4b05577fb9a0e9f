"""The database connections of threads that live long: kept between two pieces of work.

To open one costs several times what a small question does, so that Django's way, a new one for
every request, is not for threads that answer hundreds in a second. A connection belongs to its
thread, which closes it at the end: one that outlives its pool keeps a session of PostgreSQL open.
"""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

WAIT_SECONDS = 10.0  # for threads that are still busy


def keep_connections() -> None:
    """Let go of this thread's connections that no longer work; keep the others."""
    for connection in connections.all(initialized_only=True):
        connection.close_at = None
        # A server may have gone meanwhile, a file has not.
        connection.health_check_enabled = connection.vendor != "sqlite"  # type: ignore[attr-defined]
        connection.close_if_unusable_or_obsolete()


def end_workers(executor: ThreadPoolExecutor, count: int) -> None:
    """End the `count` threads of `executor`, their database connections closed.

    Work that was not begun is dropped; what runs is waited for.
    """
    all_here = threading.Barrier(count)
    for _worker in range(count):
        executor.submit(_close_connections, all_here)
    executor.shutdown()


def _close_connections(all_here: threading.Barrier) -> None:
    """Close this thread's connections; waiting for the others gives each thread one call."""
    with contextlib.suppress(threading.BrokenBarrierError):
        all_here.wait(timeout=WAIT_SECONDS)
    connections.close_all()
