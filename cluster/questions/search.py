"""Finding objects by what a reader types: the query language, asked of a whole cluster.

Best first: an exact name comes before a name that begins so, that before a name that contains it,
and that before what matches otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cluster.machinery.kind import Kind
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts
from cluster.questions.query.grammar import And, Or, Query, Term, Word, parse_query
from cluster.questions.query.indexed import Names, meant
from cluster.questions.query.objects import ClusterWorld

LONGEST_NAME = 1000  # a name has at most 253 characters
_EXACT, _BEGINS, _CONTAINS, _OTHERWISE = (LONGEST_NAME * fit for fit in range(4))


@dataclass(frozen=True, slots=True)
class Found:
    """What a query means: names by kind and namespace, each object once, in no order."""

    query: Query
    places: Sequence[tuple[Kind, str, Names]]

    def __len__(self) -> int:
        """Return how many objects there are."""
        return sum(len(names) for _kind, _namespace, names in self.places)

    def keys(self) -> list[Key]:
        """Return all of them."""
        return [
            kind.key(namespace, name) for kind, namespace, names in self.places for name in names
        ]

    def best(self, limit: int) -> list[Key]:
        """Return the first `limit`, best first; keys are made of few, however many there are."""
        wanted = [name.lower() for name in _names(self.query)]
        positions: dict[str, int] = {}
        few: list[tuple[int, int, str, str, Kind]] = []
        worst: int | None = None
        for kind, namespace, names in self.places:
            position = positions.setdefault(kind.kind, len(positions))
            for name in names:
                rank = _rank(name, wanted) if wanted else len(name)
                if worst is None or rank <= worst:
                    few.append((rank, position, namespace, name, kind))
            if len(few) > 2 * limit:
                few.sort(key=lambda each: each[:4])
                del few[limit:]
                worst = few[-1][0]
        few.sort(key=lambda each: each[:4])
        return [kind.key(namespace, name) for _r, _p, namespace, name, kind in few[:limit]]


def find_objects(
    snapshot: Snapshot, facts: Facts, text: str, *, limit: int, sees: Callable[[str], bool]
) -> tuple[list[Key], int]:
    """Return the first `limit` objects that a query finds, best first, and how many there are.

    Among equals shorter names come first (what people named before what controllers did), then
    the catalog's order of kinds, namespace, name. Kinds that `sees` refuses are left out.
    """
    found = all_found(snapshot, facts, text, sees=sees)
    return found.best(limit), len(found)


def all_found(
    snapshot: Snapshot, facts: Facts, text: str, *, sees: Callable[[str], bool]
) -> Found:
    """Return every object that a query finds; nothing for a blank one."""
    query = parse_query(text).query
    if not text.strip():
        return Found(query, ())
    world = ClusterWorld(snapshot, facts, sees)
    return Found(query, tuple(meant(query, snapshot, facts, sees, world)))


def _names(query: Query) -> Iterator[str]:
    """Yield what a query says of names."""
    match query:
        case Word(value):
            yield value.rpartition("/")[2]
        case Term("name", _, value):
            yield value
        case And(of) | Or(of):
            for part in of:
                yield from _names(part)


def _rank(name: str, wanted: list[str]) -> int:
    """Return how far behind a name stands: how well it fits, then how long it is."""
    if name in wanted:
        return _EXACT + len(name)
    if any(name.startswith(each) for each in wanted):
        return _BEGINS + len(name)
    contains = any(each in name for each in wanted)
    return (_CONTAINS if contains else _OTHERWISE) + len(name)
