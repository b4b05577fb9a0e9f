"""Since when findings stand: written by who follows a cluster; the first to see one wins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from cluster.machinery.findings import Finding
from cluster.models import Sighting
from cluster.models.findings import PATH
from cluster.store import rows
from cluster.store.handles import ClusterHandle

AT_ONCE = 500  # rows a statement


class Identity(NamedTuple):
    """What makes a finding the same one after its message has changed."""

    rule: str
    kind: str
    namespace: str
    name: str
    path: str


def identity(finding: Finding) -> Identity:
    """Return the identity of a finding."""
    key = finding.key
    return Identity(finding.rule, key.kind, key.namespace, key.name, finding.path[:PATH])


def sightings(cluster: ClusterHandle) -> dict[Identity, datetime]:
    """Return since when each finding stands, as far as it is known."""
    found = Sighting.objects.filter(cluster_id=cluster.id).values_list(
        "rule", "kind", "namespace", "name", "path", "since"
    )
    return {Identity(*row[:5]): row[5] for row in found.iterator(AT_ONCE)}


def see(
    cluster: ClusterHandle,
    came: Iterable[Identity],
    went: Iterable[Identity],
    time: datetime,
) -> None:
    """Note which findings came and went at `time`; those known already keep their time."""
    new, gone = sorted(set(came)), sorted(set(went))
    with transaction.atomic():
        for part in rows.chunks(gone, AT_ONCE):
            for each in part:
                rows.delete_where(
                    rows.unguarded(Sighting).filter(cluster_id=cluster.id, **each._asdict())
                )
        for part in rows.chunks(new, AT_ONCE):
            made = [Sighting(cluster_id=cluster.id, since=time, **each._asdict()) for each in part]
            rows.unguarded(Sighting).bulk_create(made, ignore_conflicts=True)
