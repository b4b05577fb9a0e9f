"""What an input of a form holds: one value of a manifest, as people type it and as it is stored.

A type shows a manifest's value (`show`) and reads a cleaned input back (`read`); None means that
the manifest has no such member. Reading gets what stood there before, so that a type that shows
only part of a value (the names and numbers of ports) keeps the rest. Nothing here checks what
Kubernetes allows: that is admission's work, and its words are shown at the field.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from cluster.machinery.manifest import JSON, Manifest, text_at
from cluster.machinery.texts import say

Shown: TypeAlias = "str | list[str]"


class Unreadable(ValueError):
    """An input that cannot become a value of the manifest; the text says what is expected."""


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text; `lines` more than one makes a larger box."""

    lines: int = 1

    def show(self, value: JSON) -> Shown:
        """Return the text, empty for none."""
        return _text(value)

    def read(self, shown: Shown, _old: JSON) -> JSON:
        """Return the text, None for an empty one."""
        return str(shown) or None


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number."""

    def show(self, value: JSON) -> Shown:
        """Return the digits."""
        return _text(value)

    def read(self, shown: Shown, _old: JSON) -> JSON:
        """Return the number; raises Unreadable for anything else."""
        if not shown:
            return None
        try:
            return int(str(shown))
        except ValueError:
            raise Unreadable(say("{text} is no whole number", text=repr(shown))) from None


@dataclass(frozen=True, slots=True)
class PortOrName:
    """A port by number or by name (IntOrString)."""

    def show(self, value: JSON) -> Shown:
        """Return the digits or the name."""
        return _text(value)

    def read(self, shown: Shown, _old: JSON) -> JSON:
        """Return a number where the text is one, else the name."""
        return _port(str(shown)) if shown else None


@dataclass(frozen=True, slots=True)
class BackendPort:
    """The port of an Ingress backend: `{number: 80}` or `{name: http}`."""

    def show(self, value: JSON) -> Shown:
        """Return the digits or the name."""
        if not isinstance(value, dict):
            return ""
        return _text(value.get("number")) or _text(value.get("name"))

    def read(self, shown: Shown, _old: JSON) -> JSON:
        """Return the mapping that names the port."""
        if not shown:
            return None
        port = _port(str(shown))
        return {"number": port} if isinstance(port, int) else {"name": port}


@dataclass(frozen=True, slots=True)
class Flag:
    """True, false, or left to the default."""

    def show(self, value: JSON) -> Shown:
        """Return `true`, `false` or nothing."""
        return {True: "true", False: "false"}.get(value, "") if isinstance(value, bool) else ""

    def read(self, shown: Shown, _old: JSON) -> JSON:
        """Return the flag, None for the default."""
        return {"true": True, "false": False}.get(str(shown))


@dataclass(frozen=True, slots=True)
class Choice:
    """One of Kubernetes' words, or left to the default."""

    words: tuple[str, ...]

    def show(self, value: JSON) -> Shown:
        """Return the word."""
        return _text(value)

    def read(self, shown: Shown, _old: JSON) -> JSON:
        """Return the word, None for the default."""
        return str(shown) or None


@dataclass(frozen=True, slots=True)
class Several:
    """Any number of Kubernetes' words."""

    words: tuple[str, ...]

    def show(self, value: JSON) -> Shown:
        """Return the words that are set."""
        return [_text(item) for item in value] if isinstance(value, list) else []

    def read(self, shown: Shown, _old: JSON) -> JSON:
        """Return the words, None for none."""
        return list(shown) or None


@dataclass(frozen=True, slots=True)
class Words:
    """A list of texts, typed with commas."""

    def show(self, value: JSON) -> Shown:
        """Return the texts joined with commas."""
        return ", ".join(_text(item) for item in value) if isinstance(value, list) else ""

    def read(self, shown: Shown, _old: JSON) -> JSON:
        """Return the texts, None for none."""
        return [*_words(str(shown))] or None


@dataclass(frozen=True, slots=True)
class Members:
    """A list of mappings of which one member is shown, typed with commas: `{ip: 10.0.0.1}`."""

    member: str

    def show(self, value: JSON) -> Shown:
        """Return the members joined with commas."""
        return ", ".join(_text(item.get(self.member)) for item in _mappings(value))

    def read(self, shown: Shown, old: JSON) -> JSON:
        """Return a mapping for each; those that stood there before keep their other members."""
        known = {_text(item.get(self.member)): item for item in _mappings(old)}
        return [known.get(word, {self.member: word}) for word in _words(str(shown))] or None


@dataclass(frozen=True, slots=True)
class Ports:
    """A list of ports in one line: `http:8080, 53/UDP`; `member` holds the number."""

    member: str = "containerPort"

    def show(self, value: JSON) -> Shown:
        """Return the line."""
        return ", ".join(self._show(item) for item in _mappings(value))

    def read(self, shown: Shown, old: JSON) -> JSON:
        """Return the ports; those shown alike before keep what is not shown (`hostPort`)."""
        known = {self._show(item): item for item in _mappings(old)}
        found = [known.get(word) or self._read(word) for word in _words(str(shown))]
        return [*found] or None

    def _show(self, item: Manifest) -> str:
        name, protocol = text_at(item, "name"), text_at(item, "protocol")
        number = _text(item.get(self.member))
        text = f"{name}:{number}" if name else number
        return text if protocol in {None, "TCP"} else f"{text}/{protocol}"

    def _read(self, word: str) -> Manifest:
        rest, _, protocol = word.partition("/")
        name, colon, number = rest.rpartition(":")
        if not number.isascii() or not number.isdigit():
            raise Unreadable(
                say("{text} is no port; write 8080, http:8080 or 53/UDP", text=repr(word))
            )
        port: Manifest = {self.member: int(number)}
        if colon and name:
            port["name"] = name
        if protocol:
            port["protocol"] = protocol.upper()
        return port


Type: TypeAlias = (
    Text | Number | PortOrName | BackendPort | Flag | Choice | Several | Words | Members | Ports
)


def _text(value: JSON) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _port(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text


def _words(text: str) -> Iterable[str]:
    return (word.strip() for word in text.replace("\n", ",").split(",") if word.strip())


def _mappings(value: JSON) -> list[Manifest]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
