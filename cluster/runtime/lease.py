"""Which clusters this engine process works for: leases taken, renewed in time, and lost.

A standby asks for the same leases and gets those whose holder no longer renews them.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable

from cluster.store import ClusterHandle
from cluster.store.leases import give_up, take

logger = logging.getLogger(__name__)

EXPIRY_SECONDS = 10.0
RENEW_SECONDS = 3.0


def process_name() -> str:
    """Return a name that no other process has: host, process id and chance."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"


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
            if take(cluster, self.holder, seconds=self._expiry_seconds):
                self._held.add(cluster.id)
            else:
                self._held.discard(cluster.id)
            if had != (cluster.id in self._held):
                logger.info("%s the lease of %s", "lost" if had else "took", cluster.name)
        return cluster.id in self._held

    def lose(self, cluster: ClusterHandle) -> None:
        """Note that another process has taken the lease."""
        self._held.discard(cluster.id)

    def give_up(self) -> None:
        """End all leases of this process."""
        self._held.clear()
        give_up(self.holder)
