"""The question `findings`: what is wrong, or worth knowing, about the objects of a cluster."""

from __future__ import annotations

from cluster.machinery.findings import SEVERITIES
from cluster.machinery.manifest import JSON, Manifest
from cluster.questions.asked import Asked
from cluster.questions.question import Field, Given, Question, bad


def findings(asked: Asked, given: Given) -> Manifest:
    """Answer the findings at or above `severity`, gravest first."""
    words: tuple[str, ...] = SEVERITIES
    wanted = given.text("severity") or words[0]
    if wanted not in words:
        raise bad(f"severity is one of {', '.join(words)}", "severity")
    least = words.index(wanted)
    found: list[JSON] = [
        finding.answer()
        for finding in asked.facts.all()
        if words.index(finding.severity) >= least and finding.key not in asked.built_in
    ]
    return {"findings": found}


FINDINGS = Question(
    "findings",
    "Findings about the objects, gravest first.",
    findings,
    (Field("severity", "The least severity.", choices=SEVERITIES),),
    {
        "type": "object",
        "properties": {
            "findings": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        word: {"type": "string"}
                        for word in ("rule", "severity", "object", "path", "message", "help")
                    },
                },
            },
        },
    },
)
