"""From the paths of a command line to documents: files, directories, archives and `-`."""

from __future__ import annotations

import stat
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
        try:
            for file in _files(Path(text)):
                yield Upload(str(file), file.read_bytes())
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise UnreadablePath(f"{error.filename or text}: {reason}") from error


def _files(path: Path) -> Iterator[Path]:
    """Yield `path` itself, or the manifests below it; raises OSError where there is nothing."""
    if not stat.S_ISDIR(path.stat().st_mode):
        yield path
        return
    for file in sorted(path.rglob("*")):
        if file.suffix in SUFFIXES and file.is_file():
            yield file


def read_documents(paths: Iterable[str]) -> list[Document]:
    """Return every document of `paths`; raises UnreadablePath."""
    return list(documents(uploads(paths), Limits.trusted()))


def printable(text: str) -> str:
    """Return one line without control characters, fit for a terminal."""
    return "".join(mark if mark.isprintable() else " " for mark in text).strip()
