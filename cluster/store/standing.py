"""At which revision objects stand, and when that was written: what a reason quotes beside a value.

Reads rows of the log by their index, never the whole of it; a cluster is not locked for it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from cluster.machinery.meta import Key
from cluster.models import Change
from cluster.store import rows
from cluster.store.handles import ClusterHandle


@dataclass(frozen=True, slots=True)
class Standing:
    """An object's resourceVersion as a number; `time` is None where the log no longer tells."""

    revision: int
    time: datetime | None


@dataclass(frozen=True, slots=True)
class Writes:
    """The last manifests that the log has of an object, oldest first, and how many it has."""

    bodies: tuple[bytes, ...]
    count: int


def standings(cluster: ClusterHandle, keys: Collection[Key], at: int) -> dict[Key, Standing]:
    """Return where those of `keys` stood at revision `at` that existed then.

    Left out is what the kept log can no longer tell.
    """
    wanted = list(dict.fromkeys(keys))
    held = {stored.key: stored.revision for stored in rows.find(cluster.id, wanted)}
    found = {key: revision for key, revision in held.items() if revision <= at}
    for key in wanted:
        if key not in found and (revision := _before(cluster, key, at)) is not None:
            found[key] = revision
    logged = Change.objects.filter(cluster_id=cluster.id, revision__in=set(found.values()))
    times = dict(logged.values_list("revision", "time"))
    return {key: Standing(revision, times.get(revision)) for key, revision in found.items()}


def _before(cluster: ClusterHandle, key: Key, at: int) -> int | None:
    """Return the revision of what stood at `at` before a later change; None for nothing."""
    changes = Change.objects.filter(
        cluster_id=cluster.id, group=key.group, kind=key.kind, namespace=key.namespace,
        name=key.name,
    )  # fmt: skip
    last = changes.filter(revision__lte=at).order_by("-revision")
    made = last.values_list("revision", "verb").first()
    if made is not None:
        return None if made[1] == Change.Verb.DELETED else made[0]
    later = changes.filter(revision__gt=at).order_by("revision")
    return later.values_list("previous_revision", flat=True).first()


def writes(cluster: ClusterHandle, key: Key, at: int, *, most: int) -> Writes:
    """Return what the log knows of an object's last writes up to revision `at`, `most` of them.

    A deletion is none; an object that was made anew begins anew.
    """
    changes = Change.objects.filter(
        cluster_id=cluster.id, group=key.group, kind=key.kind, namespace=key.namespace,
        name=key.name, revision__lte=at,
    )  # fmt: skip
    ended = changes.filter(verb=Change.Verb.DELETED).order_by("-revision")
    gone = ended.values_list("revision", flat=True).first()
    if gone is not None:
        changes = changes.filter(revision__gt=gone)
    last = changes.order_by("-revision").values_list("manifest", flat=True)[:most]
    return Writes(tuple(bytes(body) for body in last)[::-1], changes.count())
