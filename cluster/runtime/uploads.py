"""Uploaded files on their way into an import: kept in the data directory until it is over.

An upload is a directory of numbered files and a list of the names they had; those names are text
for people and are never used as paths. Older uploads may be a single file.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson
from django.conf import settings

from cluster.machinery import archives
from cluster.machinery.decode import Upload
from cluster.machinery.limits import Budget, Limits
from cluster.machinery.unreadable import Unreadable

NAMES = "names.json"
LONGEST_NAME = 255
A_NODE = re.compile(rb"^\s*\"?kind\"?:\s*[\"']?Node[\"']?\s*,?\s*$", re.MULTILINE)


def save_upload(files: Iterable[tuple[str, Iterable[bytes]]]) -> str:
    """Write files (name and chunks) to disk; returns their directory within the data directory."""
    place = f"imports/{secrets.token_hex(8)}-upload"
    directory = Path(settings.NETVIZ_DATA) / place
    directory.mkdir(parents=True, mode=0o700)
    names: list[str] = []
    for name, chunks in files:
        with (directory / str(len(names))).open("wb") as written:
            for chunk in chunks:
                written.write(chunk)
        names.append(name[-LONGEST_NAME:])
    (directory / NAMES).write_bytes(orjson.dumps(names))
    return place


def read_upload(place: str, name: str) -> Iterator[Upload]:
    """Yield the files of an upload one at a time; `name` is a single file's. Raises OSError."""
    path = Path(settings.NETVIZ_DATA) / place
    if not path.is_dir():
        yield Upload(name, path.read_bytes())
        return
    for number, called in enumerate(orjson.loads((path / NAMES).read_bytes())):
        yield Upload(called, (path / str(number)).read_bytes())


def remove_upload(place: str) -> None:
    """Remove an upload from the disk; one that is gone already is fine."""
    path = Path(settings.NETVIZ_DATA) / place
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def brings_nodes(place: str) -> bool:
    """Return whether an upload has a document of kind Node, so that no Nodes need be made up.

    It looks at lines, not at documents: reading them is the import's work.
    """
    budget = Budget(Limits.upload())
    try:
        return any(
            member.data is not None and A_NODE.search(member.data) is not None
            for upload in read_upload(place, "")
            for member in archives.members(upload.name, upload.data, budget)
        )
    except Unreadable:
        return False
