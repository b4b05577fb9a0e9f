"""Engine and writer are killed again and again, and in the end nothing shows of it.

Real processes, real signals, a database of their own. The points of death are drawn from a seed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import psycopg
import pytest

from tests.runtime.workload import steps

KILLS = 30
LONGEST_LIFE_SECONDS = 0.25
PATIENCE_SECONDS = 60


class Zygote:
    """Starts engines and writers on one data directory (tests/runtime/zygote.py)."""

    def __init__(self, root: Path, data: Path) -> None:
        self.root = root
        self.done = data / "done"
        self.done.mkdir()
        self.environment = {
            **os.environ, "NETVIZ_DATA": str(data), "PYTHONPATH": str(root),
            "DJANGO_SETTINGS_MODULE": "netviz.settings", "NETVIZ_LOG_LEVEL": "WARNING",
            "DATABASE_URL": own_database(os.environ.get("DATABASE_URL", ""), data.name),
        }  # fmt: skip
        for command in (
            ("migrate", "--skip-checks", "--verbosity", "0"),
            ("clusters", "make", "shop"),
        ):
            made = self.manage(*command)
            assert made.returncode == 0, made.stderr
        script = [sys.executable, "-m", "tests.runtime.zygote"]
        self.process = subprocess.Popen(
            script, cwd=root, env=self.environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self._pipe(self.process.stdout).readline() == "ready\n"

    def start(self, command: str) -> int:
        argument = f" {self.done}" if command == "writer" else ""
        given = self._pipe(self.process.stdin)
        given.write(f"{command}{argument}\n")
        given.flush()
        return int(self._pipe(self.process.stdout).readline())

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(self.root / "manage.py"), *arguments]
        return subprocess.run(
            command, cwd=self.root, env=self.environment, text=True, capture_output=True,
            check=False, timeout=PATIENCE_SECONDS,
        )  # fmt: skip

    @property
    def is_written(self) -> bool:
        return len(list(self.done.iterdir())) == len(list(steps()))

    def close(self) -> None:
        self._pipe(self.process.stdin).close()
        self.process.wait(timeout=10)
        self._pipe(self.process.stdout).close()

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe


def own_database(url: str, name: str) -> str:
    """Return the URL of a new database on the server of `url`; nothing for SQLite's own file."""
    if not url.startswith("postgres"):
        return ""
    database = "".join(mark for mark in name.lower() if mark.isalnum())
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {database}".encode())
        server.execute(f"CREATE DATABASE {database}".encode())
    return url.rpartition("/")[0] + f"/{database}"


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    while is_alive(pid):
        time.sleep(0.002)


@pytest.fixture
def zygote(root: Path, tmp_path: Path) -> Iterator[Zygote]:
    found = Zygote(root, tmp_path)
    yield found
    found.close()


def outcome(zygote: Zygote) -> Counter[str]:
    """Return what is in the cluster, told without anything that chance or time has chosen."""
    script = (
        "import django; django.setup()\nfrom tests.runtime.outcome import told\ntold('shop')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=zygote.root, env=zygote.environment, text=True,
        capture_output=True, check=True,
    )  # fmt: skip
    return Counter(json.loads(done.stdout))


def finish(zygote: Zygote) -> Counter[str]:
    """Let the writer and then the engine come to their ends, and verify."""
    writer = zygote.start("writer")
    until = time.monotonic() + PATIENCE_SECONDS
    while is_alive(writer) and time.monotonic() < until:
        time.sleep(0.02)
    assert zygote.is_written
    settled = zygote.manage("reconcile", "--once")
    assert settled.returncode == 0, settled.stderr
    verified = zygote.manage("verify")
    assert verified.stdout == "shop: equal\n", verified.stdout + verified.stderr
    return outcome(zygote)


def test_being_killed_at_any_moment_changes_nothing(
    zygote: Zygote, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    chance = random.Random(30)  # noqa: S311 - drawn to be repeated
    alive = {"engine": zygote.start("engine"), "writer": zygote.start("writer")}
    for _kill in range(KILLS):
        time.sleep(chance.uniform(0, LONGEST_LIFE_SECONDS))
        victim = chance.choice(("engine", "engine", "writer"))
        kill(alive[victim])
        alive[victim] = zygote.start(victim)
    for pid in alive.values():
        kill(pid)
    disturbed = finish(zygote)

    calm = Zygote(root, tmp_path_factory.mktemp("calm"))
    try:
        undisturbed = finish(calm)
    finally:
        calm.close()

    assert disturbed == undisturbed
