"""A manifest as YAML for people: numbered lines that know their field path and how to be painted.

Layout is kubectl's (sequences stand under their key, unindented). Text joined from `render_lines`
reads back as the same value with any YAML 1.1 or 1.2 reader, so pages offer it for copying.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from yaml import ScalarNode
from yaml.resolver import Resolver

from cluster.machinery.manifest import JSON

Paint: TypeAlias = Literal["", "k", "v", "n"]
Mark: TypeAlias = Literal["", "hl", "err", "add", "del"]
Block: TypeAlias = "tuple[str, tuple[Token, ...]]"

STRING_TAG = "tag:yaml.org,2002:str"
INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
LAST_APPLIED = "metadata.annotations[kubectl.kubernetes.io/last-applied-configuration]"
FOLDED = ("metadata.managedFields", LAST_APPLIED, "status")
BASIC_PLANE = 0xFFFF
_resolver = Resolver()
_ENTRY = re.compile(
    r"""(?P<lead>\s*(?:-\s+)*)(?:(?P<key>[\w./-]+|"[^"]*"|'[^']*')(?P<colon>:(?:\s+|$)))?(?P<rest>.*)"""
)
_NUMBER = re.compile(r"-?\d+(\.\d+)?|true|false|null|~")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a line; `paint` is k (key), v (text), n (number, flag, null) or nothing."""

    text: str
    paint: Paint = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number from 1, the field it shows (`spec.ports[0].port`), its pieces."""

    number: int
    path: str
    tokens: tuple[Token, ...]
    mark: Mark = ""

    @property
    def text(self) -> str:
        """The line as text, without a newline."""
        return "".join(token.text for token in self.tokens)


@dataclass(frozen=True, slots=True)
class Section:
    """Consecutive lines; `fold` names the field that is folded away, "" for none."""

    fold: str
    lines: tuple[Line, ...]

    @property
    def title(self) -> str:
        """The last step of the folded field: `managedFields`."""
        return self.fold.rstrip("]").rpartition("/" if "/" in self.fold else ".")[2]


def render_lines(manifest: Mapping[str, JSON]) -> list[Line]:
    """Return the lines of a manifest, in the manifest's own order of fields."""
    blocks = _mapping(manifest, "") if manifest else [("", (Token("{}"),))]
    return [Line(number, path, tokens) for number, (path, tokens) in enumerate(blocks, 1)]


def text_of(lines: list[Line]) -> str:
    """Return the YAML document that the lines show."""
    return "".join(f"{line.text}\n" for line in lines)


def highlighted(lines: list[Line], path: str) -> list[Line]:
    """Return the lines with the field at `path` (and what is below it) marked."""
    if not path:
        return lines
    return [replace(line, mark="hl") if _is_below(line.path, path) else line for line in lines]


def sections(lines: list[Line]) -> list[Section]:
    """Return the lines in stretches, the fields that few read folded away."""
    found: list[Section] = []
    for line in lines:
        fold = next((field for field in FOLDED if _is_below(line.path, field)), "")
        if found and found[-1].fold == fold:
            found[-1] = Section(fold, (*found[-1].lines, line))
        else:
            found.append(Section(fold, (line,)))
    return found


def source_lines(text: str, first: int, blamed: int) -> list[Line]:
    """Return the lines of a source text, numbered from `first`, number `blamed` marked.

    The text may be no YAML: what cannot be told apart is not painted.
    """
    return [
        Line(number, "", _painted(content), "err" if number == blamed else "")
        for number, content in enumerate(text.split("\n"), first)
    ]


def _painted(text: str) -> tuple[Token, ...]:
    """Return the pieces of one line of somebody's YAML."""
    match = _ENTRY.match(text)
    if match is None:
        return (Token(text),)
    key, rest = match["key"] or "", match["rest"]
    head = (Token(match["lead"]), Token(key, "k"), Token(match["colon"] or ""))
    plain = rest.rstrip()
    paint: Paint = "n" if _NUMBER.fullmatch(plain) else "v" if _QUOTED.fullmatch(plain) else ""
    return tuple(token for token in (*head, Token(rest, paint)) if token.text)


def _is_below(path: str, top: str) -> bool:
    return path == top or path.startswith((f"{top}.", f"{top}["))


def _mapping(value: Mapping[str, JSON], path: str) -> Iterator[Block]:
    for key, item in value.items():
        step = f"[{key}]" if "." in key or "/" in key else (f".{key}" if path else key)
        here = path + step
        head = (Token(_string(key), "k"), Token(":"))
        if isinstance(item, dict) and item:
            yield here, head
            yield from _indented(_mapping(item, here))
        elif isinstance(item, list) and item:
            yield here, head
            yield from _sequence(item, here)
        else:
            yield from _scalar(item, here, (*head, Token(" ")))


def _sequence(value: list[JSON], path: str) -> Iterator[Block]:
    for position, item in enumerate(value):
        here = f"{path}[{position}]"
        below: Iterator[Block]
        if isinstance(item, dict) and item:
            below = _mapping(item, here)
        elif isinstance(item, list) and item:
            below = _sequence(item, here)
        else:
            below = _scalar(item, here, ())
        first, tokens = next(below)
        yield first, (Token("- "), *tokens)
        yield from _indented(below)


def _indented(blocks: Iterator[Block]) -> Iterator[Block]:
    for path, tokens in blocks:
        yield path, (Token("  "), *tokens)


def _scalar(value: JSON, path: str, head: tuple[Token, ...]) -> Iterator[Block]:
    if isinstance(value, str):
        if _is_block(value):
            yield path, (*head, Token("|" if value.endswith("\n") else "|-"))
            for line in value.removesuffix("\n").split("\n"):
                yield path, (Token(f"  {line}" if line else "", "v"),)
            return
        yield path, (*head, Token(_string(value), "v"))
    elif isinstance(value, dict):
        yield path, (*head, Token("{}"))
    elif isinstance(value, list):
        yield path, (*head, Token("[]"))
    else:
        yield path, (*head, Token(_number(value), "n"))


def _is_block(text: str) -> bool:
    """Whether a text of several lines survives as a literal block (`|`)."""
    lines = text.removesuffix("\n").split("\n")
    return (
        "\n" in text
        and all(line.isprintable() for line in lines)
        and bool(lines[0])
        and bool(lines[-1])
        and not lines[0].startswith(" ")
        and not any(line and not line.strip() for line in lines)
    )


def _number(value: JSON) -> str:
    text = json.dumps(value)
    if isinstance(value, float) and "e" in text and "." not in text:
        return text.replace("e", ".0e")  # YAML 1.1 takes 1e+20 for a string
    return text


def _string(text: str) -> str:
    """Return a string as a plain scalar where every reader takes it for one, else quoted."""
    if (
        text
        and text.isprintable()
        and text == text.strip()
        and text[0] not in INDICATORS
        and not text.startswith("...")
        and ": " not in text
        and " #" not in text
        and not text.endswith(":")
        and _tag(text) == STRING_TAG
        and not _is_number_elsewhere(text)
    ):
        return text
    return "".join(_escaped(char) for char in json.dumps(text, ensure_ascii=False))


def _tag(text: str) -> str:
    """Return what YAML 1.1 takes a plain scalar for."""
    tag: str = _resolver.resolve(ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return tag


def _is_number_elsewhere(text: str) -> bool:
    """Whether YAML 1.2 reads as a number what YAML 1.1 does not (`1e3`, `0o17`)."""
    if text[:2].lower() in {"0o", "0x"}:
        return True
    try:
        float(text)
    except ValueError:
        return False
    return True


def _escaped(char: str) -> str:
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\u{code:04x}" if code <= BASIC_PLANE else f"\\U{code:08x}"
