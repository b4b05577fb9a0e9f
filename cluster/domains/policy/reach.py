"""Who may open which connections to whom: between workloads, and with the outside world.

A row is the union over the Pods of its peers and over the address families. What a peer is, the
caller says, Pod by Pod: most often the workload that a user wrote. Source: questions.md `reach`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple, TypeAlias

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
_Place: TypeAlias = tuple[str, Family]


class Reach(NamedTuple):
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
    nodes: set[_Place] = field(default_factory=set)
    own_nodes: set[_Place] = field(default_factory=set)


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
    opening = {name: party for name, party in parties.items() if sources(name)}
    for name, members in (strangers or {}).items():
        if sources(name):
            opening[name] = _Party([member.pod_class for member in members])
    reached = {name: party for name, party in parties.items() if destinations(name)}
    rows = _between(opening, reached)
    yield from sorted([*rows, *_outside(index, parties, sources, destinations)])


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


def _between(opening: Mapping[str, _Party], reached: Mapping[str, _Party]) -> Iterator[Reach]:
    gates = _Gates(reached)
    for source, party in opening.items():
        found: dict[str, Ports] = dict.fromkeys(gates.excepted(party), ALL)
        for pod_class in party.classes:
            for name, ports in gates.behind(pod_class):
                known = found.get(name, NONE)
                if known != ALL:
                    found[name] = union(known, ports)
        found.pop(source, None)
        for destination, ports in found.items():
            yield Reach(source, destination, ports)


class _Gates:
    """Destinations by the ingress tables that guard them, so that a source asks those it can pass.

    A table lets someone pass only if it has ports for everyone, or names an atom they meet.
    """

    def __init__(self, reached: Mapping[str, _Party]) -> None:
        self._behind: dict[Table | None, list[PodClass]] = {}
        self._names: dict[PodClass, list[str]] = {}
        self._at: dict[_Place, list[str]] = {}
        self._being: dict[_Place, list[str]] = {}
        for name, party in reached.items():
            for pod_class in party.classes:
                if pod_class not in self._names:
                    self._behind.setdefault(pod_class.ingress, []).append(pod_class)
                self._names.setdefault(pod_class, []).append(name)
            for place in party.nodes:
                self._at.setdefault(place, []).append(name)
            for place in party.own_nodes:
                self._being.setdefault(place, []).append(name)
        self._for_everyone: list[Table | None] = []
        self._by_atom: dict[int, list[Table]] = {}
        for table in self._behind:
            if table is not None and not table.is_fresh:
                table.refresh()
            if table is None or table.anyone:
                self._for_everyone.append(table)
            else:
                for atom in table.ports:
                    self._by_atom.setdefault(atom, []).append(table)

    def excepted(self, party: _Party) -> Iterator[str]:
        """Yield the peers with node traffic of a Node of the party's Pods, or with Pods on it.

        Policies do not matter there (H-11).
        """
        for place in party.nodes:
            yield from self._being.get(place, ())
        for place in party.own_nodes:
            yield from self._at.get(place, ())

    def behind(self, source: PodClass) -> Iterator[tuple[str, Ports]]:
        """Yield the peers that a class may open connections to, with the ports, in any family."""
        for family in source.families:
            met = chain(source.peers, source.space.peers, source.blocks[family])
            tables = dict.fromkeys(self._for_everyone)
            for atom in met:
                tables.update(dict.fromkeys(self._by_atom.get(atom, ())))
            for table in tables:
                for destination in self._behind[table]:
                    if family not in destination.families:
                        continue
                    allowed = _ports(source, destination, table, family)
                    if allowed:
                        for name in self._names[destination]:
                            yield name, allowed


def open_ports(source: PodClass, destination: PodClass) -> Ports:
    """Return the ports that policies leave open between two classes, in any family (H-4)."""
    shared = [family for family in source.families if family in destination.families]
    return union(*(_ports(source, destination, destination.ingress, family) for family in shared))


def _ports(
    source: PodClass, destination: PodClass, ingress: Table | None, family: Family
) -> Ports:
    """Return the ports that both directions allow in one family (H-4)."""
    allowed = ALL if ingress is None else ingress.allowed(source, destination, family)
    if source.egress is None or not allowed:
        return allowed
    return intersection(allowed, source.egress.allowed(destination, destination, family))


def _outside(
    index: PolicyIndex, parties: Mapping[str, _Party], sources: Wanted, destinations: Wanted
) -> Iterator[Reach]:
    """Yield the rows with addresses; the ranges do not depend on which rows are wanted."""
    for family in FAMILIES:
        courses = _courses(index, parties, family)
        ranges = [
            (first, range_text(first, last, family))
            for first, last in cut(courses.values(), family)
        ]
        opening = [(first, text) for first, text in ranges if sources(text)]
        reached = [(first, text) for first, text in ranges if destinations(text)]
        for (name, direction), course in courses.items():
            if direction == "Ingress" and destinations(name):
                for text, ports in pieces(course, opening):
                    yield Reach(text, name, ports)
            elif direction == "Egress" and sources(name):
                for text, ports in pieces(course, reached):
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
