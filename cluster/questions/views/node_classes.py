"""Nodes whose proxies decide alike about a Service, so that one of them is asked for all.

Two Nodes differ only by what the rules read of a Node: its name where a traffic policy is Local
and it holds an endpoint, or where a hint names it; its zone where hints name zones (F-14, F-19);
for a load balancer, whether it is kept away or being deleted (F-42).

Asking is not free where thousands of Nodes hold endpoints of their own: beyond `most` of them,
those that hold a usable one are taken together, and so are those that do not (F-10).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cluster.domains.service.endpointslice import Endpoint
from cluster.domains.service.health import EXCLUDED
from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.machinery.snapshot import Snapshot
from cluster.questions.slices import slices_of

MOST = 8  # Nodes asked one by one: with the two classes of the others, as many as there are boxes


@dataclass(frozen=True, slots=True)
class NodeClass:
    """Nodes by name, sorted; any of them stands for all.

    `is_sample`: they hold endpoints of their own, so each sends to others than the one asked.
    """

    nodes: tuple[str, ...]
    is_sample: bool = False

    @property
    def node(self) -> str:
        """The Node that is asked."""
        return self.nodes[0]


def node_classes(
    snapshot: Snapshot, service: Service, among: Iterable[str] | None = None, *, most: int = MOST
) -> list[NodeClass]:
    """Return the classes of Nodes `among` those named, or of all, in the order of their names."""
    wanted = None if among is None else set(among)
    nodes = [n for n in snapshot.sorted(Node) if wanted is None or n.meta.name in wanted]
    ends = [end for item in slices_of(snapshot, service) for end in item.endpoints]
    by_zone = any(end.for_zones for end in ends)
    is_balanced = service.type == "LoadBalancer"
    alone = _alone(service, ends)
    names = [node.meta.name for node in nodes if node.meta.name in alone]
    asked = set(names[:most])
    found: dict[tuple[object, ...], list[str]] = {}
    for node in nodes:
        name = node.meta.name
        key = (
            node.zone if by_zone else "",
            name if name in asked else "",
            alone[name] if name in alone and name not in asked else None,
            is_balanced and EXCLUDED in node.meta.labels,
            is_balanced and node.meta.terminating,
        )
        found.setdefault(key, []).append(name)
    return [
        NodeClass(tuple(members), is_sample=key[2] is not None)
        for key, members in sorted(found.items(), key=lambda item: item[1])
    ]


def _alone(service: Service, ends: Iterable[Endpoint]) -> dict[str, bool]:
    """Return the Nodes that may decide as no other does; whether each has a usable endpoint."""
    found: dict[str, bool] = {}
    for end in ends:
        for name in end.for_nodes:
            found.setdefault(name, False)
        if service.is_local and end.node_name:
            usable = end.is_ready or (end.is_serving and end.is_terminating)
            found[end.node_name] = found.get(end.node_name, False) or usable
    return found
