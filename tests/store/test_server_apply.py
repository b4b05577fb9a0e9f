"""Server-side apply on a stored cluster, and who owns what after other writes."""

from typing import Any

import pytest

from cluster import store
from cluster.machinery.errors import BadRequest, Conflict, Invalid, NotFound
from cluster.machinery.manifest import JSON, Manifest, mapping_at, mappings_at
from cluster.machinery.meta import Key
from cluster.machinery.ownership import Untypable
from cluster.machinery.three_way import LAST_APPLIED, with_last_applied
from tests.runtime.workload import deployment
from tests.store.objects import config_key, config_map, service, service_key

SHOP = service_key("shop")
WEB = Key("apps", "Deployment", "default", "web")


def apply(
    cluster: str, document: Manifest, manager: str = "one", address: Key = SHOP, **options: Any
) -> store.Written:
    return store.server_apply(
        cluster=cluster, address=address, document=document, actor="tests",
        field_manager=manager, **options,
    )  # fmt: skip


def owners(manifest: Manifest) -> dict[str, Manifest]:
    return {
        f"{entry['manager']} {entry['operation']}": mapping_at(entry, "fieldsV1")
        for entry in mappings_at(manifest, "metadata", "managedFields")
    }


def labelled(**labels: JSON) -> Manifest:
    found = service("shop")
    return found | {"metadata": mapping_at(found, "metadata") | {"labels": labels}}


def test_apply_creates_and_owns_only_what_it_sent(shop: str) -> None:
    """J-7, A-8."""
    written = apply(shop, service("shop"))

    assert written.verb == "created"
    assert mapping_at(written.manifest, "spec")["clusterIP"]
    assert owners(written.manifest) == {
        "one Apply": {
            "f:spec": {
                "f:ports": {'k:{"port":80,"protocol":"TCP"}': {".": {}, "f:port": {}}},
                "f:selector": {},
            }
        }
    }


def test_applying_again_writes_nothing(shop: str) -> None:
    """K-5, A-30."""
    first = apply(shop, service("shop"))

    again = apply(shop, service("shop"))

    assert (again.verb, again.revision) == ("unchanged", first.revision)


def test_another_applier_of_the_same_is_written_down(shop: str) -> None:
    apply(shop, service("shop"))

    both = apply(shop, service("shop"), "two")

    assert both.verb == "configured"
    assert set(owners(both.manifest)) == {"one Apply", "two Apply"}


def test_a_conflict_is_a_409_and_force_takes_over(shop: str) -> None:
    """J-8."""
    apply(shop, labelled(a="1"))

    with pytest.raises(Conflict) as caught:
        apply(shop, labelled(a="2"), "two")
    taken = apply(shop, labelled(a="2"), "two", force=True)

    status = caught.value.status()
    assert (status["code"], status["reason"]) == (409, "Conflict")
    assert status["message"] == (
        'Apply failed with 1 conflict: conflict with "one": .metadata.labels.a'
    )
    assert mapping_at(taken.manifest, "metadata")["labels"] == {"a": "2"}


def test_objects_made_without_a_manager_are_not_tracked(shop: str) -> None:
    """Uploads, pages and the engine name none."""
    made = store.create(cluster=shop, document=labelled(a="1"), actor="tests")
    edited = store.replace(cluster=shop, document=labelled(a="2"), actor="tests")
    untouched = store.get(shop, SHOP)

    applied = apply(shop, labelled(a="2", b="3"))

    for manifest in (made.manifest, edited.manifest, untouched):
        assert "managedFields" not in mapping_at(manifest, "metadata")
    assert set(owners(applied.manifest)) == {"before-first-apply Update", "one Apply"}


def test_every_kind_of_write_is_tracked_on_an_object_of_a_manager(shop: str) -> None:
    store.create(
        cluster=shop, document=labelled(a="1"), actor="tests", field_manager="kubectl-create"
    )
    store.patch(
        cluster=shop, address=SHOP, change={"metadata": {"labels": {"b": "2"}}},
        patch_type="merge", actor="tests", field_manager="kubectl-label",
    )  # fmt: skip
    condition: Manifest = {
        "type": "Ready", "status": "True", "reason": "Up", "message": "",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    store.patch(
        cluster=shop, address=SHOP, change={"status": {"conditions": [condition]}},
        patch_type="merge", actor="tests", subresource="status", field_manager="cloud",
    )  # fmt: skip
    written = store.replace(cluster=shop, document=labelled(a="1", c="4"), actor="tests")

    found = owners(written.manifest)

    assert set(found) == {"kubectl-create Update", "cloud Update", "netviz Update"}
    conditions = mapping_at(found["cloud Update"], "f:status", "f:conditions")
    assert list(conditions) == [".", 'k:{"type":"Ready"}']
    assert found["netviz Update"] == {"f:metadata": {"f:labels": {"f:c": {}}}}
    ports = mapping_at(found["kubectl-create Update"], "f:spec", "f:ports")
    assert 'k:{"port":80,"protocol":"TCP"}' in ports
    assert "f:clusterIP" not in mapping_at(found["kubectl-create Update"], "f:spec")


def test_scaling_is_written_down_with_its_subresource(shop: str) -> None:
    document = deployment("default", "web", 1)
    store.create(cluster=shop, document=document, actor="tests", field_manager="kubectl-create")

    written = store.patch(
        cluster=shop, address=WEB, change={"spec": {"replicas": 4}}, patch_type="merge",
        actor="tests", field_manager="kubectl", owner_subresource="scale",
    )  # fmt: skip

    scaled = [
        entry
        for entry in mappings_at(written.manifest, "metadata", "managedFields")
        if entry.get("subresource") == "scale"
    ]
    assert [entry["fieldsV1"] for entry in scaled] == [{"f:spec": {"f:replicas": {}}}]
    with pytest.raises(Conflict, match=r'with subresource "scale" using apps/v1: .spec.replicas'):
        apply(shop, document | {"spec": mapping_at(document, "spec") | {"replicas": 2}},
              address=WEB)  # fmt: skip


def test_the_moves_of_kubectl_from_client_side_apply(shop: str) -> None:
    """The four patches of `kubectl apply --server-side` on such an object."""
    store.create(
        cluster=shop, document=with_last_applied(labelled(a="1")), actor="tests",
        field_manager="kubectl-client-side-apply",
    )  # fmt: skip

    apply(shop, labelled(a="2"), "kubectl")
    text = mapping_at(store.get(shop, SHOP), "metadata", "annotations")[LAST_APPLIED]
    note: Manifest = {"apiVersion": "v1", "kind": "Service", "metadata": {
        "name": "shop", "annotations": {LAST_APPLIED: text}}}  # fmt: skip
    apply(shop, note, "kubectl-last-applied")
    live = store.get(shop, SHOP)
    meta = mapping_at(live, "metadata")
    entries = mappings_at(meta, "managedFields")
    kept: list[JSON] = [entry for entry in entries if entry["operation"] == "Apply"]
    operations: JSON = [
        {"op": "replace", "path": "/metadata/managedFields", "value": kept},
        {"op": "replace", "path": "/metadata/resourceVersion", "value": meta["resourceVersion"]},
    ]
    store.patch(cluster=shop, address=SHOP, change=operations, patch_type="json", actor="tests",
                field_manager="kubectl")  # fmt: skip
    last = apply(shop, labelled(a="2"), "kubectl")

    assert set(owners(last.manifest)) == {"kubectl Apply", "kubectl-last-applied Apply"}
    assert '"a":"2"' in str(text)
    with pytest.raises(Conflict):  # the resourceVersion is of before
        store.patch(cluster=shop, address=SHOP, change=operations, patch_type="json",
                    actor="tests")  # fmt: skip


def test_a_dry_run_of_apply_stores_nothing(shop: str) -> None:
    written = apply(shop, service("shop"), dry_run=True)

    assert written.verb == "created"
    with pytest.raises(NotFound):
        store.get(shop, SHOP)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        pytest.param({"spec": {"x": 1}}, Untypable, ".spec.x: field not declared", id="unknown"),
        pytest.param({"apiVersion": "v2"}, BadRequest, "patch version: v2", id="version"),
        pytest.param({"kind": "Pod"}, BadRequest, "not that of the URL", id="kind"),
        pytest.param({"kind": ""}, BadRequest, "'Kind' is missing", id="no kind"),
        pytest.param(
            {"metadata": {"name": "y"}}, BadRequest, "does not match the name on", id="name"
        ),
        pytest.param(
            {"metadata": {"namespace": "y"}}, BadRequest, "does not match the namespace", id="ns"
        ),
        pytest.param(
            {"metadata": {"managedFields": [{"manager": "x"}]}}, BadRequest, "must be nil",
            id="managed",
        ),
        pytest.param({"metadata": 3}, BadRequest, "metadata is no object", id="metadata"),
        pytest.param({"spec": {"type": "Nope"}}, Invalid, "spec.type", id="invalid"),
    ],
)  # fmt: skip
def test_what_cannot_be_applied(
    shop: str, change: Manifest, error: type[Exception], words: str
) -> None:
    """J-16."""
    with pytest.raises(error) as caught:
        apply(shop, service("shop") | change)

    assert words in str(caught.value)


def named(**identity: str) -> Manifest:
    found = service("shop")
    return found | {"metadata": mapping_at(found, "metadata") | identity}


def test_an_object_that_is_gone_is_not_made_again_under_its_uid(shop: str) -> None:
    """A-28: what a manifest calls by uid is another object; a revision alone says nothing."""
    with pytest.raises(Conflict, match="specified uid 7, and no existing object was found"):
        apply(shop, named(uid="7", resourceVersion="3"))

    written = apply(shop, named(resourceVersion="3"))

    assert written.verb == "created"


def test_a_stale_revision_is_told_before_another_uid(shop: str) -> None:
    """A-28, A-31; a client-side patch is answered in the same order."""
    first = apply(shop, service("shop"))
    revision = str(first.revision)

    for sent in ({"resourceVersion": "1"}, {"resourceVersion": "1", "uid": "7"}):
        with pytest.raises(Conflict, match="the object has been modified"):
            apply(shop, named(**sent))
        with pytest.raises(Conflict, match="the object has been modified"):
            store.patch(
                cluster=shop, address=SHOP, change={"metadata": {**sent}}, patch_type="merge",
                actor="tests",
            )  # fmt: skip
    with pytest.raises(Invalid, match=r"metadata.uid: Invalid value: .* field is immutable"):
        apply(shop, named(resourceVersion=revision, uid="7"))


def test_data_that_is_never_stored_is_not_owned_either(shop: str) -> None:
    written = apply(shop, config_map("c") | {"data": {"a": "b"}}, address=config_key("c"))

    assert owners(written.manifest) == {}
    assert "data" not in written.manifest
    assert "data dropped" in written.warnings[0]


def made_by_a_controller(cluster: str) -> Key:
    """Store a ReplicaSet as the engine does, and return its key."""
    document = deployment("default", "web", 1)
    spec = mapping_at(document, "spec")
    document |= {
        "kind": "ReplicaSet",
        "spec": {name: spec[name] for name in ("replicas", "selector", "template")},
    }
    owner: JSON = [
        {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "u1",
         "controller": True},
    ]  # fmt: skip
    meta = mapping_at(document, "metadata") | {"ownerReferences": owner}
    store.create(cluster=cluster, document=document | {"metadata": meta}, actor="engine")
    return Key("apps", "ReplicaSet", "default", "web")


def replicas(count: int) -> Manifest:
    return {
        "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "web"},
        "spec": {"replicas": count},
    }  # fmt: skip


def test_what_a_controller_made_is_the_controllers(shop: str) -> None:
    key = made_by_a_controller(shop)

    with pytest.raises(Conflict) as caught:
        apply(shop, replicas(3), address=key)
    same = apply(shop, replicas(8), address=key)

    assert caught.value.message == (
        'Apply failed with 1 conflict: conflict with "kube-controller-manager" using apps/v1: '
        ".spec.replicas"
    )
    assert set(owners(same.manifest)) == {"one Apply", "kube-controller-manager Update"}


def test_a_status_that_a_controller_reports_is_the_controllers(shop: str) -> None:
    store.create(cluster=shop, document=deployment("default", "web", 1), actor="tests")
    reported: Manifest = {"status": {"replicas": 1}}
    store.patch(
        cluster=shop, address=WEB, change=reported, patch_type="merge", actor="engine",
        subresource="status",
    )  # fmt: skip
    told: Manifest = {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
        "status": {"replicas": 7},
    }  # fmt: skip

    with pytest.raises(Conflict) as caught:
        apply(shop, told, address=WEB, subresource="status")
    forced = apply(shop, told, address=WEB, subresource="status", force=True)

    assert 'conflict with "kube-controller-manager" with subresource "status"' in str(caught.value)
    assert "one Apply" in owners(forced.manifest)
    assert "kube-controller-manager Update" not in owners(forced.manifest)
