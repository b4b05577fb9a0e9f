"""The catalogue of findings: ids, words, help, documentation, and a test for each."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from cluster.machinery.findings import SEVERITIES, FindingRule
from cluster.questions.rules import ALL_RULES, FINDINGS

ROOT = Path(__file__).resolve().parents[2]
LEAST = 45  # what the catalogue had when it was first complete


def test_the_catalogue_does_not_shrink() -> None:
    assert len(FINDINGS) >= LEAST


def test_rules_have_names_of_their_own() -> None:
    names = [rule.name for rule in ALL_RULES]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("rule", FINDINGS.values(), ids=lambda rule: rule.id)
def test_a_finding_explains_itself(rule: FindingRule) -> None:
    assert re.fullmatch(r"NV[0-5]\d\d", rule.id)
    assert rule.severity in SEVERITIES
    assert rule.title
    assert not rule.title.endswith(".")
    assert rule.cause.endswith(".")
    assert rule.remedy.endswith(".")


def test_every_finding_is_named_by_a_test() -> None:
    own = Path(__file__)
    texts = [path.read_text() for path in (ROOT / "tests").rglob("test_*.py") if path != own]
    tested = {found for text in texts for found in re.findall(r"NV\d{3}", text)}

    assert set(FINDINGS) - tested == set()


def test_the_page_of_findings_is_current() -> None:
    """Run scripts/findings_page.py where this fails."""
    render = runpy.run_path(str(ROOT / "scripts" / "findings_page.py"))["render"]

    assert (ROOT / "docs" / "findings.md").read_text(encoding="utf-8") == render()
