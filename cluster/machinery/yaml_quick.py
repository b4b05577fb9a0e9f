"""The quick way to read YAML: a YAML 1.2 parser in Rust, six times faster than the checked way.

It knows no duplicate keys, merge keys or octal numbers. So its answer is taken only when the text
and the value it gave show nothing that Kubernetes' reader could read differently; any doubt sends
the document the checked way (`yaml_reader`). A doubt costs time, never correctness, so the tests
for it are coarse.
"""

from __future__ import annotations

import re

import orjson
import yaml12

from cluster.machinery.manifest import JSON

# Characters that libyaml refuses, or takes for line breaks where YAML 1.2 does not, and tabs.
_ODD_CHARACTER = re.compile(
    "[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_ODD_BYTES = bytes([*range(ord("\n")), *range(ord("\n") + 1, ord(" ")), 0x7F])
# Anchors, aliases, tags, escapes, complex keys, block scalars, merge keys.
_DOUBTFUL_SIGNS = ("&", "*", "!", "\\", "?", "|", ">", "<")
# Words that are booleans to Kubernetes, or that orjson would write as null; as values and as keys.
_WORDS = [
    *(form for word in ("y", "yes", "n", "no", "on", "off")
      for form in (word, word.capitalize(), word.upper())),
    *(sign + word for word in (".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN")
      for sign in ("", "+", "-")),
]  # fmt: skip
_DOUBTFUL_WORDS = frozenset([*_WORDS, *(f"{word}:" for word in _WORDS)])
# `0777` is octal here and decimal there; `-0x1f`, `0B1` and `1_000` are numbers here only.
_DOUBTFUL_ZERO = re.compile(r"0[0-9bBoOxX](?:(?<![^\s\[,]0.)|(?<=[+-]0.)(?<![^\s\[,][+-]0.))")
_DOUBTFUL_UNDERSCORE = re.compile(r"_(?<=[0-9.+-]_)")
# A list in flow style that both read alike: short words on one line, no colon.
_SIMPLE_LIST = re.compile(r"""\[[A-Za-z0-9_./, "'-]*\]""")
_FLOW_SEPARATOR = re.compile(r"[\s\[\],]+")
# Floats that Go's JSON writes as integers; nulls that may have been numbers beyond all floats.
_DOUBTFUL_FLOAT = re.compile(rb"\.0[,}\]]")
_DOUBTFUL_EXPONENT = re.compile(rb"e\+1[678][,}\]]")
_NULL = re.compile(rb"null")
_HUGE = re.compile(r"[0-9.][eE]\+?[0-9]{3}")
# The quick parser recurses without bound. A level costs a space of indentation for every two, or
# two characters where lists open on one line (`- - - a`); below these sizes neither can harm.
_DEEP_TEXT, _DEEP_INDENTATION = 10_000, " " * 100
_NESTED_TEXT, _NESTED_LIST = 400, re.compile(r"- +- ")


class Doubt(Exception):
    """The quick way may have misread the document."""


def has_odd_characters(text: str) -> bool:
    """True when `text` holds a character that forbids the quick way for its document."""
    if text.isascii():
        return len(text.encode().translate(None, _ODD_BYTES)) != len(text)
    return _ODD_CHARACTER.search(text) is not None


def read_quick(text: str) -> JSON:
    """Return the value as the Rust parser has it, if that is beyond doubt; raises `Doubt`."""
    _check_text(text)
    try:
        # The parser does not look beyond the first document unless it is asked for all.
        # What is no JSON (its own tagged nodes) is refused in writing.
        values: list[JSON] = yaml12.parse_yaml(text, multi=True)  # type: ignore[assignment]
        (value,) = values
        written = orjson.dumps(value)
    except (ValueError, TypeError):
        raise Doubt from None
    if (
        not isinstance(value, dict)
        # Every colon of the value stands in the text, so as many mean that no member was set
        # twice (and that no comment holds one).
        or text.count(":") != written.count(b":")
        or _DOUBTFUL_FLOAT.search(written)
        or _DOUBTFUL_EXPONENT.search(written)
        or (_NULL.search(written) and _HUGE.search(text))
    ):
        raise Doubt
    return value


def _check_text(text: str) -> None:
    """Raise `Doubt` when the text alone shows something the two ways may read differently."""
    if (
        # Comments and document ends before the first key.
        not text.lstrip()[:1].isalpha()
        or any(map(text.__contains__, _DOUBTFUL_SIGNS))
        or not _DOUBTFUL_WORDS.isdisjoint(text.split())
        or _DOUBTFUL_ZERO.search(text)
        or _DOUBTFUL_UNDERSCORE.search(text)
        or (len(text) > _NESTED_TEXT and _NESTED_LIST.search(text))
        or (len(text) > _DEEP_TEXT and _DEEP_INDENTATION in text)
        or ("{" in text and text.count("{") != text.count("{}"))
    ):  # fmt: skip
        raise Doubt
    if "[" in text and (
        text.count("[") != len(_SIMPLE_LIST.findall(text))
        or not _DOUBTFUL_WORDS.isdisjoint(_FLOW_SEPARATOR.split(text))
    ):
        raise Doubt
