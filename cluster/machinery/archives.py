"""The files inside an upload: the upload itself, or the members of a `.zip` or `.tar`.

Nothing is written to disk and no member name is ever used as a path; names are text for people.
Everything an archive says about itself (sizes, names, counts) is taken as a claim and counted
while unpacking.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cluster.machinery.limits import Budget
from cluster.machinery.texts import say
from cluster.machinery.unreadable import Unreadable

MANIFEST_SUFFIXES = (".yaml", ".yml", ".json", ".ndjson")
_CHUNK = 1 << 16
_FREE_BYTES = 1 << 20
_GZIP_MAGIC, _ZIP_MAGICS = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")
_BROKEN = (
    EOFError, OSError, NotImplementedError, RuntimeError, ValueError,
    tarfile.TarError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


class Member(NamedTuple):
    """One file: its name as shown (`all.zip:dir/a.yaml`) and its bytes, None where skipped."""

    name: str
    data: bytes | None


def members(name: str, data: bytes, budget: Budget) -> Iterator[Member]:
    """Yield the files of one upload in archive order, unpacked one at a time.

    An upload that is no archive yields itself, whatever it is called. Members with another
    ending than a manifest's come with `data` None. Raises `Unreadable` when the archive is
    broken or passes a limit; members before that have been yielded.
    """
    if data.startswith(_ZIP_MAGICS):
        found = _zip_members(data, budget)
    elif data.startswith(_GZIP_MAGIC):
        found = _tar_members(gzip.GzipFile(fileobj=io.BytesIO(data)), len(data), budget)
    elif _is_tar(data):
        found = _tar_members(io.BytesIO(data), len(data), budget)
    elif name.lower().endswith((".zip", ".tar", ".tgz", ".tar.gz")):
        message = say("is no .zip or .tar archive, as its name says")
        raise Unreadable(
            message, remedy=say("Upload the manifests themselves, or pack them again.")
        )
    else:
        if not budget.take_bytes(len(data)):
            raise _too_large(budget)
        yield Member(name, data)
        return
    try:
        yield from _counted(name, found, budget)
    except Unreadable:
        raise
    except _BROKEN as error:
        message = say("archive cannot be unpacked: {error}", error=str(error))
        raise Unreadable(message, remedy=say("Pack it again.")) from None


def _counted(name: str, found: Iterable[Member], budget: Budget) -> Iterator[Member]:
    for count, member in enumerate(found, 1):
        if count > budget.limits.members:
            message = say("archive has more than {limit} members", limit=budget.limits.members)
            raise Unreadable(message, remedy=say("Upload fewer files at a time."))
        yield Member(f"{name}:{member.name}", member.data)


def _is_manifest(path: str) -> bool:
    base = path.rsplit("/", 1)[-1]
    return base.lower().endswith(MANIFEST_SUFFIXES) and not base.startswith("._")


def _is_tar(data: bytes) -> bool:
    return data[257:262] == b"ustar"


def _zip_members(data: bytes, budget: Budget) -> Iterator[Member]:
    meter = _Meter(len(data), budget)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            if not _is_manifest(info.filename):
                yield Member(info.filename, None)
                continue
            with archive.open(info) as stream:
                text = bytearray()
                while chunk := stream.read(_CHUNK):
                    meter.unpacked(len(chunk))
                    text += chunk
            yield Member(info.filename, bytes(text))


def _tar_members(
    stream: gzip.GzipFile | io.BytesIO, packed: int, budget: Budget
) -> Iterator[Member]:
    metered = _MeteredStream(stream, _Meter(packed, budget))
    with tarfile.open(fileobj=metered, mode="r|", bufsize=_CHUNK) as archive:
        for info in archive:
            if info.isdir():
                continue
            stored = archive.extractfile(info) if info.isreg() else None
            if stored is None or not _is_manifest(info.name):
                yield Member(info.name, None)
                continue
            yield Member(info.name, stored.read())


class _Meter:
    """Counts what comes out of one archive against the budget and the archive's own size."""

    def __init__(self, packed: int, budget: Budget) -> None:
        self._budget = budget
        self._allowed = _FREE_BYTES + packed * budget.limits.ratio

    def unpacked(self, count: int) -> None:
        self._allowed -= count
        if self._allowed < 0:
            message = say(
                "archive unpacks to more than {ratio} times its size",
                ratio=self._budget.limits.ratio,
            )
            raise Unreadable(message, remedy=say("Upload the manifests unpacked."))
        if not self._budget.take_bytes(count):
            raise _too_large(self._budget)


class _MeteredStream(io.RawIOBase):
    """The bytes of a tar, counted as they are read: headers and skipped members included."""

    def __init__(self, stream: gzip.GzipFile | io.BytesIO, meter: _Meter) -> None:
        super().__init__()
        self._stream = stream
        self._meter = meter

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, one chunk at most where no size is given."""
        chunk = self._stream.read(size if size >= 0 else _CHUNK)
        self._meter.unpacked(len(chunk))
        return chunk


def _too_large(budget: Budget) -> Unreadable:
    mebibytes = budget.limits.total_bytes >> 20
    return Unreadable(
        say("upload is larger than {size} MiB", size=mebibytes),
        remedy=say("Upload it in parts, or load it with the command."),
    )
