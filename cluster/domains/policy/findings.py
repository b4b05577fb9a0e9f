"""Findings about NetworkPolicies, and whose findings a change can alter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster.domains.policy.faults import faults, is_isolable, selects_any
from cluster.domains.policy.finding_texts import FINDINGS, REDUNDANT
from cluster.domains.policy.peers import anchors_met
from cluster.domains.policy.policy import NetworkPolicy
from cluster.domains.policy.redundancy import covering, covers
from cluster.domains.policy.sorts import sorts_altered
from cluster.domains.policy.spec_faults import spec_faults
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.pod import Pod
from cluster.machinery.changes import Change
from cluster.machinery.findings import Finding
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, Rule, View
from cluster.machinery.selectors import Selector
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say

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
    """Yield the policies whose findings one Pod can alter."""
    for pod in sorts_altered(change, snapshot):
        for policy in snapshot.within(NetworkPolicy, pod.meta.namespace).values():
            if policy.pod_selector.matches(pod.meta.labels) or not selects_any(policy, snapshot):
                yield snapshot.key_of(policy)
        yield from _meaning(pod, snapshot)


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


@dataclass(frozen=True, slots=True)
class PolicySpecFindings:
    """Facts of a NetworkPolicy: what its own fields tell, and whether another one says it all."""

    name: str = "policy_spec_findings"
    kinds: frozenset[str] = frozenset({"NetworkPolicy"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the policy, and those of its namespace that it covers or covered."""
        yield change.key
        versions = [one for one in change.versions if isinstance(one, NetworkPolicy)]
        for policy in snapshot.within(NetworkPolicy, change.key.namespace).values():
            if any(covers(version, policy) for version in versions):
                yield snapshot.key_of(policy)

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every policy."""
        return map(snapshot.key_of, snapshot.of(NetworkPolicy))

    def derive(self, owner: Key, view: View) -> Answer:
        """Return the findings about the fields of one policy as facts."""
        policy = view.snapshot.get(NetworkPolicy, owner.namespace, owner.name)
        if policy is None:
            return NOTHING
        facts = [*spec_faults(policy, owner, view.settings), *_redundancy(policy, owner, view)]
        return Answer(facts=tuple(facts)) if facts else NOTHING


def _redundancy(policy: NetworkPolicy, owner: Key, view: View) -> Iterator[Finding]:
    others = view.snapshot.within(NetworkPolicy, owner.namespace).values()
    other = covering(policy, others)
    if other is not None:
        text = say(
            "NetworkPolicy {namespace}/{name} isolates and allows all of it.",
            namespace=owner.namespace,
            name=other.meta.name,
        )
        yield Finding(owner, REDUNDANT.id, "spec", text, REDUNDANT.severity, other.meta.name)


RULES: tuple[Rule, ...] = (PolicyFindings(), PolicySpecFindings())
