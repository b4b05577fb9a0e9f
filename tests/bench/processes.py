"""Programs to measure: started as a user starts them, read through /proc."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROC = Path("/proc")
WORDS = {"engine": "reconcile", "web": "cluster.live.server"}
"""What the command line of each measured process has in it."""


def environment(data: Path, **more: str) -> dict[str, str]:
    """Return the environment of a netviz whose data lies in `data`."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "netviz.settings",
        "NETVIZ_DATA": str(data),
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "PYTHONPATH": str(ROOT),
        **more,
    }


def figures_of(program: str, *arguments: str, data: Path) -> dict[str, float]:
    """Run a measurement in a process of its own; returns the figures that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.program", program, *arguments],
        cwd=ROOT,
        env=environment(data),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


@contextmanager
def served(data: Path, ports: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Run `netviz serve`; gives the process ids of its children by name: `web`, `engine`."""
    named = {name: str(port) for name, port in ports.items()}
    with subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=environment(data, **named),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert any(line.startswith("netviz is at ") for line in process.stdout)
        try:
            yield children_of(process.pid)
        finally:
            process.terminate()
            process.communicate(timeout=60)


def children_of(parent: int) -> dict[str, int]:
    """Return the children of `netviz serve`, told apart by their command lines."""
    found: dict[str, int] = {}
    for folder in PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_text()
        except OSError:
            continue
        if int(status[1]) == parent:
            found |= {name: int(folder.name) for name, word in WORDS.items() if word in command}
    return found


def resident_mb(pid: int | str = "self") -> float:
    """Return the memory of a process that is in RAM, in MB."""
    return _status(pid, "VmRSS")


def peak_mb(pid: int | str = "self") -> float:
    """Return the most memory that a process ever had in RAM, in MB."""
    return _status(pid, "VmHWM")


def _status(pid: int | str, name: str) -> float:
    for line in (PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith(name):
            return round(int(line.split()[1]) / 1024)
    return 0.0
