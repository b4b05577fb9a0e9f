"""What each family of a Service comes to: addresses, slices, endpoints, Nodes it works from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cluster.domains.service.destinations import destinations
from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.forwarding import Client, forward
from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import FAMILIES, Family, family_of_text
from cluster.machinery.snapshot import Snapshot
from cluster.questions.slices import EndpointRow, endpoint_rows, slices_of
from cluster.questions.views.node_classes import node_classes


@dataclass(frozen=True, slots=True)
class FamilyReading:
    """One family of one Service.

    `is_offered`: the Service has it. `works_from` are the Nodes that have the family and whose
    proxies find an endpoint; of a headless Service those that have the family, if any endpoint
    is ready.
    """

    family: Family
    is_offered: bool
    address: str | None
    slices: tuple[EndpointSlice, ...]
    rows: tuple[EndpointRow, ...]
    works_from: frozenset[str]

    @property
    def ready(self) -> set[str]:
        """The ids of the endpoints that get traffic."""
        return {row.id for row in self.rows if row.ready and row.ports}

    @property
    def record(self) -> str:
        """The type of the DNS record that holds its addresses."""
        return "A" if self.family == "IPv4" else "AAAA"


@dataclass(frozen=True, slots=True)
class FamiliesReading:
    """Both families, the Pods behind the Service and the Nodes, each by name."""

    service: Service
    families: tuple[FamilyReading, ...]
    pods: tuple[Pod, ...]
    nodes: tuple[Node, ...]
    configured: tuple[Family, ...]

    def of(self, family: Family) -> FamilyReading:
        """Return one of them."""
        return self.families[FAMILIES.index(family)]

    @property
    def offered(self) -> list[FamilyReading]:
        """The families that the Service has."""
        return [reading for reading in self.families if reading.is_offered]

    def lacking(self, family: Family) -> list[Node]:
        """Return the Nodes that have no address of a family."""
        return [node for node in self.nodes if node_address(node, family) is None]


def node_address(node: Node, family: Family) -> str | None:
    """Return the first address of a Node in a family, None where it has none."""
    ips = (*node.internal_ips, *node.external_ips)
    return next((ip for ip in ips if family_of_text(ip) == family), None)


def read_families(snapshot: Snapshot, service: Service) -> FamiliesReading:
    """Return what both families of a Service come to."""
    rows = endpoint_rows(snapshot, service)
    pods = {row.id: row.pod for row in rows if row.pod is not None}
    if service.pod_selector is not None:
        for pod in snapshot.selected(Pod, service.pod_selector, service.meta.namespace):
            if not pod.is_finished:
                pods.setdefault(f"Pod/{pod.meta.namespace}/{pod.meta.name}", pod)
    nodes = snapshot.sorted(Node)
    return FamiliesReading(
        service=service,
        families=tuple(_family(snapshot, service, family, rows, nodes) for family in FAMILIES),
        pods=tuple(sorted(pods.values(), key=lambda pod: (pod.meta.namespace, pod.meta.name))),
        nodes=tuple(nodes),
        configured=snapshot.settings.families,
    )


def _family(
    snapshot: Snapshot,
    service: Service,
    family: Family,
    rows: Iterable[EndpointRow],
    nodes: Iterable[Node],
) -> FamilyReading:
    own = tuple(row for row in rows if row.family == family)
    offered = not service.is_external_name and family in service.slice_families
    having = {node.meta.name for node in nodes if node_address(node, family) is not None}
    works = _works_from(snapshot, service, family, own, having) if offered else frozenset()
    return FamilyReading(
        family=family,
        is_offered=offered,
        address=service.virtual_ip(family),
        slices=tuple(item for item in slices_of(snapshot, service) if item.address_type == family),
        rows=own,
        works_from=works,
    )


def _works_from(
    snapshot: Snapshot,
    service: Service,
    family: Family,
    rows: Iterable[EndpointRow],
    having: set[str],
) -> frozenset[str]:
    ready = any(row.ready and row.ports for row in rows)
    if service.is_headless:
        return frozenset(having) if ready else frozenset()
    works: set[str] = set()
    for found in node_classes(snapshot, service, having):
        client = Client("pod", found.node)
        node = snapshot.get(Node, "", found.node)
        answers = (
            forward(snapshot, service, port, client, target)
            for port in service.ports
            for target in destinations(service, port, family, node)
            if target.kind == "clusterIP"
        )
        if any(answer.action == "forward" for answer in answers):
            works.update(found.nodes)
    return frozenset(works)
