"""What a Node is given that its manifest does not tell: Pod CIDRs, address, labels, readiness.

All Nodes that lack something are answered together, because a free subnet or address is free of
all of them. Source: semantics.md I-39, I-40; `pkg/controller/nodeipam/ipam/cidrset`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from cluster.domains.workload.node import NODE_LABELS, Node
from cluster.domains.workload.workload_defaults import NODE_INFO
from cluster.machinery.addresses import (
    Family,
    Network,
    family_of,
    family_of_text,
    parse_address,
    parse_network,
)
from cluster.machinery.changes import Change
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    list_at,
    mapping_at,
    mappings_at,
    text_at,
)
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, Event, Patch, View
from cluster.machinery.settings import ClusterSettings
from cluster.machinery.snapshot import Snapshot

ALL_NODES = Key("", "Node", "", "")
KUBELET_VERSION = "v1.34.0"  # the release whose behaviour semantics.md describes
READY: Mapping[str, str] = MappingProxyType({
    "status": "True",
    "reason": "KubeletReady",
    "message": "kubelet is posting ready status",
})  # fmt: skip
SIZE: Mapping[str, str] = MappingProxyType(
    {
        "cpu": "4",
        "ephemeral-storage": "100Gi",
        "memory": "16Gi",
    }
)  # of a Node that tells none: an ordinary machine; how many Pods it takes stays open
NO_NETWORK: Mapping[str, str] = MappingProxyType({
    "status": "False",
    "reason": "KubeletNotReady",
    "message": "container runtime network not ready: the Node has no Pod CIDR",
})  # fmt: skip
NODE_NETWORKS: dict[Family, Network] = {
    "IPv4": ipaddress.ip_network("172.18.0.0/16"),
    "IPv6": ipaddress.ip_network("fc00:f853:ccd:e793::/64"),
}  # kind's own: a Node's address is the lowest free one from the second on
_DIGITS = re.compile(r"([0-9]+)")


class Nodes:
    """Completes Nodes; the one owner stands for all of them."""

    name = "nodes"
    kinds = frozenset({"Node"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterator[Key]:
        """All Nodes, when one lacks something or one that went made room for those that wait."""
        new = change.new
        if isinstance(new, Node):
            if new.is_incomplete:
                yield ALL_NODES
        elif snapshot.lookup(Node, "missing", True):  # noqa: FBT003 - an index value
            yield ALL_NODES

    def all_owners(self, snapshot: Snapshot) -> Iterator[Key]:
        """The one owner."""
        yield ALL_NODES

    def derive(self, owner: Key, view: View) -> Answer:
        """Give every incomplete Node what it lacks; those that joined first choose first."""
        snapshot = view.snapshot
        missing = snapshot.lookup(Node, "missing", True)  # noqa: FBT003 - an index value
        if not missing:
            return NOTHING
        pool = _Pool(view.settings, list(snapshot.of(Node)))
        writes: list[Patch] = []
        events: list[Event] = []
        for node in sorted(missing, key=_joined):
            key = snapshot.key_of(node)
            given = node.pod_cidrs or pool.pod_cidrs()
            patch = _complete(node, view.manifest(key), given, pool, view.now)
            if not given:
                text = f"Node {node.meta.name} status is now: CIDRNotAvailable"
                events.append(Event(key, "Normal", "CIDRNotAvailable", text))
            if patch:
                writes.append(Patch(key, patch))
        error = "no Pod CIDR is left for some Nodes" if events else None
        return Answer(writes=tuple(writes), events=tuple(events), error=error)


def _joined(node: Node) -> tuple[str, list[tuple[int, str]]]:
    """Order by age, then by name as people count: node-2 before node-10."""
    parts = [
        (int(part), "") if part.isdigit() else (-1, part) for part in _DIGITS.split(node.meta.name)
    ]
    return (node.meta.creation_timestamp or "", parts)


@dataclass
class _Subnets:
    """The subnets of one range, by number: what is taken, and which was given last."""

    network: Network
    length: int
    taken: set[int] = field(default_factory=set)
    last: int = -1

    @property
    def count(self) -> int:
        return 1 << (self.length - self.network.prefixlen)

    @property
    def size(self) -> int:
        return 1 << (self.network.max_prefixlen - self.length)

    def take(self, network: Network) -> None:
        if network.version != self.network.version:
            return
        base = int(self.network.network_address)
        first = (int(network.network_address) - base) // self.size
        final = (int(network.broadcast_address) - base) // self.size
        first, final = max(first, 0), min(final, self.count - 1)
        if first <= final:
            self.taken.update(range(first, final + 1))
            self.last = max(self.last, final)

    def give(self) -> str | None:
        """Return the next free subnet after the last, wrapping at the end (I-40)."""
        for number in (*range(self.last + 1, self.count), *range(self.last + 1)):
            if number not in self.taken:
                self.taken.add(number)
                self.last = number
                start = int(self.network.network_address) + number * self.size
                return f"{_address(start, self.network.version)}/{self.length}"
        return None


class _Pool:
    """What is free: subnets for Pods and addresses for Nodes."""

    def __init__(self, settings: ClusterSettings, nodes: Iterable[Node]) -> None:
        self.subnets = [
            _Subnets(network, settings.node_mask[family_of(network)])
            for network in settings.pod_cidrs
        ]
        self.families = [family_of(network) for network in settings.pod_cidrs]
        self.used: set[str] = set()
        for node in nodes:
            self.used.update(node.internal_ips)
            for text in node.pod_cidrs:
                network = parse_network(text)
                if network is not None:
                    for subnets in self.subnets:
                        subnets.take(network)
        self._next: dict[Family, int] = {"IPv4": 2, "IPv6": 2}

    def pod_cidrs(self) -> list[str]:
        """Return one subnet per family; empty where a family has none left."""
        given = [subnets.give() for subnets in self.subnets]
        return [text for text in given if text is not None] if None not in given else []

    def addresses(self) -> list[str]:
        """Return the lowest free Node address of each family."""
        return [self._address(family) for family in self.families]

    def _address(self, family: Family) -> str:
        network = NODE_NETWORKS[family]
        number = self._next[family]
        while str(network[number]) in self.used:
            number += 1
        self._next[family] = number + 1
        return str(network[number])


def _address(number: int, version: int) -> str:
    address = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address  # noqa: PLR2004
    return str(address(number))


def _complete(
    node: Node, manifest: Manifest, cidrs: Sequence[str], pool: _Pool, now: str
) -> Manifest:
    patch: Manifest = {}
    values = (node.meta.name, "linux", "amd64")
    labels: Manifest = {
        label: value
        for label, value in zip(NODE_LABELS, values, strict=True)
        if label not in node.meta.labels
    }
    if labels:
        patch["metadata"] = {"labels": labels}
    if cidrs and not node.pod_cidrs:
        patch["spec"] = {"podCIDR": cidrs[0], "podCIDRs": [*cidrs]}
    existing = mapping_at(manifest, "status")
    status: Manifest = {}
    if not node.internal_ips:
        own: list[JSON] = [{"type": "InternalIP", "address": ip} for ip in pool.addresses()]
        listed = list_at(existing, "addresses")
        hostname: list[JSON] = [{"type": "Hostname", "address": node.meta.name}]
        status["addresses"] = [*own, *(listed or hostname)]
    if not mapping_at(existing, "allocatable"):
        status |= {"capacity": {**SIZE}, "allocatable": {**SIZE}}
    status |= _readiness(node, existing, has_network=bool(cidrs), now=now)
    if status:
        patch["status"] = status
    return patch


def _readiness(node: Node, existing: Manifest, *, has_network: bool, now: str) -> Manifest:
    """Return the condition Ready where nobody told it; without Pod CIDRs there is no network."""
    conditions = mappings_at(existing, "conditions")
    told = next((item for item in conditions if text_at(item, "type") == "Ready"), None)
    ours = told is not None and text_at(told, "reason") == NO_NETWORK["reason"]
    if told is not None and not (ours and has_network):
        return {}
    ready: Manifest = {"type": "Ready", **(READY if has_network else NO_NETWORK)}
    ready |= {"lastHeartbeatTime": now, "lastTransitionTime": now}
    others: list[JSON] = [item for item in conditions if item is not told]
    status: Manifest = {"conditions": [*others, ready]}
    if not mapping_at(existing, "nodeInfo"):
        status["nodeInfo"] = {
            **NODE_INFO, "architecture": "amd64", "operatingSystem": "linux",
            "kubeletVersion": KUBELET_VERSION,
        }  # fmt: skip
    return status


def host_addresses(node: Node) -> tuple[str, ...]:
    """Return what a Pod on the Node's network reports: the first of each family (C-28)."""
    found: dict[Family, str] = {}
    for text in node.internal_ips:
        if parse_address(text) is not None:
            found.setdefault(family_of_text(text), text)
    return tuple(found.values())
