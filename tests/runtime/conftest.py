"""A cluster to work for."""

import pytest

from cluster import store


@pytest.fixture
def shop(db: None) -> str:
    """Return the name of a new cluster with three Nodes."""
    store.make_cluster(name="shop", actor="tests")
    return "shop"
