"""Finding objects by what a reader types: the query language, asked of a whole cluster.

Best first: an exact name comes before a name that begins so, that before a name that contains it,
and that before what matches otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts
from cluster.questions.query.grammar import And, Or, Query, Term, Word, parse_query
from cluster.questions.query.matching import compile_query
from cluster.questions.query.narrowing import candidates
from cluster.questions.query.objects import ClusterWorld

Rank = tuple[int, int]


def find_objects(
    snapshot: Snapshot, facts: Facts, text: str, *, limit: int, sees: Callable[[str], bool]
) -> tuple[list[Key], int]:
    """Return the first `limit` objects that a query finds, best first, and how many there are.

    Among equals shorter names come first (what people named before what controllers did), then
    the catalog's order of kinds, namespace, name. Kinds that `sees` refuses are left out.
    """
    found = all_found(snapshot, facts, text, sees=sees)
    return best(found, text, snapshot, limit=limit), len(found)


def all_found(
    snapshot: Snapshot, facts: Facts, text: str, *, sees: Callable[[str], bool]
) -> list[Key]:
    """Return every object that a query finds, in no order; nothing for a blank one."""
    if not text.strip():
        return []
    query = parse_query(text).query
    world = ClusterWorld(snapshot, facts, sees)
    test = compile_query(query, world)
    return [key for key in candidates(query, snapshot, facts, sees) if test(world.thing(key))]


def best(keys: list[Key], text: str, snapshot: Snapshot, *, limit: int) -> list[Key]:
    """Return the first `limit` of what `text` found, best first."""
    names = [name.lower() for name in _names(parse_query(text).query)]
    order = {kind.kind: position for position, kind in enumerate(snapshot.kinds)}
    ranks = [_rank(key.name, names) for key in keys]
    few = _few(keys, ranks, limit)
    few.sort(key=lambda k: (_rank(k.name, names), order[k.kind], k.namespace, k.name))
    return few[:limit]


def _few(keys: list[Key], ranks: list[Rank], limit: int) -> list[Key]:
    """Return the keys whose rank is among the first `limit`: few, whatever was typed."""
    counted = Counter(ranks)
    seen = 0
    for rank in sorted(counted):
        seen += counted[rank]
        if seen >= limit:
            return [key for key, own in zip(keys, ranks, strict=True) if own <= rank]
    return list(keys)


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


def _rank(name: str, wanted: list[str]) -> Rank:
    """Return how far behind a name stands: how well it fits, then how long it is."""
    if name in wanted:
        return 0, len(name)
    if any(name.startswith(each) for each in wanted):
        return 1, len(name)
    return (2 if any(each in name for each in wanted) else 3), len(name)
