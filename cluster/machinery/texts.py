"""Sentences for people that can be told again in another language.

The pure layers know no language but English, and no request. What they say is a `Text`: a string,
equal to and encoded like any other, that remembers the sentence with its gaps and what filled
them. Commands and the machine interface print it as it is; the doors of the dashboard put the same
sentence of the reader's language in its place (`cluster.runtime.wording`).

Two rules keep it honest. A sentence is written whole, with named gaps, never glued together from
halves: other languages order them otherwise. And the words of the API server stay plain strings,
since they are to be searched for as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Protocol, TypeAlias

from cluster.machinery.typesetting import filled, strung

Gap: TypeAlias = "str | int | float"


class Catalogue(Protocol):
    """Sentences in another language; one it does not have comes back as it is."""

    def one(self, sentence: str) -> str:
        """Return a sentence, gaps included."""
        ...

    def several(self, singular: str, plural: str, number: int) -> str:
        """Return the form of a sentence for a number of things."""
        ...


class Text(str):
    """A sentence in English that can be said again in another language."""

    __slots__ = ("gaps", "number", "parts", "plural", "sentence", "separator")

    sentence: str
    plural: str
    number: int
    gaps: Mapping[str, Gap]
    separator: str
    parts: tuple[str, ...]

    def again(self, catalogue: Catalogue) -> str:
        """Return the same in another language; gaps that are Texts are said again, too."""
        if self.parts:
            narrow = catalogue.one(self.separator) if self.separator in LISTS else ""
            return strung(self.separator, [again(part, catalogue) for part in self.parts], narrow)
        found = (
            catalogue.several(self.sentence, self.plural, self.number)
            if self.plural
            else catalogue.one(self.sentence)
        )
        gaps = {
            name: again(gap, catalogue) if isinstance(gap, str) else gap
            for name, gap in self.gaps.items()
        }
        return filled(found, gaps) if gaps else found

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Pickle as the plain English string."""
        return str, (str(self),)


class Shaped(Text):
    """A Text in another shape: the same is done to it in every language."""

    __slots__ = ("shape", "text")

    shape: Callable[[str], str]
    text: str

    def again(self, catalogue: Catalogue) -> str:
        """Return the shape of the text in another language."""
        return self.shape(again(self.text, catalogue))


def again(text: str, catalogue: Catalogue) -> str:
    """Return a Text in another language, any other string as it is."""
    return text.again(catalogue) if isinstance(text, Text) else text


def say(sentence: str, /, **gaps: Gap) -> Text:
    """Return a sentence; its gaps are written `{name}`.

    Raises KeyError for a gap that is not given: a bug.
    """
    return _made(sentence.format(**gaps), sentence, gaps) if gaps else _plain(sentence)


@cache
def _plain(sentence: str) -> Text:
    """Return a sentence without gaps, the same one each time: drawings hold thousands."""
    return _made(sentence, sentence, {})


def say_n(singular: str, plural: str, number: int, /, **gaps: Gap) -> Text:
    """Return a sentence about a number of things, which stands in its gap `{n}`."""
    known: dict[str, Gap] = {"n": number, **gaps}
    form = singular if number == 1 else plural
    return _made(form.format(**known), singular, known, plural, number)


def joined(separator: str, parts: Iterable[str]) -> Text:
    """Return sentences one after the other, each said again by itself.

    A separator of `LISTS` stands as the other language sets it.
    """
    listed = tuple(part for part in parts if part)
    made = _made(separator.join(listed), "", {})
    made.separator = separator
    made.parts = listed
    return made


def instead(text: str, old: str, new: str) -> str:
    """Return a sentence with `new` in every gap that `old` fills, to tell of several at once."""
    if not isinstance(text, Text):
        return text.replace(old, new)
    gaps = {name: new if gap == old else gap for name, gap in text.gaps.items()}
    if text.plural:
        return say_n(text.sentence, text.plural, text.number, **gaps)
    return say(text.sentence, **gaps) if gaps else text


def opened(text: str) -> str:
    """Return words with a capital first, as a sentence opens."""
    return shaped(text, lambda said: f"{said[:1].upper()}{said[1:]}")


def bare(text: str) -> str:
    """Return a sentence without its full stop, to go on with."""
    return shaped(text, lambda said: said.rstrip(".\N{IDEOGRAPHIC FULL STOP}"))


def lowered(text: str) -> str:
    """Return words in small letters, as they stand within a sentence."""
    return shaped(text, str.lower)


def _made(
    english: str, sentence: str, gaps: Mapping[str, Gap], plural: str = "", number: int = 0
) -> Text:
    made = Text(english)
    made.sentence, made.gaps, made.plural, made.number = sentence, gaps, plural, number
    made.separator, made.parts = "", ()
    return made


def shaped(text: str, shape: Callable[[str], str]) -> str:
    """Return a text with `shape` done to it, in whatever language it is said again."""
    if not isinstance(text, Text):
        return shape(text)
    made = Shaped(shape(text))
    made.shape, made.text = shape, text
    return made


LISTS = frozenset({say(", "), say("; ")})
"""Separators of lists: each language has its own between names and numbers."""
