"""Objects as rows hold them, and what a manifest says of its columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from cluster.machinery.manifest import (
    Manifest,
    flag_at,
    integer_at,
    mapping_at,
    mappings_at,
    text_at,
)
from cluster.machinery.meta import Key

MANAGED = "metadata.managedFields"


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored object: its row's id (None: not written yet), revision and JSON bytes."""

    id: int | None
    key: Key
    uid: str
    revision: int
    body: bytes

    def manifest(self) -> Manifest:
        """Return the manifest without resourceVersion; the caller may change it."""
        found: Manifest = orjson.loads(self.body)
        return found


@dataclass(frozen=True, slots=True)
class Columns:
    """What the promoted columns of one manifest hold. `further_owners` go to Ownership."""

    uid: str
    generation: int
    labels: str
    owner_uid: str
    further_owners: tuple[str, ...]
    deleted: datetime | None
    created: datetime


def encode(manifest: Manifest) -> bytes:
    """Return the bytes that a row keeps."""
    return orjson.dumps(manifest)


def with_resource_version(manifest: Manifest, revision: int) -> Manifest:
    """Return `manifest` as the API shows it; the argument is not changed."""
    meta = mapping_at(manifest, "metadata") | {"resourceVersion": str(revision)}
    return manifest | {"metadata": meta}


def columns(manifest: Manifest, now: datetime) -> Columns:
    """Return the columns of a manifest; `now` stands in for a missing creationTimestamp."""
    meta = mapping_at(manifest, "metadata")
    owners = owner_uids(meta)
    labels = meta.get("labels")
    return Columns(
        uid=text_at(meta, "uid") or "",
        generation=integer_at(meta, "generation") or 0,
        labels=orjson.dumps(labels).decode() if labels else "{}",
        owner_uid=owners[0] if owners else "",
        further_owners=owners[1:],
        deleted=moment(text_at(meta, "deletionTimestamp")),
        created=moment(text_at(meta, "creationTimestamp")) or now,
    )


def owner_uids(meta: Manifest) -> tuple[str, ...]:
    """Return the uids of all owners of a `metadata`, the controller's first."""
    references = mappings_at(meta, "ownerReferences")
    if not references:
        return ()
    ordered = sorted(references, key=lambda owner: not flag_at(owner, "controller"))
    return tuple(dict.fromkeys(text_at(owner, "uid") or "" for owner in ordered))


def moment(text: str | None) -> datetime | None:
    """Return the moment that an API time names; None where it names none (stored as it came)."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def changed_paths(old: object, new: object, limit: int = 20) -> list[str]:
    """Return where two manifests differ (`spec.replicas`), at most `limit` places.

    Who owns which fields (`metadata.managedFields`) follows from the rest and is left out.
    Lists of equal length are compared element by element; of others only the list is named.
    """
    found: list[str] = []
    _differences(old, new, "", found, limit)
    return found


def _differences(old: object, new: object, path: str, found: list[str], limit: int) -> None:
    if len(found) >= limit or old == new or path == MANAGED:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            step = f"[{key}]" if "." in key or "/" in key else (f".{key}" if path else key)
            _differences(old.get(key), new.get(key), path + step, found, limit)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            _differences(before, after, f"{path}[{index}]", found, limit)
    else:
        found.append(path)
