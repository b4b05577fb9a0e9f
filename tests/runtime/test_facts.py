"""DNS records and policy verdicts as rows: in step with the objects, by no more writes."""

from __future__ import annotations

import pytest

from cluster import store
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key
from cluster.models import DNSRecord, PolicyVerdict
from cluster.runtime.loop import EngineLoop
from cluster.runtime.reconcile import Reconciler
from cluster.runtime.verify import verify
from cluster.store import derived, leases, rows
from tests.runtime.workload import deployment, service

WEB = Key("", "Service", "default", "web")


def settle(shop: str) -> None:
    EngineLoop(only=frozenset({shop})).run_until_idle()


def create(shop: str, *documents: Manifest) -> None:
    for document in documents:
        store.create(cluster=shop, document=document, actor="tests")


def policy(name: str, *sources: JSON, namespace: str = "default") -> Manifest:
    """A policy that isolates every Pod of its namespace and allows `sources`."""
    rules: list[JSON] = [{"from": [*sources], "ports": [{"port": 80}]}] if sources else []
    spec: Manifest = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": rules}
    meta: Manifest = {"name": name, "namespace": namespace}
    return {
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta,
        "spec": spec,
    }  # fmt: skip


def records(owner: str) -> list[str]:
    found = DNSRecord.objects.filter(namespace="default", owner=owner).order_by("name", "type")
    return [f"{row.name} {row.type}" for row in found]


def standings() -> dict[str, tuple[str, int, list[str]]]:
    found = PolicyVerdict.objects.filter(namespace="default")
    return {row.direction: (row.standing, row.pods, row.isolated_by) for row in found}


def row_ids() -> list[tuple[int, ...]]:
    tables = (DNSRecord, PolicyVerdict)
    return [tuple(table.objects.order_by("pk").values_list("pk", flat=True)) for table in tables]


def test_a_service_has_its_records_and_they_go_with_it(shop: str) -> None:
    create(shop, service("default", "web", 1))
    settle(shop)
    held = records("web")
    store.delete(cluster=shop, address=WEB, actor="tests")

    settle(shop)

    assert "web.default.svc.cluster.local. A" in held
    assert records("web") == []
    assert verify(shop) == []


def test_a_headless_service_has_the_records_of_its_endpoints(shop: str) -> None:
    document = service("default", "web", 1)
    document["spec"] = {**document["spec"], "clusterIP": "None"}  # type: ignore[dict-item]
    create(shop, document, deployment("default", "web", 1))

    settle(shop)

    found = DNSRecord.objects.filter(kind="EndpointSlice", namespace="default")
    assert found.filter(name="web.default.svc.cluster.local.", type="A").count() == 8
    assert verify(shop) == []


def test_pods_that_no_policy_tells_apart_have_one_verdict_per_direction(shop: str) -> None:
    create(shop, deployment("default", "web", 1), deployment("default", "api", 1))

    settle(shop)

    assert standings() == {"Ingress": ("open", 16, []), "Egress": ("open", 16, [])}


def test_a_verdict_follows_policies_that_come_change_and_go(shop: str) -> None:
    create(shop, deployment("default", "web", 1), policy("deny"))
    settle(shop)
    closed = standings()["Ingress"]
    create(shop, policy("allow", {"namespaceSelector": {}}))
    settle(shop)
    limited = PolicyVerdict.objects.get(namespace="default", direction="Ingress")
    for name in ("deny", "allow"):
        key = Key("networking.k8s.io", "NetworkPolicy", "default", name)
        store.delete(cluster=shop, address=key, actor="tests")

    settle(shop)

    assert closed == ("closed", 8, ["deny"])
    assert (limited.standing, limited.isolated_by) == ("limited", ["allow", "deny"])
    assert limited.allows == [
        {
            "peer": "every Pod of every Namespace", "ports": [["TCP", 80, 80]], "names": [],
            "policies": ["allow"],
        }
    ]  # fmt: skip
    assert standings()["Ingress"] == ("open", 8, [])
    assert verify(shop) == []


def test_an_engine_that_starts_again_writes_nothing_that_is_there(shop: str) -> None:
    create(shop, service("default", "web", 1), deployment("default", "web", 1), policy("deny"))
    settle(shop)
    before = row_ids()

    settle(shop)

    assert row_ids() == before


def test_only_the_rows_of_what_changed_are_written(shop: str) -> None:
    create(shop, service("default", "web", 1), service("default", "api", 1))
    settle(shop)
    others = set(DNSRecord.objects.exclude(owner="web").values_list("pk"))
    store.delete(cluster=shop, address=WEB, actor="tests")

    settle(shop)

    assert set(DNSRecord.objects.values_list("pk")) == others


def test_what_changed_while_no_engine_ran_is_made_good(shop: str) -> None:
    create(shop, service("default", "web", 1), deployment("default", "web", 1))
    settle(shop)
    store.delete(cluster=shop, address=WEB, actor="tests")
    create(shop, service("default", "api", 1), policy("deny"))

    settle(shop)

    assert records("web") == []
    assert "api.default.svc.cluster.local. A" in records("api")
    assert standings()["Ingress"][0] == "closed"
    assert verify(shop) == []


def test_a_step_that_fails_leaves_rows_as_they_were(
    shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(shop)
    leases.take(store.find_cluster(shop), "me", seconds=60)
    reconciler = Reconciler(shop, "me")
    create(shop, service("default", "web", 1))

    def broken(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("lost")

    with monkeypatch.context() as patch:
        patch.setattr(derived, "save_state", broken)
        with pytest.raises(RuntimeError):
            reconciler.step()
    assert records("web") == []

    reconciler.step()
    assert records("web")


def test_a_small_budget_comes_to_the_same_rows(shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cluster.runtime.reconcile.MOST_WRITES", 3)
    monkeypatch.setattr("cluster.runtime.reconcile.FEWEST_WRITES", 3)
    create(shop, *(service("default", f"web-{number}", 1) for number in range(7)))

    settle(shop)

    assert verify(shop) == []


def test_verify_finds_rows_that_are_lost_or_changed(shop: str) -> None:
    create(shop, service("default", "web", 1), deployment("default", "web", 1))
    settle(shop)
    rows.unguarded(DNSRecord).filter(owner="web", type="PTR").delete()
    rows.unguarded(PolicyVerdict).filter(namespace="default").update(pods=7)

    found = verify(shop)

    assert {(each.check, each.object.split()[0]) for each in found} == {
        ("dns_records", "Service"), ("policy_verdicts", "PodClass"),
    }  # fmt: skip


def test_verify_finds_rows_that_are_there_twice(shop: str) -> None:
    create(shop, service("default", "web", 1))
    settle(shop)
    row = DNSRecord.objects.get(owner="web", type="A")
    row.pk = None
    rows.unguarded(DNSRecord).bulk_create([row])

    assert [each.text for each in verify(shop)] == ["facts are stored more than once"]


def test_a_cluster_takes_its_rows_with_it(shop: str) -> None:
    create(shop, deployment("default", "web", 1))
    settle(shop)

    store.delete_cluster(name=shop)

    assert not DNSRecord.objects.exists()
    assert not PolicyVerdict.objects.exists()
