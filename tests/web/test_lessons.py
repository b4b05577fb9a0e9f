"""Every lesson in memory: its answers as worked out by hand, its deeds done by their buttons."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cluster.domains.workload.drills import PatchObject
from cluster.machinery.manifest import Manifest
from cluster.machinery.settings import parse_settings
from cluster.questions.seeded import Seeded
from cluster.questions.seeding import seed
from cluster.questions.steps import take_step
from cluster.web.lessons import LESSONS
from cluster.web.lessons.lesson import DONE, Ask, Lesson

ANSWERS: dict[str, list[set[str]]] = {
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
}  # type: ignore[dict-item]
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
        if step.ask.form in {"one", "many"}:
            offered = {option.value for option in step.ask.options(asked)}
            assert found <= offered
            assert found != offered or slug == "paths", f"{step.title}: nothing to choose from"
    assert next(expected, None) is None


def test_there_are_eight_lessons_one_for_each_diagram() -> None:
    assert sorted(LESSONS) == sorted(
        ["endpoints", "paths", "compare", "slices", "dns", "ingress", "policy", "families"]
    )
