"""Every example of a help page has the finding that it is an example of."""

from __future__ import annotations

import pytest
import yaml

from cluster.questions.finding_examples import EXAMPLES
from cluster.questions.rules import FINDINGS
from tests.questions.asking import ask, cluster

SHOWN = [rule for rule, example in EXAMPLES.items() if example.objects]


def test_every_rule_has_an_example_or_says_what_it_would_be() -> None:
    assert EXAMPLES.keys() == FINDINGS.keys()
    assert all(example.objects or example.note for example in EXAMPLES.values())
    assert all(example.found.endswith((".", "?")) for example in EXAMPLES.values())


@pytest.mark.parametrize("rule", SHOWN)
def test_an_example_has_its_finding(rule: str) -> None:
    example = EXAMPLES[rule]
    text = yaml.safe_dump_all([dict(item) for item in example.objects])

    found = ask(cluster(text, **dict(example.settings)), "findings")["findings"]

    assert rule in {each["rule"] for each in found}
