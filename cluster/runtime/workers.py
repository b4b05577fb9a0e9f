"""Ending a pool of threads that ask the database: each closes its own connections.

A connection belongs to its thread; one that outlives the pool keeps a session of PostgreSQL open.
"""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

WAIT_SECONDS = 10.0  # for threads that are still busy


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
