"""One line of `netviz ask`: a cluster is made, steps are taken, questions are answered.

Lines are independent and pure: equal lines give equal answers.
"""

from __future__ import annotations

from collections.abc import Mapping

from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.settings import EMPTY, InvalidSettings, parse_settings
from cluster.questions.answers import QUESTIONS
from cluster.questions.question import Given, QuestionError
from cluster.questions.seeded import Seeded
from cluster.questions.seeding import seed
from cluster.questions.steps import take_step


def answer_line(line: Mapping[str, JSON]) -> Manifest:
    """Return the answer to one request of `ask`; never raises for what the request says."""
    name: JSON = line.get("id")
    try:
        return {"id": name} | _answer(line)
    except QuestionError as error:
        return {"id": name, "error": error.answer()}


def _answer(line: Mapping[str, JSON]) -> Manifest:
    settings = line.get("cluster") or {}
    objects = _list(line, "objects")
    steps = _list(line, "steps")
    questions = _list(line, "questions")
    if not isinstance(settings, dict):
        raise QuestionError("BadRequest", "cluster must be a mapping of settings", "cluster")
    try:
        parsed = parse_settings(settings or EMPTY)
    except InvalidSettings as error:
        field = f"cluster.{error.errors[0].field}"
        raise QuestionError("Invalid", f"cluster settings: {error}", field) from error
    seeded = seed(objects, parsed)
    for index, step in enumerate(steps):
        take_step(seeded, index, step)
    answers: list[JSON] = [
        _question(seeded, index, question) for index, question in enumerate(questions)
    ]
    return {"answers": answers, "refused": [item.answer() for item in seeded.refused]}


def _list(line: Mapping[str, JSON], field: str) -> list[JSON]:
    found = line.get(field)
    if found is None:
        return []
    if not isinstance(found, list):
        raise QuestionError("BadRequest", f"{field} must be a list", field)
    return found


def _question(seeded: Seeded, index: int, question: JSON) -> Manifest:
    if not isinstance(question, dict):
        raise QuestionError("BadRequest", "a question must be a mapping", f"questions[{index}]")
    asked = question.get("ask")
    found = QUESTIONS.get(asked) if isinstance(asked, str) else None
    if found is None:
        known = ", ".join(QUESTIONS)
        text = f"no question {asked!r}; known are {known}"
        raise QuestionError("BadRequest", text, f"questions[{index}].ask")
    try:
        return found.answer(seeded, Given(question))
    except QuestionError as error:
        raise QuestionError(
            error.code, error.message, f"questions[{index}].{error.field}"
        ) from error
