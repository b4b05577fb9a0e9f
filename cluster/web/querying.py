"""The query of an address on a page: what it means, what is wrong with it, what it left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cluster.questions.query.grammar import LONGEST, Parsed, QueryFault, parse_query
from cluster.runtime.wording import said


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
    terms = _split(text)
    if len(terms) < 2:  # noqa: PLR2004 - one term is dropped by clearing
        return []
    return [(term, " ".join(terms[:i] + terms[i + 1 :])) for i, term in enumerate(terms)]


def _split(text: str) -> list[str]:
    """Split at the spaces outside quotes and brackets; AND is a space."""
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


def described(values: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the values that the box completes, bounded."""
    return {field: list(dict.fromkeys(found))[:MOST_VALUES] for field, found in values.items()}


MOST_VALUES = 200
