"""Figures of the policy index, and that its verdicts stay those of the plain reading.

The goals allow for a machine that others use: figures of the same run are compared where that is
possible, and the others have about three times the room they need.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.bench.processes import figures_of
from tests.bench.sizes import GENERATOR, size_called, write_cluster

GOALS = {
    "count_s": 2.0,
    "point_us_p99": 5.0,
    "explained_us_p99": 100.0,
    "row_us_p50": 30_000.0,
    "pod_us_p99": 1_000.0,
    "policy_us_p50": 1_000.0,
    "policy_us_p99": 25_000.0,
    "build_mb": 500.0,
}


def test_verdicts_are_right_and_as_fast_as_promised(
    size_name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not GENERATOR.exists() and not os.environ.get("CI"):
        pytest.skip("../shared/bench is not here")
    size = size_called(size_name)
    file = write_cluster(size, "ndjson", tmp_path)
    found = figures_of("verdicts", str(file), data=tmp_path)
    with capsys.disabled():
        print(f"\nNetworkPolicy, {size.name} Pods, {size.policies:,} policies")  # noqa: T201
        for name, value in found.items():
            goal = f"{GOALS[name]:>14,.1f}" if name in GOALS else ""
            print(f"  {name:18}{value:14,.2f}{goal}")  # noqa: T201

    assert found.get("differences", 0) == 0
    assert found["build_s"] <= 2 * found["parse_s"]
    if "plain_us" in found:
        assert found["point_us_p50"] * 5 <= found["plain_us"]
    assert {name: found[name] for name, goal in GOALS.items() if found[name] > goal} == {}
