from pathlib import Path

import orjson
import pytest
from django.conf import settings

from cluster import store
from cluster.catalog import KINDS
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
    (refused,) = jobs.import_results(job.id, outcome="refused")
    assert (refused.position, refused.line, refused.name) == (1, 2, "bad")
    assert "spec.ports[0].port" in refused.message


def test_all_or_nothing_writes_nothing_where_one_is_refused(runner: ImportRunner) -> None:
    before = store.revision_of("shop")
    bad = service("default", "bad", 1)
    bad["spec"] = {"ports": [{"port": 70000}]}
    job = upload([service("default", "web", 1), bad], all_or_nothing=True)

    finish(runner)

    done = jobs.find_import(job.id)
    assert done.state == "failed"
    assert done.message == "nothing was written: 1 of 2 documents were refused"
    assert store.revision_of("shop") == before


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
