"""The query language: what a reader types, parsed. It knows nothing of objects.

    query  = or
    or     = and { "OR" and }
    and    = not { ["AND"] not }
    not    = "-" not | "(" or ")" | term
    term   = word | field op value | graph ":" term | "near:" value ["~" depth]
    field  = kind ns name label ip port node zone family type status finding policy
    graph  = from | to        ("from:ns:shop": what a line from there leads to)
    op     = ":" | "=" | "!=" | "~" (contains) | ">" | "<"
    value  = characters up to a space or bracket, or a quoted text; "*" stands for anything,
             commas part alternatives

Words are not case-sensitive. Errors carry the position of the token they are about and, where one
is near, a suggestion; with errors the query is still the best reading of the rest.
`static/js/state/query.js` says the same, error for error: change both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from cluster.machinery.addresses import parse_network
from cluster.machinery.texts import say

FIELDS = (
    "kind", "ns", "name", "label", "ip", "port", "node", "zone", "family", "type", "status",
    "finding", "policy",
)  # fmt: skip
GRAPH_TERMS = ("from", "to", "near", "denied-by")
ALL_TERMS = (*FIELDS, *GRAPH_TERMS)
MOST_DEPTH = 9  # beyond this any graph that fits on a screen is taken in
MOST_NESTED = 40  # brackets, minuses and graph terms inside one another
LONGEST = 500  # characters of a query that is read

Operator: TypeAlias = Literal[":", "=", "!=", "~", ">", "<"]
Way: TypeAlias = Literal["from", "to"]

_TERM = re.compile(r"([A-Za-z][A-Za-z-]*)(:?(?:!=|[=~<>])|:)")
_NUMBER = re.compile(r"\d+(\.\d+)?", re.ASCII)
_DEPTH = re.compile(r"(.*)~(\d*)", re.ASCII | re.DOTALL)
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class All:
    """Everything: a blank query."""


@dataclass(frozen=True, slots=True)
class And:
    """What all parts mean."""

    of: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What any part means."""

    of: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What the part does not mean."""

    of: Query


@dataclass(frozen=True, slots=True)
class Word:
    """A word without a field."""

    value: str


@dataclass(frozen=True, slots=True)
class Term:
    """A field, an operator and a value."""

    field: str
    op: Operator
    value: str


@dataclass(frozen=True, slots=True)
class Reach:
    """What lines from (or to) the things meant lead to, and these things."""

    way: Way
    of: Query


@dataclass(frozen=True, slots=True)
class Near:
    """What is at most `depth` lines away from the things called `value`."""

    value: str
    depth: int


@dataclass(frozen=True, slots=True)
class Denied:
    """Both ends of what the policy called `value` stops."""

    value: str


Query: TypeAlias = All | And | Or | Not | Word | Term | Reach | Near | Denied


@dataclass(frozen=True, slots=True)
class QueryFault:
    """What is wrong with the characters `start` to `end`; `suggestion` may stand there instead."""

    message: str
    start: int
    end: int
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query, and what could not be read of it."""

    query: Query
    errors: tuple[QueryFault, ...] = ()


def parse_query(text: str) -> Parsed:
    """Return what `text` asks for; raises nothing, whatever it is."""
    reader = _Reader(text)
    reader.space()
    if reader.is_done():
        return Parsed(All())
    query = reader.read_or()
    reader.space()
    while not reader.is_done():
        reader.fault(say("this bracket was not opened"), reader.at, reader.at + 1)
        reader.at += 1
        reader.space()
        if not reader.is_done():
            query = And((query, reader.read_or()))
        reader.space()
    return Parsed(query, tuple(reader.errors))


def top_terms(text: str) -> list[str]:
    """Return the terms of a query that hold together: one may be dropped, the others stay.

    They are split at the spaces outside quotes and brackets; AND is a space. None where terms are
    joined by OR.
    """
    found, depth, quoted, term = list[str](), 0, False, ""
    for mark in text:
        quoted ^= mark == '"'
        depth += 0 if quoted else {"(": 1, ")": -1}.get(mark, 0)
        if mark.isspace() and not quoted and depth <= 0:
            found.append(term)
            term = ""
        else:
            term += mark
    found.append(term)
    terms = [term for term in found if term and term != "AND"]
    return [] if "OR" in terms else terms


def suggest(word: str, words: Iterable[str]) -> str | None:
    """Return the word of `words` that is nearest to a mistyped one, None where none is near."""
    near: list[tuple[float, str]] = []
    for known in words:
        starts = known.startswith(word) and len(word) > 1
        far = 0.5 if starts else float(distance(word, known))
        if far <= max(1, len(known) // 3):
            near.append((far, known))
    return min(near)[1] if near else None


def distance(one: str, other: str) -> int:
    """Return how many single-character edits lead from one word to the other."""
    row = list(range(len(other) + 1))
    for i, mark in enumerate(one, 1):
        above = row
        row = [i]
        for j, against in enumerate(other, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (mark != against)))
    return row[-1]


def _is_no_block(value: str) -> bool:
    """Whether an address with a length after it is none."""
    return "/" in value and "*" not in value and parse_network(value) is None


class _Reader:
    """Reads a text from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.errors: list[QueryFault] = []

    def is_done(self) -> bool:
        return self.at >= len(self.text)

    def mark(self, ahead: int = 0) -> str:
        """Return the character `ahead` of here, "" past the end."""
        position = self.at + ahead
        return self.text[position] if position < len(self.text) else ""

    def fault(self, message: str, start: int, end: int, suggestion: str | None = None) -> None:
        self.errors.append(QueryFault(message, start, max(end, start + 1), suggestion))

    def space(self) -> None:
        while _SPACE.match(self.mark()):
            self.at += 1

    def is_word(self, word: str) -> bool:
        """Whether a keyword stands here, alone."""
        end = self.at + len(word)
        after = self.text[end : end + 1]
        return self.text[self.at : end] == word and (
            not after or after == "(" or bool(_SPACE.match(after))
        )

    def keyword(self, word: str) -> bool:
        """Take a keyword that stands alone."""
        self.space()
        if not self.is_word(word):
            return False
        self.at += len(word)
        return True

    def nested(self, read: Callable[[], Query]) -> Query:
        """Read a part inside another; nested too deep, the rest is left out."""
        if self.depth >= MOST_NESTED:
            self.fault(say("nested too deep"), self.at, len(self.text))
            self.at = len(self.text)
            return All()
        self.depth += 1
        query = read()
        self.depth -= 1
        return query

    def read_or(self) -> Query:
        of = [self.read_and()]
        while self.keyword("OR"):
            of.append(self.read_and())
        return of[0] if len(of) == 1 else Or(tuple(of))

    def read_and(self) -> Query:
        of: list[Query] = []
        while True:
            joined = self.keyword("AND")
            self.space()
            start = self.at
            if self.is_done() or self.mark() == ")" or self.is_word("OR"):
                if not of or joined:
                    self.fault(say("a term is missing here"), start, start + 1)
                break
            of.append(self.read_not())
        return of[0] if len(of) == 1 else And(tuple(of))

    def read_not(self) -> Query:
        self.space()
        after = self.mark(1)
        if self.mark() == "-" and after and not _SPACE.match(after):
            self.at += 1
            return Not(self.nested(self.read_not))
        if self.mark() == "(":
            start = self.at
            self.at += 1
            inner = self.nested(self.read_or)
            self.space()
            if self.mark() == ")":
                self.at += 1
            else:
                self.fault(say("this bracket is not closed"), start, start + 1, ")")
            return inner
        return self.read_term()

    def read_value(self) -> str:
        """Take characters up to a space or bracket, or a quoted text."""
        start = self.at
        if self.mark() != '"':
            while not self.is_done() and self.mark() not in "()" and not _SPACE.match(self.mark()):
                self.at += 1
            return self.text[start : self.at]
        end = self.text.find('"', start + 1)
        if end < 0:
            self.fault(say("this quotation is not closed"), start, len(self.text), '"')
            self.at = len(self.text)
            return self.text[start + 1 :]
        self.at = end + 1
        return self.text[start + 1 : end]

    def read_term(self) -> Query:
        start = self.at
        match = _TERM.match(self.text, start)
        if match is None:
            return Word(self.read_value())
        field = match[1].lower()
        op = cast("Operator", match[2].replace(":", "") or ":")
        if field not in ALL_TERMS:
            near = suggest(field, ALL_TERMS)
            self.fault(
                say('there is no term "{term}"', term=match[1]),
                start,
                start + len(match[1]),
                near,
            )
        self.at = match.end()
        if field in {"from", "to"}:
            return self._reach(cast("Way", field), start)
        begin = self.at
        value = self.read_value()
        if field == "near" and self.mark() == "~":
            value += self.read_value()
        if not value:
            self.fault(say('"{field}{op}" needs a value', field=field, op=op), start, self.at)
        if field == "near":
            return self._near(value, begin)
        if field == "denied-by":
            return Denied(value)
        if op in {">", "<"} and not _NUMBER.fullmatch(value):
            self.fault(say("a number is needed here"), begin, self.at)
        if field == "ip" and op != "~" and any(map(_is_no_block, value.split(","))):
            self.fault(say("this is no block of addresses"), begin, self.at)
        return Term(field, op, value)

    def _reach(self, way: Way, start: int) -> Query:
        if not self.mark() or _SPACE.match(self.mark()):
            self.fault(say('"{way}:" needs a value', way=way), start, self.at)
        read = self.read_not if self.mark() == "(" else self.read_term
        return Reach(way, self.nested(read))

    def _near(self, value: str, begin: int) -> Query:
        match = _DEPTH.fullmatch(value)
        if match is None:
            return Near(value, 1)
        digits = match[2] or "1"
        depth = int(digits) if len(digits) < 9 else 10**8  # noqa: PLR2004 - any large number
        if depth > MOST_DEPTH:
            self.fault(
                say("at most {n} steps", n=MOST_DEPTH),
                begin + len(match[1]) + 1,
                self.at,
                str(MOST_DEPTH),
            )
        return Near(match[1], depth)
