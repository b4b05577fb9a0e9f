"""Keeping Python's garbage collector away from work that makes many objects and drops them all.

A list of ten thousand manifests is a million objects without a cycle; looking through them again
and again takes as long as the rest of the work.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_paused = 0
_was_enabled = False


@contextmanager
def paused() -> Iterator[None]:
    """Pause the collector until the last of those who paused it is done."""
    global _paused, _was_enabled  # noqa: PLW0603 - the collector is the process's
    with _lock:
        if not _paused:
            _was_enabled = gc.isenabled()
            gc.disable()
        _paused += 1
    try:
        yield
    finally:
        with _lock:
            _paused -= 1
            if not _paused and _was_enabled:
                gc.enable()
