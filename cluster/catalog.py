"""The only list of domains: their kinds, their rules in the order they run, their findings.

Everything that needs every kind or every rule reads it here; adding a kind adds a line to this
module and to nothing else outside its domain.
"""

from __future__ import annotations

from cluster.domains.dns import findings as dns_findings
from cluster.domains.dns import rules as dns_rules
from cluster.domains.ingress import findings as ingress_findings
from cluster.domains.ingress import kinds as ingress_kinds
from cluster.domains.ingress import rules as ingress_rules
from cluster.domains.policy import findings as policy_findings
from cluster.domains.policy import kinds as policy_kinds
from cluster.domains.policy.verdict_rule import PolicyVerdicts
from cluster.domains.service import findings as service_findings
from cluster.domains.service import kinds as service_kinds
from cluster.domains.service import rules as service_rules
from cluster.domains.service import telling as service_telling
from cluster.domains.workload import findings as workload_findings
from cluster.domains.workload import kinds as workload_kinds
from cluster.domains.workload import rules as workload_rules
from cluster.domains.workload import telling as workload_telling
from cluster.engine.collect import ForegroundDeletion, NamespaceDeletion
from cluster.machinery.findings import FindingRule
from cluster.machinery.kind import Kinds
from cluster.machinery.rule import Rule, Teller

KINDS = Kinds((
    *workload_kinds.KINDS,
    *service_kinds.KINDS,
    *ingress_kinds.KINDS,
    *policy_kinds.KINDS,
))  # fmt: skip

_NAMES = tuple(kind.kind for kind in KINDS)

CONTROLLERS: tuple[Rule, ...] = (
    *workload_rules.RULES,
    *service_rules.RULES,
    *ingress_rules.RULES,
    ForegroundDeletion(_NAMES),
    NamespaceDeletion(_NAMES),
)
"""The rules that write objects."""

TELLERS: dict[str, Teller] = {**workload_telling.TELLERS, **service_telling.TELLERS}
"""What is told of a change of each kind beside what the rules tell."""


def recorders() -> tuple[Rule, ...]:
    """Return the rules whose facts the engine process stores, anew for each engine."""
    return (*dns_rules.RULES, PolicyVerdicts())


FINDERS: tuple[Rule, ...] = (
    *workload_findings.RULES,
    *service_findings.RULES,
    *dns_findings.RULES,
    *ingress_findings.RULES,
    *policy_findings.RULES,
)
"""The rules that only find."""

FINDINGS: dict[str, FindingRule] = {
    found.id: found
    for found in (
        *workload_findings.FINDINGS,
        *service_findings.FINDINGS,
        *dns_findings.FINDINGS,
        *ingress_findings.FINDINGS,
        *policy_findings.FINDINGS,
    )
}
