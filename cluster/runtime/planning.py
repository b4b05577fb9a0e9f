"""Working a plan out against a stored cluster, keeping it, and making the change it describes.

A plan is of one revision: the cluster is copied in one piece, and is free again before the change
is made in the copy and both are compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cluster.engine.reading import UnknownKind
from cluster.machinery.decode import Document, Upload, documents
from cluster.machinery.errors import ApiError, BadRequest
from cluster.machinery.kept_texts import notes
from cluster.machinery.limits import Limits
from cluster.machinery.manifest import JSON, Manifest, mapping_at
from cluster.machinery.texts import say
from cluster.questions.plan.changing import copy_of
from cluster.questions.plan.files import Wish, wish_of
from cluster.questions.plan.question import planned_whole
from cluster.questions.plan.report import report
from cluster.questions.question import Given, QuestionError
from cluster.questions.seeded import Seeded
from cluster.questions.seeding import describe
from cluster.questions.steps import take_step
from cluster.runtime.asking import cluster_apart
from cluster.runtime.collector import paused
from cluster.runtime.excerpts import excerpt
from cluster.store.changing import ObjectChange
from cluster.store.imports import Excerpt
from cluster.store.plans import LONGEST_TEXT, KeptPlan, save_plan

MOST_DOCUMENTS = 1_000
"""Documents of one plan: a large pull request; whole clusters are for `netviz plan`."""

PASTED = "pasted"
_SOURCE = re.compile(r"^# Source: (?P<name>\S.{0,200})$")


@dataclass(frozen=True, slots=True)
class Placed:
    """A document that asks for something, where it stands in the text; `line` from 1."""

    wish: Wish
    file: str
    line: int

    @property
    def name(self) -> str:
        """`Service shop/web`, as far as the document says."""
        return str(self.wish.key) if self.wish.key is not None else describe(self.wish.manifest)


@dataclass(frozen=True, slots=True)
class Fault:
    """A document that cannot be taken, and why; `is_skipped` where its kind is not served."""

    file: str
    line: int
    object: str
    field: str
    message: str
    is_skipped: bool = False
    source: Excerpt | None = None

    def json(self) -> Manifest:
        """The JSON that is kept with a plan."""
        shown: Manifest | None = None
        if self.source is not None and self.source.text:
            shown = {
                "line": self.source.line, "first": self.source.first, "text": self.source.text,
            }  # fmt: skip
        return {
            "file": self.file, "line": self.line, "object": self.object, "field": self.field,
            "message": self.message, "skipped": self.is_skipped, "source": shown,
        }  # fmt: skip


@dataclass(slots=True)
class Written:
    """What a text asks for, document by document, and what in it cannot be read."""

    placed: list[Placed] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def steps(self) -> list[JSON]:
        """The steps of the question `plan`."""
        return [item.wish.step() for item in self.placed]

    @property
    def changes(self) -> list[ObjectChange]:
        """The changes that the store makes."""
        return [
            ObjectChange(item.wish.manifest, item.wish.key if item.wish.is_deletion else None)
            for item in self.placed
        ]


TOLD = "told"
"""Where a kept plan has the memories of its sentences, for pages in other languages."""


def read_text(text: str) -> Written:
    """Return what a text of documents asks for; raises BadRequest where it is too much.

    A comment `# Source: name` says which file the lines below it are from, as `helm template`
    writes it.
    """
    if len(text.encode()) > LONGEST_TEXT:
        size = LONGEST_TEXT // 1024
        raise BadRequest(say("a plan has at most {size} KiB of documents", size=size))
    lines = text.splitlines()
    found = Written()
    for document in documents([Upload(f"{PASTED}.yaml", text.encode())], Limits.upload()):
        if document.empty:
            continue
        if len(found.placed) + len(found.faults) >= MOST_DOCUMENTS:
            raise BadRequest(say("a plan has at most {limit} documents", limit=MOST_DOCUMENTS))
        _take(found, document, lines)
    return found


def _take(found: Written, document: Document, lines: list[str]) -> None:
    line = _first_line(document)
    file = _file_at(lines, line)
    if document.manifest is None:
        problem = document.problem
        message = document.notice if problem is None else problem.sentence
        at = line if problem is None else problem.line
        where = "" if problem is None else problem.field
        found.faults.append(
            Fault(file, at, say("document"), where, message, source=excerpt(lines, at, ""))
        )
        return
    try:
        found.placed.append(Placed(wish_of(document.manifest), file, line))
    except QuestionError as error:
        name = describe(document.manifest)
        shown = excerpt(lines, line, error.field)
        found.faults.append(Fault(file, line, name, error.field, error.message, source=shown))


def _first_line(document: Document) -> int:
    """Return the line of a document's first content, past blank lines and comments."""
    for offset, text in enumerate(document.text.splitlines()):
        bare = text.strip()
        if bare and not bare.startswith(("#", "---")):
            return document.line + offset
    return document.line


def _file_at(lines: list[str], line: int) -> str:
    """Return the file that a line is from, by the last comment above it that says so."""
    for text in reversed(lines[:line]):
        match = _SOURCE.match(text)
        if match is not None:
            return match["name"].strip()
    return PASTED


def make_plan(*, cluster: str, text: str, title: str, actor: str) -> KeptPlan:
    """Work a plan out and keep it; raises NotFound, BadRequest where there is nothing to plan."""
    written = read_text(text)
    if not written.placed and not written.faults:
        raise BadRequest(say("there is nothing to plan: write a document, or drop files"))
    asked = cluster_apart(cluster)
    with paused():
        found = planned_whole(asked, Given({"steps": written.steps}))
        kept = report(found)
    lines = text.splitlines()
    refused = [
        _fault(written.placed[item.step], item.error, lines)
        for item in found.plan.refused
        if item.step is not None
    ]
    faults = [*written.faults, *refused]
    counts = mapping_at(kept, "counts")
    is_refused = sum(not fault.is_skipped for fault in faults)
    result = kept | {
        "faults": [fault.json() for fault in sorted(faults, key=lambda fault: fault.line)],
        "counts": counts
        | {
            "refused": is_refused,
            "skipped": len(faults) - is_refused,
            "documents": len(written.placed),
        },
        "deletes": sum(item.wish.is_deletion for item in written.placed),
    }
    result[TOLD] = notes(result)
    return save_plan(
        cluster=cluster, title=title or _title(written), text=text, revision=asked.revision,
        result=result, actor=actor,
    )  # fmt: skip


def _fault(placed: Placed, error: ApiError, lines: list[str]) -> Fault:
    where = error.errors[0].field if error.errors else ""
    shown = excerpt(lines, placed.line, where)
    return Fault(
        placed.file, shown.line, placed.name, where, error.message,
        is_skipped=isinstance(error, UnknownKind), source=shown,
    )  # fmt: skip


def _title(written: Written) -> str:
    names = [item.name for item in written.placed] or [fault.object for fault in written.faults]
    first, more = names[0], len(names) - 1
    if written.placed and written.placed[0].wish.is_deletion:
        if more:
            return say("Delete {object} and {number} more", object=first, number=more)
        return say("Delete {object}", object=first)
    return say("{object} and {number} more", object=first, number=more) if more else first


def planned_state(cluster: str, text: str) -> Seeded:
    """Return the cluster in memory as it would be with a text's documents; raises NotFound."""
    written = read_text(text)
    asked = cluster_apart(cluster)
    with paused():
        copied = copy_of(asked)
        copied.cluster = asked.cluster
        for index, step in enumerate(written.steps):
            take_step(copied, index, step)
    return copied


def kinds_written(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the kinds that a text's documents write, and whether they delete; each once."""
    pairs = {
        (item.wish.key.kind, item.wish.is_deletion)
        for item in read_text(text).placed
        if item.wish.key is not None
    }
    yield from sorted(pairs)


def with_sources(files: list[tuple[str, str]]) -> str:
    """Return files as one text, each under a comment with its name."""
    return "\n---\n".join(f"# Source: {name}\n{text.strip()}" for name, text in files) + "\n"
