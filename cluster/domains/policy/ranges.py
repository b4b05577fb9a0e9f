"""The outside world, cut into the ranges of addresses that policies tell apart.

For one direction of one class, what its policies allow is constant between the edges of the blocks
they name: a `Course` lists those edges with the ports from there on. Source: questions.md `reach`.
"""

from __future__ import annotations

import ipaddress
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TypeAlias

from cluster.domains.policy.blocks import Blocks
from cluster.domains.policy.ports import ALL, NONE, Ports, union
from cluster.domains.policy.tables import Table
from cluster.machinery.addresses import WIDTHS, Family

Course: TypeAlias = tuple[tuple[int, Ports], ...]  # sorted; the first edge is 0

EVERYWHERE: Course = ((0, ALL),)


def course_of(table: Table | None, blocks: Blocks, family: Family) -> Course:
    """Return what a table allows to addresses of a family that are no Pods."""
    if table is None:
        return EVERYWHERE
    if not table.is_fresh:
        table.refresh()
    held = [
        (block, table.ports[number])
        for number in table.ports
        if (block := blocks.by_number.get(number)) is not None and block.family == family
    ]
    edges = {0}
    for block, _ports in held:
        edges |= {block.first, block.last + 1}
        for first, last in block.holes:
            edges |= {first, last + 1}
    return merged(
        (edge, union(table.anyone, *(ports for block, ports in held if block.covers(edge))))
        for edge in sorted(edges)
        if edge < 1 << WIDTHS[family]
    )


def together(courses: Iterable[Course]) -> Course:
    """Return what any of the courses allows; nothing where there are none."""
    kept = list(set(courses))
    if len(kept) <= 1:
        return kept[0] if kept else ((0, NONE),)
    edges = sorted({edge for course in kept for edge, _ports in course})
    return merged((edge, union(*(at(course, edge) for course in kept))) for edge in edges)


def merged(course: Iterable[tuple[int, Ports]]) -> Course:
    """Return a course without the edges at which nothing changes."""
    found: list[tuple[int, Ports]] = []
    for edge, ports in course:
        if not found or found[-1][1] != ports:
            found.append((edge, ports))
    return tuple(found)


def at(course: Course, address: int) -> Ports:
    """Return what a course allows at an address."""
    return course[bisect_right(course, address, key=_edge) - 1][1]


def _edge(piece: tuple[int, Ports]) -> int:
    return piece[0]


def cut(courses: Iterable[Course], family: Family) -> list[tuple[int, int]]:
    """Return the inclusive ranges, in order, that at least one of the courses tells apart."""
    edges = sorted({edge for course in courses for edge, _ports in course} | {0})
    return [(first, after - 1) for first, after in pairwise([*edges, 1 << WIDTHS[family]])]


def range_text(first: int, last: int, family: Family) -> str:
    """Return `a.b.c.d-e.f.g.h`, IPv6 likewise."""
    make = ipaddress.IPv4Address if family == "IPv4" else ipaddress.IPv6Address
    return f"{make(first)}-{make(last)}"


def pieces(course: Course, starts: Iterable[tuple[int, str]]) -> Iterator[tuple[str, Ports]]:
    """Yield the ranges, each a start with its text, on which a course allows something.

    The ranges are in order, and `cut` made them of this course among others.
    """
    position = 0
    for start, text in starts:
        while position + 1 < len(course) and course[position + 1][0] <= start:
            position += 1
        if course[position][1]:
            yield text, course[position][1]
