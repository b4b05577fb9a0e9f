"""What is taken in a cluster: addresses and node ports, with the lowest free one at hand.

Kept by whoever stores Services (the store's processes, the simulator) and read by their admission.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection

from cluster.machinery.kind import Claim
from cluster.machinery.meta import Key


def number_of(claim: Claim) -> int:
    """Return a claim's value as the integer that ranges are counted in."""
    return int(ipaddress.ip_address(claim.value)) if claim.pool == "ip" else int(claim.value)


class TakenPools:
    """Claims by holder; finding the lowest free number costs amortised constant time."""

    def __init__(self) -> None:
        """Start with everything free."""
        self._holders: dict[Claim, Key] = {}
        self._held: dict[Key, Collection[Claim]] = {}
        self._taken: dict[str, set[int]] = {}
        self._hints: dict[tuple[str, int], int] = {}

    def holder(self, claim: Claim) -> Key | None:
        """Return who holds `claim`, None when it is free."""
        return self._holders.get(claim)

    def lowest_free(self, pool: str, low: int, high: int) -> int | None:
        """Return the lowest free number in low..high inclusive, None when all are taken."""
        taken = self._taken.get(pool, set())
        number = max(low, self._hints.get((pool, low), low))
        while number in taken:
            number += 1
        self._hints[pool, low] = number
        return number if number <= high else None

    def hold(self, key: Key, claims: Collection[Claim]) -> None:
        """Let `key` hold exactly `claims`; what it held before and no longer claims is free."""
        before = self._held.pop(key, ())
        for claim in before:
            if self._holders.get(claim) == key:
                del self._holders[claim]
                number = number_of(claim)
                self._taken[claim.pool].discard(number)
                for (pool, low), hint in self._hints.items():
                    if pool == claim.pool and low <= number < hint:
                        self._hints[pool, low] = number
        for claim in claims:
            if claim not in self._holders:
                self._holders[claim] = key
                self._taken.setdefault(claim.pool, set()).add(number_of(claim))
        if claims:
            self._held[key] = claims

    def release(self, key: Key) -> None:
        """Free everything that `key` holds."""
        self.hold(key, ())


class PoolsFor:
    """The same pools as one object sees them: its own claims are free for it (B-59)."""

    def __init__(self, pools: TakenPools, key: Key) -> None:
        """See `pools` as `key`."""
        self._pools = pools
        self._key = key

    def holder(self, claim: Claim) -> Key | None:
        """Return who else holds `claim`."""
        holder = self._pools.holder(claim)
        return None if holder == self._key else holder

    def lowest_free(self, pool: str, low: int, high: int) -> int | None:
        """Return the lowest number that nobody holds."""
        return self._pools.lowest_free(pool, low, high)
