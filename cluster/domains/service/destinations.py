"""Which addresses of a Service kube-proxy answers on (F-1, F-27 to F-32).

Source: `pkg/proxy/iptables/proxier.go`, `pkg/proxy/util/nodeport_addresses.go`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from cluster.domains.service.proxy_endpoints import host_port, other_proxy
from cluster.domains.service.service import Service, ServicePort
from cluster.domains.workload.node import Node
from cluster.machinery.addresses import (
    Family,
    Network,
    canonical,
    family_of,
    family_of_text,
    parse_address,
    parse_network,
)
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say

DestinationKind: TypeAlias = Literal["clusterIP", "nodePort", "externalIP", "loadBalancer"]


@dataclass(frozen=True, slots=True)
class ProxyConfig:
    """How the cluster's proxies are set up; the defaults are kubeadm's.

    `detects_local`: traffic of Pods is told from other traffic (F-24). `all_node_addresses`:
    node ports answer on every address of a Node, not on the primary ones alone (F-27).
    """

    masquerade_all: bool = False
    detects_local: bool = True
    all_node_addresses: bool = True


DEFAULT_CONFIG = ProxyConfig()


class Destination(NamedTuple):
    """One address and port of a Service; `path` is the field that makes it answer."""

    kind: DestinationKind
    ip: str
    number: int
    path: str

    def __str__(self) -> str:
        """`clusterIP 10.96.0.20:80`."""
        return f"{self.kind} {host_port(self.ip, self.number)}"

    @property
    def is_external(self) -> bool:
        """Whether externalTrafficPolicy decides rather than internalTrafficPolicy (F-21)."""
        return self.kind != "clusterIP"


class Hit(NamedTuple):
    """What answers at an address: a Service, its port, and which of its addresses it is."""

    service: Service
    port: ServicePort
    destination: Destination


def unproxied(service: Service) -> tuple[str, str, str] | None:
    """Return why kube-proxy leaves a Service alone: sentence, path, value; None if it acts."""
    if service.is_external_name:
        return (say("An ExternalName has no address of its own."), "spec.type", "ExternalName")
    if service.is_headless:
        return (
            say("Headless: clients connect to the endpoints themselves."),
            "spec.clusterIP",
            "None",
        )
    label = other_proxy(service.meta)
    if label is not None:
        value = service.meta.labels[label]
        return (say("The label hands it to another proxy."), f"metadata.labels[{label}]", value)
    return None


def destinations(
    service: Service,
    port: ServicePort,
    family: Family,
    node: Node | None,
    config: ProxyConfig = DEFAULT_CONFIG,
) -> Iterator[Destination]:
    """Yield the addresses of one family at which a Node answers for a port.

    Nothing answers in a family in which the Service has no cluster IP (F-1).
    """
    own = service.virtual_ip(family)
    if own is None or unproxied(service) is not None:
        return
    yield Destination("clusterIP", own, port.port, _cluster_ip_path(service, own))
    for index, ip in enumerate(service.external_ips):
        if family_of_text(ip) == family:
            yield Destination("externalIP", ip, port.port, f"spec.externalIPs[{index}]")
    for index, entry in enumerate(service.load_balancer_ingress):
        if entry.ip and entry.ip_mode == "VIP" and family_of_text(entry.ip) == family:
            path = f"status.loadBalancer.ingress[{index}].ip"
            yield Destination("loadBalancer", entry.ip, port.port, path)
    if port.node_port is not None and node is not None:
        path = f"spec.ports[{service.ports.index(port)}].nodePort"
        for ip in node_port_addresses(node, family, config):
            yield Destination("nodePort", ip, port.node_port, path)


def _cluster_ip_path(service: Service, ip: str) -> str:
    index = service.virtual_ips.index(ip)
    return "spec.clusterIP" if index == 0 else f"spec.clusterIPs[{index}]"


def node_port_addresses(
    node: Node, family: Family, config: ProxyConfig = DEFAULT_CONFIG
) -> tuple[str, ...]:
    """Return the addresses of a Node on which node ports of a family answer (F-27)."""
    every = dict.fromkeys((*node.internal_ips, *node.external_ips))
    found = tuple(ip for ip in every if family_of_text(ip) == family)
    return found if config.all_node_addresses else found[:1]


def find_destination(snapshot: Snapshot, ip: str, number: int, protocol: str) -> Hit | None:
    """Return what answers at `ip`:`number`, None where no proxy takes the packet.

    A Service's own addresses come before node ports; of several, the first by namespace and name.
    """
    address = canonical(ip)
    family = family_of_text(address)
    nodes = sorted(snapshot.lookup(Node, "ip", address), key=lambda node: node.meta.name)
    node = nodes[0] if nodes else None
    holders = {
        (item.meta.namespace, item.meta.name): item
        for item in (
            *snapshot.lookup(Service, "address", address),
            *(snapshot.lookup(Service, "node_port", number) if nodes else ()),
        )
    }
    found = [
        Hit(holders[key], port, destination)
        for key in sorted(holders)
        for port in holders[key].ports
        if port.protocol == protocol
        for destination in destinations(holders[key], port, family, node)
        if (destination.ip, destination.number) == (address, number)
    ]
    return min(found, key=lambda hit: hit.destination.kind == "nodePort", default=None)


def first_destination(
    snapshot: Snapshot, service: Service, port: ServicePort, node: str, kind: DestinationKind
) -> Destination | None:
    """Return the first address of a kind that a Node answers on, None without one."""
    found = snapshot.get(Node, "", node)
    for ip in service.virtual_ips:
        family = family_of_text(ip)
        for target in destinations(service, port, family, found):
            if target.kind == kind:
                return target
        if kind == "nodePort" and port.node_port and unproxied(service) is None:
            path = f"spec.ports[{service.ports.index(port)}].nodePort"
            any_address = "0.0.0.0" if family == "IPv4" else "::"  # noqa: S104 - of the Node
            return Destination("nodePort", any_address, port.node_port, path)
    return None


def source_ranges(service: Service, family: Family) -> tuple[tuple[str, Network], ...]:
    """Return the path and network of the source ranges of one family; none: unrestricted."""
    found: list[tuple[str, Network]] = []
    for index, text in enumerate(service.load_balancer_source_ranges):
        network = parse_network(text)
        if network is not None and family_of(network) == family:
            found.append((f"spec.loadBalancerSourceRanges[{index}]", network))
    return tuple(found)


def is_in_source_ranges(
    service: Service, source: str, destination: Destination, node_ips: tuple[str, ...] = ()
) -> bool:
    """Whether the source ranges let a client through to a load balancer's address (F-31).

    Other destinations are never filtered. A Node's packets whose source is the load balancer's
    address itself pass where a range holds the Node's own address, one of `node_ips`.
    """
    ranges = source_ranges(service, family_of_text(destination.ip))
    if destination.kind != "loadBalancer" or not ranges:
        return True
    seen = (source, *node_ips) if source == destination.ip else (source,)
    addresses = [address for address in map(parse_address, seen) if address is not None]
    return any(address in network for address in addresses for _path, network in ranges)
