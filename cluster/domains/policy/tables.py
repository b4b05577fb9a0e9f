"""Rule tables: what the policies of some subjects allow in one direction, peer by peer.

Classes of Pods that the same policies select share one table. A table is made when it is first
asked and again after a change to one of its policies. Source: semantics.md H-3, H-13, H-23 to H-28.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from cluster.domains.policy.atoms import Subject
from cluster.domains.policy.policy import Direction, NetworkPolicy
from cluster.domains.policy.ports import NONE, PortList, Ports, union

Name: TypeAlias = tuple[str, str]
NameCodes: TypeAlias = Mapping[Name, int]


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
        self, direction: Direction, subjects: tuple[Subject, ...], names: NameCodes | None
    ) -> None:
        self.direction = direction
        self.subjects = subjects
        self.names = names
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
        self.anyone, self.anyone_named = self._merge(everyone)
        self.ports, self.named = {}, {}
        for atom, lists in by_atom.items():
            ports, names = self._merge(lists)
            if ports:
                self.ports[atom] = ports
            if names:
                self.named[atom] = names
        self.is_fresh = True

    def _merge(self, lists: Iterable[PortList]) -> tuple[Ports, tuple[Name, ...]]:
        if self.names is not None:
            return union(*(ports.on(self.names) for ports in lists)), ()
        names = {name for ports in lists for name in ports.names}
        return union(*(ports.numbers for ports in lists)), tuple(sorted(names))

    def admits(self, code: int, names: NameCodes, *met: frozenset[int]) -> bool:
        """Whether a peer that meets `met` passes on one port.

        `names` are the port names of the destination, with their codes.
        """
        if bisect_right(self.anyone, code) & 1:
            return True
        ports = self.ports
        if len(ports) <= sum(map(len, met)):
            for atom, allowed in ports.items():
                for atoms in met:
                    if atom in atoms and bisect_right(allowed, code) & 1:
                        return True
        else:
            for atoms in met:
                for atom in atoms:
                    if atom in ports and bisect_right(ports[atom], code) & 1:
                        return True
        return bool(self.anyone_named or self.named) and self._admits_name(code, names, met)

    def _admits_name(
        self, code: int, names: NameCodes, met: tuple[frozenset[int], ...]
    ) -> bool:
        meant = {name for name, found in names.items() if found == code}
        if not meant:
            return False
        return not meant.isdisjoint(self.anyone_named) or any(
            not meant.isdisjoint(listed) and any(atom in atoms for atoms in met)
            for atom, listed in self.named.items()
        )

    def allowed(self, names: NameCodes, *met: frozenset[int]) -> Ports:
        """Return the ports on which a peer that meets `met` passes; `names` as in `admits`."""
        found = {self.anyone}
        for atom, ports in self.ports.items():
            for atoms in met:
                if atom in atoms:
                    found.add(ports)
        if self.anyone_named or self.named:
            for name in self._names_for(met):
                code = names.get(name)
                if code is not None:
                    found.add((code, code + 1))
        return union(*found) if len(found) > 1 else self.anyone

    def _names_for(self, met: tuple[frozenset[int], ...]) -> Iterator[Name]:
        yield from self.anyone_named
        for atom, listed in self.named.items():
            if any(atom in atoms for atoms in met):
                yield from listed
