"""A copied Snapshot is equal to its original, and neither sees what becomes of the other."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cluster.catalog import KINDS
from cluster.domains.policy.policy import NetworkPolicy
from cluster.domains.workload.pod import Pod
from cluster.machinery.selectors import Requirement, Selector
from cluster.machinery.settings import parse_settings
from cluster.machinery.snapshot import Snapshot
from tests.domains.policy import clusters


def filled(objects: list[clusters.Raw]) -> Snapshot:
    snapshot = Snapshot(KINDS, parse_settings({}))
    for item in objects:
        snapshot.put(KINDS[item["kind"]].parse(item))
    return snapshot


def told(snapshot: Snapshot) -> dict[str, Any]:
    """Everything that the reading methods answer, without the order they leave open."""
    pods = snapshot.sorted(Pod)
    selectors = [
        Selector((Requirement(key, "In", (value,)),))
        for key in clusters.KEYS
        for value in clusters.VALUES
    ]
    return {
        "keys": sorted(snapshot.all_keys()),
        "counts": [snapshot.count(kind.type) for kind in KINDS],
        "indexes": {
            (kind.kind, name, repr(value)): sorted(
                item.meta.name for item in snapshot.lookup(kind.type, name, value)
            )
            for kind in KINDS
            for name in kind.indexes
            for value in snapshot.indexed(kind.type, name)
        },
        "selected": [snapshot.selected(Pod, selector, None) for selector in selectors],
        "selecting": [
            snapshot.selecting(NetworkPolicy, pod.meta.namespace, pod.meta.labels) for pod in pods
        ],
        "owned": [snapshot.dependents(pod.meta.uid) for pod in pods],
    }


@settings(max_examples=20)
@given(clusters.clusters(), clusters.clusters(), st.randoms(use_true_random=False))
def test_copies_go_their_own_ways(
    objects: list[clusters.Raw], more: list[clusters.Raw], chance: Random
) -> None:
    original = filled(objects)
    before = told(original)
    copied = original.copied()
    assert told(copied) == before

    changed, still = chance.choice([(original, copied), (copied, original)])
    for key in chance.sample(sorted(changed.all_keys()), 3):
        changed.remove(key)
    for item in more:
        changed.put(KINDS[item["kind"]].parse(item))

    assert told(still) == before
    kept = [changed.find(key) for key in changed.all_keys()]
    anew = Snapshot(KINDS, parse_settings({}))
    for found in kept:
        assert found is not None
        anew.put(found)
    assert told(changed) == told(anew)
