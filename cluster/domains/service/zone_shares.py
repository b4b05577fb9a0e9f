"""How a cluster's CPU is spread over its zones, and how many endpoints each zone is due (D-48).

Source: kubernetes/endpointslice `topologycache/topologycache.go`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from cluster.domains.workload.node import Node

OVERLOAD = 0.2  # the expected overload that a zone may be exposed to
INSUFFICIENT_NODES = (
    "Insufficient Node information: allocatable CPU or zone not specified on one or more nodes"
)
INSUFFICIENT_ENDPOINTS = "Insufficient number of endpoints"
EXCEEDS_OVERLOAD = (
    "Unable to allocate minimum required endpoints to each zone without exceeding "
    "overload threshold"
)
_EXCLUDED = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")
_UNITS = {"m": Decimal("0.001"), "k": Decimal(1000), "M": Decimal(10) ** 6}
_ZONES = 2  # with fewer there is nothing to keep apart


class Share(NamedTuple):
    """How many endpoints one zone is due: at least, at most, and exactly."""

    minimum: int
    maximum: int
    desired: float


def counts_for_shares(node: Node) -> bool:
    """Whether a Node's CPU counts: ready and no control plane."""
    return node.is_ready and not any(label in node.meta.labels for label in _EXCLUDED)


def zone_ratios(nodes: Iterable[Node]) -> dict[str, float] | None:
    """Return each zone's part of the CPU, by zone name; None where it cannot be said."""
    cpus: dict[str, int] = {}
    for node in nodes:
        if not counts_for_shares(node):
            continue
        cpu = millicores(node.allocatable_cpu)
        if not node.zone or not cpu:
            return None
        cpus[node.zone] = cpus.get(node.zone, 0) + cpu
    total = sum(cpus.values())
    if len(cpus) < _ZONES:
        return None
    return {zone: cpus[zone] / total for zone in sorted(cpus)}


def zone_shares(ratios: dict[str, float] | None, count: int) -> dict[str, Share] | str:
    """Return what each zone is due of `count` ready endpoints, or why hints are not possible."""
    if ratios is None:
        return INSUFFICIENT_NODES
    numbers = f"({count} endpoints, {len(ratios)} zones)"
    if len(ratios) > count:
        return f"{INSUFFICIENT_ENDPOINTS} {numbers}"
    minimums = {
        zone: math.ceil(ratio * count * (1 / (1 + OVERLOAD))) for zone, ratio in ratios.items()
    }
    spare = count - sum(minimums.values())
    if spare < 0:
        return f"{EXCEEDS_OVERLOAD} {numbers}"
    return {
        zone: Share(minimum, minimum + spare, max(ratios[zone] * count, float(minimum)))
        for zone, minimum in minimums.items()
    }


def millicores(quantity: str) -> int:
    """Return a CPU quantity (`4`, `3900m`, `1.5`) in thousandths; 0 where it is unreadable."""
    unit = _UNITS.get(quantity[-1:], Decimal(1))
    try:
        number = Decimal(quantity[:-1] if quantity[-1:] in _UNITS else quantity)
    except InvalidOperation:
        return 0
    return int(number * unit * 1000) if number.is_finite() else 0
