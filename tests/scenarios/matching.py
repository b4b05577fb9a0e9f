"""The language of `.expected.yaml`: what an answer must hold, and nothing about the rest.

A mapping asks for the fields it names, a list for exactly its items in their order, anything else
for an equal value. Tags ask for something looser:

- `!absent`: the field is not there, or null; `!any`: it is there, whatever it is;
- `!set [..]`: these items in any order; `!contains [..]`: these among others, in any order;
- `!count 3`: a list (or mapping) of so many; `!each {..}`: every item of a list, of which there
  is at least one; `!all [.., ..]`: several demands on one value; `!not ..`: anything else;
- `!text ".."`: a text with these words in it; `!matches ".."`: a text of this regular expression;
- `!same name`: equal to every other value called so; `!other name`: differs from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

from cluster.machinery.manifest import JSON

Mismatches: TypeAlias = "Iterator[str]"
MOST_SHOWN = 300  # characters of a value in a message


@dataclass(slots=True)
class Bindings:
    """The values that `!same` and `!other` compare with, by name."""

    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Demand:
    """A tagged value of an expected file."""

    tag: str
    value: object


class Loader(yaml.SafeLoader):
    """YAML without surprises, and with the tags of this module."""


def load(text: str) -> object:
    """Return the document in `text`, tags as Demand."""
    return yaml.load(text, Loader)  # noqa: S506 - a safe loader with tags of our own


def _sort(value: object) -> type:
    """Return the type that JSON has for a value: a sentence is a string as any other."""
    return str if isinstance(value, str) else type(value)


def mismatches(expected: object, found: object, bindings: Bindings, path: str = "") -> Mismatches:
    """Yield a line for everything that `found` lacks of what `expected` asks."""
    if isinstance(expected, Demand):
        yield from DEMANDS[expected.tag](expected.value, found, bindings, path)
    elif isinstance(expected, dict):
        yield from _mapping(expected, found, bindings, path)
    elif isinstance(expected, list):
        yield from _list(expected, found, bindings, path)
    elif expected != found or _sort(expected) is not _sort(found):
        yield f"{path}: expected {_show(expected)}, found {_show(found)}"


def _mapping(
    expected: dict[str, object], found: object, bindings: Bindings, path: str
) -> Mismatches:
    if not isinstance(found, dict):
        yield f"{path}: expected a mapping, found {_show(found)}"
        return
    for key, value in expected.items():
        below = f"{path}.{key}" if path else str(key)
        if key in found or isinstance(value, Demand):
            yield from mismatches(value, found.get(key), bindings, below)
        else:
            yield f"{below}: expected {_show(value)}, found nothing among {sorted(found)}"


def _list(expected: list[object], found: object, bindings: Bindings, path: str) -> Mismatches:
    if not isinstance(found, list):
        yield f"{path}: expected a list, found {_show(found)}"
        return
    if len(expected) != len(found):
        yield f"{path}: expected {len(expected)} items, found {len(found)}: {_show(found)}"
        return
    for index, (want, have) in enumerate(zip(expected, found, strict=True)):
        yield from mismatches(want, have, bindings, f"{path}[{index}]")


def _absent(_value: object, found: object, _bindings: Bindings, path: str) -> Mismatches:
    if found is not None:
        yield f"{path}: expected nothing, found {_show(found)}"


def _any(_value: object, found: object, _bindings: Bindings, path: str) -> Mismatches:
    if found is None:
        yield f"{path}: expected a value, found nothing"


def _set(value: object, found: object, bindings: Bindings, path: str) -> Mismatches:
    wanted = _listed(value)
    if isinstance(found, list) and len(wanted) != len(found):
        yield f"{path}: expected {len(wanted)} items, found {len(found)}: {_show(found)}"
    else:
        yield from _contains(value, found, bindings, path)


def _contains(value: object, found: object, bindings: Bindings, path: str) -> Mismatches:
    if not isinstance(found, list):
        yield f"{path}: expected a list, found {_show(found)}"
        return
    left = list(found)
    for want in _listed(value):
        tried = [(list(mismatches(want, have, _copy(bindings), path)), have) for have in left]
        fitting = next((have for lines, have in tried if not lines), None)
        if fitting is not None:
            list(mismatches(want, fitting, bindings, path))  # binds what the item names
            left.remove(fitting)
        else:
            nearest = min((lines for lines, _have in tried), key=len, default=[])
            yield f"{path}: no item is {_show(want)}; the nearest fails: {'; '.join(nearest)}"


def _count(value: object, found: object, _bindings: Bindings, path: str) -> Mismatches:
    number = len(found) if isinstance(found, list | dict) else None
    if number != value:
        yield f"{path}: expected {value} items, found {number}: {_show(found)}"


def _each(value: object, found: object, bindings: Bindings, path: str) -> Mismatches:
    if not isinstance(found, list) or not found:
        yield f"{path}: expected a list with items, found {_show(found)}"
        return
    for index, have in enumerate(found):
        yield from mismatches(value, have, bindings, f"{path}[{index}]")


def _all(value: object, found: object, bindings: Bindings, path: str) -> Mismatches:
    for demand in _listed(value):
        yield from mismatches(demand, found, bindings, path)


def _not(value: object, found: object, bindings: Bindings, path: str) -> Mismatches:
    if not list(mismatches(value, found, _copy(bindings), path)):
        yield f"{path}: expected anything but {_show(value)}, found {_show(found)}"


def _text(value: object, found: object, _bindings: Bindings, path: str) -> Mismatches:
    if not isinstance(found, str) or str(value) not in found:
        yield f"{path}: expected a text with {value!r}, found {_show(found)}"


def _matches(value: object, found: object, _bindings: Bindings, path: str) -> Mismatches:
    if not isinstance(found, str) or re.fullmatch(str(value), found) is None:
        yield f"{path}: expected a text that matches {value!r}, found {_show(found)}"


def _same(value: object, found: object, bindings: Bindings, path: str) -> Mismatches:
    if found is None:
        yield f"{path}: expected the value called {value}, found nothing"
    elif bindings.values.setdefault(str(value), found) != found:
        known = bindings.values[str(value)]
        yield f"{path}: expected {_show(known)} as before ({value}), found {_show(found)}"


def _other(value: object, found: object, bindings: Bindings, path: str) -> Mismatches:
    if found is None or bindings.values.get(str(value)) == found:
        yield f"{path}: expected another value than {value}, found {_show(found)}"


Check: TypeAlias = "Callable[[object, object, Bindings, str], Mismatches]"
DEMANDS: dict[str, Check] = {
    "absent": _absent, "any": _any, "set": _set, "contains": _contains, "count": _count,
    "each": _each, "all": _all, "not": _not, "text": _text, "matches": _matches, "same": _same,
    "other": _other,
}  # fmt: skip


def _demand(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> Demand:
    if tag not in DEMANDS:
        raise yaml.constructor.ConstructorError(None, None, f"no tag !{tag}", node.start_mark)
    if isinstance(node, yaml.SequenceNode):
        return Demand(tag, loader.construct_sequence(node, deep=True))
    if isinstance(node, yaml.MappingNode):
        return Demand(tag, loader.construct_mapping(node, deep=True))
    is_quoted = getattr(node, "style", None) is not None
    return Demand(tag, node.value if is_quoted else yaml.safe_load(node.value))


Loader.add_multi_constructor("!", _demand)


def _listed(value: object) -> list[object]:
    assert isinstance(value, list), f"{value!r} must be a list"
    return value


def _copy(bindings: Bindings) -> Bindings:
    return Bindings(dict(bindings.values))


def _show(value: object | JSON) -> str:
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."
