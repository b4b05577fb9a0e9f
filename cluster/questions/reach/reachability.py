"""The connections of a cluster: every pair of peers that may open any, with its ports.

A row is the union over the Pods of its peers, and over the families that they share. Pairs that
may open nothing are left out, and so is a workload to itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cluster.domains.ingress.ingress import Ingress
from cluster.domains.policy.classes import Member, PodClass
from cluster.domains.policy.index import PolicyIndex
from cluster.domains.policy.ports import ALL, NONE, Ports, intersection, ranges, union
from cluster.machinery.addresses import Family
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.questions.reach.controller import backend_ports, controller_pods
from cluster.questions.reach.options import STANDARD_OPTIONS, ReachOptions
from cluster.questions.reach.outside import outside
from cluster.questions.reach.peers import (
    CONTROLLER,
    AddressRange,
    Peer,
    Workload,
    address_at,
    peer_order,
)
from cluster.questions.workloads import workload_of

Wanted = Callable[[Peer], bool]


@dataclass(frozen=True, slots=True)
class Connections:
    """What `source` may open to `destination`; `ports` is never empty."""

    source: Peer
    destination: Peer
    ports: Ports

    def json(self) -> Manifest:
        """One entry of the answer to `reach`."""
        return {
            "src": str(self.source),
            "dst": str(self.destination),
            "ports": [list(entry) for entry in ranges(self.ports)],
        }


def everyone(peer: Peer) -> bool:
    """Want every peer."""
    return True


class Reach:
    """The connections of one cluster, as of when this was made."""

    def __init__(
        self,
        snapshot: Snapshot,
        options: ReachOptions = STANDARD_OPTIONS,
        parted: Iterable[AddressRange] = (),
    ) -> None:
        """Read the policies of `snapshot`; the ends of `parted` always part the outside world."""
        self.snapshot = snapshot
        self.options = options
        self.index = PolicyIndex.of(snapshot, options.conventions)
        self._workloads: dict[Member, Key] = {}
        by_workload: dict[Key, set[PodClass]] = {}
        for member in self.index.members():
            assert member.pod is not None  # noqa: S101 - members of an index are Pods
            key = workload_of(snapshot, member.pod)
            self._workloads[member] = key
            by_workload.setdefault(key, set()).add(member.pod_class)
        # Workloads of equal Pods have equal rows.
        self._alike: dict[frozenset[PodClass], list[Workload]] = {}
        for key, classes in by_workload.items():
            self._alike.setdefault(frozenset(classes), []).append(Workload(key))
        self.ranges: list[tuple[PodClass, list[AddressRange]]] = [
            (self._outsider(found[0]), found)
            for family in snapshot.settings.families
            for found in outside(self.index, family, parted).values()
        ]
        self._known: dict[tuple[PodClass, PodClass], Ports] = {}

    def _outsider(self, piece: AddressRange) -> PodClass:
        return self.index.outsider(address_at(piece.family, piece.first)).pod_class

    def connections(
        self, source: Wanted = everyone, destination: Wanted = everyone
    ) -> list[Connections]:
        """Return every row whose ends are wanted, by source, then by destination."""
        found: dict[tuple[Peer, Peer], Ports] = {}
        rows = (
            self._between_workloads(source, destination),
            self._with_outside(source, destination),
            self._with_own_node(source, destination),
            self._from_controller(source, destination),
        )
        for one, other, ports in (row for part in rows for row in part):
            if ports and one != other:
                found[one, other] = union(found.get((one, other), NONE), ports)
        return [
            Connections(one, other, found[one, other])
            for one, other in sorted(found, key=lambda pair: (*map(peer_order, pair),))
        ]

    def _between_workloads(
        self, source: Wanted, destination: Wanted
    ) -> Iterator[tuple[Peer, Peer, Ports]]:
        targets = [
            (classes, wanted)
            for classes, alike in self._alike.items()
            if (wanted := [peer for peer in alike if destination(peer)])
        ]
        for classes, alike in self._alike.items():
            sources = [peer for peer in alike if source(peer)]
            if not sources:
                continue
            for others, wanted in targets:
                if len(sources) == len(wanted) == 1 and sources == wanted:
                    continue
                ports = self._between(classes, others)
                if ports:
                    yield from ((one, other, ports) for one in sources for other in wanted)

    def _between(self, sources: Iterable[PodClass], targets: Iterable[PodClass]) -> Ports:
        return union(*(self.allowed(one, other) for one in sources for other in targets))

    def _with_outside(
        self, source: Wanted, destination: Wanted
    ) -> Iterator[tuple[Peer, Peer, Ports]]:
        for outsider, pieces in self.ranges:
            sources = [piece for piece in pieces if source(piece)]
            targets = [piece for piece in pieces if destination(piece)]
            for classes, alike in self._alike.items() if sources or targets else ():
                into = self._between((outsider,), classes) if sources else NONE
                out = self._between(classes, (outsider,)) if targets else NONE
                for peer in alike:
                    if into and destination(peer):
                        yield from ((piece, peer, into) for piece in sources)
                    if out and source(peer):
                        yield from ((peer, piece, out) for piece in targets)

    def _with_own_node(
        self, source: Wanted, destination: Wanted
    ) -> Iterator[tuple[Peer, Peer, Ports]]:
        """Yield the pairs of workloads that share a Node, one of them as that Node (H-11)."""
        pairs: set[tuple[Key, Key]] = set()
        for host in self.index.node_members():
            for other in self.index.neighbours(host):
                if not set(host.pod_class.families).isdisjoint(other.pod_class.families):
                    one, two = self._workloads[host], self._workloads[other]
                    pairs |= {(one, two), (two, one)}
        for one, two in pairs:
            if source(Workload(one)) and destination(Workload(two)):
                yield Workload(one), Workload(two), ALL

    def _from_controller(
        self, source: Wanted, destination: Wanted
    ) -> Iterator[tuple[Peer, Peer, Ports]]:
        is_there = self.options.ingress_controller and self.snapshot.count(Ingress) > 0
        if not is_there or not source(CONTROLLER):
            return
        pods = controller_pods(self.snapshot, self.index, self.options)
        asked = backend_ports(self.snapshot, self.index, self.options)
        for member, ports in asked.items():
            peer = Workload(self._workloads[member])
            if destination(peer):
                passing = union(*(self._allowed_pods(pod, member) for pod in pods))
                yield CONTROLLER, peer, intersection(ports, passing)

    def _allowed_pods(self, one: Member, other: Member) -> Ports:
        if self.index.is_excepted(one, other):
            return ALL
        return self.allowed(one.pod_class, other.pod_class)

    def allowed(self, source: PodClass, destination: PodClass) -> Ports:
        """Return the ports that policies let pass in any family that both have."""
        pair = (source, destination)
        found = self._known.get(pair)
        if found is None:
            shared = (family for family in source.families if family in destination.families)
            found = union(*(_passing(source, destination, family) for family in shared))
            self._known[pair] = found
        return found


def _passing(source: PodClass, destination: PodClass, family: Family) -> Ports:
    """Return the ports that both directions let pass in one family (H-4)."""
    into = destination.ingress
    allowed = ALL if into is None else into.allowed(source, destination, family)
    out = source.egress
    if not allowed or out is None:
        return allowed
    return intersection(allowed, out.allowed(destination, destination, family))
