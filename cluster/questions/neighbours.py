"""Where the relations of many objects lead: what `relations` tells, asked of a whole set at once.

Nothing is said of why, and nothing is cut off: a search follows every line. Who selects the set
is found from the side that has fewer: from each object where a namespace gives few of them, from
the selectors there where it gives many.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeAlias

from cluster.domains.ingress.ingress import Ingress
from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.kind import Kind, Object
from cluster.machinery.selectors import Selector
from cluster.machinery.snapshot import Snapshot
from cluster.questions.relations import Direction

Names: TypeAlias = Collection[str]  # of one kind in one namespace
FEW = 4
"""So many objects of a namespace are asked one by one who selects them."""


def neighbours(
    snapshot: Snapshot, ids: Iterable[str], directions: Collection[Direction]
) -> set[str]:
    """Return the ids of what the objects called `ids` are related to, those gone included.

    `out` is what they select, own or name, `in` who selects, owns or names them.
    """
    given: dict[tuple[str, str], set[str]] = {}
    for each in ids:
        kind, namespace, name = each.split("/", 2)
        given.setdefault((kind, namespace), set()).add(name)
    found: set[str] = set()
    for (kind, namespace), names in given.items():
        held: Mapping[str, Object] = snapshot.within(snapshot.kinds[kind].type, namespace)
        objects = [held[name] for name in names if name in held]
        if "out" in directions:
            found.update(_owned(snapshot, objects))
            found.update(_named(snapshot, kind, namespace, objects))
        if "in" in directions:
            found.update(_owners(snapshot, namespace, objects))
            if kind == "Pod":
                found.update(_selecting(snapshot, namespace, names))
                found.update(_listing(snapshot, namespace, names))
            elif kind == "Service":
                found.update(_routing(snapshot, namespace, names))
    return found


def _owned(snapshot: Snapshot, objects: Iterable[Object]) -> Iterator[str]:
    for item in objects:
        for key in snapshot.dependents(item.meta.uid):
            yield key.node_id


def _owners(snapshot: Snapshot, namespace: str, objects: Iterable[Object]) -> Iterator[str]:
    for version, kind, name in {
        (owner.api_version, owner.kind, owner.name)
        for item in objects
        for owner in item.meta.owners
    }:
        known = snapshot.kinds.of(version, kind)
        if known is not None:
            yield known.key(namespace, name).node_id


def _named(
    snapshot: Snapshot, kind: str, namespace: str, objects: Iterable[Object]
) -> Iterator[str]:
    """Yield what the objects' own fields name or select."""
    selects = snapshot.kinds[kind].selects
    for item in objects:
        if selects is not None:
            yield from _selected(snapshot, selects(item), namespace)
        match item:
            case Pod(node_name=node) if node:
                yield f"Node//{node}"
            case Service():
                for piece in _slices(snapshot, namespace, item.meta.name):
                    yield f"EndpointSlice/{namespace}/{piece.meta.name}"
            case EndpointSlice():
                yield from _targets(item, namespace)
            case Ingress():
                served = (backend.service for _path, backend in item.backends())
                yield from (f"Service/{namespace}/{name}" for name in served if name is not None)
            case Node():
                for pod in snapshot.lookup(Pod, "node", item.meta.name):
                    yield f"Pod/{pod.meta.namespace}/{pod.meta.name}"


def _selected(snapshot: Snapshot, selector: Selector | None, namespace: str) -> Iterator[str]:
    if selector is not None:
        for pod in snapshot.each_selected(Pod, selector, namespace):
            yield f"Pod/{namespace}/{pod.meta.name}"


def _targets(item: EndpointSlice, namespace: str) -> Iterator[str]:
    for endpoint in item.endpoints:
        target = endpoint.target
        if target is not None and target.kind == "Pod":
            yield f"Pod/{target.namespace or namespace}/{target.name}"


def _selecting(snapshot: Snapshot, namespace: str, names: Names) -> Iterator[str]:
    """Yield who selects any of the Pods."""
    for kind in snapshot.kinds:
        for holder in _holders(snapshot, kind, namespace, names):
            yield f"{kind.kind}/{namespace}/{holder.meta.name}"


def _holders(snapshot: Snapshot, kind: Kind, namespace: str, names: Names) -> Iterator[Object]:
    """Yield the objects of a kind whose selector means any of the Pods; some more than once."""
    selects = kind.selects
    held: Mapping[str, Object] = snapshot.within(kind.type, namespace)
    if selects is None or not held:
        return
    if len(names) <= FEW:
        pods = snapshot.within(Pod, namespace)
        for name in names:
            if name in pods:
                yield from snapshot.selecting(kind.type, namespace, pods[name].meta.labels)
        return
    for holder in held.values():
        selector = selects(holder)
        if selector is not None and any(
            pod.meta.name in names for pod in snapshot.each_selected(Pod, selector, namespace)
        ):
            yield holder


def _listing(snapshot: Snapshot, namespace: str, names: Names) -> Iterator[str]:
    """Yield the slices that list any of the Pods for a Service that selects it."""
    pods = snapshot.within(Pod, namespace)
    for service in _holders(snapshot, snapshot.kinds["Service"], namespace, names):
        selector = service.pod_selector if isinstance(service, Service) else None
        for piece in _slices(snapshot, namespace, service.meta.name):
            if selector is not None and any(
                endpoint.target is not None
                and endpoint.target.name in names
                and endpoint.target.name in pods
                and selector.matches(pods[endpoint.target.name].meta.labels)
                for endpoint in piece.endpoints
            ):
                yield f"EndpointSlice/{namespace}/{piece.meta.name}"


def _routing(snapshot: Snapshot, namespace: str, names: Names) -> Iterator[str]:
    """Yield the Ingresses that route to any of the Services."""
    for name in names:
        for ingress in snapshot.lookup(Ingress, "service", (namespace, name)):
            if any(backend.service == name for _path, backend in ingress.backends()):
                yield f"Ingress/{namespace}/{ingress.meta.name}"


def _slices(snapshot: Snapshot, namespace: str, service: str) -> Collection[EndpointSlice]:
    return snapshot.lookup(EndpointSlice, "service", (namespace, service))
