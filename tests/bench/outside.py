"""Measure a running netviz from outside: its pages, and one readiness flip until a socket hears.

The clients share the machine with the server, as everything here does.
"""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable

from cluster.runtime.replica import Replica
from tests.bench.flips import Busy, busy_service
from tests.bench.inside import percentile

FLIPS = 30
SECONDS_BETWEEN = 0.3
MOST_SECONDS = 600


def main(url: str, clients: str) -> dict[str, float]:
    """Return milliseconds and seconds by name; `clients` sockets look at the same diagram."""
    started = time.perf_counter()
    get(f"{url}/c/big/map?lvl=L0")
    first = time.perf_counter() - started
    found = {"first_page_s": first}
    for level in ("L0", "L1"):
        found[f"page_{level}_ms"] = min(
            1000 * timed_get(f"{url}/c/big/graph?view=map&lvl={level}") for _turn in range(3)
        )
    return found | flips(url, busy_service(Replica("big")), int(clients))


def get(url: str) -> bytes:
    """Return the body of a page."""
    with urllib.request.urlopen(url, timeout=MOST_SECONDS) as response:  # noqa: S310 - our server
        body: bytes = response.read()
    return body


def timed_get(url: str) -> float:
    """Return how many seconds a page takes."""
    started = time.perf_counter()
    get(url)
    return time.perf_counter() - started


def flips(url: str, service: Busy, clients: int) -> dict[str, float]:
    """Flip Pods, and time until the first and the last client has been told."""
    query = f"view=endpoints&of={service.namespace}/{service.name}"
    address = f"ws://{url.removeprefix('http://')}/ws/c/big/graph?{query}"
    firsts: list[float] = []
    lasts: list[float] = []
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.listening", address, url, str(clients)],
        stdout=subprocess.PIPE,
        text=True,
    ) as listener:
        assert listener.stdout is not None
        told(listener.stdout, clients, after=0)
        for turn in range(FLIPS):
            time.sleep(SECONDS_BETWEEN)
            started = time.perf_counter()
            revision = service.flip(turn)
            came = told(listener.stdout, clients, after=revision)
            firsts.append(min(came) - started)
            lasts.append(max(came) - started)
        listener.terminate()
    return {
        "browser_p50_ms": percentile(firsts, 50),
        "browser_p95_ms": percentile(firsts, 95),
        "last_browser_p50_ms": percentile(lasts, 50),
        "last_browser_p95_ms": percentile(lasts, 95),
    }


def told(lines: Iterable[str], clients: int, *, after: int) -> list[float]:
    """Return when each client was first told of a revision after `after`.

    A flip's own write changes no endpoint: the engine's writes, which follow it, do.
    """
    came: dict[str, float] = {}
    for line in lines:
        client, revision, when = line.split()
        if int(revision) > after:
            came.setdefault(client, float(when))
        if len(came) == clients:
            break
    assert len(came) == clients, "every client is told of every flip"
    return list(came.values())
