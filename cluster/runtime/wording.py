"""What the pure layers say, in the language of whoever reads it.

Their sentences remember what they were made of (`cluster.machinery.texts`); this puts the same
sentence of another language in their place, in whole documents, at the doors of the dashboard. The
machine interface is not translated: programs compare what it says.
"""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext, override

from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.texts import Text

ENGLISH = "en"


class _Gettext:
    """The catalogue of the language that is active."""

    def one(self, sentence: str) -> str:
        """Return a sentence; the empty one is no entry but the catalogue's own head."""
        return gettext(sentence) if sentence else ""

    def several(self, singular: str, plural: str, number: int) -> str:
        """Return the form for a number."""
        return ngettext(singular, plural, number)


_CATALOGUE = _Gettext()


def language() -> str:
    """Return the language that is active, one of those there are."""
    found = get_language() or ENGLISH
    return found if found in dict(settings.LANGUAGES) else ENGLISH


def said(text: str, to: str = "") -> str:
    """Return a sentence in a language that there is, by default the active one."""
    if not isinstance(text, Text):
        return text
    if to and to in dict(settings.LANGUAGES):
        with override(to):
            return text.again(_CATALOGUE)
    return text.again(_CATALOGUE)


def worded(document: Manifest, to: str = "") -> Manifest:
    """Return a document with its sentences in a language, by default the active one.

    In English, and for a language there is not, that is the document itself, else a copy.
    """
    wanted = to or language()
    if wanted == ENGLISH or wanted not in dict(settings.LANGUAGES):
        return document
    with override(wanted):
        return {name: _worded(item) for name, item in document.items()}


def _worded(value: JSON) -> JSON:
    if isinstance(value, str):
        return said(value)
    if isinstance(value, dict):
        return {name: _worded(item) for name, item in value.items()}
    if isinstance(value, list):
        return cast("JSON", [_worded(item) for item in value])
    return value
