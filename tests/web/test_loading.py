"""A big cluster is loaded while its readers are told how far that is."""

from __future__ import annotations

import threading

import pytest
from django.test import Client

from cluster.runtime import replica
from cluster.runtime.replica import Loading, Replica


@pytest.fixture
def slow(demo: str, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Let every cluster count as big, and its loading take until the event is set."""
    go_on = threading.Event()

    def load_apart(self: Replica) -> None:
        self._progress = (3, 7)
        go_on.wait(10)

    monkeypatch.setattr(replica, "MANY_OBJECTS", 0)
    monkeypatch.setattr("cluster.web.looking.PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(Replica, "_load_apart", load_apart)
    return go_on


def test_a_page_tells_how_far_the_loading_is(reader: Client, slow: threading.Event) -> None:
    answer = reader.get("/c/demo/map", headers={"accept": "text/html"})

    slow.set()
    assert answer.status_code == 503
    assert answer["Refresh"] == "1"
    assert "3 of 7 objects have been read." in answer.content.decode()


def test_a_cluster_that_is_loaded_by_now_is_shown(reader: Client, slow: threading.Event) -> None:
    reader.get("/c/demo/map", headers={"accept": "text/html"})
    slow.set()
    replica.replicas["demo"].catch_up()

    answer = reader.get("/c/demo/map", headers={"accept": "text/html"})

    assert answer.status_code == 200


def test_a_program_waits_for_its_answer(
    reader: Client, slow: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    def expect(self: Replica, seconds: float) -> None:
        asked.append(seconds)
        if len(asked) < 3:
            raise Loading(self.cluster, 1, 2)

    monkeypatch.setattr(Replica, "expect", expect)

    answer = reader.get("/c/demo/graph?view=map", headers={"accept": "application/json"})

    assert answer.status_code == 200
    assert len(asked) >= 3


def test_no_cluster_is_waited_for_that_does_not_exist(reader: Client, demo: str) -> None:
    assert reader.get("/c/nowhere/map", headers={"accept": "text/html"}).status_code == 404
