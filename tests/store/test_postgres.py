"""The store on PostgreSQL: every test of this folder and of the runtime once more."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import server

FOLDERS = ("tests/store", "tests/runtime")


@pytest.mark.postgres
@pytest.mark.skipif("postgres" in os.environ.get("DATABASE_URL", ""), reason="this is that run")
def test_store_and_runtime_pass_on_postgresql(root: Path) -> None:
    with server() as url:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *FOLDERS]
        done = subprocess.run(
            command, check=False, cwd=root, capture_output=True, text=True,
            env={**os.environ, "DATABASE_URL": url},
        )  # fmt: skip

    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
