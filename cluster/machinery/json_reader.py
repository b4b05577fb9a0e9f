"""One JSON document to its value, with what orjson does not look for: members set twice.

Source of the wording: semantics.md A-36 (`duplicate field "spec.x"`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import orjson

from cluster.machinery.limits import Budget
from cluster.machinery.manifest import JSON
from cluster.machinery.texts import say
from cluster.machinery.unreadable import Unreadable

_SPACED_COLON = re.compile(r'"\s+:')
# Only ends are wanted here, so numbers are left as text.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


class _Repeating(dict[str, JSON]):
    """A mapping that was given a member more than once."""

    repeated: str = ""


def whole(text: str) -> JSON:
    """Return what `text` holds if it is one JSON value and nothing else, None if it is not."""
    try:
        value: JSON = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value


def whole_line(text: str, start: int) -> tuple[JSON, int] | None:
    """Return value and end of the line at `start` if it is one whole JSON value, as in NDJSON."""
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    try:
        return orjson.loads(text[start:end]), end
    except orjson.JSONDecodeError:
        return None


def value_at(text: str, start: int) -> tuple[JSON, int]:
    """Return the JSON value that begins at `start`, and where it ends; raises `Unreadable`.

    The line of the error counts from the line of `start`.
    """
    found = whole_line(text, start)
    if found is not None:
        return found
    try:
        _, end = _DECODER.raw_decode(text, start)
        return orjson.loads(text[start:end]), end
    except json.JSONDecodeError as error:
        # orjson's error is one of these too, with positions in the slice.
        position = error.pos + (start if error.doc is not text else 0)
        line = text.count("\n", start, position) + 1
        raise Unreadable(f"json: {error.msg}", line=line) from None
    except RecursionError:
        message = "json: exceeded max depth"
        raise Unreadable(message) from None


def check(text: str, value: JSON, budget: Budget) -> None:
    """Refuse what parses but may not be read: too deep, or a member set twice (`Unreadable`)."""
    check_depth(text, value, budget)
    for path in repetitions(text, value):
        raise Unreadable(
            f'json: duplicate field "{path}"', field=path, remedy=say("Keep one of the two.")
        )


def repetitions(text: str, value: JSON) -> list[str]:
    """Return the paths of members that `text` sets more than once; `value` has the last ones."""
    return _found_repetitions(text) if _may_repeat(text, value) else []


def check_depth(text: str, value: JSON, budget: Budget) -> None:
    """Refuse what is nested too deep (`Unreadable`)."""
    limit = budget.limits.depth
    if text.count("{") + text.count("[") > limit and _is_deeper(value, limit):
        message = f"json: exceeded max depth of {limit}"
        raise Unreadable(message)


def _is_deeper(value: JSON, limit: int) -> bool:
    level: list[JSON] = [value]
    for _ in range(limit):
        below: list[JSON] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        if not below:
            return False
        level = below
    return any(isinstance(item, dict | list) for item in level)


def _may_repeat(text: str, value: JSON) -> bool:
    """False when `value` has as many members as `text`; the count can only err to True."""
    if _SPACED_COLON.search(text) or "\\u" in text:
        return True
    return text.count('":') != orjson.dumps(value).count(b'":')


def _found_repetitions(text: str) -> list[str]:
    def pairs(members: list[tuple[str, JSON]]) -> dict[str, JSON]:
        made = dict(members)
        if len(made) == len(members):
            return made
        seen: set[str] = set()
        repeating = _Repeating(made)
        for key, _ in members:
            if key in seen:
                repeating.repeated = key
                break
            seen.add(key)
        return repeating

    return list(_repeated(json.loads(text, object_pairs_hook=pairs, parse_int=str), ""))


def _repeated(value: JSON, path: str) -> Iterator[str]:
    if isinstance(value, _Repeating):
        yield f"{path}.{value.repeated}".removeprefix(".")
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _repeated(item, f"{path}.{key}".removeprefix("."))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _repeated(item, f"{path}[{position}]")
