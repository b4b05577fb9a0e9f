"""Situations of a cluster, and what a real one would make of them.

`<domain>/<situation>.input.yaml` is a line of `netviz ask` (settings, objects, steps, questions)
with a header: `name`, `claim` in one sentence, and `source`, where the expectation comes from: ids
of the rules in ../shared/semantics.md or a page of Kubernetes' documentation.
`<situation>.expected.yaml` says what must hold, in the language of `matching.py`; what it does not
say about refusals means that there are none.
"""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest

from cluster.machinery.manifest import Manifest
from cluster.questions.session import answer_line
from tests.scenarios.matching import Bindings, load, mismatches

HERE = Path(__file__).resolve().parent
DOMAINS = (
    "service", "dns", "proxy", "endpointslices", "dual_stack", "workload", "scheduling",
    "ingress", "policy", "garbage", "drills",
)  # fmt: skip
INPUTS = sorted(HERE.glob("*/*.input.yaml"))
HEADER = {"name", "claim", "source"}
LINE = {"cluster", "objects", "steps", "questions"}
SOURCE = re.compile(r"[A-L]-\d+[a-z]?|questions\.md|https://kubernetes\.io/docs/\S+")


def situation(file: Path) -> str:
    return f"{file.parent.name}/{file.name.removesuffix('.input.yaml')}"


def expectation_of(file: Path) -> Path:
    return file.with_name(file.name.replace(".input.", ".expected."))


def mapping_in(file: Path) -> dict[str, object]:
    found = load(file.read_text(encoding="utf-8"))
    assert isinstance(found, dict), f"{file} must hold a mapping"
    return found


def line_of(file: Path) -> Manifest:
    """Return the line of `netviz ask`, with the types that JSON gives it."""
    asked = {key: value for key, value in mapping_in(file).items() if key in LINE}
    line: Manifest = orjson.loads(orjson.dumps({"id": situation(file), **asked}))
    return line


@pytest.mark.parametrize("file", INPUTS, ids=situation)
def test_a_cluster_does(file: Path) -> None:
    expected = {"refused": [], "error": None, **mapping_in(expectation_of(file))}

    answer = {"error": None, **answer_line(line_of(file))}

    wrong = list(mismatches(expected, answer, Bindings()))
    assert not wrong, "\n".join([str(mapping_in(file)["claim"]), *wrong])


@pytest.mark.parametrize("file", INPUTS, ids=situation)
def test_the_header_says_what_and_why(file: Path) -> None:
    found = mapping_in(file)

    assert found.keys() >= HEADER
    assert found.keys() <= HEADER | LINE
    assert str(found["claim"]).endswith(".")
    sources = str(found["source"]).split(", ")
    assert [text for text in sources if not SOURCE.fullmatch(text)] == []


def test_every_input_has_its_expectation_and_no_expectation_stands_alone() -> None:
    expected = {expectation_of(file) for file in INPUTS}

    assert expected == set(HERE.glob("*/*.expected.yaml"))


def test_names_of_scenarios_do_not_repeat() -> None:
    names = [str(mapping_in(file)["name"]) for file in INPUTS]

    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_domain_has_scenarios(domain: str) -> None:
    assert list((HERE / domain).glob("*.input.yaml"))
