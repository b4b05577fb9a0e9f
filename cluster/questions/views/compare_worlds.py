"""One Service as it is and as the other kind it could be: two small clusters, the same rules.

The other kind is hypothetical: the same Service with `clusterIP: None`, or with an address that
would be given out next, in a Snapshot of its own that holds what the rules read. So DNS and the
proxy answer for both by the same functions.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from cluster.domains.dns.answers import resolve
from cluster.domains.dns.entries import service_name
from cluster.domains.dns.records import ZoneRecord, service_records, slice_records
from cluster.domains.dns.zones import primary_zone
from cluster.domains.service.bands import address_bands, next_free
from cluster.domains.service.endpointslice import HEADLESS, EndpointSlice
from cluster.domains.service.forwarding import Client, Forwarding, forward
from cluster.domains.service.service import NONE, Service
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.node import Node
from cluster.machinery.addresses import Family, family_of
from cluster.machinery.kind import Claim
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.questions.slices import slices_of
from cluster.questions.views.node_classes import node_classes

_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Sort: TypeAlias = Literal["normal", "headless"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One of the two: what DNS answers, where a proxy sends, and both with nothing ready.

    `forwarding` is None for the headless one, and where there is no port or Node to ask.
    """

    sort: Sort
    service: Service
    is_real: bool
    records: tuple[ZoneRecord, ...]
    forwarding: Forwarding | None
    empty_rcode: str
    empty_action: str

    def of_name(self, name: str, *types: str) -> list[ZoneRecord]:
        """Return the records of a name, of some types."""
        return [r for r in self.records if r.name == name and r.type in types]


@dataclass(frozen=True, slots=True)
class CompareReading:
    """Both, the normal one first; `name` is the absolute name of the Service."""

    service: Service
    name: str
    normal: Reading
    headless: Reading

    @property
    def real(self) -> Reading:
        """The one that is stored."""
        return self.normal if self.normal.is_real else self.headless

    @property
    def other(self) -> Reading:
        """The hypothetical one."""
        return self.headless if self.normal.is_real else self.normal


def read_compare(snapshot: Snapshot, service: Service) -> CompareReading:
    """Return both readings of a Service that is no ExternalName."""
    name = service_name(service, primary_zone(snapshot.settings))
    if service.is_headless:
        normal = _reading(snapshot, _with_address(snapshot, service), "normal", is_real=False)
        headless = _reading(snapshot, service, "headless", is_real=True)
    else:
        normal = _reading(snapshot, service, "normal", is_real=True)
        bare = replace(service, cluster_ips=(NONE,), type="ClusterIP")
        headless = _reading(snapshot, bare, "headless", is_real=False)
    return CompareReading(service, name, normal, headless)


class _Taken:
    """The addresses that a Snapshot's Services hold, as allocation asks for them."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    def holder(self, claim: Claim) -> Key | None:
        for found in self.snapshot.lookup(Service, "address", claim.value):
            return self.snapshot.key_of(found)
        return None

    def lowest_free(self, _pool: str, low: int, high: int) -> int | None:
        return low if low <= high else None


def _with_address(snapshot: Snapshot, service: Service) -> Service:
    """Return a headless Service as it would be with the addresses that are next (B-35)."""
    given = [_next(snapshot, family) for family in service.slice_families]
    found = tuple(ip for ip in given if ip)
    return replace(service, cluster_ips=found, internal_traffic_policy="Cluster")


def _next(snapshot: Snapshot, family: Family) -> str | None:
    for network in snapshot.settings.service_cidrs:
        if family_of(network) == family:
            kind: type[_Address] = (
                ipaddress.IPv4Address if family == "IPv4" else ipaddress.IPv6Address
            )

            def claim(number: int, kind: type[_Address] = kind) -> Claim:
                return Claim("ip", str(kind(number)))

            number = next_free(_Taken(snapshot), address_bands(network), (), claim)
            return None if number is None else str(kind(number))
    return None


def _reading(snapshot: Snapshot, service: Service, sort: Sort, *, is_real: bool) -> Reading:
    pieces = [_labelled(piece, sort) for piece in slices_of(snapshot, service)]
    node = _node(snapshot, service)
    world = _world(snapshot, service, pieces, node)
    empty = _world(snapshot, service, [replace(p, endpoints=()) for p in pieces], node)
    name = service_name(service, primary_zone(snapshot.settings))
    records = [*service_records(service, world)]
    for piece in pieces:
        records += slice_records(piece, world)
    type_ = "AAAA" if service.slice_families[0] == "IPv6" else "A"
    there, gone = _forward(world, service, node), _forward(empty, service, node)
    return Reading(
        sort=sort, service=service, is_real=is_real, records=tuple(sorted(records)),
        forwarding=there, empty_rcode=resolve(empty, name, type_).rcode,
        empty_action=gone.action if gone is not None else "",
    )  # fmt: skip


def _labelled(piece: EndpointSlice, sort: Sort) -> EndpointSlice:
    """Return a slice as its controller would label it: headless or not (D-21)."""
    labels = {name: value for name, value in piece.meta.labels.items() if name != HEADLESS}
    if sort == "headless":
        labels[HEADLESS] = ""
    return replace(piece, meta=replace(piece.meta, labels=labels))


def _node(snapshot: Snapshot, service: Service) -> Node | None:
    """Return a Node whose proxy forwards, else the first, None without any."""
    found: Node | None = None
    for nodes in node_classes(snapshot, service)[:8]:
        node = snapshot.get(Node, "", nodes.node)
        found = found or node
        answer = _forward(snapshot, service, node)
        if answer is not None and answer.action == "forward":
            return node
    return found


def _forward(snapshot: Snapshot, service: Service, node: Node | None) -> Forwarding | None:
    if node is None or not service.ports or not service.virtual_ips:
        return None
    client = Client("pod", node.meta.name)
    return forward(snapshot, service, service.ports[0], client, "clusterIP")


def _world(
    snapshot: Snapshot, service: Service, pieces: Iterable[EndpointSlice], node: Node | None
) -> Snapshot:
    """Return a Snapshot of one Service, its slices, its Namespace and one Node."""
    made = Snapshot(snapshot.kinds, snapshot.settings)
    namespace = snapshot.get(Namespace, "", service.meta.namespace)
    for item in (namespace, node, service, *pieces):
        if item is not None:
            made.put(item)
    return made
