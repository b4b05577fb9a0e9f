"""The clusters that are measured, and the files that hold them.

They come from `../shared/bench/generate_cluster.py`, which always writes the same bytes.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

GENERATOR = Path(__file__).resolve().parents[3] / "shared" / "bench" / "generate_cluster.py"


@dataclass(frozen=True)
class Size:
    """One cluster: how many objects of each kind, and its name (`10k` Pods)."""

    name: str
    nodes: int
    pods: int
    services: int
    policies: int
    namespaces: int

    @property
    def documents(self) -> int:
        """How many documents its file has."""
        return self.nodes + self.pods + self.services + self.policies + self.namespaces


SIZES = (
    Size("1k", 50, 1_000, 100, 150, 20),
    Size("10k", 500, 10_000, 1_000, 1_500, 200),
    Size("150k", 5_000, 150_000, 10_000, 20_000, 3_000),
)


def size_called(name: str) -> Size:
    """Return a size by its name; raises ValueError for one that there is not."""
    for size in SIZES:
        if size.name == name:
            return size
    raise ValueError(f"no size {name!r}; known are {', '.join(size.name for size in SIZES)}")


def write_cluster(size: Size, form: str, folder: Path) -> Path:
    """Write a cluster as `ndjson` or `yaml`; returns the file."""
    path = folder / f"{size.name}.{'jsonl' if form == 'ndjson' else form}"
    counts = {
        "--nodes": size.nodes, "--pods": size.pods, "--services": size.services,
        "--policies": size.policies, "--namespaces": size.namespaces, "--seed": 1,
    }  # fmt: skip
    arguments = [part for pair in counts.items() for part in map(str, pair)]
    subprocess.run(
        [sys.executable, str(GENERATOR), *arguments, "--format", form, "-o", str(path)],
        check=True,
        capture_output=True,
    )
    return path
