"""Finding objects by what a reader types: `kind:svc ns:shop web`, an address, a label.

Only terms that every object can answer: kind, ns, name, label, ip; the graph's own query language
(with graph terms) belongs to the drawing. Words without a field match names.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import canonical, parse_address
from cluster.machinery.kind import Kind, Object
from cluster.machinery.meta import Key
from cluster.machinery.selectors import Requirement, Selector
from cluster.machinery.snapshot import Snapshot
from cluster.questions.names import NameIndex

FIELDS = frozenset({"kind", "ns", "name", "label", "ip"})
SPECIAL = frozenset("?[]")  # beside `*`, what fnmatch reads as more than itself


@dataclass(slots=True)
class Wanted:
    """What a query asks for; every term must hold."""

    kinds: set[str] = field(default_factory=set)
    namespaces: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    labels: list[tuple[str, str | None]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    is_impossible: bool = False


def find_objects(
    snapshot: Snapshot, text: str, *, limit: int, sees: Callable[[str], bool]
) -> tuple[list[Key], int]:
    """Return the first `limit` objects that a query finds, best first, and how many there are.

    An exact name comes before a name that begins so, and that before a name that contains it;
    then shorter names first (what people named before what controllers did), catalog order of
    kinds, namespace, name. Kinds that `sees` refuses are left out.
    """
    wanted = parse_words(text, snapshot)
    if wanted.is_impossible:
        return [], 0
    order = {kind.kind: position for position, kind in enumerate(snapshot.kinds)}
    found = list(_candidates(snapshot, wanted, sees))
    if len(found) > limit:
        found, total = _best(found, wanted, limit), len(found)
    else:
        total = len(found)
    found.sort(key=lambda k: (_rank(k.name, wanted), order[k.kind], k.namespace, k.name))
    return found[:limit], total


def _best(keys: list[Key], wanted: Wanted, limit: int) -> list[Key]:
    """Return the keys whose rank is among the first `limit`: few, whatever was typed."""
    ranks = [_rank(key.name, wanted) for key in keys]
    counted = Counter(ranks)
    seen = 0
    for rank in sorted(counted):
        seen += counted[rank]
        if seen >= limit:
            return [key for key, own in zip(keys, ranks, strict=True) if own <= rank]
    return keys


def parse_words(text: str, snapshot: Snapshot) -> Wanted:
    """Return what `text` asks for; unknown kinds make it impossible."""
    wanted = Wanted()
    for word in _split(text):
        name, colon, value = word.partition(":")
        if not colon or name not in FIELDS:
            _take_plain(wanted, word)
        elif name == "kind":
            kinds = {kind.kind for each in value.split(",") if (kind := snapshot.kinds.word(each))}
            wanted.kinds |= kinds
            wanted.is_impossible |= not kinds
        elif name == "ns":
            wanted.namespaces |= set(value.split(","))
        elif name == "label":
            key, equals, content = value.partition("=")
            wanted.labels.append((key, content if equals else None))
        elif name == "ip":
            wanted.addresses.append(canonical(value))
        else:
            wanted.names.append(value.lower())
    return wanted


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # a quote that is still open while someone types
        return text.replace('"', " ").replace("'", " ").split()


def _take_plain(wanted: Wanted, word: str) -> None:
    """Take a word without a field: an address, `ns/name`, or a part of a name."""
    if parse_address(word) is not None:
        wanted.addresses.append(canonical(word))
        return
    namespace, slash, name = word.rpartition("/")
    if slash and namespace:
        wanted.namespaces.add(namespace.rpartition("/")[2])
    wanted.names.append(name.lower())


def _candidates(snapshot: Snapshot, wanted: Wanted, sees: Callable[[str], bool]) -> Iterator[Key]:
    part = _literal(wanted.names)
    names = snapshot.beside(NameIndex)
    for kind in snapshot.kinds:
        if (wanted.kinds and kind.kind not in wanted.kinds) or not sees(kind.kind):
            continue
        if wanted.labels and kind.has_label_index:
            for item in snapshot.each_selected(kind.type, _selector(wanted), None):
                if _fits(item, wanted):
                    yield kind.key(item.meta.namespace, item.meta.name)
            continue
        for namespace in _namespaces(snapshot, kind, wanted):
            within = snapshot.within(kind.type, namespace)
            plain = not (wanted.labels or wanted.addresses)
            for name in names.containing(kind, namespace, part) if part else within:
                if _named(name, wanted) and (plain or _fits(within[name], wanted)):
                    yield kind.key(namespace, name)


def _namespaces(snapshot: Snapshot, kind: Kind, wanted: Wanted) -> Iterable[str]:
    held = snapshot.namespaces_of(kind.type)
    return sorted(wanted.namespaces & set(held)) if wanted.namespaces else held


def _literal(patterns: list[str]) -> str:
    """Return a text that every name looked for contains; "" for none."""
    parts = [
        part
        for pattern in patterns
        if not SPECIAL & set(pattern) or "*" not in pattern
        for part in (pattern.split("*") if "*" in pattern else [pattern])
    ]
    return max(parts, key=len, default="")


def _selector(wanted: Wanted) -> Selector:
    """Return the label terms as a selector."""
    return Selector(
        tuple(
            Requirement(key, "Exists") if value is None else Requirement(key, "In", (value,))
            for key, value in wanted.labels
        )
    )


def _fits(item: Object, wanted: Wanted) -> bool:
    meta = item.meta
    if wanted.namespaces and meta.namespace not in wanted.namespaces:
        return False
    if wanted.addresses and not set(wanted.addresses) <= set(_addresses(item)):
        return False
    for key, value in wanted.labels:
        if key not in meta.labels or value not in {None, meta.labels[key]}:
            return False
    return _named(meta.name, wanted)


def _named(name: str, wanted: Wanted) -> bool:
    return all(_matches(name, pattern) for pattern in wanted.names)


def _matches(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern) if "*" in pattern else pattern in name


def _addresses(item: Object) -> tuple[str, ...]:
    match item:
        case Pod():
            return item.ips
        case Service():
            return (*item.cluster_ips, *item.external_ips)
        case Node():
            return (*item.internal_ips, *item.external_ips)
        case _:
            return ()


def _rank(name: str, wanted: Wanted) -> tuple[int, int]:
    """Return how far behind a name stands: how well it fits, then how long it is."""
    if name in wanted.names:
        return 0, len(name)
    return 1 if any(name.startswith(part) for part in wanted.names) else 2, len(name)
