"""Findings about NetworkPolicies, and whose findings a change can alter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster.domains.policy.faults import faults, is_isolable, selects_any
from cluster.domains.policy.finding_texts import FINDINGS
from cluster.domains.policy.peers import anchors_met
from cluster.domains.policy.policy import NetworkPolicy
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.pod import Pod
from cluster.machinery.changes import Change
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, Rule, View
from cluster.machinery.selectors import Selector, parse_equalities
from cluster.machinery.snapshot import Snapshot

__all__ = ["FINDINGS", "RULES", "PolicyFindings"]


@dataclass(frozen=True, slots=True)
class PolicyFindings:
    """Facts of a NetworkPolicy: its findings."""

    name: str = "policy_findings"
    kinds: frozenset[str] = frozenset({"NetworkPolicy", "Pod", "Namespace"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the policies that changed, select the Pod, select nothing, or mean it as peer."""
        match change.new or change.old:
            case NetworkPolicy():
                return [change.key]
            case Pod():
                return set(_concerned_by_pod(change, snapshot))
            case Namespace():
                return set(_concerned_by_namespace(change, snapshot))
        return []

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every policy."""
        return map(snapshot.key_of, snapshot.of(NetworkPolicy))

    def derive(self, owner: Key, view: View) -> Answer:
        """Return the findings about one policy as facts."""
        policy = view.snapshot.get(NetworkPolicy, owner.namespace, owner.name)
        return NOTHING if policy is None else Answer(facts=tuple(faults(policy, view.snapshot)))


def _concerned_by_pod(change: Change, snapshot: Snapshot) -> Iterator[Key]:
    """Yield the policies whose findings one Pod can alter.

    Findings depend on what sorts of Pods there are: a Pod among others of its sort, such as one
    more replica, alters none.
    """
    old = change.old if isinstance(change.old, Pod) and not change.old.is_finished else None
    new = change.new if isinstance(change.new, Pod) and not change.new.is_finished else None
    if old is not None and new is not None and _are_alike(old, new):
        return
    for pod in (old, new):
        if pod is None or _has_twin(pod, snapshot):
            continue
        for policy in snapshot.within(NetworkPolicy, pod.meta.namespace).values():
            if policy.pod_selector.matches(pod.meta.labels) or not selects_any(policy, snapshot):
                yield snapshot.key_of(policy)
        yield from _meaning(pod, snapshot)


def _are_alike(one: Pod, other: Pod) -> bool:
    return (
        one.meta.labels == other.meta.labels
        and one.host_network == other.host_network
        and one.containers == other.containers
    )


def _has_twin(pod: Pod, snapshot: Snapshot) -> bool:
    """Whether another running Pod of the namespace is of the same sort."""
    same = parse_equalities(pod.meta.labels)
    return any(
        other.meta.name != pod.meta.name and not other.is_finished and _are_alike(pod, other)
        for other in snapshot.each_selected(Pod, same, pod.meta.namespace)
    )


def _meaning(pod: Pod, snapshot: Snapshot) -> Iterator[Key]:
    """Yield the policies with a peer that means the Pod and no other one of its namespace.

    What is told of a peer depends on the namespaces in which its podSelector finds anyone.
    """
    is_alone: dict[Selector, bool] = {}
    for anchor in anchors_met(pod.meta.labels):
        for policy in snapshot.lookup(NetworkPolicy, "peer_pods", anchor):
            for _path, peer in policy.peers():
                selector = peer.pod_selector
                if selector is None:
                    continue
                if selector not in is_alone:
                    is_alone[selector] = _is_alone(pod, selector, snapshot)
                if is_alone[selector]:
                    yield snapshot.key_of(policy)
                    break


def _is_alone(pod: Pod, selector: Selector, snapshot: Snapshot) -> bool:
    """Whether `selector` takes the Pod and nobody else of its namespace."""
    return selector.matches(pod.meta.labels) and not any(
        is_isolable(other) and other.meta.name != pod.meta.name
        for other in snapshot.each_selected(Pod, selector, pod.meta.namespace)
    )


def _concerned_by_namespace(change: Change, snapshot: Snapshot) -> Iterator[Key]:
    if (
        change.old is not None
        and change.new is not None
        and change.old.meta.labels == change.new.meta.labels
    ):
        return
    for version in change.versions:
        for anchor in anchors_met(version.meta.labels):
            for policy in snapshot.lookup(NetworkPolicy, "peer_namespaces", anchor):
                yield snapshot.key_of(policy)


RULES: tuple[Rule, ...] = (PolicyFindings(),)
