"""Label selectors as a query string writes them."""

from __future__ import annotations

import pytest

from cluster.machinery.selector_text import UnreadableSelector, parse_labels

LABELS = {"app": "web", "tier": "front", "a.b/c": ""}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("app=web", True),
        ("app==web,tier=front", True),
        ("app!=web", False),
        ("nope!=web", True),
        ("app in (web, api)", True),
        ("app in (api),tier", False),
        ("tier notin (back)", True),
        ("nope notin (back)", True),
        ("app", True),
        ("!app", False),
        ("! nope", True),
        ("a.b/c=", True),
        ("app=", False),
        (" app = web , !nope ", True),
        ("app in ()", False),
        ("a.b/c in ()", True),
    ],
)
def test_a_selector_selects_what_it_says(text: str, expected: bool) -> None:  # noqa: FBT001
    assert parse_labels(text).matches(LABELS) is expected


@pytest.mark.parametrize(
    "text",
    ["a b", "app=web tier", "=web", "app=(", "app in web", "app in (a", "a,,b", "-a=b", "a=-b-",
     "x>1", "app,", "!", "app=web=x", "/a", "(a)"],
)  # fmt: skip
def test_what_is_no_selector_is_refused(text: str) -> None:
    with pytest.raises(UnreadableSelector):
        parse_labels(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a bc", "found 'bc', expected: in, notin, =, ==, !=, gt, lt"),
        ("app=web tier", "found 'tier', expected: ',' or 'end of string'"),
    ],
)
def test_what_does_not_belong_is_named(text: str, words: str) -> None:
    with pytest.raises(UnreadableSelector, match=f"unable to parse requirement: {words}"):
        parse_labels(text)
