"""Required affinity and anti-affinity between Pods, and hard topology spreading.

Counts of matching Pods per topology domain are made once per distinct term and kept while Pods
are placed. Source: `pkg/scheduler/framework/plugins/{interpodaffinity,podtopologyspread}`; I-34.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from cluster.domains.workload.constraints import (
    Constraints,
    PodTerm,
    Spread,
    spread_selector,
)
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.selectors import Selector
from cluster.machinery.snapshot import Snapshot

NO_AFFINITY = "node(s) didn't match pod affinity rules"
NO_ANTI_AFFINITY = "node(s) didn't match pod anti-affinity rules"
REPELLED = "node(s) didn't satisfy existing pods anti-affinity rules"
NO_SPREAD = "node(s) didn't match pod topology spread constraints"
NO_LABEL = "node(s) didn't match pod topology spread constraints (missing required label)"


@dataclass(frozen=True, slots=True)
class _Group:
    """Pods by selector in some namespaces, counted by the values of one Node label.

    With `seen_from`, a spread constraint and whose it is, only Nodes that it includes count.
    """

    selector: Selector | None
    namespaces: frozenset[str] | None
    topology_key: str
    seen_from: tuple[Spread, Constraints] | None = None

    def has(self, pod: Pod) -> bool:
        if self.selector is None or not self.selector.matches(pod.meta.labels):
            return False
        return self.namespaces is None or pod.meta.namespace in self.namespaces

    def domain(self, node: Node) -> str | None:
        """Return the domain a Node counts in, None where it counts in none."""
        labels = node.meta.labels
        value = labels.get(self.topology_key)
        if value is None or self.seen_from is None:
            return value
        spread, constraints = self.seen_from
        if any(other.topology_key not in labels for other in constraints.spread):
            return None
        if not spread.ignores_affinity and not constraints.selects(node.meta.name, labels):
            return None
        if spread.honors_taints and constraints.repelled_by(node.taints) is not None:
            return None
        return value


@dataclass(slots=True)
class Judge:
    """What one Pod's wishes say of each Node."""

    nodes: Mapping[str, Node]
    wanted: list[tuple[str, Counter[str]]] = field(default_factory=list)
    shunned: list[tuple[str, Counter[str]]] = field(default_factory=list)
    repelling: list[tuple[str, Counter[str]]] = field(default_factory=list)
    spreads: list[tuple[Spread, Counter[str], int, int]] = field(default_factory=list)

    def objection(self, name: str) -> str | None:
        """Return why a Node will not do, None where it will."""
        labels = self.nodes[name].meta.labels
        for spread, counts, lowest, own in self.spreads:
            value = labels.get(spread.topology_key)
            if value is None:
                return NO_LABEL
            if counts[value] + own - lowest > spread.max_skew:
                return NO_SPREAD
        if any(not counts[labels[key]] if key in labels else True for key, counts in self.wanted):
            return NO_AFFINITY
        if any(key in labels and counts[labels[key]] for key, counts in self.shunned):
            return NO_ANTI_AFFINITY
        if any(key in labels and counts[labels[key]] for key, counts in self.repelling):
            return REPELLED
        return None


class Neighbours:
    """Who is where, as far as Pods ask."""

    def __init__(self, snapshot: Snapshot, nodes: Mapping[str, Node]) -> None:
        """Start without counting; `nodes` by name."""
        self._snapshot = snapshot
        self._nodes = nodes
        self._groups: dict[_Group, Counter[str]] = {}
        self._domains: dict[_Group, frozenset[str]] = {}
        self._repelling: dict[_Group, Counter[str]] | None = None

    def concern(self, pod: Pod) -> bool:
        """Whether other Pods decide about this one's Node."""
        if pod.constraints.depends_on_pods:
            return True
        return any(group.has(pod) for group in self._repellers())

    def place(self, pod: Pod, name: str) -> None:
        """Note that a Pod is placed."""
        node = self._nodes[name]
        for group, counts in self._groups.items():
            value = group.domain(node)
            if value is not None and group.has(pod):
                counts[value] += 1
        if pod.constraints.anti_affinity:
            self._repel(pod, node, self._repellers())

    def judge(self, pod: Pod) -> Judge:
        """Return what the Pod's wishes, and those of others about it, say of each Node."""
        found = Judge(self._nodes)
        own = pod.constraints
        found.wanted = self._wanted(pod)
        for term in own.anti_affinity:
            group = self._group(term, pod.meta.namespace)
            found.shunned.append((term.topology_key, self._counts(group)))
        for group, counts in self._repellers().items():
            if group.has(pod):
                found.repelling.append((group.topology_key, counts))
        for spread in own.spread:
            found.spreads.append(self._spread(spread, pod))
        return found

    def _wanted(self, pod: Pod) -> list[tuple[str, Counter[str]]]:
        """Return the affinity terms; the first Pod of a group that wants itself goes anywhere."""
        terms = pod.constraints.affinity
        groups = [self._group(term, pod.meta.namespace) for term in terms]
        counted = [(group.topology_key, self._counts(group)) for group in groups]
        nobody = not any(counts.total() for _, counts in counted)
        if terms and nobody and all(group.has(pod) for group in groups):
            everywhere = (
                {node.meta.labels[key] for node in self._nodes.values() if key in node.meta.labels}
                for key, _ in counted
            )
            return [
                (key, Counter(values))
                for (key, _), values in zip(counted, everywhere, strict=True)
            ]
        return counted

    def _spread(self, spread: Spread, pod: Pod) -> tuple[Spread, Counter[str], int, int]:
        selector = spread_selector(spread, pod.meta.labels)
        namespaces = frozenset({pod.meta.namespace})
        group = _Group(selector, namespaces, spread.topology_key, (spread, pod.constraints))
        everywhere = self._counts(group)
        domains = self._domains_of(group)
        lowest = min((everywhere[value] for value in domains), default=0)
        if len(domains) < spread.min_domains:
            lowest = 0
        return spread, everywhere, lowest, int(group.has(pod))

    def _domains_of(self, group: _Group) -> frozenset[str]:
        found = self._domains.get(group)
        if found is None:
            domains = map(group.domain, self._nodes.values())
            found = self._domains[group] = frozenset(item for item in domains if item is not None)
        return found

    def _group(self, term: PodTerm, namespace: str) -> _Group:
        return _Group(term.selector, self._namespaces(term, namespace), term.topology_key)

    def _namespaces(self, term: PodTerm, namespace: str) -> frozenset[str] | None:
        """Return the namespaces a term looks at, None for all of them."""
        if term.namespace_selector is None:
            return frozenset(term.namespaces or (namespace,))
        if term.namespace_selector.is_everything:
            return None
        chosen = self._snapshot.selected(Namespace, term.namespace_selector, None)
        return frozenset({*term.namespaces, *(item.meta.name for item in chosen)})

    def _counts(self, group: _Group) -> Counter[str]:
        counts = self._groups.get(group)
        if counts is None:
            counts = self._groups[group] = Counter()
            for pod in self._members(group):
                node = self._nodes.get(pod.node_name)
                value = None if node is None else group.domain(node)
                if value is not None and not pod.is_finished and not pod.is_terminating:
                    counts[value] += 1
        return counts

    def _members(self, group: _Group) -> list[Pod]:
        if group.selector is None:
            return []
        if group.namespaces is None:
            return self._snapshot.selected(Pod, group.selector, None)
        return [
            pod
            for namespace in sorted(group.namespaces)
            for pod in self._snapshot.selected(Pod, group.selector, namespace)
        ]

    def _repellers(self) -> dict[_Group, Counter[str]]:
        """Return whom placed Pods keep away, and from which domains."""
        if self._repelling is None:
            self._repelling = {}
            for pod in self._snapshot.lookup(Pod, "repels", True):  # noqa: FBT003 - an index value
                node = self._nodes.get(pod.node_name)
                if node is not None and not pod.is_finished and not pod.is_terminating:
                    self._repel(pod, node, self._repelling)
        return self._repelling

    def _repel(self, pod: Pod, node: Node, into: dict[_Group, Counter[str]]) -> None:
        for term in pod.constraints.anti_affinity:
            value = node.meta.labels.get(term.topology_key)
            if value is not None:
                group = self._group(term, pod.meta.namespace)
                into.setdefault(group, Counter())[value] += 1
