"""What a process remembers of taken addresses, and how it learns what others took."""

from copy import deepcopy

import pytest
from django.db import OperationalError, transaction

from cluster import store
from cluster.machinery.manifest import text_at
from cluster.store import claims, rows
from tests.store.objects import config_map, service, service_key


@pytest.fixture
def shop(transactional_db: None) -> str:
    """A cluster whose claims this process remembers."""
    store.make_cluster(name="shop", actor="tests")
    create("first")
    assert claims._kept
    return "shop"


def create(name: str, **spec: str) -> str:
    written = store.create(cluster="shop", document=service(name, **spec), actor="tests")
    return text_at(written.manifest, "spec", "clusterIP") or ""


def elsewhere(name: str) -> str:
    """Create a Service as another process would: this one remembers nothing of it."""
    before = deepcopy(claims._kept)
    try:
        return create(name)
    finally:
        claims._kept.clear()
        claims._kept.update(before)


def test_what_another_process_took_is_learnt_from_the_log(shop: str) -> None:
    taken = {elsewhere(f"other-{number}") for number in range(3)}

    assert create("web") not in taken


def test_what_another_process_freed_is_learnt_from_the_log(shop: str) -> None:
    address = create("web")
    before = deepcopy(claims._kept)
    store.delete(cluster=shop, address=service_key("web"), actor="tests")
    claims._kept.update(before)

    assert create("api") == address


def test_after_a_log_cut_too_short_everything_is_read_anew(shop: str) -> None:
    taken = {elsewhere(f"other-{number}") for number in range(3)}
    store.trim(shop, keep=0)

    assert create("web") not in taken


def test_what_was_not_saved_is_not_remembered(shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise OperationalError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(rows, "log", broken)
        with pytest.raises(OperationalError):
            create("lost")

    assert create("web") == "10.96.1.2"


def test_what_is_rolled_back_around_the_store_is_not_remembered(shop: str) -> None:
    with transaction.atomic():
        create("lost")
        transaction.set_rollback(True)

    store.create(cluster=shop, document=config_map("another"), actor="tests")
    assert create("web") == "10.96.1.2"


def test_an_explicit_address_that_is_taken_is_refused(shop: str) -> None:
    """B-37."""
    taken = elsewhere("other")

    outcomes = store.write_batch(
        cluster=shop, documents=[service("web", clusterIP=taken)], actor="tests"
    )

    assert outcomes[0].error is not None
    assert "provided IP is already allocated" in outcomes[0].error.message
