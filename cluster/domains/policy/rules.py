"""The rules of this domain that write objects: none, a NetworkPolicy has no status."""

from __future__ import annotations

from cluster.machinery.rule import Rule

RULES: tuple[Rule, ...] = ()
