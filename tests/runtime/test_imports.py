from pathlib import Path

import orjson
import pytest
from django.conf import settings

from cluster import store
from cluster.catalog import KINDS
from cluster.machinery.errors import Conflict
from cluster.machinery.manifest import JSON, Manifest
from cluster.runtime.imports import ImportRunner, spool_directory
from cluster.runtime.spool import Spool
from cluster.store import imports as jobs
from cluster.store import leases
from tests.runtime.workload import service

HOLDER = "me"


def upload(documents: list[JSON], **options: JSON) -> jobs.Import:
    """Start an import of JSON documents."""
    folder = Path(settings.NETVIZ_DATA) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "upload.json").write_bytes(b"\n".join(orjson.dumps(item) for item in documents))
    return jobs.start_import(
        cluster="shop", name="upload.json", file="imports/upload.json", options=options,
        actor="ana",
    )  # fmt: skip


@pytest.fixture
def runner(shop: str) -> ImportRunner:
    leases.take(store.find_cluster(shop), HOLDER, seconds=60)
    return ImportRunner(shop, HOLDER)


def finish(runner: ImportRunner) -> None:
    while runner.step():
        pass


def services() -> list[Manifest]:
    return store.list_objects("shop", KINDS["Service"], namespace="team").items


def test_documents_go_in_whatever_their_order(runner: ImportRunner) -> None:
    """J-14."""
    namespace: Manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team"}}
    job = upload([service("team", "web", 1), namespace], makes_namespaces=False)

    finish(runner)

    done = jobs.find_import(job.id)
    assert (done.state, done.total, done.counts) == ("done", 2, {"created": 2})
    assert len(services()) == 1


def test_what_is_refused_is_told_with_its_place_and_the_rest_goes_in(
    runner: ImportRunner,
) -> None:
    bad = service("team", "bad", 1)
    bad["spec"] = {"ports": [{"port": 70000}]}
    job = upload([service("team", "web", 1), bad, {"kind": "Service"}])

    finish(runner)

    done = jobs.find_import(job.id)
    assert done.counts == {"created": 1, "refused": 1, "unreadable": 1}
    (refused,) = jobs.import_results(job.id, outcomes=["refused"])
    assert (refused.position, refused.line, refused.name) == (1, 2, "bad")
    assert "spec.ports[0].port" in refused.message


def bad_service(namespace: str = "default") -> Manifest:
    bad = service(namespace, "bad", 1)
    bad["spec"] = {"ports": [{"port": 70000}]}
    return bad


def test_all_or_nothing_is_held_and_writes_nothing_where_one_is_refused(
    runner: ImportRunner,
) -> None:
    before = store.revision_of("shop")
    job = upload([service("default", "web", 1), bad_service()], all_or_nothing=True)

    finish(runner)

    held = jobs.find_import(job.id)
    assert held.is_held
    assert held.counts == {"created": 1, "refused": 1}
    assert store.revision_of("shop") == before


def test_all_or_nothing_writes_everything_where_nothing_is_refused(runner: ImportRunner) -> None:
    widget: Manifest = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {}}
    job = upload([service("default", "web", 1), widget], all_or_nothing=True)

    finish(runner)

    done = jobs.find_import(job.id)
    assert (done.state, done.counts) == ("done", {"created": 1, "skipped": 1})


def test_a_document_that_cannot_be_read_holds_the_good_ones(runner: ImportRunner) -> None:
    job = upload([service("default", "web", 1), {"kind": "Service"}], all_or_nothing=True)

    finish(runner)

    held = jobs.find_import(job.id)
    assert held.is_held
    assert held.counts == {"created": 1, "unreadable": 1}


def test_keeping_the_good_ones_writes_them_and_counts_each_document_once(
    runner: ImportRunner,
) -> None:
    job = upload(
        [service("team", "web", 1), bad_service("team"), {"kind": "Service"}], all_or_nothing=True
    )
    finish(runner)

    jobs.release_import(job.id)
    finish(runner)

    done = jobs.find_import(job.id)
    assert done.state == "done"
    assert done.counts == {"created": 1, "refused": 1, "unreadable": 1}
    assert len(services()) == 1
    assert [r.outcome for r in jobs.import_results(job.id)] == ["created", "refused", "unreadable"]


def test_what_was_refused_still_shows_its_source_after_keeping_the_good_ones(
    runner: ImportRunner,
) -> None:
    job = upload([service("team", "web", 1), bad_service("team")], all_or_nothing=True)
    finish(runner)
    jobs.release_import(job.id)
    finish(runner)

    (refused,) = jobs.import_results(job.id, outcomes=["refused"])
    assert refused.source is not None
    assert "70000" in refused.source.text


def test_discarding_all_writes_nothing_and_leaves_no_file(runner: ImportRunner) -> None:
    before = store.revision_of("shop")
    job = upload([service("default", "web", 1), bad_service()], all_or_nothing=True)
    finish(runner)

    jobs.discard_import(job.id)
    finish(runner)

    assert jobs.find_import(job.id).state == "cancelled"
    assert store.revision_of("shop") == before
    assert not spool_directory(job.id).exists()


def test_only_the_first_choice_about_a_held_import_counts(runner: ImportRunner) -> None:
    job = upload([bad_service()], all_or_nothing=True)
    finish(runner)
    jobs.discard_import(job.id)

    with pytest.raises(Conflict):
        jobs.release_import(job.id)


def test_a_held_import_keeps_no_secret_on_the_disk(runner: ImportRunner) -> None:
    secret: Manifest = {
        "apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": "key", "namespace": "default"}, "stringData": {"password": "hunter2"},
    }  # fmt: skip
    job = upload([secret, bad_service()], all_or_nothing=True)

    finish(runner)

    left = [path for path in spool_directory(job.id).rglob("*") if path.is_file()]
    assert left
    assert not any(b"hunter2" in path.read_bytes() for path in left)
    assert not (Path(settings.NETVIZ_DATA) / job.file).exists()


def test_kinds_that_the_actor_may_not_write_are_refused(runner: ImportRunner) -> None:
    job = upload([service("default", "web", 1)], refused_kinds=["Service"])

    finish(runner)

    (refused,) = jobs.import_results(job.id)
    assert refused.outcome == "refused"
    assert refused.message == "ana may not write objects of kind Service"


def test_only_documents_without_a_namespace_go_to_the_one_asked_for(runner: ImportRunner) -> None:
    homeless = service("team", "web", 1)
    meta = homeless["metadata"]
    assert isinstance(meta, dict)
    del meta["namespace"]
    job = upload([homeless, service("other", "web", 1)], namespace="team")

    finish(runner)

    assert jobs.find_import(job.id).counts == {"created": 2}
    assert len(services()) == 1


def test_a_killed_import_goes_on_where_it_was(runner: ImportRunner, shop: str) -> None:
    documents: list[JSON] = [service("team", f"web-{n}", 1) for n in range(10)]
    job = upload(documents)
    runner._size = 3
    while jobs.find_import(job.id).done < 3:
        runner.step()
    before = store.revision_of(shop)

    finish(ImportRunner(shop, HOLDER))

    done = jobs.find_import(job.id)
    assert done.counts == {"created": 10}
    assert store.revision_of(shop) - before == 7
    assert [result.position for result in jobs.import_results(job.id)] == list(range(10))


def test_an_import_killed_while_reading_reads_again(runner: ImportRunner, shop: str) -> None:
    job = upload([service("team", "web", 1)])
    runner._read(jobs.find_import(job.id), Spool(spool_directory(job.id)))
    jobs.begin_import(job)

    finish(ImportRunner(shop, HOLDER))

    assert jobs.find_import(job.id).counts == {"created": 1}


def test_a_cancelled_import_keeps_what_was_written(runner: ImportRunner) -> None:
    documents: list[JSON] = [service("team", f"web-{n}", 1) for n in range(10)]
    job = upload(documents)
    runner._size = 3
    while jobs.find_import(job.id).done < 3:
        runner.step()

    jobs.cancel_import(job.id)
    finish(runner)

    done = jobs.find_import(job.id)
    assert done.state == "cancelled"
    assert len(services()) == done.done < 10


def test_an_upload_that_is_gone_ends_its_import(runner: ImportRunner) -> None:
    job = upload([service("team", "web", 1)])
    (Path(settings.NETVIZ_DATA) / job.file).unlink()

    finish(runner)

    assert jobs.find_import(job.id).state == "failed"


def test_importing_the_same_again_changes_nothing(runner: ImportRunner, shop: str) -> None:
    """K-5."""
    documents: list[JSON] = [service("team", f"web-{n}", n) for n in range(4)]
    upload(documents)
    finish(runner)
    before = store.revision_of(shop)
    again = upload(documents)

    finish(runner)

    assert jobs.find_import(again.id).counts == {"unchanged": 4}
    assert store.revision_of(shop) == before
