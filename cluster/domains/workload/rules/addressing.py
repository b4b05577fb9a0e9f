"""Addresses of Pods: the next free one of the Node's range, per family.

The address after the highest in use is taken first and the range wraps at its end, so that freed
addresses are used again last (I-41). Source: C-27, C-28; `host-local` of the CNI plugins.
"""

from __future__ import annotations

from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.domains.workload.rules.nodes import host_addresses
from cluster.machinery.addresses import Network, parse_address, parse_network
from cluster.machinery.snapshot import Snapshot

FIRST_HOST = 2  # .1 is the bridge


class Addresses:
    """The free addresses of one Node."""

    def __init__(self, node: Node, snapshot: Snapshot) -> None:
        """Note what the Node's Pods hold; finished ones have given theirs back (I-26)."""
        self._snapshot = snapshot
        self._host = host_addresses(node)
        held = [
            int(address)
            for pod in snapshot.lookup(Pod, "node", node.meta.name)
            if not pod.is_finished
            for ip in pod.ips
            if (address := parse_address(ip)) is not None
        ]
        networks = (parse_network(text) for text in node.pod_cidrs)
        self._ranges = [_Range(network, held) for network in networks if network is not None]

    def give(self, pod: Pod) -> tuple[str, ...]:
        """Return the addresses for a Pod, primary first; empty where a family has none left."""
        if pod.host_network:
            return self._host
        given = [found for range_ in self._ranges if (found := self._next(range_)) is not None]
        return tuple(given) if len(given) == len(self._ranges) else ()

    def _next(self, range_: _Range) -> str | None:
        while (number := range_.next()) is not None:
            text = str(range_.network[number])
            holders = self._snapshot.lookup(Pod, "ip", text)
            if all(pod.is_finished for pod in holders):
                return text
        return None


class _Range:
    """The numbers of one network, in the order in which they are given."""

    def __init__(self, network: Network, held: list[int]) -> None:
        self.network = network
        base = int(network.network_address)
        self._size = network.num_addresses - (network.version == 4)  # noqa: PLR2004 - broadcast
        self._taken = {number - base for number in held if 0 <= number - base < self._size}
        highest = max(self._taken, default=FIRST_HOST - 1)
        self._upper = max(highest + 1, FIRST_HOST)
        self._lower = FIRST_HOST
        self._end_of_lower = self._upper

    def next(self) -> int | None:
        """Return the next number that nobody on this Node holds, None when all are taken."""
        while self._upper < self._size:
            self._upper += 1
            if self._upper - 1 not in self._taken:
                return self._upper - 1
        while self._lower < min(self._end_of_lower, self._size):
            self._lower += 1
            if self._lower - 1 not in self._taken:
                return self._lower - 1
        return None
