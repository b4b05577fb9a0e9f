"""Watching Endpoints: those that are stored, and those worked out of Services and slices (D-55).

What is worked out has no changes of its own in the log. A watch therefore holds the Services and
slices it is about as of its revision, takes every change of them in order, and tells what changes
of the Endpoints with each; the same log tells the same, whoever watches from wherever. So what one
watch has worked out serves the others: those that begin copy what another began with, and what a
change of the log comes to is worked out by the first that takes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, TypeAlias
from weakref import WeakValueDictionary

from cluster.catalog import KINDS
from cluster.domains.service.endpoints_view import endpoints_of, has_endpoints
from cluster.domains.service.endpointslice import SERVICE_NAME
from cluster.machinery.errors import Gone
from cluster.machinery.manifest import Manifest, mapping_at, text_at, text_map_at
from cluster.store import (
    ClusterHandle,
    LogEntry,
    changes,
    list_objects,
    with_resource_version,
)

Place: TypeAlias = "tuple[str, str]"
"""Namespace and name of a Service and its Endpoints."""
Alteration: TypeAlias = "tuple[Manifest | None, Manifest | None]"
"""One Endpoints object before and after a change, None where there is none."""

FURTHEST = 5_000  # changes; to list anew is shorter then


@dataclass(eq=False)
class Endpoints:
    """The Endpoints of a cluster, or of one namespace of it, at one revision."""

    namespace: str
    revision: int
    _stored: dict[Place, Manifest] = field(default_factory=dict)
    _services: dict[Place, Manifest] = field(default_factory=dict)
    _slices: dict[Place, dict[str, Manifest]] = field(default_factory=dict)
    _owners: dict[Place, Place] = field(default_factory=dict)
    _shown: dict[Place, Manifest] = field(default_factory=dict)
    _begun_with: Endpoints | None = None

    @classmethod
    def at(cls, handle: ClusterHandle, namespace: str, revision: int) -> Endpoints:
        """Return the Endpoints as they were at a revision; raises Gone where it is too old."""
        with _ONE_BEGINS:
            shared = _BEGUN.get((handle.uid, namespace))
            if shared is None or not shared.reach(handle, revision):
                found = cls._read(handle, namespace, revision)
                if shared is not None and shared.revision > revision:
                    return found  # of the past: nobody else will want it
                shared = _BEGUN[handle.uid, namespace] = found
            return shared.copied()

    @classmethod
    def _read(cls, handle: ClusterHandle, namespace: str, revision: int) -> Endpoints:
        found = cls(namespace, revision)
        for kind in ("Endpoints", "Service", "EndpointSlice"):
            page = list_objects(handle.name, KINDS[kind], namespace=namespace, revision=revision)
            for item in page.items:
                found._put(kind, item)
        for place in {*found._stored, *found._services}:
            current = found._current(place)
            if current is not None:
                found._shown[place] = current
        return found

    def reach(self, handle: ClusterHandle, revision: int) -> bool:
        """Go on to a revision by the log; False where that is not the shorter way."""
        if revision == self.revision:
            return True
        if not 0 < revision - self.revision <= FURTHEST:
            return False
        try:
            found = changes(handle, self.revision, until=revision, limit=FURTHEST)
        except Gone:
            return False
        for change in found:
            for _ in self.take(change.entry, {}):
                pass
        self.revision = revision
        return True

    def copied(self) -> Endpoints:
        """Return the same, to go on by itself; keeps this one for others as long as it lives."""
        return replace(
            self, _stored=dict(self._stored), _services=dict(self._services),
            _slices=dict(self._slices), _owners=dict(self._owners), _shown=dict(self._shown),
            _begun_with=self,
        )  # fmt: skip

    def all(self) -> list[Manifest]:
        """Return every Endpoints object, by namespace and name."""
        return [self._shown[place] for place in sorted(self._shown)]

    def take(self, entry: LogEntry, derived: dict[object, Any]) -> Iterator[Alteration]:
        """Take a change of the log in; yield before and after of the Endpoints it alters.

        Both carry the change's revision. `derived` keeps what the change comes to for others.
        """
        self.revision = entry.revision
        key = entry.key
        if self.namespace not in {"", key.namespace}:
            return
        if (key.group, key.kind) not in OF:
            return
        if entry.is_deletion:
            places = self._remove(key.kind, (key.namespace, key.name))
        else:
            places = self._put(key.kind, entry.shown())
        for place in places:
            of = ("Endpoints", place)
            if of not in derived:
                derived[of] = self._alteration(place, entry.revision)
            altered: Alteration | None = derived[of]
            if altered is None:
                continue
            if altered[1] is None:
                self._shown.pop(place, None)
            else:
                self._shown[place] = altered[1]
            yield altered

    def _alteration(self, place: Place, revision: int) -> Alteration | None:
        before, after = self._shown.get(place), self._current(place)
        if _body(before) == _body(after):
            return None
        return (
            with_resource_version(before, revision) if before is not None else None,
            with_resource_version(after, revision) if after is not None else None,
        )

    def _current(self, place: Place) -> Manifest | None:
        stored = self._stored.get(place)
        if stored is not None:
            return stored
        service = self._services.get(place)
        if service is None or not has_endpoints(service):
            return None
        return endpoints_of(service, self._slices.get(place, {}).values())

    def _put(self, kind: str, item: Manifest) -> list[Place]:
        """Hold an object; returns the places of the Endpoints that it can alter."""
        place = _place(item)
        if kind == "Endpoints":
            self._stored[place] = item
            return [place]
        if kind == "Service":
            self._services[place] = item
            return [place]
        left = self._remove(kind, place)
        service = text_map_at(mapping_at(item, "metadata"), "labels").get(SERVICE_NAME)
        if not service:
            return left
        owner = (place[0], service)
        self._slices[owner] = self._slices.get(owner, {}) | {place[1]: item}
        self._owners[place] = owner
        return left if owner in left else [*left, owner]

    def _remove(self, kind: str, place: Place) -> list[Place]:
        if kind == "Endpoints":
            self._stored.pop(place, None)
            return [place]
        if kind == "Service":
            self._services.pop(place, None)
            return [place]
        owner = self._owners.pop(place, None)
        if owner is None:
            return []
        self._slices[owner] = {
            name: item for name, item in self._slices[owner].items() if name != place[1]
        }
        return [owner]


_BEGUN: WeakValueDictionary[tuple[str, str], Endpoints] = WeakValueDictionary()
"""What watches of this process began with, by the cluster's uid and the namespace."""
_ONE_BEGINS = Lock()
OF = frozenset((KINDS[kind].group, kind) for kind in ("Endpoints", "Service", "EndpointSlice"))


def _place(item: Manifest) -> Place:
    return (
        text_at(item, "metadata", "namespace") or "",
        text_at(item, "metadata", "name") or "",
    )


def _body(item: Manifest | None) -> Manifest | None:
    """Return an object without its resourceVersion."""
    return None if item is None else with_resource_version(item, 0)
