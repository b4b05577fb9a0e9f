"""The records of the zones as a list: what there is to see without asking for a name.

Each object's own part: a Service's, and each slice's of a headless Service, so that one changed
endpoint concerns one slice. The endpoints of Services with a cluster IP answer to names too
(E-20, E-41); they are left out here, because nobody hands those names out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster.domains.dns.answers import srv_weight
from cluster.domains.dns.entries import RECORD_TYPE, endpoint_name, service_name, service_slices
from cluster.domains.dns.response import ADDRESS_TYPES, absolute
from cluster.domains.dns.reverse import virtual_ip_holder
from cluster.domains.dns.zones import primary_zone, reverse_name, strict_address
from cluster.domains.service.endpointslice import EndpointPort, EndpointSlice
from cluster.domains.service.service import Service, service_key
from cluster.machinery.addresses import family_of_text
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot

LEAST_WEIGHT_FROM = 51
"""From so many endpoints on every SRV record weighs 1, however many there are (E-30)."""


@dataclass(frozen=True, slots=True, order=True)
class ZoneRecord:
    """One record of the zones and the object that it comes from; `ttl` in seconds."""

    name: str
    type: str
    data: str
    ttl: int
    source: Key


def service_records(service: Service, snapshot: Snapshot) -> tuple[ZoneRecord, ...]:
    """Return the records that a Service has by itself, sorted; headless ones have none."""
    settings = snapshot.settings
    name = service_name(service, primary_zone(settings))
    source = service_key(service.meta.namespace, service.meta.name)
    return _made(_of_service(service, name), settings.dns.ttl, source)


def _of_service(service: Service, name: str) -> Iterator[tuple[str, str, str]]:
    if service.is_external_name and strict_address(service.external_name) is None:  # E-35
        yield name, "CNAME", absolute(service.external_name)
    for ip in service.virtual_ips:
        yield name, RECORD_TYPE[family_of_text(ip)], ip
        yield reverse_name(ip), "PTR", name
    for port in service.ports if service.virtual_ips else ():
        if port.name:
            weight = srv_weight(len(service.virtual_ips))
            owner = f"_{port.name}._{port.protocol.lower()}.{name}"
            yield owner, "SRV", f"0 {weight} {port.port} {name}"


def slice_records(piece: EndpointSlice, snapshot: Snapshot) -> tuple[ZoneRecord, ...]:
    """Return the records of a headless Service's slice, sorted; other slices have none."""
    service = snapshot.get(Service, piece.meta.namespace, piece.service_name)
    if service is None or not service.is_headless or service.is_external_name:
        return ()
    source = Key("discovery.k8s.io", "EndpointSlice", piece.meta.namespace, piece.meta.name)
    return _made(_of_slice(piece, service, snapshot), snapshot.settings.dns.ttl, source)


def _of_slice(
    piece: EndpointSlice, service: Service, snapshot: Snapshot
) -> Iterator[tuple[str, str, str]]:
    settings = snapshot.settings
    type_ = RECORD_TYPE.get(piece.address_type, "CNAME")
    if type_ not in ADDRESS_TYPES:
        return
    zone_name = service_name(service, primary_zone(settings))
    weights = {port: srv_weight(matched(service, port, snapshot)) for port in piece.ports}
    for endpoint in piece.endpoints:
        for ip in endpoint.addresses if endpoint.is_ready else ():
            label = endpoint_name(endpoint, ip, by_pod_name=settings.dns.endpoint_pod_names)
            name = f"{label}.{zone_name}"
            yield zone_name, type_, ip
            yield name, type_, ip
            if virtual_ip_holder(snapshot, ip) is None:  # E-40
                yield reverse_name(ip), "PTR", name
            for port, weight in weights.items():
                if port.name and port.port is not None:
                    owner = f"_{port.name}._{port.protocol.lower()}.{zone_name}"
                    yield owner, "SRV", f"0 {weight} {port.port} {name}"


def matched(service: Service, port: EndpointPort, snapshot: Snapshot, *, but: str = "") -> int:
    """Return how many endpoints of a Service a port's SRV record is one of.

    Counts to LEAST_WEIGHT_FROM and no further. `but` is a slice to leave out.
    """
    count = 0
    for piece in service_slices(snapshot, service):
        if piece.meta.name != but:
            count += matched_in(piece, port)
        if count >= LEAST_WEIGHT_FROM:
            break
    return count


def matched_in(piece: EndpointSlice, port: EndpointPort) -> int:
    """Return how many endpoints of one slice a port's SRV record is one of."""
    if piece.address_type == "FQDN":
        return 0
    wanted = (port.name, port.protocol)
    same = sum((known.name, known.protocol) == wanted for known in piece.ports)
    if not same:
        return 0
    return same * sum(len(end.addresses) for end in piece.endpoints if end.is_ready)


def _made(found: Iterable[tuple[str, str, str]], ttl: int, source: Key) -> tuple[ZoneRecord, ...]:
    return tuple(
        ZoneRecord(name, type_, data, ttl, source) for name, type_, data in sorted(set(found))
    )
