"""Hints: by traffic distribution and in proportion to the zones' CPU (D.7)."""

from __future__ import annotations

from collections import Counter

import pytest

from cluster.domains.service.zone_shares import Share, millicores, zone_shares
from cluster.machinery.manifest import JSON, Manifest
from tests.domains.service.objects import Cluster, cluster, node, pod, service

WEB: Manifest = {"selector": {"app": "web"}}
MODE = "service.kubernetes.io/topology-mode"
OLDER = "service.kubernetes.io/topology-aware-hints"


def spread(*counts: int, first: int = 0, **more: JSON) -> list[Manifest]:
    """Ready Pods, so many on node-1, node-2, ... (zones a, b, ...)."""
    places = [f"node-{index + 1}" for index, count in enumerate(counts) for _ in range(count)]
    return [
        pod(f"web-{number:03d}", f"10.244.0.{number + 1}", on=place, **more)  # type: ignore[arg-type]
        for number, place in enumerate(places, first)
    ]


def auto(mode: str = "Auto", key: str = MODE, **spec: JSON) -> Manifest:
    return service("web", meta={"annotations": {key: mode}}, **{**WEB, **spec})


def hinted(made: Cluster) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return sorted((e.zone, e.for_zones, e.for_nodes) for e in made.endpoints())


def zones(made: Cluster) -> Counter[str]:
    return Counter(zone for e in made.endpoints() for zone in e.for_zones)


def events(made: Cluster) -> list[tuple[str, str, str]]:
    return [(event.type, event.reason, event.message) for event in made.last.events]


@pytest.mark.parametrize("word", ["PreferClose", "PreferSameZone"])
def test_close_endpoints_are_hinted_for_their_own_zone(word: str) -> None:
    """D-45."""
    made = cluster(
        service("web", trafficDistribution=word, **WEB),
        *spread(1, 1),
        pod("tired", "10.244.1.1", ready=False),
        node("bare"),
        pod("nowhere", "10.244.1.2", on="bare"),
    )

    assert hinted(made) == [("", (), ()), ("a", (), ()), ("a", ("a",), ()), ("b", ("b",), ())]
    assert made.is_at_rest()


def test_same_node_adds_the_node() -> None:
    """D-45."""
    made = cluster(service("web", trafficDistribution="PreferSameNode", **WEB), *spread(1, 1))

    assert hinted(made) == [("a", ("a",), ("node-1",)), ("b", ("b",), ("node-2",))]


def test_hints_go_with_the_field() -> None:
    """D-46."""
    made = cluster(service("web", trafficDistribution="PreferClose", **WEB), *spread(1, 1))
    made.replace(service("web", **WEB))

    assert zones(made) == {}
    assert made.writes() == {"written": 1, "removed": 0}


@pytest.mark.parametrize(
    ("annotations", "is_auto"),
    [
        ({MODE: "Auto"}, True),
        ({MODE: "auto"}, True),
        ({MODE: "aUto"}, False),
        ({MODE: "enabled"}, False),
        ({OLDER: "Auto"}, True),
        ({OLDER: "auto", MODE: "auto"}, True),
    ],
)
def test_only_two_spellings_switch_to_the_proportional_algorithm(
    annotations: Manifest, *, is_auto: bool
) -> None:
    """D-47."""
    made = cluster(service("web", meta={"annotations": annotations}, **WEB), *spread(1, 1, 1))

    assert bool(zones(made)) == is_auto


def test_the_annotation_wins_over_traffic_distribution() -> None:
    """D-47: one endpoint of zone a serves zone c, which same-zone hints never do."""
    made = cluster(auto(trafficDistribution="PreferSameNode"), *spread(4, 2))

    assert zones(made) == {"a": 2, "b": 2, "c": 2}
    assert all(not e.for_nodes for e in made.endpoints())


def test_counts_follow_each_zones_cpu() -> None:
    """D-48."""
    made = cluster(node("node-4", "a", cpu="12"), auto(), *spread(6, 3, 3))

    assert zones(made) == {"a": 8, "b": 2, "c": 2}
    assert made.is_at_rest()


def test_being_enabled_is_told_once() -> None:
    made = cluster(auto(), *spread(3, 3, 3))
    message = "Topology Aware Hints has been enabled, addressType: IPv4"
    assert events(made) == [("Normal", "TopologyAwareHintsEnabled", message)]

    made.add(*spread(1, first=9))

    assert events(made) == []


DISABLED: list[tuple[str, list[Manifest], str]] = [
    ("one zone", [node("node-2", "a"), node("node-3", "a"), *spread(1, 1, 1)],
     "Insufficient Node information: allocatable CPU or zone not specified on one or more nodes"),
    ("no zone", [node("node-3"), *spread(1, 1, 1)],
     "Insufficient Node information: allocatable CPU or zone not specified on one or more nodes"),
    ("few", [*spread(1, 1)], "Insufficient number of endpoints (2 endpoints, 3 zones)"),
    ("overload", [node("node-1", "a", cpu="1"), *spread(2, 2)],
     ("Unable to allocate minimum required endpoints to each zone without exceeding overload "
     "threshold (4 endpoints, 3 zones)")),
]  # fmt: skip


@pytest.mark.parametrize(("items", "why"), [r[1:] for r in DISABLED], ids=[r[0] for r in DISABLED])
def test_without_the_preconditions_all_hints_go(items: list[Manifest], why: str) -> None:
    """D-48."""
    made = cluster(auto(), *items)

    assert zones(made) == {}
    assert ("Warning", "TopologyAwareHintsDisabled", f"{why}, addressType: IPv4") in events(made)


def test_control_planes_and_nodes_that_are_not_ready_do_not_count() -> None:
    """D-48."""
    plane = node("plane")
    plane["metadata"] = {"name": "plane", "labels": {"node-role.kubernetes.io/control-plane": ""}}
    made = cluster(plane, node("broken", ready=False), auto(), *spread(1, 1, 1))

    assert zones(made) == {"a": 1, "b": 1, "c": 1}


def test_topology_aware_services_follow_their_nodes() -> None:
    """D-44: they are asked again when zones or CPU change."""
    made = cluster(auto(), *spread(2, 2, 2))
    made.add(node("node-3", "a"))

    assert zones(made) == {"a": 4, "b": 2}
    assert made.is_at_rest()


def test_hints_that_are_in_proportion_stay() -> None:
    made = cluster(auto(), *spread(3, 3, 3))
    made.add(*spread(1, first=9))

    assert made.writes() == {"written": 1, "removed": 0}
    assert zones(made) == {"a": 4, "b": 3, "c": 3}


def test_shares_leave_room_for_twenty_percent() -> None:
    """D-48."""
    assert zone_shares({"a": 0.5, "b": 0.5}, 10) == {"a": Share(5, 5, 5.0), "b": Share(5, 5, 5.0)}
    assert zone_shares({"a": 0.75, "b": 0.25}, 12) == {
        "a": Share(8, 9, 9.0),
        "b": Share(3, 4, 3.0),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [("4", 4000), ("3900m", 3900), ("1.5", 1500), ("1k", 1000000), ("", 0), ("x", 0), ("NaN", 0)],
)
def test_cpu_quantities(text: str, expected: int) -> None:
    assert millicores(text) == expected
