"""What the scheduler knows while it places Pods: the Nodes, their load, and who is where.

A Pod is tried against the Nodes its constraints admit at all (judged once per distinct
constraints), then, only where it has such wishes, against ports and other Pods. Among what is
left it takes a Node that its constraints like best (preferred node affinity, PreferNoSchedule),
then that with the fewest Pods of its owner in the zone, then on the Node, then the fewest Pods,
then the first by name (I-37). Preferred affinity between Pods has no weight.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from cluster.domains.workload.constraints import Constraints, Taint, pinned_node
from cluster.domains.workload.daemonset import UNSCHEDULABLE
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.domains.workload.rules.neighbours import Neighbours
from cluster.domains.workload.rules.ports import HostPorts
from cluster.machinery.snapshot import Snapshot

CORDONED = "node(s) were unschedulable"
NOT_SELECTED = "node(s) didn't match Pod's node affinity/selector"
FULL = "Too many pods"
NO_NODES = "no nodes available to schedule pods"
Rank: TypeAlias = tuple[int, int]


@dataclass(slots=True)
class _Zone:
    """The admitted Nodes of one zone as a heap of (load, name); entries may be out of date."""

    names: list[str] = field(default_factory=list)
    heap: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Admitted:
    """The Nodes that some constraints admit, and why the others are not among them.

    By rank, of which the lowest is liked best, and zone; `ranks` are those of the Nodes.
    """

    zones: dict[tuple[Rank, str], _Zone] = field(default_factory=dict)
    ranks: dict[str, Rank] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Owner:
    """Where the Pods of one owner are."""

    nodes: Counter[str] = field(default_factory=Counter)
    zones: Counter[str] = field(default_factory=Counter)


class Board:
    """The cluster as it looks to the scheduler, kept true while Pods are placed."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Count what is on each Node."""
        self._snapshot = snapshot
        nodes = sorted(snapshot.of(Node), key=lambda node: node.meta.name)
        self._nodes = {node.meta.name: node for node in nodes}
        self._load = {name: len(snapshot.lookup(Pod, "node", name)) for name in self._nodes}
        self._admitted: dict[Constraints, _Admitted] = {}
        self._owners: dict[str, _Owner] = {}
        self._neighbours = Neighbours(snapshot, self._nodes)
        self._ports = HostPorts(snapshot)

    def place(self, pod: Pod) -> str | None:
        """Return the Node for a Pod and count it there, None where no Node will do."""
        admitted = self._admit(pod.constraints)
        owner = self._owner(pod)
        name = self._try_each(pod, owner) if self._is_picky(pod) else self._pick(admitted, owner)
        if name is not None:
            self._count(pod, name, owner)
        return name

    def refusal(self, pod: Pod) -> str:
        """Return why the last tried Pod waits, in the scheduler's words."""
        if not self._nodes:
            return NO_NODES
        admitted = self._admit(pod.constraints)
        if self._is_picky(pod):
            reasons = admitted.reasons + self._filter(pod)[1]
        else:  # it would have been placed had any admitted Node room
            full = sum(len(zone.names) for zone in admitted.zones.values())
            reasons = admitted.reasons + Counter({FULL: full})
        listed = sorted(f"{count} {reason}" for reason, count in reasons.items())
        return f"0/{len(self._nodes)} nodes are available: {', '.join(listed)}."

    def _is_picky(self, pod: Pod) -> bool:
        """Whether more than the Pod's constraints and the Nodes' room decides."""
        return self._ports.needs(pod) or self._neighbours.concern(pod)

    def _admit(self, constraints: Constraints) -> _Admitted:
        found = self._admitted.get(constraints)
        if found is None:
            found = self._admitted[constraints] = _Admitted()
            for name, node in self._candidates(constraints, found).items():
                reason = _objection(node, constraints)
                if reason is not None:
                    found.reasons[reason] += 1
                    continue
                rank = constraints.reluctance(name, node.meta.labels, node.taints)
                found.ranks[name] = rank
                zone = found.zones.setdefault((rank, node.zone), _Zone())
                zone.names.append(name)
                zone.heap.append((self._load[name], name))
            for zone in found.zones.values():
                heapq.heapify(zone.heap)
        return found

    def _candidates(self, constraints: Constraints, admitted: _Admitted) -> Mapping[str, Node]:
        """Return the Nodes worth judging: the one that a DaemonSet's Pod names, or all."""
        pinned = pinned_node(constraints)
        if pinned is None:
            return self._nodes
        found = {pinned: self._nodes[pinned]} if pinned in self._nodes else {}
        admitted.reasons[NOT_SELECTED] += len(self._nodes) - len(found)
        return found

    def _owner(self, pod: Pod) -> _Owner:
        reference = pod.meta.controller
        if reference is None:
            return _Owner()
        found = self._owners.get(reference.uid)
        if found is None:
            found = self._owners[reference.uid] = _Owner()
            for sibling in self._snapshot.owned_by(reference.uid, Pod):
                if sibling.node_name and not sibling.is_finished and not sibling.is_terminating:
                    self._note(found, sibling.node_name)
        return found

    def _note(self, owner: _Owner, name: str) -> None:
        owner.nodes[name] += 1
        node = self._nodes.get(name)
        if node is not None:
            owner.zones[node.zone] += 1

    def _count(self, pod: Pod, name: str, owner: _Owner) -> None:
        self._load[name] += 1
        self._note(owner, name)
        self._ports.take(pod, name)
        self._neighbours.place(pod, name)

    def _is_full(self, name: str) -> bool:
        limit = self._nodes[name].maximum_pods
        return limit is not None and self._load[name] >= limit

    def _pick(self, admitted: _Admitted, owner: _Owner) -> str | None:
        """Return the best admitted Node that has room, zone by zone in order of preference.

        Zones liked equally with equally few Pods of the owner compete by what their best Node
        offers.
        """
        levels: dict[tuple[Rank, int], list[tuple[Rank, str]]] = {}
        for key in admitted.zones:
            levels.setdefault((key[0], owner.zones[key[1]]), []).append(key)
        for _level, level in sorted(levels.items()):
            best = [
                offer
                for zone in level
                if (offer := self._best(admitted.zones[zone], owner)) is not None
            ]
            if best:
                return min(best)[2]
        return None

    def _best(self, zone: _Zone, owner: _Owner) -> tuple[int, int, str] | None:
        """Return (Pods of the owner, load, name) of a zone's best Node that has room."""
        skipped: list[tuple[int, str]] = []
        found: tuple[int, int, str] | None = None
        while zone.heap:
            load, name = zone.heap[0]
            if load != self._load[name]:
                heapq.heapreplace(zone.heap, (self._load[name], name))
                continue
            if not owner.nodes[name] and not self._is_full(name):
                found = (0, load, name)
                break
            skipped.append(heapq.heappop(zone.heap))
        for entry in skipped:
            heapq.heappush(zone.heap, entry)
        if found is not None:
            return found
        offers = (
            (owner.nodes[name], self._load[name], name)
            for name in zone.names
            if not self._is_full(name)
        )
        return min(offers, default=None)

    def _try_each(self, pod: Pod, owner: _Owner) -> str | None:
        """Return the best admitted Node that has the ports and the neighbours a Pod needs."""
        names = self._filter(pod)[0]
        ranks = self._admit(pod.constraints).ranks

        def preference(name: str) -> tuple[Rank, int, int, int, str]:
            zone = self._nodes[name].zone
            return (ranks[name], owner.zones[zone], owner.nodes[name], self._load[name], name)

        return min(names, key=preference, default=None)

    def _filter(self, pod: Pod) -> tuple[list[str], Counter[str]]:
        """Return the admitted Nodes that take a Pod, and why the others do not."""
        admitted = self._admit(pod.constraints)
        names = [name for zone in admitted.zones.values() for name in zone.names]
        reasons: Counter[str] = Counter()
        judge = self._neighbours.judge(pod)
        fit: list[str] = []
        for name in names:
            reason = self._ports.objection(pod, name)
            if reason is None and self._is_full(name):
                reason = FULL
            if reason is None:
                reason = judge.objection(name)
            if reason is None:
                fit.append(name)
            else:
                reasons[reason] += 1
        return fit, reasons


def _objection(node: Node, constraints: Constraints) -> str | None:
    """Return why a Node never takes Pods with these constraints, None where it may (I-34)."""
    cordon = Taint(UNSCHEDULABLE, "", "NoSchedule")
    if node.unschedulable and not constraints.tolerates(cordon):
        return CORDONED
    taint = constraints.repelled_by(node.taints)
    if taint is not None:
        return f"node(s) had untolerated taint {taint}"
    if not constraints.selects(node.meta.name, node.meta.labels):
        return NOT_SELECTED
    return None
