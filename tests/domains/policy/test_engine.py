"""The engine agrees with the plain reading of the API on random clusters and histories."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cluster.domains.policy.conventions import Conventions
from tests.domains.policy import clusters
from tests.domains.policy.engine import Triple

Raws = list[clusters.Raw]

switches = st.builds(
    Conventions,
    assume_pods_have_ip=st.booleans(),
    host_network_is_normal=st.booleans(),
    node_traffic_is_normal=st.booleans(),
    include_finished_pods=st.booleans(),
    ipblock_matches_pods=st.booleans(),
)


@given(clusters.clusters())
def test_all_verdicts_are_those_of_the_plain_reading(objects: Raws) -> None:
    triple = Triple(objects)

    assert list(triple.disagreements(triple.everyone(clusters.OUTSIDE))) == []


@given(clusters.clusters(), switches)
def test_every_switch_means_the_same_to_all(objects: Raws, conventions: Conventions) -> None:
    triple = Triple(objects, conventions)

    assert list(triple.disagreements(triple.everyone(clusters.OUTSIDE[:2]))) == []
