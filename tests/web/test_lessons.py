"""Every lesson in memory: its answers as worked out by hand, its deeds done by their buttons."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest
import yaml
from django.test import Client

from cluster.domains.workload.drills import PatchObject
from cluster.machinery.manifest import Manifest
from cluster.machinery.settings import parse_settings
from cluster.questions.seeded import Seeded
from cluster.questions.seeding import seed
from cluster.questions.steps import take_step
from cluster.runtime import replica
from cluster.web.lessons import LESSONS
from cluster.web.lessons.lesson import DONE, Ask, Lesson

ANSWERS: dict[str, list[AbstractSet[str]]] = {
    "endpoints": [{"app=web"}, {"4"}, DONE, {"web-3 of 4"}, DONE],
    "paths": [
        {"30080"},
        {"node-1", "node-2", "node-3", "node-4"},
        {"node-1", "node-2"},
        {"node-3", "node-4"},
        DONE,
        {"api.bank.example."},
    ],
    "compare": [{"3"}, {"1"}, {"db-0.db.data.svc.cluster.local."}, DONE, {"NXDOMAIN"}],
    "slices": [{"3"}, {"1"}, DONE, {"no"}],
    "dns": [
        {"web", "db.data", "web.shop.svc.cluster.local"},
        {"db.data.svc.cluster.local."},
        {"4"},
        {"www.example.com."},
        {"no"},
    ],
    "ingress": [{"api"}, {"site"}, {"api"}, {"404"}, DONE],
    "policy": [{"shop/deploy/web"}, {"yes"}, DONE, {"no"}, DONE],
    "families": [{"IPv4"}, {"2"}, {"both", "six"}, DONE, {"none"}],
}
"""By lesson, a value for each step that asks."""


def asked_of(lesson: Lesson, root: Path) -> Seeded:
    text = (root / "lessons" / f"{lesson.slug}.yaml").read_text()
    found = seed(
        list(yaml.safe_load_all(text)), parse_settings(lesson.settings), with_dns_server=True
    )
    assert [item.answer() for item in found.refused] == []
    return found


def do(asked: Seeded, ask: Ask) -> None:
    assert ask.deed is not None
    for number, write in enumerate(ask.deed.writes(asked)):
        where = {"kind": write.key.kind, "name": f"{write.key.namespace}/{write.key.name}"}
        step: Manifest
        if isinstance(write, PatchObject):
            step = {"patch": {**where, "type": "merge", "value": write.merge}}
        else:
            step = {"delete": {**where}}
        take_step(asked, number, step)
    assert [item.answer() for item in asked.refused] == []


@pytest.mark.parametrize("slug", LESSONS)
def test_answers_are_those_worked_out_by_hand(slug: str, root: Path) -> None:
    lesson = LESSONS[slug]
    asked = asked_of(lesson, root)
    expected = iter(ANSWERS[slug])

    for step in lesson.steps:
        if step.ask is None:
            continue
        wanted = next(expected)
        if step.ask.form == "deed":
            assert step.ask.answer(asked) != DONE, f"{step.title}: done before it is"
            do(asked, step.ask)
        found = step.ask.answer(asked)
        if wanted == {"web-3 of 4"}:  # the names of Pods are drawn
            assert len(found) == 3
        else:
            assert found == wanted, step.title
        assert str(step.ask.because(asked))
        assert step.ask.form == "deed" or str(step.ask.hint), f"{step.title}: no hint"
        if step.ask.form in {"one", "many"}:
            offered = {option.value for option in step.ask.options(asked)}
            assert found <= offered
            assert found != offered or slug == "paths", f"{step.title}: nothing to choose from"
    assert next(expected, None) is None


def test_there_are_eight_lessons_one_for_each_diagram() -> None:
    assert sorted(LESSONS) == sorted(
        ["endpoints", "paths", "compare", "slices", "dns", "ingress", "policy", "families"]
    )


@pytest.fixture
def lesson(db: None, monkeypatch: pytest.MonkeyPatch) -> Lesson:
    monkeypatch.setattr(replica.replicas, "_replicas", {})  # one per test database
    return LESSONS["endpoints"]


def test_a_lesson_is_started_answered_and_made_anew(lesson: Lesson, admin: Client) -> None:
    begun = admin.post("/learn/endpoints/start")
    assert begun["Location"] == "/learn/endpoints/1"

    wrong = admin.post("/learn/endpoints/1", {"answer": "tier=front"}).content.decode()
    assert "Not quite" in wrong
    assert "read spec.selector in the drawer" in wrong
    right = admin.post("/learn/endpoints/1", {"answer": "app=web"}).content.decode()
    assert "Right." in right
    assert admin.get("/learn/endpoints")["Location"] == "/learn/endpoints/2"

    early = admin.post("/learn/endpoints/5", {"check": "1"}).content.decode()
    assert "Not yet" in early

    assert admin.post("/learn/endpoints/start")["Location"] == "/learn/endpoints/1"
    assert admin.get("/learn/endpoints")["Location"] == "/learn/endpoints/1"


@pytest.mark.parametrize("answer", ["", "<script>alert(1)</script>", "9" * 5000, "-1", "\0"])
def test_strange_answers_are_wrong_answers(lesson: Lesson, admin: Client, answer: str) -> None:
    admin.post("/learn/endpoints/start")

    page = admin.post("/learn/endpoints/2", {"answer": answer})

    assert page.status_code == 200
    assert "Not quite" in page.content.decode()
    assert "<script>alert" not in page.content.decode()


def test_readers_without_a_login_may_read_of_a_lesson_but_not_start_it(
    lesson: Lesson, reader: Client
) -> None:
    assert reader.get("/learn").status_code == 200
    assert "Log in" in reader.get("/learn/endpoints").content.decode()
    assert "/login" in reader.post("/learn/endpoints/start")["Location"]
    assert reader.get("/learn/nothing").status_code == 404
    assert reader.get("/learn/endpoints/99").status_code == 404


def test_a_deed_needs_the_permissions_of_what_it_writes(
    lesson: Lesson, admin: Client, guest: Client
) -> None:
    admin.post("/learn/endpoints/start")

    assert guest.post("/learn/endpoints/3", {"do": "1"}).status_code == 403
