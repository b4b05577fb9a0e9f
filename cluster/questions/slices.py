"""The endpoints of a Service as one flat list, whatever slices they stand in (D-49)."""

from __future__ import annotations

from dataclasses import dataclass

from cluster.domains.service.endpointslice import EndpointPort, EndpointSlice
from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """One endpoint. `pod` is the Pod that `targetRef` names, None where there is none.

    `position` is its place in the slice, as a field path counts.
    """

    namespace: str
    slice_name: str
    family: str
    address: str
    ready: bool
    serving: bool
    terminating: bool
    node: str
    zone: str
    hints: str
    ports: tuple[EndpointPort, ...]
    pod: Pod | None
    position: int = 0

    @property
    def place(self) -> str:
        """Where it stands in its slice: `endpoints[3]`."""
        return f"endpoints[{self.position}]"

    @property
    def slice(self) -> str:
        """What reasons call its slice."""
        return f"EndpointSlice {self.namespace}/{self.slice_name}"

    @property
    def id(self) -> str:
        """The id of the card that draws it: the Pod's, or one of its own."""
        if self.pod is not None:
            return f"Pod/{self.pod.meta.namespace}/{self.pod.meta.name}"
        return f"Endpoint/{self.slice_name}/{self.address}"


def slices_of(snapshot: Snapshot, service: Service) -> list[EndpointSlice]:
    """Return the slices that belong to a Service, by family and name."""
    key = (service.meta.namespace, service.meta.name)
    found = snapshot.lookup(EndpointSlice, "service", key)
    return sorted(found, key=lambda item: (item.address_type, item.meta.name))


def endpoint_rows(snapshot: Snapshot, service: Service) -> list[EndpointRow]:
    """Return a Service's endpoints, in the order of their slices."""
    return [row for item in slices_of(snapshot, service) for row in rows_of_slice(snapshot, item)]


def rows_of_slice(snapshot: Snapshot, item: EndpointSlice) -> list[EndpointRow]:
    """Return the endpoints of one slice."""
    rows: list[EndpointRow] = []
    for position, endpoint in enumerate(item.endpoints):
        target = endpoint.target
        pod = None
        if target is not None and target.kind == "Pod":
            pod = snapshot.get(Pod, target.namespace or item.meta.namespace, target.name)
        rows.append(
            EndpointRow(
                namespace=item.meta.namespace, slice_name=item.meta.name, family=item.address_type,
                address=endpoint.addresses[0] if endpoint.addresses else "",
                ready=endpoint.is_ready, serving=endpoint.is_serving,
                terminating=endpoint.is_terminating, node=endpoint.node_name or "",
                zone=endpoint.zone or "",
                hints=", ".join((*endpoint.for_zones, *endpoint.for_nodes)),
                ports=item.ports, pod=pod, position=position,
            )
        )  # fmt: skip
    return rows


def port_text(port: EndpointPort) -> str:
    """Return `http → 8080/TCP`, without the name where the port has none."""
    number = say("all ports") if port.port is None else f"{port.port}/{port.protocol}"
    return say("{port} → {number}", port=port.name, number=number) if port.name else number
