"""The ports at which Services take connections, and what answers there.

Reachability is between Pods: a Service that moves from port 80 to 8081 leaves it as it was, and
yet nobody who asks for port 80 gets an answer any more. So a plan compares these as well.
"""

from __future__ import annotations

from typing import NamedTuple

from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.service import Service, service_key
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say, say_n


class Door(NamedTuple):
    """A port of a Service with a virtual address, or the same port of every Node."""

    service: str
    port: int
    protocol: str
    is_node_port: bool = False

    def __str__(self) -> str:
        """`80/TCP`, as a Service's card writes it; a Node's with the words that say so."""
        text = f"{self.port}/{self.protocol}"
        return say("node port {port}", port=text) if self.is_node_port else text


def doors(snapshot: Snapshot) -> dict[Door, str]:
    """Return where each port leads: its target, and how many endpoints are ready for it.

    Headless Services have none: their clients connect to the endpoints' own ports.
    """
    ready = _ready(snapshot)
    found: dict[Door, str] = {}
    for service in snapshot.sorted(Service):
        if not service.virtual_ips:
            continue
        key = service_key(service.meta.namespace, service.meta.name)
        name = str(key)
        for port in service.ports:
            answers = ready.get((key, port.name, port.protocol), set())
            leads = say_n(
                "port {target} of {n:,} ready endpoint",
                "port {target} of {n:,} ready endpoints",
                len(answers),
                target=str(port.target_port),
            )
            found[Door(name, port.port, port.protocol)] = leads
            if port.node_port is not None:
                found[Door(name, port.node_port, port.protocol, is_node_port=True)] = leads
    return found


def _ready(snapshot: Snapshot) -> dict[tuple[Key, str, str], set[Key | str]]:
    """Return the ready endpoints of each Service's port; a Pod of two families counts once."""
    found: dict[tuple[Key, str, str], set[Key | str]] = {}
    for piece in snapshot.of(EndpointSlice):
        service = piece.service
        if service is None:
            continue
        ready = {item.pod or item.address for item in piece.endpoints if item.is_ready}
        for port in piece.ports:
            if ready:
                found.setdefault((service, port.name or "", port.protocol), set()).update(ready)
    return found
