"""What the head of an object's page says of it."""

from __future__ import annotations

import pytest

from cluster.catalog import KINDS
from cluster.machinery.manifest import Manifest
from cluster.web.standing import standing_of

POD: Manifest = {
    "spec": {"containers": [{"name": "main"}]},
    "status": {
        "phase": "Running",
        "containerStatuses": [{"name": "main", "ready": False, "state": {"running": {}}}],
    },
}
NODE: Manifest = {"status": {"conditions": [{"type": "Ready", "status": "False"}]}}
STANDINGS = [
    pytest.param("Service", {"spec": {"type": "NodePort"}}, [("NodePort", None)], id="a type"),
    pytest.param("Pod", POD, [("Running", "ok"), ("0 of 1 ready", "warn")], id="an unready Pod"),
    pytest.param("Node", NODE, [("NotReady", "warn")], id="a Node that is lost"),
    pytest.param("Deployment", {"spec": {"replicas": 2}, "status": {"readyReplicas": 2}},
                 [("2 of 2 ready", "ok")], id="a whole Deployment"),
    pytest.param("NetworkPolicy", {"spec": {}}, [], id="a kind without either"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "manifest", "expected"), STANDINGS)
def test_a_page_opens_with_how_its_object_stands(
    kind: str, manifest: Manifest, expected: list[tuple[str, str | None]]
) -> None:
    found = standing_of(KINDS[kind], manifest)

    assert [(each.text, each.state) for each in found] == expected
