"""What diagram 6.7 draws as one card: Pods that policies do not tell apart, or addresses.

Pods are told apart by their workload and by which policies select them, never one by one; what
is open between two units is the union over their classes (`domains.policy.reach`).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from cluster.domains.policy.classes import Member, PodClass
from cluster.domains.policy.ends import End, address_end, pod_end
from cluster.domains.policy.index import PolicyIndex
from cluster.domains.policy.opening import opened
from cluster.domains.policy.outsiders import outsider
from cluster.domains.policy.policy import IPBlock, NetworkPolicy
from cluster.domains.policy.ports import (
    ALL,
    LAST_PORT,
    NONE,
    Ports,
    code_of,
    holds,
    ranges,
)
from cluster.domains.policy.verdict import Connection, Verdict, judge
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import Address, Network
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say
from cluster.questions.workloads import WORKLOAD_KINDS, workload_of

_GENERATED = (
    "pod-template-hash", "controller-revision-hash", "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index", "pod-template-generation",
    "batch.kubernetes.io/controller-uid",
    "controller-uid", "job-name", "batch.kubernetes.io/job-name",
    "batch.kubernetes.io/job-completion-index",
)  # fmt: skip
_PUBLIC = ("198.51.100.1", "203.0.113.1", "192.0.2.1", "8.8.8.8", "1.1.1.1", "2001:db8::1")
"""Addresses that stand for "anybody outside": the first that no block names is taken."""


MOST_RANGES = 6
"""Ranges of open ports that are explained one by one."""
MOST_CLASSES = 5_000
"""Classes of equal Pods: 10,000 Pods have some 1,600 of them, 150,000 some 34,000."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One card: Pods of a workload, of a namespace or on the host network, or addresses.

    `id` is `Kind/ns/name`; `end` is one of its ends, by which verdicts are explained, `twin`
    another one, for connections among themselves; `declared`
    are the ports that its Pods declare, none for addresses. `labels` are those its Pods share.
    `parts` counts the workloads of a namespace or of a fold, 1 otherwise; `members` are they,
    where they are few enough to be told.
    """

    id: str
    kind: str
    namespace: str
    name: str
    classes: tuple[PodClass, ...]
    end: End
    pods: int = 0
    twin: End | None = None
    parts: int = 1
    labels: str = ""
    declared: frozenset[int] = frozenset()
    nodes: frozenset[str] = frozenset()
    block: IPBlock | None = None
    is_host: bool = False
    is_hole: bool = False
    ready: int = 0
    members: tuple[Unit, ...] = ()

    @property
    def told(self) -> tuple[Unit, ...]:
        """What tables and sentences speak of: the members of a fold, else the unit itself."""
        return self.members or (self,)

    @property
    def is_address(self) -> bool:
        """Whether it stands for addresses outside of Pods."""
        return self.kind == "External"

    @property
    def peer(self) -> str:
        """The word for it at an end of a trace: a workload, else the end by which it is judged."""
        if self.kind in WORKLOAD_KINDS:
            return f"{self.namespace}/{self.kind.lower()}/{self.name}"
        if self.is_address:
            return next(iter(self.end.addresses.values()))
        kind, _space, name = self.end.label.partition(" ")
        return f"node/{name}" if kind == "Node" else name


@dataclass(frozen=True, slots=True)
class Pair:
    """What is open from one unit to another: `ports` for some of their Pods, `certain` for all.

    `is_excepted` tells that some of them pass whatever policies say (H-11).
    """

    source: Unit
    destination: Unit
    ports: Ports
    certain: Ports
    is_excepted: bool = False

    def allows(self, code: int | None) -> bool:
        """Whether a port is open for some Pods; None asks for any port."""
        return bool(self.ports) if code is None else holds(self.ports, code)

    def standing(self, code: int | None) -> str:
        """Return `allow`, `partial` or `deny` for a port, or (None) for those that matter.

        Those that matter are what the destination declares; of addresses, and of Pods that declare
        nothing, every port.
        """
        if not self.allows(code):
            return "deny"
        if code is not None:
            return "allow" if holds(self.certain, code) else "partial"
        wanted = self.destination.declared
        if wanted:
            return "allow" if all(holds(self.certain, port) for port in wanted) else "partial"
        return "allow" if self.certain == ALL else "partial"


def between(source: Unit, destination: Unit) -> Pair:
    """Return what is open from one unit to another."""
    found = opened(source.classes, destination.classes)
    ports, certain = found.some, found.every
    is_excepted = (source.is_host or destination.is_host) and bool(
        source.nodes & destination.nodes
    )
    if is_excepted:
        ports = ALL
    return Pair(source, destination, ports, certain if source.classes else NONE, is_excepted)


def explain(snapshot: Snapshot, pair: Pair, code: int | None) -> Verdict:
    """Return the verdict between one end of each unit, about a port that tells most.

    That is `code` where the reader asked for one; else one that is open, else one that the
    destination declares.
    """

    def selecting(pod: Pod) -> list[NetworkPolicy]:
        return snapshot.selecting(NetworkPolicy, pod.meta.namespace, pod.meta.labels)

    protocol, number = telling_port(pair) if code is None else decoded(code)
    target = pair.destination.end
    if pair.source.id == pair.destination.id and pair.source.twin is not None:
        target = pair.source.twin
    connection = Connection(pair.source.end, target, protocol, number)
    return judge(connection, selecting)


def explain_each(snapshot: Snapshot, pair: Pair) -> Iterator[Verdict]:
    """Yield the verdicts about a port of each range that is open: a rule may open some alone."""
    if pair.ports == ALL or pair.is_excepted:
        return
    for start in islice(pair.ports[::2], MOST_RANGES):
        yield explain(snapshot, pair, start)


def telling_port(pair: Pair) -> tuple[str, int]:
    """Return the port that says most about a pair, as protocol and number."""
    declared = sorted(pair.destination.declared)
    for code in declared:
        if holds(pair.ports, code):
            return decoded(code)
    opened = ranges(pair.ports)
    if opened and pair.ports != ALL:
        protocol, first, _last = opened[0]
        return protocol, first
    return decoded(declared[0]) if declared else ("TCP", 80)


def decoded(code: int) -> tuple[str, int]:
    """Return protocol and number of a code."""
    protocol, number, _last = ranges((code, code + 1))[0]
    return protocol, number


def pair_ports(pair: Pair, most: int = 2) -> str:
    """Return what is open between two units: `all`, `5432`, `own Node`, `53/UDP, own Node`."""
    if not pair.is_excepted or pair.certain == ALL:
        return ports_text(pair.ports, most)
    if not pair.certain:
        return say("own Node")
    return say("{ports}, own Node", ports=ports_text(pair.certain, most))


def ports_text(ports: Ports, most: int = 2) -> str:
    """Return `all`, `5432`, `53/TCP+UDP`, `all UDP, 80 +2`; TCP alone needs no word."""
    if ports == ALL:
        return say("all")
    spans: dict[tuple[int, int], list[str]] = {}
    for protocol, first, last in ranges(ports):
        spans.setdefault((first, last), []).append(protocol)
    found = [_span_text(*span, "+".join(protocols)) for span, protocols in spans.items()]
    more = f" +{len(found) - most}" if len(found) > most else ""
    return joined(", ", found[:most]) + more


def _span_text(first: int, last: int, protocols: str) -> str:
    if (first, last) == (1, LAST_PORT):
        return say("all {protocols}", protocols=protocols)
    numbers = str(first) if first == last else f"{first}-{last}"
    return numbers if protocols == "TCP" else f"{numbers}/{protocols}"


@dataclass(slots=True)
class Units:
    """Makes the units of one snapshot, each once."""

    snapshot: Snapshot
    index: PolicyIndex
    _of_namespace: dict[str, list[Unit]] = field(default_factory=dict)

    @property
    def are_many(self) -> bool:
        """Whether there are too many classes of Pods to compare each namespace by itself."""
        return len(self.index.classes.all) > MOST_CLASSES

    def namespaces(self) -> list[str]:
        """Return the namespaces with Pods that take part in connections, sorted."""
        spaces = self.index.atoms.spaces
        return sorted(name for name, space in spaces.items() if name and space.groups)

    def of_namespace(self, namespace: str) -> list[Unit]:
        """Return the units of a namespace by name: workloads, split where policies split them."""
        if namespace not in self._of_namespace:
            self._of_namespace[namespace] = list(self._made(namespace))
        return self._of_namespace[namespace]

    def _made(self, namespace: str) -> Iterator[Unit]:
        space = self.index.atoms.spaces.get(namespace)
        found: dict[Key, dict[frozenset[int], list[Member]]] = {}
        for group in space.groups.values() if space is not None else ():
            for cell in group.cells.values():
                for member in cell.members:
                    if member.pod is not None:
                        key = workload_of(self.snapshot, member.pod)
                        found.setdefault(key, {}).setdefault(group.selected, []).append(member)
        for key, sorts in sorted(found.items()):
            ordered = sorted(sorts.values(), key=_first_name)
            for place, members in enumerate(ordered):
                yield self._workload(key, members, place)

    def _workload(self, key: Key, members: list[Member], place: int) -> Unit:
        members.sort(key=_name)
        pods = [member.pod for member in members if member.pod is not None]
        suffix = f"~{place}" if place else ""
        return Unit(
            f"{key.kind}/{key.namespace}/{key.name}{suffix}", key.kind, key.namespace, key.name,
            _classes(members), self._end(pods[0]), len(pods),
            self._end(pods[-1]) if len(pods) > 1 else None,
            labels=shared_labels(pods), declared=_declared(pods[:50]),
            nodes=frozenset(pod.node_name for pod in pods if pod.node_name),
            ready=sum(pod.is_ready for pod in pods),
        )  # fmt: skip

    def whole_namespace(self, namespace: str, *, is_told: bool) -> Unit | None:
        """Return every Pod of a namespace as one unit, None where it has none.

        `is_told`: with its workloads as members.
        """
        space = self.index.atoms.spaces.get(namespace)
        if space is None:
            return None
        cells = [cell for group in space.groups.values() for cell in group.cells.values()]
        pods = sum(len(cell.members) for cell in cells)
        if not pods:
            return None
        # One Pod explains the namespace: the first by name of its first group, found without
        # going through all of them.
        group = space.groups[min(space.groups)]
        held = (member for cell in group.cells.values() for member in cell.members)
        first = min((member for member in held if member.pod is not None), key=_name).pod
        assert first is not None  # noqa: S101
        return Unit(
            f"Namespace//{namespace}", "Namespace", "", namespace,
            tuple(dict.fromkeys(cell.pod_class for cell in cells)), self._end(first), pods,
            parts=len(space.groups),
            members=tuple(self.of_namespace(namespace)) if is_told else (),
        )  # fmt: skip

    def hosts(self) -> Unit | None:
        """Return the Pods on the host network, which policies do not hold, None without any."""
        members = sorted(self.index.node_members(), key=_name)
        pods = [member.pod for member in members if member.pod is not None]
        if not pods:
            return None
        return Unit(
            "Group//host network", "Group", "", say("host network"), _classes(members),
            self._end(pods[0]), len(pods), declared=_declared(pods[:50]), is_host=True,
            nodes=frozenset(member.node for member in members if member.node),
        )  # fmt: skip

    def block(self, found: IPBlock) -> Unit | None:
        """Return the addresses of an ipBlock, None where its holes leave none."""
        address = _inside(found)
        if address is None:
            return None
        return self._address(f"External//{found.cidr}{_holes(found)}", str(found.cidr), address,
                             found)  # fmt: skip

    def hole(self, found: IPBlock, hole: Network) -> Unit:
        """Return the addresses that an ipBlock leaves out."""
        address = hole[min(1, hole.num_addresses - 1)]
        return self._address(
            f"External//{hole} in {found.cidr}",
            str(hole),
            address,
            found,
            is_hole=True,
        )

    def elsewhere(self, blocks: Iterable[IPBlock]) -> Unit | None:
        """Return the addresses that no block names, None where blocks name all."""
        named = [block.cidr for block in blocks]
        families = self.snapshot.settings.families
        for text in _PUBLIC:
            address = ipaddress.ip_address(text)
            if ("IPv6" if address.version == 6 else "IPv4") not in families:  # noqa: PLR2004
                continue
            if not any(address.version == c.version and address in c for c in named):
                return self._address("External//other addresses", say("other addresses"), address)
        return None

    def _address(
        self, id_: str, name: str, address: Address, block: IPBlock | None = None, *,
        is_hole: bool = False,
    ) -> Unit:  # fmt: skip
        classes = (outsider(self.index, address).pod_class,)
        end = replace(address_end(address), label=name)
        return Unit(id_, "External", "", name, classes, end, block=block, is_hole=is_hole)

    def _end(self, pod: Pod) -> End:
        namespace = self.snapshot.get(Namespace, "", pod.meta.namespace)
        labels = namespace.meta.labels if namespace is not None else None
        return pod_end(pod, labels, families=self.snapshot.settings.families)


def merged(id_: str, name: str, namespace: str, units: list[Unit]) -> Unit:
    """Return several units as one card that stands for all of them."""
    return Unit(
        id_, "Group", namespace, name,
        tuple(dict.fromkeys(found for unit in units for found in unit.classes)),
        units[0].end, sum(unit.pods for unit in units), units[-1].end,
        sum(unit.parts for unit in units),
        nodes=frozenset(node for unit in units for node in unit.nodes),
        declared=frozenset(code for unit in units for code in unit.declared),
        members=tuple(one for unit in units for one in unit.told),
    )  # fmt: skip


def shared_labels(pods: list[Pod]) -> str:
    """Return the labels that all Pods share, but for those that controllers generate."""
    common = dict(pods[0].meta.labels)
    for pod in pods[1:]:
        common = {k: v for k, v in common.items() if pod.meta.labels.get(k) == v}
    return joined(", ", (f"{k}={v}" for k, v in sorted(common.items()) if k not in _GENERATED))


def _name(member: Member) -> tuple[str, str]:
    meta = member.pod.meta if member.pod is not None else None
    return ("", "") if meta is None else (meta.namespace, meta.name)


def _first_name(members: list[Member]) -> tuple[str, str]:
    return min(map(_name, members))


def _classes(members: Iterable[Member]) -> tuple[PodClass, ...]:
    return tuple(dict.fromkeys(member.pod_class for member in members))


def _declared(pods: Iterable[Pod]) -> frozenset[int]:
    return frozenset(
        code_of(port.protocol, port.container_port) for pod in pods for port in pod.ports()
    )


def _inside(block: IPBlock) -> Address | None:
    """Return an address of a block that is in none of its holes, one like a host's."""
    if not block.cidr.prefixlen:
        for text in _PUBLIC:
            known = ipaddress.ip_address(text)
            if known.version == block.cidr.version and block.covers(known):
                return known
    number = int(block.cidr.network_address)
    last = int(block.cidr.broadcast_address)
    for hole in sorted(block.excepts, key=lambda hole: int(hole.network_address)):
        if int(hole.network_address) <= number <= int(hole.broadcast_address):
            number = int(hole.broadcast_address) + 1
    if number > last:
        return None
    host = block.cidr.network_address + (number - int(block.cidr.network_address))
    after = host + 1 if number < last else host
    return after if block.covers(after) else host


def _holes(block: IPBlock) -> str:
    return (
        say(" except {blocks}", blocks=joined(", ", map(str, block.excepts)))
        if block.excepts
        else ""
    )
