"""A namespace in numbers, kept current as a fact: what the cluster level of the map is drawn from.

Counting a whole cluster for every change would cost in proportion to the cluster; as a fact per
namespace it costs in proportion to the namespace that changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cluster.domains.ingress.ingress import Ingress
from cluster.domains.policy.policy import NetworkPolicy
from cluster.domains.service.service import Service
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.pod import Pod
from cluster.machinery.changes import Change
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, View
from cluster.machinery.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class NamespaceSummary:
    """Counts of one namespace. `exposed`: Ingresses and Services that outside clients can use.

    Finished Pods count neither as Pods nor as ready. `denies` names the directions that a policy
    selecting every Pod isolates (`Ingress`, `Egress`).
    """

    pods: int = 0
    ready: int = 0
    services: int = 0
    ingresses: int = 0
    policies: int = 0
    exposed: int = 0
    denies: tuple[str, ...] = ()


class NamespaceSummaries:
    """The rule that keeps the summaries; its owners are Namespaces."""

    name = "namespace-summary"
    kinds = frozenset({"Namespace", "Pod", "Service", "Ingress", "NetworkPolicy"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterator[Key]:
        """The Namespace that the change is in."""
        key = change.key
        yield key if key.kind == "Namespace" else Key("", "Namespace", "", key.namespace)

    def all_owners(self, snapshot: Snapshot) -> Iterator[Key]:
        """Every Namespace."""
        return (Key("", "Namespace", "", item.meta.name) for item in snapshot.of(Namespace))

    def derive(self, owner: Key, view: View) -> Answer:
        """Count; nothing where the Namespace is gone."""
        if view.snapshot.find(owner) is None:
            return NOTHING
        return Answer(facts=(summarize(owner.name, view.snapshot),))


def summarize(namespace: str, snapshot: Snapshot) -> NamespaceSummary:
    """Return the counts of one namespace."""
    pods = [pod for pod in snapshot.within(Pod, namespace).values() if not pod.is_finished]
    services = snapshot.within(Service, namespace).values()
    ingresses = snapshot.within(Ingress, namespace)
    policies = snapshot.within(NetworkPolicy, namespace).values()
    outside = sum(1 for s in services if s.type in {"NodePort", "LoadBalancer"} or s.external_ips)
    denies = {
        word
        for policy in policies
        if policy.pod_selector.is_everything
        for word in policy.directions
    }
    return NamespaceSummary(
        pods=len(pods),
        ready=sum(1 for pod in pods if pod.is_ready),
        services=len(services),
        ingresses=len(ingresses),
        policies=len(policies),
        exposed=len(ingresses) + outside,
        denies=tuple(sorted(denies, reverse=True)),
    )
