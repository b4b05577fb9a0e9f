"""Forms of single kinds: real fields, the store's words at them, and the YAML for the rest."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from cluster import store
from cluster.admin.fields import FIELDS
from cluster.catalog import KINDS
from cluster.machinery.manifest import JSON, Manifest, value_at
from cluster.models import Resource
from tests.admin.conftest import Made, page, stored
from tests.admin.pages import errors, inputs


def at(manifest: Manifest, *path: str | int) -> JSON:
    """Return what stands at a path of names and positions."""
    here: Any = manifest
    for step in path:
        here = here[step]
    found: JSON = here
    return found


def save(admin: Client, row: Resource, **changes: str) -> Any:
    """Open an object's form, change inputs and save."""
    address = page(row.kind, "change", row.pk)
    sent = inputs(admin.get(address)) | changes
    as_sent = {  # browsers end lines with CR LF
        name: value.replace("\n", "\r\n") if isinstance(value, str) else value
        for name, value in sent.items()
    }
    return admin.post(address, as_sent)


def test_replicas_is_a_field_of_deployments(admin: Client, made: Made) -> None:
    row = made("Deployment")

    response = save(admin, row, replicas="5")

    assert response.status_code == 302, errors(response)
    assert at(stored("Deployment", "web"), "spec", "replicas") == 5
    assert LogEntry.objects.get().get_change_message() == "Changed Replicas."


def test_a_service_is_made_from_fields_alone(admin: Client) -> None:
    form = inputs(admin.get(page("Service", "add")))
    form |= {
        "cluster": str(first_option(admin)), "name": "web", "type": "NodePort",
        "selector-0-key": "app", "selector-0-value": "web",
        "ports-0-name": "http", "ports-0-port": "80", "ports-0-target_port": "http",
        "ports-1-name": "dns", "ports-1-protocol": "UDP", "ports-1-port": "53",
    }  # fmt: skip

    response = admin.post(page("Service", "add"), form)

    assert response.status_code == 302, errors(response)
    made = stored("Service", "web")
    assert at(made, "spec", "type") == "NodePort"
    assert at(made, "spec", "selector") == {"app": "web"}
    assert at(made, "spec", "ports", 0, "targetPort") == "http"
    assert at(made, "spec", "ports", 1, "protocol") == "UDP"
    assert at(made, "spec", "ports", 1, "targetPort") == 53
    assert value_at(made, "spec", "clusterIP")


@pytest.mark.parametrize(
    ("kind", "changes", "field", "told"),
    [
        pytest.param(
            "Service", {"ports-0-port": "70000"}, "ports",
            "spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive",
            id="a port out of range at the ports",
        ),
        pytest.param(
            "Service", {"cluster_ip": "10.0.0.300"}, "cluster_ip", "spec.clusterIP",
            id="an address that is none at the cluster IP",
        ),
        pytest.param(
            "Service", {"type": "Cluster"}, "type", 'spec.type: Unsupported value: "Cluster"',
            id="a word that is none at the type",
        ),
        pytest.param(
            "Deployment", {"replicas": "-1"}, "replicas",
            "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
            id="a negative number at the replicas",
        ),
        pytest.param(
            "Deployment", {"replicas": "many"}, "replicas", "no whole number",
            id="text at the replicas",
        ),
        pytest.param(
            "Deployment", {"pod_labels-0-value": "api"}, "pod_labels",
            "spec.template.metadata.labels",
            id="labels that the selector does not match at the Pod labels",
        ),
        pytest.param(
            "Deployment", {"containers-0-ports": "http"}, "containers", "is no port",
            id="a port without a number at the containers",
        ),
        pytest.param(
            "Ingress", {"rules-0-path": "no-slash"}, "rules",
            "spec.rules[0].http.paths[0].path",
            id="a relative path at the rules",
        ),
        pytest.param(
            "NetworkPolicy", {"pod_selector-5-key": "a b", "pod_selector-5-value": "x"},
            "pod_selector", "spec.podSelector.matchLabels",
            id="a label that is none at the Pod selector",
        ),
        pytest.param(
            "Service", {"manifest": "kind: Service\n  apiVersion: v1"}, "manifest", "Line 2",
            id="broken YAML at the manifest, with its line",
        ),
        pytest.param(
            "Service", {"manifest": "apiVersion: v1\nkind: Pod\n"}, "manifest", "This is a Pod",
            id="another kind at the manifest",
        ),
        pytest.param(
            "Service", {"manifest": "apiVersion: v1\nkind: Service\nspec: {portz: []}\n"},
            "manifest", 'unknown field "spec.portz"',
            id="a misspelt field at the manifest",
        ),
    ],
)  # fmt: skip
def test_a_refusal_is_told_at_its_field(
    admin: Client, made: Made, *, kind: str, changes: dict[str, str], field: str, told: str
) -> None:
    row = made(kind)
    before = stored(kind, "web")

    response = save(admin, row, **changes)

    found = errors(response)
    assert list(found) == [field], found
    assert told in found[field][0]
    assert stored(kind, "web") == before


def test_the_refused_cell_of_a_table_is_marked(admin: Client, made: Made) -> None:
    row = made("Service")

    response = save(admin, row, **{"ports-4-name": "x", "ports-4-port": "99999"})

    marked = [line for line in response.content.decode().split("<input") if "aria-invalid" in line]
    assert any('name="ports-1-port"' in line or 'name="ports-2-port"' in line for line in marked)
    assert not any('name="ports-0-port"' in line for line in marked)


def test_a_changed_field_wins_over_the_yaml_and_the_rest_of_the_yaml_counts(
    admin: Client, made: Made
) -> None:
    row = made("Deployment")
    document = stored("Deployment", "web")
    spec = document["spec"]
    assert isinstance(spec, dict)
    spec |= {"replicas": 3, "minReadySeconds": 7}

    response = save(admin, row, manifest=orjson.dumps(document).decode(), replicas="5")

    assert response.status_code == 302, errors(response)
    assert at(stored("Deployment", "web"), "spec", "replicas") == 5
    assert at(stored("Deployment", "web"), "spec", "minReadySeconds") == 7


def test_rows_keep_what_their_columns_do_not_show(admin: Client, made: Made) -> None:
    container: Manifest = {
        "name": "web",
        "image": "nginx:1",
        "env": [{"name": "A", "value": "b"}],
        "ports": [{"name": "http", "containerPort": 80, "hostPort": 8080}],
    }
    row = made("Pod", spec={"containers": [container]})

    response = save(admin, row, **{"containers-0-image": "nginx:2"})

    assert response.status_code == 302, errors(response)
    kept = at(stored("Pod", "web"), "spec", "containers", 0)
    assert isinstance(kept, dict)
    assert kept["image"] == "nginx:2"
    assert kept["env"] == [{"name": "A", "value": "b"}]
    assert at(kept, "ports", 0, "hostPort") == 8080


def test_a_row_left_empty_is_no_row(admin: Client, made: Made) -> None:
    row = made(
        "Service", spec={"selector": {"app": "web", "tier": "front"}, "ports": [{"port": 80}]}
    )
    form = inputs(admin.get(page("Service", "change", row.pk)))
    number = next(key for key, value in form.items() if value == "tier").split("-")[1]

    save(admin, row, **{f"selector-{number}-key": "", f"selector-{number}-value": ""})

    assert at(stored("Service", "web"), "spec", "selector") == {"app": "web"}


def test_status_that_a_controller_writes_meanwhile_is_no_conflict(
    admin: Client, made: Made
) -> None:
    row = made("Deployment")
    address = page("Deployment", "change", row.pk)
    form = inputs(admin.get(address))
    store.patch(
        cluster="shop", address=row.key, patch_type="merge", actor="engine", subresource="status",
        change={"status": {"replicas": 2, "readyReplicas": 2}},
    )  # fmt: skip

    response = admin.post(address, form | {"replicas": "4"})

    assert response.status_code == 302, errors(response)
    assert at(stored("Deployment", "web"), "spec", "replicas") == 4
    assert at(stored("Deployment", "web"), "status", "readyReplicas") == 2


def test_inputs_that_were_not_sent_are_unchanged(admin: Client, made: Made) -> None:
    row = made("Service")
    before = stored("Service", "web")

    response = admin.post(page("Service", "change", row.pk), {"type": "NodePort"})

    assert response.status_code == 302, errors(response)
    after = stored("Service", "web")
    assert at(after, "spec", "type") == "NodePort"
    assert at(after, "spec", "selector") == at(before, "spec", "selector")
    assert after["metadata"] != {}


def test_rows_of_one_host_are_one_rule(admin: Client, made: Made) -> None:
    row = made("Ingress")

    response = save(admin, row, **{
        "rules-5-host": "shop.example", "rules-5-path": "/api", "rules-5-path_type": "Prefix",
        "rules-5-service": "api", "rules-5-port": "http",
        "rules-6-host": "pay.example", "rules-6-path": "/", "rules-6-path_type": "Exact",
        "rules-6-service": "pay", "rules-6-port": "80",
    })  # fmt: skip

    assert response.status_code == 302, errors(response)
    rules = at(stored("Ingress", "web"), "spec", "rules")
    assert isinstance(rules, list)
    assert len(rules) == 2
    second = at(stored("Ingress", "web"), "spec", "rules", 0, "http", "paths", 1)
    assert second == {
        "path": "/api", "pathType": "Prefix",
        "backend": {"service": {"name": "api", "port": {"name": "http"}}},
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["ReplicaSet", "Pod"])
def test_what_a_controller_keeps_only_shows_and_names_what_to_edit(
    admin: Client, made: Made, kind: str
) -> None:
    deployment = made("Deployment", name="front")
    owner = owner_of("apps/v1", deployment)
    derived = made(kind, name="front-1")
    store.patch(
        cluster="shop", address=derived.key, patch_type="merge", actor="engine",
        change={"metadata": {"ownerReferences": [owner]}},
    )  # fmt: skip
    if kind == "Pod":
        replicas = made("ReplicaSet", name="front-0")
        for row, above in ((derived, owner_of("apps/v1", replicas)), (replicas, owner)):
            store.patch(
                cluster="shop", address=row.key, patch_type="merge", actor="engine",
                change={"metadata": {"ownerReferences": [above]}},
            )  # fmt: skip
    address = page(kind, "change", derived.pk)

    text = admin.get(address).content.decode()

    assert "edit the" in text
    assert "Deployment default/front" in text
    assert "<textarea" not in text
    assert admin.post(address, {"name": "x"}).status_code == 403


def owner_of(api_version: str, row: Resource) -> Manifest:
    return {
        "apiVersion": api_version, "kind": row.kind, "name": row.name, "uid": row.uid,
        "controller": True,
    }  # fmt: skip


def test_slices_of_the_controller_only_show(admin: Client, made: Made) -> None:
    labels = {
        "kubernetes.io/service-name": "web",
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
    }
    row = made("EndpointSlice", labels=labels)

    assert (
        "Service default/web"
        in admin.get(page("EndpointSlice", "change", row.pk)).content.decode()
    )


def test_a_protected_namespace_is_not_deleted_and_the_reason_is_told(admin: Client) -> None:
    row = Resource.objects.get(kind="Namespace", name="default")

    response = admin.post(page("Namespace", "delete", row.pk), {"post": "yes"}, follow=True)

    assert any("forbidden" in str(message) for message in response.context["messages"])
    assert stored("Namespace", "default", "")


def test_filters_look_into_the_manifest(admin: Client, made: Made) -> None:
    made("Service", name="inside")
    made("Service", name="outside", spec={"type": "NodePort", "ports": [{"port": 80}]})

    def shown(kind: str, **query: str) -> set[str]:
        rows = admin.get(page(kind, "changelist"), query).context["cl"].result_list
        return {row.name for row in rows}

    assert shown("Service", type="NodePort") == {"outside"}
    assert "outside" not in shown("Service", type="ClusterIP")
    assert shown("Service", cluster="shop", namespace="default") >= {"inside", "outside"}
    assert shown("Service", cluster="other") == set()
    made("Deployment")
    assert shown("Deployment", ready="true") == set()
    assert "web" in shown("Deployment", ready="false")
    made("Pod", spec={"nodeName": "node-1", "containers": [{"name": "a", "image": "b"}]})
    assert shown("Pod", node="node-1") == {"web"}
    assert shown("Pod", ready="true") == set()
    assert shown("Pod", phase="Pending") == {"web"}


def first_option(admin: Client) -> int:
    form = admin.get(page("Service", "add")).context["adminform"].form
    found: int = form.fields["cluster"].queryset.get().pk
    return found


def test_an_address_by_name_leads_to_the_form(admin: Client, made: Made) -> None:
    row = made("Service")
    made("Node", name="node-9")

    response = admin.get(page("Service", "at", "shop", "default", "web"))
    assert response.headers["Location"] == page("Service", "change", row.pk)
    assert admin.get(page("Node", "at", "shop", "-", "node-9")).status_code == 302
    assert admin.get(page("Service", "at", "shop", "default", "none")).status_code == 404


def test_every_kind_with_fields_is_a_kind() -> None:
    assert set(FIELDS) <= {kind.kind for kind in KINDS}
