"""Findings about addresses and node ports that a Service is not alone with: NV120 to NV122."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster.domains.service.finding_texts import finding
from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.changes import Change
from cluster.machinery.findings import Finding
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, View
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say


@dataclass(frozen=True, slots=True)
class AddressFindings:
    """Facts of a Service: who else has its addresses and node ports."""

    name: str = "service_address_findings"
    kinds: frozenset[str] = frozenset({"Service", "Pod"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the Service and those it shares something with, or those at a Pod's address."""
        if change.key.kind == "Service":
            return {change.key, *_sharing(change, snapshot)}
        return set(_at_addresses_of(change, snapshot))

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every Service."""
        return map(snapshot.key_of, snapshot.of(Service))

    def derive(self, owner: Key, view: View) -> Answer:
        """Return the findings about what the Service shares."""
        service = view.snapshot.get(Service, owner.namespace, owner.name)
        if service is None:
            return NOTHING
        facts = (
            *_node_ports(owner, service, view.snapshot),
            *_outer_addresses(owner, service, view.snapshot),
            *_taken(owner, service, view.snapshot),
        )
        return Answer(facts=facts) if facts else NOTHING


def _sharing(change: Change, snapshot: Snapshot) -> Iterator[Key]:
    for version in change.versions:
        if not isinstance(version, Service):
            continue
        for port in version.ports:
            if port.node_port is not None:
                found = snapshot.lookup(Service, "node_port", port.node_port)
                yield from map(snapshot.key_of, found)
        for ip in (*version.virtual_ips, *_outer(version)):
            yield from map(snapshot.key_of, snapshot.lookup(Service, "address", ip))


def _at_addresses_of(change: Change, snapshot: Snapshot) -> Iterator[Key]:
    """Yield the Services at an address that a Pod got or gave back."""
    held = [_own_ips(version) for version in (change.old, change.new)]
    for ip in held[0] ^ held[1]:
        yield from map(snapshot.key_of, snapshot.lookup(Service, "address", ip))


def _own_ips(version: object) -> frozenset[str]:
    """Return the addresses that are a Pod's alone: not its Node's, and not given back."""
    if not isinstance(version, Pod) or version.host_network or version.is_finished:
        return frozenset()
    return frozenset(version.ips)


def _outer(service: Service) -> tuple[str, ...]:
    """Return the addresses it answers on for clients outside."""
    given = (entry.ip for entry in service.load_balancer_ingress if entry.ip)
    return tuple(dict.fromkeys((*service.external_ips, *given)))


def _others(service: Service, found: Iterable[Service]) -> list[Service]:
    mine = (service.meta.namespace, service.meta.name)
    listed = [other for other in found if (other.meta.namespace, other.meta.name) != mine]
    return sorted(listed, key=lambda other: (other.meta.namespace, other.meta.name))


def _node_ports(owner: Key, service: Service, snapshot: Snapshot) -> Iterator[Finding]:
    if not service.virtual_ips:
        return
    for index, port in enumerate(service.ports):
        if port.node_port is None:
            continue
        for other in _others(service, snapshot.lookup(Service, "node_port", port.node_port)):
            same = (port.node_port, port.protocol)
            if other.virtual_ips and same in {(p.node_port, p.protocol) for p in other.ports}:
                path = f"spec.ports[{index}].nodePort"
                text = say(
                    "{key} has {protocol} {node_port}, too.",
                    key=str(snapshot.key_of(other)),
                    protocol=port.protocol,
                    node_port=port.node_port,
                )
                yield finding(owner, "NV120", path, text, str(port.node_port))


def _outer_addresses(owner: Key, service: Service, snapshot: Snapshot) -> Iterator[Finding]:
    served = {(port.protocol, port.port) for port in service.ports}
    for ip in _outer(service):
        for other in _others(service, snapshot.lookup(Service, "address", ip)):
            shared = served & {(port.protocol, port.port) for port in other.ports}
            if ip in _outer(other) and shared:
                protocol, number = min(shared)
                text = say(
                    "{key} answers on {ip} {protocol} {number}, too.",
                    key=str(snapshot.key_of(other)),
                    ip=ip,
                    protocol=protocol,
                    number=number,
                )
                yield finding(owner, "NV121", _path(service, ip), text, ip)


def _taken(owner: Key, service: Service, snapshot: Snapshot) -> Iterator[Finding]:
    for ip in service.external_ips:
        holders = [
            other for other in snapshot.lookup(Service, "address", ip) if ip in other.virtual_ips
        ]
        keys = [snapshot.key_of(other) for other in _others(service, holders)]
        keys += [
            snapshot.key_of(pod) for pod in snapshot.lookup(Pod, "ip", ip) if ip in _own_ips(pod)
        ]
        if keys:
            text = say("{ip} is the address of {key}.", ip=ip, key=str(min(keys)))
            yield finding(owner, "NV122", _path(service, ip), text, ip)


def _path(service: Service, ip: str) -> str:
    if ip in service.external_ips:
        return f"spec.externalIPs[{service.external_ips.index(ip)}]"
    listed = [entry.ip for entry in service.load_balancer_ingress]
    return f"status.loadBalancer.ingress[{listed.index(ip)}]"
