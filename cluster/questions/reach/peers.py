"""The peers of `reach`: workloads, ranges of addresses, and the Ingress controller.

Their names are the words of the answer: `shop/web[Deployment]`, `10.0.0.0-10.255.255.255`,
`{ingress-controller}`.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TypeAlias

from cluster.machinery.addresses import FAMILIES, Address, Family, Network, family_of
from cluster.machinery.meta import Key

LAST: dict[Family, int] = {"IPv4": (1 << 32) - 1, "IPv6": (1 << 128) - 1}
CONTROLLER_NAME = "{ingress-controller}"


@dataclass(frozen=True, slots=True)
class Workload:
    """A workload, or a Pod without one."""

    key: Key

    def __str__(self) -> str:
        """`shop/web[Deployment]`."""
        return f"{self.key.namespace}/{self.key.name}[{self.key.kind}]"


@dataclass(frozen=True, slots=True)
class AddressRange:
    """The addresses `first` to `last` of one family, both included, as numbers."""

    family: Family
    first: int
    last: int

    def __str__(self) -> str:
        """`10.0.0.0-10.255.255.255`."""
        return f"{address_at(self.family, self.first)}-{address_at(self.family, self.last)}"

    def __contains__(self, address: Address) -> bool:
        """Whether an address is in the range."""
        return family_of(address) == self.family and self.first <= int(address) <= self.last

    def overlaps(self, other: AddressRange) -> bool:
        """Whether the two have an address in common."""
        is_apart = self.last < other.first or other.last < self.first
        return self.family == other.family and not is_apart


@dataclass(frozen=True, slots=True)
class Controller:
    """Whatever answers for Ingresses."""

    def __str__(self) -> str:
        """`{ingress-controller}`."""
        return CONTROLLER_NAME


Peer: TypeAlias = Workload | AddressRange | Controller
CONTROLLER = Controller()


def address_at(family: Family, number: int) -> Address:
    """Return the address that a number of a family means."""
    return ipaddress.IPv4Address(number) if family == "IPv4" else ipaddress.IPv6Address(number)


def range_of(network: Network) -> AddressRange:
    """Return a network as a range."""
    first, last = int(network.network_address), int(network.broadcast_address)
    return AddressRange(family_of(network), first, last)


def peer_order(peer: Peer) -> tuple[int, str, str, str, int]:
    """Sort workloads by namespace, name and kind, then the controller, then addresses."""
    match peer:
        case Workload(key):
            return (0, key.namespace, key.name, key.kind, 0)
        case Controller():
            return (1, "", "", "", 0)
        case AddressRange(family, first):
            return (2 + FAMILIES.index(family), "", "", "", first)
