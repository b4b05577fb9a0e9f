"""The object that a page is about: its kind, its manifest now or at a revision, its versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest
from django.utils.translation import gettext as _

from cluster.catalog import KINDS
from cluster.machinery.kind import Kind
from cluster.machinery.manifest import JSON, Manifest, mapping_at, mappings_at, text_at
from cluster.machinery.meta import Key
from cluster.runtime.column_words import column_word
from cluster.store import log, read
from cluster.store.handles import ClusterHandle, find_cluster
from cluster.web.access import demand
from cluster.web.refusals import Missing

MOST_VERSIONS = 50
UNTOLD_COLUMNS = frozenset({"Name", "Namespace", "Age"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What a page is about. `manifest` is None once the object is gone."""

    cluster: ClusterHandle
    kind: Kind
    key: Key
    manifest: Manifest | None

    @property
    def title(self) -> str:
        """`Service shop/web`."""
        return str(self.key)


def find_subject(
    request: HttpRequest, cluster: str, kind: str, namespace: str, name: str
) -> Subject:
    """Return the object that an address names, as it is now.

    Kinds answer to every name that kubectl knows. Raises Missing for an unknown kind, NotFound for
    the cluster, PermissionDenied without the permission to see the kind.
    """
    found = kind_called(kind)
    demand(request, "view", found.kind)
    handle = find_cluster(cluster)
    key = found.key(namespace, name)
    return Subject(handle, found, key, read.get_many(handle, [key]).get(key))


def kind_called(word: str) -> Kind:
    """Return the kind with that name; raises Missing."""
    found = KINDS.word(word)
    if found is None:
        raise Missing(_("netviz knows no kind called %(name)s.") % {"name": word})
    return found


def versions_of(subject: Subject) -> list[log.HistoryEntry]:
    """Return the changes of an object that the log still holds, newest first."""
    return log.history(subject.cluster, subject.key, limit=MOST_VERSIONS)


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a summary: a name as kubectl prints it, and the value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One entry of `status.conditions`."""

    type: str
    status: str
    reason: str
    message: str
    since: str

    @property
    def state(self) -> str:
        """The glyph: True is a tick, False a dash, Unknown a question mark."""
        return {"True": "ok", "False": "skip"}.get(self.status, "unknown")


def facts_of(kind: Kind, manifest: Manifest) -> list[Fact]:
    """Return an object's own columns, as `kubectl get -o wide` prints them."""
    found: list[Fact] = []
    for column in kind.columns:
        if column.name in UNTOLD_COLUMNS:
            continue
        value = _printed(column.read(manifest))
        if value:
            found.append(Fact(column_word(column.name), value))
    return found


def _printed(value: JSON) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def conditions_of(manifest: Manifest) -> list[Condition]:
    """Return what the object's status says of it."""
    return [
        Condition(
            type=text_at(item, "type") or "",
            status=text_at(item, "status") or "",
            reason=text_at(item, "reason") or "",
            message=text_at(item, "message") or "",
            since=text_at(item, "lastTransitionTime") or "",
        )
        for item in mappings_at(mapping_at(manifest, "status"), "conditions")
    ]


def labels_of(manifest: Manifest, field: str = "labels") -> list[tuple[str, str]]:
    """Return the labels (or annotations) of a manifest, sorted."""
    found = mapping_at(manifest, "metadata", field)
    return sorted((name, cast("str", value)) for name, value in found.items())


def is_terminating(manifest: Manifest) -> bool:
    """Return whether deletion was requested and the object still stands."""
    return text_at(manifest, "metadata", "deletionTimestamp") is not None
