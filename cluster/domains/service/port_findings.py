"""Findings about where a Service's ports lead on its Pods: NV102 to NV104."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster.domains.service.finding_texts import finding
from cluster.domains.service.service import Service, ServicePort, service_key
from cluster.domains.workload.pod import Container, Pod
from cluster.machinery.changes import Change
from cluster.machinery.findings import Finding
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, View
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say


@dataclass(frozen=True, slots=True)
class PortFindings:
    """Facts of a Service: target ports that its Pods do not have."""

    name: str = "service_port_findings"
    kinds: frozenset[str] = frozenset({"Service", "Pod"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the Service, or those that select a Pod whose ports or labels changed."""
        if change.key.kind == "Service":
            yield change.key
            return
        old, new = _running(change.old), _running(change.new)
        if old is not None and new is not None and _seen(old) == _seen(new):
            return
        for pod in (old, new):
            if pod is not None:
                for service in snapshot.selecting(Service, pod.meta.namespace, pod.meta.labels):
                    yield service_key(service.meta.namespace, service.meta.name)

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every Service that selects."""
        for service in snapshot.of(Service):
            if service.pod_selector is not None:
                yield service_key(service.meta.namespace, service.meta.name)

    def derive(self, owner: Key, view: View) -> Answer:
        """Return the findings about the Service's target ports."""
        service = view.snapshot.get(Service, owner.namespace, owner.name)
        if service is None or service.pod_selector is None:
            return NOTHING
        pods = view.snapshot.each_selected(Pod, service.pod_selector, owner.namespace)
        sorts = Counter(pod.containers for pod in pods if not pod.is_finished)
        if not sorts:
            return NOTHING
        return Answer(facts=tuple(_faults(owner, service, sorts)))


def _running(version: object) -> Pod | None:
    return version if isinstance(version, Pod) and not version.is_finished else None


def _seen(pod: Pod) -> tuple[object, ...]:
    return (pod.meta.labels, pod.containers)


def _faults(
    owner: Key, service: Service, sorts: Counter[tuple[Container, ...]]
) -> Iterator[Finding]:
    total = sum(sorts.values())
    for index, port in enumerate(service.ports):
        path = f"spec.ports[{index}].targetPort"
        target = port.target_port
        having = sum(count for containers, count in sorts.items() if _declares(containers, port))
        if having == total:
            continue
        if isinstance(target, int):
            others = any(container.ports for containers in sorts for container in containers)
            if having == 0 and others:
                text = say(
                    "No container of its Pods declares {target}/{protocol}.",
                    target=target,
                    protocol=port.protocol,
                )
                yield finding(owner, "NV104", path, text, str(target))
            continue
        if having == 0:
            text = say(
                "No Pod it selects has a {protocol} port called {target}.",
                protocol=port.protocol,
                target=target,
            )
            yield finding(owner, "NV102", path, text, target)
        else:
            text = say(
                "{lacking} of the {total} Pods it selects have no {protocol} port "
                "called {target}.",
                lacking=total - having,
                total=total,
                protocol=port.protocol,
                target=target,
            )
            yield finding(owner, "NV103", path, text, target)


def _declares(containers: tuple[Container, ...], port: ServicePort) -> bool:
    return any(
        declared.protocol == port.protocol
        and port.target_port in (declared.name, declared.container_port)
        for container in containers
        for declared in container.ports
    )
