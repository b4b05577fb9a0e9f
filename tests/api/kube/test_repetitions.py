import pytest

from cluster.machinery import json_reader
from cluster.machinery.decode import Upload, documents
from cluster.machinery.limits import Limits
from tests.api.kube.door import MAPS, Door, Response


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('{"a": 1}', []),
        ('{"a": 1, "a": 2}', ["a"]),
        ('{"a": {"b": 1, "b": 2}, "c": [{"d": 1, "d": 2}]}', ["a.b", "c[0].d"]),
        ('{"a": "\\"b\\": 1", "b": 2}', []),
    ],
)
def test_members_set_twice_are_found_with_their_paths(text: str, paths: list[str]) -> None:
    assert json_reader.repetitions(text, json_reader.whole(text)) == paths


def test_an_upload_with_a_member_set_twice_is_refused_still() -> None:
    text = b'{"apiVersion": "v1", "kind": "Service", "spec": {"type": "x", "type": "y"}}'

    found = next(documents([Upload("a.json", text)], Limits.upload()))

    assert found.problem is not None
    assert found.problem.message == 'json: duplicate field "spec.type"'


MAP = b"""apiVersion: v1
kind: ConfigMap
metadata:
  name: twice
  name: again
  labels:
    a: "1"
    b: "2"
    a: "3"
  odd: 1
immutable: true
immutable: false
"""
LINES = [
    'line 5: key "name" already set in map',
    'line 9: key "a" already set in map',
    'line 12: key "immutable" already set in map',
]


async def send(admin: Door, validation: str) -> Response:
    return await admin.post(
        f"{MAPS}?fieldValidation={validation}", MAP, content_type="application/yaml"
    )


@pytest.mark.asyncio
async def test_keys_that_yaml_sets_twice_are_refused_where_strict(admin: Door) -> None:
    """Source: test/integration/apiserver/field_validation_test.go, post-strict-validation-yaml."""
    answer = await send(admin, "Strict")

    assert answer.status == 400
    assert answer.json["message"] == (
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: '
        "yaml: unmarshal errors:\n  " + "\n  ".join(LINES) + ', unknown field "metadata.odd"'
    )


@pytest.mark.asyncio
async def test_keys_that_yaml_sets_twice_are_warned_of_else(admin: Door) -> None:
    warned = await send(admin, "Warn")
    ignored = await send(admin, "Ignore")

    assert [value for name, value in warned.headers if name == "warning"] == [
        '299 - "' + line.replace('"', '\\"') + '"'
        for line in [*LINES, 'unknown field "metadata.odd"']
    ]
    assert warned.json["metadata"]["name"] == "again"
    assert warned.json["metadata"]["labels"] == {"a": "3", "b": "2"}
    assert ignored.json["reason"] == "AlreadyExists"


@pytest.mark.asyncio
async def test_keys_that_an_apply_sets_twice(admin: Door) -> None:
    """Source: the same test, testFieldValidationApplyCreate."""
    path = f"{MAPS}/again?fieldManager=mgr&fieldValidation="
    body = MAP.replace(b"  odd: 1\n", b"")
    form = "application/apply-patch+yaml"

    strict = await admin.ask("PATCH", f"{path}Strict", body, content_type=form)
    warned = await admin.ask("PATCH", f"{path}Warn", body, content_type=form)

    assert strict.status == 400
    assert strict.json["message"].startswith(
        "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  "
        'line 5: key "name" already set in map\n'
    )
    assert warned.status == 201
    assert 'key \\"name\\" already set in map' in warned.header("warning")


@pytest.mark.asyncio
async def test_flow_yaml_is_yaml(admin: Door) -> None:
    answer = await admin.post(MAPS, b"{metadata: {name: flow}}", content_type="application/yaml")

    assert answer.status == 201
