"""Rule tables: what the policies of some subjects allow in one direction, peer by peer.

Classes of Pods that the same policies select share one table. A table is made when it is first
asked and again after a change to one of its policies. Source: semantics.md H-3, H-13,
H-23 to H-28.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from cluster.domains.policy.atoms import Subject
from cluster.domains.policy.policy import Direction, NetworkPolicy
from cluster.domains.policy.ports import ALL, NONE, Names, PortList, Ports, union
from cluster.machinery.addresses import Family

if TYPE_CHECKING:
    from cluster.domains.policy.classes import PodClass

Name: TypeAlias = tuple[str, str]
Atoms: TypeAlias = frozenset[int] | set[int]
_FEW = 8  # peers in a table: looking at each is as fast as intersecting sets


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """One rule: the numbers of the atoms and blocks its peers mean, None for everyone (H-13)."""

    atoms: tuple[int, ...] | None
    ports: PortList


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A policy with its rules by what they mean; None in a direction it does not isolate."""

    policy: NetworkPolicy
    subject: Subject
    ingress: tuple[CompiledRule, ...] | None
    egress: tuple[CompiledRule, ...] | None

    def rules(self, direction: Direction) -> tuple[CompiledRule, ...] | None:
        """Return the rules of a direction, None where the policy does not isolate there."""
        return self.ingress if direction == "Ingress" else self.egress

    def atoms(self) -> Iterator[int]:
        """Yield the numbers its peers were given, as often as they are listed."""
        for rules in (self.ingress, self.egress):
            for rule in rules or ():
                yield from rule.atoms or ()


class Table:
    """What some subjects' policies allow in one direction.

    `names` are the port names of the Pods an ingress table is for; an egress table resolves names
    on each destination instead (H-26), and keeps them apart in `named` and `anyone_named`.
    """

    __slots__ = (
        "anyone", "anyone_named", "direction", "is_fresh", "isolates", "named", "names", "ports",
        "subjects", "users",
    )  # fmt: skip

    def __init__(
        self, direction: Direction, subjects: tuple[Subject, ...], names: Names | None
    ) -> None:
        self.direction = direction
        self.subjects = subjects
        self.names: Mapping[Name, int] | None = None if names is None else dict(names)
        self.users = 0
        self.is_fresh = False
        self.isolates = False
        self.anyone: Ports = NONE
        self.ports: dict[int, Ports] = {}
        self.anyone_named: tuple[Name, ...] = ()
        self.named: dict[int, tuple[Name, ...]] = {}

    def refresh(self) -> None:
        """Make the table from its policies as they are now."""
        everyone: set[PortList] = set()
        by_atom: dict[int, set[PortList]] = {}
        self.isolates = False
        for subject in self.subjects:
            for compiled in subject.policies.values():
                rules = compiled.rules(self.direction)
                if rules is None:
                    continue
                self.isolates = True
                for rule in rules:
                    if rule.atoms is None:
                        everyone.add(rule.ports)
                        continue
                    for atom in rule.atoms:
                        by_atom.setdefault(atom, set()).add(rule.ports)
        # Where nothing isolates, everything passes (H-2).
        self.anyone, self.anyone_named = self._merge(everyone) if self.isolates else (ALL, ())
        self.ports, self.named = {}, {}
        for atom, lists in by_atom.items():
            ports, names = self._merge(lists)
            if ports:
                self.ports[atom] = ports
            if names:
                self.named[atom] = names
        self.is_fresh = True

    def asked(self) -> Iterator[int]:
        """Return the numbers of the atoms and blocks that it tells from anyone else."""
        if not self.is_fresh:
            self.refresh()
        return chain(self.ports, self.named.keys() - self.ports.keys())

    def _merge(self, lists: Iterable[PortList]) -> tuple[Ports, tuple[Name, ...]]:
        if self.names is not None:
            return union(*(ports.on(self.names) for ports in lists)), ()
        names = {name for ports in lists for name in ports.names}
        return union(*(ports.numbers for ports in lists)), tuple(sorted(names))

    def admits(self, peer: PodClass, destination: PodClass, code: int, family: Family) -> bool:
        """Whether a connection with `peer` passes on one port of `destination`.

        `destination` is the peer itself for egress, and whose table this is for ingress.
        """
        if not self.is_fresh:
            self.refresh()
        if self.anyone and bisect_right(self.anyone, code) & 1:
            return True
        ports = self.ports
        met, space, blocks = peer.peers, peer.space.peers, peer.blocks[family]
        if len(ports) <= _FEW:
            for atom, allowed in ports.items():
                if (atom in met or atom in space or atom in blocks) and (
                    bisect_right(allowed, code) & 1
                ):
                    return True
        else:
            for atoms in (met, space, blocks):
                for atom in _both(atoms, ports):
                    if bisect_right(ports[atom], code) & 1:
                        return True
        if self.named or self.anyone_named:
            return self._admits_name(destination, code, chain(met, space, blocks))
        return False

    def _admits_name(self, destination: PodClass, code: int, met: Iterable[int]) -> bool:
        """Whether a name that means the port on the destination is allowed for what is met."""
        meant = {name for name, found in destination.names if found == code}
        if not meant:
            return False
        named = self.named
        return not meant.isdisjoint(self.anyone_named) or any(
            atom in named and not meant.isdisjoint(named[atom]) for atom in met
        )

    def allowed(self, peer: PodClass, destination: PodClass, family: Family) -> Ports:
        """Return the ports of `destination` on which a connection with `peer` passes."""
        if not self.is_fresh:
            self.refresh()
        if self.anyone == ALL:
            return ALL
        met, space, blocks = peer.peers, peer.space.peers, peer.blocks[family]
        found = [
            self.ports[atom] for atoms in (met, space, blocks) for atom in _both(atoms, self.ports)
        ]
        if self.named or self.anyone_named:
            found += self._named_ports(destination, chain(met, space, blocks))
        return union(self.anyone, *found) if found else self.anyone

    def _named_ports(self, destination: PodClass, met: Iterable[int]) -> Iterator[Ports]:
        listed = set(self.anyone_named)
        for atom in met:
            listed.update(self.named.get(atom, ()))
        for name, code in destination.names:
            if name in listed:
                yield (code, code + 1)


def _both(
    atoms: frozenset[int] | set[int], ports: Mapping[int, Ports]
) -> frozenset[int] | set[int]:
    """Return the atoms that have ports, from whichever are fewer."""
    if len(ports) <= len(atoms):
        return atoms.intersection(ports)
    return ports.keys() & atoms
