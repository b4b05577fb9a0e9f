"""Changes ConfigMaps of a cluster by the store, as fast as it goes: a program beside its tests.

    python -m tests.kubectl.changes CLUSTER CHANGES SEED [LAST]

Makes the cluster where it is missing, then creates, changes and deletes at random, a transaction
for some dozens, and trims the log behind the engine as it goes. Ends with the ConfigMap LAST;
without one when the engine has caught up and the log is trimmed to its end.
"""

from __future__ import annotations

import random
import sys
import time

import django

django.setup()

from cluster import store  # noqa: E402 - tables need a Django that is set up
from cluster.catalog import KINDS  # noqa: E402
from cluster.machinery.manifest import Manifest  # noqa: E402
from cluster.store import collect, operations  # noqa: E402

KEPT = 150
AT_ONCE = 100
NAMES = 120
CATCHING_UP = 60  # seconds for the engine, at most
CONFIG_MAP = KINDS["ConfigMap"]


def document(name: str, number: int) -> Manifest:
    """Return a ConfigMap that differs with its number."""
    meta: Manifest = {"name": name, "annotations": {"number": str(number)}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta}


def change(cluster: str, changes: int, seed: int) -> None:
    """Make `changes` changes."""
    chance = random.Random(seed)  # noqa: S311 - a test's choices

    def some(tx: store.Transaction) -> None:
        for number in range(AT_ONCE):
            key = CONFIG_MAP.key("default", f"c{chance.randrange(NAMES)}")
            if tx.find(key) is not None and chance.random() < 0.3:
                collect.delete(tx, CONFIG_MAP, key, store.Deletion())
            else:
                operations.put(tx, document(key.name, tx.revision + number), store.Options())

    for _ in range(changes // AT_ONCE):
        store.transact(cluster, "changes", some)
        trim(cluster)


def trim(cluster: str) -> int:
    """Trim the log behind the engine; return how many revisions the engine has still to read."""
    read = store.engine_status(store.find_cluster(cluster))
    behind = store.revision_of(cluster) - (read.revision if read else 0)
    store.trim(cluster, keep=max(KEPT, behind))
    return behind


def main(cluster: str, changes: str, seed: str, last: str = "") -> None:
    """Change a cluster, which is made where it is missing."""
    if cluster not in {found.name for found in store.all_clusters()}:
        store.make_cluster(name=cluster, actor="changes")
    change(cluster, int(changes), int(seed))
    if last:
        store.create(cluster=cluster, document=document(last, 0), actor="changes")
        return
    end = time.monotonic() + CATCHING_UP
    while trim(cluster) > 0 and time.monotonic() < end:
        time.sleep(0.1)


if __name__ == "__main__":
    main(*sys.argv[1:])
