"""Small words for sentences."""

from __future__ import annotations

from collections.abc import Sequence

from cluster.machinery.texts import Text, joined, say


def counted(number: int, one: str, many: str = "") -> str:
    """Return `1 Pod`, `3 Pods`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(items: Sequence[str], most: int = 3) -> str:
    """Return `a, b and 4 more`."""
    if len(items) <= most:
        return also(items)
    return say(
        "{names} and {n} more", names=joined(", ", items[:most]), n=f"{len(items) - most:,}"
    )


def also(items: Sequence[str]) -> str:
    """Return all items: `a, b and c`."""
    if len(items) < 2:  # noqa: PLR2004 - one stands alone
        return "".join(items) if not items else items[0]
    return say("{names} and {last}", names=joined(", ", items[:-1]), last=items[-1])


def together(clauses: Sequence[str]) -> str:
    """Return what is done, all of it: `opens a, closes b and mends c`."""
    if len(clauses) < 2:  # noqa: PLR2004 - one stands alone
        return "".join(clauses) if not clauses else clauses[0]
    return say("{done} and {last}", done=joined(", ", clauses[:-1]), last=clauses[-1])


def stated(sentence: str, why: str = "") -> Text:
    """Return a sentence with its full stop, and the line of why behind it."""
    return joined(" ", (say("{sentence}.", sentence=sentence), why))


def either(items: Sequence[str]) -> str:
    """Return one of two: `a or b`."""
    if len(items) < 2:  # noqa: PLR2004 - one stands alone
        return "".join(items) if not items else items[0]
    return say("{names} or {last}", names=joined(", ", items[:-1]), last=items[-1])


_DRAWN = {
    "External": say("External"), "Group": say("Group"), "Endpoint": say("Endpoint"),
    "Namespace": say("Namespace"), "Node": say("Node"),
}  # fmt: skip
"""What cards are that have a word in every language."""


def kind_word(kind: str) -> str:
    """Return the kind of a card as sentences name it: the kinds of Kubernetes keep their names."""
    return _DRAWN.get(kind, kind)
