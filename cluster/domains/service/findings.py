"""Findings of this domain: the catalogue, and the rules whose facts they are."""

from __future__ import annotations

from cluster.domains.service.address_findings import AddressFindings
from cluster.domains.service.endpoint_findings import EndpointFindings
from cluster.domains.service.finding_texts import FINDINGS
from cluster.domains.service.local_findings import LocalFindings
from cluster.domains.service.port_findings import PortFindings
from cluster.domains.service.selection_findings import SelectionFindings
from cluster.domains.service.setting_findings import SettingFindings
from cluster.machinery.rule import Rule

__all__ = ["FINDINGS", "RULES"]

RULES: tuple[Rule, ...] = (
    SelectionFindings(),
    PortFindings(),
    EndpointFindings(),
    SettingFindings(),
    AddressFindings(),
    LocalFindings(),
)
