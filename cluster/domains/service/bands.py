"""Where numbers of a range are given out automatically: the upper band first (B-35, B-44).

The lower, static band is left to people who choose an address or port themselves.
Source: kubernetes KEP-3070 (reserve Service IP ranges), KEP-3668 (node ports).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from cluster.machinery.addresses import Network
from cluster.machinery.kind import Claim, Pools

_SMALL = 16  # ranges up to this size have no static band


class Bands(NamedTuple):
    """A range `low`..`high`, both usable; `dynamic` is the first number of the upper band."""

    low: int
    dynamic: int
    high: int

    def __contains__(self, number: object) -> bool:
        """Whether `number` may be given out at all."""
        return isinstance(number, int) and self.low <= number <= self.high


def address_bands(network: Network) -> Bands:
    """Return the bands of a service CIDR, addresses as integers (B-34, B-35)."""
    size = network.num_addresses
    low = int(network.network_address) + 1
    high = int(network.broadcast_address) - (1 if network.version == 4 else 0)  # noqa: PLR2004
    return Bands(low, low + _offset(size, step=16, maximum=256), high)


def port_bands(low: int, high: int) -> Bands:
    """Return the bands of the node port range (B-44)."""
    return Bands(low, low + _offset(high - low + 1, step=32, maximum=128), high)


def _offset(size: int, *, step: int, maximum: int) -> int:
    return 0 if size <= _SMALL else min(max(_SMALL, size // step), maximum)


def next_free(
    pools: Pools, bands: Bands, kept: Collection[int], claim: Callable[[int], Claim]
) -> int | None:
    """Return the lowest free number of the upper band, then of the lower one (B-36).

    `kept` are numbers that the request or the stored object holds already; None: range is full.
    """
    halves = ((bands.dynamic, bands.high), (bands.low, bands.dynamic - 1))
    for low, high in halves:
        if low > high:
            continue
        found = pools.lowest_free(claim(low).pool, low, high)
        while found is not None and found <= high:
            if found not in kept and pools.holder(claim(found)) is None:
                return found
            found += 1
    return None
