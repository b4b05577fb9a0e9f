"""Manifests as lines: laws about reading them back, and what pages mark and fold."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cluster.machinery.manifest import JSON, Manifest
from cluster.web.history import difference
from cluster.web.manifest_yaml import (
    highlighted,
    render_lines,
    sections,
    source_lines,
    text_of,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=4) | st.dictionaries(TEXTS, below, max_size=4)
)
MANIFESTS = st.dictionaries(TEXTS, VALUES, max_size=5)

POD: Manifest = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "managedFields": [{"manager": "x"}]},
    "spec": {"containers": [{"name": "main", "ports": [{"containerPort": 8080}]}]},
    "status": {"phase": "Running"},
}


@given(MANIFESTS)
def test_what_is_shown_reads_back_as_the_same_value(manifest: Manifest) -> None:
    assert yaml.safe_load(text_of(render_lines(manifest))) == manifest


@given(MANIFESTS)
def test_lines_are_numbered_from_one_without_gaps(manifest: Manifest) -> None:
    lines = render_lines(manifest)

    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert not any("\n" in line.text for line in lines)


@given(MANIFESTS)
def test_sections_hold_every_line_once_in_order(manifest: Manifest) -> None:
    lines = render_lines(manifest)

    assert [line for section in sections(lines) for line in section.lines] == lines


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "null",
        "~",
        "1e3",
        "0o17",
        "1:20",
        "2001-01-01",
        "=",
        "<<",
        "- a",
        "a: b",
        "a #b",
        "",
    ],
)
def test_text_that_a_reader_could_take_for_something_else_is_quoted(text: str) -> None:
    (line,) = render_lines({"value": text})

    assert line.text == f'value: "{text}"'


def test_layout_is_that_of_kubectl() -> None:
    lines = [line.text for line in render_lines({"spec": {"ports": [{"port": 80, "name": "a"}]}})]

    assert lines == ["spec:", "  ports:", "  - port: 80", "    name: a"]


def test_a_line_knows_the_field_it_shows() -> None:
    paths = {line.path for line in render_lines(POD)}

    assert "spec.containers[0].ports[0].containerPort" in paths
    assert "metadata.name" in paths


def test_marking_a_field_marks_what_is_below_it_and_nothing_beside_it() -> None:
    marked = [line.path for line in highlighted(render_lines(POD), "spec.containers[0]")
              if line.mark]  # fmt: skip

    assert marked
    assert all(path.startswith("spec.containers[0]") for path in marked)


def test_managed_fields_and_status_are_folded() -> None:
    folds = [section.title for section in sections(render_lines(POD)) if section.fold]

    assert folds == ["managedFields", "status"]


def test_the_line_to_blame_is_marked_in_a_source() -> None:
    marks = {line.number: line.mark for line in source_lines("a\nb\nc", 10, 11)}

    assert marks == {10: "", 11: "err", 12: ""}


@given(MANIFESTS)
def test_equal_versions_differ_in_nothing(manifest: Manifest) -> None:
    assert difference(manifest, manifest) == [] or not manifest


def test_a_difference_shows_the_old_and_the_new_line() -> None:
    old: dict[str, JSON] = {"spec": {"replicas": 2}}
    new: dict[str, JSON] = {"spec": {"replicas": 3}}

    (section,) = difference(old, new)

    assert [(line.mark, line.text) for line in section.lines if line.mark] == [
        ("del", "  replicas: 2"), ("add", "  replicas: 3"),
    ]  # fmt: skip


def test_bookkeeping_is_no_difference() -> None:
    old: dict[str, JSON] = {"metadata": {"name": "a", "resourceVersion": "1", "generation": 1}}
    new: dict[str, JSON] = {"metadata": {"name": "a", "resourceVersion": "2", "generation": 2}}

    assert difference(old, new) == []
