"""Defaults of NetworkPolicies, written into the manifest before it is checked.

Source: kubernetes `pkg/apis/networking/v1/defaults.go`; semantics.md H-6, H-24.
"""

from __future__ import annotations

from cluster.domains.policy.policy import DIRECTIONS, RULES_FIELD
from cluster.machinery.manifest import JSON, Manifest, child_mapping, list_at, mappings_at


def default_policy(manifest: Manifest) -> None:
    """Fill in `podSelector`, `policyTypes` and the protocol of every port."""
    spec = child_mapping(manifest, "spec")
    if spec.get("podSelector") is None:
        spec["podSelector"] = {}
    for direction in DIRECTIONS:
        for rule in mappings_at(spec, RULES_FIELD[direction]):
            for port in mappings_at(rule, "ports"):
                if port.get("protocol") is None:
                    port["protocol"] = "TCP"
    if not list_at(spec, "policyTypes"):
        types: list[JSON] = ["Ingress"]
        # Only a rule tells that egress is meant: an empty list adds nothing (H-6).
        if list_at(spec, "egress"):
            types.append("Egress")
        spec["policyTypes"] = types
