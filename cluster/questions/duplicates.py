"""Findings about an upload itself, which no cluster knows: the same object given twice."""

from __future__ import annotations

from cluster.machinery.findings import Finding, FindingRule
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
    what = "with the same content" if is_same else "with other content: the last one counts"
    return Finding(
        key, DUPLICATE.id, "metadata.name", say(
            "{key} is given twice, {what}",
            key=str(key), what=what
        ),
        "info" if is_same else "warning", key.name,
    )  # fmt: skip
