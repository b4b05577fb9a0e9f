"""The commands that ask questions: what they print, and the exit codes that pipelines read."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from django.core.management import call_command
from django.core.management.base import CommandError

from cluster import store
from cluster.questions.session import answer_line
from cluster.runtime import replica
from cluster.runtime.loop import EngineLoop
from tests.management.running import Ran
from tests.questions.asking import deployment, policy, service

OBJECTS: list[Any] = [deployment("shop/web"), deployment("shop/db", port=5432, name="pg"),
           service("shop/db", 5432, "pg")]  # fmt: skip
DENY = policy("shop/db", "{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]}")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command; returns its exit code and what it printed."""

    def running(*words: str) -> Ran:
        code = 0
        try:
            call_command(*words)
        except SystemExit as end:
            code = int(end.code or 0)
        except CommandError as error:
            code = error.returncode
            sys.stderr.write(str(error))
        sys.stdout.flush()
        printed = capfd.readouterr()
        return Ran(code, printed.out, printed.err)

    return running


def written(path: Path, *objects: Any) -> str:
    path.write_text(yaml.safe_dump_all(objects))
    return str(path)


def test_reach_prints_rows(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path / "all.yaml", *OBJECTS, DENY)
    code, out, _err = run("reach", path, "--from", "shop/db", "--to", "shop")

    assert (code, out) == (0, "shop/db[Deployment] => shop/web[Deployment] : all ports\n")


@pytest.mark.parametrize(
    ("words", "question"),
    [
        (["reach"], {"ask": "reach"}),
        (
            ["trace", "--from", "shop/web", "--to", "db.shop:5432"],
            {"ask": "trace", "from": "shop/web", "to": "db.shop:5432"},
        ),
    ],
)
def test_json_is_what_ask_answers(
    run: Run, tmp_path: Path, words: list[str], question: dict[str, str]
) -> None:
    path = written(tmp_path / "all.yaml", *OBJECTS)
    _code, out, _err = run(words[0], path, *words[1:], "--format", "json")
    line: Any = {"id": "x", "objects": OBJECTS, "questions": [question]}
    answers: Any = answer_line(line)["answers"]
    (expected,) = answers

    assert out.encode() == orjson.dumps(expected) + b"\n"


@pytest.mark.parametrize(("objects", "code"), [(OBJECTS, 0), ([*OBJECTS, DENY], 1)])
def test_trace_exits_by_its_verdict(
    run: Run, tmp_path: Path, objects: list[Any], code: int
) -> None:
    path = written(tmp_path / "all.yaml", *objects)
    found, out, _err = run("trace", path, "--from", "shop/web", "--to", "db:5432")

    assert found == code
    assert out.startswith("REACHES" if code == 0 else "BLOCKED at step 8 of 9")


@pytest.mark.parametrize(
    "words",
    [
        ["reach"],
        ["reach", "{path}", "--cluster", "demo"],
        ["reach", "{path}", "--to", "nowhere"],
        ["reach", "nothing-here.yaml"],
        ["trace", "{path}", "--from", "shop/x", "--to", "shop/db"],
        ["plan", "{path}"],
        ["export", "{path}", "--view", "endpoints", "--of", "shop/x"],
    ],
)
def test_what_cannot_be_asked_exits_2_with_a_reason(
    run: Run, tmp_path: Path, words: list[str]
) -> None:
    path = written(tmp_path / "all.yaml", *OBJECTS)
    code, out, err = run(*(word.replace("{path}", path) for word in words))

    assert (code, out) == (2, "")
    assert err


def test_refused_objects_exit_2_but_the_rest_is_answered(run: Run, tmp_path: Path) -> None:
    bad = policy("shop/bad", "{podSelector: {}, ingress: [{ports: [{port: 70000}]}]}")
    path = written(tmp_path / "all.yaml", *OBJECTS, bad)
    code, out, err = run("reach", path)

    assert code == 2
    assert "=> shop/db[Deployment]     : all ports" in out
    assert "NetworkPolicy shop/bad" in err


@pytest.mark.parametrize(("head", "code"), [(OBJECTS, 0), ([*OBJECTS, DENY], 1)])
def test_plan_exits_by_whether_anything_changes(
    run: Run, tmp_path: Path, head: list[Any], code: int
) -> None:
    base = written(tmp_path / "base.yaml", *OBJECTS)
    found, out, _err = run("plan", base, written(tmp_path / "head.yaml", *head))

    assert found == code
    assert ("Nothing changes" in out) == (code == 0)


@pytest.mark.parametrize(
    ("form", "start"), [("mermaid", "flowchart LR"), ("dot", "digraph"), ("json", '{"rev":')]
)
def test_export_prints_a_view(run: Run, tmp_path: Path, form: str, start: str) -> None:
    path = written(tmp_path / "all.yaml", *OBJECTS)
    code, out, _err = run(
        "export", path, "--view", "endpoints", "--of", "shop/db", "--format", form
    )

    assert code == 0
    assert out.startswith(start)


def test_names_cannot_steer_a_terminal(run: Run, tmp_path: Path) -> None:
    odd = 'metadata: {name: "x\\e[31m", namespace: shop}\nkind: Pod\napiVersion: v1\n'
    (tmp_path / "odd.yaml").write_text(odd)
    code, out, err = run("reach", str(tmp_path / "odd.yaml"))

    assert code == 2
    assert "\x1b" not in out + err


@pytest.mark.django_db
def test_a_cluster_that_is_not_stored_exits_2(run: Run) -> None:
    code, out, err = run("reach", "--cluster", "nowhere")

    assert (code, out) == (2, "")
    assert "nowhere" in err


@pytest.mark.django_db(transaction=True)
def test_a_stored_cluster_answers_what_its_manifests_answer(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica.replicas, "_replicas", {})  # one per test database
    path = written(tmp_path / "all.yaml", *OBJECTS, DENY)
    store.make_cluster(name="shop", actor="tests")
    space: Any = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    store.write_batch(
        cluster="shop", documents=[space, *OBJECTS, DENY], actor="ana",
        options=store.Options(mode="import"),
    )  # fmt: skip
    EngineLoop().run_until_idle()
    ends = ("--from", "shop", "--to", "shop")
    reached = run("reach", "--cluster", "shop", *ends)
    blocked = run("trace", "--cluster", "shop", "--from", "shop/web", "--to", "shop/svc/db")
    planned = run("plan", "--cluster", "shop", written(tmp_path / "head.yaml", *OBJECTS))

    assert reached[:2] == run("reach", path, *ends)[:2]
    assert (blocked[0], "NetworkPolicy shop/db isolates" in blocked[1]) == (1, True)
    assert (planned[0], "- NetworkPolicy shop/db" in planned[1]) == (1, True)
    assert "- Namespace" not in planned[1]
