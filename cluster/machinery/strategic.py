"""Strategic merge patches: merging that knows which lists are sets of keyed elements.

`merge` has two uses, as upstream: the apiserver applies a patch to an object, and kubectl joins the
two halves of a three-way patch (`three_way.py`), keeping the directives for the server. Neither
argument is ever changed.

A patch of a mapping may hold directives beside its members:

    $patch: replace | delete             the mapping, or the list it stands in, at once
    $retainKeys: [a, b]                  every other member goes
    $setElementOrder/ports: [...]        the order of a merged list
    $deleteFromPrimitiveList/x: [...]    what leaves a list of strings or numbers

Odd results are upstream's and kept on purpose: elements are told apart by one merge key, so two
Service ports of one number and different protocols are one element (semantics.md J-6, J-9).
Source: apimachinery `util/strategicpatch/patch.go`; design proposals "preserve order" and
"retainKeys" in strategic merge patch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeAlias

import orjson

from cluster.machinery.errors import ApiError, BadRequest, InternalError, Invalid
from cluster.machinery.manifest import JSON, Manifest, copy, copy_value
from cluster.machinery.schema import ListShape, MapShape, PatchStrategy, Shape, StructShape

PATCH = "$patch"
RETAIN_KEYS = "$retainKeys"
ORDER = "$setElementOrder/"
DELETE = "$deleteFromPrimitiveList/"

_BAD_ORDER = "invalid patch format of setElementOrder list"
_BAD_RETAIN_KEYS = "invalid patch format of retainKeys"
_BAD_PRIMITIVES = "invalid patch format of primitive list"
_NO_LIST_OF_LISTS = "lists of lists are not supported"
# GenericServerResponse of the apiserver, for patches that cannot be applied (J-12).
UNPROCESSABLE = "the server rejected our request due to an error in our request"

List: TypeAlias = list[JSON]


class FieldMeta(NamedTuple):
    """What patching needs to know of one member: the shape below it, and how lists merge."""

    shape: Shape | None
    strategy: PatchStrategy
    merge_key: str | None


def strategic_merge(manifest: Manifest, patch: Manifest, shape: StructShape | None) -> Manifest:
    """Return `manifest` after a strategic merge patch, as the apiserver applies it.

    Without a shape (a kind outside the schema) mappings merge and lists are replaced. Raises
    `BadRequest`, `Invalid` or `InternalError` for patches that cannot be applied, as upstream does.
    """
    return merge(manifest, patch, shape, joining=False)


def lookup(shape: Shape | None, name: str) -> FieldMeta:
    """Return how the member `name` of a value of `shape` is patched."""
    if isinstance(shape, StructShape):
        field = shape.fields.get(name)
        if field is not None:
            below = field.shape.items if isinstance(field.shape, ListShape) else field.shape
            return FieldMeta(below, field.strategy, field.merge_key)
    if isinstance(shape, MapShape):
        return FieldMeta(shape.values, PatchStrategy.NONE, None)
    return FieldMeta(None, PatchStrategy.NONE, None)


def merge(original: Manifest, patch: Manifest, shape: Shape | None, *, joining: bool) -> Manifest:
    """Return `original` with `patch` merged in.

    `joining` says that `original` is a patch too: directives and nulls are kept in the result,
    where otherwise they are carried out.
    """
    if PATCH in patch:
        return _whole(patch)
    merged = copy(original)
    members = dict(patch)
    if RETAIN_KEYS in members:
        merged = _retain_keys(merged, members, joining=joining)
    for name in [name for name in members if name.startswith(ORDER)]:
        if name in members:
            _merge_ordered(merged, members, name, shape, joining=joining)
    for name, value in members.items():
        if name.startswith(DELETE):
            _delete_primitives(merged, name, value, joining=joining)
        elif value is None:
            merged.pop(name, None)
            if joining:
                merged[name] = None
        else:
            _merge_member(merged, name, value, shape, joining=joining)
    return merged


def _merge_member(
    merged: Manifest, name: str, value: JSON, shape: Shape | None, *, joining: bool
) -> None:
    current = merged.get(name)
    meta = lookup(shape, name)
    if isinstance(value, dict) and isinstance(current, dict):
        if PatchStrategy.REPLACE in meta.strategy:
            merged[name] = copy_value(value)
        else:
            merged[name] = merge(current, value, meta.shape, joining=joining)
    elif isinstance(value, list) and isinstance(current, list):
        merged[name] = _merge_list(current, value, meta, joining=joining)
    elif _is_directive(value):
        merged.pop(name, None)
    else:
        merged[name] = _added(value, joining=joining)


def _whole(patch: Manifest) -> Manifest:
    directive = patch[PATCH]
    if directive == "replace":
        return {name: copy_value(value) for name, value in patch.items() if name != PATCH}
    if directive == "delete":
        return {}
    raise _unknown_directive(directive, patch)


def _retain_keys(merged: Manifest, members: Manifest, *, joining: bool) -> Manifest:
    kept = members.pop(RETAIN_KEYS)
    if joining:
        if RETAIN_KEYS in merged and not same(merged[RETAIN_KEYS], kept):
            raise BadRequest(_BAD_RETAIN_KEYS)
        merged[RETAIN_KEYS] = copy_value(kept)
        return merged
    if not isinstance(kept, list):
        raise BadRequest(_BAD_RETAIN_KEYS)
    for name, value in members.items():
        if value is not None and not name.startswith((ORDER, DELETE)) and name not in kept:
            raise BadRequest(_BAD_RETAIN_KEYS)
    return {name: value for name, value in merged.items() if name in kept}


def _delete_primitives(merged: Manifest, name: str, gone: JSON, *, joining: bool) -> None:
    if joining:
        merged[name] = copy_value(gone)
        return
    field = name.removeprefix(DELETE)
    current = merged.get(field)
    if not field or not isinstance(gone, list):
        raise BadRequest(_BAD_PRIMITIVES)
    if isinstance(current, list):
        merged[field] = [item for item in current if item not in gone]


def _merge_ordered(
    merged: Manifest, members: Manifest, name: str, shape: Shape | None, *, joining: bool
) -> None:
    """Merge the list that `$setElementOrder/<field>` speaks of, and put it in that order."""
    order = members.pop(name)
    field = name.removeprefix(ORDER)
    if joining:
        if name in merged and not same(merged[name], order):
            raise BadRequest(_BAD_ORDER)
        merged[name] = copy_value(order)
    current, patch = merged.get(field), members.get(field)
    if not isinstance(order, list) or not isinstance(current, list | None):
        raise BadRequest(_BAD_ORDER)
    if field in members and not isinstance(patch, list):
        raise BadRequest(_BAD_ORDER)
    meta = lookup(shape, field)
    _check_order(patch or [], order, meta.merge_key)
    if current is None and patch is None:
        return
    if current is None:
        result = _as_list(_without_directives(patch))
    elif patch is None:
        result = current
    else:
        result = _merge_list(current, patch, meta, joining=joining)
    merged[field] = _arrange(result, order, current or [], meta.merge_key)
    members.pop(field, None)


def _merge_list(current: List, patch: List, meta: FieldMeta, *, joining: bool) -> List:
    if PatchStrategy.MERGE not in meta.strategy or not (current or patch):
        return _as_list(copy_value(patch))
    if not _holds_mappings([*current, *patch]):
        both = list(dict.fromkeys([*current, *patch]))  # type: ignore[arg-type]
        return _arrange(both, patch, current, None)
    if meta.merge_key is None:
        raise InternalError("cannot merge lists without merge key")
    current, patch = _carry_out_directives(current, patch, meta.merge_key)
    merged = list(current)
    for element in patch:
        position = find(merged, key_of(element, meta.merge_key), meta.merge_key)
        if position is None:
            merged.append(copy_value(element))
        else:
            merged[position] = merge(
                _as_mapping(merged[position]), _as_mapping(element), meta.shape, joining=joining
            )
    return _arrange(merged, patch, current, meta.merge_key)


def _carry_out_directives(current: List, patch: List, merge_key: str) -> tuple[List, List]:
    """Return both lists after the elements that are directives have done their work."""
    plain: List = []
    replaces = False
    for element in patch:
        mapping = _as_mapping(element)
        directive = mapping.get(PATCH)
        if PATCH not in mapping:
            plain.append(element)
        elif directive == "delete":
            gone = key_of(element, merge_key)
            current = [each for each in current if _as_mapping(each).get(merge_key) != gone]
        elif directive == "replace":
            replaces = True
        else:
            raise _unknown_directive(directive, mapping)
    return (plain, []) if replaces else (current, plain)


def _arrange(merged: List, order: List, live: List, merge_key: str | None) -> List:
    """Return `merged` sorted: elements named in `order` follow it, the others the `live` list.

    The two rows are then joined like sorted lists by their places in `live`, as far as known;
    a place that cannot be compared lets the ordered row go first.
    """
    identity = identify(merge_key)
    ordered_at, live_at = positions(order, identity), positions(live, identity)
    first = arrange_by(ordered_at, [e for e in merged if identity(e) in ordered_at], identity)
    second = arrange_by(live_at, [e for e in merged if identity(e) not in ordered_at], identity)
    joined: List = []
    while first and second:
        left, right = live_at.get(identity(second[0])), live_at.get(identity(first[0]))
        before = left is not None and right is not None and left < right
        joined.append((second if before else first).pop(0))
    return [*joined, *first, *second]


def positions(items: Iterable[JSON], identity: Callable[[JSON], JSON]) -> dict[JSON, int]:
    """Return the first place of every item by its identity."""
    found: dict[JSON, int] = {}
    for position, item in enumerate(items):
        found.setdefault(identity(item), position)  # type: ignore[arg-type]
    return found


def arrange_by(
    places: Mapping[JSON, int], items: Iterable[JSON], identity: Callable[[JSON], JSON]
) -> List:
    """Return `items` in the order of `places`, delete directives last."""

    def rank(item: JSON) -> tuple[bool, int]:
        deletes = isinstance(item, dict) and item.get(PATCH) == "delete"
        return deletes, places.get(identity(item), len(places))

    return sorted(items, key=rank)


def identify(merge_key: str | None) -> Callable[[JSON], JSON]:
    """Return what tells list elements apart: their merge key, or for primitives themselves."""
    if merge_key is None:
        return _primitive
    return lambda item: key_of(item, merge_key)


def _primitive(item: JSON) -> JSON:
    if isinstance(item, dict | list):
        raise BadRequest(_BAD_ORDER)
    return item


def key_of(element: JSON, merge_key: str) -> JSON:
    """Return the merge key of a list element; without one it cannot be merged."""
    mapping = _as_mapping(element)
    if merge_key not in mapping:
        message = f"map: {go_print(mapping)} does not contain declared merge key: {merge_key}"
        raise InternalError(message)
    return mapping[merge_key]


def find(elements: List, wanted: JSON, merge_key: str) -> int | None:
    """Return the place of the first element with that merge key."""
    for position, element in enumerate(elements):
        if isinstance(element, dict) and element.get(merge_key) == wanted:
            return position
    return None


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


def _check_order(patch: List, order: List, merge_key: str | None) -> None:
    """Refuse a patch whose elements are not all named in its own order, in that order."""
    identity = identify(merge_key)
    named = iter([identity(item) for item in order]) if patch else iter(())
    for element in patch:
        if not (isinstance(element, dict) and PATCH in element) and identity(element) not in named:
            message = (
                f"The order in patch list:\n{go_print(patch)}\n doesn't match "
                f"{ORDER.rstrip('/')} list:\n{go_print(order)}\n"
            )
            raise InternalError(message)


def _holds_mappings(items: List) -> bool:
    kinds = {type(item) for item in items}
    if list in kinds:
        raise Invalid(UNPROCESSABLE)
    if dict in kinds and len(kinds) > 1:
        message = f"list element types are not identical: {go_print(items)}"
        raise InternalError(message)
    return kinds == {dict}


def _is_directive(value: JSON) -> bool:
    return isinstance(value, dict) and PATCH in value


def _added(value: JSON, *, joining: bool) -> JSON:
    """Return a value that is new to the object: without directives, and in an object no nulls."""
    plain = _without_directives(value)
    return plain if joining else _without_null_members(plain)


def _without_directives(value: JSON) -> JSON:
    if isinstance(value, dict):
        return {
            name: _without_directives(item)
            for name, item in value.items()
            if not _is_directive(item)
        }
    if isinstance(value, list):
        return [_without_directives(item) for item in value if not _is_directive(item)]
    return value


def _without_null_members(value: JSON) -> JSON:
    if isinstance(value, dict):
        return {
            name: _without_null_members(item)
            for name, item in value.items()
            if item is not None and name != RETAIN_KEYS and not name.startswith((ORDER, DELETE))
        }
    if isinstance(value, list):
        return [_without_null_members(item) for item in value]
    return value


def _as_mapping(value: JSON) -> Manifest:
    if isinstance(value, dict):
        return value
    word = "<nil>" if value is None else type(value).__name__
    message = f"expected a map[string]interface {{}}, but received a {word}"
    raise InternalError(message)


def _as_list(value: JSON) -> List:
    return value if isinstance(value, list) else []


def _unknown_directive(directive: JSON, patch: Manifest) -> ApiError:
    return (
        Invalid(UNPROCESSABLE)
        if directive is None
        else InternalError(f"unknown patch type: {go_print(directive)} in map: {go_print(patch)}")
    )
