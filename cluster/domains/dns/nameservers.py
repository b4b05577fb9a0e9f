"""Under which names and addresses the DNS server itself is found (E-42, E-43).

Source: coredns `plugin/kubernetes/ns.go`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cluster.domains.dns.entries import (
    RECORD_TYPE,
    endpoint_name,
    service_name,
)
from cluster.domains.dns.zones import Zone
from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.service import Service
from cluster.machinery.addresses import family_of_text
from cluster.machinery.snapshot import Snapshot

DEFAULT_NAME = ("ns", "dns")


class NameServer(NamedTuple):
    """One address of the server and the absolute name it goes by."""

    name: str
    ip: str

    @property
    def type(self) -> str:
        """The type of the record that holds the address."""
        return RECORD_TYPE[family_of_text(self.ip)]


def nameservers(snapshot: Snapshot, zone: Zone) -> tuple[NameServer, ...]:
    """Return the servers of a zone, in a stable order.

    The setting `dns.server_ips` names the server's own addresses; the Services they are ready
    endpoints of are its names. Without the setting it is the Service at the cluster's DNS address.
    """
    settings = snapshot.settings
    own = settings.dns.server_ips
    found = tuple(_of_endpoints(snapshot, zone) if own else _of_service(snapshot, zone))
    if found:
        return tuple(dict.fromkeys(found))
    name = f"{'.'.join(DEFAULT_NAME)}.{zone.name}."
    return tuple(NameServer(name, ip) for ip in own or settings.dns_addresses)


def _of_service(snapshot: Snapshot, zone: Zone) -> Iterator[NameServer]:
    """Yield the cluster IPs of the Service that holds the cluster's DNS address."""
    for ip in snapshot.settings.dns_addresses:
        for service in snapshot.lookup(Service, "address", ip):
            if ip in service.virtual_ips:
                yield from _virtual(service, zone)


def _virtual(service: Service, zone: Zone) -> Iterator[NameServer]:
    name = service_name(service, zone.name)
    return (NameServer(name, ip) for ip in service.virtual_ips)


def _of_endpoints(snapshot: Snapshot, zone: Zone) -> Iterator[NameServer]:
    """Yield the names of every Service of which the server is a ready endpoint."""
    for ip in snapshot.settings.dns.server_ips:
        pieces = [
            piece
            for piece in snapshot.lookup(EndpointSlice, "address", ip)
            if any(ip in end.addresses and end.is_ready for end in piece.endpoints)
        ]
        for piece in sorted(pieces, key=lambda piece: (piece.meta.namespace, piece.meta.name)):
            service = snapshot.get(Service, piece.meta.namespace, piece.service_name)
            if service is None:
                continue
            if service.is_headless:
                yield from _endpoints(snapshot, service, piece, zone)
            else:
                yield from _virtual(service, zone)


def _endpoints(
    snapshot: Snapshot, service: Service, piece: EndpointSlice, zone: Zone
) -> Iterator[NameServer]:
    """Yield every ready endpoint of a slice: a headless Service has no other address."""
    by_pod_name = snapshot.settings.dns.endpoint_pod_names
    name = service_name(service, zone.name)
    for endpoint in piece.endpoints:
        if endpoint.is_ready and piece.address_type != "FQDN":
            for ip in endpoint.addresses:
                label = endpoint_name(endpoint, ip, by_pod_name=by_pod_name)
                yield NameServer(f"{label}.{name}", ip)
