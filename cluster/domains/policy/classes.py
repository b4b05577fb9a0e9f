"""Classes of equal Pods: what no policy tells apart has one verdict.

Pods are in one class where the same policies select them, the same peers mean them, the same
blocks cover them and their port names are equal. Verdicts are between classes; a Pod only leads
to its class. Below a class are cells, the Pods of one label group with equal addresses and names,
so that a change of what a group meets moves cells and never single Pods.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import TypeAlias

from cluster.domains.policy.atoms import LabelGroup, Space, Subject
from cluster.domains.policy.blocks import AddressSet, Located
from cluster.domains.policy.ports import Names
from cluster.domains.policy.tables import Table
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import Family

_ClassKey: TypeAlias = tuple[Space, frozenset[int], frozenset[int], AddressSet, Names, bool]


class PodClass:
    """Equal Pods. `blocks` are the numbers of the blocks that cover them, by family.

    A table is None where no policy selects them: they are open (H-2).
    `is_node` marks what is its Node's traffic: Nodes themselves and hostNetwork Pods (H-10).
    """

    __slots__ = (
        "addresses", "blocks", "cells", "egress", "families", "ingress", "is_node", "names",
        "peers", "selected", "space",
    )  # fmt: skip

    def __init__(
        self,
        space: Space,
        selected: frozenset[int],
        peers: frozenset[int],
        addresses: AddressSet,
        names: Names,
        *,
        is_node: bool,
    ) -> None:
        self.space = space
        self.selected = selected
        self.peers = peers
        self.addresses = addresses
        self.families = addresses.families
        self.blocks = addresses.met
        self.names = names
        self.is_node = is_node
        self.ingress: Table | None = None
        self.egress: Table | None = None
        self.cells: set[Cell] = set()

    @property
    def key(self) -> _ClassKey:
        """What makes two Pods equal."""
        return (
            self.space, self.selected, self.peers, self.addresses, self.names, self.is_node,
        )  # fmt: skip

    @property
    def members(self) -> Iterable[Member]:
        """The Pods of the class, in arbitrary order."""
        return chain.from_iterable(cell.members for cell in self.cells)

    def __len__(self) -> int:
        """How many Pods it has."""
        return sum(len(cell.members) for cell in self.cells)


class Cell:
    """The Pods of one label group with equal port names and addresses."""

    __slots__ = ("addresses", "group", "is_node", "members", "names", "pod_class")

    def __init__(
        self, group: LabelGroup, addresses: AddressSet, names: Names, *, is_node: bool
    ) -> None:
        self.group = group
        self.addresses = addresses
        self.names = names
        self.is_node = is_node
        self.members: set[Member] = set()
        self.pod_class: PodClass


class Member:
    """One Pod that takes part in connections, or an end that no index holds.

    `pod` is None for Nodes and addresses; `number` is small and unique among the members of an
    index, -1 outside of it.
    """

    __slots__ = ("cell", "located", "node", "number", "pod")

    def __init__(
        self,
        number: int,
        pod: Pod | None,
        node: str,
        located: tuple[Located, ...],
        cell: Cell,
    ) -> None:
        self.number = number
        self.pod = pod
        self.node = node
        self.located = located
        self.cell = cell
        cell.members.add(self)

    @property
    def pod_class(self) -> PodClass:
        """Its class now."""
        return self.cell.pod_class

    def address(self, family: Family) -> int:
        """Return its address of a family as a number, -1 where it has none."""
        return next((number for held, number in self.located if held == family), -1)


class Classes:
    """Every class, cell and rule table of one cluster.

    `subjects` is the live mapping of subjects by number.
    """

    def __init__(self, subjects: dict[int, Subject]) -> None:
        self.all: dict[_ClassKey, PodClass] = {}
        self.ingress_tables: dict[tuple[frozenset[int], Names], Table] = {}
        self.egress_tables: dict[frozenset[int], Table] = {}
        self._subjects = subjects
        self._by_subject: dict[int, set[Table]] = {}

    # tables

    def invalidate(self, subject: Subject) -> None:
        """Have the tables made again in which the policies of a subject stand."""
        for table in self._by_subject.get(subject.number, ()):
            table.is_fresh = False

    def table_for_ingress(self, selected: frozenset[int], names: Names) -> Table | None:
        """Return the ingress table of Pods that these subjects select; None: nothing selects."""
        if not selected:
            return None
        table = self.ingress_tables.get((selected, names))
        if table is None:
            table = self._file(Table("Ingress", self._of(selected), names))
            self.ingress_tables[selected, names] = table
        return table

    def table_for_egress(self, selected: frozenset[int]) -> Table | None:
        """Return the egress table of Pods that these subjects select; None: nothing selects."""
        if not selected:
            return None
        table = self.egress_tables.get(selected)
        if table is None:
            table = self._file(Table("Egress", self._of(selected), None))
            self.egress_tables[selected] = table
        return table

    def _of(self, selected: frozenset[int]) -> tuple[Subject, ...]:
        return tuple(self._subjects[number] for number in sorted(selected))

    def _file(self, table: Table) -> Table:
        for subject in table.subjects:
            self._by_subject.setdefault(subject.number, set()).add(table)
        return table

    def _unfile(self, table: Table) -> None:
        for subject in table.subjects:
            held = self._by_subject[subject.number]
            held.discard(table)
            if not held:
                del self._by_subject[subject.number]

    # cells and classes

    def cell(
        self, group: LabelGroup, addresses: AddressSet, names: Names, *, is_node: bool
    ) -> Cell:
        """Return the cell of such Pods, made and put into its class where it is the first."""
        found = group.cells.get((addresses, names))
        if found is None:
            found = Cell(group, addresses, names, is_node=is_node)
            addresses.cells.add(found)
            self._enter(found)
            group.cells[addresses, found.names] = found
        return found

    def drop_cell(self, cell: Cell) -> None:
        """Forget a cell that has no Pod any more."""
        self._leave(cell)
        cell.addresses.cells.discard(cell)
        del cell.group.cells[cell.addresses, cell.names]

    def reclass(self, group: LabelGroup) -> None:
        """Put the cells of a group that meets other things now into their classes."""
        for cell in group.cells.values():
            self._leave(cell)
            self._enter(cell)

    def _enter(self, cell: Cell) -> None:
        group = cell.group
        key: _ClassKey = (
            group.space, group.selected, group.peers, cell.addresses, cell.names, cell.is_node,
        )  # fmt: skip
        found = self.all.get(key)
        if found is None:
            found = PodClass(*key[:-1], is_node=cell.is_node)
            found.ingress = self.table_for_ingress(found.selected, found.names)
            found.egress = self.table_for_egress(found.selected)
            for table in (found.ingress, found.egress):
                if table is not None:
                    table.users += 1
            self.all[key] = found
        found.cells.add(cell)
        cell.pod_class = found
        # Equal values are kept once.
        group.selected, group.peers, cell.names = found.selected, found.peers, found.names

    def _leave(self, cell: Cell) -> None:
        left = cell.pod_class
        left.cells.discard(cell)
        if left.cells:
            return
        del self.all[left.key]
        ingress, egress = left.ingress, left.egress
        if ingress is not None and self._is_last(ingress):
            del self.ingress_tables[left.selected, left.names]
        if egress is not None and self._is_last(egress):
            del self.egress_tables[left.selected]

    def _is_last(self, table: Table) -> bool:
        table.users -= 1
        if not table.users:
            self._unfile(table)
        return not table.users

    def apart(
        self, group: LabelGroup, addresses: AddressSet, names: Names, *, is_node: bool
    ) -> Cell:
        """Return a cell in a class of its own, for what no index holds; it need not be dropped."""
        cell = Cell(group, addresses, names, is_node=is_node)
        made = PodClass(
            group.space, group.selected, group.peers, addresses, names, is_node=is_node
        )
        if group.selected:
            subjects = self._of(group.selected)
            made.ingress = Table("Ingress", subjects, names)
            made.egress = Table("Egress", subjects, None)
        made.cells.add(cell)
        cell.pod_class = made
        return cell


def passes(source: PodClass, destination: PodClass, code: int, family: Family) -> bool:
    """Whether policies let a connection between two classes pass: both directions must (H-4)."""
    table = destination.ingress
    if table is not None and not table.admits(source, destination, code, family):
        return False
    table = source.egress
    return table is None or table.admits(destination, destination, code, family)
