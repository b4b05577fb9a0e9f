import pytest

from cluster import store
from cluster.machinery.errors import Conflict, Forbidden, NotFound
from cluster.machinery.manifest import JSON, list_at, text_at
from cluster.machinery.meta import Key
from cluster.runtime.loop import EngineLoop
from tests.store.objects import config_key, config_map, namespace, owner


def make(shop: str, name: str, *owners: str, blocks: bool = False) -> str:
    """Create a ConfigMap owned by others of these uids; returns its uid."""
    references: list[JSON] = [owner("ConfigMap", "owner", uid, blocks=blocks) for uid in owners]
    document = config_map(name, ownerReferences=references) if owners else config_map(name)
    written = store.create(cluster=shop, document=document, actor="tests")
    return text_at(written.manifest, "metadata", "uid") or ""


def exists(shop: str, name: str) -> bool:
    try:
        store.get(shop, config_key(name))
    except NotFound:
        return False
    return True


def delete(shop: str, name: str, **options: object) -> store.Written:
    return store.delete(
        cluster=shop,
        address=config_key(name),
        actor="tests",
        **options,  # type: ignore[arg-type]
    )


def test_dependents_go_with_their_last_owner(shop: str) -> None:
    """A-37, background."""
    top = make(shop, "top")
    middle = make(shop, "middle", top)
    make(shop, "leaf", middle)

    written = delete(shop, "top")

    assert written.verb == "deleted"
    assert not any(exists(shop, name) for name in ("top", "middle", "leaf"))


def test_a_dependent_with_another_owner_stays_and_loses_the_reference(shop: str) -> None:
    first, second = make(shop, "first"), make(shop, "second")
    make(shop, "shared", first, second)

    delete(shop, "first")

    references = list_at(store.get(shop, config_key("shared")), "metadata", "ownerReferences")
    assert [reference["uid"] for reference in references if isinstance(reference, dict)] == [
        second
    ]

    delete(shop, "second")
    assert not exists(shop, "shared")


def test_orphaned_dependents_stay_without_an_owner(shop: str) -> None:
    make(shop, "leaf", make(shop, "top"))

    delete(shop, "top", propagation="Orphan")

    assert not exists(shop, "top")
    assert not list_at(store.get(shop, config_key("leaf")), "metadata", "ownerReferences")


def test_an_owner_deleted_in_the_foreground_goes_after_what_blocks_it(shop: str) -> None:
    top = make(shop, "top")
    held = config_map(
        "leaf", ownerReferences=[owner("ConfigMap", "top", top, blocks=True)],
        finalizers=["example.com/wait"],
    )  # fmt: skip
    store.create(cluster=shop, document=held, actor="tests")

    written = delete(shop, "top", propagation="Foreground")
    EngineLoop().run_until_idle()

    assert written.verb == "terminating"
    assert exists(shop, "top")

    free: JSON = [{"op": "remove", "path": "/metadata/finalizers"}]
    store.patch(
        cluster=shop, address=config_key("leaf"), change=free, patch_type="json", actor="tests"
    )
    EngineLoop().run_until_idle()
    assert not exists(shop, "leaf")
    assert not exists(shop, "top")


def test_a_finalizer_holds_an_object_until_it_is_taken_off(shop: str) -> None:
    """A-34."""
    document = config_map("held", finalizers=["example.com/wait"])
    store.create(cluster=shop, document=document, actor="tests")

    written = delete(shop, "held")

    assert written.verb == "terminating"
    assert text_at(store.get(shop, config_key("held")), "metadata", "deletionTimestamp")

    again = store.patch(
        cluster=shop, address=config_key("held"), change={"metadata": {"finalizers": None}},
        patch_type="merge", actor="tests",
    )  # fmt: skip
    assert again.verb == "deleted"
    assert not exists(shop, "held")


def test_a_namespace_goes_with_everything_in_it(shop: str) -> None:
    store.create(cluster=shop, document=namespace("team"), actor="tests")
    store.create(cluster=shop, document=config_map("one", "team"), actor="tests")
    held = config_map("held", "team", finalizers=["example.com/wait"])
    store.create(cluster=shop, document=held, actor="tests")
    key = Key("", "Namespace", "", "team")

    written = store.delete(cluster=shop, address=key, actor="tests")
    EngineLoop().run_until_idle()

    assert written.verb == "terminating"
    with pytest.raises(Forbidden, match="because it is being terminated"):
        store.create(cluster=shop, document=config_map("two", "team"), actor="tests")
    assert text_at(store.get(shop, key), "status", "phase") == "Terminating"

    store.patch(
        cluster=shop, address=config_key("held", "team"), change={"metadata": {"finalizers": []}},
        patch_type="merge", actor="tests",
    )  # fmt: skip
    EngineLoop().run_until_idle()
    with pytest.raises(NotFound):
        store.get(shop, key)


def test_protected_namespaces_stay(shop: str) -> None:
    """A-9."""
    with pytest.raises(Forbidden, match="this namespace may not be deleted"):
        store.delete(cluster=shop, address=Key("", "Namespace", "", "kube-system"), actor="tests")


@pytest.mark.parametrize("option", ["uid", "resource_version"])
def test_a_delete_meant_for_another_version_is_refused(shop: str, option: str) -> None:
    """A-29."""
    make(shop, "one")

    with pytest.raises(Conflict, match="in the precondition"):
        delete(shop, "one", **{option: "999999"})
    assert exists(shop, "one")
