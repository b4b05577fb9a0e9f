"""A cluster, someone who may do everything, and one small manifest of every kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from cluster import store
from cluster.catalog import KINDS
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.models import PROXIES, Resource
from tests.admin.manifests import manifest

Made = Callable[..., Resource]


@pytest.fixture
def shop(db: None) -> str:
    """Return the name of a new cluster with the namespaces every cluster has."""
    store.make_cluster(name="shop", actor="tests", settings={"nodes": 1})
    return "shop"


@pytest.fixture
def admin(shop: str) -> Client:
    """Return the browser of a superuser called ada."""
    client = Client()
    client.force_login(User.objects.create_superuser("ada", password="made-up"))
    return client


@pytest.fixture
def made(shop: str) -> Made:
    """Return what creates an object of a kind in the cluster and returns its row."""

    def make(kind: str, **changes: Any) -> Resource:
        return row(
            store.create(cluster=shop, document=manifest(kind, **changes), actor="tests").key
        )

    return make


def model(kind: str) -> type[Resource]:
    """Return the proxy of a kind."""
    return next(proxy for proxy in PROXIES if kind == proxy.KIND)


def row(key: Key) -> Resource:
    """Return the row of an object."""
    found: Resource = (
        model(key.kind)
        .objects.select_related("cluster")
        .get(namespace=key.namespace, name=key.name)
    )
    return found


def page(kind: str, name: str, *args: object) -> str:
    """Return the address of a page of a kind: `changelist`, `add`, `change`, ..."""
    return reverse(f"admin:cluster_{kind.lower()}_{name}", args=args)


def stored(kind: str, name: str, namespace: str = "default") -> Manifest:
    """Return a stored manifest with its resourceVersion; raises NotFound."""
    return store.get("shop", KINDS[kind].key(namespace, name))
