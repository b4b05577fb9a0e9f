"""Findings: something worth telling about objects that Kubernetes accepts as they are.

A finding is never an error and never an exception: the object is stored and works as it works.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key

Severity: TypeAlias = Literal["info", "warning", "error"]
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "error")


@dataclass(frozen=True, slots=True)
class FindingRule:
    """One entry of the catalogue: a stable id (`NV101`), what it means and what to do.

    `cause` and `remedy` are the help page; `title` is one short phrase.
    """

    id: str
    severity: Severity
    title: str
    cause: str
    remedy: str


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One finding about one object; `path` is the field to blame, `message` one sentence."""

    key: Key
    rule: str
    path: str
    message: str
    severity: Severity
    value: str = ""

    def answer(self) -> Manifest:
        """The JSON of questions.md `findings`."""
        found: dict[str, JSON] = {
            "rule": self.rule,
            "severity": self.severity,
            "object": str(self.key),
            "path": self.path,
            "message": self.message,
            "help": f"/help/findings/{self.rule}",
        }
        return found
