"""The outside world in pieces: the ranges of addresses that policies tell apart.

The outside world is every address of a family, the cluster's own ranges included.
"""

from __future__ import annotations

from collections.abc import Iterable

from cluster.domains.policy.index import PolicyIndex
from cluster.machinery.addresses import Family
from cluster.questions.reach.peers import LAST, AddressRange


def boundaries(index: PolicyIndex, family: Family) -> set[int]:
    """Return the addresses at which a block of some policy, or a hole in one, begins or ended."""
    found: set[int] = set()
    for block in index.blocks.by_number.values():
        if block.family == family:
            for first, last in ((block.first, block.last), *block.holes):
                found |= {first, last + 1}
    return found


def outside(
    index: PolicyIndex, family: Family, extra: Iterable[AddressRange] = ()
) -> dict[frozenset[int], list[AddressRange]]:
    """Return the ranges by the numbers of the blocks that cover them, both in order.

    Neighbours that the same blocks cover are one range, but the ends of `extra` always part.
    """
    kept = {
        edge for piece in extra if piece.family == family for edge in (piece.first, piece.last + 1)
    }
    edges = sorted({0, *boundaries(index, family), *kept} - {LAST[family] + 1})
    pieces: list[tuple[int, frozenset[int]]] = []
    for edge in edges:
        covering = index.blocks.covering(family, edge)
        if not pieces or edge in kept or pieces[-1][1] != covering:
            pieces.append((edge, covering))
    found: dict[frozenset[int], list[AddressRange]] = {}
    for position, (first, covering) in enumerate(pieces):
        is_last = position == len(pieces) - 1
        last = LAST[family] if is_last else pieces[position + 1][0] - 1
        found.setdefault(covering, []).append(AddressRange(family, first, last))
    return found


def merged(ranges: Iterable[AddressRange]) -> list[AddressRange]:
    """Return the same addresses in as few ranges as there can be, in order."""
    found: list[AddressRange] = []
    for piece in sorted(ranges, key=lambda r: (r.family, r.first)):
        if found and found[-1].family == piece.family and piece.first <= found[-1].last + 1:
            last = max(found[-1].last, piece.last)
            found[-1] = AddressRange(piece.family, found[-1].first, last)
        else:
            found.append(piece)
    return found
