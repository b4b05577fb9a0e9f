"""Documents of an upload on disk, sorted into the order in which they are applied (J-14).

Reading fills one file per upload order; finishing joins them into one, whose bytes are counted off
as documents are applied. A spool that was not finished is made again from the upload.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import orjson

from cluster.catalog import KINDS
from cluster.machinery.decode import Document
from cluster.machinery.manifest import JSON, Manifest

UNKNOWN_ORDER = 99  # kinds that nobody serves come last; each is told of as skipped


@dataclass(frozen=True, slots=True)
class Spooled:
    """One document: where it stood (`file`, `line` from 1, `position` in the upload), and it.

    `document` counts the documents of its file from 1, `item` the items of a list from 0.
    """

    position: int
    file: str
    line: int
    manifest: Manifest
    document: int = 1
    item: int | None = None

    def line_of_file(self) -> bytes:
        """Return the line that a spool keeps of it."""
        kept = [self.position, self.file, self.line, self.manifest, self.document, self.item]
        return orjson.dumps(kept) + b"\n"


class Spool:
    """The documents of one upload in a directory of their own; `count` tells those added here."""

    def __init__(self, directory: Path) -> None:
        """Use `directory`; nothing is made before documents are added."""
        self._directory = directory
        self._sorted = directory / "documents.jsonl"
        self._parts: dict[int, BinaryIO] = {}
        self.count = 0

    @property
    def is_finished(self) -> bool:
        """Whether all documents are in and sorted."""
        return self._sorted.exists()

    def start(self) -> None:
        """Begin anew."""
        self.remove()
        self._directory.mkdir(parents=True)

    def add(self, position: int, document: Document) -> None:
        """Add a document that has a manifest."""
        manifest = document.manifest
        if manifest is None:
            raise ValueError(f"{document.file}:{document.line} has no manifest")
        kind = KINDS.of(str(manifest.get("apiVersion")), str(manifest.get("kind")))
        order = UNKNOWN_ORDER if kind is None else kind.upload_order
        if order not in self._parts:
            self._parts[order] = self._part(order).open("wb")
        item = Spooled(
            position, document.file, document.line, manifest, document.index + 1, document.item
        )
        self._parts[order].write(item.line_of_file())
        self.count += 1

    def finish(self) -> None:
        """Join the parts in order; the sorted file appears whole or not at all."""
        for part in self._parts.values():
            part.close()
        draft = self._directory / "draft"
        with draft.open("wb") as joined:
            for order in sorted(self._parts):
                with self._part(order).open("rb") as part:
                    shutil.copyfileobj(part, joined)
                self._part(order).unlink()
        self._parts.clear()
        draft.rename(self._sorted)

    def read(self, offset: int, count: int) -> tuple[list[Spooled], int]:
        """Return up to `count` documents from byte `offset` on, and the offset after them."""
        found: list[Spooled] = []
        with self._sorted.open("rb") as file:
            file.seek(offset)
            while len(found) < count and (line := file.readline()):
                found.append(Spooled(*orjson.loads(line)))
            return found, file.tell()

    def blank(self) -> None:
        """Take the values out of what is never kept (a Secret's data); the names stay.

        For spools that lie until someone chooses: a cluster's secrets must not lie with them.
        """
        draft = self._directory / "draft"
        with draft.open("wb") as written:
            for item in self._all():
                blank = replace(item, manifest=_blanked(item.manifest))
                written.write(blank.line_of_file())
        draft.rename(self._sorted)

    def _all(self) -> Iterator[Spooled]:
        with self._sorted.open("rb") as file:
            for line in file:
                yield Spooled(*orjson.loads(line))

    def remove(self) -> None:
        """Remove everything from the disk."""
        for part in self._parts.values():
            part.close()
        self._parts.clear()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _part(self, order: int) -> Path:
        return self._directory / f"part-{order:03}.jsonl"


def never_kept(manifest: Manifest) -> tuple[str, ...]:
    """Return the fields of a document that are dropped before it is stored."""
    kind = KINDS.of(str(manifest.get("apiVersion")), str(manifest.get("kind")))
    return () if kind is None else kind.dropped_fields


def _blanked(manifest: Manifest) -> Manifest:
    blanked = dict(manifest)
    for field in never_kept(manifest):
        held = blanked.get(field)
        if isinstance(held, dict):
            blanked[field] = dict.fromkeys(held, "")
    return blanked


def described(manifest: JSON) -> tuple[str, str, str]:
    """Return kind, namespace and name of a document as far as it tells."""
    if not isinstance(manifest, dict):
        return "", "", ""
    meta = manifest.get("metadata")
    held = meta if isinstance(meta, dict) else {}
    return (
        str(manifest.get("kind") or ""),
        str(held.get("namespace") or ""),
        str(held.get("name") or held.get("generateName") or ""),
    )
