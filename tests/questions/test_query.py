"""The query language on the server, by the same table as in the browser."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.machinery.manifest import mappings_at, text_at
from cluster.questions.query.drawn import GraphWorld, found_in, only_rows, without
from cluster.questions.query.grammar import All, Query, Term, parse_query, suggest
from cluster.questions.query.matching import matching

FIXTURES = Path(__file__).parent.parent / "js" / "fixtures"
CASES: dict[str, list[dict[str, Any]]] = json.loads((FIXTURES / "queries.json").read_text())
TYPES = {"Word": "word", "Term": "field", "Reach": "reach", "Near": "near", "Denied": "denied",
         "And": "and", "Or": "or", "Not": "not", "All": "all"}  # fmt: skip


def as_json(query: Query) -> dict[str, object]:
    """Return a query as the table writes it."""
    found: dict[str, object] = {"type": TYPES[type(query).__name__]}
    for field in fields(query):
        value = getattr(query, field.name)
        if is_dataclass(value):
            found[field.name] = as_json(value)  # type: ignore[arg-type]
        elif isinstance(value, tuple):
            found[field.name] = [as_json(part) for part in value]
        else:
            found[field.name] = value
    return found


def graph(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text())
    return found


def case_id(case: dict[str, Any]) -> str:
    return f"{case['name']}: {case['query']}"


@pytest.mark.parametrize("case", CASES["valid"], ids=case_id)
def test_a_query_is_parsed(case: dict[str, Any]) -> None:
    found = parse_query(case["query"])

    assert as_json(found.query) == case["parsed"]
    assert found.errors == ()


@pytest.mark.parametrize("case", CASES["invalid"], ids=case_id)
def test_a_fault_is_named_with_its_place_and_a_suggestion(case: dict[str, Any]) -> None:
    found = [
        {"message": e.message, "start": e.start, "end": e.end, "suggestion": e.suggestion}
        for e in parse_query(case["query"]).errors
    ]

    assert found == case["errors"]


@pytest.mark.parametrize("case", CASES["matches"], ids=case_id)
def test_a_query_means_these_cards(case: dict[str, Any]) -> None:
    assert sorted(found_in(graph(case["graph"]), case["query"])) == case["ids"]


def test_a_blank_query_means_everything() -> None:
    assert parse_query("  ").query == All()


def test_half_a_query_is_read_as_far_as_it_goes() -> None:
    found = parse_query("ns:shop (")

    assert found.errors
    assert matching(Term("ns", ":", "shop"), GraphWorld(graph("map-l1")))


def test_hiding_takes_cards_with_their_lines_and_rows() -> None:
    whole = graph("endpoints")

    left = without(whole, "kind:no")

    ids = {text_at(node, "id") or "" for node in mappings_at(left, "nodes")}
    assert ids
    assert not any(name.startswith("Node/") for name in ids)
    assert {text_at(edge, "to") for edge in mappings_at(left, "edges")} <= ids


def test_hiding_nothing_leaves_the_drawing_as_it_is() -> None:
    whole = graph("endpoints")

    assert without(whole, "name:nobody") is whole


def test_the_table_of_a_search_has_the_rows_of_what_was_found() -> None:
    whole = graph("endpoints")
    found = found_in(whole, "hk4vd")

    rows = mappings_at(only_rows(whole, found), "table", "rows")

    assert 0 < len(rows) < len(mappings_at(whole, "table", "rows"))


@pytest.mark.parametrize(
    ("word", "answer"), [("knd", "kind"), ("stat", "status"), ("quux", None), ("nam", "name")]
)
def test_a_mistyped_term_is_answered_with_the_nearest(word: str, answer: str | None) -> None:
    assert suggest(word, ("kind", "ns", "name", "status", "zone")) == answer


@given(st.text(alphabet='ab:-()~!=<>"* ANDORfromtk1/,.', max_size=40))
def test_no_text_breaks_the_parser(text: str) -> None:
    found = parse_query(text)

    for fault in found.errors:
        assert 0 <= fault.start < fault.end <= len(text) + 1
    found_in(graph("map-l0"), text)
