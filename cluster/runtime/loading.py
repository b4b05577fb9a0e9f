"""Applying uploads to a stored cluster from a command: all at once, in this process.

The documents are sorted on disk first, so a whole cluster's dump needs no more memory than one of
its batches. The dashboard's imports do the same a slice at a time (`cluster.runtime.imports`).
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from cluster.machinery.decode import Upload, documents
from cluster.machinery.errors import NotFound
from cluster.machinery.limits import Limits
from cluster.machinery.manifest import Manifest
from cluster.runtime.import_results import results_of, unreadable
from cluster.runtime.loop import EngineLoop
from cluster.runtime.reconcile import without_collector
from cluster.runtime.spool import Spool
from cluster.store import (
    Operation,
    Options,
    engine_status,
    find_cluster,
    make_cluster,
    write_batch,
)
from cluster.store.imports import Result
from cluster.store.leases import holder_of

BATCH = 2_000  # documents a transaction: fewer commits, some MB of memory
SETTLE_SECONDS = 600.0
POLL_SECONDS = 0.1


@dataclass(slots=True)
class Loaded:
    """What became of the documents: how many per outcome, and those that deserve a line."""

    counts: Counter[str] = field(default_factory=Counter)
    told: list[Result] = field(default_factory=list)
    is_settled: bool = True

    def take(self, results: Iterable[Result]) -> None:
        """Count results, and keep those that say something."""
        for result in results:
            self.counts[result.outcome] += 1
            if result.deserves_a_look:
                self.told.append(result)

    @property
    def refused(self) -> int:
        """How many documents are not in the cluster although they should be."""
        return self.counts["refused"] + self.counts["unreadable"]


def load(
    *,
    cluster: str,
    uploads: Iterable[Upload],
    actor: str,
    namespace: str = "",
    operation: Operation = "apply",
    new_settings: Manifest | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Loaded:
    """Apply everything in `uploads` to `cluster`, made with `new_settings` if it does not exist.

    `progress` is called with the documents done and all there are. Waits until the engine has
    worked out what follows, or does so itself where no engine runs. Raises ApiError for a cluster
    that cannot be made.
    """
    loaded = Loaded()
    home = Path(settings.NETVIZ_DATA) / "imports"
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="load-", dir=home) as folder:
        spool = Spool(Path(folder) / "documents")
        brings_nodes = _read(uploads, spool, loaded)
        _make_if_missing(cluster, actor, new_settings, with_nodes=not brings_nodes)
        options = Options(
            namespace=namespace, mode="import", makes_namespaces=True, field_validation="Warn"
        )
        with without_collector():
            _apply(cluster, spool, loaded, actor, operation, options, progress)
    loaded.is_settled = _settle(cluster)
    return loaded


def _read(uploads: Iterable[Upload], spool: Spool, loaded: Loaded) -> bool:
    """Sort the documents into the spool; whether there are Nodes among them."""
    brings_nodes = False
    spool.start()
    position = 0
    for document in documents(uploads, Limits.trusted()):
        if document.empty:
            continue
        if document.manifest is None:
            loaded.take([unreadable(position, document)])
        else:
            brings_nodes |= document.manifest.get("kind") == "Node"
            spool.add(position, document)
        position += 1
    spool.finish()
    return brings_nodes


def _make_if_missing(
    cluster: str, actor: str, new_settings: Manifest | None, *, with_nodes: bool
) -> None:
    try:
        find_cluster(cluster)
    except NotFound:
        make_cluster(name=cluster, actor=actor, settings=new_settings, with_nodes=with_nodes)


def _apply(  # noqa: PLR0917 - one private step of `load`
    cluster: str,
    spool: Spool,
    loaded: Loaded,
    actor: str,
    operation: Operation,
    options: Options,
    progress: Callable[[int, int], None],
) -> None:
    before = loaded.counts.total()
    total = before + spool.count
    offset = 0
    while True:
        listed, offset = spool.read(offset, BATCH)
        if not listed:
            return
        outcomes = write_batch(
            cluster=cluster,
            documents=[item.manifest for item in listed],
            actor=actor,
            operation=operation,
            options=options,
        )
        loaded.take(results_of(listed, outcomes))
        progress(loaded.counts.total(), total)


def _settle(cluster: str) -> bool:
    """Wait for the running engine, or be the engine; whether everything is worked out."""
    until = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < until:
        handle = find_cluster(cluster)
        status = engine_status(handle)
        if status is not None and status.is_settled and status.revision >= handle.revision:
            return True
        if holder_of(handle) is None:
            EngineLoop(only=frozenset({cluster})).run_until_idle()
        else:
            time.sleep(POLL_SECONDS)
    return False
