"""Packing: which endpoint goes into which slice (D-33 to D-36).

Few writes matter more than few slices, because every write goes to every node: slices are changed
in place, filled when they are written anyway, and never merged.
Source: kubernetes/endpointslice `reconciler.go` (reconcileByPortMapping). Upstream takes endpoints
from unordered sets; here their order is the order of `desired`, so equal input packs equally.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cluster.domains.service.endpointslice import Endpoint, EndpointPort, EndpointSlice
from cluster.domains.service.slice_draft import Draft, SlicePlan, content, identity


def pack(
    stored: Sequence[EndpointSlice],
    desired: Mapping[tuple[object, ...], Endpoint],
    ports: tuple[EndpointPort, ...],
    address_type: str,
    *,
    has_stale_labels: Callable[[EndpointSlice], bool],
    maximum: int,
) -> SlicePlan:
    """Return how the slices of one group of equal ports come to hold exactly `desired`.

    `stored` are the group's slices in name order, `desired` the endpoints by identity; new ones
    are placed in its order. No slice gets more than `maximum` endpoints from here.
    """
    plan, left = _refresh(stored, desired, has_stale_labels)
    _fill(
        sorted(plan.update, key=lambda draft: (-len(draft.endpoints), draft.name)), left, maximum
    )
    while left:
        draft = _room_for(len(left), plan, maximum)
        if draft is None:
            draft = Draft(address_type, ports)
            plan.create.append(draft)
        _fill([draft], left, maximum)
    return plan


def _refresh(
    stored: Sequence[EndpointSlice],
    desired: Mapping[tuple[object, ...], Endpoint],
    has_stale_labels: Callable[[EndpointSlice], bool],
) -> tuple[SlicePlan, list[Endpoint]]:
    """Step 1 (D-33): keep, refresh and drop; also returns the endpoints that stand nowhere yet."""
    plan = SlicePlan()
    placed: set[tuple[object, ...]] = set()
    for existing in stored:
        kept: list[Endpoint] = []
        is_changed = False
        for endpoint in existing.endpoints:
            key = identity(endpoint)
            wanted = None if key in placed else desired.get(key)
            if wanted is None:
                is_changed = True
                continue
            placed.add(key)
            kept.append(wanted)
            is_changed = is_changed or content(wanted) != content(endpoint)
        if is_changed and not kept:
            plan.delete.append(existing)
        elif is_changed or has_stale_labels(existing):
            draft = Draft.of(existing)
            draft.endpoints = kept
            plan.update.append(draft)
        else:
            plan.unchanged.append(existing)
    if len(placed) == len(desired):
        return plan, []
    return plan, [endpoint for key, endpoint in desired.items() if key not in placed]


def _fill(drafts: Sequence[Draft], left: list[Endpoint], maximum: int) -> None:
    """Step 2 (D-34): move endpoints from the front of `left` into `drafts` up to the maximum."""
    for draft in drafts:
        room = maximum - len(draft.endpoints)
        if room > 0 and left:
            draft.endpoints += left[:room]
            del left[:room]


def _room_for(count: int, plan: SlicePlan, maximum: int) -> Draft | None:
    """Step 3 (D-35): the unchanged slice that all of them fit into and that ends up fullest."""
    if count >= maximum:
        return None
    best: EndpointSlice | None = None
    for existing in plan.unchanged:
        size = len(existing.endpoints)
        if size + count <= maximum and (best is None or size > len(best.endpoints)):
            best = existing
    if best is None:
        return None
    plan.unchanged.remove(best)
    draft = Draft.of(best)
    plan.update.append(draft)
    return draft
