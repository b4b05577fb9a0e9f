"""`netviz check`: findings, and exit codes that a pipeline can gate on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from tests.management.running import BAD, LOST, WEB, Ran

Run = Callable[..., Ran]
BALANCER = WEB.replace("spec: {selector", "spec: {type: LoadBalancer, selector", 1)


def test_no_finding_is_silent_success(netviz: Run) -> None:
    assert netviz("check", "-", stdin=WEB) == Ran(0, "", "")


def test_a_finding_is_a_line_with_rule_object_and_field(netviz: Run) -> None:
    ran = netviz("check", "-", stdin=LOST)

    (line,) = ran.out.splitlines()
    assert (ran.code, ran.err) == (1, "")
    assert line.startswith("warning NV101 Service shop/lost spec.selector: ")


def test_invalid_input_outweighs_findings(netviz: Run) -> None:
    ran = netviz("check", "-", stdin=f"{LOST}---\n{BAD}")

    assert ran.code == 2
    assert "NV101" in ran.out
    assert "Service shop/bad: refused: " in ran.err


@pytest.mark.parametrize(
    ("severity", "code", "rules"), [("info", 1, ["NV110"]), ("warning", 0, []), ("error", 0, [])]
)
def test_severity_is_the_least_that_counts(
    netviz: Run, severity: str, code: int, rules: list[str]
) -> None:
    ran = netviz("check", "--severity", severity, "--format", "json", "-", stdin=BALANCER)

    found = orjson.loads(ran.out)["findings"]
    assert ran.code == code
    assert [finding["rule"] for finding in found] == rules


def test_json_tells_everything_of_a_finding(netviz: Run) -> None:
    ran = netviz("check", "--format", "json", "-", stdin=LOST)

    (found,) = orjson.loads(ran.out)["findings"]
    assert ran.code == 1
    assert found.keys() >= {"rule", "severity", "object", "path", "message", "help"}
    assert (found["rule"], found["object"]) == ("NV101", "Service shop/lost")


def test_the_gravest_finding_comes_first(netviz: Run) -> None:
    broken = (
        LOST.replace("lost", "named")
        .replace("app: nobody", "app: web")
        .replace("port: 80", "port: 80, targetPort: http")
    )

    ran = netviz("check", "-", stdin=f"{LOST}---\n{WEB}---\n{broken}")

    assert [line.split()[:2] for line in ran.out.splitlines()] == [
        ["error", "NV102"], ["warning", "NV101"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("again", "severity", "words"),
    [
        pytest.param(WEB, "info", "the same content", id="equal"),
        pytest.param(WEB.replace("8080", "9090"), "warning", "the last one counts", id="differs"),
    ],
)
def test_the_same_object_twice_is_found(
    netviz: Run, tmp_path: Path, again: str, severity: str, words: str
) -> None:
    (tmp_path / "a.yaml").write_text(WEB, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(again.split("---", maxsplit=1)[0], encoding="utf-8")

    ran = netviz("check", "--severity", "info", "--format", "json", tmp_path)

    (found,) = orjson.loads(ran.out)["findings"]
    assert (found["rule"], found["severity"]) == ("NV001", severity)
    assert found["object"] == "Service shop/web"
    assert words in found["message"]


def test_what_netviz_brings_itself_is_not_found(netviz: Run) -> None:
    """The DNS Service of a made-up cluster selects no Pod; that is nobody's mistake."""
    assert netviz("check", "--severity", "info", "-", stdin="") == Ran(0, "", "")


def test_a_stored_cluster_is_checked_like_its_manifests(stored_netviz: Run) -> None:
    loaded = stored_netviz("load", "--cluster", "shop", "-", stdin=LOST)

    ran = stored_netviz("check", "--cluster", "shop")

    assert loaded.code == 0
    assert ran.code == 1
    assert [line.split()[1] for line in ran.out.splitlines()] == ["NV101"]
    assert ran == stored_netviz("check", "-", stdin=LOST)


def test_a_cluster_that_does_not_exist_is_named(stored_netviz: Run) -> None:
    assert stored_netviz("check", "--cluster", "nowhere") == Ran(
        2, "", 'netviz check: clusters "nowhere" not found\n'
    )


def test_paths_without_any_manifest_are_told_of(netviz: Run, tmp_path: Path) -> None:
    ran = netviz("check", tmp_path)

    assert (ran.code, ran.out) == (0, "")
    assert ran.told == [f"{tmp_path}: notice: no manifest is there"]
