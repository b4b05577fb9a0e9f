"""What verify finds: each kind of damage is done by hand, behind the store's back."""

import orjson

from cluster import store
from cluster.models import Change, Resource
from cluster.runtime.loop import EngineLoop
from cluster.runtime.verify import verify
from cluster.store import rows
from tests.runtime.workload import deployment, service


def settled(shop: str) -> None:
    store.create(cluster=shop, document=deployment("default", "web", 1), actor="tests")
    store.create(cluster=shop, document=service("default", "web", 1), actor="tests")
    EngineLoop().run_until_idle()
    assert verify(shop) == []


def checks(shop: str) -> set[str]:
    return {difference.check for difference in verify(shop)}


def test_a_lost_pod_is_found(shop: str) -> None:
    settled(shop)
    pod = Resource.objects.filter(kind="Pod", namespace="default").first()
    assert pod is not None
    rows.delete([pod.pk])

    assert checks(shop) == {"rules", "log"}


def test_a_gap_in_the_log_is_found(shop: str) -> None:
    settled(shop)
    rows.delete_where(rows.unguarded(Change).filter(revision=store.revision_of(shop) - 1))

    assert "log" in checks(shop)


def test_an_address_held_twice_is_found(shop: str) -> None:
    """K-1."""
    settled(shop)
    taken = Resource.objects.get(kind="Service", name="web")
    other = Resource.objects.get(kind="Service", name="kubernetes")
    manifest = orjson.loads(bytes(other.manifest))
    manifest["spec"]["clusterIPs"] = orjson.loads(bytes(taken.manifest))["spec"]["clusterIPs"]
    changed = rows.unguarded(Resource).filter(pk=other.pk)
    changed.update(manifest=orjson.dumps(manifest))

    assert "K-1" in checks(shop)


def test_a_dependent_that_outlived_its_owner_is_found(shop: str) -> None:
    settled(shop)
    owners = Resource.objects.filter(kind__in=("Deployment", "ReplicaSet"), namespace="default")
    keys = [row.key for row in owners]

    def remove_alone(tx: store.Transaction) -> None:
        for key in keys:
            tx.remove(key)

    store.transact(shop, "tests", remove_alone)

    assert "owners" in checks(shop)


def test_a_dump_without_owners_is_fine(shop: str) -> None:
    settled(shop)
    pods = Resource.objects.filter(kind="Pod", namespace="default")
    dumped = [orjson.loads(bytes(row.manifest)) for row in pods]
    store.make_cluster(name="copy", actor="tests")

    store.write_batch(
        cluster="copy", documents=dumped, actor="tests", options=store.Options(mode="import")
    )
    EngineLoop().run_until_idle()

    assert "owners" not in checks("copy")
