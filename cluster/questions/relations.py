"""What an object has to do with others, each relation with the field it rests on.

Both directions are told: who selects, owns or names it, and whom it selects, owns or names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from cluster.domains.ingress.ingress import Ingress
from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.kind import Kind, Object
from cluster.machinery.meta import Key
from cluster.machinery.selectors import Selector
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say

Direction: TypeAlias = Literal["in", "out"]
MOST = 100  # of one relation; the page says how many more there are
SELECTOR_PATHS = {"NetworkPolicy": "spec.podSelector"}


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation: `word` as in "is selected by", the object at the other end, and why.

    `path` and `value` are the field that makes it so, `holder` the object that has this field.
    """

    direction: Direction
    word: str
    key: Key
    holder: Key
    path: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Relations:
    """The relations of one object in reading order; `more` counts what was left out by word."""

    listed: tuple[Relation, ...]
    more: dict[str, int]


def relations(snapshot: Snapshot, key: Key) -> Relations:
    """Return the relations of the object called `key`; none where there is no such object.

    Who only asks where the relations of many objects lead takes `neighbours`.
    """
    found = snapshot.find(key)
    if found is None:
        return Relations((), {})
    listed: list[Relation] = []
    more: dict[str, int] = {}
    for word, group in _grouped(_all(snapshot, key, found)):
        listed += group[:MOST]
        if len(group) > MOST:
            more[word] = len(group) - MOST
    return Relations(tuple(listed), more)


def _grouped(found: Iterable[Relation]) -> list[tuple[str, list[Relation]]]:
    groups: dict[str, list[Relation]] = {}
    for relation in found:
        groups.setdefault(relation.word, []).append(relation)
    return [(word, sorted(group, key=lambda r: r.key)) for word, group in groups.items()]


def _all(snapshot: Snapshot, key: Key, found: Object) -> Iterator[Relation]:
    yield from _owners(snapshot, key, found)
    yield from _owned(snapshot, key, found)
    kind = snapshot.kinds[key.kind]
    if kind.selects is not None:
        yield from _selected(snapshot, key, kind.selects(found))
    if isinstance(found, Pod):  # nothing else is what a selector means
        yield from _selecting(snapshot, key, found)
    match found:
        case Pod():
            yield from _of_pod(snapshot, key, found)
        case Service():
            yield from _of_service(snapshot, key)
        case EndpointSlice():
            yield from _of_slice(key, found)
        case Ingress():
            yield from _of_ingress(key, found)
        case Node():
            yield from _of_node(snapshot, key)


def _owners(snapshot: Snapshot, key: Key, found: Object) -> Iterator[Relation]:
    for position, owner in enumerate(found.meta.owners):
        kind = snapshot.kinds.of(owner.api_version, owner.kind)
        if kind is None:
            continue
        other = kind.key(key.namespace, owner.name)
        path = f"metadata.ownerReferences[{position}]"
        yield Relation("in", say("is owned by"), other, key, path, owner.uid)


def _owned(snapshot: Snapshot, key: Key, found: Object) -> Iterator[Relation]:
    for other in snapshot.dependents(found.meta.uid):
        yield Relation(
            "out", say("owns"), other, other, "metadata.ownerReferences", found.meta.uid
        )


def _selected(snapshot: Snapshot, key: Key, selector: Selector | None) -> Iterator[Relation]:
    if selector is None:
        return
    path = SELECTOR_PATHS.get(key.kind, "spec.selector")
    for pod in snapshot.selected(Pod, selector, key.namespace):
        other = _pod_key(pod.meta.namespace, pod.meta.name)
        yield Relation("out", say("selects"), other, key, path, str(selector))


def _selecting(snapshot: Snapshot, key: Key, found: Object) -> Iterator[Relation]:
    for kind in snapshot.kinds:
        if kind.selects is None:
            continue
        for item in snapshot.selecting(kind.type, key.namespace, found.meta.labels):
            other = kind.key(item.meta.namespace, item.meta.name)
            path = SELECTOR_PATHS.get(kind.kind, "spec.selector")
            yield Relation("in", say("is selected by"), other, other, path, _selector(kind, item))


def _selector(kind: Kind, item: Object) -> str:
    selector = kind.selects(item) if kind.selects is not None else None
    return "" if selector is None else str(selector)


def _of_pod(snapshot: Snapshot, key: Key, pod: Pod) -> Iterator[Relation]:
    if pod.node_name:
        node = Key("", "Node", "", pod.node_name)
        yield Relation("out", say("runs on"), node, key, "spec.nodeName", pod.node_name)
    for service in snapshot.selecting(Service, key.namespace, pod.meta.labels):
        for item in _slices(snapshot, key.namespace, service.meta.name):
            for position, endpoint in enumerate(item.endpoints):
                if endpoint.target is not None and endpoint.target.name == key.name:
                    other, path = _slice_key(item), f"endpoints[{position}].targetRef"
                    word = say("is an endpoint in")
                    yield Relation("in", word, other, other, path, endpoint.address)


def _of_service(snapshot: Snapshot, key: Key) -> Iterator[Relation]:
    for item in _slices(snapshot, key.namespace, key.name):
        other = _slice_key(item)
        label = "metadata.labels[kubernetes.io/service-name]"
        yield Relation("out", say("has its endpoints in"), other, other, label, key.name)
    for ingress in snapshot.lookup(Ingress, "service", (key.namespace, key.name)):
        other = Key("networking.k8s.io", "Ingress", key.namespace, ingress.meta.name)
        for path, backend in ingress.backends():
            if backend.service == key.name:
                yield Relation("in", say("is routed to by"), other, other, path, str(backend))


def _of_slice(key: Key, item: EndpointSlice) -> Iterator[Relation]:
    for position, endpoint in enumerate(item.endpoints):
        target = endpoint.target
        if target is not None and target.kind == "Pod":
            other = _pod_key(target.namespace or key.namespace, target.name)
            path = f"endpoints[{position}].targetRef"
            yield Relation("out", say("lists"), other, key, path, endpoint.address)


def _of_ingress(key: Key, ingress: Ingress) -> Iterator[Relation]:
    for path, backend in ingress.backends():
        if backend.service is not None:
            other = Key("", "Service", key.namespace, backend.service)
            yield Relation("out", say("routes to"), other, key, path, str(backend))


def _of_node(snapshot: Snapshot, key: Key) -> Iterator[Relation]:
    for pod in snapshot.lookup(Pod, "node", key.name):
        other = _pod_key(pod.meta.namespace, pod.meta.name)
        yield Relation("out", say("runs"), other, other, "spec.nodeName", key.name)


def _slices(snapshot: Snapshot, namespace: str, service: str) -> Iterable[EndpointSlice]:
    found = snapshot.lookup(EndpointSlice, "service", (namespace, service))
    return sorted(found, key=lambda item: item.meta.name)


def _pod_key(namespace: str, name: str) -> Key:
    return Key("", "Pod", namespace, name)


def _slice_key(item: EndpointSlice) -> Key:
    return Key("discovery.k8s.io", "EndpointSlice", item.meta.namespace, item.meta.name)
