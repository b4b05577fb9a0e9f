"""Finding objects by what a reader types: `kind:svc ns:shop web`, an address, a label.

Only terms that every object can answer: kind, ns, name, label, ip; the graph's own query language
(with graph terms) belongs to the drawing. Words without a field match names.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import canonical, parse_address
from cluster.machinery.kind import Object
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot

FIELDS = frozenset({"kind", "ns", "name", "label", "ip"})


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
    found = [
        (_rank(key, wanted), len(key.name), order[key.kind], key.namespace, key.name, key)
        for key in _candidates(snapshot, wanted, sees)
    ]
    found.sort()
    return [entry[-1] for entry in found[:limit]], len(found)


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
    for kind in snapshot.kinds:
        if (wanted.kinds and kind.kind not in wanted.kinds) or not sees(kind.kind):
            continue
        for item in snapshot.of(kind.type):
            if _fits(item, wanted):
                yield kind.key(item.meta.namespace, item.meta.name)


def _fits(item: Object, wanted: Wanted) -> bool:
    meta = item.meta
    if wanted.namespaces and meta.namespace not in wanted.namespaces:
        return False
    if wanted.addresses and not set(wanted.addresses) <= set(_addresses(item)):
        return False
    for key, value in wanted.labels:
        if key not in meta.labels or value not in {None, meta.labels[key]}:
            return False
    return all(_matches(meta.name, name) for name in wanted.names)


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


def _rank(key: Key, wanted: Wanted) -> int:
    if key.name in wanted.names:
        return 0
    return 1 if any(key.name.startswith(name) for name in wanted.names) else 2
