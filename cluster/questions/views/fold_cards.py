"""The card that stands for many cards of one view."""

from __future__ import annotations

from collections.abc import Sequence

from cluster.machinery.drawing import GraphNode, Reason, State, worst
from cluster.machinery.texts import say, say_n
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.words import counted
from cluster.questions.words import kind_word

TIMES = "\N{MULTIPLICATION SIGN}"
_MANY = {"Ingress": "Ingresses", "IngressClass": "IngressClasses", "Endpoints": "Endpoints",
         "NetworkPolicy": "NetworkPolicies"}  # fmt: skip


def fold_card(id_: str, members: Sequence[GraphNode], request: ViewRequest) -> GraphNode:
    """Return the card of a fold; it lies where its first member was.

    `members` are in order. What they do not have in common (box, kind, namespace) is left away.
    """
    first, last = members[0], members[-1]
    kind = first.kind if _same(members, "kind") else "Group"
    number = len(members)
    what = counted(number, kind, _MANY.get(kind, f"{kind}s")) if kind != "Group" else (
        say_n("{n:,} card", "{n:,} cards", number)
    )  # fmt: skip
    name = say("{first} to {last}", first=first.name, last=last.name) if kind != "Group" else what
    state, word = _state(members)
    ready = _ready(members)
    sizes = [node.size for node in members if node.size is not None]
    return GraphNode(
        id=id_, kind=kind, name=name, lane=first.lane,
        namespace=first.namespace if _same(members, "namespace") else "",
        group=first.group if _same(members, "group") else None, order=first.order,
        paint=first.paint if _same(members, "paint") else "workload",
        icon=first.icon if _same(members, "icon") else "deployment",
        overline=kind, variant=say("folded"),
        meta=say("\N{MULTIPLICATION SIGN}{number} · {word}", number=number, word=word),
        state=state, word=word,
        ready=ready, count=number, size=sum(sizes) if sizes else None,
        compact=all(node.compact for node in members),
        label=say("{kind} {name}, {what} folded into one card, {word}", kind=kind_word(kind),
        name=name, what=what, word=word),
        open=f"?open={id_}",
        why=(Reason(say("The view would have more than {budget:,} cards and lines: {what} are "
        "drawn as one card. Open it to see them.", budget=request.budget, what=what)),),
    )  # fmt: skip


def _same(members: Sequence[GraphNode], field: str) -> bool:
    return len({getattr(node, field) for node in members}) == 1


def _state(members: Sequence[GraphNode]) -> tuple[State, str]:
    """Return the gravest state, and how many of the cards have it."""
    state = worst([node.state for node in members])
    if state in {"ok", "skip"}:
        return state, say("all healthy")
    words = {node.word for node in members if node.state == state}
    number = sum(1 for node in members if node.state == state)
    return state, say("{number} {word}", number=number, word=words.pop()) if len(
        words
    ) == 1 else say("{number} need a look", number=number)


def _ready(members: Sequence[GraphNode]) -> tuple[int, int] | None:
    """Return ready and all of what the cards stand for; None where they do not say."""
    counts = [node.ready for node in members if node.ready is not None]
    if not counts:
        return None
    return sum(ready for ready, _all in counts), sum(all_ for _ready, all_ in counts)
