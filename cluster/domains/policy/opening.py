"""What is open between two sets of classes: to some pair of them, and to every pair.

The definition is `open_ports` of each pair. Sets of thousands of classes (the Pods of a hundred
namespaces) have millions of pairs, so pairs are taken together: what an ingress table admits
depends on the source alone and what an egress table admits on the destination alone, hence for
the sources behind one egress table and the destinations behind one ingress table the values are
a product. Most such blocks meet nothing in each other's tables and count once for all alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TypeAlias

from cluster.domains.policy.classes import PodClass
from cluster.domains.policy.ports import ALL, NONE, Ports, intersection, union
from cluster.domains.policy.reach import open_ports
from cluster.domains.policy.tables import Table
from cluster.machinery.addresses import Family

FEW_PAIRS = 400
"""So many pairs are asked one by one: first of all, and instead of anything cleverer."""
_STRIDE = 7919  # a prime: the pairs that are tried first come from everywhere

_Behind: TypeAlias = dict["Table | None", list[PodClass]]


@dataclass(slots=True)
class Opened:
    """Ports that some pair has, and those that every pair has (ALL while there is none)."""

    some: Ports = NONE
    every: Ports = ALL

    @property
    def is_final(self) -> bool:
        """Whether no further pair can alter it."""
        return self.some == ALL and self.every == NONE

    def take(self, some: Ports, every: Ports) -> bool:
        """Take in what some and every pair of a block have; whether no more can alter it."""
        self.some = union(self.some, some)
        self.every = intersection(self.every, every)
        return self.is_final


def opened(sources: Sequence[PodClass], destinations: Sequence[PodClass]) -> Opened:
    """Return what is open from the classes of one set to those of another (H-4)."""
    found = Opened()
    pairs = len(sources) * len(destinations)
    if pairs <= FEW_PAIRS:
        _one_by_one(found, product(sources, destinations))
        return found
    tried = (
        (sources[at % len(sources)], destinations[at * _STRIDE % len(destinations)])
        for at in range(FEW_PAIRS)
    )
    if _one_by_one(found, tried):
        return found
    for some, others in product(_by_families(sources), _by_families(destinations)):
        shared = [family for family in some.families if family in others.families]
        if not shared:
            is_final = found.take(NONE, NONE)
        elif len(shared) == 1:
            is_final = _Blocks(some.classes, others.classes, shared[0]).take_into(found)
        else:
            is_final = _in_families(found, some.classes, others.classes, shared)
        if is_final:
            break
    return found


def _one_by_one(found: Opened, pairs: Iterable[tuple[PodClass, PodClass]]) -> bool:
    for source, destination in pairs:
        ports = open_ports(source, destination)
        if found.take(ports, ports):
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Alike:
    """Classes with the same address families."""

    families: tuple[Family, ...]
    classes: list[PodClass]


def _by_families(classes: Iterable[PodClass]) -> list[_Alike]:
    found: dict[tuple[Family, ...], list[PodClass]] = {}
    for one in classes:
        found.setdefault(tuple(one.families), []).append(one)
    return [_Alike(families, members) for families, members in found.items()]


def _in_families(
    found: Opened, sources: list[PodClass], destinations: list[PodClass], shared: list[Family]
) -> bool:
    """Take in pairs that can connect in two families.

    Only blocks of addresses tell families apart; who meets none of them is in both as in one.
    """
    asked_in = _numbers(one.ingress for one in destinations)
    asked_out = _numbers(one.egress for one in sources)
    plain, marked = _split(sources, asked_in, shared)
    others, marked_others = _split(destinations, asked_out, shared)
    if plain and others and _Blocks(plain, others, shared[0]).take_into(found):
        return True
    if _one_by_one(found, product(marked, destinations)):
        return True
    return _one_by_one(found, product(plain, marked_others))


def _split(
    classes: Iterable[PodClass], asked: set[int], shared: list[Family]
) -> tuple[list[PodClass], list[PodClass]]:
    """Return the classes that no block asked for covers, and the rest."""
    plain: list[PodClass] = []
    marked: list[PodClass] = []
    for one in classes:
        is_plain = all(asked.isdisjoint(one.blocks[family]) for family in shared)
        (plain if is_plain else marked).append(one)
    return plain, marked


def _numbers(tables: Iterable[Table | None]) -> set[int]:
    """Return the numbers of every atom and block that tables ask for."""
    return {number for table in {*tables} - {None} if table for number in table.asked()}


@dataclass(slots=True)
class _Side:
    """What the tables of one side say of the classes on the other side.

    `special` has, by table and then by the table behind which the classes stand, the ports of
    those that meet anything in the table; all others have what it admits to anyone.
    """

    special: dict[Table, dict[Table | None, list[Ports]]] = field(default_factory=dict)

    def values(self, table: Table | None, behind: Table | None, all_: int) -> list[Ports]:
        """Return what a table says of the classes behind another one; there are `all_`."""
        if table is None:
            return [ALL]
        met = self.special.get(table, {}).get(behind, [])
        return met if len(met) == all_ else [*met, table.anyone]


class _Blocks:
    """Sources by their egress tables against destinations by their ingress tables."""

    def __init__(
        self, sources: list[PodClass], destinations: list[PodClass], family: Family
    ) -> None:
        self.sources = _behind((one.egress, one) for one in sources)
        self.destinations = _behind((one.ingress, one) for one in destinations)
        self.family = family

    def take_into(self, found: Opened) -> bool:
        """Take in every pair; whether no more can alter it."""
        ingress = {table: _anyone(table) for table in self.destinations}
        egress = {table: _anyone(table) for table in self.sources}
        for admits, lets in product(set(ingress.values()), set(egress.values())):
            # Whoever a table names has at least what it admits to anyone.
            found.some = union(found.some, intersection(admits, lets))
        admitted = self._side(self.destinations, self.sources)
        let_out = self._side(self.sources, self.destinations)
        special = {
            (into, out) for into, held in admitted.special.items() for out in held
        } | {(into, out) for out, held in let_out.special.items() for into in held}  # fmt: skip
        plain = Counter(ingress.values()), Counter(egress.values())
        left = Counter((ingress[into], egress[out]) for into, out in special)
        for admits, lets in product(*plain):
            if plain[0][admits] * plain[1][lets] > left[admits, lets]:
                ports = intersection(admits, lets)
                if found.take(ports, ports):
                    return True
        for into, out in special:
            ins = admitted.values(into, out, len(self.sources[out]))
            outs = let_out.values(out, into, len(self.destinations[into]))
            every = intersection(_common(ins), _common(outs))
            if found.take(intersection(union(*ins), union(*outs)), every):
                return True
        return found.is_final

    def _side(self, asking: _Behind, asked: _Behind) -> _Side:
        """Ask the tables of one side for the classes of the other that they may name."""
        side = _Side()
        meeting = _meeting(asked, self.family, _numbers(asking))
        everybody = [(behind, one) for behind, members in asked.items() for one in members]
        for table in asking:
            if table is None or table.anyone == ALL:
                continue
            if table.anyone_named:  # names mean other ports on each destination
                named: Iterable[tuple[Table | None, PodClass]] = everybody
            else:
                named = {one for number in table.asked() for one in meeting.get(number, ())}
            held: dict[Table | None, list[Ports]] = {}
            for behind, one in named:
                held.setdefault(behind, []).append(table.allowed(one, one, self.family))
            if held:
                side.special[table] = held
        return side


def _behind(pairs: Iterable[tuple[Table | None, PodClass]]) -> _Behind:
    found: _Behind = {}
    for table, one in pairs:
        found.setdefault(table, []).append(one)
    return found


def _anyone(table: Table | None) -> Ports:
    if table is None:
        return ALL
    table.asked()  # which makes it anew where its policies changed
    return table.anyone


def _meeting(
    behind: _Behind, family: Family, asked: set[int]
) -> dict[int, list[tuple[Table | None, PodClass]]]:
    """Return who meets each of the atoms and blocks that are asked for."""
    found: dict[int, list[tuple[Table | None, PodClass]]] = {}
    for table, members in behind.items():
        for one in members:
            for met in (one.peers, one.space.peers, one.blocks[family]):
                for number in asked.intersection(met):
                    found.setdefault(number, []).append((table, one))
    return found


def _common(sets: Iterable[Ports]) -> Ports:
    common = ALL
    for ports in sets:
        common = intersection(common, ports)
    return common
