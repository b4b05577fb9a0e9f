"""Where an Ingress's backend leads: to the endpoints of its Service, or to nobody (G-33 to G-37).

Controllers send to endpoints themselves, so the Service's policies and affinity play no part.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from cluster.domains.ingress.ingress import Backend
from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.proxy_endpoints import host_port
from cluster.domains.service.service import Service, ServicePort
from cluster.machinery.drawing import Reason
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say

Status: TypeAlias = Literal[200, 404, 503]


class Resolved(NamedTuple):
    """What a backend comes to: a status, who gets the request (`ip:port`), and why."""

    status: Status
    endpoints: tuple[str, ...]
    why: Reason


def resolve_backend(
    snapshot: Snapshot, backend: Backend, namespace: str, source: str, path: str
) -> Resolved:
    """Return where a backend leads.

    `namespace` is the Ingress's: a backend is always of its own (G-36). `source` and `path` name
    the Ingress (`Ingress shop/web`) and the backend in it.
    """
    if backend.service is None or backend.port is None:  # G-37
        text = say("unsupported resource backend: this controller serves Services alone")
        return Resolved(
            503, (), Reason(text, source, f"{path}.resource", str(backend), cause=True)
        )
    name = f"{namespace}/{backend.service}"
    service = snapshot.get(Service, namespace, backend.service)
    if service is None:
        text = say("Service {name} does not exist.", name=name)
        here = f"{path}.service.name"
        return Resolved(503, (), Reason(text, source, here, backend.service, cause=True))
    port = service.port(backend.port)
    if port is None:
        field = "name" if isinstance(backend.port, str) else "number"
        text = say("Service {name} has no port {port}.", name=name, port=backend.port)
        here = f"{path}.service.port.{field}"
        return Resolved(503, (), Reason(text, source, here, str(backend.port), cause=True))
    here = f"spec.ports[{service.ports.index(port)}]"
    endpoints = backend_endpoints(snapshot, service, port)
    if not endpoints:
        text = say(
            "Service {name} has no ready endpoint for port {port}.", name=name, port=backend.port
        )
        reason = Reason(text, f"Service {name}", here, str(backend.port), cause=True)
        return Resolved(503, (), reason)
    text = say("Requests go to {n} of its endpoints.", n=len(endpoints))
    if service.is_external_name:
        text = say("Requests go to the host {target}.", target=service.external_name)
    return Resolved(200, endpoints, Reason(text, f"Service {name}", here, str(backend.port)))


def backend_endpoints(snapshot: Snapshot, service: Service, port: ServicePort) -> tuple[str, ...]:
    """Return who a controller sends to, sorted: ready ones, else those that still serve (G-34)."""
    if service.is_external_name:  # G-35
        number = port.target_port if isinstance(port.target_port, int) else port.port
        return (f"{service.external_name}:{number}",)
    ready: set[str] = set()
    terminating: set[str] = set()
    key = (service.meta.namespace, service.meta.name)
    for piece in snapshot.lookup(EndpointSlice, "service", key):
        numbers = [
            known.port
            for known in piece.ports
            if known.port and (known.name, known.protocol) == (port.name, port.protocol)
        ]
        for endpoint in piece.endpoints if numbers else ():
            if endpoint.is_ready:
                found = ready
            elif endpoint.is_serving and endpoint.is_terminating:
                found = terminating
            else:
                continue
            found |= {host_port(ip, number) for ip in endpoint.addresses for number in numbers}
    return tuple(sorted(ready or terminating))
