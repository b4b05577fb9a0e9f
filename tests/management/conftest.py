"""The console script, called in this process or as a process of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from cluster.runtime import replica
from netviz.cli import main
from tests.management.running import Ran

SCRIPT = Path(sys.executable).parent / "netviz"


@pytest.fixture
def netviz(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """Return a function that runs the console script in this process."""

    def run(*arguments: object, stdin: str = "") -> Ran:
        given = io.TextIOWrapper(io.BytesIO(stdin.encode()))
        monkeypatch.setattr(sys, "stdin", given)
        capsys.readouterr()
        code = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(bool(end.code))
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run


@pytest.fixture
def stored_netviz(
    transactional_db: None, netviz: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """Return the console script with a database, which each command closes when it ends."""
    monkeypatch.setattr(replica.replicas, "_replicas", {})  # one per test database
    return netviz


@pytest.fixture
def nowhere(tmp_path: Path) -> Mapping[str, str]:
    """Return an environment whose data directory does not exist."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "NETVIZ_DATA": str(tmp_path / "nowhere")}


@pytest.fixture
def process(nowhere: Mapping[str, str], tmp_path: Path) -> Callable[..., Ran]:
    """Return a function that runs the console script as a process without any data."""

    def run(*arguments: object, stdin: str = "") -> Ran:
        done = subprocess.run(
            [str(SCRIPT), *map(str, arguments)], input=stdin.encode(), env=nowhere, cwd=tmp_path,
            capture_output=True, check=False, timeout=60,
        )  # fmt: skip
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
