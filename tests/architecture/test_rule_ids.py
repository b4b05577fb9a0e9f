"""Every rule of the semantics reference is named by a test, or listed with what is in the way.

Rules are cited by id (`B-17`) in the tests that hold them. `uncovered_rules.txt` lists the ids
that no test names yet, one a line with the reason; it may only shrink.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
REFERENCE = "../shared/semantics.md"
LISTED = HERE / "uncovered_rules.txt"
NAMING = {".py", ".yaml", ".js"}
RULE = re.compile(r"\b[A-K]-\d+[a-z]?\b")


@pytest.fixture(scope="session")
def rules(root: Path) -> set[str]:
    """Return the ids of sections A to K."""
    reference = root / REFERENCE
    if not reference.is_file():
        reason = f"{REFERENCE}, the reference that gives rules their ids, is not here"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    text = reference.read_text(encoding="utf-8")
    return set(re.findall(r"^- ([A-K]-\d+[a-z]?) ", text, re.MULTILINE))


def named(root: Path) -> set[str]:
    """Return every id that a test names, spelled out: ranges name nothing."""
    found: set[str] = set()
    for file in sorted((root / "tests").rglob("*")):
        if file.suffix in NAMING and file.parent != HERE:
            found.update(RULE.findall(file.read_text(encoding="utf-8")))
    return found


def listed() -> dict[str, str]:
    """Return the ids of the committed list with their reasons."""
    lines = LISTED.read_text(encoding="utf-8").splitlines()
    pairs = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    return {pair[0]: " ".join(pair[1:]) for pair in pairs}


def test_the_reference_has_rules_of_every_section(rules: set[str]) -> None:
    assert {rule[0] for rule in rules} == set("ABCDEFGHIJK")
    assert len(rules) > 400


def test_every_rule_is_named_by_a_test_or_listed_as_not_covered(
    root: Path, rules: set[str]
) -> None:
    assert rules - named(root) == set(listed())


def test_tests_name_no_rule_that_the_reference_does_not_have(root: Path, rules: set[str]) -> None:
    assert named(root) - rules == set()


def test_every_rule_that_is_not_covered_has_its_reason() -> None:
    assert [rule for rule, reason in listed().items() if not reason] == []
