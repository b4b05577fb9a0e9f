"""The questions `create` and `update`: what the apiserver would answer, with nothing written."""

from __future__ import annotations

from collections.abc import Callable

from cluster.machinery.errors import ApiError
from cluster.machinery.kind import Claim
from cluster.machinery.manifest import JSON, Manifest, text_at
from cluster.questions.asked import Asked
from cluster.questions.question import Field, Given, Question
from cluster.questions.seeded import errors_json

_OBJECT = Field("object", "A Kubernetes object.", "mapping", is_required=True)
_ANSWER: Manifest = {
    "type": "object",
    "required": ["ok"],
    "properties": {
        "ok": {"type": "boolean"},
        "object": {"type": "object", "description": "What would be stored."},
        "code": {"type": "integer"},
        "reason": {"type": "string"},
        "message": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "type": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "released": {
            "type": "object",
            "description": "What an update gives back to the cluster's pools.",
            "properties": {
                "ips": {"type": "array", "items": {"type": "string"}},
                "node_ports": {"type": "array", "items": {"type": "integer"}},
            },
        },
    },
}


def create(asked: Asked, given: Given) -> Manifest:
    """Answer what the apiserver would answer to a POST of `object`."""
    document = given.mapping("object")
    return _dry_run(lambda: asked.create(document))


def update(asked: Asked, given: Given) -> Manifest:
    """Answer what the apiserver would answer to a PUT of `object`, and what it would give back."""
    document = given.mapping("object")
    answer = _dry_run(lambda: asked.replace(document))
    if answer["ok"]:
        answer["released"] = _released(asked, answer)
    return answer


def _dry_run(write: Callable[[], Manifest]) -> Manifest:
    try:
        return {"ok": True, "object": write()}
    except ApiError as error:
        return {
            "ok": False, "code": error.code, "reason": error.reason, "message": error.message,
            "errors": errors_json(error),
        }  # fmt: skip


def _released(asked: Asked, answer: Manifest) -> Manifest:
    new = answer["object"]
    assert isinstance(new, dict)  # noqa: S101 - an accepted write has an object
    kind = asked.kinds[str(new["kind"])]
    namespace = text_at(new, "metadata", "namespace") or "default"
    old = asked.manifest(kind.key(namespace, text_at(new, "metadata", "name") or ""))
    before: set[Claim] = set(kind.claims(old)) if old is not None else set()
    free = before - set(kind.claims(new))
    ips: list[JSON] = [*sorted(claim.value for claim in free if claim.pool == "ip")]
    ports: list[JSON] = [*sorted(int(claim.value) for claim in free if claim.pool == "port")]
    return {"ips": ips, "node_ports": ports}


CREATE = Question(
    "create", "What the apiserver would answer to a POST of an object; nothing is written.",
    create, (_OBJECT,), _ANSWER,
)  # fmt: skip
UPDATE = Question(
    "update", "What the apiserver would answer to a PUT of an object; nothing is written.",
    update, (_OBJECT,), _ANSWER,
)  # fmt: skip
