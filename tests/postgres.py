"""A PostgreSQL server for tests: one that is lent, else one of our own that is thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAMS = "/usr/lib/postgresql"
START_SECONDS = 60


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL programs of this machine, None without any."""
    on_path = shutil.which("initdb")
    found = sorted(
        Path(PROGRAMS).glob("*/bin/initdb"), key=lambda file: float(file.parent.parent.name)
    )
    if found:
        return found[-1].parent
    return Path(on_path).parent if on_path else None


def unavailable(reason: str) -> None:
    """Skip the test, or fail it where CI promises everything."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def server() -> Iterator[str]:
    """Give the URL of a PostgreSQL server: NETVIZ_TEST_POSTGRES_URL, or one just started."""
    lent = os.environ.get("NETVIZ_TEST_POSTGRES_URL")
    if lent:
        yield lent
        return
    binaries = programs()
    if binaries is None:
        unavailable("no PostgreSQL: set NETVIZ_TEST_POSTGRES_URL or install postgresql")
        return
    with tempfile.TemporaryDirectory(prefix="netviz-postgres-") as folder:
        yield from _own_server(binaries, Path(folder))


def _own_server(binaries: Path, folder: Path) -> Iterator[str]:
    user = _user()
    if user is not None:
        shutil.chown(folder, user=user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"

    def run(*command: object) -> None:
        subprocess.run(
            [str(part) for part in command],
            check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, timeout=START_SECONDS,
        )  # fmt: skip

    run(binaries / "initdb", "-D", data, "-U", "netviz", "--auth=trust", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c fsync=off -k {folder}"
    control = binaries / "pg_ctl"
    run(control, "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
    try:
        yield f"postgres://netviz@127.0.0.1:{port}/postgres"
    finally:
        run(control, "-D", data, "-m", "immediate", "-w", "stop")


def _user() -> str | None:
    """Return the user to run as where we are root, which PostgreSQL refuses; None otherwise."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    return None
