"""Sets of destination ports of all protocols, and the ports that one rule lists.

A port of a protocol is one number, its code; a set is the sorted tuple of the codes at which
membership changes, so that asking is one bisection. Traffic without ports (ICMP) has a code of
its own that only a rule without ports holds. Source: semantics.md H-23 to H-29.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from cluster.domains.policy.policy import PolicyPort
from cluster.domains.workload.pod import Pod

Ports: TypeAlias = tuple[int, ...]
Names: TypeAlias = tuple[tuple[tuple[str, str], int], ...]

PROTOCOLS = ("TCP", "UDP", "SCTP")  # what policies can tell apart (core/v1 Protocol)
LAST_PORT = 65535
_PLANE = 1 << 16
_STARTS = {protocol: index * _PLANE for index, protocol in enumerate(PROTOCOLS)}
PORTLESS = len(PROTOCOLS) * _PLANE

NONE: Ports = ()
ALL: Ports = (
    *(edge for start in _STARTS.values() for edge in (start + 1, start + _PLANE)),
    PORTLESS,
    PORTLESS + 1,
)


def code_of(protocol: str, port: int | None) -> int:
    """Return the code of a destination port; of traffic without ports where `protocol` has none.

    Raises ValueError for a protocol with ports whose number is absent or out of range.
    """
    start = _STARTS.get(protocol)
    if start is None:
        return PORTLESS
    if port is None or not 1 <= port <= LAST_PORT:
        raise ValueError(f"{protocol} needs a port from 1 to {LAST_PORT}, not {port}")
    return start + port


def holds(ports: Ports, code: int) -> bool:
    """Whether `code` is in the set."""
    return bool(bisect_right(ports, code) & 1)


def union(*sets: Ports) -> Ports:
    """Return what is in any of the sets."""
    kept = {ports for ports in sets if ports}
    if len(kept) <= 1:
        return next(iter(kept), NONE)
    return _union(frozenset(kept))


@lru_cache(maxsize=4096)
def _union(sets: frozenset[Ports]) -> Ports:
    spans = sorted(span for ports in sets for span in zip(ports[::2], ports[1::2], strict=True))
    merged: list[int] = []
    for start, end in spans:
        # ALL keeps SCTP and what has no ports apart: so must every union (one spelling a set).
        if merged and start <= merged[-1] and start != PORTLESS:
            merged[-1] = max(merged[-1], end)
        else:
            merged += (start, end)
    return tuple(merged)


@lru_cache(maxsize=4096)
def intersection(one: Ports, other: Ports) -> Ports:
    """Return what is in both sets."""
    if one in (ALL, other):
        return other
    if other == ALL:
        return one
    found: list[int] = []
    left = right = 0
    while left < len(one) and right < len(other):
        start = max(one[left], other[right])
        end = min(one[left + 1], other[right + 1])
        if start < end:
            found += (start, end)
        if one[left + 1] < other[right + 1]:
            left += 2
        else:
            right += 2
    return tuple(found)


def ranges(ports: Ports) -> list[tuple[str, int, int]]:
    """Return the set as (protocol, first, last), inclusive, merged, in order of PROTOCOLS.

    What has no ports is left out.
    """
    found: list[tuple[str, int, int]] = []
    for start, end in zip(ports[::2], ports[1::2], strict=True):
        plane = start // _PLANE
        if plane < len(PROTOCOLS):
            found.append((PROTOCOLS[plane], start % _PLANE, (end - 1) % _PLANE))
    return found


@dataclass(frozen=True, slots=True)
class PortList:
    """The `ports` of one rule: those given as numbers, and the names with their protocols."""

    numbers: Ports
    names: tuple[tuple[str, str], ...] = ()

    def on(self, names: Mapping[tuple[str, str], int]) -> Ports:
        """Return the set where the destination's names mean the codes in `names` (H-26)."""
        found = [names[name] for name in self.names if name in names]
        return union(self.numbers, *((code, code + 1) for code in found))


@lru_cache(maxsize=4096)
def port_list(ports: tuple[PolicyPort, ...]) -> PortList:
    """Return the ports of a rule; none listed means all, of every protocol (H-23)."""
    if not ports:
        return PortList(ALL)
    numbers = union(*(numbered(port) for port in ports if not isinstance(port.port, str)))
    names = {(port.protocol, port.port) for port in ports if isinstance(port.port, str)}
    return PortList(numbers, tuple(sorted(names)))


def numbered(port: PolicyPort) -> Ports:
    """Return the set that an entry without a name means (H-24, H-27)."""
    start = _STARTS[port.protocol]
    if not isinstance(port.port, int):
        return (start + 1, start + _PLANE)
    return (start + port.port, start + (port.end_port or port.port) + 1)


def names_of(pod: Pod) -> Names:
    """Return the port names of a Pod with what they mean, sorted; the first container wins (D-15).

    Sidecars count, plain init containers do not (H-26): a Pod lists only the former.
    """
    found: dict[tuple[str, str], int] = {}
    for container in pod.containers:
        for port in container.ports:
            if port.name is not None and port.protocol in _STARTS:
                name = (port.protocol, port.name)
                found.setdefault(name, _STARTS[port.protocol] + port.container_port)
    return tuple(sorted(found.items())) if found else ()
