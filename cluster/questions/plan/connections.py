"""Which connections a change opens and closes, row by row and port by port."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from cluster.domains.policy.ports import NONE, Ports, union
from cluster.domains.policy.ranges import range_text
from cluster.domains.policy.reach import Reach
from cluster.machinery.addresses import Family
from cluster.questions.reach.peers import CONTROLLER, AddressRange, named_workload, parse_range

_End: TypeAlias = "str | AddressRange"


class Difference(NamedTuple):
    """The rows that are there only after the change, and only before it."""

    gained: list[Reach]
    lost: list[Reach]


def compare(before: list[Reach], after: list[Reach]) -> Difference:
    """Return what a change opens and closes; ranges that fare alike are told as one.

    Pairs of ends, and peers with the outside, whose rows are the same before and after are left
    out first: of a large cluster that is nearly all, and cutting ranges is dear.
    """
    altered = {_about(row) for row in {*before}.symmetric_difference(after)}
    if not altered:
        return Difference([], [])
    before = [row for row in before if _about(row) in altered]
    after = [row for row in after if _about(row) in altered]
    edges = _edges([*before, *after])
    old, new = _pieces(before, edges), _pieces(after, edges)
    gained = {pair: without(ports, old.get(pair, NONE)) for pair, ports in new.items()}
    lost = {pair: without(ports, new.get(pair, NONE)) for pair, ports in old.items()}
    return Difference(_rows(gained), _rows(lost))


def _about(row: Reach) -> tuple[str, str]:
    """Return whom a row is about; all ranges outside are one."""
    return (
        row.source if _is_inside(row.source) else "",
        row.destination if _is_inside(row.destination) else "",
    )


def _is_inside(peer: str) -> bool:
    return peer.endswith("]") or peer == CONTROLLER


def _range(peer: str) -> AddressRange | None:
    return parse_range(peer) if named_workload(peer) is None else None


def _edges(rows: Iterable[Reach]) -> dict[Family, list[int]]:
    found: dict[Family, set[int]] = {"IPv4": set(), "IPv6": set()}
    for row in rows:
        for peer in (row.source, row.destination):
            held = _range(peer)
            if held is not None:
                found[held.family] |= {held.first, held.last + 1}
    return {family: sorted(edges) for family, edges in found.items()}


def _pieces(
    rows: Iterable[Reach], edges: dict[Family, list[int]]
) -> dict[tuple[_End, _End], Ports]:
    """Return the ports by pairs of ends, ranges cut at every edge."""
    found: dict[tuple[_End, _End], Ports] = {}
    for row in rows:
        for source in _cut(row.source, edges):
            for destination in _cut(row.destination, edges):
                pair = (source, destination)
                found[pair] = union(found.get(pair, NONE), row.ports)
    return found


def _cut(peer: str, edges: dict[Family, list[int]]) -> Iterator[_End]:
    held = _range(peer)
    if held is None:
        yield peer
        return
    within = [edge for edge in edges[held.family] if held.first <= edge <= held.last + 1]
    for first, after in pairwise(within):
        yield AddressRange(held.family, first, after - 1)


def without(one: Ports, other: Ports) -> Ports:
    """Return the ports of one that the other lacks."""
    found: list[int] = []
    spans = list(zip(other[::2], other[1::2], strict=True))
    for start, end in zip(one[::2], one[1::2], strict=True):
        at = start
        for low, high in spans:
            if high <= at or low >= end:
                continue
            if low > at:
                found += (at, low)
            at = max(at, high)
        if at < end:
            found += (at, end)
    return tuple(found)


def _rows(pieces: dict[tuple[_End, _End], Ports]) -> list[Reach]:
    """Return rows, neighbouring ranges with the same ports put together."""
    rows: list[Reach] = []
    ranges: dict[tuple[str, bool, Ports], list[AddressRange]] = {}
    for (source, destination), ports in pieces.items():
        if not ports:
            continue
        if isinstance(source, AddressRange) and isinstance(destination, str):
            ranges.setdefault((destination, True, ports), []).append(source)
        elif isinstance(destination, AddressRange) and isinstance(source, str):
            ranges.setdefault((source, False, ports), []).append(destination)
        elif isinstance(source, str) and isinstance(destination, str):
            rows.append(Reach(source, destination, ports))
    for (peer, is_into, ports), held in ranges.items():
        for piece in _merged(held):
            text = range_text(piece.first, piece.last, piece.family)
            rows.append(Reach(text, peer, ports) if is_into else Reach(peer, text, ports))
    return sorted(rows)


def _merged(ranges: list[AddressRange]) -> list[AddressRange]:
    found: list[AddressRange] = []
    for piece in sorted(ranges, key=lambda held: (held.family, held.first)):
        last = found[-1] if found else None
        if last is not None and last.family == piece.family and piece.first == last.last + 1:
            found[-1] = AddressRange(last.family, last.first, piece.last)
        else:
            found.append(piece)
    return found
