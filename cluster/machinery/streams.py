"""A file of manifests cut into the texts of its documents.

The cuts are kubectl's: a YAML document ends at a line that begins with `---`, wherever it stands,
and a file that begins with `{` is a stream of JSON objects for as long as it parses as one.
Nothing is read here, so a broken document costs only itself.
Source: apimachinery `util/yaml/decoder.go`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cluster.machinery import json_reader
from cluster.machinery.manifest import JSON
from cluster.machinery.unreadable import Unreadable

_NOTHING = re.compile(r"(?:[ \t]*(?:[#%][^\n]*)?\n)*[ \t]*(?:[#%][^\n]*)?")
_SPACE = re.compile(r"\s*")
_NEXT_OBJECT = re.compile(r"^(?=\{|---)", re.MULTILINE)


class Piece(NamedTuple):
    """The text of one document and the line of the file it begins at.

    `value` is what JSON text holds, None while unread; `fault` says why the document cannot be
    read, `fault_line` (from 1, in the file) where.
    """

    text: str
    line: int
    value: JSON = None
    fault: str = ""
    fault_line: int = 0


def pieces(text: str) -> Iterator[Piece]:
    """Yield the documents of a file in order; comments before the first `---` are no document."""
    start = _skip_space(text, 0)
    if text.startswith("{", start):
        try:
            first = json_reader.value_at(text, start)
        except Unreadable:
            pass
        else:
            return _json_pieces(text, start, first)
    return _yaml_pieces(text, 0, 1)


def _yaml_pieces(text: str, start: int, line: int) -> Iterator[Piece]:
    fault, first = "", True
    while True:
        at_mark = text.startswith("---", start) and (start == 0 or text[start - 1] == "\n")
        end = start if at_mark else text.find("\n---", start) + 1 or len(text)
        body = text[start:end]
        last = end == len(text)
        if fault:
            yield Piece(body, line, None, fault, line - 1)
        elif not first or not _NOTHING.fullmatch(body):
            yield Piece(body, line)
        if last:
            return
        after = text.find("\n", end) + 1 or len(text)
        rest = text[end + 3 : after].strip()
        fault = f"invalid Yaml document separator: {rest}" if rest and rest[0] != "#" else ""
        line += text.count("\n", start, after)
        start, first = after, False


def _json_pieces(text: str, start: int, first: tuple[JSON, int]) -> Iterator[Piece]:
    line = 1 + text.count("\n", 0, start)
    found: tuple[JSON, int] | None = first
    while start < len(text):
        if text.startswith("---", start):
            yield from _yaml_pieces(text, start, line)
            return
        try:
            value, end = found or json_reader.value_at(text, start)
            yield Piece(text[start:end], line, value)
        except Unreadable as error:
            end = _next_line_of_json(text, start)
            fault_line = line + (error.line or 1) - 1
            yield Piece(text[start:end], line, None, error.message, fault_line)
        following = _skip_space(text, end)
        line += text.count("\n", start, following)
        start, found = following, None


def _next_line_of_json(text: str, start: int) -> int:
    """Return where the stream can be taken up again after a fault: a whole object, or a `---`.

    Only whole lines are tried: a file of faults is not parsed from each of them to its end.
    """
    for candidate in _NEXT_OBJECT.finditer(text, start + 1):
        at = candidate.start()
        if text.startswith("---", at) or json_reader.whole_line(text, at) is not None:
            return at
    return len(text)


def _skip_space(text: str, start: int) -> int:
    found = _SPACE.match(text, start)
    return found.end() if found else start
