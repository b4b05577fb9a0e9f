"""From uploaded bytes to documents: the first step of every manifest into a cluster.

What comes out is read, not yet understood: each manifest is a mapping with a `kind` and an
`apiVersion`; `schema.py` looks at its fields. A document that cannot be read is reported with its
file, line and remedy, and the others go on; what belongs together is for the caller to decide.
Nothing here raises for bad input. Reading is lazy, so a large file need not be held as values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from cluster.machinery import archives, json_reader, streams, yaml_quick, yaml_reader
from cluster.machinery.limits import Budget, Limits
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.streams import Piece
from cluster.machinery.texts import say
from cluster.machinery.unreadable import Unreadable

_BOMS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"), (b"\0\0\xfe\xff", "UTF-32"))
_GO_WORDS = {str: "string", bool: "bool", int: "number", float: "number", list: "array"}
_HEADER = (("kind", "Kind"), ("apiVersion", "apiVersion"))


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it was sent: its name (with folders, if any) and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a document cannot be read.

    `field` is the path to blame or empty, `line` counts from 1 in the file, `remedy` is a sentence
    for the user or empty.
    """

    message: str
    field: str = ""
    line: int = 1
    remedy: str = ""

    @property
    def sentence(self) -> str:
        """What is wrong and what to do about it."""
        if not self.remedy:
            return self.message
        return say("{problem}. {remedy}", problem=self.message.rstrip("."), remedy=self.remedy)


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file, or one item of a list in it.

    `index` counts the documents of the file from 0, `line` from 1; both are the list's for its
    items, whose position is `item`. `text` is the source, for showing the lines around a problem.
    Exactly one of `manifest` and `problem` is set, neither for an empty document and for a file
    that was not read (`notice` says why).
    """

    file: str
    index: int
    line: int
    text: str
    manifest: Manifest | None = None
    problem: Problem | None = None
    item: int | None = None
    notice: str = ""

    @property
    def empty(self) -> bool:
        """True for a document without content: only comments, `null` or nothing."""
        return self.manifest is None and self.problem is None and not self.notice


def documents(uploads: Iterable[Upload], limits: Limits) -> Iterator[Document]:
    """Yield the documents of all `uploads`, in the order of files, documents and list items.

    Archives are unpacked, lists are expanded. Where a limit of the whole upload is reached, the
    last document carries the problem and the rest is not read.
    """
    budget = Budget(limits)
    for upload in uploads:
        try:
            for member in archives.members(upload.name, upload.data, budget):
                if member.data is None:
                    notice = say(
                        "not read: its name ends in none of {endings}", endings=_suffixes()
                    )
                    yield Document(member.name, 0, 1, "", notice=notice)
                    continue
                for document in _file(member.name, member.data, budget):
                    if not budget.take_document():
                        raise _too_many(budget)
                    yield document
        except Unreadable as error:
            yield Document(upload.name, 0, 1, "", problem=_problem(error, 1))
            if _spent(budget):
                return


def _file(name: str, data: bytes, budget: Budget) -> Iterator[Document]:
    try:
        text = _text(data)
    except Unreadable as error:
        yield Document(name, 0, 1, "", problem=_problem(error, 1))
        return
    is_plain = not yaml_quick.has_odd_characters(text)
    for index, piece in enumerate(streams.pieces(text)):
        try:
            value = _value(piece, budget, is_plain=is_plain)
        except Unreadable as error:
            yield Document(
                name, index, piece.line, piece.text, problem=_problem(error, piece.line)
            )
            continue
        if isinstance(value, dict) and not _is_list(value):
            problem = _header_problem(value, piece.line)
            kept = None if problem else value
            yield Document(name, index, piece.line, piece.text, kept, problem)
        elif value is None:
            yield Document(name, index, piece.line, piece.text)
        else:
            empty = Document(name, index, piece.line, piece.text)
            yield from _items(value, empty, "")


def _text(data: bytes) -> str:
    """Return the text of a file, line ends as newlines; kubectl reads UTF-8 and nothing else."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            message: str = say("file is {encoding}; manifests are UTF-8", encoding=encoding)
            raise Unreadable(message, remedy=say("Save the file as UTF-8."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "yaml: invalid UTF-8 octet sequence"
        raise Unreadable(message, line=line, remedy=say("Save the file as UTF-8.")) from None
    return text.replace("\r\n", "\n") if "\r" in text else text


def _value(piece: Piece, budget: Budget, *, is_plain: bool) -> JSON:
    if piece.fault:
        raise Unreadable(
            piece.fault, line=piece.fault_line - piece.line + 1,
            remedy=say("Put --- on a line of its own; indent text that begins with dashes.")
            if piece.fault.startswith("invalid Yaml") else "",
        )  # fmt: skip
    if len(piece.text) > budget.limits.document_bytes:
        size = budget.limits.document_bytes >> 20
        raise Unreadable(
            say("document is larger than {size} MiB", size=size),
            remedy=say("Split it into several documents."),
        )
    value = piece.value
    if value is None and piece.text.lstrip().startswith("{"):
        value = json_reader.whole(piece.text)
    if value is not None:
        json_reader.check(piece.text, value, budget)
        return value
    return yaml_reader.read(piece.text, budget, is_plain=is_plain)


def _is_list(manifest: Manifest) -> bool:
    kind = manifest.get("kind")
    if not isinstance(kind, str) or not kind.endswith("List"):
        return False
    items = manifest.get("items")
    return isinstance(items, list) or (kind == "List" and items is None)


def _items(value: JSON, within: Document, path: str) -> Iterator[Document]:
    """Yield the items of a list, lists in lists too; `within` is the document, still empty."""
    if not isinstance(value, dict):
        word = _GO_WORDS[type(value)]
        message = f"json: cannot unmarshal {word} into Go value of type map[string]interface {{}}"
        remedy: str = say(
            "A document is one object: apiVersion, kind, metadata and more, as a mapping."
        )
        if word == "array":
            remedy = say(
                "Put several objects into several documents, or into the items of a List."
            )
        yield replace(within, problem=Problem(message, path, within.line, remedy))
        return
    if not _is_list(value):
        problem = _header_problem(value, within.line, path)
        yield replace(within, manifest=None if problem else value, problem=problem)
        return
    items = value.get("items")
    if not isinstance(items, list) or not items:
        yield within
        return
    kind = str(value["kind"]).removesuffix("List")
    for position, item in enumerate(items):
        if kind and isinstance(item, dict) and not item.get("kind"):
            item = {"apiVersion": value.get("apiVersion"), "kind": kind} | item  # noqa: PLW2901
        place = within if path else replace(within, item=position)
        yield from _items(item, place, f"{path}.items[{position}]".removeprefix("."))


def _header_problem(manifest: Manifest, line: int, path: str = "") -> Problem | None:
    """Return what is wrong with `kind` or `apiVersion`; without them nothing else can be said."""
    for member, word in _HEADER:
        value = manifest.get(member)
        if value and isinstance(value, str):
            continue
        field = f"{path}.{member}".removeprefix(".")
        if value is None or value == "":
            remedy = say("Add {member}: manifests begin with apiVersion and kind.", member=member)
            return Problem(f"Object '{word}' is missing", field, line, remedy)
        go_word = _GO_WORDS.get(type(value), "object")
        message = (
            f"json: cannot unmarshal {go_word} into Go struct field TypeMeta.{member}"
            " of type string"
        )
        return Problem(message, field, line, say("Make {member} a text.", member=member))
    return None


def _problem(error: Unreadable, first_line: int) -> Problem:
    line = 1 if error.line is None else error.line
    return Problem(error.message, error.field, first_line + line - 1, error.remedy)


def _too_many(budget: Budget) -> Unreadable:
    message = say("upload has more than {limit} documents", limit=budget.limits.documents)
    return Unreadable(message, remedy=say("Upload it in parts."))


def _spent(budget: Budget) -> bool:
    limits = budget.limits
    return budget.documents_read > limits.documents or budget.bytes_read > limits.total_bytes


def _suffixes() -> str:
    return " ".join(archives.MANIFEST_SUFFIXES)
