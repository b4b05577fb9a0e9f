"""Which names an address has (E-40, E-41). Source: coredns `plugin/kubernetes/reverse.go`."""

from __future__ import annotations

from cluster.domains.dns.entries import endpoint_name, service_name
from cluster.domains.dns.zones import primary_zone
from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.service import Service
from cluster.machinery.snapshot import Snapshot


def pointers(snapshot: Snapshot, ip: str) -> list[str]:
    """Return the absolute names of an address: its Service's, else its endpoints', sorted."""
    zone = primary_zone(snapshot.settings)
    holder = virtual_ip_holder(snapshot, ip)
    if holder is not None:
        return [service_name(holder, zone)]
    by_pod_name = snapshot.settings.dns.endpoint_pod_names
    found = {
        f"{endpoint_name(endpoint, ip, by_pod_name=by_pod_name)}."
        f"{piece.service_name}.{piece.meta.namespace}.svc.{zone}."
        for piece in snapshot.lookup(EndpointSlice, "address", ip)
        for endpoint in piece.endpoints
        if ip in endpoint.addresses and endpoint.is_ready and piece.service_name
    }
    return sorted(found)


def virtual_ip_holder(snapshot: Snapshot, ip: str) -> Service | None:
    """Return the Service whose cluster IP an address is, None where it is nobody's."""
    found = (item for item in snapshot.lookup(Service, "address", ip) if ip in item.virtual_ips)
    return min(found, key=lambda item: (item.meta.namespace, item.meta.name), default=None)
