import pytest

from cluster import store
from cluster.machinery.errors import BadRequest, Conflict, Invalid, NotFound
from cluster.machinery.manifest import JSON, Manifest, integer_at, mappings_at, text_at
from cluster.machinery.meta import Key
from tests.runtime.workload import deployment
from tests.store.objects import config_key, config_map, service, service_key

WEB = Key("apps", "Deployment", "default", "web")


@pytest.fixture
def web(shop: str) -> str:
    """A Deployment of eight Pods."""
    store.create(cluster=shop, document=deployment("default", "web", 1), actor="tests")
    return shop


def patch(
    shop: str, change: JSON, patch_type: store.PatchType, address: Key = WEB, **options: str
) -> store.Written:
    return store.patch(
        cluster=shop, address=address, change=change, patch_type=patch_type, actor="tests",
        **options,  # type: ignore[arg-type]
    )  # fmt: skip


def images(manifest: Manifest) -> dict[str, str]:
    containers = mappings_at(manifest, "spec", "template", "spec", "containers")
    return {str(item["name"]): str(item["image"]) for item in containers}


def test_a_strategic_patch_merges_containers_by_name(web: str) -> None:
    """J-6."""
    added: JSON = {"spec": {"template": {"spec": {"containers": [{"name": "b", "image": "x:1"}]}}}}

    written = patch(web, added, "strategic")

    assert images(written.manifest) == {"main": "example/main:1", "b": "x:1"}


def test_a_merge_patch_replaces_lists(web: str) -> None:
    """J-12."""
    only: JSON = {"spec": {"template": {"spec": {"containers": [{"name": "b", "image": "x:1"}]}}}}

    written = patch(web, only, "merge")

    assert images(written.manifest) == {"b": "x:1"}


def test_a_json_patch_that_fails_changes_nothing(web: str) -> None:
    """J-12."""
    before = store.revision_of(web)
    operations: JSON = [
        {"op": "replace", "path": "/spec/replicas", "value": 1},
        {"op": "test", "path": "/metadata/name", "value": "another"},
    ]

    with pytest.raises(Invalid):
        patch(web, operations, "json")
    assert store.revision_of(web) == before


def test_a_patch_that_names_another_version_is_refused(web: str) -> None:
    stale: JSON = {"metadata": {"resourceVersion": "1"}, "spec": {"replicas": 1}}

    with pytest.raises(Conflict):
        patch(web, stale, "merge")


def test_an_unknown_field_in_a_patch_is_a_422_on_the_patch(web: str) -> None:
    """A-36."""
    with pytest.raises(Invalid, match="patch") as refused:
        patch(web, {"spec": {"size": 1}}, "merge", field_validation="Strict")

    assert refused.value.errors[0].field == "patch"
    assert 'unknown field "spec.size"' in refused.value.message


def test_an_unknown_field_is_dropped_with_a_warning_by_default(shop: str) -> None:
    """A-36."""
    written = store.create(cluster=shop, document=service("web", size=1), actor="tests")

    assert 'unknown field "spec.size"' in written.warnings
    assert integer_at(store.get(shop, service_key("web")), "spec", "size") is None
    with pytest.raises(BadRequest, match="strict decoding error"):
        store.create(
            cluster=shop, document=service("api", size=1), actor="tests",
            field_validation="Strict",
        )  # fmt: skip


def test_a_status_write_leaves_the_spec_alone(web: str) -> None:
    """A-35."""
    changed = store.get(web, WEB) | {"spec": {}, "status": {"replicas": 3}}

    written = store.replace(
        cluster=web, document=changed, actor="tests", address=WEB, subresource="status"
    )

    assert integer_at(written.manifest, "status", "replicas") == 3
    assert integer_at(written.manifest, "spec", "replicas") == 8


def test_scaling_changes_replicas_and_generation(web: str) -> None:
    """A-33."""
    written = store.scale(cluster=web, address=WEB, replicas=2, actor="tests")

    assert integer_at(written.manifest, "spec", "replicas") == 2
    assert integer_at(written.manifest, "metadata", "generation") == 2
    with pytest.raises(NotFound):
        store.scale(cluster=web, address=service_key("kubernetes"), replicas=2, actor="tests")


def test_a_patch_needs_its_object(shop: str) -> None:
    with pytest.raises(NotFound, match='configmaps "none" not found'):
        patch(shop, {}, "merge", config_key("none"))


def test_applying_again_changes_nothing(shop: str) -> None:
    """J-13, K-5."""
    documents = [service("web"), service("web"), service("web", sessionAffinity="ClientIP")]

    verbs = [
        store.apply(cluster=shop, document=document, actor="tests").verb for document in documents
    ]

    assert verbs == ["created", "unchanged", "configured"]


def test_apply_needs_a_name(shop: str) -> None:
    """J-18."""
    document = config_map("") | {"metadata": {"generateName": "web-", "namespace": "default"}}

    with pytest.raises(BadRequest, match="cannot use generate name with apply"):
        store.apply(cluster=shop, document=document, actor="tests")


def test_apply_cannot_change_what_is_immutable_but_made_anew_it_is_another_object(
    shop: str,
) -> None:
    """J-11."""
    store.apply(cluster=shop, document=service("web"), actor="tests")
    before = store.get(shop, service_key("web"))
    other = service("web", clusterIP="10.96.7.7")

    with pytest.raises(Invalid, match=r"field is immutable|may not change once set"):
        store.apply(cluster=shop, document=other, actor="tests")
    store.delete(cluster=shop, address=service_key("web"), actor="tests")
    store.apply(cluster=shop, document=other, actor="tests")

    after = store.get(shop, service_key("web"))
    assert text_at(after, "spec", "clusterIP") == "10.96.7.7"
    assert text_at(after, "metadata", "uid") != text_at(before, "metadata", "uid")


def test_apply_removes_what_the_last_document_said_and_this_one_does_not(shop: str) -> None:
    """J-1."""
    store.apply(cluster=shop, document=service("web", sessionAffinity="ClientIP"), actor="tests")
    before = store.get(shop, service_key("web"))

    store.apply(cluster=shop, document=service("web"), actor="tests")

    after = store.get(shop, service_key("web"))
    assert text_at(before, "spec", "sessionAffinity") == "ClientIP"
    assert text_at(after, "spec", "sessionAffinity") == "None"
    assert text_at(after, "spec", "clusterIP") == text_at(before, "spec", "clusterIP")


def test_what_is_never_stored_does_not_come_in_through_the_annotation(shop: str) -> None:
    document = config_map("settings") | {"data": {"password": "hidden"}}

    store.apply(cluster=shop, document=document, actor="tests")

    assert "hidden" not in str(store.get(shop, config_key("settings")))


def test_a_user_annotation_of_the_last_applied_document_keeps_no_data_either(shop: str) -> None:
    """kubectl itself sends the whole document in the annotation."""
    kept = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"p":"hidden"}}'
    name = "kubectl.kubernetes.io/last-applied-configuration"
    document = config_map("settings", annotations={name: kept})

    store.create(cluster=shop, document=document, actor="tests")

    found = store.get(shop, config_key("settings"))
    assert "hidden" not in str(found)
    assert "apiVersion" in (text_at(found, "metadata", "annotations", name) or "")


def test_a_patch_that_changes_the_uid_is_refused_with_the_field(web: str) -> None:
    """A-28."""
    with pytest.raises(Invalid, match=r"metadata\.uid: Invalid value: .*field is immutable"):
        patch(web, {"metadata": {"uid": "another"}}, "merge")
