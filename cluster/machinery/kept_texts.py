"""Sentences as JSON, for what is worked out once and read later, by whoever speaks what language.

`notes` gathers the memories of a document's Texts beside the document, which itself stays plain
English; `recalled` makes the Texts again. What a Text cannot be made of again stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.texts import Gap, Text, joined, say, say_n


def notes(document: JSON) -> Manifest:
    """Return the memories of all Texts in a document, by the English string."""
    return {str(text): _note(text) for text in _texts(document)}


def recalled(noted: Mapping[str, JSON]) -> dict[str, Text]:
    """Return the Texts that `notes` noted, by the English string; all else is dropped."""
    found = {english: _recall(note) for english, note in noted.items()}
    return {
        english: text
        for english, text in found.items()
        if isinstance(text, Text) and text == english
    }


def retold(document: Manifest, noted: Mapping[str, JSON]) -> Manifest:
    """Return a document that was read as plain strings, those that `notes` noted Texts again."""
    held = recalled(noted)
    return {name: _retold(item, held) for name, item in document.items()}


def _retold(value: JSON, held: Mapping[str, Text]) -> JSON:
    if isinstance(value, str):
        return held.get(value, value)
    if isinstance(value, dict):
        return {name: _retold(item, held) for name, item in value.items()}
    if isinstance(value, list):
        return [_retold(item, held) for item in value]
    return value


def _texts(value: JSON) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _note(text: str) -> JSON:
    if type(text) is not Text:
        return str(text)
    if text.parts:
        return {"separator": text.separator, "parts": [_note(part) for part in text.parts]}
    gaps: Manifest = {
        name: _note(gap) if isinstance(gap, str) else gap for name, gap in text.gaps.items()
    }
    if text.plural:
        gaps.pop("n", None)
        return {
            "say": text.sentence, "plural": text.plural, "number": text.number, "gaps": gaps,
        }  # fmt: skip
    return {"say": text.sentence, "gaps": gaps}


def _recall(note: JSON) -> Gap:
    if isinstance(note, dict):
        return _text(note)
    return note if isinstance(note, str | int | float) else str(note)


def _text(note: Manifest) -> Text:
    parts = note.get("parts")
    if isinstance(parts, list):
        return joined(str(note.get("separator")), [cast("str", _recall(part)) for part in parts])
    held = note.get("gaps")
    gaps = {name: _recall(gap) for name, gap in (held.items() if isinstance(held, dict) else ())}
    sentence, plural, number = str(note.get("say")), note.get("plural"), note.get("number")
    if isinstance(plural, str) and isinstance(number, int):
        return say_n(sentence, plural, number, **gaps)
    return say(sentence, **gaps)
