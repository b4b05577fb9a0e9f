"""From the paths of a command line to documents: files, directories, archives and `-`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from cluster.machinery.decode import Document, Upload, documents
from cluster.machinery.limits import Limits

SUFFIXES = (".yaml", ".yml", ".json", ".ndjson")


class UnreadablePath(Exception):
    """A path of the command line that cannot be read; the text names it."""


def uploads(paths: Iterable[str]) -> Iterator[Upload]:
    """Yield each file; directories recursively in name order, `-` is standard input.

    Raises UnreadablePath for a path that does not exist or may not be read.
    """
    for text in paths:
        if text == "-":
            yield Upload("-", sys.stdin.buffer.read())
            continue
        path = Path(text)
        if not path.exists():
            raise UnreadablePath(f"{text}: no such file or directory")
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and (file == path or file.suffix in SUFFIXES):
                try:
                    yield Upload(str(file), file.read_bytes())
                except OSError as error:
                    raise UnreadablePath(f"{file}: {error.strerror}") from error


def read_documents(paths: Iterable[str]) -> list[Document]:
    """Return every document of `paths`; raises UnreadablePath."""
    return list(documents(uploads(paths), Limits.trusted()))


def printable(text: str) -> str:
    """Return one line without control characters, fit for a terminal."""
    return "".join(mark if mark.isprintable() else " " for mark in text).strip()
