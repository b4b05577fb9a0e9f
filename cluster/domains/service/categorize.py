"""Which endpoints a Node's proxy may use for a Service port: CategorizeEndpoints (F-7 to F-18).

Source: `pkg/proxy/topology.go`, `pkg/proxy/serviceport.go`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from cluster.domains.service.proxy_endpoints import ProxyEndpoint
from cluster.domains.service.service import Service, ServicePort
from cluster.machinery.addresses import Family, family_of_text
from cluster.machinery.manifest import JSON, Manifest

TopologyMode: TypeAlias = Literal["PreferSameNode", "PreferSameZone", ""]


@dataclass(frozen=True, slots=True)
class Uses:
    """Which lists a Service port needs in one family (F-7)."""

    is_externally_accessible: bool
    cluster: bool
    local: bool


@dataclass(frozen=True, slots=True)
class Categories:
    """The lists; `cluster` and `local` are None where the Service never uses them.

    `topology` is the hint that narrowed the cluster list, empty for none.
    """

    cluster: tuple[ProxyEndpoint, ...] | None
    local: tuple[ProxyEndpoint, ...] | None
    reachable: tuple[ProxyEndpoint, ...]
    has_any: bool
    topology: TopologyMode = ""

    def json(self) -> Manifest:
        """The member `categorize` of the answer to `proxy`."""
        return {
            "cluster": _listed(self.cluster),
            "local": _listed(self.local),
            "reachable": _listed(self.reachable),
            "has_any": self.has_any,
        }


def _listed(found: tuple[ProxyEndpoint, ...] | None) -> JSON:
    return None if found is None else [str(endpoint) for endpoint in found]


def uses(service: Service, port: ServicePort, family: Family) -> Uses:
    """Return which lists a port needs (F-7)."""
    accessible = bool(port.node_port) or any(
        family_of_text(ip) == family for ip in external_addresses(service)
    )
    internal_local = service.internal_traffic_policy == "Local"
    external_local = service.external_traffic_policy == "Local" and accessible
    return Uses(
        is_externally_accessible=accessible,
        cluster=not internal_local or accessible,
        local=internal_local or external_local,
    )


def external_addresses(service: Service) -> tuple[str, ...]:
    """Return the external IPs and the load balancer IPs that proxies answer on (F-30)."""
    virtual = (entry.ip for entry in service.load_balancer_ingress if entry.ip_mode == "VIP")
    return (*service.external_ips, *(ip for ip in virtual if ip))


def categorize(
    endpoints: Iterable[ProxyEndpoint], needed: Uses, node: str, zone: str
) -> Categories:
    """Return the lists for a Node called `node` in `zone`, empty where it names none."""
    every = tuple(endpoints)
    topology = topology_mode(every, node, zone) if needed.cluster else ""
    cluster = _cluster(every, topology, node, zone) if needed.cluster else None
    local = _usable(endpoint for endpoint in every if endpoint.is_local) if needed.local else None
    return Categories(
        cluster=cluster,
        local=local,
        reachable=_union(cluster or (), local or ()),
        has_any=bool(cluster) or (needed.local and bool(_usable(every))),  # F-13
        topology=topology,
    )


def topology_mode(endpoints: Iterable[ProxyEndpoint], node: str, zone: str) -> TopologyMode:
    """Return the hint that decides: all ready endpoints carry it and one is for us (F-14)."""
    ready = [endpoint.endpoint for endpoint in endpoints if endpoint.is_ready]
    if all(end.for_nodes for end in ready) and any(node in end.for_nodes for end in ready):
        return "PreferSameNode"
    has_zone = bool(zone) and any(zone in end.for_zones for end in ready)  # F-15
    if has_zone and all(end.for_zones for end in ready):
        return "PreferSameZone"
    return ""


def _cluster(
    endpoints: tuple[ProxyEndpoint, ...], topology: TopologyMode, node: str, zone: str
) -> tuple[ProxyEndpoint, ...]:
    """Return what the topology allows of the ready endpoints; else the last resorts (F-9)."""
    usable = _usable(endpoints)
    if topology == "PreferSameNode":
        return tuple(end for end in usable if node in end.endpoint.for_nodes)
    if topology == "PreferSameZone":
        return tuple(end for end in usable if zone in end.endpoint.for_zones)
    return usable


def _usable(endpoints: Iterable[ProxyEndpoint]) -> tuple[ProxyEndpoint, ...]:
    """Return the ready endpoints; if there are none, those serving while they terminate (F-10)."""
    every = tuple(endpoints)
    ready = tuple(endpoint for endpoint in every if endpoint.is_ready)
    return ready or tuple(endpoint for endpoint in every if endpoint.is_last_resort)


def _union(*lists: tuple[ProxyEndpoint, ...]) -> tuple[ProxyEndpoint, ...]:
    """Return every endpoint of `lists` once, sorted (F-12)."""
    return tuple(sorted({str(end): end for found in lists for end in found}.values(), key=str))
