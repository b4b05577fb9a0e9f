"""Clusters as everything above the store knows them: values, never rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import orjson

from cluster.machinery.errors import NotFound
from cluster.machinery.settings import ClusterSettings, parse_settings
from cluster.models import Cluster


@dataclass(frozen=True, slots=True)
class ClusterHandle:
    """One cluster as it was when asked for; `settings` parsed, `raw_settings` as given.

    `revision` is the last in its log, `oldest_revision` the earliest one to read on from.
    """

    id: int
    name: str
    uid: str
    title: str
    description: str
    raw_settings: bytes
    revision: int
    oldest_revision: int

    @property
    def settings(self) -> ClusterSettings:
        """The settings, parsed."""
        return _parsed(self.raw_settings)


@lru_cache(maxsize=64)
def _parsed(raw: bytes) -> ClusterSettings:
    return parse_settings(orjson.loads(raw))


def handle_of(row: Cluster) -> ClusterHandle:
    """Return the value of a row."""
    return ClusterHandle(
        id=row.pk,
        name=row.name,
        uid=row.uid,
        title=row.title,
        description=row.description,
        raw_settings=orjson.dumps(row.settings, option=orjson.OPT_SORT_KEYS),
        revision=row.revision,
        oldest_revision=row.oldest_revision,
    )


def no_such_cluster(name: str) -> NotFound:
    """Return the 404 for a cluster that does not exist."""
    return NotFound(f'clusters "{name}" not found', details={"name": name, "kind": "clusters"})


def find_cluster(name: str) -> ClusterHandle:
    """Return the cluster called `name` as it is now; raises NotFound."""
    row = Cluster.objects.filter(name=name).first()
    if row is None:
        raise no_such_cluster(name)
    return handle_of(row)


def all_clusters() -> list[ClusterHandle]:
    """Return every cluster, by name."""
    return [handle_of(row) for row in Cluster.objects.order_by("name")]
