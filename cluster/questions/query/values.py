"""The values of an object that the query language looks at, field by field.

Only what is written in the object or follows from one look-up; `card_values` gives all of them for
a card, so that the browser compares the same texts as the server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import TypeAlias

from cluster.domains.ingress.ingress import Ingress
from cluster.domains.policy.policy import NetworkPolicy
from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import family_of_text
from cluster.machinery.kind import Kind, Object
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts


def object_values(
    snapshot: Snapshot, facts: Facts, key: Key, item: Object, field: str
) -> tuple[str, ...]:
    """Return an object's values of a field, each once, in order; () for what it does not have."""
    read = _READERS.get(field)
    if read is None:
        return ()
    return tuple(dict.fromkeys(value for value in read(snapshot, facts, key, item) if value))


Reads: TypeAlias = Callable[[Object], bool]


def reading(snapshot: Snapshot, kind: Kind, field: str, test: Callable[[str], bool]) -> Reads:
    """Return whether an object of a kind has a value of a field that passes a test.

    For fields that rest on no finding. Fit for asking many: each value is tested once.
    """
    read = _READERS.get(field)
    if read is None:
        return lambda _item: False
    once = test if field == "ip" else cache(test)  # hardly an address is met twice
    key = kind.key("", "")
    nothing = Facts()

    def passes(item: Object) -> bool:
        for value in read(snapshot, nothing, key, item):  # noqa: SIM110 - twice as fast as any()
            if value and once(value):
                return True
        return False

    return passes


def _status(item: Object) -> Iterator[str]:
    if item.meta.terminating:
        yield "terminating"
    match item:
        case Pod():
            yield from _pod_status(item)
        case Node():
            yield "ready" if item.is_ready else "not ready"
            if item.unschedulable:
                yield "cordoned"


def _pod_status(pod: Pod) -> Iterator[str]:
    yield pod.phase
    if pod.is_finished or pod.is_terminating:
        return
    if pod.is_ready:
        yield "ready"
    elif not pod.node_name or not pod.ips:
        yield "pending"
    else:
        yield "not ready"


def addresses_of(item: Object) -> Iterable[str]:
    """Return the addresses of an object, as they are written in it."""
    match item:
        case Pod():
            return item.ips
        case Service():
            balancers = (entry.ip for entry in item.load_balancer_ingress)
            return (*item.cluster_ips, *item.external_ips, *balancers)
        case Node():
            return (*item.internal_ips, *item.external_ips)
        case EndpointSlice():
            return tuple(address for each in item.endpoints for address in each.addresses)
        case Ingress():
            return tuple(entry.ip for entry in item.addresses)
        case _:
            return ()


def _families(item: Object) -> Iterable[str]:
    match item:
        case Service():
            return item.ip_families
        case EndpointSlice():
            return (item.address_type,)
        case Pod() | Node():
            return tuple(family_of_text(address) for address in addresses_of(item))
        case _:
            return ()


def _ports(item: Object) -> Iterator[str]:
    match item:
        case Pod():
            for port in item.ports():
                yield str(port.container_port)
                yield f"{port.container_port}/{port.protocol}"
                yield port.name or ""
        case Service():
            for entry in item.ports:
                yield str(entry.port)
                yield f"{entry.port}/{entry.protocol}"
                yield entry.name
                yield str(entry.node_port or "")
        case EndpointSlice():
            for each in item.ports:
                yield str(each.port or "")
                yield f"{each.port}/{each.protocol}" if each.port else ""
                yield each.name or ""
        case Ingress():
            for _path, backend in item.backends():
                yield str(backend.port or "")


def _nodes(item: Object) -> Iterable[str]:
    match item:
        case Pod():
            return (item.node_name,)
        case Node():
            return (item.meta.name,)
        case EndpointSlice():
            return tuple(each.node_name for each in item.endpoints)
        case _:
            return ()


def _zones(snapshot: Snapshot, item: Object) -> Iterable[str]:
    match item:
        case Pod():
            node = snapshot.get(Node, "", item.node_name) if item.node_name else None
            return (node.zone,) if node is not None else ()
        case Node():
            return (item.zone,)
        case EndpointSlice():
            return tuple(each.zone for each in item.endpoints)
        case _:
            return ()


def _types(item: Object) -> Iterable[str]:
    match item:
        case Service():
            return ("headless", item.type) if item.is_headless else (item.type,)
        case Ingress():
            return (item.class_word or "",)
        case NetworkPolicy():
            return item.directions
        case _:
            return ()


def _policies(snapshot: Snapshot, key: Key, item: Object) -> Iterable[str]:
    """Return who isolates a Pod, as `namespace/name` and as name; a policy is its own."""
    match item:
        case NetworkPolicy():
            return (key.name, f"{key.namespace}/{key.name}")
        case Pod():
            found = snapshot.selecting(NetworkPolicy, key.namespace, item.meta.labels)
            names = sorted(policy.meta.name for policy in found)
            return (*names, *(f"{key.namespace}/{name}" for name in names))
        case _:
            return ()


_Read: TypeAlias = Callable[[Snapshot, Facts, Key, Object], Iterable[str]]
_READERS: Mapping[str, _Read] = MappingProxyType({
    "label": lambda _s, _f, _k, item: (f"{k}={v}" for k, v in item.meta.labels.items()),
    "finding": lambda _s, facts, key, _i: (finding.rule for finding in facts.of(key)),
    "status": lambda _s, _f, _k, item: _status(item),
    "ip": lambda _s, _f, _k, item: addresses_of(item),
    "family": lambda _s, _f, _k, item: _families(item),
    "port": lambda _s, _f, _k, item: _ports(item),
    "node": lambda _s, _f, _k, item: _nodes(item),
    "zone": lambda snapshot, _f, _k, item: _zones(snapshot, item),
    "type": lambda _s, _f, _k, item: _types(item),
    "policy": lambda snapshot, _f, key, item: _policies(snapshot, key, item),
})  # fmt: skip
