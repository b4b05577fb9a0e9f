"""Inputs and manifests: what is shown and saved again is what was there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.admin.fields import FIELDS, Rows, groups_of
from cluster.admin.fields.network import RULES, SERVICE_PORTS
from cluster.admin.fields.types import Members, Ports, Unreadable, Words
from cluster.admin.forms.yaml_text import UnreadableYAML, from_yaml, to_yaml
from cluster.machinery.manifest import JSON, Manifest, copy
from tests.admin.manifests import BODIES, manifest

TEXTS = st.text(max_size=20) | st.sampled_from(
    [
        "yes",
        "on",
        "0777",
        "1e3",
        "0x1F",
        "1_000",
        "~",
        "null",
        "- a",
        "a: b",
        "#",
        "12:30:45",
        "1.",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS.filter(lambda key: key not in {"kind", "apiVersion"}), VALUES))
def test_yaml_reads_back_as_what_was_written(members: dict[str, object]) -> None:
    document: Manifest = {"apiVersion": "v1", "kind": "ConfigMap", **members}  # type: ignore[dict-item]  # JSON by construction

    try:
        read = from_yaml(to_yaml(document))
    except UnreadableYAML:  # characters that YAML itself cannot hold
        assert any(ord(char) < 32 or ord(char) > 126 for char in str(members))
    else:
        assert read == document


def test_one_document_is_one_object() -> None:
    with pytest.raises(UnreadableYAML, match="2 objects"):
        from_yaml("apiVersion: v1\nkind: Pod\n---\napiVersion: v1\nkind: Pod\n")
    with pytest.raises(UnreadableYAML, match="0 objects"):
        from_yaml("# nothing")


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_fields_written_as_they_were_shown_change_nothing(kind: str) -> None:
    before = manifest(kind)
    after = copy(before)

    for group in groups_of(kind):
        for field in group.fields:
            if isinstance(field, Rows):
                field.write(after, field.show(before))
            else:
                field.write(after, field.show(before))

    assert after == before


def test_names_of_fields_are_their_kinds_own() -> None:
    for kind in FIELDS:
        names = [field.name for group in groups_of(kind) for field in group.fields]
        assert len(names) == len(set(names)), kind


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("spec.ports[1].port", (3, 1, "port")),
        ("spec.ports[1].targetPort", (3, 1, "target_port")),
        ("spec.ports[1]", (2, 1, "name")),
        ("spec.ports[9].port", (2, None, "")),
        ("spec.ports", (2, None, "")),
        ("spec.portsmouth", None),
        ("spec.selector", None),
    ],
)
def test_an_error_finds_its_cell(path: str, place: tuple[int, int | None, str] | None) -> None:
    rows = SERVICE_PORTS.show({"spec": {"ports": [{"port": 1}, {"port": 2}]}})

    assert SERVICE_PORTS.place(path, rows) == place


def test_an_error_of_a_nested_list_finds_its_row() -> None:
    rules: Manifest = {
        "spec": {
            "rules": [
                {"host": "a", "http": {"paths": [{"path": "/"}, {"path": "/x"}]}},
                {"host": "b", "http": {"paths": [{"path": "/y"}]}},
            ]
        }
    }
    rows = RULES.show(rules)

    def found(path: str) -> tuple[int | None, str]:
        place = RULES.place(path, rows)
        assert place is not None
        return place.row, place.column

    assert found("spec.rules[0].http.paths[1].path") == (1, "path")
    assert found("spec.rules[1].http.paths[0].backend.service.name") == (2, "service")
    assert found("spec.rules[1].host") == (2, "host")


def test_ports_in_one_line() -> None:
    ports = Ports()
    old: list[JSON] = [{"name": "http", "containerPort": 80, "hostPort": 8080}]

    assert ports.show([*old, {"containerPort": 53, "protocol": "UDP"}]) == "http:80, 53/UDP"
    dns: JSON = {"name": "dns", "containerPort": 53, "protocol": "UDP"}
    assert ports.read("http:80, dns:53/udp", old) == [*old, dns]
    with pytest.raises(Unreadable):
        ports.read("http", None)


def test_lists_in_one_line() -> None:
    assert Words().read(" a,b ,, c\n", None) == ["a", "b", "c"]
    assert Words().read("", None) is None
    old: list[JSON] = [{"ip": "10.0.0.1", "nodeName": "node-1"}]
    assert Members("ip").read("10.0.0.1, 10.0.0.2", old) == [*old, {"ip": "10.0.0.2"}]
