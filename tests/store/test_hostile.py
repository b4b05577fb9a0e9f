"""Manifests that are fine for Kubernetes and awkward for a database."""

from cluster import store
from cluster.machinery.manifest import text_at
from tests.store.objects import config_key, config_map


def test_text_with_a_nul_comes_back_whole(shop: str) -> None:
    document = config_map("odd", annotations={"note": "a\0b"})
    store.create(cluster=shop, document=document, actor="tests")
    changed = config_map("odd", annotations={"note": "c\0d"}, labels={"a": "b"})
    store.replace(cluster=shop, document=changed, actor="tests")

    found = store.get(shop, config_key("odd"))
    assert text_at(found, "metadata", "annotations", "note") == "c\0d"
    assert store.history(store.find_cluster(shop), config_key("odd"))


def test_names_with_sql_wildcards_and_quotes_are_only_names(shop: str) -> None:
    outcomes = store.write_batch(
        cluster=shop,
        documents=[config_map("o'hara"), config_map('a"; DROP TABLE x; --'), config_map("50%")],
        actor="o'hara; --",
    )

    assert [outcome.error is None for outcome in outcomes] == [False, False, False]
    written = store.create(cluster=shop, document=config_map("fine"), actor="o'hara; --")
    assert written.verb == "created"
