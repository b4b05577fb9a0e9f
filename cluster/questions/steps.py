"""Steps: requests made of a cluster in memory after it has settled (questions.md, "Seeding")."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cluster.machinery.errors import ApiError
from cluster.machinery.manifest import JSON, Manifest, merge
from cluster.machinery.meta import Key
from cluster.machinery.patches import json_patch
from cluster.machinery.schema import shape_of
from cluster.machinery.strategic import strategic_merge
from cluster.machinery.texts import joined, say
from cluster.machinery.three_way import client_side_apply, client_side_create
from cluster.questions.question import QuestionError
from cluster.questions.seeded import Refused, Seeded
from cluster.questions.seeding import describe, namespace_of


def take_step(seeded: Seeded, index: int, step: JSON) -> None:
    """Take one step and settle; a refused step changes nothing and is listed."""
    if not isinstance(step, dict) or len(step) != 1:
        raise QuestionError(
            "BadRequest",
            say("a step is one of {steps}", steps=joined(", ", _STEPS)),
            f"steps[{index}]",
        )
    ((verb, body),) = step.items()
    take = _STEPS.get(verb)
    if take is None or not isinstance(body, dict):
        text = say(
            "no step {step}; known are {steps}", step=repr(verb), steps=joined(", ", _STEPS)
        )
        raise QuestionError("BadRequest", text, f"steps[{index}]")
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
        text = say("a patch has a type json (with ops), merge or strategic (with value)")
        raise QuestionError("BadRequest", text, "type")


def _delete(seeded: Seeded, body: Manifest) -> None:
    seeded.simulator.delete(key_at(seeded, body))


def key_at(seeded: Seeded, body: Manifest) -> Key:
    """Return the key that `{"kind": "Service", "name": "ns/name"}` names; raises QuestionError."""
    kind = seeded.simulator.kinds.word(str(body.get("kind") or ""))
    name = str(body.get("name") or "")
    if kind is None:
        raise QuestionError(
            "BadRequest", say("no kind {kind}", kind=repr(body.get("kind"))), "kind"
        )
    namespace, slash, last = name.rpartition("/")
    return kind.key(namespace if slash else str(body.get("namespace") or "default"), last)


_STEPS: Mapping[str, Callable[[Seeded, Manifest], None]] = {
    "create": _create, "apply": _apply, "replace": _replace, "patch": _patch, "delete": _delete,
}  # fmt: skip
