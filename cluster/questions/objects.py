"""The question `objects`: what is stored."""

from __future__ import annotations

from cluster.machinery.manifest import JSON, Manifest
from cluster.questions.asked import Asked
from cluster.questions.question import Field, Given, Question, bad


def objects(asked: Asked, given: Given) -> Manifest:
    """Answer the stored objects, of `kinds` and of `namespace` if given."""
    words = given.texts("kinds")
    kinds = None if words is None else [_kind(asked, word) for word in words]
    found: list[JSON] = [*asked.objects(kinds, given.text("namespace"))]
    return {"objects": found}


def _kind(asked: Asked, word: str) -> str:
    kind = asked.kinds.word(word)
    if kind is None:
        raise bad(f"no kind {word!r}", "kinds")
    return kind.kind


OBJECTS = Question(
    "objects",
    "The objects of the cluster, in the order of the kinds, then by namespace and name.",
    objects,
    (
        Field("kinds", "Only these kinds, by kind, plural or short name.", "texts"),
        Field("namespace", "Only objects of this namespace."),
    ),
    {
        "type": "object",
        "required": ["objects"],
        "properties": {"objects": {"type": "array", "items": {"type": "object"}}},
    },
)
