"""Who opens a traced connection: Pods, a Node, or addresses outside, each as policies see it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from cluster.domains.policy.ends import End, address_end, node_end, pod_end
from cluster.domains.policy.policy import NetworkPolicy
from cluster.domains.service.forwarding import Client, ClientKind
from cluster.domains.service.service import Service
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import (
    Address,
    Family,
    Network,
    family_of,
    parse_network,
)
from cluster.machinery.snapshot import Snapshot

MOST_SAMPLES = 32
"""Addresses that stand for a range: one for each part that policies tell apart, up to this."""

_INTERNET = {
    "IPv4": ipaddress.ip_network("0.0.0.0/0"),
    "IPv6": ipaddress.ip_network("2000::/3"),
}
# Not routed on the internet: RFC 1122, 1918, 3927, 5771, 6598, 6890.
_NOT_INTERNET = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """One end that opens connections.

    `node` is the Node it is or runs on, empty outside the cluster; `pod` is None but for Pods.
    """

    label: str
    end: End
    kind: ClientKind
    node: str = ""
    pod: Pod | None = None

    @property
    def families(self) -> tuple[Family, ...]:
        """The families it has an address of."""
        return self.end.families

    def client(self, family: Family, node: str = "") -> Client:
        """Return it as the proxy of a Node sees it: its own Node's, or that of `node`."""
        address = self.end.addresses.get(family)
        return Client(self.kind, node or self.node, "" if address is None else str(address))


def pod_source(snapshot: Snapshot, pod: Pod) -> Source:
    """Return a Pod; one on its Node's network is the Node (H-10)."""
    end = end_of(snapshot, pod)
    kind: ClientKind = "node" if pod.host_network else "pod"
    return Source(end.label, end, kind, pod.node_name, pod)


def node_source(node: Node) -> Source:
    """Return the processes of a Node."""
    end = node_end(node)
    return Source(end.label, end, "node", node.meta.name)


def outside_source(address: Address) -> Source:
    """Return an address outside the cluster."""
    return Source(str(address), address_end(address), "outside")


def end_of(snapshot: Snapshot, pod: Pod) -> End:
    """Return a Pod as policies see it."""
    namespace = snapshot.get(Namespace, "", pod.meta.namespace)
    labels = namespace.meta.labels if namespace is not None else None
    return pod_end(pod, labels, families=snapshot.settings.families)


def distinct_pods(pods: Iterable[Pod]) -> list[Pod]:
    """Return one Pod of each sort that nothing tells apart: labels, Node, families, ports."""
    found: dict[object, Pod] = {}
    for pod in pods:
        sort = (
            pod.meta.namespace, frozenset(pod.meta.labels.items()), pod.node_name,
            tuple(":" in ip for ip in pod.ips), pod.host_network, pod.containers, pod.phase,
            pod.dns_policy, pod.dns_config,
        )  # fmt: skip
        found.setdefault(sort, pod)
    return list(found.values())


def samples(snapshot: Snapshot, networks: tuple[Network, ...]) -> list[Address]:
    """Return an address of each part of the networks that some policy or Service tells apart.

    No network stands for the internet in the cluster's families; at most MOST_SAMPLES.
    """
    is_internet = not networks
    wanted = networks or tuple(_INTERNET[family] for family in snapshot.settings.families)
    blocks = set(_blocks(snapshot))
    found: dict[frozenset[Network], Address] = {}
    for network in wanted:
        edges = blocks.union(_NOT_INTERNET) if is_internet else blocks
        for address in _parts(network, edges):
            if is_internet and _is_private(address):
                continue
            covering = (block for block in blocks if _covers(block, address))
            found.setdefault(frozenset((network, *covering)), address)
            if len(found) == MOST_SAMPLES:
                return list(found.values())
    return list(found.values())


def _covers(network: Network, address: Address) -> bool:
    return address.version == network.version and address in network


def _is_private(address: Address) -> bool:
    return any(_covers(network, address) for network in _NOT_INTERNET)


def _blocks(snapshot: Snapshot) -> Iterator[Network]:
    """Yield every network that a policy or a Service's source ranges name."""
    for policy in snapshot.of(NetworkPolicy):
        for _path, peer in policy.peers():
            if peer.ip_block is not None:
                yield peer.ip_block.cidr
                yield from peer.ip_block.excepts
    for service in snapshot.of(Service):
        for text in service.load_balancer_source_ranges:
            network = parse_network(text)
            if network is not None:
                yield network


def _parts(network: Network, blocks: Iterable[Network]) -> Iterator[Address]:
    """Yield the first address of each piece of a network between the edges of the blocks."""
    first, after = int(network.network_address), int(network.broadcast_address) + 1
    edges = {first, after}
    for block in blocks:
        if block.version == network.version:
            edges |= {int(block.network_address), int(block.broadcast_address) + 1}
    kept = sorted(edge for edge in edges if first <= edge <= after)
    make = ipaddress.IPv4Address if family_of(network) == "IPv4" else ipaddress.IPv6Address
    for low, high in pairwise(kept):
        # Not the first address of a network, where there is another: it looks like no host.
        yield make(low + 1 if high - low > 2 else low)  # noqa: PLR2004
