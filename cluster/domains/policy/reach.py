"""Who may open which connections to whom: between workloads, and with the outside world.

A row is the union over the Pods of its peers and over the address families. What a peer is, the
caller says, Pod by Pod: most often the workload that a user wrote. Source: questions.md `reach`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from cluster.domains.policy.classes import Member, PodClass
from cluster.domains.policy.index import PolicyIndex
from cluster.domains.policy.policy import DIRECTIONS, Direction
from cluster.domains.policy.ports import ALL, NONE, Ports, intersection, union
from cluster.domains.policy.ranges import Course, course_of, cut, pieces, range_text, together
from cluster.domains.policy.tables import Table
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import FAMILIES, Family

PeerOf: TypeAlias = Callable[[Pod], str | None]
Wanted: TypeAlias = Callable[[str], bool]


@dataclass(frozen=True, slots=True, order=True)
class Reach:
    """One row: the ports of `destination` on which `source` may open connections, never none."""

    source: str
    destination: str
    ports: Ports


@dataclass(slots=True)
class _Party:
    """What stands behind one peer: its classes, and the Nodes its Pods are on or are.

    Nodes are told apart by family, so that two Pods share one only where they can connect.
    """

    classes: list[PodClass] = field(default_factory=list)
    nodes: set[tuple[str, Family]] = field(default_factory=set)
    own_nodes: set[tuple[str, Family]] = field(default_factory=set)

    def is_excepted(self, other: _Party) -> bool:
        """Whether a Pod of one is node traffic of the Node of a Pod of the other (H-11)."""
        return not (
            self.own_nodes.isdisjoint(other.nodes) and self.nodes.isdisjoint(other.own_nodes)
        )


def everything(_peer: str) -> bool:
    """Want every peer."""
    return True


def reach(
    index: PolicyIndex,
    peer_of: PeerOf,
    *,
    strangers: Mapping[str, Iterable[Member]] | None = None,
    sources: Wanted = everything,
    destinations: Wanted = everything,
) -> Iterator[Reach]:
    """Yield every row, by source and destination; a peer to itself and empty rows are left out.

    `peer_of` names the peer of a Pod, None leaves the Pod out. `strangers` are more sources that
    no Pod of the index stands for. `sources` and `destinations` choose rows by peer or range.
    """
    parties = _parties(index, peer_of)
    rows = _between(index, parties, strangers or {}, sources, destinations)
    yield from sorted([*rows, *_outside(index, parties, sources, destinations)])


def ports_between(source: PodClass, destination: PodClass, family: Family) -> Ports:
    """Return the ports that both directions allow in one family (H-4)."""
    ingress, egress = destination.ingress, source.egress
    allowed = ALL if ingress is None else ingress.allowed(source, destination, family)
    if egress is None or not allowed:
        return allowed
    return intersection(allowed, egress.allowed(destination, destination, family))


def _parties(index: PolicyIndex, peer_of: PeerOf) -> dict[str, _Party]:
    found: dict[str, _Party] = {}
    classes: dict[str, set[PodClass]] = {}
    is_special = not index.conventions.node_traffic_is_normal
    for member in index.members():
        name = peer_of(member.pod) if member.pod is not None else None
        if name is None:
            continue
        party = found.setdefault(name, _Party())
        known = classes.setdefault(name, set())
        if member.pod_class not in known:
            known.add(member.pod_class)
            party.classes.append(member.pod_class)
        if is_special and member.node:
            nodes = [(member.node, family) for family in member.pod_class.families]
            party.nodes.update(nodes)
            if member.cell.is_node:
                party.own_nodes.update(nodes)
    return found


def _between(
    index: PolicyIndex,
    parties: Mapping[str, _Party],
    strangers: Mapping[str, Iterable[Member]],
    sources: Wanted,
    destinations: Wanted,
) -> Iterator[Reach]:
    opening = {name: party for name, party in parties.items() if sources(name)}
    for name, members in strangers.items():
        if sources(name):
            opening[name] = _Party([member.pod_class for member in members])
    reached = {name: party for name, party in parties.items() if destinations(name)}
    for source, one in opening.items():
        for destination, other in reached.items():
            if source == destination:
                continue
            ports = ALL if one.is_excepted(other) else _union(one, other)
            if ports:
                yield Reach(source, destination, ports)


def _union(one: _Party, other: _Party) -> Ports:
    """Return the ports that any class of one may use to any class of the other."""
    found = NONE
    for source in one.classes:
        for destination in other.classes:
            for family in source.families:
                if family in destination.families:
                    found = union(found, ports_between(source, destination, family))
            if found == ALL:
                return found
    return found


def _outside(
    index: PolicyIndex, parties: Mapping[str, _Party], sources: Wanted, destinations: Wanted
) -> Iterator[Reach]:
    """Yield the rows with addresses; the ranges do not depend on which rows are wanted."""
    for family in FAMILIES:
        courses = _courses(index, parties, family)
        ranges = cut(courses.values(), family)
        for (name, direction), course in courses.items():
            if not (destinations if direction == "Ingress" else sources)(name):
                continue
            for first, last, ports in pieces(course, ranges):
                text = range_text(first, last, family)
                if ports and direction == "Ingress" and sources(text):
                    yield Reach(text, name, ports)
                elif ports and direction == "Egress" and destinations(text):
                    yield Reach(name, text, ports)


def _courses(
    index: PolicyIndex, parties: Mapping[str, _Party], family: Family
) -> dict[tuple[str, Direction], Course]:
    """Return what each peer allows from and to the addresses of a family."""
    known: dict[Table | None, Course] = {}
    courses: dict[tuple[str, Direction], Course] = {}
    for name, party in parties.items():
        held = [found for found in party.classes if family in found.families]
        for direction in DIRECTIONS if held else ():
            tables = {found.ingress if direction == "Ingress" else found.egress for found in held}
            for table in tables:
                if table not in known:
                    known[table] = course_of(table, index.blocks, family)
            courses[name, direction] = together(known[table] for table in tables)
    return courses
