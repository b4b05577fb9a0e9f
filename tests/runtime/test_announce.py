import pytest
from django.db import connection

from cluster import store
from cluster.runtime.announce import Hints
from cluster.runtime.replica import Replicas
from cluster.store.announce import CHANNEL, send
from tests.runtime.workload import service

PATIENCE_SECONDS = 10


@pytest.fixture
def shop(transactional_db: None) -> str:
    store.make_cluster(name="shop", actor="tests")
    return "shop"


def wait_for(hints: Hints, cluster: str) -> int:
    """Return the revision hinted at; fails when no hint comes."""
    found = hints.wait(PATIENCE_SECONDS)
    while cluster not in found:
        again = hints.wait(PATIENCE_SECONDS)
        assert again, "no hint came"
        found |= again
    return found[cluster]


def test_a_commit_of_this_process_wakes_its_listeners(shop: str) -> None:
    with Hints() as hints:
        written = store.create(cluster=shop, document=service("default", "web", 1), actor="tests")

        assert wait_for(hints, shop) == written.revision


def test_a_message_of_another_process_wakes_listeners(shop: str) -> None:
    with Hints() as hints:
        assert hints.is_listening.wait(PATIENCE_SECONDS)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, "other 42"])
        else:
            send("other 42")

        assert wait_for(hints, "other") == 42


def test_nonsense_wakes_nobody(shop: str) -> None:
    with Hints() as hints:
        hints._read("shop")
        hints._read("shop many")
        hints._read("")

        assert hints.wait(0) == {}


def test_followed_replicas_come_by_themselves(shop: str) -> None:
    replicas = Replicas()
    replicas[shop].catch_up()
    replicas.follow()
    try:
        reached = store.create(
            cluster=shop, document=service("default", "web", 1), actor="tests"
        ).revision
        with Hints() as patience:
            for _turn in range(1000):
                if replicas[shop].revision >= reached:
                    break
                patience.wait(0.01)
        assert replicas[shop].revision >= reached
    finally:
        replicas.close()
