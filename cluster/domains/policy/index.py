"""Verdicts by classes of equal Pods, kept in step with a cluster object by object.

Fed by `apply` with every change, in any order, it answers at any moment as if it had been made
from the objects of that moment. What a verdict means is said in `verdict`; this only says it
faster. Source: semantics.md H.1 to H.4; performance.md section 2b.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cluster.domains.policy.atom_index import AtomIndex
from cluster.domains.policy.atoms import LabelGroup, Space, key_of
from cluster.domains.policy.blocks import AddressSet, Blocks, Located, locate
from cluster.domains.policy.classes import Cell, Classes, Member, passes
from cluster.domains.policy.conventions import STANDARD, Conventions
from cluster.domains.policy.policy import Direction, NetworkPolicy, Peer, PolicyRule
from cluster.domains.policy.ports import code_of, names_of, port_list
from cluster.domains.policy.tables import Compiled, CompiledRule
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import Family
from cluster.machinery.changes import Change
from cluster.machinery.meta import NOTHING
from cluster.machinery.snapshot import Snapshot

NODES = Space("")  # where hostNetwork Pods and Nodes stand: in no namespace that a peer means


class PolicyIndex:
    """All Pods that take part in connections, by class, and the policies over them.

    `families` are the cluster's, for Pods that are assumed to have an address.
    """

    def __init__(
        self, conventions: Conventions = STANDARD, families: tuple[Family, ...] = ("IPv4",)
    ) -> None:
        self.conventions = conventions
        self.families = families
        self.atoms = AtomIndex()
        self.blocks = Blocks(self._move)
        self.classes = Classes(self.atoms.subjects)
        self._members: dict[tuple[str, str], Member] = {}
        self._by_number: list[Member | None] = []
        self._free: list[int] = []
        self._policies: dict[tuple[str, str], Compiled] = {}
        # hostNetwork Pods form a group that meets nothing (H-10).
        self.hosts = LabelGroup(NODES, NOTHING, key_of(""))

    @classmethod
    def of(cls, snapshot: Snapshot, conventions: Conventions = STANDARD) -> PolicyIndex:
        """Return the index of everything in a snapshot."""
        index = cls(conventions, snapshot.settings.families)
        for namespace in snapshot.of(Namespace):
            index.put_namespace(namespace)
        # Policies before Pods: what a Pod meets is then found once.
        for policy in snapshot.of(NetworkPolicy):
            index.put_policy(policy)
        for pod in snapshot.of(Pod):
            index.put_pod(pod)
        return index

    # feeding

    def apply(self, change: Change) -> None:
        """Take over a change of a Namespace, NetworkPolicy or Pod; other kinds do not matter.

        Nodes do not: a Node is an end by its own addresses and name, made when it is asked about.
        """
        match change.new, change.old:
            case (Pod() as pod, _):
                self.put_pod(pod)
            case (NetworkPolicy() as policy, _):
                self.put_policy(policy)
            case (Namespace() as namespace, _):
                self.put_namespace(namespace)
            case (None, Pod()):
                self.remove_pod(change.key.namespace, change.key.name)
            case (None, NetworkPolicy()):
                self.remove_policy(change.key.namespace, change.key.name)
            case (None, Namespace()):
                self.remove_namespace(change.key.name)

    def put_namespace(self, namespace: Namespace) -> None:
        """Add a Namespace or take over its labels."""
        self.atoms.label_space(namespace.meta.name, namespace.meta.labels)
        self._settle()

    def remove_namespace(self, name: str) -> None:
        """Forget a Namespace; what is left in it still has its name label (H-17)."""
        self.atoms.label_space(name, None)
        self._settle()

    def put_policy(self, policy: NetworkPolicy) -> None:
        """Add or replace a policy."""
        key = (policy.meta.namespace, policy.meta.name)
        old = self._policies.get(key)
        made = self._compile(policy)
        self._policies[key] = made
        made.subject.policies[policy.meta.name] = made
        self.classes.invalidate(made.subject)
        if old is not None:
            self._discard(old, is_replaced=old.subject is made.subject)
        self._settle()

    def remove_policy(self, namespace: str, name: str) -> None:
        """Forget a policy; nothing happens where it is unknown."""
        old = self._policies.pop((namespace, name), None)
        if old is not None:
            self._discard(old, is_replaced=False)
            self._settle()

    def put_pod(self, pod: Pod) -> None:
        """Add or replace a Pod; one that cannot take part in connections is left out (H-12)."""
        name = (pod.meta.namespace, pod.meta.name)
        member = self._members.get(name)
        if self.conventions.obstacle(pod):
            self.remove_pod(*name)
            return
        is_node = self.conventions.is_node_traffic(pod)
        # Blind Pods are compared with no block, so their addresses do not matter.
        is_blind = not is_node and not self.conventions.ipblock_matches_pods
        found = locate(pod.ips)
        families = tuple(family for family, _number in found) or self.families
        located = () if is_blind else found
        names = () if is_node else names_of(pod)
        group = self.hosts
        if not is_node:
            group = self.atoms.group(pod.meta.namespace, pod.meta.labels)
        if member is not None and member.located == located:
            addresses = member.cell.addresses
            if addresses.families != families or addresses.is_blind != is_blind:
                addresses = self.blocks.set_of(located, families, is_blind=is_blind)
        else:
            addresses = self.blocks.set_of(located, families, is_blind=is_blind)
        cell = self.classes.cell(group, addresses, names, is_node=is_node)
        if member is None:
            self._members[name] = self._enrol(pod, located, cell)
            return
        member.pod, member.node = pod, pod.node_name
        if member.located != located:
            self.blocks.leave(member)
            member.located = located
            self.blocks.enter(member)
        self._place(member, cell)

    def remove_pod(self, namespace: str, name: str) -> None:
        """Forget a Pod; nothing happens where it is unknown."""
        member = self._members.pop((namespace, name), None)
        if member is None:
            return
        self.blocks.leave(member)
        self._unplace(member)
        self._by_number[member.number] = None
        self._free.append(member.number)

    # asking

    def member(self, namespace: str, name: str) -> Member | None:
        """Return a Pod that takes part in connections, None where there is none."""
        return self._members.get((namespace, name))

    def members(self) -> Iterable[Member]:
        """Return all Pods that take part in connections, in arbitrary order."""
        return self._members.values()

    def numbered(self, numbers: Iterable[int]) -> Iterator[Member]:
        """Yield the members with these numbers."""
        for number in numbers:
            member = self._by_number[number]
            if member is not None:
                yield member

    def selecting(self, pod: Pod) -> list[NetworkPolicy]:
        """Return the policies that select a Pod, by name: what `verdict.judge` asks for."""
        member = self._members.get((pod.meta.namespace, pod.meta.name))
        if (
            member is not None
            and member.pod is not None
            and (member.pod is pod or member.pod.meta.labels == pod.meta.labels)
        ):
            selected = member.cell.group.selected
        else:
            space = self.atoms.spaces.get(pod.meta.namespace)
            if space is None:
                return []
            selected, _peers = self.atoms.met_by(space, pod.meta.labels)
        found = [
            compiled.policy
            for number in selected
            for compiled in self.atoms.subjects[number].policies.values()
        ]
        return sorted(found, key=lambda policy: policy.meta.name)

    def allows(
        self,
        source: Member,
        destination: Member,
        protocol: str,
        port: int | None,
        family: Family | None = None,
    ) -> bool:
        """Whether a connection passes, in `family` or (None) in any that both ends have.

        Raises ValueError where the protocol has ports and the port is absent or out of range.
        """
        code = code_of(protocol, port)
        one, other = source.cell.pod_class, destination.cell.pod_class
        is_possible = False
        for held in one.families:
            if held in other.families and (family is None or held == family):
                if passes(one, other, code, held):
                    return True
                is_possible = True
        return is_possible and self.is_excepted(source, destination)

    def is_excepted(self, source: Member, destination: Member) -> bool:
        """Whether policies do not matter: a Pod to itself, or a Node and its Pods (H-11, H-34)."""
        if source is destination:
            return True
        if source.node != destination.node or not source.node:
            return False
        if self.conventions.node_traffic_is_normal:
            return False
        return source.cell.is_node or destination.cell.is_node

    def node_members(self) -> Iterator[Member]:
        """Yield the Pods that are their Node's traffic (H-10), in arbitrary order."""
        for cell in self.hosts.cells.values():
            yield from cell.members

    def neighbours(self, end: Member) -> Iterator[Member]:
        """Yield the Pods that `end` reaches and is reached by whatever policies say (H-11)."""
        if self.conventions.node_traffic_is_normal or not end.node:
            return
        others = self._members.values() if end.cell.is_node else self.node_members()
        for other in others:
            if other.node == end.node and other is not end:
                yield other

    # inside

    def _compile(self, policy: NetworkPolicy) -> Compiled:
        subject = self.atoms.subject(policy.meta.namespace, policy.pod_selector)
        return Compiled(
            policy, subject, self._rules(policy, "Ingress"), self._rules(policy, "Egress")
        )

    def _rules(
        self, policy: NetworkPolicy, direction: Direction
    ) -> tuple[CompiledRule, ...] | None:
        if not policy.isolates(direction):
            return None
        return tuple(self._rule(policy, rule) for rule in policy.rules(direction))

    def _rule(self, policy: NetworkPolicy, rule: PolicyRule) -> CompiledRule:
        numbers = tuple(self._acquire(policy.meta.namespace, peer) for peer in rule.peers)
        return CompiledRule(numbers or None, port_list(rule.ports))

    def _acquire(self, namespace: str, peer: Peer) -> int:
        if peer.ip_block is not None:
            return self.blocks.acquire(peer.ip_block, self.atoms.next_number)
        return self.atoms.acquire(namespace, peer)

    def _discard(self, old: Compiled, *, is_replaced: bool) -> None:
        """Give back what a policy acquired; `is_replaced`: its subject has its successor now."""
        # First what moves members: their classes still name the subject.
        for number in old.atoms():
            if number in self.blocks.by_number:
                self.blocks.release(number)
            else:
                self.atoms.release(number)
        if is_replaced:
            return
        subject = old.subject
        del subject.policies[old.policy.meta.name]
        self.classes.invalidate(subject)
        if not subject.policies:
            self.atoms.drop_subject(subject)

    def _settle(self) -> None:
        for group in self.atoms.settle():
            self.classes.reclass(group)

    def _enrol(self, pod: Pod, located: tuple[Located, ...], cell: Cell) -> Member:
        number = self._free.pop() if self._free else len(self._by_number)
        member = Member(number, pod, pod.node_name, located, cell)
        if number == len(self._by_number):
            self._by_number.append(member)
        else:
            self._by_number[number] = member
        self.blocks.enter(member)
        return member

    def _place(self, member: Member, cell: Cell) -> None:
        if member.cell is cell:
            return
        self._unplace(member)
        cell.members.add(member)
        member.cell = cell

    def _unplace(self, member: Member) -> None:
        cell = member.cell
        cell.members.discard(member)
        if cell.members:
            return
        self.classes.drop_cell(cell)
        self.blocks.drop_if_unused(cell.addresses)
        if not cell.group.cells and cell.group is not self.hosts:
            self.atoms.drop_group(cell.group)

    def _move(self, member: Member, addresses: AddressSet) -> None:
        cell = member.cell
        self._place(
            member,
            self.classes.cell(cell.group, addresses, cell.names, is_node=cell.is_node),
        )
