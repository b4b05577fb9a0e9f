"""Strategic merge patches: merging that knows which lists are sets of keyed elements.

Neither argument of a merge is ever changed; the result may share parts with the original.
`merge` has two uses, as upstream: the apiserver applies a patch to an object, and kubectl joins
the two halves of a three-way patch (`three_way.py`), keeping the directives for the server.

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

from typing import NamedTuple

from cluster.machinery.errors import ApiError, BadRequest, InternalError, Invalid
from cluster.machinery.keyed_lists import (
    BAD_ORDER,
    PATCH,
    Values,
    arrange,
    as_mapping,
    go_print,
    identify,
    key_of,
    places,
    same,
)  # fmt: skip
from cluster.machinery.manifest import JSON, Manifest, copy_value
from cluster.machinery.schema import ListShape, MapShape, PatchStrategy, Shape, StructShape

RETAIN_KEYS = "$retainKeys"
ORDER = "$setElementOrder/"
DELETE = "$deleteFromPrimitiveList/"

_BAD_RETAIN_KEYS = "invalid patch format of retainKeys"
_BAD_PRIMITIVES = "invalid patch format of primitive list"
_NO_LIST_OF_LISTS = "lists of lists are not supported"
# GenericServerResponse of the apiserver, for patches that cannot be applied (J-12).
UNPROCESSABLE = "the server rejected our request due to an error in our request"


class FieldMeta(NamedTuple):
    """What patching needs to know of one member: the shape below it, and how lists merge."""

    shape: Shape | None
    strategy: PatchStrategy
    merge_key: str | None


def strategic_merge(manifest: Manifest, patch: Manifest, shape: StructShape | None) -> Manifest:
    """Return `manifest` after a strategic merge patch, as the apiserver applies it.

    Without a shape (a kind outside the schema) mappings merge and lists are replaced. Raises
    `BadRequest`, `Invalid` or `InternalError`, as upstream does, when it cannot be applied.
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
    merged = dict(original)
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
        leaving = set(map(identify(None), gone))
        merged[field] = [item for item in current if identify(None)(item) not in leaving]


def _merge_ordered(
    merged: Manifest, members: Manifest, name: str, shape: Shape | None, *, joining: bool
) -> None:
    """Merge the list that `$setElementOrder/<field>` speaks of, and put it in that order."""
    order = members.pop(name)
    field = name.removeprefix(ORDER)
    if joining:
        if name in merged and not same(merged[name], order):
            raise BadRequest(BAD_ORDER)
        merged[name] = copy_value(order)
    current, patch = merged.get(field), members.get(field, [])
    if not (isinstance(order, list) and isinstance(patch, list)):
        raise BadRequest(BAD_ORDER)
    if not isinstance(current, list | None):
        raise BadRequest(BAD_ORDER)
    meta = lookup(shape, field)
    _check_order(patch, order, meta.merge_key)
    if current is None and field not in members:
        return
    if current is None:
        result = _as_list(_without_directives(patch))
    elif field not in members:
        result = current
    else:
        result = _merge_list(current, patch, meta, joining=joining)
    merged[field] = arrange(result, order, current or [], meta.merge_key)
    members.pop(field, None)


def _merge_list(current: Values, patch: Values, meta: FieldMeta, *, joining: bool) -> Values:
    if PatchStrategy.MERGE not in meta.strategy or not (current or patch):
        return _as_list(copy_value(patch))
    if not _holds_mappings([*current, *patch]):
        both: Values = list(dict.fromkeys(map(identify(None), [*current, *patch])))
        return arrange(both, patch, current, None)
    if meta.merge_key is None:
        raise InternalError("cannot merge lists without merge key")
    current, patch = _carry_out_directives(current, patch, meta.merge_key)
    merged = list(current)
    at = places(merged, identify(meta.merge_key))
    for element in patch:
        key = key_of(element, meta.merge_key)
        if key in at:
            below = as_mapping(merged[at[key]])
            merged[at[key]] = merge(below, as_mapping(element), meta.shape, joining=joining)
        else:
            at[key] = len(merged)
            merged.append(copy_value(element))
    return arrange(merged, patch, current, meta.merge_key)


def _carry_out_directives(current: Values, patch: Values, merge_key: str) -> tuple[Values, Values]:
    """Return both lists after the elements that are directives have done their work."""
    plain: Values = []
    replaces = False
    for element in patch:
        mapping = as_mapping(element)
        directive = mapping.get(PATCH)
        if PATCH not in mapping:
            plain.append(element)
        elif directive == "delete":
            gone = key_of(element, merge_key)
            current = [each for each in current if as_mapping(each).get(merge_key) != gone]
        elif directive == "replace":
            replaces = True
        else:
            raise _unknown_directive(directive, mapping)
    return (plain, []) if replaces else (current, plain)


def _check_order(patch: Values, order: Values, merge_key: str | None) -> None:
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


def _holds_mappings(items: Values) -> bool:
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


def _as_list(value: JSON) -> Values:
    return value if isinstance(value, list) else []


def _unknown_directive(directive: JSON, patch: Manifest) -> ApiError:
    return (
        Invalid(UNPROCESSABLE)
        if directive is None
        else InternalError(f"unknown patch type: {go_print(directive)} in map: {go_print(patch)}")
    )
