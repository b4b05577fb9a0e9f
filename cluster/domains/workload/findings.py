"""Findings about workloads; none yet."""

from __future__ import annotations

from cluster.machinery.findings import FindingRule
from cluster.machinery.rule import Rule

FINDINGS: tuple[FindingRule, ...] = ()
RULES: tuple[Rule, ...] = ()
