"""Findings of this domain: the catalogue, and the rules whose facts they are."""

from __future__ import annotations

from cluster.domains.dns.aliases import AliasFindings
from cluster.domains.dns.finding_texts import FINDINGS
from cluster.domains.dns.pod_names import FullNameFindings, GoverningFindings, SubdomainFindings
from cluster.machinery.rule import Rule

__all__ = ["FINDINGS", "RULES"]

RULES: tuple[Rule, ...] = (
    AliasFindings(),
    SubdomainFindings(),
    GoverningFindings(),
    FullNameFindings(),
)
