"""Hints: which zones and nodes an endpoint is meant for (D-45 to D-48).

Source: kubernetes/endpointslice `trafficdist/trafficdist.go`, `topologycache/`. One difference:
the proportional algorithm upstream starts from what each slice happened to have. Here hints that
stand are kept while they are in proportion, and otherwise made anew from all endpoints, so that a
second run never changes them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from cluster.domains.service.endpointslice import Endpoint
from cluster.domains.service.service import Service, service_key
from cluster.domains.service.slice_draft import Draft, SlicePlan, identity
from cluster.domains.service.zone_shares import Share, zone_shares
from cluster.machinery.rule import Event

CLOSE = frozenset({"PreferClose", "PreferSameZone", "PreferSameNode"})
NO_ZONE = "One or more endpoints do not have a zone specified"
ENABLED, DISABLED = "TopologyAwareHintsEnabled", "TopologyAwareHintsDisabled"


def hint_by_distribution(service: Service, plan: SlicePlan) -> None:
    """Complete the hints in `plan` after `spec.trafficDistribution` (D-45, D-46)."""
    if service.traffic_distribution in CLOSE:
        node_hints = service.traffic_distribution == "PreferSameNode"
        _rewrite(plan, lambda endpoint: _close(endpoint, node_hints=node_hints))
    else:
        _rewrite(plan, _bare)


def _bare(endpoint: Endpoint) -> Endpoint:
    return endpoint._replace(for_zones=(), for_nodes=()) if endpoint.has_hints else endpoint


def _close(endpoint: Endpoint, *, node_hints: bool) -> Endpoint:
    """Return a ready endpoint with hints for where it is; others keep what they have."""
    if endpoint.ready is not True:
        return endpoint
    zones = (endpoint.zone,) if endpoint.zone else ()
    nodes = (endpoint.node_name,) if endpoint.node_name and node_hints else ()
    if endpoint.for_zones == zones and endpoint.for_nodes == nodes:
        return endpoint
    return endpoint._replace(for_zones=zones, for_nodes=nodes)


def _rewrite(plan: SlicePlan, hinted: Callable[[Endpoint], Endpoint]) -> None:
    """Apply `hinted` to every endpoint; an unchanged slice that differs then becomes an update."""
    for draft in (*plan.create, *plan.update):
        draft.endpoints = [hinted(endpoint) for endpoint in draft.endpoints]
    unchanged = plan.unchanged
    plan.unchanged = []
    for stored in unchanged:
        endpoints = [hinted(endpoint) for endpoint in stored.endpoints]
        if all(new is old for new, old in zip(endpoints, stored.endpoints, strict=True)):
            plan.unchanged.append(stored)
        else:
            draft = Draft.of(stored)
            draft.endpoints = endpoints
            plan.update.append(draft)


def hint_by_cpu(
    service: Service, plan: SlicePlan, address_type: str, ratios: dict[str, float] | None
) -> list[Event]:
    """Complete the hints in `plan` in proportion to the zones' CPU; returns Events (D-47, D-48).

    `ratios` is each zone's part of the CPU, None where it is unknown. Drafts have their names.
    """
    before = _standing(plan)
    drafts = [*plan.create, *plan.update, *(Draft.of(stored) for stored in plan.unchanged)]
    drafts.sort(key=lambda draft: draft.name)
    ready = [e for draft in drafts for e in draft.endpoints if e.ready is True]
    shares = zone_shares(ratios, len(ready))
    if not isinstance(shares, str) and any(not endpoint.zone for endpoint in ready):
        shares = NO_ZONE
    key = service_key(service.meta.namespace, service.meta.name)
    if isinstance(shares, str):
        _rewrite(plan, _bare)
        text = f"{shares}, addressType: {address_type}"
        return [Event(key, "Warning", DISABLED, text)]
    zones = _zones(ready, before, shares)
    _rewrite(plan, lambda endpoint: _for_zone(endpoint, zones))
    if before:
        return []
    text = f"Topology Aware Hints has been enabled, addressType: {address_type}"
    return [Event(key, "Normal", ENABLED, text)]


def _standing(plan: SlicePlan) -> dict[tuple[object, ...], str]:
    """Return the zone that each stored endpoint is hinted for, by identity."""
    stored = [draft.stored for draft in plan.update if draft.stored is not None]
    return {
        identity(endpoint): endpoint.for_zones[0]
        for found in (*stored, *plan.unchanged)
        for endpoint in found.endpoints
        if len(endpoint.for_zones) == 1
    }


def _for_zone(endpoint: Endpoint, zones: Mapping[tuple[object, ...], str]) -> Endpoint:
    zone = zones.get(identity(endpoint)) if endpoint.ready is True else None
    wanted = (zone,) if zone is not None else ()
    if endpoint.for_zones == wanted and not endpoint.for_nodes:
        return endpoint
    return endpoint._replace(for_zones=wanted, for_nodes=())


def _zones(
    ready: list[Endpoint], before: Mapping[tuple[object, ...], str], shares: Mapping[str, Share]
) -> dict[tuple[object, ...], str]:
    """Return each ready endpoint's zone: what stands while it is in proportion, else anew."""
    kept = {identity(e): before.get(identity(e), e.zone) for e in ready}
    counts = Counter(kept.values())
    if set(counts) <= set(shares) and all(
        share.minimum <= counts[zone] <= share.maximum for zone, share in shares.items()
    ):
        return kept
    own = Counter(endpoint.zone for endpoint in ready)
    giving, receiving = _balance(own, shares)
    made: dict[tuple[object, ...], str] = {}
    for endpoint in ready:
        zone = endpoint.zone
        if giving.get(zone, 0) > 0 and receiving:
            giving[zone] -= 1
            zone = min(receiving)
            receiving[zone] -= 1
            if not receiving[zone]:
                del receiving[zone]
        made[identity(endpoint)] = zone
    return made


def _balance(
    own: Mapping[str, int], shares: Mapping[str, Share]
) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many endpoints each zone gives to others, and how many it receives."""
    surplus = {zone: own.get(zone, 0) - share.desired for zone, share in shares.items()}
    giving: Counter[str] = Counter()
    receiving: Counter[str] = Counter()
    while True:
        giver, give = _most(surplus.items())
        receiver, receive = _most((zone, -over) for zone, over in surplus.items())
        if (give < 1 and receive < 1) or give < 0.5 or receive < 0.5:  # noqa: PLR2004 - half of one
            return dict(giving), dict(receiving)
        giving[giver] += 1
        receiving[receiver] += 1
        surplus[giver] -= 1
        surplus[receiver] += 1


def _most(items: Iterable[tuple[str, float]]) -> tuple[str, float]:
    return min(items, key=lambda item: (-item[1], item[0]))
