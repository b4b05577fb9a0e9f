"""Looking at a cluster as it once was."""

from __future__ import annotations

import random

import pytest

from cluster import store
from cluster.domains.service.service import Service
from cluster.machinery.errors import ApiError, Gone
from cluster.machinery.meta import Key
from cluster.runtime.past import Histories, History
from cluster.store import find_cluster
from tests.runtime.workload import service

SERVICE = Key("", "Service", "default", "web")


def told(history: History, revision: int) -> dict[str, object]:
    """Return everything there is to see at a revision."""
    with history.at(revision) as past:
        assert past.revision == past.snapshot.revision == revision
        objects = {key: past.snapshot.find(key) for key in past.snapshot.all_keys()}
        return {
            "objects": objects,
            "findings": past.facts.all(),
            "summaries": dict(past.facts.summaries),
            "time": past.time,
        }


def write_and_delete(shop: str, turns: int, seed: int) -> list[int]:
    """Write, change and delete some Services; returns the revisions that came about."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible history
    revisions = [find_cluster(shop).revision]
    for _turn in range(turns):
        name = chance.choice(("api", "db", "web"))
        try:
            if chance.random() < 0.3:
                key = SERVICE._replace(name=name)
                store.delete(cluster=shop, address=key, actor="tests")
            else:
                document = service("default", name, chance.randint(1, 3))
                store.apply(cluster=shop, document=document, actor="tests")
        except ApiError:
            continue
        revisions.append(find_cluster(shop).revision)
    return revisions


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_past_that_was_moved_equals_one_made_anew(shop: str, seed: int) -> None:
    revisions = write_and_delete(shop, 14, seed)
    order = revisions + revisions[::-1] + revisions[::3]
    random.Random(seed).shuffle(order)  # noqa: S311 - a reproducible order
    moved = History(shop)

    for revision in order:
        assert told(moved, revision) == told(History(shop), revision)


def test_the_past_is_not_made_anew_for_every_reader(
    shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    revisions = write_and_delete(shop, 6, 4)
    history = History(shop)
    told(history, revisions[0])
    monkeypatch.setattr("cluster.runtime.past.snapshot_at", None)  # reading it all would fail

    for revision in revisions[::-1]:
        told(history, revision)


def test_a_cluster_made_anew_has_another_past(shop: str) -> None:
    revision = store.create(
        cluster=shop, document=service("default", "web", 1), actor="tests"
    ).revision
    histories = Histories()
    with histories[shop].at(revision) as past:
        assert past.snapshot.get(Service, "default", "web") is not None

    store.delete_cluster(name=shop)
    store.make_cluster(name=shop, actor="tests")

    with histories[shop].at(1) as past:
        assert past.snapshot.get(Service, "default", "web") is None


def test_a_revision_to_come_is_refused_and_the_past_stays_usable(shop: str) -> None:
    history = History(shop)
    now = find_cluster(shop).revision
    told(history, now)

    with pytest.raises(Gone):
        told(history, now + 1)

    told(history, now)


def test_few_pasts_are_kept() -> None:
    histories = Histories(most=2)
    first = histories["one"]

    assert histories["one"] is first
    histories["two"], histories["three"]
    assert len(histories) == 2
    assert histories["one"] is not first
