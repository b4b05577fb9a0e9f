"""How `reach` names peers: workloads, ranges of addresses, and the Ingress controller.

`shop/web[Deployment]`, `10.0.0.0-10.255.255.255`, `{ingress-controller}`.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, summarize_address_range

from cluster.domains.policy.ranges import range_text
from cluster.machinery.addresses import (
    WIDTHS,
    Address,
    Family,
    Network,
    family_of,
    parse_address,
    parse_network,
)
from cluster.machinery.meta import Key
from cluster.machinery.texts import say

CONTROLLER = "{ingress-controller}"
DASH = " – "  # noqa: RUF001 - between the ends of a range, as pages write it


def workload_name(key: Key) -> str:
    """Return the name of a workload, or of a Pod without one."""
    return f"{key.namespace}/{key.name}[{key.kind}]"


def named_workload(peer: str) -> tuple[str, str, str] | None:
    """Return namespace, kind and name of a workload by its peer, None for other peers."""
    if not peer.endswith("]"):
        return None
    where, _bracket, kind = peer[:-1].rpartition("[")
    namespace, _slash, name = where.partition("/")
    return namespace, kind, name


@dataclass(frozen=True, slots=True)
class AddressRange:
    """The addresses `first` to `last` of one family, both included, as numbers."""

    family: Family
    first: int
    last: int

    def address(self) -> Address:
        """Return an address of the range that looks like a host's."""
        number = min(self.first + 1, self.last)
        return IPv4Address(number) if self.family == "IPv4" else IPv6Address(number)

    def overlaps(self, other: AddressRange) -> bool:
        """Whether the two have an address in common."""
        is_apart = self.last < other.first or other.last < self.first
        return self.family == other.family and not is_apart


def every_address(family: Family) -> AddressRange:
    """Return all addresses of a family."""
    return AddressRange(family, 0, (1 << WIDTHS[family]) - 1)


def range_words(peer: str) -> str:
    """Return a range as people write it: `10.0.0.0/8` where it is one network, else its ends."""
    held = parse_range(peer)
    if held is None:
        return peer
    if held == every_address(held.family):
        return say("every {family} address", family=held.family)
    networks = _networks(held)
    if len(networks) == 1:
        return str(networks[0])
    first, _dash, last = range_text(held.first, held.last, held.family).partition("-")
    return f"{first}{DASH}{last}"


def _networks(held: AddressRange) -> list[Network]:
    """Return the networks that a range is made of, in order."""
    if held.family == "IPv4":
        return [*summarize_address_range(IPv4Address(held.first), IPv4Address(held.last))]
    return [*summarize_address_range(IPv6Address(held.first), IPv6Address(held.last))]


def parse_range(word: str) -> AddressRange | None:
    """Return the range that an address, a CIDR or `first-last` means, None for other words."""
    network, address = parse_network(word), parse_address(word)
    if network is not None:
        return _of_network(network)
    first, dash, last = word.partition("-")
    low, high = (address, address) if not dash else (parse_address(first), parse_address(last))
    if low is None or high is None or low.version != high.version:
        return None
    return AddressRange(family_of(low), int(low), int(high))


def _of_network(network: Network) -> AddressRange:
    first, last = int(network.network_address), int(network.broadcast_address)
    return AddressRange(family_of(network), first, last)
