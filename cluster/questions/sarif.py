"""Findings as SARIF 2.1.0, which code scanners and editors read.

Source: OASIS "Static Analysis Results Interchange Format Version 2.1.0", sections 3.13 (log), 3.14
(run), 3.27 (result), 3.33 (logicalLocation), 3.35 (suppression), 3.49 (reportingDescriptor).
A finding names an object of a cluster, not a file, so its location is a logical one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from cluster.machinery.findings import Finding, FindingRule, Severity
from cluster.machinery.manifest import JSON, Manifest

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS: Mapping[Severity, str] = {"info": "note", "warning": "warning", "error": "error"}


def sarif(
    findings: Iterable[tuple[Finding, str]],
    rules: Mapping[str, FindingRule],
    *,
    cluster: str,
    version: str,
    help_base: str,
) -> Manifest:
    """Return the log of one run; each finding comes with why it is muted, "" where it is not.

    Only the rules that are named are described, in the order of their ids. `help_base` is the
    absolute address that rule ids are appended to.
    """
    listed = list(findings)
    used = sorted({finding.rule for finding, _muted in listed} & rules.keys())
    place = {rule: position for position, rule in enumerate(used)}
    driver: Manifest = {
        "name": "netviz",
        "semanticVersion": version,
        "rules": [_rule(rules[rule], help_base) for rule in used],
    }
    run: Manifest = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"netviz/{cluster}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, muted, place, cluster) for finding, muted in listed],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: FindingRule, help_base: str) -> Manifest:
    return {
        "id": rule.id,
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": rule.cause},
        "help": {"text": rule.remedy},
        "helpUri": f"{help_base}{rule.id}",
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
    }


def _result(finding: Finding, muted: str, place: Mapping[str, int], cluster: str) -> Manifest:
    key = finding.key
    name = "/".join(part for part in (cluster, key.kind, key.namespace, key.name) if part)
    location: Manifest = {"name": str(key), "fullyQualifiedName": name, "kind": "object"}
    print_of = sha256("\n".join((finding.rule, key.node_id, finding.path)).encode()).hexdigest()
    found: dict[str, JSON] = {
        "ruleId": finding.rule,
        "level": LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"logicalLocations": [location]}],
        "partialFingerprints": {"netvizFinding/v1": print_of},
        "properties": {
            "kind": key.kind, "namespace": key.namespace, "name": key.name, "path": finding.path,
            "value": finding.value,
        },
    }  # fmt: skip
    if finding.rule in place:
        found["ruleIndex"] = place[finding.rule]
    if muted:
        found["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": muted}
        ]
    return found
