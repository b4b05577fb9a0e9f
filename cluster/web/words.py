"""Words that stand in data and addresses, and lists of things, in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cluster.machinery.texts import Text
from cluster.runtime.wording import said

WORDS: Mapping[str, Any] = {
    "added": gettext_lazy("added"),
    "finding": gettext_lazy("finding"),
    "changed": gettext_lazy("changed"),
    "removed": gettext_lazy("removed"),
    "gained": gettext_lazy("gained"),
    "lost": gettext_lazy("lost"),
    "new": gettext_lazy("new"),
    "gone": gettext_lazy("gone"),
    "modified": gettext_lazy("modified"),
    "updated": gettext_lazy("updated"),
    "deleted": gettext_lazy("deleted"),
    "unchanged": gettext_lazy("unchanged"),
    "skipped": gettext_lazy("skipped"),
    "pasted": gettext_lazy("pasted"),
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


def told(text: str) -> str:
    """Return a sentence in the reader's language; the API server's own are marked as English."""
    if isinstance(text, Text):
        return said(text)
    return format_html('<span lang="en" dir="ltr">{}</span>', text) if text else ""


def word(stored: str) -> str:
    """Return a stored word as the reader says it, one that is not known as it is."""
    return str(WORDS.get(stored, stored))


def series(parts: Iterable[str]) -> str:
    """Return things one after the other."""
    # Translators: stands between the things of a list
    return _(", ").join(parts)
