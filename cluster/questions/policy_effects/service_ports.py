"""Findings about policies that name the port of a Service instead of its Pods': NV420.

A port number is suspect where a Service of the Pods that are meant has it, turns it into another
one, and neither a container nor a Service's target says that the Pods listen on it as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from cluster.domains.policy.faults import is_isolable
from cluster.domains.policy.peers import anchors_met
from cluster.domains.policy.policy import RULES_FIELD, NetworkPolicy, PolicyRule
from cluster.domains.policy.sorts import sorts_altered
from cluster.domains.service.service import Service, ServicePort
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.pod import Pod
from cluster.machinery.changes import Change
from cluster.machinery.findings import Finding
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, View
from cluster.machinery.selectors import Selector
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say
from cluster.questions.policy_effects.texts import SERVICE_PORT


class _Meant(NamedTuple):
    """Pods that connections of one rule may end at: `selector` in `namespaces`."""

    path: str
    rule: PolicyRule
    selector: Selector
    namespaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServicePortFindings:
    """Facts of a NetworkPolicy: port numbers that are a Service's."""

    name: str = "policy_service_port_findings"
    kinds: frozenset[str] = frozenset({"NetworkPolicy", "Service", "Pod", "Namespace"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the policy, or those that mean the Pods of a Service or a new sort of Pods."""
        if change.key.kind == "NetworkPolicy":
            return [change.key]
        if not snapshot.count(NetworkPolicy):
            return []
        match change.new or change.old:
            case Service():
                return set(_of_service(change, snapshot))
            case Pod():
                return {
                    key
                    for pod in sorts_altered(change, snapshot)
                    for key in _meaning(pod.meta.namespace, pod.meta.labels, snapshot)
                }
            case Namespace():
                return set(_of_namespace(change, snapshot))
        return []

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every policy that names a port by its number."""
        return (snapshot.key_of(one) for one in snapshot.of(NetworkPolicy) if _numbers(one))

    def derive(self, owner: Key, view: View) -> Answer:
        """Return NV420 for each port of a policy that is a Service's."""
        policy = view.snapshot.get(NetworkPolicy, owner.namespace, owner.name)
        if policy is None or not _numbers(policy):
            return NOTHING
        found = {
            finding
            for meant in _all_meant(policy, view.snapshot)
            for finding in _faults(owner, meant, view.snapshot)
        }
        return Answer(facts=tuple(sorted(found)))


def _numbers(policy: NetworkPolicy) -> bool:
    return any(
        isinstance(port.port, int)
        for direction in policy.directions
        for rule in policy.rules(direction)
        for port in rule.ports
    )


def _of_service(change: Change, snapshot: Snapshot) -> Iterator[Key]:
    versions = [one for one in change.versions if isinstance(one, Service)]
    seen = {(one.pod_selector, one.ports) for one in versions}
    if len(versions) == 2 and len(seen) == 1:  # noqa: PLR2004 - before and after
        return
    labels = {
        frozenset(pod.meta.labels.items())
        for version in versions
        if version.pod_selector is not None
        for pod in snapshot.each_selected(Pod, version.pod_selector, version.meta.namespace)
    }
    for content in labels:
        yield from _meaning(change.key.namespace, dict(content), snapshot)


def _meaning(namespace: str, labels: Mapping[str, str], snapshot: Snapshot) -> Iterator[Key]:
    """Yield the policies that select such Pods, or name them as a peer."""
    yield from map(snapshot.key_of, snapshot.selecting(NetworkPolicy, namespace, labels))
    for anchor in anchors_met(labels):
        yield from map(snapshot.key_of, snapshot.lookup(NetworkPolicy, "peer_pods", anchor))


def _of_namespace(change: Change, snapshot: Snapshot) -> Iterator[Key]:
    labels = [None if one is None else one.meta.labels for one in (change.old, change.new)]
    if labels[0] == labels[1]:
        return
    for version in change.versions:
        for anchor in anchors_met(version.meta.labels):
            found = snapshot.lookup(NetworkPolicy, "peer_namespaces", anchor)
            yield from map(snapshot.key_of, found)


def _all_meant(policy: NetworkPolicy, snapshot: Snapshot) -> Iterator[_Meant]:
    """Yield what the rules are about.

    Peers that mean every Pod, or Pods in every Namespace, say too little to judge a port by.
    """
    own = (policy.meta.namespace,)
    for index, rule in enumerate(policy.rules("Ingress")):
        yield _Meant(f"spec.{RULES_FIELD['Ingress']}[{index}]", rule, policy.pod_selector, own)
    for index, rule in enumerate(policy.rules("Egress")):
        path = f"spec.{RULES_FIELD['Egress']}[{index}]"
        if len(rule.peers) != 1:
            continue
        (peer,) = rule.peers
        selector, spaces = peer.pod_selector, peer.namespace_selector
        if selector is None or selector.is_everything:
            continue
        if spaces is None:
            yield _Meant(path, rule, selector, own)
        elif not spaces.is_everything:
            found = snapshot.each_selected(Namespace, spaces, None)
            yield _Meant(path, rule, selector, tuple(sorted(one.meta.name for one in found)))


def _faults(owner: Key, meant: _Meant, snapshot: Snapshot) -> Iterator[Finding]:
    for position, entry in enumerate(meant.rule.ports):
        if not isinstance(entry.port, int) or entry.end_port is not None:
            continue
        found = [
            (service, port)
            for namespace in meant.namespaces
            for service in snapshot.within(Service, namespace).values()
            for port in service.ports
            if (port.port, port.protocol) == (entry.port, entry.protocol)
            and port.target_port != entry.port
        ]
        if not found or _is_listened_on(entry.port, entry.protocol, meant, snapshot):
            continue
        for service, port in sorted(found, key=lambda pair: snapshot.key_of(pair[0])):
            target = _target(service, port, meant, snapshot)
            if target is not None:
                path = f"{meant.path}.ports[{position}].port"
                text = say(
                    "{port} is the port of {key}; connections arrive at {target} of its Pods.",
                    port=entry.port,
                    key=str(snapshot.key_of(service)),
                    target=target,
                )
                value = str(entry.port)
                severity = SERVICE_PORT.severity
                yield Finding(owner, SERVICE_PORT.id, path, text, severity, value)
                break


def _pods(meant: _Meant, selector: Selector, snapshot: Snapshot) -> Iterator[Pod]:
    both = Selector((*meant.selector.requirements, *selector.requirements))
    for namespace in meant.namespaces:
        found = snapshot.each_selected(Pod, both, namespace)
        yield from (pod for pod in found if is_isolable(pod))


def _is_listened_on(number: int, protocol: str, meant: _Meant, snapshot: Snapshot) -> bool:
    """Whether a container of the Pods that are meant declares a port, or a Service targets it."""
    for pod in _pods(meant, Selector(), snapshot):
        if any((port.container_port, port.protocol) == (number, protocol) for port in pod.ports()):
            return True
    return any(
        (port.target_port, port.protocol) == (number, protocol)
        and service.pod_selector is not None
        and next(_pods(meant, service.pod_selector, snapshot), None) is not None
        for namespace in meant.namespaces
        for service in snapshot.within(Service, namespace).values()
        for port in service.ports
    )


def _target(service: Service, port: ServicePort, meant: _Meant, snapshot: Snapshot) -> int | None:
    """Return where connections through a Service arrive at the Pods that are meant.

    None where it has none of them, or where the rule admits that port as well.
    """
    if service.pod_selector is None or service.is_headless:
        return None
    own = meant._replace(namespaces=(service.meta.namespace,))
    numbers: set[int] = set()
    for pod in _pods(own, service.pod_selector, snapshot):
        target = port.target_port
        number = target if isinstance(target, int) else pod.named_port(target, port.protocol)
        if number is None or any(
            entry.admits(port.protocol, number)
            or (entry.protocol == port.protocol and _names(entry.port, pod, number, port.protocol))
            for entry in meant.rule.ports
        ):
            return None
        numbers.add(number)
    return min(numbers, default=None)


def _names(name: int | str | None, pod: Pod, number: int, protocol: str) -> bool:
    return isinstance(name, str) and pod.named_port(name, protocol) == number
