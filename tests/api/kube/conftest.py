"""A stored cluster `shop`, and the Kubernetes API as its administrator and as nobody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User

from cluster import store
from cluster.api.kube import process
from cluster.runtime.tokens import token_of
from tests.api.kube.door import Door


@pytest.fixture
def shop(transactional_db: None) -> Iterator[str]:
    store.make_cluster(name="shop", actor="tests", settings={"nodes": 1})
    yield "shop"
    process.close()


@pytest.fixture
def admin(shop: str) -> Door:
    user = User.objects.create_superuser("root", password="secret")
    return Door(token_of(user))


@pytest.fixture
def nobody(shop: str) -> Door:
    return Door()
