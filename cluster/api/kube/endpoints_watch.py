"""Watching Endpoints: those that are stored, and those worked out of Services and slices (D-55).

What is worked out has no changes of its own in the log. A watch therefore holds the Services and
slices it is about as of its revision, takes every change of them in order, and tells what changes
of the Endpoints with each; the same log tells the same, whoever watches from wherever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from cluster.catalog import KINDS
from cluster.domains.service.endpoints_view import endpoints_of, has_endpoints
from cluster.domains.service.endpointslice import SERVICE_NAME
from cluster.machinery.manifest import Manifest, mapping_at, text_at, text_map_at
from cluster.store import LogEntry, list_objects, with_resource_version

Place: TypeAlias = "tuple[str, str]"
"""Namespace and name of a Service and its Endpoints."""


@dataclass
class Endpoints:
    """The Endpoints of a cluster, or of one namespace of it, at one revision."""

    namespace: str
    revision: int
    _stored: dict[Place, Manifest] = field(default_factory=dict)
    _services: dict[Place, Manifest] = field(default_factory=dict)
    _slices: dict[Place, dict[str, Manifest]] = field(default_factory=dict)
    _owners: dict[Place, Place] = field(default_factory=dict)
    _shown: dict[Place, Manifest] = field(default_factory=dict)

    @classmethod
    def at(cls, cluster: str, namespace: str, revision: int) -> Endpoints:
        """Return the Endpoints as they were at a revision; raises Gone where it is too old."""
        found = cls(namespace, revision)
        for kind in ("Endpoints", "Service", "EndpointSlice"):
            page = list_objects(cluster, KINDS[kind], namespace=namespace, revision=revision)
            for item in page.items:
                found._put(kind, item)
        for place in {*found._stored, *found._services}:
            current = found._current(place)
            if current is not None:
                found._shown[place] = current
        return found

    def all(self) -> list[Manifest]:
        """Return every Endpoints object, by namespace and name."""
        return [self._shown[place] for place in sorted(self._shown)]

    def take(self, entry: LogEntry) -> Iterator[tuple[Manifest | None, Manifest | None]]:
        """Take a change of the log in; yield before and after of the Endpoints it alters.

        Both carry the change's revision.
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
            before, after = self._shown.get(place), self._current(place)
            if _body(before) == _body(after):
                continue
            if after is None:
                self._shown.pop(place, None)
            else:
                after = self._shown[place] = with_resource_version(after, entry.revision)
            if before is not None:
                before = with_resource_version(before, entry.revision)
            yield before, after

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
        self._slices.setdefault(owner, {})[place[1]] = item
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
        del self._slices[owner][place[1]]
        return [owner]


OF = frozenset((KINDS[kind].group, kind) for kind in ("Endpoints", "Service", "EndpointSlice"))


def _place(item: Manifest) -> Place:
    return (
        text_at(item, "metadata", "namespace") or "",
        text_at(item, "metadata", "name") or "",
    )


def _body(item: Manifest | None) -> Manifest | None:
    """Return an object without its resourceVersion."""
    return None if item is None else with_resource_version(item, 0)
