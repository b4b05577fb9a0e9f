"""Label selectors as kubectl and watches write them: `app=web,tier in (a,b),!canary`.

Source: apimachinery `labels/selector.go` (`Parse`).
"""

from __future__ import annotations

import re

from cluster.machinery.names import label_value, qualified_name
from cluster.machinery.selectors import Requirement, Selector

_NAME = r"[^\s!=<>(),]+"
_ONE = re.compile(
    rf"""\s*(?:
      !\s*(?P<absent>{_NAME})
    | (?P<key>{_NAME})\s*(?:
        (?P<set>in|notin)\s*\((?P<values>[^()]*)\)
      | (?P<op>==|=|!=)\s*(?P<value>{_NAME})?
      )?
    )\s*""",
    re.VERBOSE,
)


_WORD = re.compile(_NAME)


class UnreadableSelector(ValueError):
    """The text is no label selector; the message says why."""


def parse_labels(text: str) -> Selector:
    """Return the selector that `text` writes; empty selects everything.

    Raises UnreadableSelector, also for the numeric `>` and `<`, which nothing here is asked with.
    """
    found: list[Requirement] = []
    position = 0
    while text[position:].strip():
        match = _ONE.match(text, position)
        if match is None or match.end() == position:
            raise UnreadableSelector(f'unable to parse requirement: "{text[position:].strip()}"')
        found.append(_requirement(match))
        position = match.end()
        if position < len(text):
            if text[position] != ",":
                raise UnreadableSelector(_unexpected(match, text[position:]))
            position += 1
            if not text[position:].strip():
                raise UnreadableSelector("found '', expected: identifier after ','")
    return Selector(tuple(found))


def _unexpected(match: re.Match[str], rest: str) -> str:
    """Return the words about what follows a requirement, in those of upstream's parser."""
    word = _WORD.match(rest)
    found = word[0] if word else rest[:1]
    is_bare = match["key"] and not match["set"] and not match["op"]
    wanted = "in, notin, =, ==, !=, gt, lt" if is_bare else "',' or 'end of string'"
    return f"unable to parse requirement: found '{found}', expected: {wanted}"


def _requirement(match: re.Match[str]) -> Requirement:
    key = match["absent"] or match["key"]
    _check(qualified_name(key), f"key: Invalid value: {key!r}")
    if match["absent"]:
        return Requirement(key, "DoesNotExist")
    if match["set"]:
        values = tuple(sorted({value.strip() for value in match["values"].split(",")}))
        _check_values(key, values)
        return Requirement(key, "In" if match["set"] == "in" else "NotIn", values)
    if match["op"]:
        value = match["value"] or ""
        _check_values(key, (value,))
        return Requirement(key, "NotIn" if match["op"] == "!=" else "In", (value,))
    return Requirement(key, "Exists")


def _check_values(key: str, values: tuple[str, ...]) -> None:
    for value in values:
        _check(label_value(value), f"values[0][{key}]: Invalid value: {value!r}")


def _check(problems: list[str], prefix: str) -> None:
    if problems:
        raise UnreadableSelector(f"{prefix}: {problems[0]}")
