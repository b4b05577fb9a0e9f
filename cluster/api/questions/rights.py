"""Who gets which answer: the dashboard's permissions (`cluster.runtime.permissions`).

An answer that is worked out from kinds its reader may not see is refused, since each of its words
may rest on them; lists leave out what the reader may not see, as the pages do.
"""

from __future__ import annotations

from django.http import HttpRequest

from cluster.catalog import KINDS
from cluster.machinery.manifest import JSON, Manifest, mappings_at, text_at
from cluster.questions.question import Given, Question, QuestionError
from cluster.questions.withhold import withhold
from cluster.runtime.permissions import Access, is_loopback, permission


def access_of(request: HttpRequest) -> Access:
    """Return what the reader behind a request may do; raises QuestionError for no reader."""
    access = Access(request.user, is_local=is_loopback(request.META.get("REMOTE_ADDR")))
    if not access.reads:
        raise QuestionError("Unauthorized", "log in first: reading needs an account here")
    return access


def demand(access: Access, question: Question, given: Given) -> None:
    """Raise QuestionError unless the reader may see every kind that the answer rests on."""
    kinds = set(question.reads)
    if question.ask == "objects":
        named = (KINDS.word(word) for word in given.texts("kinds") or ())
        kinds |= {kind.kind for kind in named if kind is not None}
    if question.ask in {"create", "update"}:
        word = given.mapping("object").get("kind")
        kind = KINDS.word(word) if isinstance(word, str) else None
        kinds |= {kind.kind} if kind is not None else set()
    hidden = access.hidden(kinds)
    if hidden:
        needed = ", ".join(permission("view", kind) for kind in hidden)
        raise QuestionError("Forbidden", f"this answer needs the permission to see: {needed}")


def shown(access: Access, question: Question, answer: Manifest) -> Manifest:
    """Return the part of an answer that its reader may see."""
    if question.ask == "graph":
        return withhold(answer, access.sees)[0]
    for name, field in (("objects", "kind"), ("findings", "object")):
        if question.ask == name:
            kept: list[JSON] = [
                item
                for item in mappings_at(answer, name)
                if access.sees((text_at(item, field) or "").partition(" ")[0])
            ]
            return answer | {name: kept}
    return answer
