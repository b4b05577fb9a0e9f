"""Patches among the steps of `ask` are refused as an apiserver refuses them."""

from __future__ import annotations

import pytest

from cluster.machinery.manifest import Manifest, mappings_at
from cluster.questions.steps import take_step
from tests.questions.asking import cluster, service


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        pytest.param({"metadata": {"uid": "x"}}, 422, "metadata.uid: Invalid", id="uid-A-28"),
        pytest.param({"metadata": {"name": "x"}}, 400, "does not match the name", id="name-A-39"),
        pytest.param(
            {"metadata": {"namespace": "x"}}, 400, "does not match the namespace", id="namespace"
        ),
        pytest.param({"kind": "Pod"}, 400, "cannot make a Service a Pod", id="kind"),
        pytest.param({"apiVersion": "v9"}, 400, "cannot change the apiVersion", id="version"),
        pytest.param({"spec": {"ports": "x"}}, 422, "patch: Invalid value", id="shape-A-36"),
    ],
)
def test_a_patch_that_cannot_be_is_refused_and_changes_nothing(
    change: Manifest, code: int, message: str
) -> None:
    seeded = cluster("", service("shop/web"))
    body: Manifest = {"kind": "Service", "name": "shop/web", "type": "merge", "value": change}
    revision = seeded.revision
    take_step(seeded, 0, {"patch": body})

    (refused,) = seeded.refused
    answer = refused.answer()
    assert answer["code"] == code
    assert message in refused.error.message
    assert mappings_at(answer, "errors")
    assert seeded.revision == revision
