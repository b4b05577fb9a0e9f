"""Import jobs: what was uploaded, how far it is, and what became of its documents.

The files lie in the data directory; `cluster.runtime.imports` reads and applies them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias, cast

from django.db import transaction

from cluster.machinery.errors import NotFound
from cluster.machinery.manifest import Manifest
from cluster.models import ImportJob, ImportResult
from cluster.store import rows
from cluster.store.handles import find_cluster
from cluster.store.transaction import Transaction

ImportOutcome: TypeAlias = Literal[
    "created", "configured", "unchanged", "deleted", "refused", "skipped", "unreadable"
]
KEPT_RESULTS = 2_000
"""Documents of an import whose results are all kept."""

ACTIVE = (ImportJob.State.WAITING, ImportJob.State.RUNNING)


@dataclass(frozen=True, slots=True)
class Import:
    """One import as it is now. `counts` tells documents per outcome, `total` how many there are.

    `total` is 0 until all documents have been read; `phase` is reading, applying or empty.
    """

    id: int
    cluster: str
    state: str
    phase: str
    name: str
    file: str
    options: Manifest
    total: int
    cursor: int
    counts: dict[str, int]
    message: str
    is_cancel_requested: bool
    actor: str
    created: datetime
    started: datetime | None
    finished: datetime | None

    @property
    def done(self) -> int:
        """How many documents have an outcome."""
        return sum(self.counts.values())

    @property
    def is_active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ACTIVE


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one document; `position` counts within the import, `line` from 1."""

    position: int
    outcome: ImportOutcome
    file: str
    line: int
    kind: str = ""
    namespace: str = ""
    name: str = ""
    message: str = ""
    notices: tuple[str, ...] = ()

    @property
    def deserves_a_look(self) -> bool:
        """Whether something is to be said about the document beyond that it was taken."""
        return bool(self.message or self.notices)


def start_import(*, cluster: str, name: str, file: str, options: Manifest, actor: str) -> Import:
    """Let the engine import `file` (relative to the data directory), called `name` by its user.

    Options: namespace, operation (apply, create, put), field_validation, all_or_nothing,
    makes_namespaces. Raises NotFound for the cluster.
    """
    job = ImportJob(
        cluster_id=find_cluster(cluster).id, name=name, file=file, options=options, actor=actor,
        created=datetime.now(UTC),
    )  # fmt: skip
    rows.unguarded(ImportJob).bulk_create([job])
    return find_import(job.pk)


def find_import(job: int) -> Import:
    """Return an import; raises NotFound."""
    row = ImportJob.objects.select_related("cluster").filter(pk=job).first()
    if row is None:
        raise NotFound(f'imports "{job}" not found')
    return _import(row)


def import_jobs(cluster: str, *, limit: int = 20) -> list[Import]:
    """Return the last imports into a cluster, newest first."""
    found = ImportJob.objects.select_related("cluster").filter(cluster__name=cluster)
    return [_import(row) for row in found.order_by("-pk")[:limit]]


def next_import(cluster: str) -> Import | None:
    """Return the import to go on with: the one that runs, else the oldest that waits."""
    found = ImportJob.objects.select_related("cluster").filter(cluster__name=cluster)
    row = found.filter(state__in=ACTIVE).order_by("pk").first()
    return None if row is None else _import(row)


def cancel_import(job: int) -> None:
    """Ask for the end of an import; what was written stays. Raises NotFound."""
    find_import(job)
    rows.unguarded(ImportJob).filter(pk=job, state__in=ACTIVE).update(is_cancel_requested=True)


def import_results(
    job: int, *, outcome: ImportOutcome | None = None, after: int = -1, limit: int = 100
) -> list[Result]:
    """Return results of an import by position, those after position `after`.

    Of long imports only what deserves a look is kept: refusals, skips and warnings.
    """
    found = ImportResult.objects.filter(job_id=job, position__gt=after)
    if outcome is not None:
        found = found.filter(outcome=outcome)
    return [
        Result(
            row.position, cast("ImportOutcome", row.outcome), row.file, row.line, row.kind,
            row.namespace, row.name, row.message, tuple(row.notices),
        )
        for row in found.order_by("position")[:limit]
    ]  # fmt: skip


def begin_import(job: Import) -> None:
    """Note that reading has begun."""
    rows.unguarded(ImportJob).filter(pk=job.id).update(
        state=ImportJob.State.RUNNING,
        phase="reading",
        started=job.started or datetime.now(UTC),
    )


def begin_applying(job: Import, total: int, unreadable: Sequence[Result]) -> None:
    """Note that all documents have been read and sorted, and which could not be read."""
    with transaction.atomic():
        rows.unguarded(ImportJob).filter(pk=job.id).update(
            phase="applying",
            total=total,
            counts=dict(Counter(result.outcome for result in unreadable)),
        )
        _insert(job, unreadable)


def save_progress(tx: Transaction, job: Import, cursor: int, results: Sequence[Result]) -> None:
    """Save how far an import is, in the transaction that writes its objects."""
    row = ImportJob.objects.get(pk=job.id)
    counts = Counter(row.counts)
    counts.update(result.outcome for result in results)
    rows.unguarded(ImportJob).filter(pk=job.id).update(cursor=cursor, counts=dict(counts))
    is_long = row.total > KEPT_RESULTS
    _insert(job, [result for result in results if not is_long or result.deserves_a_look])


def save_refusals(job: Import, results: Sequence[Result]) -> None:
    """Save why an import that is taken all or none was not taken."""
    with transaction.atomic():
        rows.unguarded(ImportJob).filter(pk=job.id).update(counts={"refused": len(results)})
        _insert(job, results)


def finish_import(job: Import, state: str, message: str = "") -> None:
    """Note the end of an import: `done`, `failed` or `cancelled`."""
    rows.unguarded(ImportJob).filter(pk=job.id).update(
        state=state, phase="", message=message, finished=datetime.now(UTC)
    )


def _insert(job: Import, results: Sequence[Result]) -> None:
    rows.unguarded(ImportResult).bulk_create(
        [
            ImportResult(
                job_id=job.id,
                position=result.position,
                outcome=result.outcome,
                file=result.file[-512:],
                line=result.line,
                kind=result.kind[:63],
                namespace=result.namespace[:253],
                name=result.name[:253],
                message=result.message,
                notices=list(result.notices),
            )
            for result in results
        ],
        batch_size=1_000,
    )


def _import(row: ImportJob) -> Import:
    return Import(
        id=row.pk,
        cluster=row.cluster.name,
        state=row.state,
        phase=row.phase,
        name=row.name,
        file=row.file,
        options=row.options,
        total=row.total,
        cursor=row.cursor,
        counts=row.counts,
        message=row.message,
        is_cancel_requested=row.is_cancel_requested,
        actor=row.actor,
        created=row.created,
        started=row.started,
        finished=row.finished,
    )
