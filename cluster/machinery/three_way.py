"""What `kubectl apply` sends: the difference of three manifests, as one patch.

The file says what should be; the annotation on the live object says what the last file said; the
live object says what is. What the last file had and this one has not is deleted, what this one has
and the live object has not (or differently) is set, and all else is left alone.
Source: semantics.md J-1 to J-5, J-10, J-17; kubectl `pkg/cmd/apply/patcher.go`,
`pkg/util/apply.go`; apimachinery `util/strategicpatch`, `util/jsonmergepatch`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from operator import itemgetter

import orjson

from cluster.machinery.errors import BadRequest
from cluster.machinery.keyed_lists import (
    PATCH,
    Values,
    as_mapping,
    go_print,
    identify,
    in_order,
    key_of,
    places,
    same,
)  # fmt: skip
from cluster.machinery.manifest import Manifest, copy_value, mapping_at, text_at, without_nulls
from cluster.machinery.manifest import merge as json_merge
from cluster.machinery.schema import PatchStrategy, Shape, StructShape
from cluster.machinery.strategic import (
    DELETE,
    ORDER,
    RETAIN_KEYS,
    FieldMeta,
    lookup,
    merge,
    strategic_merge,
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
    """Return what apply POSTs for a new object: annotated, nulls left out (J-3)."""
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
        return _joined(_nulls(before, new), _changes(live, new))
    additions = _Half(adds=True).diff(live, new, shape)
    deletions = _Half(adds=False).diff(before, new, shape)
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
    """Return the manifest with itself in the annotation, without the annotation (J-2).

    It shares what is below with `manifest`, which is not changed.
    """
    meta = mapping_at(manifest, "metadata")
    kept = {k: v for k, v in mapping_at(meta, "annotations").items() if k != LAST_APPLIED}
    plain = manifest | {"metadata": meta | {"annotations": kept}}
    text = _as_go_json(plain) + "\n"
    return manifest | {"metadata": meta | {"annotations": kept | {LAST_APPLIED: text}}}


def _as_go_json(manifest: Manifest) -> str:
    """Return compact JSON as Go writes it: members sorted, and safe within HTML."""
    text = orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS).decode()
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


@dataclass(frozen=True, slots=True)
class _Half:
    """One half of a three-way difference: what is added and changed, or what is deleted."""

    adds: bool

    def diff(
        self, old: Manifest, new: Manifest, shape: Shape | None, *, retains: bool = False
    ) -> Manifest:
        """Return the patch from `old` to `new`; `retains` asks for `$retainKeys` in it."""
        patch: Manifest = {}
        for name, value in new.items():
            current = old.get(name)
            if isinstance(value, dict) and isinstance(current, dict):
                patch |= self._mapping(name, current, value, lookup(shape, name))
            elif isinstance(value, list) and isinstance(current, list):
                patch |= self._list(name, current, value, lookup(shape, name))
            elif self.adds and (name not in old or not same(current, value)):
                patch[name] = copy_value(value)
        if not self.adds:
            patch |= {name: None for name in old if name not in new}
        if retains:
            kept: Values = [name for name in sorted(new) if new[name] is not None]
            leaves = any(name not in new and old[name] is not None for name in old)
            if kept and (patch or leaves):
                patch[RETAIN_KEYS] = kept
        return patch

    def _mapping(self, name: str, old: Manifest, new: Manifest, meta: FieldMeta) -> Manifest:
        if PatchStrategy.REPLACE in meta.strategy:
            return {name: copy_value(new)} if self.adds else {}
        retains = PatchStrategy.RETAIN_KEYS in meta.strategy
        below = self.diff(old, new, meta.shape, retains=retains)
        return {name: below} if below else {}

    def _list(self, name: str, old: Values, new: Values, meta: FieldMeta) -> Manifest:
        if PatchStrategy.MERGE not in meta.strategy:
            return {name: copy_value(new)} if self.adds and not same(old, new) else {}
        if not old:
            return {name: copy_value(new)} if self.adds and new else {}
        if meta.merge_key is None:
            return self._primitives(name, old, new)
        return self._elements(name, old, new, meta)

    def _primitives(self, name: str, old: Values, new: Values) -> Manifest:
        identity = identify(None)
        before, after = Counter(map(identity, old)), Counter(map(identity, new))
        patch: Manifest = {}
        if self.adds:
            added: Values = list((after - before).elements())
            if added:
                patch[name] = in_order(places(new, identity), added, identity)
            # kubectl sorts the old list while comparing, and so sends an order whenever the new
            # one is not sorted; the object does not change by it.
            changed = not same(sorted(old, key=go_print), new)
        else:
            removed: Values = sorted(before - after, key=go_print)
            if removed:
                patch[DELETE + name] = removed
            changed = bool(removed)
        if new and changed:
            patch[ORDER + name] = copy_value(new)
        return patch

    def _elements(self, name: str, old: Values, new: Values, meta: FieldMeta) -> Manifest:
        merge_key = meta.merge_key or ""
        identity = identify(merge_key)
        changed, removed = self._paired(old, new, meta)
        listed = [*in_order(places(new, identity), changed, identity), *removed]
        reordered = self.adds and list(map(identity, old)) != list(map(identity, new))
        patch: Manifest = {name: listed} if listed else {}
        if new and (listed or reordered):
            patch[ORDER + name] = [{merge_key: identity(element)} for element in new]
        return patch

    def _paired(self, old: Values, new: Values, meta: FieldMeta) -> tuple[Values, Values]:
        """Return what changed and what went, pairing elements in the order of their keys."""
        merge_key = meta.merge_key or ""
        retains = PatchStrategy.RETAIN_KEYS in meta.strategy
        before, after = _by_key(old, merge_key), _by_key(new, merge_key)
        changed: Values = []
        removed: Values = []
        while before or after:
            if after and (not before or before[-1][0] > after[-1][0]):
                _, added = after.pop()
                if self.adds:
                    changed.append(copy_value(added))
            elif before and (not after or before[-1][0] < after[-1][0]):
                _, gone = before.pop()
                if not self.adds:
                    removed.append({merge_key: gone[merge_key], PATCH: "delete"})
            else:
                (_, left), (_, right) = before.pop(), after.pop()
                below = self.diff(left, right, meta.shape, retains=retains)
                if below:
                    changed.append(below | {merge_key: right[merge_key]})
        return changed, removed


def _by_key(elements: Values, merge_key: str) -> list[tuple[str, Manifest]]:
    """Return elements with the text of their keys, last key first.

    Elements that share a key stand in the order of the list, and so are paired from its end: that
    is how kubectl's sort leaves them.
    """
    keyed = [(go_print(key_of(element, merge_key)), as_mapping(element)) for element in elements]
    return sorted(keyed, key=itemgetter(0), reverse=True)


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
        wanted = new.get(name)
        if wanted is None:
            patch[name] = None
        elif isinstance(value, dict) and isinstance(wanted, dict):
            below = _nulls(value, wanted)
            if below:
                patch[name] = below
    return patch


def _joined(deletions: Manifest, changes: Manifest) -> Manifest:
    """Return both JSON merge patches as one; a member is never in both as a leaf."""
    joined = dict(deletions)
    for name, value in changes.items():
        below = joined.get(name)
        if isinstance(below, dict) and isinstance(value, dict):
            value = _joined(below, value)  # noqa: PLW2901
        joined[name] = value
    return joined
