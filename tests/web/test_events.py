"""The log as rows: changes in quick succession are one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from cluster.machinery.meta import Key
from cluster.runtime.replica import replicas
from cluster.store.log import LogEntry, LogVerb
from cluster.web.views.events import grouped

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def entry(
    revision: int, verb: LogVerb, seconds: int, name: str = "web", paths: tuple[str, ...] = ()
) -> LogEntry:
    key = Key("", "Pod", "shop", name)
    time = NOON + timedelta(seconds=seconds)
    return LogEntry(revision, verb, key, "uid", "ana", time, paths, b"{}")


def rows(*entries: LogEntry) -> list[tuple[str, str, int, int]]:
    """Return (name, verb, revision, count), newest first."""
    newest_first = sorted(entries, key=lambda item: -item.revision)
    return [(r.key.name, r.verb, r.revision, r.count) for r in grouped(newest_first, "demo")]


def test_changes_of_one_object_within_five_seconds_are_one_row() -> None:
    assert rows(entry(1, "modified", 0), entry(2, "modified", 5)) == [("web", "modified", 2, 2)]


def test_changes_further_apart_are_rows_of_their_own() -> None:
    assert len(rows(entry(1, "modified", 0), entry(2, "modified", 6))) == 2


def test_an_object_that_was_added_and_then_changed_is_told_as_added() -> None:
    assert rows(entry(1, "added", 0), entry(2, "modified", 1)) == [("web", "added", 2, 2)]


def test_a_deletion_is_always_a_row_of_its_own() -> None:
    found = rows(entry(1, "modified", 0), entry(2, "deleted", 1))

    assert [(verb, count) for _name, verb, _revision, count in found] == [
        ("deleted", 1), ("modified", 1),
    ]  # fmt: skip


def test_an_object_that_came_back_is_told_as_two_rows() -> None:
    found = rows(entry(1, "deleted", 0), entry(2, "added", 1))

    assert [verb for _name, verb, _revision, _count in found] == ["added", "deleted"]


def test_changes_of_others_in_between_do_not_part_a_row() -> None:
    found = rows(entry(1, "modified", 0), entry(2, "modified", 1, "api"), entry(3, "modified", 2))

    assert found == [("web", "modified", 3, 2), ("api", "modified", 2, 1)]


def test_a_row_tells_every_changed_field_once() -> None:
    newer = entry(2, "modified", 1, paths=("spec.a", "spec.b"))
    older = entry(1, "modified", 0, paths=("spec.a",))

    (row,) = grouped([newer, older], "demo")

    assert row.paths == ("spec.a", "spec.b")


def test_a_row_names_everyone_who_had_a_hand_in_it() -> None:
    newer = entry(2, "modified", 1)
    older = replace(entry(1, "modified", 0), actor="engine")

    (row,) = grouped([newer, older], "demo")

    assert row.actor == "ana, engine"


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("q=kind:svc+ns:shop", {"Service/shop/web", "Service/shop/lost"}),
        ("q=kind:svc+name:web", {"Service/shop/web"}),
        ("q=label:app%3Dweb", {"Pod/shop/web-1"}),
        ("q=status:added+ns:shop+kind:po", {"Pod/shop/web-1"}),
        ("q=from:name:lost", {"Service/shop/lost"}),
        ("verb=deleted", set()),
    ],
)
def test_the_log_is_filtered_by_the_query_language(
    demo: str, reader: Client, query: str, answer: set[str]
) -> None:
    text = reader.get(f"/c/demo/events?{query}").content.decode()

    assert set(re.findall(r'<tr data-id="([^"]+)"', text)) == answer


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("", True),
        ("verb=finding", True),
        ("q=status:finding", True),
        ("q=finding:NV101+ns:shop", True),
        ("q=label:app%3Dweb", False),
        ("verb=added", False),
        ("kind=Pod", False),
        ("actor=ana", False),
    ],
)
def test_findings_that_stand_are_among_the_changes_they_came_with(
    demo: str, reader: Client, query: str, *, is_there: bool
) -> None:
    reader.get("/c/demo/findings")
    replicas["demo"].sightings.flush()

    text = reader.get(f"/c/demo/events?{query}").content.decode()

    found = re.findall(r'<tr data-id="([^"]+)"[^>]*data-verb="finding"', text)
    assert ("Service/shop/lost" in found) is is_there
    assert ("/help/findings/NV101" in text) is is_there
