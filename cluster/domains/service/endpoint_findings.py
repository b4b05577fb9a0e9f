"""Findings about the endpoints a Service has: NV105 to NV109, NV124, NV126 to NV128."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster.domains.service.endpointslice import (
    CONTROLLER,
    MIRRORING_CONTROLLER,
    SERVICE_NAME,
    EndpointSlice,
)
from cluster.domains.service.finding_texts import finding
from cluster.domains.service.service import TOPOLOGY_MODE, Service
from cluster.domains.service.slice_draft import GROUP, KIND, by_name
from cluster.domains.workload.pod import Pod
from cluster.machinery.changes import Change
from cluster.machinery.findings import Finding
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, View
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say


@dataclass(frozen=True, slots=True)
class EndpointFindings:
    """Facts of a Service: what is wrong with its endpoints."""

    name: str = "service_endpoint_findings"
    kinds: frozenset[str] = frozenset({"Service", "EndpointSlice", "Pod"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the Service, that of a slice, or those whose hand-made slices name the Pod.

        A cluster IP that comes or goes concerns those with an endpoint there.
        """
        match change.new or change.old:
            case Service():
                yield change.key
                yield from _at_cluster_ips(change, snapshot)
            case EndpointSlice():
                for version in change.versions:
                    if isinstance(version, EndpointSlice) and version.service is not None:
                        yield version.service
            case Pod() if change.old is None or change.new is None:
                named = (change.key.namespace, change.key.name)
                for found in snapshot.lookup(EndpointSlice, "handmade_target", named):
                    if found.service is not None:
                        yield found.service

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every Service, and those that slices name although they do not exist."""
        yield from map(snapshot.key_of, snapshot.of(Service))
        for piece in snapshot.of(EndpointSlice):
            if piece.service is not None and snapshot.find(piece.service) is None:
                yield piece.service

    def derive(self, owner: Key, view: View) -> Answer:
        """Return the findings about the Service's endpoints."""
        service = view.snapshot.get(Service, owner.namespace, owner.name)
        found = view.snapshot.lookup(EndpointSlice, "service", (owner.namespace, owner.name))
        slices = sorted(found, key=by_name)
        written = [one for one in slices if one.managed_by != CONTROLLER]
        if service is None:
            return Answer(facts=tuple(_orphans(written)))
        if service.is_external_name:
            return NOTHING
        facts = [*_readiness(owner, service, slices), *_hints(owner, service, slices)]
        for one in written:
            facts += _unknown_ports(service, one)
            facts += _missing_pods(one, view.snapshot)
            facts += _unserved(service, one)
            facts += _cluster_ips(one, view.snapshot)
        return Answer(facts=tuple(facts)) if facts else NOTHING


def _at_cluster_ips(change: Change, snapshot: Snapshot) -> Iterator[Key]:
    versions = [version for version in change.versions if isinstance(version, Service)]
    held = [set(version.virtual_ips) for version in versions]
    altered = held[0] ^ held[1] if len(held) == 2 else held[0]  # noqa: PLR2004 - before and after
    for ip in altered:
        for piece in snapshot.lookup(EndpointSlice, "address", ip):
            if piece.service is not None:
                yield piece.service


def _orphans(slices: list[EndpointSlice]) -> Iterator[Finding]:
    """Tell slices of nobody; the mirroring controller removes its own."""
    for piece in slices:
        if piece.managed_by != MIRRORING_CONTROLLER:
            text = say(
                "Service {namespace}/{service} does not exist.",
                namespace=piece.meta.namespace,
                service=piece.service_name,
            )
            path = f"metadata.labels[{SERVICE_NAME}]"
            yield finding(_key(piece), "NV109", path, text, piece.service_name)


def _hints(owner: Key, service: Service, slices: list[EndpointSlice]) -> Iterator[Finding]:
    """Tell hints that were asked for and not given (D-48)."""
    if not service.is_topology_aware:
        return
    ready = [
        endpoint
        for piece in slices
        if piece.managed_by == CONTROLLER
        for endpoint in piece.endpoints
        if endpoint.is_ready
    ]
    if ready and not any(endpoint.has_hints for endpoint in ready):
        text = say("Its endpoints carry no zone hints, so traffic is spread over every zone.")
        yield finding(owner, "NV124", f"metadata.annotations[{TOPOLOGY_MODE}]", text)


def _unserved(service: Service, piece: EndpointSlice) -> Iterator[Finding]:
    """Tell slices that proxies leave out, and those beside the controller's own (F-1, F-3)."""
    key, families = _key(piece), service.ip_families
    if not service.is_headless and families and piece.address_type not in families:
        text = say(
            "Service {service} serves {families} only.",
            service=service.meta.name,
            families=" and ".join(families),
        )
        yield finding(key, "NV126", "addressType", text, piece.address_type)
    if service.pod_selector is not None and piece.managed_by != MIRRORING_CONTROLLER:
        text = say(
            "Service {service} has a selector, and slices of its controller.",
            service=service.meta.name,
        )
        yield finding(key, "NV128", f"metadata.labels[{SERVICE_NAME}]", text, service.meta.name)


def _cluster_ips(piece: EndpointSlice, snapshot: Snapshot) -> Iterator[Finding]:
    for index, endpoint in enumerate(piece.endpoints):
        for position, ip in enumerate(endpoint.addresses):
            holders = [
                service
                for service in snapshot.lookup(Service, "address", ip)
                if ip in service.virtual_ips
            ]
            if holders:
                holder = min(holders, key=lambda found: (found.meta.namespace, found.meta.name))
                text = say(
                    "{ip} is the cluster IP of {key}.", ip=ip, key=str(snapshot.key_of(holder))
                )
                path = f"endpoints[{index}].addresses[{position}]"
                yield finding(_key(piece), "NV127", path, text, ip)


def _readiness(owner: Key, service: Service, slices: list[EndpointSlice]) -> Iterator[Finding]:
    endpoints = [endpoint for found in slices for endpoint in found.endpoints]
    if not endpoints:
        if service.pod_selector is None:
            text = say("It has no selector, and no EndpointSlice holds an endpoint for it.")
            yield finding(owner, "NV106", "spec.selector", text)
        return
    usable = any(e.is_ready or (e.is_serving and e.is_terminating) for e in endpoints)
    if not usable:
        every = {endpoint.target or endpoint.addresses for endpoint in endpoints}
        text = (
            say("Its endpoint is not ready.") if len(every) == 1
            else say("None of its {n} endpoints is ready.", n=len(every))
        )  # fmt: skip
        yield finding(owner, "NV105", "spec.selector", text)


def _unknown_ports(service: Service, found: EndpointSlice) -> Iterator[Finding]:
    """F-2: joined by name and protocol; headless Services without ports take any."""
    known = {(port.name, port.protocol) for port in service.ports}
    if not known or not found.endpoints:
        return
    for index, port in enumerate(found.ports):
        if port.name is not None and (port.name, port.protocol) not in known:
            name = port.name or say("without a name")
            shown = say("{port} ({protocol})", port=name, protocol=port.protocol)
            text = say(
                "Port {shown} is none of Service {service}.",
                shown=shown,
                service=service.meta.name,
            )
            yield finding(_key(found), "NV108", f"ports[{index}].name", text, port.name)


def _missing_pods(found: EndpointSlice, snapshot: Snapshot) -> Iterator[Finding]:
    for index, endpoint in enumerate(found.endpoints):
        key = endpoint.pod
        if key is None or snapshot.get(Pod, key.namespace, key.name) is not None:
            continue
        text = say("{key} does not exist.", key=str(key))
        yield finding(_key(found), "NV107", f"endpoints[{index}].targetRef", text, str(key))


def _key(found: EndpointSlice) -> Key:
    return Key(GROUP, KIND, found.meta.namespace, found.meta.name)
