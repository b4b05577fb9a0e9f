"""What controllers own of objects, as managedFields shows it. Source: an apiserver of 1.33."""

from __future__ import annotations

import pytest

from cluster.machinery import controllers
from cluster.machinery.field_sets import from_fields_v1, print_path
from cluster.machinery.manifest import JSON, Manifest, mapping_at, mappings_at
from cluster.machinery.schema import StructShape, shape_of

OWNER: JSON = [{"uid": "u1", "kind": "ReplicaSet", "name": "web", "controller": True}]
POD: Manifest = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web-1", "uid": "u2", "ownerReferences": OWNER},
    "spec": {
        "nodeName": "node-1", "serviceAccountName": "default", "restartPolicy": "Always",
        "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists"}],
    },
    "status": {
        "phase": "Running", "qosClass": "BestEffort",
        "conditions": [
            {"type": "PodScheduled", "status": "True"}, {"type": "Ready", "status": "True"},
        ],
    },
}  # fmt: skip
PENDING: Manifest = POD | {
    "status": {
        "phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False"}],
    }
}  # fmt: skip
DEPLOYMENT: Manifest = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "annotations": {"deployment.kubernetes.io/revision": "1"}},
    "spec": {"replicas": 2},
    "status": {"replicas": 2},
}
LOAD_BALANCER: Manifest = {
    "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
    "spec": {"type": "LoadBalancer"}, "status": {"loadBalancer": {}},
}  # fmt: skip


def shape(manifest: Manifest) -> StructShape:
    return shape_of(str(manifest["apiVersion"]), str(manifest["kind"]))


def owned(manifest: Manifest) -> dict[str, list[str]]:
    """Return what is owned, by manager and subresource."""
    found = mappings_at(controllers.shown(manifest, shape(manifest)), "metadata", "managedFields")
    return {
        f"{entry['manager']} {entry.get('subresource', '')}".strip(): sorted(
            map(print_path, from_fields_v1(entry["fieldsV1"]))
        )
        for entry in found
    }


def test_a_pod_is_its_controllers_and_its_status_the_kubelets() -> None:
    """Whom it is bound to and what the apiserver fills in is nobody's."""
    assert owned(POD) == {
        "kube-controller-manager": [
            ".metadata.ownerReferences",
            '.metadata.ownerReferences[uid="u1"]',
            ".spec.restartPolicy",
        ],
        "kubelet status": [
            ".status.conditions",
            '.status.conditions[type="Ready"]',
            '.status.conditions[type="Ready"].status',
            '.status.conditions[type="Ready"].type',
            ".status.phase",
        ],
    }


def test_the_scheduler_reports_what_it_cannot_place() -> None:
    found = owned(PENDING)

    assert "kubelet status" not in found
    assert '.status.conditions[type="PodScheduled"]' in found["kube-scheduler status"]


def test_a_deployments_revision_is_reported_with_its_status() -> None:
    assert owned(DEPLOYMENT) == {
        "kube-controller-manager status": [
            ".metadata.annotations",
            ".metadata.annotations.deployment.kubernetes.io/revision",
            ".status.replicas",
        ]
    }


def test_what_the_apiserver_begins_a_status_with_is_nobodys() -> None:
    assert owned(LOAD_BALANCER) == {}


def entry(manager: str, fields: Manifest, subresource: str = "") -> Manifest:
    return {
        "manager": manager, "operation": "Update", "apiVersion": "apps/v1",
        "fieldsType": "FieldsV1", "fieldsV1": fields, "subresource": subresource,
    }  # fmt: skip


def with_owners(*entries: JSON) -> Manifest:
    meta = mapping_at(DEPLOYMENT, "metadata") | {"managedFields": [*entries]}
    return DEPLOYMENT | {"metadata": meta}


STATUS = entry("me", {"f:status": {"f:replicas": {}}}, "status")
SPEC = entry("me", {"f:spec": {"f:replicas": {}}})


def test_what_another_set_in_a_status_is_not_the_controllers() -> None:
    found = owned(with_owners(STATUS))

    assert found["me status"] == [".status.replicas"]
    assert ".status.replicas" not in found["kube-controller-manager status"]


@pytest.mark.parametrize(
    ("part", "entry_", "left"),
    [
        ("status", STATUS, {}),
        ("spec", SPEC, {"kube-controller-manager": [".spec.replicas"]}),
    ],
)
def test_what_a_controller_changes_is_no_longer_anothers(
    part: str, entry_: Manifest, left: dict[str, list[str]]
) -> None:
    old = with_owners(entry_)
    new = DEPLOYMENT | {part: {"replicas": 3}}

    found = owned(controllers.after_controllers(old, new, shape(old)))

    assert {who: fields for who, fields in found.items() if who.endswith("manager")} == left
    assert not [who for who in found if who.startswith("me")]


def test_an_object_carries_none_of_what_is_worked_out() -> None:
    """A client that writes back all it has read makes no entry of it."""
    for manifest in (POD, PENDING, DEPLOYMENT):
        listed = mappings_at(
            controllers.shown(manifest, shape(manifest)), "metadata", "managedFields"
        )
        assert controllers.kept([*listed], manifest, shape(manifest)) == []
