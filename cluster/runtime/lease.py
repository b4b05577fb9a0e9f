"""Which clusters this engine process works for: leases taken, renewed in time, and lost.

A standby asks for the same leases and gets those whose holder no longer renews them. A holder of
this machine that has died is replaced at once: an engine that crashed and was restarted need not
wait for its own past.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable
from pathlib import Path

from cluster.store import ClusterHandle
from cluster.store.leases import give_up, holder_of, take

logger = logging.getLogger(__name__)

EXPIRY_SECONDS = 10.0
RENEW_SECONDS = 3.0


def process_name() -> str:
    """Return a name that no other process has: machine, process id and chance."""
    return f"{machine_name()}/{os.getpid()}/{secrets.token_hex(3)}"


def machine_name() -> str:
    """Return what processes share that can tell by a process id whether another one lives.

    On Linux that is a namespace of process ids: containers may share the name of their host.
    """
    try:
        namespace = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        namespace = 0
    return f"{socket.gethostname()}-{namespace}"


def is_dead(holder: str) -> bool:
    """Whether `holder` was a process of this machine and has ended."""
    machine, _slash, rest = holder.partition("/")
    pid = rest.partition("/")[0]
    if machine != machine_name() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


class Leases:
    """The leases of one process."""

    def __init__(
        self,
        holder: str,
        *,
        expiry_seconds: float = EXPIRY_SECONDS,
        renew_seconds: float = RENEW_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Hold none yet."""
        self.holder = holder
        self._expiry_seconds = expiry_seconds
        self._renew_seconds = renew_seconds
        self._clock = clock
        self._asked: dict[int, float] = {}
        self._held: set[int] = set()

    def hold(self, cluster: ClusterHandle) -> bool:
        """Return whether this process works for `cluster`, renewing or asking when it is time."""
        now = self._clock()
        if now - self._asked.get(cluster.id, -self._renew_seconds) >= self._renew_seconds:
            self._asked[cluster.id] = now
            had = cluster.id in self._held
            if self._take(cluster):
                self._held.add(cluster.id)
            else:
                self._held.discard(cluster.id)
            if had != (cluster.id in self._held):
                logger.info("%s the lease of %s", "lost" if had else "took", cluster.name)
        return cluster.id in self._held

    def _take(self, cluster: ClusterHandle) -> bool:
        if take(cluster, self.holder, seconds=self._expiry_seconds):
            return True
        other = holder_of(cluster)
        if other is None or not is_dead(other.holder):
            return False
        return take(cluster, self.holder, seconds=self._expiry_seconds, instead_of=other.holder)

    def lose(self, cluster: ClusterHandle) -> None:
        """Note that another process has taken the lease."""
        self._held.discard(cluster.id)

    def give_up(self) -> None:
        """End all leases of this process."""
        self._held.clear()
        self._asked.clear()
        give_up(self.holder)
