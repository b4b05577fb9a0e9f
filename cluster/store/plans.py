"""Plans that are kept: written once, read by their link, deleted; the oldest make way.

Working a plan out is `cluster.runtime.planning`; nothing here touches a cluster's objects.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from django.db import transaction

from cluster.machinery.errors import BadRequest, NotFound
from cluster.machinery.kept_texts import notes, recalled
from cluster.machinery.manifest import Manifest
from cluster.machinery.texts import say
from cluster.models import StoredPlan
from cluster.store import rows
from cluster.store.handles import find_cluster

KEPT_PLANS = 100
"""Plans kept of one cluster: a link in a pull request outlives it, a year of them need not."""

LONGEST_TEXT = 1024 * 1024
"""Bytes of a plan's documents: what a person or a pull request changes, not a cluster's dump."""

LARGEST_RESULT = 4 * 1024 * 1024
"""Bytes of what is kept of a plan, as JSON; beyond, versions of objects are left out."""


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """One plan as it was kept."""

    token: str
    cluster: str
    title: str
    text: str
    revision: int
    result: Manifest
    actor: str
    created: datetime


def save_plan(
    *, cluster: str, title: str, text: str, revision: int, result: Manifest, actor: str
) -> KeptPlan:
    """Keep a plan and return it with its link; raises BadRequest, NotFound."""
    if len(text.encode()) > LONGEST_TEXT:
        size = LONGEST_TEXT // 1024
        raise BadRequest(say("a plan has at most {size} KiB of documents", size=size))
    row = StoredPlan(
        cluster_id=find_cluster(cluster).id,
        token=secrets.token_hex(6),
        title=rows.storable(title[:120]),
        text=rows.storable(text),
        revision=revision,
        result=_bounded(result),
        actor=actor,
        created=datetime.now(UTC),
        told=notes([title]),
    )
    with transaction.atomic():
        rows.unguarded(StoredPlan).bulk_create([row])
        kept = StoredPlan.objects.filter(cluster_id=row.cluster_id).order_by("-pk")
        oldest = kept.values_list("pk", flat=True)[KEPT_PLANS - 1 : KEPT_PLANS].first()
        if oldest is not None:
            rows.delete_where(
                rows.unguarded(StoredPlan).filter(cluster_id=row.cluster_id, pk__lt=oldest)
            )
    return find_plan(cluster, row.token)


def _bounded(result: Manifest) -> Manifest:
    """Return a result that fits, without the versions of its objects if need be."""
    text = orjson.dumps(result).replace(b"\\u0000", b"\\ufffd")  # PostgreSQL knows no NUL
    plain: Manifest = orjson.loads(text)
    if len(text) <= LARGEST_RESULT:
        return plain
    objects = plain.get("objects")
    if isinstance(objects, list):
        for item in objects:
            if isinstance(item, dict):
                item["before"] = item["after"] = None
    return plain


def find_plan(cluster: str, token: str) -> KeptPlan:
    """Return a plan by its link; raises NotFound."""
    row = (
        StoredPlan.objects.select_related("cluster")
        .filter(cluster__name=cluster, token=token)
        .first()
    )
    if row is None:
        raise NotFound(
            say("there is no plan {token} in cluster {cluster}", token=token, cluster=cluster)
        )
    return _kept(row)


def recent_plans(cluster: str, *, limit: int = 20) -> list[KeptPlan]:
    """Return the last plans of a cluster, newest first, their documents and results left out."""
    found = StoredPlan.objects.filter(cluster__name=cluster).select_related("cluster")
    listed = found.defer("text", "result").order_by("-pk")[:limit]
    return [_kept(row, is_whole=False) for row in listed]


def delete_plan(cluster: str, token: str) -> None:
    """Delete a plan; raises NotFound."""
    find_plan(cluster, token)
    rows.delete_where(rows.unguarded(StoredPlan).filter(cluster__name=cluster, token=token))


def _kept(row: StoredPlan, *, is_whole: bool = True) -> KeptPlan:
    return KeptPlan(
        token=row.token, cluster=row.cluster.name,
        title=recalled(row.told).get(row.title, row.title),
        text=row.text if is_whole else "", revision=row.revision,
        result=row.result if is_whole else {}, actor=row.actor, created=row.created,
    )  # fmt: skip
