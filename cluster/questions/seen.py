"""Facts as one reader may be told them: nothing of kinds that their account may not list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from cluster.catalog import KINDS
from cluster.machinery.findings import Finding
from cluster.questions.facts import Facts
from cluster.questions.policy_effects.texts import UNREACHABLE
from cluster.questions.summaries import NamespaceSummary

Sees = Callable[[str], bool]
"""Whether the reader may see objects of a kind."""

RESTS_ON: Mapping[str, str] = MappingProxyType({UNREACHABLE.id: "NetworkPolicy"})
"""Rules whose finding is about one kind, and tells of objects of another: the other kind."""

_BLANKS: Mapping[str, dict[str, Any]] = MappingProxyType({
    "Pod": {"pods": 0, "ready": 0},
    "Service": {"services": 0, "exposed": 0},
    "Ingress": {"ingresses": 0, "exposed": 0},
    "NetworkPolicy": {"policies": 0, "denies": ()},
})  # fmt: skip
COUNTED = tuple(_BLANKS)
"""The kinds that a namespace in numbers tells of."""


def is_told(finding: Finding, sees: Sees) -> bool:
    """Whether a reader may be told of a finding: its object, and what it rests on, are seen."""
    other = RESTS_ON.get(finding.rule)
    return sees(finding.key.kind) and (other is None or sees(other))


def blanked(
    summaries: Mapping[str, NamespaceSummary], hidden: Iterable[str]
) -> dict[str, NamespaceSummary]:
    """Return what is counted of namespaces, without what is counted of hidden kinds."""
    blanks: dict[str, Any] = {}
    for kind in hidden:
        blanks |= _BLANKS.get(kind, {})
    return {
        name: replace(summary, **blanks) if blanks else summary
        for name, summary in summaries.items()
    }


def facts_seen(facts: Facts, sees: Sees) -> Facts:
    """Return the facts that a reader may be told; the facts themselves where that is everything.

    Takes time in proportion to the findings, for those alone who may not see every kind.
    """
    hidden = [kind.kind for kind in KINDS if not sees(kind.kind)]
    if not hidden:
        return facts
    return facts.only(lambda finding: is_told(finding, sees), blanked(facts.summaries, hidden))
