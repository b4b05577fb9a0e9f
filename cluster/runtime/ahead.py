"""Loading clusters before anybody asks for them, so that the first page after a start waits less.

The smallest come first: they are there at once, and what a big one takes is told on its pages
while it is loaded (`Replica.expect`). Beyond a number of objects nothing is loaded ahead, since
all of it stays in memory.
"""

from __future__ import annotations

import logging
import threading

from django.db import Error as DatabaseError
from django.db import connection

from cluster.machinery.errors import NotFound
from cluster.runtime.replica import Replicas
from cluster.store import all_clusters, count

logger = logging.getLogger(__name__)


def load_ahead(replicas: Replicas, most: int) -> threading.Thread:
    """Load clusters with up to `most` objects in all, in the thread that is returned."""
    thread = threading.Thread(
        target=_load, args=(replicas, most), name="loading ahead", daemon=True
    )
    thread.start()
    return thread


def _load(replicas: Replicas, most: int) -> None:
    try:
        sizes = sorted((sum(count(found).values()), found.name) for found in all_clusters())
        held = 0
        for size, name in sizes:
            held += size
            if held > most:
                logger.info("%s and bigger clusters are loaded when they are looked at", name)
                return
            try:
                replicas[name].load()
            except NotFound:  # deleted meanwhile
                held -= size
    except DatabaseError:
        logger.warning("clusters are loaded when they are looked at", exc_info=True)
    finally:
        connection.close()
