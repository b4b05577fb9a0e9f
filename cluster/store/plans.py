"""Plans that are kept: written once, read by their link, deleted; the oldest make way.

Plans of readers without a login have no actor, a bound of their own and an end
(docs/decisions/plans.md), so that looking costs no account its plans.

Working a plan out is `cluster.runtime.planning`; nothing here touches a cluster's objects.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson
from django.db import transaction
from django.db.models import Q

from cluster.machinery.errors import BadRequest, NotFound
from cluster.machinery.kept_texts import notes, recalled
from cluster.machinery.manifest import Manifest
from cluster.machinery.texts import say
from cluster.models import StoredPlan
from cluster.store import rows
from cluster.store.handles import find_cluster

KEPT_PLANS = 100
"""Plans kept of one cluster: a link in a pull request outlives it, a year of them need not."""

KEPT_UNKNOWN = 20
"""Plans of readers without a login that are kept of one cluster, beside the others."""

UNKNOWN_LASTS = timedelta(days=7)
"""How long such a plan is there: long enough to show it to somebody."""

LONGEST_TEXT = 1024 * 1024
"""Bytes of a plan's documents: what a person or a pull request changes, not a cluster's dump."""

LARGEST_RESULT = 4 * 1024 * 1024
"""Bytes of what is kept of a plan, as JSON; beyond, versions of objects are left out."""


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """One plan as it was kept; `actor` is "" for one made without a login."""

    token: str
    cluster: str
    title: str
    text: str
    revision: int
    result: Manifest
    actor: str
    created: datetime

    @property
    def ends(self) -> datetime | None:
        """When the plan is no more, None for one that only makes way for others."""
        return None if self.actor else self.created + UNKNOWN_LASTS


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
        _make_way(row.cluster_id, row.created, is_known=bool(actor))
    return find_plan(cluster, row.token)


def _make_way(cluster: int, now: datetime, *, is_known: bool) -> None:
    """Delete the plans that are beyond their number, and those that have ended."""
    plans = rows.unguarded(StoredPlan).filter(cluster_id=cluster)
    rows.delete_where(plans.filter(actor="", created__lt=now - UNKNOWN_LASTS))
    same, most = (
        (plans.exclude(actor=""), KEPT_PLANS)
        if is_known
        else (plans.filter(actor=""), KEPT_UNKNOWN)
    )
    oldest = same.order_by("-pk").values_list("pk", flat=True)[most - 1 : most].first()
    if oldest is not None:
        rows.delete_where(same.filter(pk__lt=oldest))


def _there(now: datetime) -> Q:
    """Return what says of a plan that it has not ended."""
    return ~Q(actor="") | Q(created__gte=now - UNKNOWN_LASTS)


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
        .filter(_there(datetime.now(UTC)), cluster__name=cluster, token=token)
        .first()
    )
    if row is None:
        raise NotFound(
            say("there is no plan {token} in cluster {cluster}", token=token, cluster=cluster)
        )
    return _kept(row)


def recent_plans(cluster: str, *, limit: int = 20) -> list[KeptPlan]:
    """Return the last plans of a cluster, newest first, their documents and results left out."""
    there = _there(datetime.now(UTC))
    found = StoredPlan.objects.filter(there, cluster__name=cluster).select_related("cluster")
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
