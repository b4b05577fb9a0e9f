"""Findings about the names of Pods: NV203 to NV205.

The owner of what is found about a subdomain is the Service that should exist, so that any number
of Pods with one subdomain is one question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster.domains.dns.finding_texts import finding
from cluster.domains.service.service import Service, service_key
from cluster.domains.workload.deployment import Deployment
from cluster.domains.workload.findings import workload_of
from cluster.domains.workload.hostname import pod_hostname
from cluster.domains.workload.pod import Pod
from cluster.domains.workload.replicaset import ReplicaSet
from cluster.domains.workload.statefulset import StatefulSet
from cluster.machinery.changes import Change
from cluster.machinery.kind import Object
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, View
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say


@dataclass(frozen=True, slots=True)
class SubdomainFindings:
    """Facts of a Service name: whose Pods have it as their subdomain, and in vain."""

    name: str = "subdomain_findings"
    kinds: frozenset[str] = frozenset({
        "Pod", "Service", "ReplicaSet", "ReplicationController", "Deployment", "DaemonSet", "Job",
    })  # fmt: skip

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the Service that changed, or those that Pods of the changed object name."""
        if change.key.kind == "Service":
            is_same = _is_headless(change.old) == _is_headless(change.new)
            return [] if is_same else [change.key]
        if change.key.kind == "Pod":
            seen = [_seen(change.old), _seen(change.new)]
            return {one[0] for one in seen if one is not None} if seen[0] != seen[1] else []
        if _stands_for(change.old) == _stands_for(change.new):
            return []
        return {
            service_key(pod.meta.namespace, pod.subdomain)
            for version in change.versions
            for pod in _pods_below(version, snapshot)
            if pod.subdomain
        }

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every Service that the subdomain of a Pod names."""
        for value in snapshot.indexed(Pod, "subdomain"):
            namespace, name = value if isinstance(value, tuple) else ("", "")
            yield service_key(namespace, name)

    def derive(self, owner: Key, view: View) -> Answer:
        """Return NV203 for each workload whose Pods have the subdomain in vain."""
        snapshot = view.snapshot
        service = snapshot.get(Service, owner.namespace, owner.name)
        if service is not None and service.is_headless:
            return NOTHING
        found = snapshot.lookup(Pod, "subdomain", (owner.namespace, owner.name))
        workloads = {
            workload_of(pod, snapshot)
            for pod in found
            if not pod.is_finished and not _is_of_stateful_set(pod)
        }
        text = (
            say(
                "{owner} does not exist, so the names of the Pods do not resolve.",
                owner=str(owner),
            )
            if service is None
            else say(
                "{owner} is not headless, so the Pods have no names of their own.",
                owner=str(owner),
            )
        )
        return Answer(
            facts=tuple(
                finding(key, "NV203", _path(key), text, owner.name) for key in sorted(workloads)
            )
        )


def _is_headless(version: object) -> bool | None:
    return version.is_headless if isinstance(version, Service) else None


def _seen(version: object) -> tuple[Key, object, bool] | None:
    """Return what matters of a Pod with a subdomain."""
    if not isinstance(version, Pod) or not version.subdomain:
        return None
    key = service_key(version.meta.namespace, version.subdomain)
    return key, version.meta.controller, version.is_finished


def _stands_for(version: Object | None) -> tuple[str, str] | None:
    """Return who a controller is and whose; None where it does not exist."""
    if version is None:
        return None
    above = version.meta.controller
    return version.meta.uid, "" if above is None else above.uid


def _pods_below(version: Object, snapshot: Snapshot) -> Iterator[Pod]:
    uids = [version.meta.uid]
    if isinstance(version, Deployment):
        uids = [below.meta.uid for below in snapshot.owned_by(version.meta.uid, ReplicaSet)]
    for uid in uids:
        yield from snapshot.owned_by(uid, Pod)


def _is_of_stateful_set(pod: Pod) -> bool:
    """Whether a StatefulSet gave the subdomain: then NV204 tells it once."""
    reference = pod.meta.controller
    return reference is not None and reference.kind == "StatefulSet"


def _path(key: Key) -> str:
    return "spec.subdomain" if key.kind == "Pod" else "spec.template.spec.subdomain"


@dataclass(frozen=True, slots=True)
class GoverningFindings:
    """Facts of a StatefulSet: that the Service which should name its Pods does not."""

    name: str = "governing_service_findings"
    kinds: frozenset[str] = frozenset({"StatefulSet", "Service"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the StatefulSet, or those that name the Service."""
        if change.key.kind == "StatefulSet":
            return [change.key]
        if _is_headless(change.old) == _is_headless(change.new):
            return []
        within = snapshot.within(StatefulSet, change.key.namespace).values()
        return [snapshot.key_of(one) for one in within if one.service_name == change.key.name]

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every StatefulSet."""
        return map(snapshot.key_of, snapshot.of(StatefulSet))

    def derive(self, owner: Key, view: View) -> Answer:
        """Return NV204 where spec.serviceName leads to no headless Service."""
        item = view.snapshot.get(StatefulSet, owner.namespace, owner.name)
        if item is None or not item.service_name:
            return NOTHING
        service = view.snapshot.get(Service, owner.namespace, item.service_name)
        if service is not None and service.is_headless:
            return NOTHING
        key = service_key(owner.namespace, item.service_name)
        text = (
            say("{key} does not exist.", key=str(key))
            if service is None
            else say("{key} is not headless.", key=str(key))
        )
        path = "spec.serviceName"
        return Answer(facts=(finding(owner, "NV204", path, text, item.service_name),))


@dataclass(frozen=True, slots=True)
class FullNameFindings:
    """Facts of a Pod: that its full name is too long to be a host name."""

    name: str = "full_name_findings"
    kinds: frozenset[str] = frozenset({"Pod"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the Pod where it asks for its full name as host name."""
        return [change.key] if any(map(_asks, change.versions)) else []

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every Pod that asks for its full name as host name."""
        return (snapshot.key_of(pod) for pod in snapshot.of(Pod) if _asks(pod))

    def derive(self, owner: Key, view: View) -> Answer:
        """Return NV205 where the name has more characters than a kernel takes (E-61)."""
        pod = view.snapshot.get(Pod, owner.namespace, owner.name)
        if pod is None or not _asks(pod) or pod.is_finished:
            return NOTHING
        name = pod_hostname(pod, view.settings.cluster_domain)
        if name.error is None:
            return NOTHING
        text = say(
            "{fqdn} has {length} characters, more than a host name may have.",
            fqdn=name.fqdn,
            length=len(name.fqdn),
        )
        return Answer(facts=(finding(owner, "NV205", "spec.setHostnameAsFQDN", text, name.fqdn),))


def _asks(version: object) -> bool:
    return isinstance(version, Pod) and version.set_hostname_as_fqdn and bool(version.subdomain)
