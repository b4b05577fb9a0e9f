"""The endpoints of one Service port as kube-proxy reads them from slices (F-1 to F-6).

Source: `pkg/proxy/{endpointslicecache,endpoint}.go`.
"""

from __future__ import annotations

from typing import NamedTuple

from cluster.domains.service.endpointslice import HEADLESS, Endpoint, EndpointSlice
from cluster.domains.service.service import Service, ServicePort
from cluster.machinery.addresses import Family
from cluster.machinery.meta import Key, ObjectMeta
from cluster.machinery.snapshot import Snapshot

PROXY_NAME = "service.kubernetes.io/service-proxy-name"


class ProxyEndpoint(NamedTuple):
    """One endpoint of one port. `where` is its place in a slice (`endpoints[3]`)."""

    ip: str
    port: int
    endpoint: Endpoint
    is_local: bool
    source: Key
    where: str

    def __str__(self) -> str:
        """`10.244.0.2:8080`, `[fd00::2]:8080`."""
        return host_port(self.ip, self.port)

    @property
    def is_ready(self) -> bool:
        """Ready, or not said; terminating ones count while they are (F-10)."""
        return self.endpoint.is_ready

    @property
    def is_last_resort(self) -> bool:
        """Serving while it terminates: used where no ready endpoint is (F-9, F-11)."""
        return self.endpoint.is_serving and self.endpoint.is_terminating


def host_port(ip: str, port: int) -> str:
    """Return address and port as one word."""
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"


def other_proxy(meta: ObjectMeta) -> str | None:
    """Return the label by which an object is not kube-proxy's business, None without one (F-1)."""
    return next((label for label in (PROXY_NAME, HEADLESS) if label in meta.labels), None)


def proxy_endpoints(
    snapshot: Snapshot, service: Service, port: ServicePort, family: Family, node: str
) -> list[ProxyEndpoint]:
    """Return the endpoints of a port in one family, each `ip:port` once, sorted by it.

    `node` is the name of the Node whose proxy reads them.
    """
    key = (service.meta.namespace, service.meta.name)
    pieces = [
        piece
        for piece in snapshot.lookup(EndpointSlice, "service", key)
        if piece.address_type == family and other_proxy(piece.meta) is None
    ]
    found: dict[tuple[str, int], ProxyEndpoint] = {}
    for piece in sorted(pieces, key=lambda piece: piece.meta.name):
        numbers = [
            known.port
            for known in piece.ports
            if known.port and (known.name, known.protocol) == (port.name, port.protocol)
        ]
        if not numbers:
            continue
        source = snapshot.key_of(piece)
        for index, endpoint in enumerate(piece.endpoints):
            if not endpoint.address:
                continue
            is_local = bool(node) and endpoint.node_name == node
            for number in numbers:
                made = ProxyEndpoint(
                    endpoint.address, number, endpoint, is_local, source, f"endpoints[{index}]"
                )
                held = found.get((made.ip, number))
                if held is None or _rank(made) < _rank(held):
                    found[made.ip, number] = made
    return sorted(found.values(), key=str)


def _rank(found: ProxyEndpoint) -> tuple[bool, bool]:
    """Order entries of the same `ip:port`: not terminating first, then local ones (F-3)."""
    return (found.endpoint.is_terminating, not found.is_local)
