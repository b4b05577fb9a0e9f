"""How an object stands, in a word or two for the head of its page: kubectl's columns say it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cluster.machinery.drawing import State
from cluster.machinery.kind import Kind
from cluster.machinery.manifest import JSON, Manifest

HEADWORDS = ("Status", "Type")
"""Columns that stand for an object, the first of them that it has."""

_WELL = frozenset({"Running", "Completed", "Complete", "Active", "Ready"})


@dataclass(frozen=True, slots=True)
class Standing:
    """A word of the head; `state` is None for what is neither well nor ill: a Service's type."""

    text: str
    state: State | None


def standing_of(kind: Kind, manifest: Manifest) -> list[Standing]:
    """Return what the head of a page says of an object, nothing where it has no such column."""
    cells: dict[str, JSON] = {column.name: column.read(manifest) for column in kind.columns}
    found: list[Standing] = []
    word = next((str(cells[name]) for name in HEADWORDS if cells.get(name)), "")
    if word and kind.kind in {"Service", "Secret"}:
        found.append(Standing(word, None))
    elif word:
        is_well = all(part in _WELL for part in word.split(","))
        found.append(Standing(word, "ok" if is_well else "warn"))
    ready = str(cells.get("Ready") or "")
    have, slash, wanted = ready.partition("/")
    if slash:
        text = _("%(ready)s of %(all)s ready") % {"ready": have, "all": wanted}
        found.append(Standing(text, "ok" if have == wanted else "warn"))
    return found
