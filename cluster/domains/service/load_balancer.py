"""A load balancer that gives addresses from the cluster's pool (B-65 to B-67, C-26).

Only where `loadbalancer_pool` is set; otherwise Services stay pending and a status that somebody
else wrote is left alone. Addresses that were given stay until the Service needs them no longer.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from cluster.domains.service.service import LoadBalancerIngress, Service, service_key
from cluster.machinery.addresses import (
    Family,
    Network,
    family_of,
    family_of_text,
    parse_address,
)
from cluster.machinery.changes import Change
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, Event, Patch, View
from cluster.machinery.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class LoadBalancers:
    """Writes `status.loadBalancer` of Services of type LoadBalancer."""

    name: str = "load_balancers"
    kinds: frozenset[str] = frozenset({"Service"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the Service itself, and those that wait for an address that it gave back."""
        yield change.key
        old, new = change.old, change.new
        before = set(old.load_balancer_ingress) if isinstance(old, Service) else set()
        after = set(new.load_balancer_ingress) if isinstance(new, Service) else set()
        if before - after:
            for service in snapshot.lookup(Service, "trait", "load_balancer"):
                if len(service.load_balancer_ingress) < len(service.slice_families):
                    yield service_key(service.meta.namespace, service.meta.name)

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every Service that has or should have a load balancer."""
        for service in snapshot.lookup(Service, "trait", "load_balancer"):
            yield service_key(service.meta.namespace, service.meta.name)

    def derive(self, owner: Key, view: View) -> Answer:
        """Return the write that gives the Service its addresses, or takes them away."""
        service = view.snapshot.get(Service, owner.namespace, owner.name)
        if service is None:
            return NOTHING
        if service.type != "LoadBalancer":
            if not service.load_balancer_ingress:
                return NOTHING
            return Answer((Patch(owner, {"status": {"loadBalancer": {"ingress": None}}}),))
        pool = view.settings.loadbalancer_pool
        if not pool or service.load_balancer_class is not None:  # B-65, B-66
            return NOTHING
        if any(not _is_given(ingress, pool) for ingress in service.load_balancer_ingress):
            return NOTHING  # another load balancer answers for it
        wanted, missing = _wanted(service, pool, view.snapshot)
        error = f"no free {' or '.join(missing)} address in loadbalancer_pool" if missing else None
        events = () if error is None else (_failed(owner, error),)
        if wanted == service.load_balancer_ingress:
            return Answer(events=events, error=error)
        ingress: list[JSON] = [_render(item) for item in wanted]
        status: Manifest = {"status": {"loadBalancer": {"ingress": ingress or None}}}
        return Answer((Patch(owner, status),), events=events, error=error)


def _failed(owner: Key, error: str) -> Event:
    text = f"Error syncing load balancer: failed to ensure load balancer: {error}"
    return Event(owner, "Warning", "SyncLoadBalancerFailed", text)


def _is_given(ingress: LoadBalancerIngress, pool: Iterable[Network]) -> bool:
    address = parse_address(ingress.ip)
    return address is not None and any(address in network for network in pool)


def _render(ingress: LoadBalancerIngress) -> Manifest:
    return {"ip": ingress.ip, "ipMode": ingress.ip_mode}


def _wanted(
    service: Service, pool: tuple[Network, ...], snapshot: Snapshot
) -> tuple[tuple[LoadBalancerIngress, ...], list[Family]]:
    """Return one address per family (C-26), and the families that the pool has none left for.

    Families that the pool does not know at all are not missed.
    """
    held = {family_of_text(ingress.ip): ingress for ingress in service.load_balancer_ingress}
    known = {family_of(network) for network in pool}
    found: list[LoadBalancerIngress] = []
    missing: list[Family] = []
    for family in service.slice_families:
        if family in held:
            found.append(held[family])
            continue
        networks = [network for network in pool if family_of(network) == family]
        address = _free(service, networks, snapshot)
        if address is not None:
            found.append(LoadBalancerIngress(address, "", "VIP"))
        elif family in known:
            missing.append(family)
    return tuple(found), missing


def _free(service: Service, networks: list[Network], snapshot: Snapshot) -> str | None:
    """Return the address that the Service asks for if it can be had (B-67), else the lowest."""
    asked = parse_address(service.load_balancer_ip)
    in_pool = asked is not None and any(asked in network for network in networks)
    first = (str(asked),) if in_pool else ()
    every = chain(first, *(_hosts(network) for network in networks))
    return next((ip for ip in every if not snapshot.lookup(Service, "address", ip)), None)


def _hosts(network: Network) -> Iterator[str]:
    """Yield the addresses of a pool, lowest first; the ends of a subnet only if it is tiny."""
    kind = ipaddress.IPv4Address if network.version == 4 else ipaddress.IPv6Address  # noqa: PLR2004
    spared = 1 if network.num_addresses > 2 else 0  # noqa: PLR2004 - both ends of a subnet
    low = int(network.network_address) + spared
    high = int(network.broadcast_address) - spared
    return (str(kind(number)) for number in range(low, high + 1))
