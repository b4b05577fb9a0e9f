"""Measurements: everything in this folder is marked `bench` and runs with `make bench` alone.

The figures of all sizes are printed as one table at the end. Sizes are chosen by
`NETVIZ_BENCH_SIZES`: `1k` alone takes three minutes, `1k,10k` is measured where it is not set, and
`150k` takes ten minutes and 3 GB.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DEFAULT_SIZES = "1k,10k"
FIGURES = pytest.StashKey[dict[str, dict[str, float]]]()
ROWS = (
    ("import_ndjson_s", "import, NDJSON: read, check, store", "s"),
    ("import_yaml_s", "import, YAML: read, check, store", "s"),
    ("settle_s", "load the engine and work out everything that follows", "s"),
    ("import_peak_mb", "memory of the importing process, peak", "MB"),
    ("engine_s", "engine: load and ask every rule", "s"),
    ("replica_s", "replica: load and find everything", "s"),
    ("verify_s", "verify: work out anew and compare", "s"),
    ("differences", "verify: differences found", ""),
    ("flip_write_ms", "flip: write", "ms"),
    ("flip_engine_ms", "flip: engine's steps", "ms"),
    ("flip_replica_ms", "flip: replica", "ms"),
    ("flip_diff_ms", "flip: draw and encode the difference", "ms"),
    ("flip_p50_ms", "flip to encoded difference, p50", "ms"),
    ("flip_p95_ms", "flip to encoded difference, p95", "ms"),
    ("browser_p50_ms", "flip to a browser's socket, p50", "ms"),
    ("browser_p95_ms", "flip to a browser's socket, p95", "ms"),
    ("last_browser_p50_ms", "flip to the last of 100 sockets, p50", "ms"),
    ("last_browser_p95_ms", "flip to the last of 100 sockets, p95", "ms"),
    ("L0_ms", "map L0, drawn and encoded", "ms"),
    ("L1_ms", "map L1 of the whole cluster", "ms"),
    ("L1_namespace_ms", "map L1 of one namespace", "ms"),
    ("endpoints_ms", "endpoints diagram of 40 Pods", "ms"),
    ("first_page_s", "first page after a start", "s"),
    ("page_L0_ms", "map L0 over HTTP", "ms"),
    ("page_L1_ms", "map L1 over HTTP", "ms"),
    ("search_ms", "search, the slowest of fourteen queries", "ms"),
    ("selectors_s", "every distinct selector asked, processor time", "s"),
    ("slices_s", "every EndpointSlice made, processor time", "s"),
    ("dns_s", "every DNS record made, processor time", "s"),
    ("past_first_s", "looking back: the first look", "s"),
    ("past_step_ms", "looking back: one step further", "ms"),
    ("lookup_us", "DNS: one lookup of a Service", "us"),
    ("lookup_host_us", "DNS: one lookup of an endpoint's host name", "us"),
    ("paint_ms", "600 cards and lines: JSON to first paint", "ms"),
    ("pan_ms", "600 cards and lines: frame while panning, p95", "ms"),
    ("delta_ms", "600 cards and lines: a change of 10 cards", "ms"),
    ("stress_paint_ms", "20,000 cards: JSON to first paint", "ms"),
    ("stress_near_ms", "20,000 cards: frame while panning, p95", "ms"),
    ("stress_far_ms", "20,000 cards, far out: frame while panning, p95", "ms"),
    ("stress_near_elements", "20,000 cards: SVG elements in the page, at most", ""),
    ("stress_far_elements", "20,000 cards, far out: SVG elements, at most", ""),
    ("kube_table_ms", "API: list of all Pods as a Table", "ms"),
    ("kube_chunks_ms", "API: the same in chunks of 500, as kubectl lists", "ms"),
    ("kube_json_ms", "API: list of all Pods whole", "ms"),
    ("kube_get_ms", "API: get one Pod, p50", "ms"),
    ("kube_apply_p50_ms", "API: apply one object (get and patch), p50", "ms"),
    ("kube_apply_p95_ms", "API: apply one object (get and patch), p95", "ms"),
    ("kube_server_apply_p50_ms", "API: server-side apply of one object, p50", "ms"),
    ("kube_server_apply_p95_ms", "API: server-side apply of one object, p95", "ms"),
    ("kube_event_p50_ms", "API: write to a watcher, p50", "ms"),
    ("kube_event_p95_ms", "API: write to a watcher, p95", "ms"),
    ("kube_last_event_p50_ms", "API: write to the last of 500 watchers, p50", "ms"),
    ("kube_last_event_p95_ms", "API: write to the last of 500 watchers, p95", "ms"),
    ("engine_mb", "memory of the engine process", "MB"),
    ("web_mb", "memory of the web process", "MB"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what this folder holds; the hook sees the items of every folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.bench)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run for every size that was asked for."""
    if "size_name" in metafunc.fixturenames:
        names = os.environ.get("NETVIZ_BENCH_SIZES", DEFAULT_SIZES).split(",")
        metafunc.parametrize("size_name", names)


@pytest.fixture
def figures(pytestconfig: pytest.Config) -> dict[str, dict[str, float]]:
    """Return the figures by size, to be filled."""
    return pytestconfig.stash.setdefault(FIGURES, {})


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the table, as Markdown."""
    found = config.stash.get(FIGURES, {})
    if found:
        terminalreporter.write_line("")
        terminalreporter.write_line("\n".join(table(found)))


def table(found: dict[str, dict[str, float]]) -> list[str]:
    """Return the lines of a table: a row per figure, a column per size."""
    lines = [
        machine(),
        "",
        f"| | {' | '.join(found)} |",
        f"|---|{'---:|' * len(found)}",
    ]
    for name, label, unit in ROWS:
        cells = [rounded(column.get(name), unit) for column in found.values()]
        if any(cells):
            lines.append(f"| {label} | {' | '.join(cells)} |")
    return lines


def rounded(value: float | None, unit: str) -> str:
    """Return a figure with as many digits as mean something."""
    if value is None:
        return ""
    digits = 0 if unit in {"", "MB"} or value >= 100 else 1 if value >= 0.1 else 3
    return f"{value:.{digits}f} {unit}".strip()


def machine() -> str:
    """Return what the figures were measured on, and how busy it was."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[2]
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}, "
        f"SQLite; load {load:.1f} in the last quarter of an hour"
    )
