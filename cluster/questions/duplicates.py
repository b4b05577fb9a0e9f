"""Findings about an upload itself, which no cluster knows: the same object given twice."""

from __future__ import annotations

from cluster.machinery.findings import Finding, FindingRule, Severity
from cluster.machinery.meta import Key
from cluster.machinery.texts import say

DUPLICATE = FindingRule(
    id="NV001",
    severity="warning",
    title=say("The same object twice"),
    cause=say(
        "Two documents of one upload have the same kind, namespace and name. They are applied "
        "in order, so the later one wins, and what only the earlier one said is lost."
    ),
    remedy=say("Keep one of the documents, or give the objects names of their own."),
)
FINDINGS = (DUPLICATE,)


def duplicate(key: Key, *, is_same: bool) -> Finding:
    """Return the finding about a second document for `key`; equal content is worth a mention."""
    text = (
        say("{key} is given twice, with the same content", key=str(key))
        if is_same
        else say("{key} is given twice, with other content: the last one counts", key=str(key))
    )
    severity: Severity = "info" if is_same else "warning"
    return Finding(key, DUPLICATE.id, "metadata.name", text, severity, key.name)
