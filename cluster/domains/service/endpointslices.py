"""The EndpointSlice controller: Pods behind a Service become slices (D.1 to D.7).

Owners are Services. Slices belong to it by label and by the controller's managed-by label; others
(written by hand, mirrored) are left alone (D-49, D-50).
Source: kubernetes/endpointslice `reconciler.go`, `pkg/controller/endpointslice`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cluster.domains.service.endpointslice import (
    CONTROLLER,
    HEADLESS,
    MANAGED_BY,
    SERVICE_NAME,
    EndpointPort,
    EndpointSlice,
)
from cluster.domains.service.service import NONE, Service, service_key
from cluster.domains.service.slice_draft import (
    GROUP,
    KIND,
    Draft,
    SliceMeta,
    SlicePlan,
    by_name,
    written,
)
from cluster.domains.service.slice_endpoints import Candidates, Group, candidates, with_zones_of
from cluster.domains.service.slice_hints import hint_by_cpu, hint_by_distribution
from cluster.domains.service.slice_packing import pack
from cluster.domains.service.zone_shares import counts_for_shares, zone_ratios
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.changes import Change
from cluster.machinery.meta import Key, owner_reference
from cluster.machinery.rule import NOTHING, Answer, Event, Remove, View, Write
from cluster.machinery.snapshot import Snapshot

MOST_MESSAGE = 1024  # of an Event, the apiserver's own bound
RESERVED = frozenset({SERVICE_NAME, MANAGED_BY, HEADLESS})  # D-24


@dataclass(frozen=True, slots=True)
class EndpointSlices:
    """Makes, changes and removes the controller's slices of each Service."""

    name: str = "endpointslices"
    kinds: frozenset[str] = frozenset({"Service", "Pod", "Node", "EndpointSlice"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the Services whose slices `change` can alter (D-40, D-44)."""
        match change.new or change.old:
            case Service():
                return (change.key,)
            case Pod():
                return services_of_pod(change, snapshot)
            case EndpointSlice():
                return _services_of_slice(change)
            case Node():
                return _services_of_node(change, snapshot)
        return ()

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every Service that selects Pods; the others have no slices of ours (D-1)."""
        for service in snapshot.of(Service):
            if service.pod_selector is not None:
                yield service_key(service.meta.namespace, service.meta.name)

    def derive(self, owner: Key, view: View) -> Answer:
        """Return the writes that make the Service's slices what they should be."""
        snapshot = view.snapshot
        service = snapshot.get(Service, owner.namespace, owner.name)
        if service is None or service.pod_selector is None:  # D-1
            return NOTHING
        pods = snapshot.selected(Pod, service.pod_selector, owner.namespace)
        found = candidates(service, pods, snapshot)
        stored = managed_slices(snapshot, owner, CONTROLLER)
        plan, events = _plan(service, found, stored, view)
        writes = () if plan.is_empty else tuple(_writes(service, plan, stored, pods, view))
        error = _error(service, found)
        if error is not None:
            events.append(_failed(owner, error))
        return Answer(writes, events=tuple(events), error=error)


def _failed(owner: Key, error: str) -> Event:
    text = f"Error updating Endpoint Slices for Service {owner.namespace}/{owner.name}: {error}"
    return Event(owner, "Warning", "FailedToUpdateEndpointSlices", text[:MOST_MESSAGE])


def managed_slices(snapshot: Snapshot, owner: Key, manager: str) -> list[EndpointSlice]:
    """Return the slices of a Service that `manager` looks after, by name.

    Terminating ones are no longer looked after (D-31).
    """
    found = snapshot.lookup(EndpointSlice, "service", (owner.namespace, owner.name))
    return sorted(
        (s for s in found if s.managed_by == manager and not s.meta.terminating), key=by_name
    )


# whose answer


def services_of_pod(change: Change, snapshot: Snapshot) -> Iterator[Key]:
    """Yield the Services that select either version of a Pod, where they can see a difference."""
    old = change.old if isinstance(change.old, Pod) else None
    new = change.new if isinstance(change.new, Pod) else None
    same_labels = old is not None and new is not None and old.meta.labels == new.meta.labels
    if old is not None and new is not None and same_labels and _seen(old) == _seen(new):
        return
    for pod in (new,) if same_labels else (old, new):
        if pod is None:
            continue
        for service in snapshot.selecting(Service, pod.meta.namespace, pod.meta.labels):
            yield service_key(service.meta.namespace, service.meta.name)


def _seen(pod: Pod) -> tuple[object, ...]:
    """Return everything about a Pod that can show in a slice (D-40)."""
    return (
        pod.ips,
        pod.is_ready,
        pod.meta.terminating,
        pod.is_finished,
        pod.node_name,
        pod.hostname,
        pod.subdomain,
        pod.meta.uid,
        pod.containers,
    )


def _services_of_slice(change: Change) -> Iterator[Key]:
    for version in change.versions:
        if isinstance(version, EndpointSlice) and version.managed_by == CONTROLLER:
            service = version.service
            if service is not None:
                yield service


def _services_of_node(change: Change, snapshot: Snapshot) -> Iterator[Key]:
    """D-4: a Node that comes or goes; D-44: only topology-aware Services follow its labels."""
    if change.old is None or change.new is None:
        for pod in snapshot.lookup(Pod, "node", change.key.name):
            for service in snapshot.selecting(Service, pod.meta.namespace, pod.meta.labels):
                yield service_key(service.meta.namespace, service.meta.name)
    capacities = [
        (node.zone, node.allocatable_cpu, counts_for_shares(node))
        for node in change.versions
        if isinstance(node, Node)
    ]
    if len(capacities) == 1 or capacities[0] != capacities[1]:
        for service in snapshot.lookup(Service, "trait", "topology"):
            yield service_key(service.meta.namespace, service.meta.name)


# what should be


def _plan(
    service: Service, found: Candidates, stored: list[EndpointSlice], view: View
) -> tuple[SlicePlan, list[Event]]:
    plan, events = _plan_for(service, found, stored, view)
    if plan.is_empty or service.is_topology_aware:
        return plan, events
    standing = [endpoint for existing in stored for endpoint in existing.endpoints]
    aged = {family: with_zones_of(groups, standing) for family, groups in found.groups.items()}
    if all(groups is None for groups in aged.values()):
        return plan, events
    older = {family: aged[family] or groups for family, groups in found.groups.items()}
    without_zones, _ = _plan_for(service, Candidates(older), stored, view)
    return (without_zones, []) if without_zones.is_empty else (plan, events)  # D-44


def _plan_for(
    service: Service, found: Candidates, stored: list[EndpointSlice], view: View
) -> tuple[SlicePlan, list[Event]]:
    """Return what should become of all slices, family by family (D-20, D-21)."""
    whole = SlicePlan(delete=[s for s in stored if s.address_type not in found.groups])
    events: list[Event] = []
    own = {s.meta.name: s.is_owned_by(service.meta.uid, "Service") for s in stored}
    labels = slice_labels(service)
    ratios = zone_ratios(view.snapshot.of(Node)) if service.is_topology_aware else None
    for family, groups in found.groups.items():
        of_family = [s for s in stored if s.address_type == family]
        plan = SlicePlan(delete=[s for s in of_family if not own[s.meta.name]])  # D-27
        mine = [s for s in of_family if own[s.meta.name]]
        plan.add(_pack(groups, mine, family, labels, view.settings.max_endpoints_per_slice))
        _keep_placeholder(plan, of_family, family, labels, own)
        plan.recycle(own)
        plan.name_new(view, service.meta.namespace, service.meta.name)
        if service.is_topology_aware:
            events += hint_by_cpu(service, plan, family, ratios)
        else:
            hint_by_distribution(service, plan)
        whole.add(plan)
    if service.meta.terminating:  # D-31
        whole.create = []
    return whole, events


def _pack(
    groups: dict[frozenset[EndpointPort], Group],
    stored: list[EndpointSlice],
    family: str,
    labels: dict[str, str],
    maximum: int,
) -> SlicePlan:
    """Pack group by group; slices of ports that no Pod resolves to any more go (D-18)."""
    plan = SlicePlan()
    by_ports: dict[frozenset[EndpointPort], list[EndpointSlice]] = {}
    for existing in stored:
        by_ports.setdefault(frozenset(existing.ports), []).append(existing)
    wanted = _free(labels)
    for key, group in sorted(groups.items(), key=lambda item: item[1].order):
        plan.add(
            pack(
                by_ports.pop(key, ()),
                group.endpoints,
                group.ports,
                family,
                has_stale_labels=lambda existing: _free(existing.meta.labels) != wanted,
                maximum=maximum,
            )
        )
    plan.delete += [existing for group in by_ports.values() for existing in group]
    return plan


def _keep_placeholder(
    plan: SlicePlan,
    stored: Sequence[EndpointSlice],
    family: str,
    labels: dict[str, str],
    own: dict[str, bool],
) -> None:
    """D-29, D-30: a Service without endpoints still has one empty slice per family."""
    if len(stored) != len(plan.delete) or plan.create:
        return
    doomed = plan.delete[0] if len(plan.delete) == 1 else None
    if (
        doomed is not None
        and own[doomed.meta.name]
        and not doomed.endpoints
        and not doomed.ports
        and dict(doomed.meta.labels) == labels
    ):
        plan.delete = []
        plan.unchanged.append(doomed)
    else:
        plan.create.append(Draft(family, ()))


def slice_labels(service: Service) -> dict[str, str]:
    """Return the labels of a Service's slices (D-23, D-24)."""
    labels = _free(service.meta.labels)
    labels[SERVICE_NAME] = service.meta.name
    labels[MANAGED_BY] = CONTROLLER
    if service.cluster_ips[:1] in {(), (NONE,)}:
        labels[HEADLESS] = ""
    return labels


def _free(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the labels that are not reserved for slices."""
    return {key: value for key, value in labels.items() if key not in RESERVED}


# writing


def _writes(
    service: Service,
    plan: SlicePlan,
    stored: Sequence[EndpointSlice],
    pods: Iterable[Pod],
    view: View,
) -> Iterator[Write]:
    meta = SliceMeta(
        namespace=service.meta.namespace,
        owner_name=service.meta.name,
        owner=owner_reference(service.meta, api_version="v1", kind="Service"),
        labels=slice_labels(service),
        trigger=_trigger(service, plan, pods, is_first=not stored),
    )
    for draft in plan.create:
        yield meta.put(draft)
    for draft in plan.update:
        if draft.stored is not None:
            patch = meta.patch(draft, draft.stored)
            if patch is not None:
                yield patch
    for doomed in plan.delete:
        yield Remove(Key(GROUP, KIND, doomed.meta.namespace, doomed.meta.name))


def _trigger(
    service: Service, plan: SlicePlan, pods: Iterable[Pod], *, is_first: bool
) -> str | None:
    """D-28: the earliest of the readiness changes that are written now, and of the Service."""
    since = {pod.meta.name: pod.ready_since for pod in pods}
    times = [
        since.get(endpoint.target.name)
        for endpoint in written((*plan.create, *plan.update))
        if endpoint.target is not None
    ]
    if is_first:
        times.append(service.meta.creation_timestamp)
    return min((time for time in times if time), default=None)


def _error(service: Service, found: Candidates) -> str | None:
    """D-4: what the controller would report and try again."""
    where = f"{service.meta.namespace}/{service.meta.name}"
    texts = [
        f"skipping Pod {pod.meta.name} for Service {where}: Node {pod.node_name} Not Found"
        for pod in found.without_node
    ]
    return "; ".join(texts) or None
