"""Real applications: who may reach which port, as it was worked out by hand."""

from __future__ import annotations

import pytest

from cluster.machinery.decode import Upload, documents
from cluster.machinery.limits import Limits
from cluster.machinery.manifest import JSON
from cluster.machinery.settings import EMPTY, dual_stack, parse_settings
from cluster.questions.plan.question import planned
from cluster.questions.question import Given
from cluster.questions.seeded import Seeded
from cluster.questions.seeding import seed
from tests.corpora.applications import Application, applications
from tests.corpora.connectivity import Ends, connectivity, unknown_names, wrong

KNOWN = [found for found in applications() if found.name in connectivity()]
ALL = applications()
REFUSED = {"npa-named-port": {"Deployment/helloworld/pod-a"}}
"""Workloads that the facts name and the apiserver refuses (`refusals`)."""


def objects_of(application: Application) -> list[JSON]:
    uploads = [
        Upload(application.upload_name(file), file.read_bytes()) for file in application.files
    ]
    found = documents(uploads, Limits.trusted())
    return [document.manifest for document in found if document.manifest is not None]


def settled(application: Application) -> Seeded:
    raw = dual_stack({}) if application.is_dual_stack else EMPTY
    return seed(objects_of(application), parse_settings(raw), mode="import")


@pytest.mark.parametrize("application", KNOWN, ids=lambda found: found.name)
def test_who_may_reach_which_port_is_as_worked_out_by_hand(application: Application) -> None:
    known, ends = connectivity()[application.name], Ends(settled(application).snapshot)

    assert unknown_names(known, ends) == REFUSED.get(application.name, set())
    assert list(wrong(known, ends)) == []


@pytest.mark.parametrize("application", ALL, ids=lambda found: found.name)
def test_a_plan_of_what_is_there_already_changes_nothing(application: Application) -> None:
    plan = planned(
        settled(application), Given({"objects": objects_of(application)}), mode="import"
    )

    assert not plan.matters
    assert (plan.added, plan.changed, plan.removed, plan.remade) == ((), (), (), ())
    assert plan.names == plan.routes == ([], [], [])
