"""Carrying out imports, a slice at a time, between the engine's steps.

Reading sorts the documents into a spool; applying writes them in batches, each with the import's
progress in the same transaction. Killed while reading, an import reads again; killed while
applying, it goes on after the last batch that was saved. An import that is to be taken all or none
is tried whole first; with a mistaken document in it, it is held until someone chooses.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from django.conf import settings

from cluster.catalog import KINDS
from cluster.engine.reading import FieldValidation
from cluster.machinery.decode import Document, Upload, documents
from cluster.machinery.errors import Forbidden
from cluster.machinery.limits import Limits
from cluster.machinery.manifest import Manifest, flag_at, text_at, texts_at
from cluster.machinery.texts import say
from cluster.runtime.import_results import is_mistake, results_of, unreadable, with_excerpts
from cluster.runtime.spool import Spool, Spooled, described
from cluster.runtime.uploads import read_upload, remove_upload
from cluster.store import Operation, Options, Outcome, Transaction, write_batch
from cluster.store import imports as jobs
from cluster.store.imports import Import, Result
from cluster.store.leases import check

logger = logging.getLogger(__name__)

SLICE_SECONDS = 0.25
MOST_DOCUMENTS = 1_000
FEWEST_DOCUMENTS = 20
WHOLE_DOCUMENTS = 20_000
"""Documents that may be tried all or none: they go in one transaction."""

Along = Callable[[Transaction, list[Outcome]], None]


class ImportRunner:
    """The imports of one cluster in this process, one after the other."""

    def __init__(self, cluster: str, holder: str) -> None:
        """Carry out the imports of `cluster` while `holder` holds its lease."""
        self._cluster = cluster
        self._holder = holder
        self._reading: _Reading | None = None
        self._size = 100

    def step(self) -> bool:
        """Do a slice of the next import; whether there was one."""
        job = jobs.next_import(self._cluster)
        if job is None:
            return False
        try:
            self._step(job)
        except OSError as error:
            self._end(
                job, "failed", say("the upload cannot be read: {error}", error=str(error.strerror))
            )
        return True

    def _step(self, job: Import) -> None:
        spool = Spool(spool_directory(job.id))
        if job.is_cancel_requested:
            self._end(job, "cancelled")
        elif job.phase == "applying" and spool.is_finished:
            self._apply(job, spool)
        elif job.phase == "applying":
            self._end(job, "failed", say("the sorted documents are gone"))
        else:
            self._read(job, spool)

    def _read(self, job: Import, spool: Spool) -> None:
        if self._reading is None or self._reading.job.id != job.id:
            jobs.begin_import(job)
            self._reading = _Reading(job, spool)
        if self._reading.read(SLICE_SECONDS):
            told = with_excerpts(self._reading.results, read_upload(job.file, job.name), {})
            jobs.begin_applying(job, self._reading.total, told)
            self._reading = None

    def _apply(self, job: Import, spool: Spool) -> None:
        started = time.monotonic()
        if flag_at(job.options, "all_or_nothing") and job.cursor == 0 and self._holds(job, spool):
            return
        listed, after = spool.read(job.cursor, self._size)
        if not listed:
            self._end(job, "done")
            return
        self._write(job, listed, after)
        seconds = time.monotonic() - started
        if seconds > 1.5 * SLICE_SECONDS:
            self._size = max(FEWEST_DOCUMENTS, self._size // 2)
        elif seconds < SLICE_SECONDS / 2:
            self._size = min(MOST_DOCUMENTS, 2 * self._size)

    def _holds(self, job: Import, spool: Spool) -> bool:
        """Try an import whole without writing; hold it if any document is mistaken.

        Longer ones than one transaction takes are written as they come, mistakes left out.
        """
        listed, _after = spool.read(0, WHOLE_DOCUMENTS + 1)
        if len(listed) > WHOLE_DOCUMENTS:
            return False
        outcomes = self._outcomes(job, listed, dry_run=True)
        if not job.counts.get("unreadable") and not any(map(is_mistake, outcomes)):
            return False
        jobs.hold_import(job, told_of(job, listed, outcomes))
        spool.blank()
        remove_upload(job.file)
        logger.info("import %d into %s is held: it has mistakes", job.id, self._cluster)
        return True

    def _write(self, job: Import, listed: list[Spooled], after: int) -> None:
        def along(tx: Transaction, written: list[Outcome]) -> None:
            check(tx.cluster, self._holder)
            outcomes = in_order(listed, refused_of(job, listed), written)
            jobs.save_progress(tx, job, after, told_of(job, listed, outcomes))

        self._outcomes(job, listed, along=along)

    def _outcomes(
        self,
        job: Import,
        listed: list[Spooled],
        *,
        dry_run: bool = False,
        along: Along | None = None,
    ) -> list[Outcome]:
        """Write, or try to, those of the documents that the actor may write."""
        refused = refused_of(job, listed)
        written = write_batch(
            cluster=self._cluster,
            documents=[
                placed(item.manifest, text_at(job.options, "namespace") or "")
                for item in listed
                if item.position not in refused
            ],
            actor=job.actor,
            operation=cast("Operation", text_at(job.options, "operation") or "apply"),
            options=options_of(job.options),
            dry_run=dry_run,
            along=along,
        )
        return in_order(listed, refused, written)

    def _end(self, job: Import, state: str, message: str = "") -> None:
        self._reading = None
        jobs.finish_import(job, state, message)
        Spool(spool_directory(job.id)).remove()
        remove_upload(job.file)
        logger.info("import %d into %s: %s %s", job.id, self._cluster, state, message)


class _Reading:
    """An upload being read into its spool, a little at a time."""

    def __init__(self, job: Import, spool: Spool) -> None:
        self.job = job
        self.total = 0
        self.results: list[Result] = []
        self._spool = spool
        spool.start()
        uploads = read_upload(job.file, job.name)
        self._documents: Iterator[Document] = documents(uploads, Limits.upload())

    def read(self, seconds: float) -> bool:
        """Read for so long; whether the end was reached."""
        until = time.monotonic() + seconds
        for document in self._documents:
            if document.empty:
                continue
            if document.manifest is None:
                self.results.append(unreadable(self.total, document))
            else:
                self._spool.add(self.total, document)
            self.total += 1
            if time.monotonic() > until:
                return False
        self._spool.finish()
        return True


def refused_of(job: Import, listed: list[Spooled]) -> dict[int, Outcome]:
    """Return by position the documents whose kind the actor may not write."""
    kinds = set(texts_at(job.options, "refused_kinds"))
    refused: dict[int, Outcome] = {}
    for item in listed if kinds else ():
        kind = described(item.manifest)[0]
        if kind in kinds:
            text = say("{actor} may not write objects of kind {kind}", actor=job.actor, kind=kind)
            refused[item.position] = Outcome(error=Forbidden(text))
    return refused


def in_order(
    listed: list[Spooled], refused: dict[int, Outcome], written: list[Outcome]
) -> list[Outcome]:
    """Return an outcome per document: `written` has those that were not refused, in order."""
    rest = iter(written)
    return [refused.get(item.position) or next(rest) for item in listed]


def told_of(job: Import, listed: list[Spooled], outcomes: list[Outcome]) -> list[Result]:
    """Return what became of each document, the source of mistaken ones while it is there."""
    items = {item.position: item.item for item in listed}
    return with_excerpts(results_of(listed, outcomes), _uploads(job), items)


def _uploads(job: Import) -> Iterator[Upload]:
    try:
        yield from read_upload(job.file, job.name)
    except FileNotFoundError:
        return  # a held import's upload is gone; what it showed was saved when it was held


def placed(manifest: Manifest, namespace: str) -> Manifest:
    """Return a document in `namespace` if it names none; one that names another stays there."""
    kind = KINDS.of(str(manifest.get("apiVersion")), str(manifest.get("kind")))
    meta = manifest.get("metadata")
    if not namespace or kind is None or not kind.namespaced or not isinstance(meta, dict):
        return manifest
    return (
        manifest
        if meta.get("namespace")
        else manifest | {"metadata": meta | {"namespace": namespace}}
    )


def options_of(options: Manifest) -> Options:
    """Return how documents are taken in, from an import's options."""
    return Options(
        mode="import",
        field_validation=cast("FieldValidation", text_at(options, "field_validation") or "Warn"),
        makes_namespaces=flag_at(options, "makes_namespaces") is not False,
    )


def spool_directory(job: int) -> Path:
    """Return where the sorted documents of an import lie."""
    return Path(settings.NETVIZ_DATA) / "imports" / f"{job}-documents"
