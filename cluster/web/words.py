"""Words that stand in data and addresses, and lists of things, in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WORDS: Mapping[str, Any] = {
    "added": gettext_lazy("added"),
    "modified": gettext_lazy("modified"),
    "updated": gettext_lazy("updated"),
    "deleted": gettext_lazy("deleted"),
    "unchanged": gettext_lazy("unchanged"),
    "skipped": gettext_lazy("skipped"),
    "reading": gettext_lazy("reading"),
    "applying": gettext_lazy("applying"),
    "error": gettext_lazy("error"),
    "warning": gettext_lazy("warning"),
    "info": gettext_lazy("info"),
    "copy": gettext_lazy("copy"),
    "reset": gettext_lazy("reset"),
    "delete": gettext_lazy("delete"),
}
"""What happened to an object, how grave a finding is, what is done with a cluster."""


def word(stored: str) -> str:
    """Return a stored word as the reader says it, one that is not known as it is."""
    return str(WORDS.get(stored, stored))


def series(parts: Iterable[str]) -> str:
    """Return things one after the other."""
    # Translators: stands between the things of a list
    return _(", ").join(parts)
