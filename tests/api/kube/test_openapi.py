"""What the OpenAPI documents say, as the code of kubectl and client-go reads them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from cluster.api.kube.openapi import SWAGGER_PROTOBUF, OpenAPI
from cluster.catalog import KINDS

VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True)
class Below:
    name: str
    group: str
    version: str
    kind: str
    verbs: tuple[str, ...] = ("get", "patch", "update")


@dataclass(frozen=True)
class Served:
    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True
    verbs: tuple[str, ...] = VERBS
    subresources: tuple[Below, ...] = ()


@pytest.fixture(scope="module")
def openapi() -> OpenAPI:
    scale = Below("scale", "autoscaling", "v1", "Scale")
    return OpenAPI([
        Served(kind.group, kind.version, kind.kind, kind.plural, kind.namespaced,
               subresources=(scale,) if kind.scale_path else ())
        for kind in KINDS
    ])  # fmt: skip


def document(openapi: OpenAPI, path: str) -> Any:
    found = openapi.document(path)
    assert found is not None
    return json.loads(found)


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_index_names_every_group_version_with_a_hash(openapi: OpenAPI) -> None:
    paths: Any = openapi.index()["paths"]

    assert set(paths) == {f"apis/{kind.api_version}" if kind.group else "api/v1" for kind in KINDS}
    address = paths["apis/apps/v1"]["serverRelativeURL"]
    assert address == f"/openapi/v3/apis/apps/v1?hash={openapi.hash_of('apis/apps/v1')}"


def test_every_kind_can_be_patched_with_field_validation_and_dry_run(openapi: OpenAPI) -> None:
    for kind in KINDS:
        root = f"apis/{kind.api_version}" if kind.group else "api/v1"
        home = f"/{root}/namespaces/{{namespace}}" if kind.namespaced else f"/{root}"
        found = document(openapi, root)["paths"][f"{home}/{kind.plural}/{{name}}"]["patch"]

        assert found["x-kubernetes-group-version-kind"] == {
            "group": kind.group, "version": kind.version, "kind": kind.kind,
        }  # fmt: skip
        named = {(each["name"], each["in"]) for each in found["parameters"]}
        assert {("fieldValidation", "query"), ("dryRun", "query")} <= named


def test_every_reference_of_a_document_is_in_it(openapi: OpenAPI) -> None:
    for path in ("api/v1", "apis/apps/v1", "apis/networking.k8s.io/v1"):
        found = document(openapi, path)
        there = {f"#/components/schemas/{name}" for name in found["components"]["schemas"]}

        assert set(references(found)) <= there
    swagger = json.loads(openapi.swagger())
    assert set(references(swagger)) <= {f"#/definitions/{name}" for name in swagger["definitions"]}


def test_schemas_carry_what_merging_needs_and_no_null(openapi: OpenAPI) -> None:
    schemas = document(openapi, "api/v1")["components"]["schemas"]

    ports = schemas["io.k8s.api.core.v1.ServiceSpec"]["properties"]["ports"]
    assert ports["type"] == "array"
    assert ports["x-kubernetes-list-map-keys"] == ["port", "protocol"]
    assert ports["x-kubernetes-patch-merge-key"] == "port"
    port = schemas["io.k8s.api.core.v1.ServicePort"]["properties"]
    assert port["targetPort"]["allOf"] == [
        {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.util.intstr.IntOrString"}
    ]
    assert schemas["io.k8s.apimachinery.pkg.util.intstr.IntOrString"] == {
        "format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}],
    }  # fmt: skip
    assert "enum" not in schemas["io.k8s.api.core.v1.Service"]["properties"]["kind"]


def test_scale_is_told_with_its_own_kind(openapi: OpenAPI) -> None:
    paths = document(openapi, "apis/apps/v1")["paths"]

    found = paths["/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale"]["get"]
    assert found["x-kubernetes-group-version-kind"]["kind"] == "Scale"


def test_the_constant_swagger_is_the_message_that_kubectl_1_27_reads() -> None:
    assert SWAGGER_PROTOBUF[:5] == b"\x0a\x032.0"
    assert b"netviz" in SWAGGER_PROTOBUF


def test_nothing_is_told_of_a_group_that_is_not_served(openapi: OpenAPI) -> None:
    assert openapi.document("apis/nope/v1") is None
