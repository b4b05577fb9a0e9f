"""The nearest miss of a selector."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.machinery.nearest import nearest
from cluster.machinery.selectors import Requirement, Selector, parse_equalities

LABELS = st.dictionaries(
    st.sampled_from(["app", "tier", "name"]), st.sampled_from(["web", "web2", "db"])
)


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        pytest.param([{"app": "db"}, {"app": "web2"}], "app=web2", id="the-most-alike-value"),
        pytest.param(
            [{"name": "web"}, {"app": "db"}], "name=web", id="the-value-under-another-key"
        ),
        pytest.param([{"tier": "x"}], None, id="nothing-in-common"),
        pytest.param([{"app": "web"}], None, id="a-match-is-no-miss"),
        pytest.param([], None, id="nobody"),
    ],
)
def test_the_nearest_miss_of_one_label(
    candidates: list[dict[str, str]], expected: str | None
) -> None:
    miss = nearest(parse_equalities({"app": "web"}), candidates)

    assert (None if miss is None else str(miss)) == expected


def test_what_is_missing_is_named_beside_what_differs() -> None:
    selector = parse_equalities({"app": "web", "tier": "front", "team": "a"})

    assert str(nearest(selector, [{"app": "web", "tier": "frnt"}])) == "no label team, tier=frnt"


def test_an_unwanted_label_is_named() -> None:
    selector = Selector((Requirement("app", "In", ("web",)), Requirement("old", "DoesNotExist")))

    assert str(nearest(selector, [{"app": "web", "old": "yes"}])) == "old=yes"


@given(st.lists(LABELS), st.lists(LABELS))
def test_order_and_number_of_candidates_do_not_matter(
    some: list[dict[str, str]], more: list[dict[str, str]]
) -> None:
    selector = parse_equalities({"app": "web", "tier": "web"})

    assert nearest(selector, some + more) == nearest(selector, more + some + some)
