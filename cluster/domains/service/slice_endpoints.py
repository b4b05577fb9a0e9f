"""From Pods to endpoints, grouped by the ports that each resolves to (D-2 to D-20).

Source: kubernetes/endpointslice `utils.go` (podToEndpoint, getEndpointPorts),
`reconciler.go` (reconcileByAddressType).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cluster.domains.service.endpointslice import Endpoint, EndpointPort, TargetRef
from cluster.domains.service.service import Service
from cluster.domains.service.slice_draft import identity
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import Family, family_of_text
from cluster.machinery.snapshot import Snapshot


@dataclass(slots=True)
class Group:
    """Endpoints that share resolved ports, by identity (D-18)."""

    ports: tuple[EndpointPort, ...]
    endpoints: dict[tuple[object, ...], Endpoint] = field(default_factory=dict)

    @property
    def order(self) -> list[tuple[str, str, int, str]]:
        """What groups are sorted by, so that no set order leaks out."""
        return sorted(
            (port.name or "", port.protocol, port.port or 0, port.app_protocol or "")
            for port in self.ports
        )


@dataclass(slots=True)
class Candidates:
    """The endpoints of one Service per family, and the Pods that had to be left out (D-4)."""

    groups: dict[Family, dict[frozenset[EndpointPort], Group]]
    without_node: list[Pod] = field(default_factory=list)


def candidates(service: Service, pods: Iterable[Pod], snapshot: Snapshot) -> Candidates:
    """Return the endpoints that the selected `pods` make, in their order."""
    found = Candidates({family: {} for family in service.slice_families})
    resolve = _Ports(service)
    zones: dict[str, str | None] = {}
    for pod in pods:
        if pod.is_finished or not pod.ips:  # D-3
            continue
        ports = resolve.on(pod)
        key = frozenset(ports)
        for groups in found.groups.values():
            if key not in groups:
                groups[key] = Group(ports)
        if pod.node_name not in zones:
            node = snapshot.get(Node, "", pod.node_name)
            zones[pod.node_name] = None if node is None else node.zone
        zone = zones[pod.node_name]
        if zone is None and not service.publish_not_ready_addresses:  # D-4
            found.without_node.append(pod)
            continue
        for family, groups in found.groups.items():
            endpoint = _endpoint(service, pod, family, zone or "")
            if endpoint is not None:
                groups[key].endpoints[identity(endpoint)] = endpoint
    return found


class _Ports:
    """Resolves the target ports of one Service; equal containers resolve equally."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._is_fixed = all(isinstance(port.target_port, int) for port in service.ports)
        self._known: dict[object, tuple[EndpointPort, ...]] = {}

    def on(self, pod: Pod) -> tuple[EndpointPort, ...]:
        key: object = None if self._is_fixed else pod.containers
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = resolved_ports(self._service, pod)
        return known


def resolved_ports(service: Service, pod: Pod) -> tuple[EndpointPort, ...]:
    """Return the ports of `service` as numbers on `pod`; a name it lacks is left out (D-16)."""
    found: list[EndpointPort] = []
    for port in service.ports:
        number = port.target_port
        if isinstance(number, str):
            resolved = pod.named_port(number, port.protocol)  # D-15
            if resolved is None:
                continue
            number = resolved
        found.append(EndpointPort(port.name, port.protocol, number, port.app_protocol))
    return tuple(found)


def _endpoint(service: Service, pod: Pod, family: Family, zone: str) -> Endpoint | None:
    """Return the endpoint of a Pod in one family, None where it has no such address (C-29)."""
    addresses = tuple(ip for ip in pod.ips if family_of_text(ip) == family)
    if not addresses:
        return None
    meta = pod.meta
    serving, terminating = pod.is_ready, meta.terminating
    named = pod.hostname and pod.subdomain == service.meta.name  # D-11
    return Endpoint(
        addresses,
        service.publish_not_ready_addresses or (serving and not terminating),  # D-6
        serving,
        terminating,
        pod.hostname if named else "",
        pod.node_name,
        zone,
        TargetRef("Pod", meta.namespace, meta.name, meta.uid),
    )


def with_zones_of(
    groups: Mapping[frozenset[EndpointPort], Group], stored: Iterable[Endpoint]
) -> dict[frozenset[EndpointPort], Group] | None:
    """Return the groups with the zones that stored endpoints still have (D-44).

    None where no zone differs. A Node's new zone label alone writes nothing; it shows when the
    Service's slices are written for another reason.
    """
    zones = {identity(endpoint): endpoint.zone for endpoint in stored}
    differs = False
    aged: dict[frozenset[EndpointPort], Group] = {}
    for key, group in groups.items():
        aged[key] = Group(group.ports)
        for name, endpoint in group.endpoints.items():
            zone = zones.get(name, endpoint.zone)
            if zone != endpoint.zone:
                differs = True
                aged[key].endpoints[name] = endpoint._replace(zone=zone)
            else:
                aged[key].endpoints[name] = endpoint
    return aged if differs else None
