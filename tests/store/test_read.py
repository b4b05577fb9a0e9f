import pytest

from cluster import store
from cluster.catalog import KINDS
from cluster.machinery.errors import BadRequest, Gone
from cluster.machinery.manifest import Manifest, text_at
from tests.store.objects import config_key, config_map, namespace

CONFIG_MAP = KINDS["ConfigMap"]


def names(page: store.Page) -> list[str]:
    return [
        f"{text_at(item, 'metadata', 'namespace')}/{text_at(item, 'metadata', 'name')}"
        for item in page.items
    ]


@pytest.fixture
def maps(shop: str) -> str:
    """Ten ConfigMaps in two Namespaces."""
    store.create(cluster=shop, document=namespace("team"), actor="tests")
    for number in range(5):
        for where in ("team", "default"):
            document = config_map(f"map-{number}", where, labels={"even": str(number % 2 == 0)})
            store.create(cluster=shop, document=document, actor="tests")
    return shop


def test_a_list_is_ordered_by_namespace_then_name(maps: str) -> None:
    page = store.list_objects(maps, CONFIG_MAP)

    expected = [f"{where}/map-{n}" for where in ("default", "team") for n in range(5)]
    assert names(page) == expected
    assert page.revision == store.revision_of(maps)
    assert page.next == ""


def test_chunks_together_are_the_list(maps: str) -> None:
    chunks: list[str] = []
    remaining: list[int | None] = []
    token = ""
    while True:
        page = store.list_objects(maps, CONFIG_MAP, limit=3, continue_from=token)
        chunks += names(page)
        remaining.append(page.remaining)
        token = page.next
        if not token:
            break

    assert chunks == names(store.list_objects(maps, CONFIG_MAP))
    assert remaining == [7, 4, 1, None]


def test_later_chunks_show_the_revision_of_the_first(maps: str) -> None:
    before = names(store.list_objects(maps, CONFIG_MAP))
    first = store.list_objects(maps, CONFIG_MAP, limit=4)
    store.delete(cluster=maps, address=config_key("map-4"), actor="tests")
    store.create(cluster=maps, document=config_map("new", "team"), actor="tests")
    changed = config_map("map-3", "team", labels={"even": "changed"})
    store.replace(cluster=maps, document=changed, actor="tests")

    second = store.list_objects(maps, CONFIG_MAP, limit=100, continue_from=first.next)

    assert names(first) + names(second) == before
    assert second.revision == first.revision
    shown = next(item for item in second.items if text_at(item, "metadata", "name") == "map-3")
    assert text_at(shown, "metadata", "labels", "even") == "False"


def test_a_list_can_be_asked_for_as_it_was(maps: str) -> None:
    then = store.revision_of(maps)
    store.delete(cluster=maps, address=config_key("map-0"), actor="tests")

    now = store.list_objects(maps, CONFIG_MAP, namespace="default")
    earlier = store.list_objects(maps, CONFIG_MAP, namespace="default", revision=then)

    assert len(now.items) == 4
    assert len(earlier.items) == 5
    assert store.object_at(store.find_cluster(maps), config_key("map-0"), then)


def test_a_filter_leaves_out_what_does_not_match(maps: str) -> None:
    def is_even(manifest: Manifest) -> bool:
        return text_at(manifest, "metadata", "labels", "even") == "True"

    page = store.list_objects(maps, CONFIG_MAP, matches=is_even, limit=4)

    assert names(page) == ["default/map-0", "default/map-2", "default/map-4", "team/map-0"]
    assert page.remaining is None


def test_a_continue_token_from_elsewhere_is_refused(maps: str) -> None:
    with pytest.raises(BadRequest):
        store.list_objects(maps, CONFIG_MAP, limit=2, continue_from="no token")


def test_the_future_and_the_forgotten_past_are_gone(maps: str) -> None:
    store.trim(maps, keep=3)

    for revision in (1, store.revision_of(maps) + 1):
        with pytest.raises(Gone):
            store.list_objects(maps, CONFIG_MAP, revision=revision)
