"""Starts engines and writers fast: a process that has imported everything forks on command.

Reads lines `engine` and `writer FOLDER` from standard input and answers each with the id of a
process of its own, which the test kills. Run as a module, with the environment of netviz.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - Django is set up first

from cluster.runtime import loop  # noqa: E402
from tests.runtime import workload  # noqa: E402


def main() -> None:
    """Say that everything is imported, and fork until the input ends."""
    assert callable(loop.EngineLoop)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    answer("ready")
    for line in sys.stdin:
        command, _space, argument = line.strip().partition(" ")
        pid = os.fork()
        if pid:
            answer(str(pid))
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        try:
            if command == "engine":
                call_command("reconcile")
            else:
                workload.write(Path(argument))
        finally:
            os._exit(0)


def answer(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
