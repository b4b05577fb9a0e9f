"""Which things a query means: objects, cards of a drawing, findings, changes.

A thing has a kind, a namespace, a name and values by field; a world says what is one line away.
What is compared is text that others have worked out; nothing is derived here.
`static/js/state/match.js` says the same of the cards in a page: change both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, Protocol, TypeAlias

from cluster.machinery.addresses import parse_address, parse_network, plain_ipv4
from cluster.questions.query.grammar import (
    All,
    And,
    Denied,
    Near,
    Not,
    Or,
    Query,
    Reach,
    Term,
    Word,
)

SHORT_KINDS: Mapping[str, str] = MappingProxyType({
    "svc": "service", "po": "pod", "eps": "endpointslice", "slice": "endpointslice",
    "ep": "endpoints", "ing": "ingress", "netpol": "networkpolicy", "no": "node",
    "ns": "namespace", "deploy": "deployment", "sts": "statefulset", "ds": "daemonset",
    "rs": "replicaset", "rc": "replicationcontroller", "cj": "cronjob", "cm": "configmap",
    "sa": "serviceaccount",
})  # fmt: skip
"""Short names of kinds, as kubectl accepts them."""

WORD_FIELDS = ("name", "ip", "finding")
"""The fields whose values a word without a field is looked for in."""

Direction: TypeAlias = Literal["from", "to", "both"]

_LEADING_NUMBER = re.compile(r"\s*[-+]?\d+(\.\d+)?", re.ASCII)


class Thing(Protocol):
    """What a query is asked of."""

    @property
    def id(self) -> str:
        """Its identity, `Kind/ns/name` for objects."""

    @property
    def kind(self) -> str:
        """Its kind."""

    @property
    def namespace(self) -> str:
        """Its namespace, "" for none."""

    @property
    def name(self) -> str:
        """Its name."""

    def values(self, field: str) -> Sequence[str]:
        """Return its values of a field; kind, ns and name besides what they are anyway."""

    def texts(self) -> Sequence[str]:
        """Return what words are looked for in, besides kind, namespace, name and WORD_FIELDS."""


class World(Protocol):
    """Where the things stand, for the terms that follow lines."""

    def things(self) -> Iterable[Thing]:
        """Return all of them."""

    def meant(self, query: Query) -> set[str]:
        """Return the ids of the things that a query means: `matching`, or faster."""

    def beside(self, ids: set[str], way: Direction) -> set[str]:
        """Return what is one line away from any of `ids`: along lines (`from`), against them."""

    def denied(self, policy: str) -> set[str]:
        """Return the ends of what the policies with that name stop."""


Test: TypeAlias = Callable[[Thing], bool]


def compile_query(query: Query, world: World) -> Test:
    """Return the test of one thing; terms that follow lines look at the world now."""
    match query:
        case All():
            return lambda _thing: True
        case And(of):
            parts = [compile_query(part, world) for part in of]
            return lambda thing: all(part(thing) for part in parts)
        case Or(of):
            parts = [compile_query(part, world) for part in of]
            return lambda thing: any(part(thing) for part in parts)
        case Not(inner):
            out = compile_query(inner, world)
            return lambda thing: not out(thing)
        case Word(value):
            return lambda thing: matches_word(value, thing)
        case Term(field):
            test, unwanted = value_test(query)
            return lambda thing: any(map(test, _values(thing, field))) != unwanted
        case _:
            found = follow(query, world)
            return lambda thing: thing.id in found


def matching(query: Query, world: World) -> set[str]:
    """Return the ids of the things of a world that a query means."""
    test = compile_query(query, world)
    return {thing.id for thing in world.things() if test(thing)}


def follow(query: Reach | Near | Denied, world: World) -> set[str]:
    """Return the ids of what a term that follows lines means in a world."""
    match query:
        case Reach(way, inner):
            seeds = world.meant(inner)
            return seeds | world.beside(seeds, way)
        case Denied(value):
            return world.denied(value)
        case Near(value, depth):
            found = {thing.id for thing in world.things() if is_called(value, thing)}
            front = found
            for _step in range(depth):
                front = world.beside(front, "both") - found
                if not front:
                    break
                found = found | front
            return found


def is_called(value: str, thing: Thing) -> bool:
    """Whether a thing is meant by a name, a `namespace/name` or an id."""
    return (
        thing.id == value
        or fits(value, thing.name)
        or fits(value, f"{thing.namespace}/{thing.name}")
    )


def fits(pattern: str, value: str) -> bool:
    """Whether a value fits a pattern in which `*` stands for anything; case does not matter."""
    wanted, given = pattern.lower(), value.lower()
    if "*" not in wanted:
        return wanted == given
    first, *middle, last = wanted.split("*")
    if not given.startswith(first) or not given.endswith(last):
        return False
    if len(given) < len(first) + len(last):
        return False
    at, end = len(first), len(given) - len(last)
    for part in middle:
        found = given.find(part, at)
        if found < 0 or found + len(part) > end:
            return False
        at = found + len(part)
    return True


def plural(kind: str) -> str:
    """Return the plural of a kind, lower case, as its API names it."""
    word = kind.lower()
    if word == "endpoints":
        return word
    if word.endswith("s"):
        return f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def fits_kind(wanted: str, kind: str) -> bool:
    """Whether a kind is meant by its name, its plural or kubectl's short name."""
    name = SHORT_KINDS.get(wanted.lower(), wanted)
    return fits(name, kind) or fits(name, plural(kind))


def matches_values(term: Term, values: Iterable[str]) -> bool:
    """Whether values of a term's field are what the term asks for."""
    test, unwanted = value_test(term)
    return any(test(value) for value in values) != unwanted


def value_test(term: Term) -> tuple[Callable[[str], bool], bool]:
    """Return the test of one value of a term's field, and whether no value may pass it.

    A thing has what the term asks for where any of its values passes or, in the second case, none.
    """
    op, wanted = term.op, term.value
    if op in {">", "<"}:
        return _compared(op, _number(wanted)), False
    if op == "~":
        part = wanted.lower()
        return lambda value: part in value.lower(), False
    if term.field == "label" and "!=" in wanted:
        key, _sign, unwanted = wanted.partition("!=")
        if key:
            pair = f"{key}={unwanted}"
            return lambda value: fits(pair, value), True
    tests = [_fitting(term, alternative) for alternative in wanted.split(",")]
    if len(tests) == 1:
        return tests[0], op == "!="
    return lambda value: any(test(value) for test in tests), op == "!="


def _compared(op: str, bound: float | None) -> Callable[[str], bool]:
    def test(value: str) -> bool:
        number = _number(value)
        if number is None or bound is None:
            return False
        return number > bound if op == ">" else number < bound

    return test


def _fitting(term: Term, wanted: str) -> Callable[[str], bool]:
    match term.field:
        case "kind":
            return lambda value: fits_kind(wanted, value)
        case "ip":
            return _address_test(wanted)
        case "label" if "=" not in wanted:
            return lambda value: fits(wanted, value.partition("=")[0])
        case "status" if term.op == ":":
            return lambda value: fits(wanted, value) or fits(wanted, value.replace(" ", ""))
        case _:
            return lambda value: fits(wanted, value)


def _address_test(wanted: str) -> Callable[[str], bool]:
    """Return the test whether an address is in a block, or is the same in another spelling."""
    network, other = parse_network(wanted), parse_address(wanted)

    def test(value: str) -> bool:
        address = parse_address(value)
        if address is None:
            return fits(wanted, value)
        if network is not None:
            return address.version == network.version and address in network
        return other == address if other is not None else fits(wanted, value)

    if network is None or network.version != 4:  # noqa: PLR2004
        return test
    mask, base = int(network.netmask), int(network.network_address)

    def plain(value: str) -> bool:
        number = plain_ipv4(value)  # a search asks hundreds of thousands
        return test(value) if number is None else number & mask == base

    return plain


def matches_word(word: str, thing: Thing) -> bool:
    """Whether a word is found in a thing."""
    typed = word.lower()
    names = (thing.name, thing.namespace, thing.kind, f"{thing.namespace}/{thing.name}")
    if "*" in typed:
        return any(fits(word, text) for text in names) or any(
            fits(word, text) for text in _further(thing)
        )
    if any(typed in text.lower() for text in names):
        return True
    return any(typed in text.lower() for text in _further(thing))


def _further(thing: Thing) -> Iterable[str]:
    yield from thing.texts()
    for field in WORD_FIELDS:
        yield from thing.values(field)


def _values(thing: Thing, field: str) -> Sequence[str]:
    found = thing.values(field)
    match field:
        case "kind":
            return (thing.kind, *found)
        case "ns":
            return (thing.name if thing.kind == "Namespace" else thing.namespace, *found)
        case "name":
            return (thing.name, *found)
        case _:
            return found


def _number(text: str) -> float | None:
    found = _LEADING_NUMBER.match(text)
    return float(found[0]) if found else None
