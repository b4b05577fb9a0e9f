"""Findings about what a Service selects: NV101.

The finding depends on which label maps running Pods of the namespace have, not on how many have
them: one more replica asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster.domains.service.finding_texts import finding
from cluster.domains.service.service import Service, service_key
from cluster.domains.workload.pod import Pod
from cluster.machinery.changes import Change
from cluster.machinery.meta import Key
from cluster.machinery.nearest import nearest
from cluster.machinery.rule import NOTHING, Answer, View
from cluster.machinery.selectors import parse_equalities
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say


@dataclass(frozen=True, slots=True)
class SelectionFindings:
    """Facts of a Service: that it selects nothing, and what came closest."""

    name: str = "service_selection_findings"
    kinds: frozenset[str] = frozenset({"Service", "Pod"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the Service, or those that select the Pod's labels or nothing yet."""
        if change.key.kind == "Service":
            return (change.key,)
        old, new = _running(change.old), _running(change.new)
        if old is not None and new is not None and old.meta.labels == new.meta.labels:
            return ()
        return set(_concerned(old, snapshot)) | set(_concerned(new, snapshot))

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every Service that selects."""
        for service in snapshot.of(Service):
            if service.pod_selector is not None:
                yield service_key(service.meta.namespace, service.meta.name)

    def derive(self, owner: Key, view: View) -> Answer:
        """Return NV101 where no running Pod is selected."""
        service = view.snapshot.get(Service, owner.namespace, owner.name)
        if service is None or service.pod_selector is None:
            return NOTHING
        if selects_running(service, view.snapshot):
            return NOTHING
        pods = view.snapshot.within(Pod, owner.namespace).values()
        miss = nearest(
            service.pod_selector, (pod.meta.labels for pod in pods if not pod.is_finished)
        )
        selector = str(service.pod_selector)
        message = say(
            "No running Pod in {namespace} has {selector}.",
            namespace=owner.namespace,
            selector=selector,
        )
        if miss is not None:
            message = say(
                "No running Pod in {namespace} has {selector}; the closest has {miss}.",
                namespace=owner.namespace,
                selector=selector,
                miss=str(miss),
            )
        return Answer(facts=(finding(owner, "NV101", "spec.selector", message, selector),))


def selects_running(service: Service, snapshot: Snapshot) -> bool:
    """Whether any Pod that may become an endpoint is selected."""
    if service.pod_selector is None:
        return False
    found = snapshot.each_selected(Pod, service.pod_selector, service.meta.namespace)
    return any(not pod.is_finished for pod in found)


def _running(version: object) -> Pod | None:
    return version if isinstance(version, Pod) and not version.is_finished else None


def _concerned(pod: Pod | None, snapshot: Snapshot) -> Iterator[Key]:
    """Yield the Services to which a Pod with these labels makes a difference."""
    if pod is None or _has_twin(pod, snapshot):
        return
    labels = pod.meta.labels
    for service in snapshot.within(Service, pod.meta.namespace).values():
        selector = service.pod_selector
        if selector is None:
            continue
        if selector.matches(labels) or not selects_running(service, snapshot):
            yield service_key(service.meta.namespace, service.meta.name)


def _has_twin(pod: Pod, snapshot: Snapshot) -> bool:
    """Whether another running Pod of the namespace has exactly the same labels."""
    same = parse_equalities(pod.meta.labels)
    return any(
        other.meta.name != pod.meta.name
        and not other.is_finished
        and other.meta.labels == pod.meta.labels
        for other in snapshot.each_selected(Pod, same, pod.meta.namespace)
    )
