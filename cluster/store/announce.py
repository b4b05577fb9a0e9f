"""Hints that a cluster has a new revision. Losing every one of them makes netviz only slower.

After a commit, listeners of this process are called and other processes get a message: with
PostgreSQL by NOTIFY, with SQLite by a datagram to each port filed in the data directory
(`cluster.runtime.announce` listens). A hint is `<cluster> <revision>`; the truth is in the log.
"""

from __future__ import annotations

import contextlib
import logging
import socket
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from cluster.store import rows

logger = logging.getLogger(__name__)

CHANNEL = "netviz"
Listener = Callable[[str, int], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> Callable[[], None]:
    """Call `listener` with cluster and revision after every commit of this process.

    It runs in the writer's thread and must return at once. Returns what ends the listening.
    """
    _listeners.append(listener)

    def stop() -> None:
        with contextlib.suppress(ValueError):
            _listeners.remove(listener)

    return stop


def on_commit(cluster: str, revision: int) -> None:
    """Announce `revision` once the running transaction has been committed."""
    hint = f"{cluster} {revision}"
    if rows.is_postgres():
        with connection.cursor() as cursor:  # PostgreSQL itself waits for the commit
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, hint])

    def tell() -> None:
        for listener in tuple(_listeners):
            try:
                listener(cluster, revision)
            except Exception:
                logger.exception("a listener failed on revision %d of %s", revision, cluster)
        if not rows.is_postgres():
            send(hint)

    transaction.on_commit(tell)


def hints_directory() -> Path:
    """Return where listening processes file their ports."""
    return Path(settings.NETVIZ_DATA) / "hints"


def send(hint: str) -> None:
    """Send a hint to every listening process of this machine; failures do not matter."""
    try:
        ports = [int(file.name) for file in hints_directory().iterdir() if file.name.isdigit()]
    except OSError:
        return
    if not ports:
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, contextlib.suppress(OSError):
        sender.setblocking(False)  # noqa: FBT003 - the socket's own signature
        for port in ports:
            with contextlib.suppress(OSError):
                sender.sendto(hint.encode(), ("127.0.0.1", port))
