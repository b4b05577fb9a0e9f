"""One line of `netviz ask`: a cluster is made, steps are taken, questions are answered.

Lines are independent and pure: equal lines give equal answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cluster.machinery.errors import ApiError
from cluster.machinery.manifest import JSON, Manifest, merge
from cluster.machinery.meta import Key
from cluster.machinery.patches import json_patch
from cluster.machinery.schema import shape_of
from cluster.machinery.settings import EMPTY, InvalidSettings, parse_settings
from cluster.machinery.strategic import strategic_merge
from cluster.machinery.three_way import client_side_apply, client_side_create
from cluster.questions.answers import QUESTIONS, QuestionError
from cluster.questions.seeding import Refused, Seeded, describe, namespace_of, seed


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
        _step(seeded, index, step)
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
    answer = QUESTIONS.get(asked) if isinstance(asked, str) else None
    if answer is None:
        known = ", ".join(QUESTIONS)
        text = f"no question {asked!r}; known are {known}"
        raise QuestionError("BadRequest", text, f"questions[{index}].ask")
    try:
        return answer(seeded, question)
    except QuestionError as error:
        raise QuestionError(
            error.code, error.message, f"questions[{index}].{error.field}"
        ) from error


def _step(seeded: Seeded, index: int, step: JSON) -> None:
    """Take one step and settle; a refused step changes nothing and is listed."""
    if not isinstance(step, dict) or len(step) != 1:
        raise QuestionError(
            "BadRequest", "a step is one of " + ", ".join(_STEPS), f"steps[{index}]"
        )
    ((verb, body),) = step.items()
    take = _STEPS.get(verb)
    if take is None or not isinstance(body, dict):
        raise QuestionError(
            "BadRequest", f"no step {verb!r}; known are {', '.join(_STEPS)}", f"steps[{index}]"
        )
    try:
        take(seeded, body)
    except QuestionError as error:
        field = f"steps[{index}].{verb}.{error.field}"
        raise QuestionError(error.code, error.message, field) from error
    except ApiError as error:
        seeded.refused.append(Refused(index, _named(body), error, step=index))
    seeded.settle()


def _named(body: Manifest) -> str:
    """Return `Kind ns/name` of what a step is about: an object, or the name of one."""
    name = body.get("name")
    return f"{body.get('kind')} {name}" if isinstance(name, str) else describe(body)


def _create(seeded: Seeded, body: Manifest) -> None:
    seeded.simulator.create(body)


def _replace(seeded: Seeded, body: Manifest) -> None:
    seeded.simulator.replace(body)


def _apply(seeded: Seeded, body: Manifest) -> None:
    """Client-side apply, as kubectl does it (section J)."""
    found = seeded.simulator.read(body)
    kind = found.kind
    shape = shape_of(kind.api_version, kind.kind)
    key = kind.key(namespace_of(found.manifest), describe(body).rpartition("/")[2].split()[-1])
    stored = seeded.simulator.manifests.get(key)
    if stored is None:
        seeded.simulator.create(client_side_create(body))
    else:
        seeded.simulator.replace(client_side_apply(body, stored, shape).manifest)


def _patch(seeded: Seeded, body: Manifest) -> None:
    key = key_at(seeded, body)
    kind = seeded.simulator.kinds[key.kind]
    type_ = body.get("type") or "merge"
    value = body.get("value") if body.get("value") is not None else body.get("ops")
    if type_ == "json" and isinstance(value, list):
        operations = value
        seeded.simulator.change(key, lambda stored: json_patch(stored, operations))
    elif type_ == "merge" and isinstance(value, dict):
        change = value
        seeded.simulator.change(key, lambda stored: merge(stored, change))
    elif type_ == "strategic" and isinstance(value, dict):
        shape, change = shape_of(kind.api_version, kind.kind), value
        seeded.simulator.change(key, lambda stored: strategic_merge(stored, change, shape))
    else:
        text = "a patch has a type json (with ops), merge or strategic (with value)"
        raise QuestionError("BadRequest", text, "type")


def _delete(seeded: Seeded, body: Manifest) -> None:
    seeded.simulator.delete(key_at(seeded, body))


def key_at(seeded: Seeded, body: Manifest) -> Key:
    """Return the key that `{"kind": "Service", "name": "ns/name"}` names; raises QuestionError."""
    kind = seeded.simulator.kinds.word(str(body.get("kind") or ""))
    name = str(body.get("name") or "")
    if kind is None:
        raise QuestionError("BadRequest", f"no kind {body.get('kind')!r}", "kind")
    namespace, slash, last = name.rpartition("/")
    return kind.key(namespace if slash else str(body.get("namespace") or "default"), last)


_STEPS: Mapping[str, Callable[[Seeded, Manifest], None]] = {
    "create": _create, "apply": _apply, "replace": _replace, "patch": _patch, "delete": _delete,
}  # fmt: skip
