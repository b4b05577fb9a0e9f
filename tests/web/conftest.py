"""A cluster to look at, and readers: without a login, with every permission, with few."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from cluster import store
from cluster.machinery.manifest import JSON, Manifest
from cluster.runtime import replica

EVIL = "<script>alert(1)</script>"


def pod(name: str, *, app: str = "web", ready: bool = True, node: str = "node-1") -> Manifest:
    """Return a Pod that runs."""
    ports: list[JSON] = [{"name": "http", "containerPort": 8080}]
    containers: list[JSON] = [{"name": "main", "image": "example/main:1", "ports": ports}]
    conditions: list[JSON] = [{"type": "Ready", "status": "True" if ready else "False"}]
    address = f"10.244.1.{10 + sum(map(ord, name)) % 200}"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name, "namespace": "shop", "labels": {"app": app},
            "annotations": {"note": EVIL},
        },
        "spec": {"nodeName": node, "containers": containers},
        "status": {
            "phase": "Running", "podIP": address, "podIPs": [{"ip": address}],
            "conditions": conditions,
        },
    }  # fmt: skip


def service(name: str = "web", *, app: str = "web") -> Manifest:
    """Return a Service."""
    ports: list[JSON] = [{"name": "http", "port": 80, "targetPort": "http"}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"selector": {"app": app}, "ports": ports},
    }


@pytest.fixture
def demo(db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a cluster with a Service, a Pod it selects and one that is lost."""
    monkeypatch.setattr(replica.replicas, "_replicas", {})  # one per test database
    store.make_cluster(name="demo", actor="tests")
    documents: list[JSON] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
        pod("web-1"), service(), service("lost", app="nobody"),
    ]  # fmt: skip
    options = store.Options(mode="import", annotate=False)
    outcomes = store.write_batch(cluster="demo", documents=documents, actor="ana", options=options)
    assert not [outcome.error for outcome in outcomes if outcome.error]
    return "demo"


@pytest.fixture
def reader(client: Client) -> Client:
    """Return a browser without a login, at this machine."""
    return client


@pytest.fixture
def admin(db: None) -> Client:
    """Return a browser that is logged in with every permission."""
    client = Client()
    client.force_login(User.objects.create_superuser("admin", "", "pw"))
    return client


@pytest.fixture
def guest(db: None) -> Client:
    """Return a browser that is logged in and may see Services and Namespaces only."""
    user = User.objects.create_user("guest", "", "pw")
    wanted = Permission.objects.filter(codename__in=("view_service", "view_namespace"))
    user.user_permissions.set(wanted)
    client = Client()
    client.force_login(user)
    return client
