"""A lesson and its reader: the lesson's cluster, what was answered, and judging an answer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

from cluster.domains.workload.drills import Drill
from cluster.machinery.decode import Upload
from cluster.machinery.errors import NotFound
from cluster.machinery.settings import parse_settings
from cluster.questions.asked import Asked
from cluster.runtime.asking import stored_cluster
from cluster.runtime.drilling import carry_out
from cluster.runtime.loading import load
from cluster.store import find_cluster
from cluster.store.clusters import delete, reset
from cluster.web.lessons.lesson import DONE, Ask, Deed, Lesson, Text

PROGRESS = "lessons"  # where the session keeps the steps that were answered, by lesson
DEED_SECONDS = 3.0
"""How long a button waits until the engine has made of the change what follows from it."""
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an answer: right or not, why if it is right, where to look if it is not.

    `is_begun` says of a deed that its button has been pressed, and that the cluster is at it.
    """

    is_right: bool
    because: Text = ""
    hint: Text = ""
    is_begun: bool = False


def exists(lesson: Lesson) -> bool:
    """Return whether the lesson's cluster is there."""
    try:
        find_cluster(lesson.cluster)
    except NotFound:
        return False
    return True


def prepare(lesson: Lesson, actor: str) -> None:
    """Make the lesson's cluster, or make it as it was at the beginning; raises ApiError.

    One with other settings than the lesson has now, made by an earlier netviz, goes first.
    """
    if exists(lesson):
        if find_cluster(lesson.cluster).settings == parse_settings(lesson.settings):
            reset(name=lesson.cluster, actor=actor)
        else:
            delete(name=lesson.cluster)
    path = Path(settings.BASE_DIR) / "lessons" / f"{lesson.slug}.yaml"
    load(
        cluster=lesson.cluster,
        uploads=[Upload(path.name, path.read_bytes())],
        actor=actor,
        new_settings=lesson.settings,
    )


def judge(lesson: Lesson, ask: Ask, given: frozenset[str]) -> Verdict:
    """Compare an answer with what the lesson's cluster says now; raises NotFound."""
    with stored_cluster(lesson.cluster) as asked:
        return _judged(ask, asked, given)


def is_done(lesson: Lesson, ask: Ask) -> Verdict:
    """Return whether a deed has been done, by whatever door."""
    return judge(lesson, ask, DONE)


def _judged(ask: Ask, asked: Asked, given: frozenset[str]) -> Verdict:
    is_right = bool(given) and given == ask.answer(asked)
    return Verdict(is_right, ask.because(asked)) if is_right else Verdict(is_right, hint=ask.hint)


def options_of(lesson: Lesson, ask: Ask) -> list[dict[str, object]]:
    """Return what there is to choose from, as the page writes it."""
    with stored_cluster(lesson.cluster) as asked:
        return [
            {"value": option.value, "label": option.label or option.value,
             "is_name": not option.label or option.label == option.value}
            for option in ask.options(asked)
        ]  # fmt: skip


def writes_of(lesson: Lesson, deed: Deed) -> Drill:
    """Return what a lesson's button writes, as a drill."""
    with stored_cluster(lesson.cluster) as asked:
        return Drill(str(deed.label), deed.writes(asked))


def carry(lesson: Lesson, ask: Ask, drill: Drill, actor: str) -> Verdict:
    """Do a deed and wait a moment for what follows from it; raises ApiError."""
    carry_out(lesson.cluster, drill, actor)
    end = time.monotonic() + DEED_SECONDS
    while not (found := is_done(lesson, ask)).is_right and time.monotonic() < end:
        time.sleep(POLL_SECONDS)
    return found if found.is_right else replace(found, is_begun=True)


def answered(request: HttpRequest, lesson: Lesson) -> frozenset[int]:
    """Return the numbers of the steps that this reader has answered rightly."""
    known: Mapping[str, list[int]] = request.session.get(PROGRESS, {})
    return frozenset(known.get(lesson.slug, ()))


def remember(request: HttpRequest, lesson: Lesson, number: int) -> None:
    """Note that a step was answered rightly."""
    known: dict[str, list[int]] = request.session.get(PROGRESS, {})
    steps = sorted({*known.get(lesson.slug, ()), number})
    request.session[PROGRESS] = {**known, lesson.slug: steps}


def forget(request: HttpRequest, lesson: Lesson) -> None:
    """Forget what was answered in a lesson."""
    known: dict[str, list[int]] = request.session.get(PROGRESS, {})
    request.session[PROGRESS] = {k: v for k, v in known.items() if k != lesson.slug}
