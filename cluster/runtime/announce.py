"""Listening for hints of new revisions, from this process and from others.

SQLite: a UDP socket on loopback whose port is filed in the data directory. PostgreSQL: LISTEN on a
connection of its own. Whoever waits here must look at the log after a while without any hint, too:
they get lost, and then everything is only slower.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import connection

from cluster.store.announce import CHANNEL, hints_directory, listen

logger = logging.getLogger(__name__)

LONGEST_HINT = 512  # bytes: a cluster's name has 63, a revision 19
RECONNECT_SECONDS = 1.0
POLL_SECONDS = 0.5  # how often a listening thread looks whether it should end


class Hints:
    """Hints as they arrive; use it as a context manager or call `close`.

    `is_listening` is set once hints of other processes arrive, too.
    """

    def __init__(self) -> None:
        """Listen from now on, in a daemon thread."""
        self.is_listening = threading.Event()
        self._condition = threading.Condition()
        self._clusters: dict[str, int] = {}
        self._is_closed = False
        self._listeners: list[Callable[[str, int], None]] = []
        self._stop_listening = listen(self._arrived)
        work = self._follow_database if connection.vendor == "postgresql" else self._follow_socket
        self._thread = threading.Thread(target=work, name="hints", daemon=True)
        self._thread.start()

    def __enter__(self) -> Hints:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening."""
        with self._condition:
            self._is_closed = True
            self._condition.notify_all()
        self._stop_listening()
        self._thread.join(timeout=2 * POLL_SECONDS)

    def call(self, listener: Callable[[str, int], None]) -> None:
        """Call `listener` with cluster and revision for every hint, in whatever thread it came."""
        self._listeners.append(listener)

    def wake(self) -> None:
        """Make whoever waits look around."""
        with self._condition:
            self._clusters.setdefault("", 0)
            self._condition.notify_all()

    def wait(self, seconds: float) -> dict[str, int]:
        """Wait for hints, at most so long; return the clusters hinted at with their revisions."""
        with self._condition:
            if not self._clusters and not self._is_closed:
                self._condition.wait(seconds)
            found, self._clusters = self._clusters, {}
            found.pop("", None)
            return found

    def _arrived(self, cluster: str, revision: int) -> None:
        with self._condition:
            self._clusters[cluster] = max(revision, self._clusters.get(cluster, 0))
            self._condition.notify_all()
        for listener in tuple(self._listeners):
            try:
                listener(cluster, revision)
            except Exception:
                logger.exception("a listener failed on revision %d of %s", revision, cluster)

    def _read(self, hint: str) -> None:
        cluster, _space, revision = hint.partition(" ")
        if cluster and revision.isascii() and revision.isdigit():
            self._arrived(cluster, int(revision))

    def _follow_socket(self) -> None:
        try:
            with _filed_socket() as receiver:
                receiver.settimeout(POLL_SECONDS)
                self.is_listening.set()
                while not self._is_closed:
                    try:
                        data, _sender = receiver.recvfrom(LONGEST_HINT)
                    except TimeoutError:
                        continue
                    self._read(data.decode(errors="replace"))
        except OSError as error:
            logger.warning("no hints from other processes: %s", error)

    def _follow_database(self) -> None:
        import psycopg  # noqa: PLC0415 - installed with PostgreSQL's driver

        parameters = connection.get_connection_params()
        wanted = {
            name: parameters[name]
            for name in ("dbname", "host", "port", "user", "password", "sslmode")
            if parameters.get(name)
        }
        while not self._is_closed:
            try:
                with psycopg.connect(**wanted, autocommit=True) as own:
                    own.execute(f"LISTEN {CHANNEL}")
                    self.is_listening.set()
                    while not self._is_closed:
                        for message in own.notifies(timeout=POLL_SECONDS):
                            self._read(message.payload)
            except psycopg.Error as error:
                logger.warning("no hints from the database for now: %s", error)
                time.sleep(RECONNECT_SECONDS)


@contextlib.contextmanager
def _filed_socket() -> Iterator[socket.socket]:
    """Give a socket on loopback whose port stands in the hints directory while it is open."""
    directory = hints_directory()
    directory.mkdir(parents=True, exist_ok=True)
    _forget_the_dead(directory)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        file = directory / str(receiver.getsockname()[1])
        file.write_text(str(os.getpid()), encoding="ascii")
        try:
            yield receiver
        finally:
            file.unlink(missing_ok=True)


def _forget_the_dead(directory: Path) -> None:
    """Remove the ports of processes that ended without doing so themselves."""
    for file in directory.iterdir():
        with contextlib.suppress(OSError, ValueError):
            if not _is_alive(int(file.read_text(encoding="ascii"))):
                file.unlink(missing_ok=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
