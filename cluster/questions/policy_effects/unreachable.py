"""Findings about Services that policies let nobody reach: NV130.

Whether anybody may connect stands in the rule tables of the Pods behind a Service; who that might
be is not asked, so Pods elsewhere alter nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster.domains.policy.classes import PodClass
from cluster.domains.policy.policy import NetworkPolicy
from cluster.domains.policy.ports import ALL, code_of, holds
from cluster.domains.policy.standing import altered_cells, standing_index
from cluster.domains.policy.tables import Table
from cluster.domains.service.service import Service, ServicePort
from cluster.domains.workload.pod import Pod
from cluster.machinery.changes import Change
from cluster.machinery.findings import Finding
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, View
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say
from cluster.questions.policy_effects.texts import UNREACHABLE


@dataclass(frozen=True, slots=True)
class UnreachableFindings:
    """Facts of a Service: ports at which no policy lets anybody connect to its Pods."""

    name: str = "unreachable_findings"
    kinds: frozenset[str] = frozenset({"Service", "NetworkPolicy", "Pod"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the Service, or those of the Pods that a policy selects or a Pod is new among."""
        if change.key.kind == "Service":
            return [change.key]
        if change.key.kind == "NetworkPolicy":
            return set(_behind_policy(change, snapshot))
        if not snapshot.within(NetworkPolicy, change.key.namespace):
            return []
        found = altered_cells(change, standing_index(snapshot))
        return {
            snapshot.key_of(service)
            for pod in found
            for service in snapshot.selecting(Service, pod.meta.namespace, pod.meta.labels)
        }

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every Service of a Namespace with policies."""
        for namespace in snapshot.namespaces_of(NetworkPolicy):
            yield from map(snapshot.key_of, snapshot.within(Service, namespace).values())

    def derive(self, owner: Key, view: View) -> Answer:
        """Return NV130 for the ports that nobody may connect to."""
        snapshot = view.snapshot
        service = snapshot.get(Service, owner.namespace, owner.name)
        if service is None or service.pod_selector is None:
            return NOTHING
        if not snapshot.within(NetworkPolicy, owner.namespace):
            return NOTHING
        classes = _isolated_classes(service, snapshot)
        if not classes:
            return NOTHING
        closed = [
            (index, port) for index, port in enumerate(service.ports) if _is_closed(port, classes)
        ]
        return Answer(facts=tuple(_faults(owner, service, closed, classes)))


def _behind_policy(change: Change, snapshot: Snapshot) -> Iterator[Key]:
    for version in change.versions:
        if not isinstance(version, NetworkPolicy) or not version.isolates("Ingress"):
            continue
        space = standing_index(snapshot).atoms.spaces.get(version.meta.namespace)
        for group in () if space is None else space.groups.values():
            if version.pod_selector.matches(group.labels):
                found = snapshot.selecting(Service, version.meta.namespace, group.labels)
                yield from map(snapshot.key_of, found)


def _isolated_classes(service: Service, snapshot: Snapshot) -> set[PodClass]:
    """Return the classes of the Pods behind a Service; none where any Pod is open to all."""
    index = standing_index(snapshot)
    assert service.pod_selector is not None  # noqa: S101
    found: set[PodClass] = set()
    for pod in snapshot.each_selected(Pod, service.pod_selector, service.meta.namespace):
        member = index.member(pod.meta.namespace, pod.meta.name)
        if member is None:
            continue
        if _isolating(member.pod_class) is None:
            return set()
        found.add(member.pod_class)
    return found


def _isolating(pod_class: PodClass) -> Table | None:
    """Return what policies allow to come in, as it is now; None where not all is closed."""
    table = pod_class.ingress
    if table is None:
        return None
    if not table.is_fresh:
        table.refresh()
    return None if table.anyone == ALL else table


def _is_closed(port: ServicePort, classes: set[PodClass]) -> bool:
    """Whether some Pods have the target port and nobody may connect to it on any of them."""
    codes = [(one, code) for one in classes if (code := _target_code(port, one)) is not None]
    return bool(codes) and not any(_admits_anybody(one, code) for one, code in codes)


def _target_code(port: ServicePort, pod_class: PodClass) -> int | None:
    """Return the port that connections arrive at on Pods of a class, None where none is."""
    if isinstance(port.target_port, int):
        return code_of(port.protocol, port.target_port)
    return dict(pod_class.names).get((port.protocol, port.target_port))


def _admits_anybody(pod_class: PodClass, code: int) -> bool:
    table = _isolating(pod_class)
    if table is None:
        return True
    return holds(table.anyone, code) or any(holds(ports, code) for ports in table.ports.values())


def _faults(
    owner: Key,
    service: Service,
    closed: list[tuple[int, ServicePort]],
    classes: set[PodClass],
) -> Iterator[Finding]:
    """Tell a Service that is closed whole as a warning; single closed ports may be on purpose."""
    severity = UNREACHABLE.severity if len(closed) == len(service.ports) else "info"
    names = sorted({
        name
        for one in classes
        if one.ingress is not None
        for subject in one.ingress.subjects
        for name, compiled in subject.policies.items()
        if compiled.ingress is not None
    })  # fmt: skip
    policies: str = joined(", ", names[:_SHOWN])
    if len(names) > _SHOWN:
        policies = say("{names} and others", names=policies)
    for index, port in closed:
        text = say(
            "No policy lets anyone connect to {protocol} {target_port} of its Pods "
            "(isolated by {policies}).",
            protocol=port.protocol,
            target_port=port.target_port,
            policies=policies,
        )
        path = f"spec.ports[{index}]"
        yield Finding(owner, UNREACHABLE.id, path, text, severity, str(port.port))


_SHOWN = 3  # policies named in one sentence
