"""Lists whose elements have an identity: a merge key, or for primitives themselves.

The ground that strategic merge patches and three-way differences share: telling elements apart,
finding them, and putting merged lists in order.
Source: apimachinery `util/strategicpatch/patch.go`, "preserve order" design proposal.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

import orjson

from cluster.machinery.errors import BadRequest, InternalError
from cluster.machinery.manifest import JSON, Manifest

PATCH = "$patch"
BAD_ORDER = "invalid patch format of setElementOrder list"

Values: TypeAlias = list[JSON]
Primitive: TypeAlias = None | bool | int | float | str
Identity: TypeAlias = Callable[[JSON], Primitive]


def identify(merge_key: str | None) -> Identity:
    """Return what tells list elements apart: their merge key, or for primitives themselves."""
    if merge_key is None:
        return _primitive
    return lambda element: key_of(element, merge_key)


def key_of(element: JSON, merge_key: str) -> Primitive:
    """Return the merge key of a list element; raises InternalError where there is none."""
    mapping = as_mapping(element)
    if merge_key not in mapping:
        text = f"map: {go_print(mapping)} does not contain declared merge key: {merge_key}"
        raise InternalError(text)
    return _primitive(mapping[merge_key])


def as_mapping(value: JSON) -> Manifest:
    """Return an element that must be a mapping; raises InternalError, in Go's words, if not."""
    if isinstance(value, dict):
        return value
    word = "<nil>" if value is None else type(value).__name__
    raise InternalError(f"expected a map[string]interface {{}}, but received a {word}")


def places(elements: Iterable[JSON], identity: Identity) -> dict[Primitive, int]:
    """Return the first place of every element by its identity."""
    found: dict[Primitive, int] = {}
    for place, element in enumerate(elements):
        found.setdefault(identity(element), place)
    return found


def in_order(
    order: Mapping[Primitive, int], elements: Iterable[JSON], identity: Identity
) -> Values:
    """Return `elements` sorted by their place in `order`, delete directives last."""

    def rank(element: JSON) -> tuple[bool, int]:
        deletes = isinstance(element, dict) and element.get(PATCH) == "delete"
        return deletes, order.get(identity(element), len(order))

    return sorted(elements, key=rank)


def arrange(merged: Values, order: Values, live: Values, merge_key: str | None) -> Values:
    """Return `merged` sorted: elements named in `order` follow it, the others the `live` list.

    The two rows are then joined like sorted lists by their places in `live`, as far as known;
    a place that cannot be compared lets the ordered row go first.
    """
    identity = identify(merge_key)
    ordered_at, live_at = places(order, identity), places(live, identity)
    named = [element for element in merged if identity(element) in ordered_at]
    others = [element for element in merged if identity(element) not in ordered_at]
    first = deque(in_order(ordered_at, named, identity))
    second = deque(in_order(live_at, others, identity))
    joined: Values = []
    while first and second:
        left, right = live_at.get(identity(second[0])), live_at.get(identity(first[0]))
        before = left is not None and right is not None and left < right
        joined.append((second if before else first).popleft())
    return [*joined, *first, *second]


def same(left: JSON, right: JSON) -> bool:
    """True for equal JSON; unlike `==`, true is not 1."""
    return left == right and (
        orjson.dumps(left, option=orjson.OPT_SORT_KEYS)
        == orjson.dumps(right, option=orjson.OPT_SORT_KEYS)
    )


def go_print(value: JSON) -> str:
    """Return a value as Go prints it in messages: `map[name:web ports:[80]]`."""
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{go_print(value[key])}' for key in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(go_print, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "<nil>" if value is None else str(value)


def _primitive(element: JSON) -> Primitive:
    if isinstance(element, dict | list):
        raise BadRequest(BAD_ORDER)
    return element
