"""Tiles: what they show and which namespaces get one."""

from __future__ import annotations

import pytest

from cluster.machinery.findings import Finding, Severity
from cluster.machinery.meta import Key
from cluster.questions.summaries import NamespaceSummary
from cluster.web.overview import MOST_TILES, RING, tiles, verdict


def summaries(**pods: int) -> dict[str, NamespaceSummary]:
    return {name: NamespaceSummary(pods=count, ready=count) for name, count in pods.items()}


def test_the_namespace_with_most_pods_comes_first_then_by_name() -> None:
    found = tiles("demo", summaries(b=1, a=1, big=9), {})

    assert [tile.name for tile in found] == ["big", "a", "b"]


def test_namespaces_beyond_the_tiles_are_counted_in_one() -> None:
    found = tiles("demo", summaries(**{f"ns{n:02}": n for n in range(40)}), {})

    assert len(found) == MOST_TILES + 1
    assert found[-1].rest == 40 - MOST_TILES
    assert sum(tile.pods for tile in found) == sum(range(40))


def test_one_namespace_too_many_still_gets_its_own_tile() -> None:
    found = tiles("demo", summaries(**{f"ns{n:02}": n for n in range(MOST_TILES + 1)}), {})

    assert not any(tile.rest for tile in found)


def test_the_ring_follows_the_share_of_ready_pods() -> None:
    half = {"a": NamespaceSummary(pods=4, ready=2)}

    (tile,) = tiles("demo", half, {})

    assert tile.ring == f"{RING / 2:.1f} {RING:.1f}"
    assert "2 not ready" in tile.pods_text


def test_a_namespace_without_pods_has_an_empty_ring() -> None:
    (tile,) = tiles("demo", summaries(a=0), {})

    assert tile.ring == f"0.0 {RING:.1f}"


def test_default_deny_names_its_directions() -> None:
    denied = {"a": NamespaceSummary(policies=1, denies=("Egress", "Ingress"))}

    (tile,) = tiles("demo", denied, {})

    assert tile.policy_text == "default-deny in + out"


def test_findings_stand_on_their_namespace() -> None:
    (tile,) = tiles("demo", summaries(a=1), {"a": {"warning": 3, "error": 2, "info": 5}})

    assert (tile.warnings, tile.errors) == (3, 2)


def found(severity: Severity, *objects: str) -> list[Finding]:
    return [
        Finding(Key("", kind, "shop", name), "NV101", "spec", f"{name} ails.", severity)
        for kind, name in (text.split("/") for text in objects)
    ]


VERDICTS = [
    pytest.param(found("error", "Service/a"), "Service shop/a has an error", id="one"),
    pytest.param(found("error", "Service/a", "Service/a"), "Service shop/a has an error",
                 id="one twice"),
    pytest.param(found("error", "Service/a", "Ingress/b"),
                 "Service shop/a and Ingress shop/b have errors", id="two"),
    pytest.param(found("error", "Service/a", "Service/b", "Ingress/c"),
                 "3 objects have errors: Service ×2, Ingress ×1", id="more"),  # noqa: RUF001
    pytest.param(found("warning", "Service/a"), "Service shop/a has a warning", id="a warning"),
    pytest.param(found("info", "Service/a"), "Every rule is satisfied", id="a remark"),
]  # fmt: skip


@pytest.mark.parametrize(("listed", "expected"), VERDICTS)
def test_a_cluster_opens_with_the_objects_that_ail(listed: list[Finding], expected: str) -> None:
    assert verdict(listed)["text"] == expected


def test_where_errors_are_is_told_with_how_many_warnings_there_are_besides() -> None:
    listed = [*found("error", "Service/a", "Service/b"), *found("warning", "Service/c")]

    assert verdict(listed)["why"] == "Errors: 2 in shop; 1 more is a warning."
