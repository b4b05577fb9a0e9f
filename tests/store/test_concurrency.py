"""Many writers at once, each a thread with a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection

from cluster import store
from cluster.catalog import KINDS
from cluster.machinery.errors import Conflict
from cluster.machinery.manifest import child_mapping, integer_at, mappings_at, text_at
from tests.store.objects import config_key, config_map, service

WRITERS = 8
WRITES = 12


@pytest.fixture
def shop(transactional_db: None) -> str:
    store.make_cluster(name="shop", actor="tests")
    return "shop"


def at_once(work: Callable[[int], None], writers: int = WRITERS) -> None:
    """Run `work` in several threads, each told its number; raises what any of them raises."""

    def run(number: int) -> None:
        try:
            work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(writers) as pool:
        for done in [pool.submit(run, number) for number in range(writers)]:
            done.result()


def test_a_reader_of_the_log_sees_every_revision_once_and_in_order(shop: str) -> None:
    start = store.revision_of(shop)
    seen: list[int] = []
    ended = Event()

    def write(number: int) -> None:
        for turn in range(WRITES):
            name = f"map-{number}-{turn}"
            store.create(cluster=shop, document=config_map(name), actor="tests")

    def read(_number: int) -> None:
        cluster, since = store.find_cluster(shop), start
        while True:
            is_last = ended.is_set()
            for entry in store.tail(cluster, since, limit=7):
                seen.append(entry.revision)
                since = entry.revision
            if is_last and since == store.revision_of(shop):
                return

    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(at_once, read, 1)
        try:
            at_once(write)
        finally:
            ended.set()
        reader.result()

    assert seen == list(range(start + 1, start + WRITERS * WRITES + 1))


def test_no_update_is_lost_when_writers_name_the_version_they_read(shop: str) -> None:
    """A-31."""
    store.create(cluster=shop, document=config_map("count"), actor="tests")

    def increment() -> bool:
        manifest = store.get(shop, config_key("count"))
        annotations = child_mapping(manifest, "metadata", "annotations")
        annotations["count"] = str(int(str(annotations.get("count", 0))) + 1)
        try:
            store.replace(cluster=shop, document=manifest, actor="tests")
        except Conflict:
            return False
        return True

    def write(_number: int) -> None:
        done = 0
        while done < WRITES:
            done += increment()

    at_once(write)

    found = store.get(shop, config_key("count"))
    assert text_at(found, "metadata", "annotations", "count") == str(WRITERS * WRITES)


def test_no_address_is_given_twice(shop: str) -> None:
    """K-1."""

    def write(number: int) -> None:
        for turn in range(WRITES):
            document = service(f"service-{number}-{turn}", type="NodePort")
            store.create(cluster=shop, document=document, actor="tests")

    at_once(write)

    services = store.list_objects(shop, KINDS["Service"]).items
    addresses = [text_at(item, "spec", "clusterIP") for item in services]
    ports = [
        integer_at(port, "nodePort")
        for item in services
        for port in mappings_at(item, "spec", "ports")
        if "nodePort" in port
    ]

    assert len(set(addresses)) == len(services) == WRITERS * WRITES + 2
    assert len(set(ports)) == len(ports) == WRITERS * WRITES


def test_of_writers_that_create_one_name_one_wins(shop: str) -> None:
    won: list[int] = []

    def write(number: int) -> None:
        outcomes = store.write_batch(
            cluster=shop, documents=[config_map("one")], actor=str(number), operation="create"
        )
        if outcomes[0].error is None:
            won.append(number)

    at_once(write)

    assert len(won) == 1
    history = store.history(store.find_cluster(shop), config_key("one"))
    assert [entry.change.actor for entry in history] == [str(won[0])]
