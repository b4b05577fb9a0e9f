"""Which endpoint goes into which slice: the steps of D-33 to D-37 and the examples of D-38."""

from __future__ import annotations

import pytest

from cluster.domains.service.endpointslice import (
    Endpoint,
    EndpointPort,
    EndpointSlice,
    TargetRef,
)
from cluster.domains.service.slice_draft import Draft, SlicePlan, identity
from cluster.domains.service.slice_packing import pack
from cluster.machinery.meta import ObjectMeta

PORTS = (EndpointPort("", "TCP", 8080),)


def endpoint(number: int, *, ready: bool = True) -> Endpoint:
    name = f"web-{number:04d}"
    address = f"10.244.{number // 250}.{number % 250 + 1}"
    return Endpoint(
        (address,), ready, serving=ready, terminating=False, target=TargetRef("Pod", "shop", name)
    )


def stored(*sizes: int) -> tuple[list[EndpointSlice], list[Endpoint]]:
    """Slices a, b, c ... with endpoints numbered through, and those endpoints."""
    slices: list[EndpointSlice] = []
    every: list[Endpoint] = []
    for index, size in enumerate(sizes):
        held = tuple(endpoint(number) for number in range(len(every), len(every) + size))
        every += held
        meta = ObjectMeta("shop", "abcdefgh"[index])
        slices.append(EndpointSlice(meta, "IPv4", held, PORTS))
    return slices, every


def packed(slices: list[EndpointSlice], desired: list[Endpoint], *, stale: str = "") -> SlicePlan:
    return pack(
        slices,
        {identity(item): item for item in desired},
        PORTS,
        "IPv4",
        has_stale_labels=lambda found: found.meta.name in stale,
        maximum=100,
    )


def sizes(plan: SlicePlan) -> list[int]:
    left = [len(draft.endpoints) for draft in (*plan.create, *plan.update)]
    return sorted(left + [len(found.endpoints) for found in plan.unchanged])


@pytest.mark.parametrize(
    ("before", "new", "touched", "expected", "writes"),
    [
        ((), 130, "", [30, 100], (2, 0)),
        ((50, 45), 25, "", [45, 75], (0, 1)),
        ((50, 45), 85, "", [45, 50, 85], (1, 0)),
        ((50, 45), 130, "", [45, 80, 100], (1, 1)),
        ((50, 45), 60, "ab", [55, 100], (0, 2)),
        ((20,) * 6, 0, "", [20] * 6, (0, 0)),
        ((50, 45), 100, "", [45, 50, 100], (1, 0)),
    ],
    ids=[
        "130 new",
        "25 fit the fullest",
        "85 fit nowhere",
        "130 fill one and then the fullest",
        "touched slices are filled first",
        "D-36 nothing is merged",
        "a whole slice full is a new slice",
    ],
)
def test_new_endpoints_are_placed(
    before: tuple[int, ...], new: int, touched: str, expected: list[int], writes: tuple[int, int]
) -> None:
    """D-35, D-38."""
    slices, held = stored(*before)
    added = [endpoint(number) for number in range(len(held), len(held) + new)]
    plan = packed(slices, held + added, stale=touched)

    assert sizes(plan) == expected
    assert (len(plan.create), len(plan.update)) == writes
    assert not plan.delete


def test_a_refreshed_endpoint_stays_in_its_slice_and_place() -> None:
    """D-33, D-39."""
    slices, held = stored(3, 3)
    plan = packed(slices, [*held[:4], endpoint(4, ready=False), held[5]])
    (draft,) = plan.update

    assert draft.name == "b"
    assert [item.ready for item in draft.endpoints] == [True, False, True]
    assert [found.meta.name for found in plan.unchanged] == ["a"]


def test_a_slice_without_wanted_endpoints_goes() -> None:
    """D-33."""
    slices, held = stored(3, 3)
    plan = packed(slices, held[:3])

    assert [found.meta.name for found in plan.delete] == ["b"]
    assert not plan.update


def test_freed_room_is_filled_before_anything_is_created() -> None:
    """D-34: the fullest of the slices that are written anyway comes first."""
    slices, held = stored(100, 100)
    without = held[:40] + held[41:150] + held[160:]
    plan = packed(slices, without + [endpoint(number) for number in range(200, 205)])

    assert {draft.name: len(draft.endpoints) for draft in plan.update} == {"a": 100, "b": 94}
    assert not plan.create


def test_an_address_that_comes_twice_is_kept_once() -> None:
    slices, held = stored(2)
    twice = EndpointSlice(ObjectMeta("shop", "b"), "IPv4", tuple(held), PORTS)
    plan = packed([*slices, twice], held)

    assert [found.meta.name for found in plan.delete] == ["b"]


def test_inputs_are_never_changed() -> None:
    slices, held = stored(50, 45)
    before = [(found.meta.name, found.endpoints) for found in slices]
    packed(slices, [*held[1:], *[endpoint(number) for number in range(95, 230)]])

    assert [(found.meta.name, found.endpoints) for found in slices] == before


def test_creates_reuse_the_names_of_slices_that_would_go() -> None:
    """D-37, D-27."""
    slices, _ = stored(1, 1, 1)
    new = [Draft("IPv4", PORTS, [endpoint(10 + number)]) for number in range(2)]
    plan = SlicePlan(create=new, delete=slices)
    plan.recycle({"a": False, "b": True, "c": True})

    assert [draft.name for draft in plan.update] == ["b", "c"]
    assert [found.meta.name for found in plan.delete] == ["a"]
    assert not plan.create
