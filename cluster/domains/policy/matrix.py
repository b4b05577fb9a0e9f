"""All Pods against all on one port: exact counts, and the row or column of one end.

Works on rule tables and bitmaps of Pods: tables that allow one port to the same peers are one, so
that the cost follows how many different things policies say, not how many pairs there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

from pyroaring import BitMap

from cluster.domains.policy.classes import Cell, Member, PodClass, passes
from cluster.domains.policy.index import PolicyIndex
from cluster.domains.policy.policy import Direction
from cluster.domains.policy.ports import code_of, holds
from cluster.domains.policy.tables import Name, Table
from cluster.machinery.addresses import FAMILIES, Family

_Tables: TypeAlias = dict[Table | None, BitMap]


def row(
    index: PolicyIndex, end: Member, direction: Direction, protocol: str, port: int | None
) -> BitMap:
    """Return the numbers of the Pods that `end` may open a connection to, in any family.

    Direction Ingress: of those that may open one to `end`. The end itself is left out.
    Raises ValueError where the protocol has ports and the port is absent or out of range.
    """
    code = code_of(protocol, port)
    mine = end.pod_class
    found = BitMap(
        member.number
        for family in mine.families
        for partner in _partners(index, mine, direction, code, family)
        for member in partner.members
    )
    for other in index.neighbours(end):
        if not set(mine.families).isdisjoint(other.pod_class.families):
            found.add(other.number)
    if end.number >= 0:
        found.discard(end.number)
    return found


def _partners(
    index: PolicyIndex, mine: PodClass, direction: Direction, code: int, family: Family
) -> Iterator[PodClass]:
    """Yield the classes that may connect in a family; each of their tables is asked once."""
    is_source = direction == "Egress"
    own = mine.egress if is_source else mine.ingress
    asked: dict[Table, bool] = {}
    for other in index.classes.all.values():
        if family not in other.families:
            continue
        destination = other if is_source else mine
        table = other.ingress if is_source else other.egress
        if table is not None:
            if table not in asked:
                asked[table] = table.admits(mine, destination, code, family)
            if not asked[table]:
                continue
        if own is None or own.admits(other, destination, code, family):
            yield other


def count_allowed(index: PolicyIndex, protocol: str, port: int | None) -> int:
    """Return how many ordered pairs of different Pods may connect on a port, in any family.

    Raises ValueError as `row` does.
    """
    code = code_of(protocol, port)
    pods = _Pods(index, code)
    families = tuple(family for family in FAMILIES if pods.present[family])
    total = sum(_count(pods, (family,)) for family in families)
    if len(families) > 1:
        total -= _count(pods, families)  # what passes in both was counted twice
    for found in index.classes.all.values():
        if _passes(found, found, code):
            total -= len(found)  # each Pod with itself
    return total + _excepted(index, code)


def _passes(one: PodClass, other: PodClass, code: int) -> bool:
    return any(
        family in other.families and passes(one, other, code, family) for family in one.families
    )


def _excepted(index: PolicyIndex, code: int) -> int:
    """Count the pairs that pass for no other reason than H-11."""
    if index.conventions.node_traffic_is_normal:
        return 0
    nodes: dict[str, tuple[Counter[PodClass], Counter[PodClass]]] = {}
    for host in index.node_members():
        if host.node:
            nodes.setdefault(host.node, (Counter(), Counter()))[0][host.pod_class] += 1
    for member in index.members():
        if member.node in nodes and not member.cell.is_node:
            nodes[member.node][1][member.pod_class] += 1
    known: dict[tuple[PodClass, PodClass], int] = {}
    total = 0
    for hosts, pods in nodes.values():
        for one, hosted in hosts.items():
            for pod, held in pods.items():
                pair = (one, pod)
                if pair not in known:
                    is_possible = not set(one.families).isdisjoint(pod.families)
                    known[pair] = is_possible * (
                        2 - _passes(one, pod, code) - _passes(pod, one, code)
                    )
                total += known[pair] * hosted * held
    return total


@dataclass(frozen=True, slots=True)
class _Half:
    """One direction on one port: the Pods without restriction, and the others with their peers."""

    free: BitMap
    limited: list[tuple[BitMap, BitMap]]


def _count(pods: _Pods, families: tuple[Family, ...]) -> int:
    """Count the pairs, those of a Pod with itself included, that pass in all of `families`."""
    egress = pods.half(pods.by_egress, families)
    ingress = pods.half(pods.by_ingress, families)
    total = len(egress.free) * len(ingress.free)
    for targets, sources in ingress.limited:
        total += len(targets) * sources.intersection_cardinality(egress.free)
    for sources, targets in egress.limited:
        total += len(sources) * targets.intersection_cardinality(ingress.free)
    return total + _count_limited(egress.limited, ingress.limited)


def _count_limited(rows: list[tuple[BitMap, BitMap]], columns: list[tuple[BitMap, BitMap]]) -> int:
    """Count the pairs in which both ends are limited; each Pod is in one row and one column."""
    # The look at each peer is made from the side that allows fewer.
    if sum(len(peers) for _, peers in rows) > sum(len(peers) for _, peers in columns):
        rows, columns = columns, rows
    column_of: dict[int, int] = {}
    for position, (pods, _peers) in enumerate(columns):
        column_of.update(dict.fromkeys(pods, position))
    total = 0
    limited = BitMap(column_of)
    for pods, peers in rows:
        met = Counter(map(column_of.__getitem__, peers & limited))
        for position, number in met.items():
            total += number * pods.intersection_cardinality(columns[position][1])
    return total


class _Pods:
    """Bitmaps of the Pods that tables, atoms, blocks and names stand for, on one port."""

    def __init__(self, index: PolicyIndex, code: int) -> None:
        self.index = index
        self.code = code
        ingress: dict[Table | None, list[int]] = {}
        egress: dict[Table | None, list[int]] = {}
        families: dict[Family, list[int]] = {family: [] for family in FAMILIES}
        names: dict[Name, list[int]] = {}
        for found in index.classes.all.values():
            numbers = [member.number for member in found.members]
            ingress.setdefault(found.ingress, []).extend(numbers)
            egress.setdefault(found.egress, []).extend(numbers)
            for family in found.families:
                families[family].extend(numbers)
            for name, meant in found.names:
                if meant == code:
                    names.setdefault(name, []).extend(numbers)
        self.by_ingress: _Tables = {table: BitMap(held) for table, held in ingress.items()}
        self.by_egress: _Tables = {table: BitMap(held) for table, held in egress.items()}
        self.present = {family: BitMap(held) for family, held in families.items()}
        self._naming = {name: BitMap(held) for name, held in names.items()}
        self._meeting: dict[int, BitMap] = {}

    def half(self, by_table: _Tables, families: tuple[Family, ...]) -> _Half:
        """Return one direction, in all of `families` at once."""
        present = reduce(BitMap.intersection, (self.present[family] for family in families))
        free: list[BitMap] = []
        alike: dict[object, tuple[Table, list[BitMap]]] = {}
        for table, pods in by_table.items():
            if table is not None and not table.is_fresh:
                table.refresh()
            if table is None or holds(table.anyone, self.code):
                free.append(pods)
            else:
                alike.setdefault(self._says(table), (table, []))[1].append(pods)
        limited: list[tuple[BitMap, BitMap]] = []
        for table, held in alike.values():
            peers = reduce(
                BitMap.intersection, (self._allowed(table, family) for family in families)
            )
            pods = _union(held) & present
            if pods and peers:
                limited.append((pods, peers))
        return _Half(_union(free) & present, limited)

    def _says(self, table: Table) -> object:
        """Return what a table says about the port: equal for tables that allow the same."""
        return (
            frozenset(self._plain(table)),
            frozenset(
                (number, name)
                for number, names in table.named.items()
                for name in names
                if name in self._naming
            ),
            frozenset(table.anyone_named),
        )

    def _plain(self, table: Table) -> list[int]:
        return [number for number, ports in table.ports.items() if holds(ports, self.code)]

    def _allowed(self, table: Table, family: Family) -> BitMap:
        """Return the Pods that a table allows as peers in a family."""
        found = [self._met(number, family) for number in self._plain(table)]
        for number, names in table.named.items():
            naming = [self._naming[name] for name in names if name in self._naming]
            if naming:
                found.append(self._met(number, family) & _union(naming))
        found += [self._naming[name] for name in table.anyone_named if name in self._naming]
        return _union(found) & self.present[family]

    def _met(self, number: int, family: Family) -> BitMap:
        """Return the Pods that meet an atom, or that a block of this family covers."""
        block = self.index.blocks.by_number.get(number)
        if block is not None and block.family != family:
            return BitMap()
        found = self._meeting.get(number)
        if found is None:
            cells = self._cells(number)
            found = BitMap([member.number for cell in cells for member in cell.members])
            self._meeting[number] = found
        return found

    def _cells(self, number: int) -> Iterable[Cell]:
        blocks, atoms = self.index.blocks, self.index.atoms
        if number in blocks.by_number:
            return blocks.cells_under(number)
        groups = atoms.groups_of(atoms.by_number[number])
        return (cell for group in groups for cell in group.cells.values())


def _union(bitmaps: list[BitMap]) -> BitMap:
    return BitMap.union(*bitmaps) if bitmaps else BitMap()
