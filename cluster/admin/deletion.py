"""Deleting objects through the store, one by one, with a word on each that was refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cluster import store
from cluster.machinery.errors import ApiError, NotFound
from cluster.models import Resource

MOST_LISTED = 50
"""Dependents named on the page that asks for confirmation."""


@dataclass(slots=True)
class Outcomes:
    """What became of several deletions."""

    deleted: list[str] = field(default_factory=list)
    terminating: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def delete(row: Resource, actor: str) -> store.Written:
    """Delete one object as kubectl does; raises ApiError."""
    uid = row.uid or None
    return store.delete(cluster=row.cluster.name, address=row.key, actor=actor, uid=uid)


def delete_all(rows: Iterable[Resource], actor: str) -> Outcomes:
    """Delete objects one by one; one that went with another is deleted, too."""
    outcomes = Outcomes()
    for row in list(rows):
        try:
            written = delete(row, actor)
        except NotFound:
            outcomes.deleted.append(str(row))
        except ApiError as error:
            outcomes.refused.append(f"{row}: {error.message}")
        else:
            listed = outcomes.deleted if written.verb == "deleted" else outcomes.terminating
            listed.append(str(row))
    return outcomes


def with_dependents(rows: Iterable[Resource]) -> list[SafeString | list[SafeString]]:
    """Return the objects as the confirmation lists them, each with what it owns below it."""
    listed: list[SafeString | list[SafeString]] = []
    for row in rows:
        listed.append(format_html("{} {}", row.kind, _name(row)))
        below = dependents(row)
        if below:
            listed.append(below)
    return listed


def dependents(row: Resource) -> list[SafeString]:
    """Return what goes with an object: what it owns, or what stands in a Namespace."""
    if row.kind == "Namespace":
        inside = Resource.objects.filter(cluster_id=row.cluster_id, namespace=row.name)
        return _listed(inside[: MOST_LISTED + 1], inside.count())
    found: list[Resource] = []
    owners = [row.uid]
    while owners and len(found) <= MOST_LISTED:
        owned = Resource.objects.filter(cluster_id=row.cluster_id, owner_uid__in=owners)
        below = list(owned.defer("manifest")[: MOST_LISTED + 1])
        found += below
        owners = [other.uid for other in below]
    return _listed(found, len(found))


def _listed(rows: Iterable[Resource], count: int) -> list[SafeString]:
    names = [format_html("{} {}", row.kind, _name(row)) for row in rows]
    if count > MOST_LISTED:
        names[MOST_LISTED:] = [SafeString(_("and more"))]
    return names


def _name(row: Resource) -> str:
    return f"{row.namespace}/{row.name}" if row.namespace else row.name
