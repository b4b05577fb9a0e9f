"""Finding objects by what a reader types: the query language, asked of a whole cluster.

Best first: an exact name comes before a name that begins so, that before a name that contains it,
and that before what matches otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts
from cluster.questions.query.grammar import And, Or, Query, Term, Word, parse_query
from cluster.questions.query.matching import compile_query
from cluster.questions.query.objects import ClusterWorld

Ranked = tuple[int, int, int, str, str, Key]


def find_objects(
    snapshot: Snapshot, facts: Facts, text: str, *, limit: int, sees: Callable[[str], bool]
) -> tuple[list[Key], int]:
    """Return the first `limit` objects that a query finds, best first, and how many there are.

    Among equals shorter names come first (what people named before what controllers did), then
    the catalog's order of kinds, namespace, name. Kinds that `sees` refuses are left out.
    """
    found = all_found(snapshot, facts, text, sees=sees)
    return found[:limit], len(found)


def all_found(
    snapshot: Snapshot, facts: Facts, text: str, *, sees: Callable[[str], bool]
) -> list[Key]:
    """Return every object that a query finds, best first; nothing for a blank one."""
    if not text.strip():
        return []
    query = parse_query(text).query
    world = ClusterWorld(snapshot, facts, sees)
    test = compile_query(query, world)
    names = [name.lower() for name in _names(query)]
    order = {kind.kind: position for position, kind in enumerate(snapshot.kinds)}
    found: list[Ranked] = [
        (_rank(thing.key.name, names), len(thing.key.name), order[thing.key.kind],
         thing.key.namespace, thing.key.name, thing.key)
        for thing in world.things()
        if test(thing)
    ]  # fmt: skip
    found.sort()
    return [entry[-1] for entry in found]


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
    if name in wanted:
        return 0
    if any(name.startswith(each) for each in wanted):
        return 1
    return 2 if any(each in name for each in wanted) else 3
