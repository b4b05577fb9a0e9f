"""Where the relations of many objects lead."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cluster.machinery.meta import Key
from cluster.machinery.settings import EMPTY, parse_settings
from cluster.questions.neighbours import neighbours
from cluster.questions.relations import Direction, relations
from cluster.questions.seeded import Seeded
from cluster.questions.seeding import seed

DEMO = Path(__file__).parents[2] / "demo"
SIDES: tuple[tuple[Direction, ...], ...] = (("in",), ("out",), ("in", "out"))


@cache
def demo() -> Seeded:
    texts = [path.read_text() for path in sorted(DEMO.glob("*.yaml"))]
    objects = [item for text in texts for item in yaml.safe_load_all(text) if item]
    return seed(objects, parse_settings(EMPTY))


def one_by_one(keys: list[Key], directions: tuple[Direction, ...]) -> set[str]:
    return {
        relation.key.node_id
        for key in keys
        for relation in relations(demo().snapshot, key).listed
        if relation.direction in directions
    }


def keys() -> list[Key]:
    return sorted(demo().snapshot.all_keys())


@given(st.sets(st.integers(0, 500), max_size=80), st.sampled_from(SIDES))
def test_a_set_leads_where_the_relations_of_its_members_lead(
    places: set[int], directions: tuple[Direction, ...]
) -> None:
    known = keys()
    asked = [known[place % len(known)] for place in places]

    found = neighbours(demo().snapshot, [key.node_id for key in asked], directions)

    assert found == one_by_one(asked, directions)


@pytest.mark.parametrize("directions", SIDES)
@pytest.mark.parametrize("kind", ["Pod", "Service", "EndpointSlice", "Ingress", "Node", ""])
def test_all_of_a_kind_lead_where_each_of_them_leads(
    kind: str, directions: tuple[Direction, ...]
) -> None:
    asked = [key for key in keys() if not kind or key.kind == kind]

    found = neighbours(demo().snapshot, [key.node_id for key in asked], directions)

    assert asked
    assert found == one_by_one(asked, directions)


def test_an_object_that_is_gone_leads_nowhere() -> None:
    assert neighbours(demo().snapshot, ["Pod/shop/nobody"], ("in", "out")) == set()
