"""A configuration merged into an object. Source: structured-merge-diff `typed/merge.go`."""

from __future__ import annotations

from collections.abc import Iterator

from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.schema import StructShape
from cluster.machinery.structured.slots import Slot, slot_of


def merge_structured(live: Manifest, config: Manifest, shape: StructShape) -> Manifest:
    """Return `live` with everything that `config` sets in it.

    Elements of a list that both have follow the order of `config`; those that only `live` has
    stay where they stand among them.
    """
    return _merge_members(live, config, slot_of(shape))


def _merge(live: JSON, config: JSON, slot: Slot) -> JSON:
    if slot.relation in {"struct", "map"} and isinstance(live, dict) and isinstance(config, dict):
        return _merge_members(live, config, slot)
    if slot.relation in {"keyed", "set"} and isinstance(live, list) and isinstance(config, list):
        return list(_merge_elements(live, config, slot))
    return config


def _merge_members(live: Manifest, config: Manifest, slot: Slot) -> Manifest:
    merged = dict(live)
    for name, value in config.items():
        below = slot.below(name)
        if name in merged and below is not None:
            merged[name] = _merge(merged[name], value, below)
        else:
            merged[name] = value
    return merged


def _merge_elements(live: list[JSON], config: list[JSON], slot: Slot) -> Iterator[JSON]:
    ours = [slot.step(element) for element in live]
    theirs = [slot.step(element) for element in config]
    stored = dict(zip(reversed(ours), reversed(live), strict=True))
    wanted, done = set(theirs), set[str]()
    left, right = 0, 0
    while left < len(ours) or right < len(theirs):
        if left < len(ours) and (ours[left] not in wanted or ours[left] in done):
            if ours[left] not in wanted:
                yield live[left]
            left += 1
            continue
        step = theirs[right]
        done.add(step)
        yield _merge(stored[step], config[right], slot.items) if step in stored else config[right]
        right += 1
