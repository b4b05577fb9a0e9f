"""The lines of an upload around the one to blame, for the documents that were refused.

Taken while the upload is still there; documents that hold secrets never show their source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import yaml

from cluster.machinery import archives
from cluster.machinery.decode import Upload
from cluster.machinery.limits import Budget, Limits
from cluster.machinery.unreadable import Unreadable
from cluster.store.imports import Excerpt

AROUND = 5  # lines before and after, ux.md 7.8
LONGEST_LINE = 500  # characters
LONGEST_DOCUMENT = 5_000  # lines searched for a field
SEPARATOR = re.compile(r"^---(\s|$)")
SECRET = re.compile(r"^\s*\"?kind\"?:\s*[\"']?(Secret|ConfigMap)\b", re.MULTILINE)
STEP = re.compile(r"\[(\d+)\]|\[([^\]]+)\]|([^.\[\]]+)")


def read_lines(uploads: Iterable[Upload], files: set[str]) -> dict[str, list[str]]:
    """Return the lines of those of `files` that the uploads hold, unpacking archives."""
    found: dict[str, list[str]] = {}
    budget = Budget(Limits.upload())
    try:
        for upload in uploads:
            for member in archives.members(upload.name, upload.data, budget):
                if member.name in files and member.data is not None:
                    found[member.name] = member.data.decode("utf-8", "replace").splitlines()
    except Unreadable:
        pass  # what was unpacked before is what there is to show
    return found


def excerpt(lines: Sequence[str], start: int, field: str = "", item: int | None = None) -> Excerpt:
    """Return the lines around the field of a document that starts at line `start`.

    Around its first line where the field cannot be found (an absent one: around its parent).
    Documents with secrets give no text.
    """
    document = document_at(lines, start)
    text = "\n".join(document)
    if SECRET.search(text):
        return Excerpt(start, start, "")
    blamed = start + line_of(text, field, item) if field else start
    first = max(1, blamed - AROUND)
    shown = [line[:LONGEST_LINE] for line in lines[first - 1 : blamed + AROUND]]
    return Excerpt(blamed, first, "\n".join(shown))


def document_at(lines: Sequence[str], start: int) -> list[str]:
    """Return the lines of the document that starts at line `start` (from 1)."""
    found: list[str] = []
    for line in lines[start - 1 : start - 1 + LONGEST_DOCUMENT]:
        if found and SEPARATOR.match(line):
            break
        found.append(line)
    return found


def line_of(text: str, field: str, item: int | None = None) -> int:
    """Return the line (from 0) of a field, or of the nearest of its parents that is there."""
    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        return 0
    found = 0
    steps = [(word, None) for word in ("items",)] + [(None, item)] if item is not None else []
    wanted = [*steps, *((word or plain or None, _index(index)) for index, word, plain in
                        STEP.findall(field))]  # fmt: skip
    for name, index in wanted:
        entry = _child(node, name, index)
        if entry is None:
            return found
        line, node = entry
        found = line
    return found


def _index(text: str) -> int | None:
    return int(text) if text else None


def _child(
    node: yaml.Node | None, name: str | None, index: int | None
) -> tuple[int, yaml.Node] | None:
    """Return the line and the value of a member or an element, None where there is none."""
    if isinstance(node, yaml.MappingNode) and name is not None:
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == name:
                return key.start_mark.line, value
    if isinstance(node, yaml.SequenceNode) and index is not None and index < len(node.value):
        value = node.value[index]
        return value.start_mark.line, value
    return None
