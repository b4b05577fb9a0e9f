"""The rule of this domain: the records of each Service and of each headless slice, as facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster.domains.dns.entries import service_slices
from cluster.domains.dns.records import (
    LEAST_WEIGHT_FROM,
    matched,
    matched_in,
    service_records,
    slice_records,
)
from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.service import Service
from cluster.machinery.changes import Change
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, Rule, View
from cluster.machinery.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class DNSRecords:
    """Facts of Services and slices: their `ZoneRecord`s."""

    name: str = "dns_records"
    kinds: frozenset[str] = frozenset({"Service", "EndpointSlice"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield what changed, and the slices whose records depend on it."""
        yield change.key
        if change.key.kind == "Service":
            yield from _beside_service(change, snapshot)
        else:
            yield from _beside_slice(change, snapshot)

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every Service, and every slice of a headless one."""
        for service in snapshot.of(Service):
            yield snapshot.key_of(service)
            if service.is_headless:
                yield from map(snapshot.key_of, service_slices(snapshot, service))

    def derive(self, owner: Key, view: View) -> Answer:
        """Return the records that one Service or one slice makes."""
        snapshot = view.snapshot
        if owner.kind == "Service":
            service = snapshot.get(Service, owner.namespace, owner.name)
            return NOTHING if service is None else Answer(facts=service_records(service, snapshot))
        piece = snapshot.get(EndpointSlice, owner.namespace, owner.name)
        return NOTHING if piece is None else Answer(facts=slice_records(piece, snapshot))


def _beside_service(change: Change, snapshot: Snapshot) -> Iterator[Key]:
    """Yield the slices whose records hang on the Service.

    All of them where it became headless or ceased to be; those with an endpoint at a cluster IP
    that came or went (E-40).
    """
    old, new = (item if isinstance(item, Service) else None for item in (change.old, change.new))
    service = new or old
    if service is None:
        return
    if _publishes(old) != _publishes(new):
        yield from map(snapshot.key_of, service_slices(snapshot, service))
    before = set(old.virtual_ips) if old is not None else set()
    after = set(new.virtual_ips) if new is not None else set()
    for ip in before ^ after:
        yield from map(snapshot.key_of, snapshot.lookup(EndpointSlice, "address", ip))


def _publishes(service: Service | None) -> bool:
    """Whether the endpoints of a Service are records of their own."""
    return service is not None and service.is_headless and not service.is_external_name


def _beside_slice(change: Change, snapshot: Snapshot) -> Iterator[Key]:
    """Yield the other slices of a Service where the weight of their SRV records changed (E-30)."""
    versions = [item for item in change.versions if isinstance(item, EndpointSlice)]
    names = {(item.meta.namespace, item.service_name) for item in versions}
    for namespace, name in names:
        service = snapshot.get(Service, namespace, name)
        if service is None or not _publishes(service):
            continue
        counts = (change.old, change.new)
        ports = {port for item in versions for port in item.ports}
        for port in sorted(ports, key=str):
            before, after = (
                matched_in(item, port)
                if isinstance(item, EndpointSlice) and item.service_name == name
                else 0
                for item in counts
            )
            others = matched(service, port, snapshot, but=change.key.name)
            if before != after and others + min(before, after) < LEAST_WEIGHT_FROM:
                yield from map(snapshot.key_of, service_slices(snapshot, service))
                break


RULES: tuple[Rule, ...] = (DNSRecords(),)
