"""Carrying out imports, a slice at a time, between the engine's steps.

Reading sorts the documents into a spool; applying writes them in batches, each with the import's
progress in the same transaction. Killed while reading, an import reads again; killed while
applying, it goes on after the last batch that was saved.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from django.conf import settings

from cluster.engine.reading import FieldValidation, UnknownKind
from cluster.machinery.decode import Document, Upload, documents
from cluster.machinery.limits import Limits
from cluster.machinery.manifest import Manifest, flag_at, text_at
from cluster.runtime.spool import Spool, Spooled, described
from cluster.store import Operation, Options, Outcome, Transaction, write_batch
from cluster.store import imports as jobs
from cluster.store.imports import Import, ImportOutcome, Result
from cluster.store.leases import check

logger = logging.getLogger(__name__)

SLICE_SECONDS = 0.25
MOST_DOCUMENTS = 1_000
FEWEST_DOCUMENTS = 20
WHOLE_DOCUMENTS = 20_000
"""Documents that may be written all or none: they go in one transaction."""


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
            self._end(job, "failed", f"the upload cannot be read: {error.strerror}")
        return True

    def _step(self, job: Import) -> None:
        spool = Spool(spool_directory(job.id))
        if job.is_cancel_requested:
            self._end(job, "cancelled")
        elif job.phase == "applying" and spool.is_finished:
            self._apply(job, spool)
        elif job.phase == "applying":
            self._end(job, "failed", "the sorted documents are gone")
        else:
            self._read(job, spool)

    def _read(self, job: Import, spool: Spool) -> None:
        if self._reading is None or self._reading.job.id != job.id:
            jobs.begin_import(job)
            self._reading = _Reading(job, spool)
        if self._reading.read(SLICE_SECONDS):
            jobs.begin_applying(job, self._reading.total, self._reading.results)
            self._reading = None

    def _apply(self, job: Import, spool: Spool) -> None:
        whole = bool(flag_at(job.options, "all_or_nothing"))
        started = time.monotonic()
        listed, after = spool.read(job.cursor, WHOLE_DOCUMENTS + 1 if whole else self._size)
        if not listed:
            self._end(job, "done")
            return
        if whole and len(listed) > WHOLE_DOCUMENTS:
            text = f"more than {WHOLE_DOCUMENTS} documents cannot be taken all or none"
            self._end(job, "failed", text)
            return
        outcomes = self._write(job, listed, after, whole=whole)
        if whole and any(outcome.error for outcome in outcomes):
            self._refuse_whole(job, listed, outcomes)
            return
        self._adapt(time.monotonic() - started)

    def _write(
        self, job: Import, listed: list[Spooled], after: int, *, whole: bool
    ) -> list[Outcome]:
        def along(tx: Transaction, outcomes: list[Outcome]) -> None:
            check(tx.cluster, self._holder)
            jobs.save_progress(tx, job, after, results_of(listed, outcomes))

        return write_batch(
            cluster=self._cluster,
            documents=[item.manifest for item in listed],
            actor=job.actor,
            operation=cast("Operation", text_at(job.options, "operation") or "apply"),
            options=options_of(job.options),
            all_or_nothing=whole,
            along=along,
        )

    def _refuse_whole(self, job: Import, listed: list[Spooled], outcomes: list[Outcome]) -> None:
        results = [
            result for result in results_of(listed, outcomes) if result.outcome == "refused"
        ]
        jobs.save_refusals(job, results)
        text = f"nothing was written: {len(results)} of {len(listed)} documents were refused"
        self._end(job, "failed", text)

    def _adapt(self, seconds: float) -> None:
        if seconds > 1.5 * SLICE_SECONDS:
            self._size = max(FEWEST_DOCUMENTS, self._size // 2)
        elif seconds < SLICE_SECONDS / 2:
            self._size = min(MOST_DOCUMENTS, 2 * self._size)

    def _end(self, job: Import, state: str, message: str = "") -> None:
        self._reading = None
        jobs.finish_import(job, state, message)
        Spool(spool_directory(job.id)).remove()
        upload_file(job).unlink(missing_ok=True)
        logger.info("import %d into %s: %s %s", job.id, self._cluster, state, message)


class _Reading:
    """An upload being read into its spool, a little at a time."""

    def __init__(self, job: Import, spool: Spool) -> None:
        self.job = job
        self.total = 0
        self.results: list[Result] = []
        self._spool = spool
        spool.start()
        upload = Upload(job.name, upload_file(job).read_bytes())
        self._documents: Iterator[Document] = documents([upload], Limits.upload())

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


def unreadable(position: int, document: Document) -> Result:
    """Return the result of a document that was not read, and why."""
    if document.problem is None:
        return Result(position, "skipped", document.file, document.line, message=document.notice)
    problem = document.problem
    message = " ".join(part for part in (problem.message, problem.remedy) if part)
    return Result(position, "unreadable", document.file, problem.line, message=message)


def results_of(listed: list[Spooled], outcomes: list[Outcome]) -> list[Result]:
    """Return what became of each document."""
    return [result_of(item, outcome) for item, outcome in zip(listed, outcomes, strict=True)]


def result_of(item: Spooled, outcome: Outcome) -> Result:
    """Return what became of one document."""
    kind, namespace, name = described(item.manifest)
    where = (item.file, item.line, kind, namespace, name)
    if outcome.error is not None:
        is_unknown = isinstance(outcome.error, UnknownKind)
        verb: ImportOutcome = "skipped" if is_unknown else "refused"
        return Result(item.position, verb, *where, message=outcome.error.message)
    written = outcome.written
    if written is None or written.verb == "terminating":
        return Result(item.position, "unchanged", *where)
    return Result(item.position, written.verb, *where, notices=written.warnings)


def options_of(options: Manifest) -> Options:
    """Return how documents are taken in, from an import's options."""
    return Options(
        namespace=text_at(options, "namespace") or "",
        mode="import",
        field_validation=cast("FieldValidation", text_at(options, "field_validation") or "Warn"),
        makes_namespaces=flag_at(options, "makes_namespaces") is not False,
    )


def spool_directory(job: int) -> Path:
    """Return where the sorted documents of an import lie."""
    return Path(settings.NETVIZ_DATA) / "imports" / f"{job}-documents"


def upload_file(job: Import) -> Path:
    """Return where the uploaded file of an import lies."""
    return Path(settings.NETVIZ_DATA) / job.file
