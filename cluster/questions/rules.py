"""The rules that a cluster in memory runs, and every finding there is."""

from __future__ import annotations

from cluster.catalog import CONTROLLERS
from cluster.catalog import FINDINGS as CATALOG
from cluster.machinery.findings import FindingRule
from cluster.machinery.rule import Rule
from cluster.questions import duplicates
from cluster.questions.facts import FACT_RULES
from cluster.questions.policy_effects import texts

ALL_RULES: tuple[Rule, ...] = (*CONTROLLERS, *FACT_RULES)
"""Writing objects, then finding out about them."""

FINDINGS: dict[str, FindingRule] = {
    rule.id: rule
    for rule in sorted(
        (*duplicates.FINDINGS, *CATALOG.values(), *texts.FINDINGS), key=lambda rule: rule.id
    )
}
"""The catalogue of findings by id, in the order of ids."""
