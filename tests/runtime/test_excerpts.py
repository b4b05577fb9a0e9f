"""The lines to blame."""

import pytest

from cluster.runtime.excerpts import document_at, excerpt, line_of

TEXT = """\
kind: Service
spec:
  ports:
  - name: http
    port: 80
  - name: dns
    port: 70000
"""


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("spec.ports[1].port", 6),
        ("spec.ports[0]", 3),
        ("spec", 1),
        ("spec.ports[1].targetPort", 5),
        ("spec.ports[7].port", 2),
        ("metadata.name", 0),
        ("", 0),
    ],
    ids=["there", "element", "top", "absent member", "absent element", "absent", "none"],
)
def test_the_line_is_that_of_the_field_or_of_its_nearest_parent(field: str, line: int) -> None:
    assert line_of(TEXT, field) == line


def test_keys_with_dots_are_found() -> None:
    assert line_of("metadata:\n  labels:\n    a.b/c: x\n", "metadata.labels[a.b/c]") == 2


def test_the_field_of_a_list_item_is_looked_for_in_that_item() -> None:
    text = "kind: List\nitems:\n- spec: {a: 1}\n- spec:\n    b: 2\n"

    assert line_of(text, "spec.b", item=1) == 4


def test_text_that_is_no_yaml_has_its_first_line_to_blame() -> None:
    assert line_of("a: [", "a") == 0


def test_a_document_ends_where_the_next_begins() -> None:
    assert document_at(["---", "a: 1", "---", "b: 2"], 1) == ["---", "a: 1"]


def test_an_excerpt_holds_five_lines_around_the_one_to_blame() -> None:
    lines = [f"key{number}: {number}" for number in range(1, 31)]

    found = excerpt(lines, 1, "key15")

    assert (found.line, found.first) == (15, 10)
    assert found.text.splitlines() == lines[9:20]


@pytest.mark.parametrize("kind", ["kind: Secret", '"kind": "Secret",', "kind: ConfigMap"])
def test_a_document_with_secrets_shows_nothing(kind: str) -> None:
    assert excerpt([kind, "data: {password: x}"], 1, "data").text == ""
