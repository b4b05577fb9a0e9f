"""Putting words into sentences of another language, as its script is set.

Chinese is written without spaces between its characters and beside its own punctuation, yet with
one between a character and a Latin word or a number. A translator cannot know what a gap will be
filled with, so the catalogue has the space, and it goes where the filling makes it wrong. What
fills a gap is never changed itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Formatter

_WIDE = (
    ("\N{CJK RADICAL REPEAT}", "\N{CJK UNIFIED IDEOGRAPH-9FFF}"),  # with its punctuation
    ("\N{FULLWIDTH EXCLAMATION MARK}", "\N{FULLWIDTH TILDE}"),
)
_SET_WIDE = {
    ", ": "\N{FULLWIDTH COMMA}",
    "; ": "\N{FULLWIDTH SEMICOLON}",
    ": ": "\N{FULLWIDTH COLON}",
}
_FORMATTER = Formatter()


def filled(sentence: str, gaps: Mapping[str, object]) -> str:
    """Return a sentence with its gaps `{name}` filled; raises KeyError for one that is not given.

    A space between a gap and the words around it goes where both are wide, and comes where only
    one is.
    """
    made = ""
    after_gap = False
    for words, name, spec, _conversion in _FORMATTER.parse(sentence):
        made = _beside(made, words) if after_gap else made + words
        if name is not None:
            made = _beside(made, format(gaps[name], spec or ""))
        after_gap = True
    return made


def strung(separator: str, parts: Sequence[str], narrow: str = "") -> str:
    """Return parts with a separator between them; it is wide where any part has wide words.

    `narrow` is what the language sets between parts that have none: a list of names.
    """
    if separator in _SET_WIDE and any(map(_is_wide, "".join(parts))):
        return _SET_WIDE[separator].join(parts)
    made = ""
    for number, part in enumerate(parts):
        made = _beside(made + (narrow or separator) if number else made, part)
    return made


def _beside(left: str, right: str) -> str:
    """Return both, without the space between them that wide characters do not have."""
    if left[-1:] == " " and _parts_no_more(left[-2:-1], right[:1]):
        return left[:-1] + right
    if right[:1] == " " and _parts_no_more(left[-1:], right[1:2]):
        return left + right[1:]
    return f"{left} {right}" if _wants_room(left[-1:], right[:1]) else left + right


def _wants_room(left: str, right: str) -> bool:
    """Whether a wide character meets a narrow letter or digit."""
    pair = {_is_wide(left), _is_wide(right)}
    return pair == {True, False} and left.isalnum() and right.isalnum()


def _parts_no_more(left: str, right: str) -> bool:
    """Whether no space stands between two characters: both wide, or one wide punctuation."""
    return (_is_wide(left) and _is_wide(right)) or _is_point(left) or _is_point(right)


def _is_wide(character: str) -> bool:
    return any(first <= character <= last for first, last in _WIDE) if character else False


def _is_point(character: str) -> bool:
    """Whether it is wide punctuation, which brings its own room."""
    return bool(character) and (
        "\N{IDEOGRAPHIC COMMA}" <= character <= "\N{RIGHT BLACK LENTICULAR BRACKET}"
        or (_is_wide(character) and not character.isalnum())
    )
