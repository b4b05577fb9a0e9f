from cluster import store
from cluster.domains.service.service import Service
from cluster.runtime.replica import Replica, Replicas, Update
from tests.runtime.workload import service


def create(shop: str, name: str) -> int:
    document = service("default", name, 1)
    return store.create(cluster=shop, document=document, actor="tests").revision


def test_a_replica_shows_what_is_stored(shop: str) -> None:
    revision = create(shop, "web")

    with Replica(shop).reading() as reading:
        assert reading.revision == revision
        assert reading.snapshot.get(Service, "default", "web") is not None
        assert reading.snapshot.count(Service) == 3


def test_two_replicas_of_one_revision_give_it_the_same_time(shop: str) -> None:
    follower = Replica(shop)
    follower.catch_up()
    revision = create(shop, "web")

    with follower.reading(at_least=revision) as one, Replica(shop).reading() as other:
        assert one.revision == other.revision == revision
        assert one.time == other.time
    assert other.time == store.recent(store.find_cluster(shop), limit=1)[0].time


def test_a_reader_gets_its_own_write_to_see(shop: str) -> None:
    replica = Replica(shop)
    replica.catch_up()
    revision = create(shop, "web")

    with replica.reading(at_least=revision) as reading:
        assert reading.revision >= revision
        assert reading.snapshot.get(Service, "default", "web") is not None


def test_a_reader_content_with_an_older_revision_waits_for_nothing(shop: str) -> None:
    replica = Replica(shop)
    before = replica.catch_up()
    create(shop, "web")

    with replica.reading(at_least=before) as reading:
        assert reading.revision == before


def test_subscribers_are_told_what_changed(shop: str) -> None:
    replica = Replica(shop)
    before = replica.catch_up()
    updates: list[Update] = []
    stop = replica.subscribe(updates.append)
    create(shop, "one")
    after = create(shop, "two")

    replica.catch_up()
    stop()
    create(shop, "three")
    replica.catch_up()

    (update,) = updates
    assert (update.since, update.revision) == (before, after)
    assert [change.key.name for change in update.changes] == ["one", "two"]


def test_a_replica_that_fell_behind_the_log_loads_anew(shop: str) -> None:
    replica = Replica(shop)
    replica.catch_up()
    updates: list[Update] = []
    replica.subscribe(updates.append)
    create(shop, "one")
    create(shop, "two")
    store.trim(shop, keep=1)

    reached = replica.catch_up()

    assert reached == store.revision_of(shop)
    assert [update.reload for update in updates] == [True]
    with replica.reading() as reading:
        assert reading.snapshot.count(Service) == 4


def test_a_cluster_made_again_under_the_same_name_is_another_one(shop: str) -> None:
    replica = Replica(shop)
    create(shop, "web")
    replica.catch_up()
    store.delete_cluster(name=shop)
    store.make_cluster(name=shop, actor="tests")

    with replica.reading() as reading:
        assert reading.snapshot.get(Service, "default", "web") is None


def test_a_failing_subscriber_does_not_stop_the_others(shop: str) -> None:
    replica = Replica(shop)
    replica.catch_up()
    told: list[Update] = []

    def broken(_update: Update) -> None:
        raise RuntimeError("no")

    replica.subscribe(broken)
    replica.subscribe(told.append)
    create(shop, "web")
    replica.catch_up()

    assert len(told) == 1


def test_replicas_are_made_once_per_cluster(shop: str) -> None:
    replicas = Replicas()

    assert replicas[shop] is replicas[shop]
    assert not replicas[shop].is_loaded
