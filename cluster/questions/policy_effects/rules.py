"""The rules of this package: their facts are findings, their catalogue is `texts`."""

from __future__ import annotations

from cluster.machinery.rule import Rule
from cluster.questions.policy_effects.dns_blocked import DNSBlockedFindings
from cluster.questions.policy_effects.service_ports import ServicePortFindings
from cluster.questions.policy_effects.texts import FINDINGS
from cluster.questions.policy_effects.unreachable import UnreachableFindings

__all__ = ["FINDINGS", "RULES"]

RULES: tuple[Rule, ...] = (
    UnreachableFindings(),
    ServicePortFindings(),
    DNSBlockedFindings(),
)
