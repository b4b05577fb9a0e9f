import pytest

from cluster import store
from cluster.machinery.errors import AlreadyExists, Invalid, NotFound
from cluster.machinery.manifest import text_at
from tests.store.objects import config_key, config_map, service, service_key


def test_a_cluster_needs_a_name_and_settings_that_can_be(db: None) -> None:
    with pytest.raises(Invalid) as refused:
        store.make_cluster(
            name="Not a label", actor="ana", settings={"service_cidrs": ["nonsense"], "x": 1}
        )

    assert {error.field for error in refused.value.errors} == {
        "name", "service_cidrs[0]", "service_cidrs", "x",
    }  # fmt: skip
    assert store.all_clusters() == []


def test_a_name_is_taken_once(shop: str) -> None:
    with pytest.raises(AlreadyExists):
        store.make_cluster(name="shop", actor="ana")


def test_clusters_do_not_share_addresses_or_objects(shop: str) -> None:
    store.make_cluster(name="other", actor="ana")
    first = store.create(cluster="shop", document=service("web"), actor="ana")
    second = store.create(cluster="other", document=service("web"), actor="ana")

    assert text_at(first.manifest, "spec", "clusterIP") == text_at(
        second.manifest, "spec", "clusterIP"
    )
    store.delete(cluster="other", address=service_key("web"), actor="ana")
    assert store.get("shop", service_key("web"))


def test_a_copy_has_the_same_objects_and_goes_its_own_way(shop: str) -> None:
    written = store.create(cluster=shop, document=service("web"), actor="ana")

    store.copy_cluster(name=shop, new_name="copy", actor="ana")
    store.delete(cluster=shop, address=service_key("web"), actor="ana")

    copied = store.get("copy", service_key("web"))
    assert text_at(copied, "metadata", "uid") == text_at(written.manifest, "metadata", "uid")
    other = store.create(cluster="copy", document=service("api"), actor="ana")
    assert text_at(other.manifest, "spec", "clusterIP") != text_at(copied, "spec", "clusterIP")


def test_a_copy_can_be_of_an_earlier_revision(shop: str) -> None:
    store.create(cluster=shop, document=config_map("one"), actor="ana")
    then = store.revision_of(shop)
    store.delete(cluster=shop, address=config_key("one"), actor="ana")

    store.copy_cluster(name=shop, new_name="copy", actor="ana", revision=then)

    assert store.get("copy", config_key("one"))


def test_a_reset_cluster_is_like_new_and_its_log_goes_on(shop: str) -> None:
    store.create(cluster=shop, document=service("web"), actor="ana")
    before = store.revision_of(shop)

    after = store.reset_cluster(name=shop, actor="ana")

    assert after.revision > before
    with pytest.raises(NotFound):
        store.get(shop, service_key("web"))
    assert store.count(after)["", "Namespace"] == 4


def test_a_deleted_cluster_leaves_nothing(shop: str) -> None:
    store.create(cluster=shop, document=service("web"), actor="ana")

    store.delete_cluster(name=shop)

    with pytest.raises(NotFound):
        store.find_cluster(shop)
    again = store.make_cluster(name=shop, actor="ana")
    with pytest.raises(NotFound):
        store.get(shop, service_key("web"))
    written = store.create(cluster=shop, document=service("web"), actor="ana")
    assert text_at(written.manifest, "spec", "clusterIP") == "10.96.1.1"
    assert again.revision < written.revision
