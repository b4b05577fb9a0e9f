"""What is told about an object that an upload gives twice (NV001)."""

from __future__ import annotations

from cluster.machinery.manifest import Manifest
from cluster.machinery.settings import parse_settings
from cluster.questions.duplicates import DUPLICATE
from cluster.questions.seeding import seed


def space(value: str) -> Manifest:
    labels: Manifest = {"team": value}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a", "labels": labels}}


def told(*manifests: Manifest) -> list[tuple[str, str, str]]:
    found = seed(list(manifests), parse_settings({}), mode="import").duplicates
    return [(finding.rule, finding.severity, finding.path) for finding in found]


def test_the_same_object_twice_is_mentioned() -> None:
    assert told(space("x"), space("x")) == [(DUPLICATE.id, "info", "metadata.name")]


def test_another_object_of_the_same_name_is_a_warning() -> None:
    assert told(space("x"), space("y")) == [("NV001", "warning", "metadata.name")]
