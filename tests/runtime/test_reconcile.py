import pytest
from django.db import OperationalError

from cluster import store
from cluster.catalog import KINDS
from cluster.machinery.manifest import text_at
from cluster.machinery.meta import Key
from cluster.runtime.lease import Leases
from cluster.runtime.loop import EngineLoop
from cluster.runtime.reconcile import Reconciler
from cluster.runtime.verify import verify
from cluster.store import derived, leases
from cluster.store.leases import LeaseLost
from tests.runtime.workload import deployment, service


def settle(shop: str) -> None:
    EngineLoop(only=frozenset({shop})).run_until_idle()


def pods(shop: str) -> int:
    return len(store.list_objects(shop, KINDS["Pod"], namespace="default").items)


def create_web(shop: str, number: int) -> None:
    document = deployment("default", "web", number)
    store.create(cluster=shop, document=document, actor="tests")


def test_the_engine_makes_what_follows_and_then_rests(shop: str) -> None:
    create_web(shop, 1)

    settle(shop)

    assert pods(shop) == 8
    cluster = store.find_cluster(shop)
    status = store.engine_status(cluster)
    assert status is not None
    assert (status.revision, status.is_settled, status.failed) == (cluster.revision, True, 0)
    assert verify(shop) == []


def test_settling_again_writes_nothing(shop: str) -> None:
    create_web(shop, 1)
    settle(shop)
    before = store.revision_of(shop)

    settle(shop)

    assert store.revision_of(shop) == before


def test_the_engine_follows_what_others_write(shop: str) -> None:
    reconciler = Reconciler(shop, "me")
    leases.take(store.find_cluster(shop), "me", seconds=60)
    reconciler.step()
    create_web(shop, 2)

    assert reconciler.is_due(store.revision_of(shop))
    while reconciler.is_due(store.revision_of(shop)):
        reconciler.step()

    assert pods(shop) == 16
    assert reconciler.revision == store.revision_of(shop)


def test_a_small_budget_comes_to_the_same_end(shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cluster.runtime.reconcile.MOST_WRITES", 3)
    monkeypatch.setattr("cluster.runtime.reconcile.FEWEST_WRITES", 3)
    for name in ("api", "cart", "web"):
        document = deployment("default", name, 1)
        store.create(cluster=shop, document=document, actor="tests")

    settle(shop)

    assert pods(shop) == 24
    assert verify(shop) == []


def test_a_step_that_fails_leaves_no_trace_and_is_made_good(
    shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leases.take(store.find_cluster(shop), "me", seconds=60)
    reconciler = Reconciler(shop, "me")
    create_web(shop, 1)
    before = store.revision_of(shop)

    def broken(*_arguments: object, **_options: object) -> None:
        raise OperationalError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(derived, "save_state", broken)
        with pytest.raises(OperationalError):
            reconciler.step()
    assert store.revision_of(shop) == before

    reconciler.step()
    assert pods(shop) == 8


def test_without_the_lease_nothing_is_written(shop: str) -> None:
    leases.take(store.find_cluster(shop), "another", seconds=60)
    before = store.revision_of(shop)

    with pytest.raises(LeaseLost):
        Reconciler(shop, "me").step()

    assert store.revision_of(shop) == before


def test_an_engine_that_has_the_lease_no_more_stops_working(shop: str) -> None:
    cluster = store.find_cluster(shop)
    loop = EngineLoop(leases=Leases("me", renew_seconds=3600))
    assert loop._turn()
    leases.take(cluster, "another", seconds=60, instead_of="me")
    create_web(shop, 1)

    while loop._turn():
        pass

    assert pods(shop) == 0


def test_a_deleted_object_takes_everything_with_it(shop: str) -> None:
    create_web(shop, 1)
    store.create(cluster=shop, document=service("default", "web", 1), actor="tests")
    settle(shop)
    before = {kind for kind, number in store.count(store.find_cluster(shop)).items() if number}

    key = Key("apps", "Deployment", "default", "web")
    store.delete(cluster=shop, address=key, actor="tests")
    settle(shop)

    assert ("", "Pod") in before
    assert pods(shop) == 0
    assert verify(shop) == []


def nodes_with_pods(shop: str) -> list[str]:
    listed = store.list_objects(shop, KINDS["Pod"], namespace="default").items
    return sorted(text_at(pod, "spec", "nodeName") or "" for pod in listed)


def test_pods_of_a_node_that_was_deleted_while_no_engine_ran_go_with_it(shop: str) -> None:
    create_web(shop, 1)
    settle(shop)
    lost = nodes_with_pods(shop)[0]
    store.delete(cluster=shop, address=Key("", "Node", "", lost), actor="tests")

    settle(shop)

    assert lost not in nodes_with_pods(shop)
    assert len(nodes_with_pods(shop)) == 8
    assert verify(shop) == []
