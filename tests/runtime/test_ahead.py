"""Clusters are loaded ahead, the smallest first, up to a number of objects."""

from __future__ import annotations

import pytest

from cluster import store
from cluster.runtime import replica
from cluster.runtime.ahead import load_ahead
from cluster.runtime.replica import Replicas
from tests.runtime.workload import service


@pytest.fixture
def two(shop: str) -> str:
    """Return a second cluster, with one object more than the first."""
    store.make_cluster(name="bigger", actor="tests")
    store.create(cluster="bigger", document=service("default", "web", 1), actor="tests")
    return "bigger"


def size(cluster: str) -> int:
    return sum(store.count(store.find_cluster(cluster)).values())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("many", [0, 20_000])
def test_small_clusters_are_loaded_and_big_ones_wait(
    shop: str, two: str, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "MANY_OBJECTS", many)  # with 0 each is loaded apart
    replicas = Replicas()

    load_ahead(replicas, size(shop) + size(two) - 1).join(20)
    small, big = sorted((shop, two), key=size)
    assert replicas[small].is_loaded
    assert not replicas[big].is_loaded

    load_ahead(replicas, size(shop) + size(two)).join(20)
    assert replicas[big].is_loaded
