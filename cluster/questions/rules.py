"""The rules by what they are for: writing objects, and finding out about them."""

from __future__ import annotations

from cluster.catalog import CONTROLLERS, FINDERS
from cluster.catalog import FINDINGS as CATALOG
from cluster.machinery.findings import FindingRule
from cluster.machinery.rule import Rule
from cluster.questions import duplicates
from cluster.questions.summaries import NamespaceSummaries

FACT_RULES: tuple[Rule, ...] = (*FINDERS, NamespaceSummaries())
"""What a reader of the log runs: findings and counters, no writes."""

ALL_RULES: tuple[Rule, ...] = (*CONTROLLERS, *FACT_RULES)
"""What a cluster in memory runs."""

FINDINGS: dict[str, FindingRule] = CATALOG | {rule.id: rule for rule in duplicates.FINDINGS}
"""The catalogue of findings by id."""
