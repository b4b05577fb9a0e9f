"""Finding the object that a field of a question names, with the refusal that names the field."""

from __future__ import annotations

from typing import TypeVar

from cluster.machinery.errors import not_found
from cluster.machinery.kind import Object
from cluster.questions.asked import Asked
from cluster.questions.question import Given, QuestionError

T = TypeVar("T", bound=Object)


def named(asked: Asked, given: Given, field: str, type_: type[T]) -> T:
    """Return the object that `field` names as `ns/name`; a bare name is in `default`.

    Raises QuestionError: BadRequest where the field is missing, NotFound where there is none.
    """
    namespace, name = namespace_and_name(given.required(field))
    found = asked.snapshot.get(type_, namespace, name)
    if found is None:
        kind = next(kind for kind in asked.kinds if kind.type is type_)
        text = not_found(kind.plural, kind.group, f"{namespace}/{name}").message
        raise QuestionError("NotFound", text, field)
    return found


def namespace_and_name(text: str) -> tuple[str, str]:
    """Return both parts of `ns/name`; a bare name is in `default`."""
    namespace, _slash, name = text.rpartition("/")
    return namespace or "default", name


def peer_parts(word: str) -> tuple[str, str | None, str]:
    """Return namespace, word for the kind and name of an object among peers (questions.md, PEER).

    It is written `ns/name`, `ns/kind/name` or `ns/name[Kind]`; the kind is None where there is no
    word for it.
    """
    namespace, _slash, rest = word.partition("/")
    if rest.endswith("]") and "[" in rest:
        name, _bracket, kind = rest[:-1].partition("[")
        return namespace, kind, name
    kind, slash, name = rest.partition("/")
    return (namespace, kind, name) if slash else (namespace, None, rest)
