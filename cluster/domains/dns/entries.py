"""What a name below the zone stands for: addresses with ports, found lazily through indexes.

None means that the name does not exist (NXDOMAIN); no entry, that it exists and has no address.
Source: coredns `plugin/kubernetes/{parse,kubernetes}.go`; semantics.md E-7 to E-39.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from cluster.domains.dns.zones import Query, strict_address
from cluster.domains.service.endpointslice import Endpoint, EndpointPort, EndpointSlice
from cluster.domains.service.service import Service
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import family_of_text
from cluster.machinery.snapshot import Snapshot

SERVICES, PODS = "svc", "pod"
RECORD_TYPE = {"IPv4": "A", "IPv6": "AAAA", "FQDN": "CNAME"}
_LONGEST_POD_NAME = 64  # a target's name counts only if shorter: it must be a label (E-24)
_IPV4_DASHES = 3
_DEEPEST = 5  # port, protocol, service, namespace, `svc` (E-11)
_NO_PORTS = (EndpointPort("", "", None),)


class Entry(NamedTuple):
    """Something a name matches: `type` is the record it makes, `host` that record's data.

    `port` is None where no port is declared; `name` is where the entry itself is found, the
    target of its SRV records.
    """

    type: str
    host: str
    port: int | None
    name: str


class Wanted(NamedTuple):
    """The labels left of a Service, read: an endpoint, or a port and its protocol (E-10)."""

    endpoint: str = ""
    port: str = ""
    protocol: str = ""

    def has_port(self, name: str, protocol: str) -> bool:
        """Whether a port is the one asked for; every port is where none was asked for."""
        if not self.protocol and not self.port:
            return True
        return self.port in {"", name.lower()} and self.protocol in {"", protocol.lower()}


def find(snapshot: Snapshot, query: Query) -> tuple[Entry, ...] | None:
    """Return what a name stands for, None where it does not exist."""
    labels = query.labels
    if not labels:
        return ()
    root = labels[-1]
    if root not in {SERVICES, PODS}:  # E-8
        return None
    if len(labels) == 1:  # E-7
        return ()
    if query.zone.is_reverse or len(labels) > _DEEPEST:  # E-11
        return None
    namespace = labels[-2]
    if snapshot.get(Namespace, "", namespace) is None:  # E-13
        return None
    if root == PODS:
        return _pods(snapshot, namespace, labels)
    if len(labels) == 2:  # noqa: PLR2004 - E-9: `<ns>.svc`
        return ()
    service = snapshot.get(Service, namespace, labels[-3])
    return None if service is None else _service(snapshot, query.zone.name, service, labels)


def _pods(snapshot: Snapshot, namespace: str, labels: tuple[str, ...]) -> tuple[Entry, ...] | None:
    """Return the address that `<dashed-ip>.<ns>.pod` spells, as far as the mode allows (E-37)."""
    mode = snapshot.settings.dns.pods
    if mode == "disabled":
        return None
    if len(labels) == 2:  # noqa: PLR2004 - E-9: `<ns>.pod`
        return ()
    text = undashed(labels[-3])
    ip = strict_address(text)
    if ip is None:
        return None
    if mode == "verified" and not any(
        pod.meta.namespace == namespace
        and pod.ips[0] == text
        and not pod.is_finished
        and not pod.is_terminating
        for pod in snapshot.lookup(Pod, "ip", ip)
    ):
        return None
    return (Entry(RECORD_TYPE[family_of_text(ip)], ip, None, ""),)


def undashed(label: str) -> str:
    """Return the address that a label with dashes spells (E-36); it need not be a valid one."""
    is_ipv4 = label.count("-") == _IPV4_DASHES and "--" not in label
    return label.replace("-", "." if is_ipv4 else ":")


def _service(
    snapshot: Snapshot, zone: str, service: Service, labels: tuple[str, ...]
) -> tuple[Entry, ...] | None:
    wanted = _wanted(labels[:-3])
    name = service_name(service, zone)
    if service.is_external_name:
        is_plain = wanted == Wanted()
        if not is_plain or strict_address(service.external_name) is not None:  # E-34, E-35
            return None
        return (Entry("CNAME", service.external_name, None, name),)
    if not service.is_headless and snapshot.settings.dns.ignore_empty_service:  # E-15
        pieces = service_slices(snapshot, service)
        if not any(end.is_ready for piece in pieces for end in piece.endpoints):
            return None
    if service.is_headless or wanted.endpoint:
        return _endpoints(snapshot, service, wanted, name)
    ports = [port for port in service.ports if wanted.has_port(port.name, port.protocol)]
    if not ports:  # E-16
        return None
    return tuple(
        Entry(RECORD_TYPE[family_of_text(ip)], ip, port.port, name)
        for port in ports
        for ip in service.virtual_ips
    )


def _wanted(labels: tuple[str, ...]) -> Wanted:
    if len(labels) == 1:
        return Wanted(endpoint=labels[0])
    if not labels:
        return Wanted()
    port, protocol = (label.removeprefix("_") for label in labels)
    return Wanted(port=port, protocol=protocol)


def _endpoints(
    snapshot: Snapshot, service: Service, wanted: Wanted, name: str
) -> tuple[Entry, ...] | None:
    """Return the ready endpoints that are asked for (E-21 to E-29); none at all: no such name."""
    by_pod_name = snapshot.settings.dns.endpoint_pod_names
    found: list[Entry] = []
    for piece in _pieces(snapshot, service, wanted.endpoint):
        type_ = RECORD_TYPE.get(piece.address_type, "CNAME")
        ports = [
            port.port
            for port in piece.ports or _NO_PORTS
            if wanted.has_port(port.name or "", port.protocol)
        ]
        for endpoint in _named(piece, wanted.endpoint) if ports else ():
            if not endpoint.is_ready:  # E-22
                continue
            for address in endpoint.addresses:
                label = endpoint_name(endpoint, address, by_pod_name=by_pod_name)
                if wanted.endpoint in {"", label}:
                    full = f"{label}.{name}"
                    found += [Entry(type_, address, port, full) for port in ports]
    return tuple(found) or None  # E-23, E-26


def _named(piece: EndpointSlice, name: str) -> Collection[Endpoint]:
    """Return the endpoints that may have a name: those with another host name have not (E-25)."""
    if not name:
        return piece.endpoints
    return [end for end in piece.endpoints if end.hostname == name or not end.hostname]


def _pieces(snapshot: Snapshot, service: Service, endpoint: str) -> list[EndpointSlice]:
    """Return the slices that can hold an endpoint of that name; "" means any endpoint."""
    if not endpoint or snapshot.settings.dns.endpoint_pod_names:
        return service_slices(snapshot, service)
    namespace, name = service.meta.namespace, service.meta.name
    found = {
        piece.meta.name: piece
        for piece in snapshot.lookup(EndpointSlice, "hostname", (namespace, name, endpoint))
    }
    ip = strict_address(undashed(endpoint))
    if ip is None:  # dots of host names became dashes, and which they were is lost
        pieces = service_slices(snapshot, service)
        found |= {piece.meta.name: piece for piece in pieces if piece.address_type == "FQDN"}
    for piece in snapshot.lookup(EndpointSlice, "address", ip):
        if piece.service_name == name and piece.meta.namespace == namespace:
            found[piece.meta.name] = piece
    return [found[piece] for piece in sorted(found)]


def service_slices(snapshot: Snapshot, service: Service) -> list[EndpointSlice]:
    """Return the slices of a Service by name."""
    key = (service.meta.namespace, service.meta.name)
    return sorted(snapshot.lookup(EndpointSlice, "service", key), key=_name)


def _name(piece: EndpointSlice) -> str:
    return piece.meta.name


def service_name(service: Service, zone: str) -> str:
    """Return the absolute name of a Service in a zone."""
    return f"{service.meta.name}.{service.meta.namespace}.svc.{zone}."


def endpoint_name(endpoint: Endpoint, address: str, *, by_pod_name: bool) -> str:
    """Return the label of an endpoint's address (E-24).

    `by_pod_name` is the option `endpoint_pod_names`.
    """
    if endpoint.hostname:
        return endpoint.hostname
    target = endpoint.target
    if by_pod_name and target is not None and 0 < len(target.name) < _LONGEST_POD_NAME:
        return target.name
    label = address.replace(".", "-").replace(":", "-")
    return label + "0" if label.endswith("-") else label
