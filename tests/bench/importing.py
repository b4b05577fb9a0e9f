"""Measure one import into a new cluster."""

from __future__ import annotations

import time
from pathlib import Path

from django.core.management import call_command

from cluster.machinery.decode import Upload
from cluster.runtime.loading import load
from tests.bench.processes import peak_mb


def main(file: str) -> dict[str, float]:
    """Load a file in this process, which is the engine too; returns seconds and MB."""
    call_command("migrate", verbosity=0)
    started = time.perf_counter()
    applied = started

    def note(_done: int, _total: int) -> None:
        nonlocal applied
        applied = time.perf_counter()

    uploads = (Upload(path.name, path.read_bytes()) for path in [Path(file)])
    loaded = load(cluster="big", uploads=uploads, actor="bench", progress=note)
    ended = time.perf_counter()
    return {
        "documents": loaded.counts.total(),
        "refused": loaded.refused,
        "import_s": applied - started,
        "settle_s": ended - applied,
        "import_peak_mb": peak_mb(),
    }
