"""The console script as a process: exit codes, pipes, and that nothing is left behind."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.management.conftest import SCRIPT
from tests.management.running import BAD, LOST, UNKNOWN, WEB, Ran, line

Process = Callable[..., Ran]


@pytest.mark.parametrize(
    ("arguments", "stdin", "code"),
    [
        pytest.param(("ask",), line(id=1, questions=[{"ask": "objects"}]), 0, id="ask"),
        pytest.param(("ask",), "{\n", 0, id="ask what is no JSON"),
        pytest.param(("simulate", "-"), WEB, 0, id="simulate"),
        pytest.param(("simulate", "-"), BAD, 2, id="simulate a mistake"),
        pytest.param(("simulate", "-"), UNKNOWN, 0, id="simulate an unknown kind"),
        pytest.param(("check", "-"), WEB, 0, id="check"),
        pytest.param(("check", "-"), LOST, 1, id="check a finding"),
        pytest.param(("check", "-"), BAD, 2, id="check a mistake"),
        pytest.param(("check", "--nonsense"), "", 2, id="an unknown option"),
        pytest.param(("verify",), "", 2, id="verify without a database"),
        pytest.param(("clusters",), "", 2, id="clusters without a database"),
        pytest.param(("drill", "cordon", "node-1"), "", 2, id="drill without a database"),
        pytest.param(("check", "--cluster", "demo"), "", 2, id="a cluster without a database"),
    ],
)
def test_nothing_is_made_where_nothing_is_kept(
    process: Process, nowhere: Mapping[str, str], arguments: tuple[str, ...], stdin: str, code: int
) -> None:
    ran = process(*arguments, stdin=stdin)

    assert ran.code == code
    assert "Traceback" not in ran.err
    assert not Path(nowhere["NETVIZ_DATA"]).exists()


def test_a_missing_database_says_what_makes_one(process: Process) -> None:
    (told,) = process("verify").told

    assert told.startswith("netviz verify: the database cannot be read: ")
    assert "`netviz load`" in told


def test_a_reader_that_goes_away_ends_the_command_quietly(
    nowhere: Mapping[str, str], tmp_path: Path
) -> None:
    many = tmp_path / "many.yaml"
    many.write_text("---\n".join(WEB.replace("web", f"w{n}") for n in range(20)), encoding="utf-8")

    with subprocess.Popen(
        [str(SCRIPT), "simulate", str(many)], env=nowhere, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert running.stderr is not None
        first = running.stdout.readline()
        running.stdout.close()
        told = running.stderr.read()
        code = running.wait(timeout=60)

    assert first == b"---\n"
    assert told == b""
    assert code == 128 + 13


def test_ask_answers_before_the_next_line_is_sent(nowhere: Mapping[str, str]) -> None:
    with subprocess.Popen(
        [str(SCRIPT), "ask"], env=nowhere, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        answers = []
        for name in ("first", "second"):
            running.stdin.write(line(id=name).encode())
            running.stdin.flush()
            answers.append(running.stdout.readline())
        running.stdin.close()
        code = running.wait(timeout=60)

    assert code == 0
    assert answers == [b'{"id":"first","answers":[],"refused":[]}\n',
                       b'{"id":"second","answers":[],"refused":[]}\n']  # fmt: skip
