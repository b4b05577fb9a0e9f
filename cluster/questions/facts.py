"""What fact rules found, arranged for those who ask: findings by object, namespaces in numbers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

from cluster.catalog import FINDERS
from cluster.machinery.findings import SEVERITIES, Finding, Severity
from cluster.machinery.meta import Key
from cluster.machinery.rule import Rule
from cluster.questions.policy_effects import rules as policy_effects
from cluster.questions.summaries import NamespaceSummaries, NamespaceSummary

FACT_RULES: tuple[Rule, ...] = (*FINDERS, *policy_effects.RULES, NamespaceSummaries())
"""The rules that write nothing: what views and questions read beside the objects."""

Slot = tuple[str, Key]


class Facts:
    """Facts of one cluster, kept current by `update` with what an engine's step brings."""

    def __init__(self, facts: Mapping[Slot, tuple[Hashable, ...]] | None = None) -> None:
        """Start with everything an engine knows."""
        self._slots: dict[Slot, tuple[Finding, ...]] = {}
        self._findings: dict[str, dict[Key, dict[Slot, None]]] = {}
        self.summaries: dict[str, NamespaceSummary] = {}
        self.update(facts or {})

    def update(self, changed: Mapping[Slot, tuple[Hashable, ...]]) -> None:
        """Take over the new facts of the owners that changed; () means none are left."""
        for slot, facts in changed.items():
            self._forget(slot)
            found = tuple(fact for fact in facts if isinstance(fact, Finding))
            if found:
                self._slots[slot] = found
                for finding in found:
                    within = self._findings.setdefault(finding.key.namespace, {})
                    within.setdefault(finding.key, {})[slot] = None
            for fact in facts:
                if isinstance(fact, NamespaceSummary):
                    self.summaries[slot[1].name] = fact
            if not facts and slot[0] == "namespace-summary":
                self.summaries.pop(slot[1].name, None)

    def _forget(self, slot: Slot) -> None:
        for finding in self._slots.pop(slot, ()):
            within = self._findings.get(finding.key.namespace, {})
            held = within.get(finding.key, {})
            held.pop(slot, None)
            if not held:
                within.pop(finding.key, None)
            if not within:
                self._findings.pop(finding.key.namespace, None)

    def only(
        self, is_told: Callable[[Finding], bool], summaries: Mapping[str, NamespaceSummary]
    ) -> Facts:
        """Return facts with the findings that `is_told` accepts and the summaries given."""
        kept = {slot: tuple(filter(is_told, found)) for slot, found in self._slots.items()}
        facts = Facts({slot: found for slot, found in kept.items() if found})
        facts.summaries = dict(summaries)
        return facts

    def of(self, key: Key) -> list[Finding]:
        """Return the findings about one object, gravest first."""
        found = {
            finding
            for slot in self._findings.get(key.namespace, {}).get(key, {})
            for finding in self._slots[slot]
            if finding.key == key
        }
        return in_order(found)

    def any_about(self, key: Key) -> bool:
        """Whether an object has a finding."""
        return key in self._findings.get(key.namespace, {})

    def all(self) -> list[Finding]:
        """Return every finding, gravest first, then by object and rule."""
        return in_order({finding for found in self._slots.values() for finding in found})

    def by_rules(self, is_meant: Callable[[str], bool]) -> Iterator[Finding]:
        """Yield the findings of the rules that `is_meant` accepts, some twice, in no order."""
        asked: dict[str, bool] = {}
        for found in self._slots.values():
            for finding in found:
                rule = finding.rule
                if rule not in asked:
                    asked[rule] = is_meant(rule)
                if asked[rule]:
                    yield finding

    def within(self, namespace: str) -> Iterator[Finding]:
        """Yield the findings about objects of one namespace."""
        for key in self._findings.get(namespace, {}):
            yield from self.of(key)

    def any_within(self, namespace: str) -> bool:
        """Whether an object of the namespace has a finding."""
        return namespace in self._findings

    def count_by_namespace(self) -> dict[str, dict[Severity, int]]:
        """Return how many findings of each severity each namespace has."""
        counts: dict[str, dict[Severity, int]] = {}
        for found in self._slots.values():
            for finding in found:
                below = counts.setdefault(finding.key.namespace, {})
                below[finding.severity] = below.get(finding.severity, 0) + 1
        return counts


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings gravest first, then by namespace, name, kind, rule and path."""
    rank = {severity: -position for position, severity in enumerate(SEVERITIES)}
    return sorted(
        findings,
        key=lambda f: (
            rank[f.severity], f.key.namespace, f.key.name, f.key.kind, f.rule, f.path, f.message,
        ),
    )  # fmt: skip
