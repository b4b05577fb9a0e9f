"""Import jobs: what was uploaded, how far it is, and what became of its documents.

The files lie in the data directory; `cluster.runtime.imports` reads and applies them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias, cast

from django.db import transaction

from cluster.machinery.errors import Conflict, NotFound
from cluster.machinery.kept_texts import notes, recalled
from cluster.machinery.manifest import Manifest, integer_at, mappings_at, text_at, texts_at
from cluster.machinery.texts import say
from cluster.models import ImportJob, ImportResult
from cluster.store import rows
from cluster.store.handles import find_cluster
from cluster.store.transaction import Transaction

ImportOutcome: TypeAlias = Literal[
    "created", "configured", "unchanged", "deleted", "refused", "skipped", "unreadable"
]
KEPT_RESULTS = 2_000
"""Documents of an import whose results are all kept."""

KEPT_WITHOUT_DATA = ("ConfigMap", "Secret")
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
    def is_held(self) -> bool:
        """Whether nothing is written until someone keeps the good documents or discards all."""
        return self.state == ImportJob.State.HELD

    @property
    def is_active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ACTIVE


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of an uploaded file, the first being number `first`; `line` is the one to blame."""

    line: int
    first: int
    text: str


@dataclass(frozen=True, slots=True)
class Details:
    """What a result says in parts.

    `causes` are the fields to blame, each with what is wrong with it; `paths` the fields that were
    changed; `pods` how many Pods a workload makes; `address` the one that a Service got.
    """

    causes: tuple[tuple[str, str], ...] = ()
    paths: tuple[str, ...] = ()
    pods: int = 0
    address: str = ""


NO_DETAILS = Details()


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one document; `position` counts within the import, `line` from 1.

    `document` counts the documents of its file from 1; `field` is the field to blame.
    """

    position: int
    outcome: ImportOutcome
    file: str
    line: int
    kind: str = ""
    namespace: str = ""
    name: str = ""
    message: str = ""
    notices: tuple[str, ...] = ()
    document: int = 0
    field: str = ""
    source: Excerpt | None = None
    details: Details = NO_DETAILS

    @property
    def deserves_a_look(self) -> bool:
        """Whether something is to be said about the document beyond that it was taken."""
        return bool(self.message or self.notices)


def start_import(*, cluster: str, name: str, file: str, options: Manifest, actor: str) -> Import:
    """Let the engine import `file` (relative to the data directory), called `name` by its user.

    `file` is one upload or a directory of them (`cluster.runtime.uploads`). Options: namespace,
    operation (apply, create, put), field_validation, makes_namespaces, all_or_nothing (with an
    error nothing is written and the import is held), refused_kinds (those the actor may not
    write). Raises NotFound for the cluster.
    """
    job = ImportJob(
        cluster_id=find_cluster(cluster).id, name=name, file=file, options=options, actor=actor,
        created=datetime.now(UTC), told=notes([name]),
    )  # fmt: skip
    rows.unguarded(ImportJob).bulk_create([job])
    return find_import(job.pk)


def find_import(job: int) -> Import:
    """Return an import; raises NotFound."""
    row = ImportJob.objects.select_related("cluster").filter(pk=job).first()
    if row is None:
        raise NotFound(say("there is no import {number}", number=str(job)))
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
    job: int, *, outcomes: Sequence[str] = (), after: int = -1, limit: int = 100
) -> list[Result]:
    """Return results of an import (with one of `outcomes`) by position, those after `after`.

    Of long imports only what deserves a look is kept: refusals, skips and warnings.
    """
    found = ImportResult.objects.filter(job_id=job, position__gt=after)
    if outcomes:
        found = found.filter(outcome__in=outcomes)
    return [_result(row) for row in found.order_by("position")[:limit]]


def dropped_data(job: int) -> int:
    """Return how many Secrets and ConfigMaps of an import lost their data before storage."""
    found = ImportResult.objects.filter(job_id=job, kind__in=KEPT_WITHOUT_DATA)
    return found.exclude(notices=[]).exclude(outcome="refused").count()


def _result(row: ImportResult) -> Result:
    told = recalled(row.told)
    return Result(
        row.position, cast("ImportOutcome", row.outcome), row.file, row.line, row.kind,
        row.namespace, row.name,
        told.get(row.message, row.message), tuple(told.get(text, text) for text in row.notices),
        row.document, row.field,
        None if row.source is None else Excerpt(**row.source),
        _details(row.details, told),
    )  # fmt: skip


def _details(kept: Manifest, told: Mapping[str, str]) -> Details:
    causes = [
        (text_at(cause, "field") or "", text_at(cause, "text") or "")
        for cause in mappings_at(kept, "causes")
    ]
    return Details(
        tuple((name, told.get(text, text)) for name, text in causes),
        tuple(texts_at(kept, "paths")),
        integer_at(kept, "pods") or 0,
        text_at(kept, "address") or "",
    )


def _kept(details: Details) -> Manifest:
    """Return details as they are stored, without what they lack."""
    whole: Manifest = {
        "causes": [
            {"field": rows.storable(name), "text": rows.storable(text)}
            for name, text in details.causes
        ],
        "paths": [rows.storable(path) for path in details.paths],
        "pods": details.pods,
        "address": details.address,
    }
    return {name: value for name, value in whole.items() if value}


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


def hold_import(job: Import, results: Sequence[Result]) -> None:
    """Write nothing until someone chooses; `results` tell what each document would come to.

    Results saved while reading stay; all but the interesting ones of a long import are dropped.
    """
    with transaction.atomic():
        row = ImportJob.objects.get(pk=job.id)
        counts = Counter(row.counts)
        counts.update(result.outcome for result in results)
        rows.unguarded(ImportJob).filter(pk=job.id).update(
            state=ImportJob.State.HELD, phase="", counts=dict(counts)
        )
        is_long = row.total > KEPT_RESULTS
        _insert(job, [result for result in results if not is_long or result.deserves_a_look])


def release_import(job: int) -> Import:
    """Let a held import write its good documents; raises NotFound, Conflict where it is not held.

    What its documents would have come to makes way for what they come to; the source of those
    that were refused stays on show.
    """
    with transaction.atomic():
        _choose(job, ImportJob.State.RUNNING, "applying")
        found = find_import(job)
        results = rows.unguarded(ImportResult).filter(job_id=job)
        unread = results.filter(outcome="unreadable").count()
        unnamed = results.filter(outcome="skipped", kind="").count()
        rows.delete_where(results.exclude(outcome__in=("unreadable", "skipped", "refused")))
        counts = {"unreadable": unread, "skipped": unnamed}
        rows.unguarded(ImportJob).filter(pk=job).update(
            counts={name: number for name, number in counts.items() if number},
            options={**found.options, "all_or_nothing": False},
        )
    return find_import(job)


def discard_import(job: int) -> None:
    """End a held import without writing anything; raises NotFound, Conflict."""
    _choose(job, ImportJob.State.RUNNING, "applying")
    rows.unguarded(ImportJob).filter(pk=job).update(is_cancel_requested=True)


def _choose(job: int, state: str, phase: str) -> None:
    find_import(job)
    held = rows.unguarded(ImportJob).filter(pk=job, state=ImportJob.State.HELD)
    if not held.update(state=state, phase=phase):
        raise Conflict(say("import {number} waits for no choice: it was made", number=str(job)))


def finish_import(job: Import, state: str, message: str = "") -> None:
    """Note the end of an import: `done`, `failed` or `cancelled`."""
    rows.unguarded(ImportJob).filter(pk=job.id).update(
        state=state,
        phase="",
        message=message,
        told=notes([job.name, message]),
        finished=datetime.now(UTC),
    )


def _insert(job: Import, results: Sequence[Result]) -> None:
    rows.unguarded(ImportResult).bulk_create(
        [
            ImportResult(
                job_id=job.id,
                position=result.position,
                outcome=result.outcome,
                file=rows.storable(result.file[-512:]),
                line=result.line,
                kind=rows.storable(result.kind[:63]),
                namespace=rows.storable(result.namespace[:253]),
                name=rows.storable(result.name[:253]),
                message=rows.storable(result.message),
                notices=[rows.storable(text) for text in result.notices],
                document=result.document,
                field=rows.storable(result.field[:512]),
                source=_source(result.source),
                details=_kept(result.details),
                told=notes([result.message, *result.notices, *_causes(result)]),
            )
            for result in results
        ],
        batch_size=1_000,
        update_conflicts=True,  # a held import's results, once it is released
        unique_fields=("job", "position"),
        update_fields=("outcome", "message", "field", "notices", "details", "told"),
    )


def _causes(result: Result) -> list[str]:
    return [text for _field, text in result.details.causes]


def _source(source: Excerpt | None) -> dict[str, int | str] | None:
    return None if source is None else asdict(source) | {"text": rows.storable(source.text)}


def _import(row: ImportJob) -> Import:
    told = recalled(row.told)
    return Import(
        id=row.pk,
        cluster=row.cluster.name,
        state=row.state,
        phase=row.phase,
        name=told.get(row.name, row.name),
        file=row.file,
        options=row.options,
        total=row.total,
        cursor=row.cursor,
        counts=row.counts,
        message=told.get(row.message, row.message),
        is_cancel_requested=row.is_cancel_requested,
        actor=row.actor,
        created=row.created,
        started=row.started,
        finished=row.finished,
    )
