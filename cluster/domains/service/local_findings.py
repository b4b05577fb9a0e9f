"""Findings about traffic policies Local on Nodes without an endpoint: NV118 and NV119."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.finding_texts import finding
from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.machinery.changes import Change
from cluster.machinery.findings import Finding
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, View
from cluster.machinery.selectors import Requirement, Selector
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say

CONTROL_PLANE = Selector((Requirement("node-role.kubernetes.io/control-plane", "Exists"),))


@dataclass(frozen=True, slots=True)
class LocalFindings:
    """Facts of a Service: on which Nodes its Local traffic ends nowhere (F-23)."""

    name: str = "service_local_findings"
    kinds: frozenset[str] = frozenset({"Service", "EndpointSlice", "Node"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the Service, that of a slice, or all with such a policy where Nodes differ."""
        match change.new or change.old:
            case Service():
                return (change.key,)
            case EndpointSlice():
                return set(_of_slice(change, snapshot))
            case Node() if _role(change.old) != _role(change.new):
                return map(snapshot.key_of, snapshot.lookup(Service, "trait", "local"))
        return ()

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every Service with a policy Local."""
        return map(snapshot.key_of, snapshot.lookup(Service, "trait", "local"))

    def derive(self, owner: Key, view: View) -> Answer:
        """Return what its policies leave without an endpoint."""
        service = view.snapshot.get(Service, owner.namespace, owner.name)
        if service is None or not service.is_local:
            return NOTHING
        return Answer(facts=tuple(_faults(owner, service, view.snapshot)))


def _role(version: object) -> bool | None:
    """Return whether a Node is for the control plane, None where there is no Node."""
    return CONTROL_PLANE.matches(version.meta.labels) if isinstance(version, Node) else None


def _of_slice(change: Change, snapshot: Snapshot) -> Iterator[Key]:
    for version in change.versions:
        if isinstance(version, EndpointSlice) and version.service is not None:
            service = snapshot.find(version.service)
            if isinstance(service, Service) and service.is_local:
                yield version.service


def _faults(owner: Key, service: Service, snapshot: Snapshot) -> Iterator[Finding]:
    """Count workers without a usable endpoint; Services without any have a finding already."""
    found = snapshot.lookup(EndpointSlice, "service", (owner.namespace, owner.name))
    having = {
        endpoint.node_name
        for piece in found
        for endpoint in piece.endpoints
        if endpoint.is_ready or (endpoint.is_serving and endpoint.is_terminating)
    }
    masters = {node.meta.name for node in snapshot.each_selected(Node, CONTROL_PLANE, None)}
    workers = snapshot.count(Node) - len(masters)
    with_endpoint = sum(1 for name in having - masters if snapshot.get(Node, "", name) is not None)
    if not having or with_endpoint >= workers:
        return
    lacking = workers - with_endpoint
    where = (
        say(
            "{lacking} of {workers} Nodes (control plane not counted)",
            lacking=lacking, workers=workers
        ) if masters
        else say("{lacking} of {workers} Nodes", lacking=lacking, workers=workers)
    )  # fmt: skip
    if service.internal_traffic_policy == "Local":
        text = say(
            "{where} have no usable endpoint of it: Pods there cannot reach it.", where=where
        )
        yield finding(owner, "NV118", "spec.internalTrafficPolicy", text, "Local")
    if service.external_traffic_policy == "Local":
        text = say(
            "{where} have no usable endpoint of it, and drop what comes from outside.", where=where
        )
        yield finding(owner, "NV119", "spec.externalTrafficPolicy", text, "Local")
