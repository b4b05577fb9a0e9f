"""The mirroring controller: Endpoints of a Service without a selector become slices (D-53, D-54).

Owners are named by the Service, which has the name of its Endpoints.
Source: kubernetes `pkg/controller/endpointslicemirroring`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cluster.domains.service.endpoints import Endpoints, EndpointsAddress, EndpointsSubset
from cluster.domains.service.endpointslice import (
    LAST_CHANGE,
    MANAGED_BY,
    MIRRORING_CONTROLLER,
    SERVICE_NAME,
    Endpoint,
    EndpointPort,
    EndpointSlice,
)
from cluster.domains.service.endpointslices import managed_slices
from cluster.domains.service.service import Service, service_key
from cluster.domains.service.slice_draft import (
    GROUP,
    KIND,
    Draft,
    SliceMeta,
    SlicePlan,
    content,
    identity,
)
from cluster.machinery.addresses import Family, family_of, parse_address
from cluster.machinery.changes import Change
from cluster.machinery.meta import Key, owner_reference
from cluster.machinery.rule import NOTHING, Answer, Event, Remove, View, Write
from cluster.machinery.snapshot import Snapshot

MAXIMUM_PER_SUBSET = 1000  # the controller's --mirroring-max-endpoints-per-subset
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_SliceKey = tuple[Family, frozenset[EndpointPort]]


@dataclass(frozen=True, slots=True)
class Mirroring:
    """Makes, changes and removes the mirrored slices of each Endpoints object."""

    name: str = "endpointslice_mirroring"
    kinds: frozenset[str] = frozenset({"Service", "Endpoints", "EndpointSlice"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the Service that was changed, or whose Endpoints or mirrored slices were."""
        match change.new or change.old:
            case Service():
                return (change.key,)
            case Endpoints():
                return (service_key(change.key.namespace, change.key.name),)
        return [
            version.service
            for version in change.versions
            if isinstance(version, EndpointSlice)
            and version.managed_by == MIRRORING_CONTROLLER
            and version.service is not None
        ]

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every Service that may have mirrored slices."""
        named = {(e.meta.namespace, e.meta.name) for e in snapshot.of(Endpoints)}
        named |= {
            (s.meta.namespace, s.service_name)
            for s in snapshot.of(EndpointSlice)
            if s.managed_by == MIRRORING_CONTROLLER and s.service_name
        }
        return [service_key(namespace, name) for namespace, name in sorted(named)]

    def derive(self, owner: Key, view: View) -> Answer:
        """Return the writes that make the mirrored slices what they should be."""
        snapshot = view.snapshot
        service = snapshot.get(Service, owner.namespace, owner.name)
        endpoints = snapshot.get(Endpoints, owner.namespace, owner.name)
        stored = managed_slices(snapshot, owner, MIRRORING_CONTROLLER)
        if service is None or service.selector or endpoints is None or not endpoints.is_mirrored:
            if not stored:
                return NOTHING
            return Answer(tuple(_remove(existing) for existing in stored))
        wanted = _Wanted()
        for subset in endpoints.subsets:
            wanted.take(subset)
        plan = _plan(wanted, stored)
        plan.recycle({existing.meta.name: True for existing in stored})
        if endpoints.meta.terminating:
            plan.create = []
        plan.name_new(view, owner.namespace, owner.name)
        writes = tuple(_writes(endpoints, plan))
        return Answer(writes, events=tuple(wanted.events(endpoints)) if writes else ())


@dataclass(slots=True)
class _Wanted:
    """The endpoints that should be mirrored, by family and ports."""

    groups: dict[_SliceKey, dict[tuple[object, ...], Endpoint]] = field(default_factory=dict)
    ports: dict[frozenset[EndpointPort], tuple[EndpointPort, ...]] = field(default_factory=dict)
    invalid: int = 0
    skipped: int = 0

    def take(self, subset: EndpointsSubset) -> None:
        """Add the addresses of one subset, at most a thousand."""
        ports = tuple(EndpointPort(*port) for port in subset.ports)
        key = frozenset(ports)
        self.ports.setdefault(key, ports)
        room = MAXIMUM_PER_SUBSET
        marked = [(address, True) for address in subset.addresses]
        marked += [(address, False) for address in subset.not_ready_addresses]
        for address, ready in marked:
            if room == 0:
                self.skipped += 1
                continue
            found = _endpoint(address, ready=ready)
            if found is None:
                self.invalid += 1
                continue
            room -= 1
            family, endpoint = found
            self.groups.setdefault((family, key), {})[identity(endpoint)] = endpoint

    def events(self, endpoints: Endpoints) -> Iterator[Event]:
        """Yield what the controller records about addresses that it left out."""
        key = Key("", "Endpoints", endpoints.meta.namespace, endpoints.meta.name)
        if self.invalid:
            text = f"Skipped {self.invalid} invalid IP addresses when mirroring to EndpointSlices"
            yield Event(key, "Warning", "InvalidIPAddress", text)
        if self.skipped:
            text = (
                f"A max of {MAXIMUM_PER_SUBSET} addresses can be mirrored to EndpointSlices per "
                f"Endpoints subset. {self.skipped} addresses were skipped"
            )
            yield Event(key, "Warning", "TooManyAddressesToMirror", text)


def _endpoint(address: EndpointsAddress, *, ready: bool) -> tuple[Family, Endpoint] | None:
    """Return the endpoint with only its ready condition set, None where the IP is unreadable."""
    ip = parse_address(address.ip)
    if ip is None:
        return None
    endpoint = Endpoint(
        (str(ip),),
        ready=ready,
        hostname=address.hostname,
        node_name=address.node_name,
        target=address.target,
    )
    return family_of(ip), endpoint


def _plan(wanted: _Wanted, stored: Iterable[EndpointSlice]) -> SlicePlan:
    """One slice per family and port list; the first existing one is kept and rewritten."""
    existing: dict[tuple[str, frozenset[EndpointPort]], list[EndpointSlice]] = {}
    for one in stored:
        existing.setdefault((one.address_type, frozenset(one.ports)), []).append(one)
    plan = SlicePlan()
    for (family, key), endpoints in sorted(wanted.groups.items(), key=_order):
        ports = wanted.ports[key]
        listed = list(endpoints.values())[:MAXIMUM_PER_SUBSET]
        found = existing.pop((family, key), [])
        if not found:
            plan.create.append(Draft(family, ports, listed))
            continue
        first = found[0]
        plan.delete += found[1:]
        draft = Draft.of(first)
        before = [content(endpoint) for endpoint in first.endpoints]
        if set(before) != {content(e) for e in listed} or len(before) != len(listed):
            draft.endpoints = listed
        plan.update.append(draft)
    plan.delete += [one for group in existing.values() for one in group]
    return plan


def _order(
    item: tuple[_SliceKey, dict[tuple[object, ...], Endpoint]],
) -> tuple[str, list[tuple[str, str, int]]]:
    (family, ports), _ = item
    return family, sorted((port.name or "", port.protocol, port.port or 0) for port in ports)


def _writes(endpoints: Endpoints, plan: SlicePlan) -> Iterator[Write]:
    labels = {
        **endpoints.meta.labels,
        SERVICE_NAME: endpoints.meta.name,
        MANAGED_BY: MIRRORING_CONTROLLER,
    }
    meta = SliceMeta(
        namespace=endpoints.meta.namespace,
        owner_name=endpoints.meta.name,
        owner=owner_reference(endpoints.meta, api_version="v1", kind="Endpoints"),
        labels=labels,
        annotations=_copied(endpoints.meta.annotations),
    )
    for draft in plan.create:
        yield meta.put(draft)
    for draft in plan.update:
        patch = None if draft.stored is None else meta.patch(draft, draft.stored)
        if patch is not None:
            yield patch
    for doomed in plan.delete:
        yield _remove(doomed)


def _copied(annotations: Mapping[str, str]) -> dict[str, str]:
    left_out = {LAST_CHANGE, LAST_APPLIED}
    return {key: value for key, value in annotations.items() if key not in left_out}


def _remove(doomed: EndpointSlice) -> Remove:
    return Remove(Key(GROUP, KIND, doomed.meta.namespace, doomed.meta.name))
