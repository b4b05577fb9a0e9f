"""Nodes whose proxies decide alike about a Service, so that one of them is asked for all.

Two Nodes differ only by what the rules read of a Node: its name where a traffic policy is Local
and it holds an endpoint, or where a hint names it; its zone where hints name zones (F-14, F-19).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.machinery.snapshot import Snapshot
from cluster.questions.slices import slices_of


@dataclass(frozen=True, slots=True)
class NodeClass:
    """Nodes by name, sorted; any of them stands for all. `zone` is empty where it decides not."""

    nodes: tuple[str, ...]
    zone: str = ""
    is_alone: bool = False

    @property
    def node(self) -> str:
        """The Node that is asked."""
        return self.nodes[0]


def node_classes(
    snapshot: Snapshot, service: Service, among: Iterable[str] | None = None
) -> list[NodeClass]:
    """Return the classes of Nodes `among` those named, or of all, in the order of their names."""
    ends = [end for item in slices_of(snapshot, service) for end in item.endpoints]
    named = {name for end in ends for name in end.for_nodes}
    by_zone = any(end.for_zones for end in ends)
    if service.is_local:
        named |= {end.node_name for end in ends if end.node_name}
    wanted = None if among is None else set(among)
    found: dict[tuple[str, str], list[str]] = {}
    for node in snapshot.sorted(Node):
        name = node.meta.name
        if wanted is not None and name not in wanted:
            continue
        key = (node.zone if by_zone else "", name if name in named else "")
        found.setdefault(key, []).append(name)
    return [
        NodeClass(tuple(names), zone, bool(alone))
        for (zone, alone), names in sorted(found.items(), key=lambda item: item[1])
    ]
