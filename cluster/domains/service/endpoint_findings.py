"""Findings about the endpoints a Service has, whoever wrote them: NV105 to NV108."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster.domains.service.endpointslice import CONTROLLER, EndpointSlice
from cluster.domains.service.finding_texts import finding
from cluster.domains.service.service import Service
from cluster.domains.service.slice_draft import GROUP, KIND, by_name
from cluster.domains.workload.pod import Pod
from cluster.machinery.changes import Change
from cluster.machinery.findings import Finding
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, View
from cluster.machinery.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class EndpointFindings:
    """Facts of a Service: what is wrong with its endpoints."""

    name: str = "service_endpoint_findings"
    kinds: frozenset[str] = frozenset({"Service", "EndpointSlice", "Pod"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the Service, that of a slice, or those whose hand-made slices name the Pod."""
        match change.new or change.old:
            case Service():
                yield change.key
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
        """Yield every Service."""
        return map(snapshot.key_of, snapshot.of(Service))

    def derive(self, owner: Key, view: View) -> Answer:
        """Return the findings about the Service's endpoints."""
        service = view.snapshot.get(Service, owner.namespace, owner.name)
        if service is None or service.is_external_name:
            return NOTHING
        found = view.snapshot.lookup(EndpointSlice, "service", (owner.namespace, owner.name))
        slices = sorted(found, key=by_name)
        facts = [*_readiness(owner, service, slices)]
        for one in slices:
            if one.managed_by != CONTROLLER:
                facts += _unknown_ports(service, one)
                facts += _missing_pods(one, view.snapshot)
        return Answer(facts=tuple(facts)) if facts else NOTHING


def _readiness(owner: Key, service: Service, slices: list[EndpointSlice]) -> Iterator[Finding]:
    endpoints = [endpoint for found in slices for endpoint in found.endpoints]
    if not endpoints:
        if service.pod_selector is None:
            text = "It has no selector, and no EndpointSlice holds an endpoint for it."
            yield finding(owner, "NV106", "spec.selector", text)
        return
    usable = any(e.is_ready or (e.is_serving and e.is_terminating) for e in endpoints)
    if not usable:
        every = {endpoint.target or endpoint.addresses for endpoint in endpoints}
        text = (
            "Its endpoint is not ready." if len(every) == 1
            else f"None of its {len(every)} endpoints is ready."
        )  # fmt: skip
        yield finding(owner, "NV105", "spec.selector", text)


def _unknown_ports(service: Service, found: EndpointSlice) -> Iterator[Finding]:
    """F-2: joined by name and protocol; headless Services without ports take any."""
    known = {(port.name, port.protocol) for port in service.ports}
    if not known or not found.endpoints:
        return
    for index, port in enumerate(found.ports):
        if port.name is not None and (port.name, port.protocol) not in known:
            shown = f"{port.name or 'without a name'} ({port.protocol})"
            text = f"Port {shown} is none of Service {service.meta.name}."
            yield finding(_key(found), "NV108", f"ports[{index}].name", text, port.name)


def _missing_pods(found: EndpointSlice, snapshot: Snapshot) -> Iterator[Finding]:
    for index, endpoint in enumerate(found.endpoints):
        key = endpoint.pod
        if key is None or snapshot.get(Pod, key.namespace, key.name) is not None:
            continue
        text = f"{key} does not exist."
        yield finding(_key(found), "NV107", f"endpoints[{index}].targetRef", text, str(key))


def _key(found: EndpointSlice) -> Key:
    return Key(GROUP, KIND, found.meta.namespace, found.meta.name)
