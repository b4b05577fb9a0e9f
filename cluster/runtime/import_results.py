"""What became of an import's documents, told so that each can be found and mended."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

from cluster.catalog import KINDS
from cluster.engine.reading import UnknownKind
from cluster.machinery.decode import Document, Upload
from cluster.machinery.errors import ApiError
from cluster.machinery.manifest import integer_at, text_at
from cluster.machinery.texts import Text, say
from cluster.runtime.excerpts import excerpt, read_lines
from cluster.runtime.spool import Spooled, described
from cluster.store import Outcome, Written
from cluster.store.imports import Details, ImportOutcome, Result

MISFIT = re.compile(
    r"json: cannot unmarshal (?P<found>\w+)(?: \S+)? into Go struct field \w+\.(?P<field>\S+)"
    r" of type (?P<wanted>\S+)"
)
OWN = ("metadata.annotations[kubectl.kubernetes.io/last-applied", "metadata.generation", "status")
REPLICATED = frozenset({"Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"})
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
        found = causes_of(error)
        field = found[0][0] if found else ""
        meant = (_meant(kind),) if verb == "skipped" and _meant(kind) else ()
        return replace(
            result, outcome=verb, message=error.message, field=field, notices=meant,
            details=Details(causes=found),
        )  # fmt: skip
    written = outcome.written
    if written is None or written.verb == "terminating":
        return result
    return replace(
        result, outcome=written.verb, notices=written.warnings, details=details_of(written)
    )


def causes_of(error: ApiError) -> tuple[tuple[str, str], ...]:
    """Return the fields that a refusal blames, each with what is wrong with it.

    Where a document cannot be read as its kind, the decoder's words (A-8) name the field.
    """
    found = tuple((each.field, each.body) for each in error.errors)
    match = None if found else MISFIT.search(error.message)
    return ((match["field"], _misfit(match["found"], match["wanted"])),) if match else found


def _meant(kind: str) -> Text | str:
    """Return which kind was probably meant by one that nobody serves, "" for no idea."""
    if kind in KINDS:
        return say("{kind} is of {version}.", kind=kind, version=KINDS[kind].api_version)
    near = get_close_matches(kind, [known.kind for known in KINDS], n=1, cutoff=0.8)
    return say("Is {kind} meant?", kind=near[0]) if near else ""


def _misfit(found: str, wanted: str) -> Text:
    return say("Is {found} and should be {wanted}.", found=_type(found), wanted=_type(wanted))


def _type(word: str) -> Text:
    """Return a type of Go, or what JSON calls a value, in the words of people who write YAML."""
    if word.startswith(("[]", "array")):
        return say("a list")
    if word.startswith(("int", "uint", "float", "number")):
        return say("a number")
    if word == "bool":
        return say("true or false")
    return say("a text") if word == "string" else say("a mapping")


def details_of(written: Written) -> Details:
    """Return what a write made or changed, beyond the object itself."""
    paths = tuple(path for path in written.paths if not path.startswith(OWN))
    manifest = written.manifest
    pods = integer_at(manifest, "spec", "replicas") if written.key.kind in REPLICATED else 0
    address = text_at(manifest, "spec", "clusterIP") if written.key.kind == "Service" else ""
    is_new = written.verb == "created"
    return Details(
        paths=paths, pods=(pods or 0) if is_new else 0, address=(address or "") if is_new else ""
    )


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
