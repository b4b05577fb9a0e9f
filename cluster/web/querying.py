"""The query of an address on a page: what it means, what is wrong with it, what it left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cluster.questions.query.grammar import (
    LONGEST,
    Parsed,
    QueryFault,
    parse_query,
    top_terms,
)
from cluster.runtime.wording import said
from cluster.web.viewquery import changed


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the text before, the token, the text after, and what to do."""

    before: str
    token: str
    after: str
    message: str
    suggestion: str
    fixed: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as it stands in an address."""

    text: str
    parsed: Parsed

    @property
    def is_blank(self) -> bool:
        """Whether nothing is asked for."""
        return not self.text.strip()

    @property
    def faults(self) -> list[Fault]:
        """What is wrong, each with its token to underline."""
        return [_fault(self.text, error) for error in self.parsed.errors]


def asked(given: Mapping[str, str], name: str = "q") -> Asked:
    """Return the query of an address; what is longer than anybody types is cut."""
    text = given.get(name, "")[:LONGEST]
    return Asked(text, parse_query(text))


def _fault(text: str, error: QueryFault) -> Fault:
    suggestion = error.suggestion or ""
    return Fault(
        before=text[: error.start],
        token=text[error.start : error.end] or " ",
        after=text[error.end :],
        message=said(error.message),
        suggestion=suggestion,
        fixed=f"{text[: error.start]}{suggestion}{text[error.end :]}" if suggestion else "",
    )


def dropped(text: str) -> list[tuple[str, str]]:
    """Return the top-level terms of a query, each with the query that is left without it."""
    terms = top_terms(text)
    if len(terms) < 2:  # noqa: PLR2004 - one term is dropped by clearing
        return []
    return [(term, " ".join(terms[:i] + terms[i + 1 :])) for i, term in enumerate(terms)]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A term that may go where nothing is left: how many there are without it, and where.

    `more`: there are at least so many.
    """

    term: str
    href: str
    count: int
    more: bool = False


def droppable(
    given: Mapping[str, str],
    names: Sequence[str],
    count: Callable[[Mapping[str, str]], int],
    most: int = 0,
) -> list[Dropped]:
    """Return the terms of an address's query, and its filters `names`, that may be dropped.

    `count` says how many there are for other parameters; those it leaves empty are listed too:
    what does not help alone is told as well. At `most` counting has stopped.
    """
    wanted = [(term, {"q": rest}) for term, rest in dropped(given.get("q", ""))]
    filters = [name for name in names if given.get(name)]
    if filters and not wanted and given.get("q", "").strip():
        wanted = [(given["q"].strip(), {"q": ""})]
    wanted += [(f"{name}:{given[name]}", {name: ""}) for name in filters]
    if len(wanted) < 2:  # noqa: PLR2004 - one term is dropped by clearing
        return []
    found = []
    for term, change in wanted[:MOST_TERMS]:
        number = count({**given, **change})
        href = changed(given, **{**change, "page": "", "before": ""})
        found.append(Dropped(term, href, number, more=0 < most <= number))
    return found


def described(values: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the values that the box completes, bounded."""
    return {field: list(dict.fromkeys(found))[:MOST_VALUES] for field, found in values.items()}


MOST_VALUES = 200
MOST_TERMS = 8  # of a query that finds nothing: counting without each of them takes time
