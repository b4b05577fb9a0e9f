"""What `kubectl apply` sends: the difference of three manifests, as one patch.

The file says what should be; the annotation on the live object says what the last file said; the
live object says what is. What the last file had and this one has not is deleted, what this one has
and the live object has not (or differently) is set, and all else is left alone.
Source: semantics.md J-1 to J-5, J-10, J-17; kubectl `pkg/cmd/apply/patcher.go`, `pkg/util/apply.go`;
apimachinery `util/strategicpatch`, `util/jsonmergepatch`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import orjson

from cluster.machinery.manifest import (
    JSON,
    Manifest,
    child_mapping,
    copy,
    copy_value,
    mapping_at,
    merge as json_merge,
    text_at,
    without_nulls,
)
from cluster.machinery.errors import BadRequest
from cluster.machinery.schema import PatchStrategy, Shape, StructShape
from cluster.machinery.strategic import (
    DELETE, ORDER, PATCH, RETAIN_KEYS, FieldMeta, List, arrange_by, go_print, identify, key_of,
    lookup, merge, positions, same, strategic_merge,
)  # fmt: skip

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@dataclass(frozen=True, slots=True)
class Applied:
    """The result of a client-side apply: the patch sent, and the object it makes.

    `patch` is empty when nothing was to be changed: kubectl then says `unchanged` (J-13).
    """

    patch: Manifest
    manifest: Manifest


def client_side_create(new: Manifest) -> Manifest:
    """Return what apply POSTs for an object that does not exist: annotated, nulls left out (J-3)."""
    annotated = with_last_applied(new)
    return {key: without_nulls(value) for key, value in annotated.items() if value is not None}


def client_side_apply(new: Manifest, live: Manifest, shape: StructShape | None) -> Applied:
    """Return what `kubectl apply` makes of `live` when the file says `new`.

    Without a shape (custom resources) the patch is a JSON merge patch: lists are replaced.
    Raises what `strategic_merge` raises, for lists whose elements lack their merge key.
    """
    wanted = with_last_applied(new)
    patch = three_way(last_applied(live), wanted, live, shape)
    if shape is None:
        return Applied(patch, json_merge(live, patch))
    return Applied(patch, strategic_merge(live, patch, shape))


def three_way(
    previous: Manifest | None, new: Manifest, live: Manifest, shape: StructShape | None
) -> Manifest:
    """Return the patch that leads from `live` to `new`, and undoes what only `previous` said.

    `previous` is None where nothing is known: then nothing is deleted (J-2). The patch is a
    strategic merge patch, or a JSON merge patch without a shape.
    """
    before = previous or {}
    if shape is None:
        return json_merge(_nulls(before, new), _changes(live, new)) | {}
    additions = _diff(live, new, shape, _Options(deletions=False))
    deletions = _diff(before, new, shape, _Options(additions=False))
    return merge(deletions, additions, shape, joining=True)


def last_applied(live: Manifest) -> Manifest | None:
    """Return the manifest that the last apply stored on the object; None where there is none.

    Raises `BadRequest` when the annotation holds no JSON object.
    """
    text = text_at(live, "metadata", "annotations", LAST_APPLIED)
    if not text:
        return None
    try:
        previous = orjson.loads(text)
    except orjson.JSONDecodeError:
        previous = None
    if not isinstance(previous, dict):
        raise BadRequest(f"invalid JSON document in annotation {LAST_APPLIED}")
    return previous


def with_last_applied(manifest: Manifest) -> Manifest:
    """Return a copy that carries itself in the annotation, without the annotation (J-2)."""
    annotated = copy(manifest)
    annotations = child_mapping(annotated, "metadata", "annotations")
    annotations.pop(LAST_APPLIED, None)
    annotations[LAST_APPLIED] = _as_go_json(annotated) + "\n"
    return annotated


def _as_go_json(manifest: Manifest) -> str:
    """Return compact JSON as Go writes it: members sorted, and safe within HTML."""
    text = orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS).decode()
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


@dataclass(frozen=True, slots=True)
class _Options:
    """Which half of a difference is wanted, and whether `$retainKeys` is written here."""

    additions: bool = True
    deletions: bool = True
    retain_keys: bool = False


def _diff(old: Manifest, new: Manifest, shape: Shape | None, options: _Options) -> Manifest:
    patch: Manifest = {}
    for name, value in new.items():
        current = old.get(name)
        if name not in old or _kind(current) is not _kind(value):
            if options.additions:
                patch[name] = copy_value(value)
        elif isinstance(value, dict) and isinstance(current, dict):
            _diff_mapping(patch, name, current, value, lookup(shape, name), options)
        elif isinstance(value, list) and isinstance(current, list):
            _diff_list(patch, name, current, value, lookup(shape, name), options)
        elif options.additions and not same(current, value):
            patch[name] = value
    if options.deletions:
        patch.update({name: None for name in old if name not in new})
    if options.retain_keys:
        kept: List = sorted(name for name, value in new.items() if value is not None)
        if kept and (patch or any(v is not None and name not in new for name, v in old.items())):
            patch[RETAIN_KEYS] = kept
    return patch


def _diff_mapping(
    patch: Manifest, name: str, old: Manifest, new: Manifest, meta: FieldMeta, options: _Options
) -> None:
    if PatchStrategy.REPLACE in meta.strategy:
        if options.additions:
            patch[name] = copy_value(new)
        return
    retain = PatchStrategy.RETAIN_KEYS in meta.strategy
    below = _diff(old, new, meta.shape, replace(options, retain_keys=retain))
    if below:
        patch[name] = below


def _diff_list(
    patch: Manifest, name: str, old: List, new: List, meta: FieldMeta, options: _Options
) -> None:
    if PatchStrategy.MERGE not in meta.strategy:
        if options.additions and not same(old, new):
            patch[name] = copy_value(new)
        return
    if not old:
        if new and options.additions:
            patch[name] = copy_value(new)
        return
    if isinstance([*old, *new][0], dict) and meta.merge_key is not None:
        retain = PatchStrategy.RETAIN_KEYS in meta.strategy
        _diff_elements(patch, name, old, new, meta, replace(options, retain_keys=retain))
    else:
        _diff_primitives(patch, name, old, new, options)


def _diff_primitives(patch: Manifest, name: str, old: List, new: List, options: _Options) -> None:
    # kubectl sorts the old list while comparing, and so sends an order whenever the new one is
    # not sorted; the object does not change by it.
    before, after = sorted(old, key=go_print), sorted(new, key=go_print)
    added, removed = _without_each(after, before), _without_each(before, after)
    if options.additions and added:
        identity = identify(None)
        patch[name] = arrange_by(positions(new, identity), added, identity)
    if options.deletions and removed:
        patch[DELETE + name] = list(dict.fromkeys(removed))  # type: ignore[arg-type]
    if new and ((options.deletions and removed) or (options.additions and not same(before, new))):
        patch[ORDER + name] = copy_value(new)


def _diff_elements(
    patch: Manifest, name: str, old: List, new: List, meta: FieldMeta, options: _Options
) -> None:
    merge_key = meta.merge_key or ""
    identity = identify(merge_key)
    changed, removed = _pair_elements(old, new, meta, options)
    listed = [*arrange_by(positions(new, identity), changed, identity), *removed]
    same_order = len(old) == len(new) and all(
        identity(left) == identity(right) for left, right in zip(old, new, strict=True)
    )
    if listed:
        patch[name] = listed
    if new and (listed or (options.additions and not same_order)):
        patch[ORDER + name] = [{merge_key: identity(element)} for element in new]


def _pair_elements(old: List, new: List, meta: FieldMeta, options: _Options) -> tuple[List, List]:
    """Return what changed and what went, pairing elements in the order of their keys.

    Elements that share a key are paired in reverse, one by one, as kubectl's sort leaves them.
    """
    merge_key = meta.merge_key or ""

    def word(element: JSON) -> str:
        return go_print(key_of(element, merge_key))

    before, after = sorted(reversed(old), key=word), sorted(reversed(new), key=word)
    changed: List = []
    removed: List = []
    while before or after:
        if after and (not before or word(before[0]) > word(after[0])):
            added = after.pop(0)
            if options.additions:
                changed.append(copy_value(added))
        elif before and (not after or word(before[0]) < word(after[0])):
            gone = before.pop(0)
            if options.deletions:
                removed.append({merge_key: key_of(gone, merge_key), PATCH: "delete"})
        else:
            left, right = before.pop(0), after.pop(0)
            if isinstance(left, dict) and isinstance(right, dict):
                below = _diff(left, right, meta.shape, options)
                if below:
                    changed.append(below | {merge_key: right[merge_key]})
    return changed, removed


def _without_each(items: List, others: List) -> List:
    """Return `items` without one occurrence of each of `others`."""
    left = list(others)
    kept: List = []
    for item in items:
        if item in left:
            left.remove(item)
        else:
            kept.append(item)
    return kept


def _kind(value: JSON) -> type:
    return type(value)


def _changes(live: Manifest, new: Manifest) -> Manifest:
    """Return the JSON merge patch that sets what `new` says, and deletes nothing."""
    patch: Manifest = {}
    for name, value in new.items():
        current = live.get(name)
        if isinstance(value, dict) and isinstance(current, dict):
            below = _changes(current, value)
            if below:
                patch[name] = below
        elif value is not None and not same(current, value):
            patch[name] = copy_value(value)
    return patch


def _nulls(before: Manifest, new: Manifest) -> Manifest:
    """Return the JSON merge patch that deletes what only `before` said, and sets nothing."""
    patch: Manifest = {}
    for name, value in before.items():
        if new.get(name) is None:
            patch[name] = None
        elif isinstance(value, dict):
            below = _nulls(
                value, mapping_at({name: new[name]}, name) if isinstance(new[name], dict) else {}
            )
            if below and isinstance(new[name], dict):
                patch[name] = below
    return patch
