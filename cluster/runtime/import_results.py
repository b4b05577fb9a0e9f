"""What became of an import's documents, told so that each can be found and mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cluster.engine.reading import UnknownKind
from cluster.machinery.decode import Document, Upload
from cluster.runtime.excerpts import excerpt, read_lines
from cluster.runtime.spool import Spooled, described
from cluster.store import Outcome
from cluster.store.imports import ImportOutcome, Result

MOST_EXCERPTS = 200
"""Refused documents of one batch that show their source."""


def unreadable(position: int, document: Document) -> Result:
    """Return the result of a document that was not read, and why."""
    number = document.index + 1
    if document.problem is None:
        return Result(
            position, "skipped", document.file, document.line,
            message=document.notice, document=number,
        )  # fmt: skip
    problem = document.problem
    return Result(
        position, "unreadable", document.file, problem.line,
        message=problem.sentence, document=number, field=problem.field,
    )  # fmt: skip


def results_of(listed: list[Spooled], outcomes: list[Outcome]) -> list[Result]:
    """Return what became of each document."""
    return [result_of(item, outcome) for item, outcome in zip(listed, outcomes, strict=True)]


def result_of(item: Spooled, outcome: Outcome) -> Result:
    """Return what became of one document."""
    kind, namespace, name = described(item.manifest)
    result = Result(
        item.position, "unchanged", item.file, item.line, kind, namespace, name,
        document=item.document,
    )  # fmt: skip
    error = outcome.error
    if error is not None:
        verb: ImportOutcome = "skipped" if isinstance(error, UnknownKind) else "refused"
        field = error.errors[0].field if error.errors else ""
        return replace(result, outcome=verb, message=error.message, field=field)
    written = outcome.written
    if written is None or written.verb == "terminating":
        return result
    return replace(result, outcome=written.verb, notices=written.warnings)


def with_excerpts(
    results: list[Result], uploads: Iterable[Upload], items: dict[int, int | None]
) -> list[Result]:
    """Return the results with the source of those that need mending, read from the uploads.

    `items` tells by position which item of a list a document is.
    """
    wanted = [r for r in results if r.outcome in {"refused", "unreadable"}][:MOST_EXCERPTS]
    if not wanted:
        return results
    lines = read_lines(uploads, {result.file for result in wanted})
    shown: dict[int, Result] = {}
    for result in wanted:
        held = lines.get(result.file)
        if held:
            found = excerpt(held, result.line, result.field, items.get(result.position))
            shown[result.position] = replace(result, source=found if found.text else None)
    return [shown.get(result.position, result) for result in results]


def is_mistake(outcome: Outcome) -> bool:
    """Whether a document was refused, and not only of a kind that nobody serves."""
    return outcome.error is not None and not isinstance(outcome.error, UnknownKind)
