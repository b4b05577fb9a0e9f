"""Real applications through the real door: uploaded, imported and worked out to rest."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cluster.runtime.loop import EngineLoop
from cluster.runtime.replica import Replica
from cluster.store import engine_status, find_cluster
from cluster.store import imports as jobs
from cluster.store.imports import Import, Result
from tests.corpora.applications import Application, applications
from tests.corpora.comparison import differences
from tests.corpora.refusals import REFUSALS, Refusals

pytestmark = pytest.mark.django_db


def test_the_applications_are_there() -> None:
    if not applications() and not os.environ.get("CI"):
        pytest.skip("../shared/corpora is not here")

    assert len(applications()) > 50


@pytest.mark.parametrize("application", applications(), ids=lambda found: found.name)
def test_an_uploaded_application_is_what_a_cluster_makes_of_it(
    application: Application, admin_client: Client
) -> None:
    job = uploaded(application, admin_client)

    worked_out = finished(job, admin_client)
    results = jobs.import_results(job.id, limit=1_000)
    refusals = REFUSALS.get(application.name, Refusals())
    status = engine_status(find_cluster(job.cluster))

    assert (worked_out.state, worked_out.message) == ("done", "")
    assert status is not None
    assert status.is_settled
    assert not status.failures
    assert counted(results) == expected_count(application)
    assert {
        f"{r.kind} {r.namespace}/{r.name}".replace(" /", " "): r.message
        for r in results
        if r.outcome == "refused"
    } == refusals.messages
    with Replica(job.cluster).reading() as reading:
        differing = differences(reading.snapshot, reading.facts, application.facts)
    assert tuple(differing) == refusals.differences


def uploaded(application: Application, client: Client) -> Import:
    """Post the files to the form of the dashboard, as its reader would."""
    if application.is_dual_stack:
        made = client.post(
            reverse("clusters"),
            {"name": application.name, "nodes": 3, "is_dual_stack": "on", "cluster_domain": ""},
        )
        assert made.status_code == 302, made.content.decode()
    files = [
        SimpleUploadedFile(application.upload_name(file), file.read_bytes())
        for file in application.files
    ]
    posted = client.post(
        reverse("import"), {"file": files, "cluster": application.name, "namespace": "default"}
    )
    assert posted.status_code == 302, posted.content.decode()
    (job,) = jobs.import_jobs(application.name)
    return job


def finished(job: Import, client: Client) -> Import:
    """Let the engine import and work everything out; a held import's good documents are kept."""
    engine = EngineLoop(only=frozenset({job.cluster}))
    engine.run_until_idle()
    if jobs.find_import(job.id).is_held:
        client.post(reverse("import-job", args=[job.id]), {"choice": "keep"})
        engine.run_until_idle()
    return jobs.find_import(job.id)


def counted(results: list[Result]) -> dict[str, object]:
    """Return what the import tells of its documents, in the words of what is known."""
    named = [r for r in results if r.name]
    seen = Counter((r.kind, r.namespace, r.name) for r in named)
    return {
        "documents": len({(r.file, r.document) for r in results}),
        "kinds": Counter(r.kind for r in named),
        "objects": len(seen),
        "unreadable": sum(not r.name for r in results),
        "again": sum(seen.values()) - len(seen),
    }


def expected_count(application: Application) -> dict[str, object]:
    facts = application.facts
    kinds: Counter[str] = Counter()
    for name, number in facts["kinds"].items():
        kinds[name.rsplit(" ", 1)[1]] += number
    return {
        "documents": facts["documents"],
        "kinds": kinds,
        "objects": facts["objects"],
        "unreadable": len(facts.get("not_objects", [])) + len(facts.get("unparsable", [])),
        "again": len(facts.get("duplicates", [])) + len(facts.get("conflicts", [])),
    }
