import pytest

from cluster import store
from cluster.machinery.errors import Gone
from cluster.machinery.manifest import text_at
from tests.store.objects import config_key, config_map


def write(shop: str, name: str, **meta: str) -> store.Written:
    documents = [config_map(name, annotations=dict(meta))]
    outcome = store.write_batch(cluster=shop, documents=documents, actor="ana", operation="put")[0]
    assert outcome.written is not None
    return outcome.written


def test_the_log_tells_what_happened_to_whom_by_whom(shop: str) -> None:
    start = store.revision_of(shop)
    write(shop, "one", color="blue")
    write(shop, "one", color="red")
    store.delete(cluster=shop, address=config_key("one"), actor="ben")

    entries = store.tail(store.find_cluster(shop), start)

    assert [entry.verb for entry in entries] == ["added", "modified", "deleted"]
    assert [entry.actor for entry in entries] == ["ana", "ana", "ben"]
    assert {entry.key for entry in entries} == {config_key("one")}
    assert entries[1].paths == ("metadata.annotations.color",)
    assert text_at(entries[2].shown(), "metadata", "resourceVersion") == str(start + 3)


def test_history_shows_the_version_before_each_change(shop: str) -> None:
    write(shop, "one", color="red")
    write(shop, "one", color="blue")

    newest, oldest = store.history(store.find_cluster(shop), config_key("one"))

    assert newest.previous is not None
    assert text_at(newest.previous, "metadata", "annotations", "color") == "red"
    assert newest.change.paths == ("metadata.annotations.color",)
    assert oldest.previous is None


def test_nothing_new_is_an_empty_tail(shop: str) -> None:
    assert store.tail(store.find_cluster(shop), store.revision_of(shop)) == []


def test_a_reader_before_the_kept_log_lists_again(shop: str) -> None:
    for number in range(5):
        write(shop, f"map-{number}")
    now = store.revision_of(shop)

    gone = store.trim(shop, keep=3)

    cluster = store.find_cluster(shop)
    assert gone == now - 3
    assert [entry.revision for entry in store.tail(cluster, now - 3)] == [now - 2, now - 1, now]
    for since in (0, now - 4, now + 1):
        with pytest.raises(Gone):
            store.tail(cluster, since)


def test_everything_trimmed_still_tells_old_readers_from_new_ones(shop: str) -> None:
    now = store.revision_of(shop)
    store.trim(shop, keep=0)

    assert store.tail(store.find_cluster(shop), now) == []
    with pytest.raises(Gone):
        store.tail(store.find_cluster(shop), now - 1)


def test_trimming_goes_on_in_small_pieces(shop: str) -> None:
    now = store.revision_of(shop)

    assert store.trim(shop, keep=1, at_once=4) == 4
    assert store.find_cluster(shop).oldest_revision == 4
    while store.trim(shop, keep=1, at_once=4):
        pass
    assert store.find_cluster(shop).oldest_revision == now - 1
