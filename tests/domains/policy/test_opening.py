"""What is open between sets of classes, against every pair of them asked one by one."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cluster.domains.policy import opening
from cluster.domains.policy.classes import PodClass
from cluster.domains.policy.opening import Opened, opened
from cluster.domains.policy.ports import ALL, NONE, intersection, union
from cluster.domains.policy.reach import open_ports
from tests.domains.policy import clusters
from tests.domains.policy.engine import Triple


def by_definition(sources: list[PodClass], destinations: list[PodClass]) -> Opened:
    some, every = NONE, ALL
    for one, other in product(sources, destinations):
        ports = open_ports(one, other)
        some, every = union(some, ports), intersection(every, ports)
    return Opened(some, every)


@pytest.mark.parametrize("few", [0, 3])
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(clusters.clusters(), st.randoms(use_true_random=False))
def test_sets_of_classes_say_what_their_pairs_say(
    monkeypatch: pytest.MonkeyPatch, few: int, objects: list[clusters.Raw], chance: object
) -> None:
    monkeypatch.setattr(opening, "FEW_PAIRS", few)
    classes = list(Triple(objects).index.classes.all.values())
    draw = chance.sample  # type: ignore[attr-defined]
    for _try in range(4):
        sources, destinations = (draw(classes, min(len(classes), size)) for size in (5, 4))
        assert opened(sources, destinations) == by_definition(sources, destinations)
    assert opened(classes, classes) == by_definition(classes, classes)
