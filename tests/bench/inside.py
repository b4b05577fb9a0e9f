"""Measure a stored cluster in one process, without a server.

A replica's load, the views, `verify`, and one readiness flip all the way from the write over the
engine's step and the replica to the encoded difference of an endpoints diagram.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import quantiles

from cluster.live.drawing import Order, draw
from cluster.live.rights import Viewer
from cluster.live.source import Picture, ReplicaSource
from cluster.live.topics import Topic, topic_of
from cluster.runtime.reconcile import Reconciler
from cluster.runtime.replica import Replicas
from cluster.runtime.verify import verify
from cluster.store import find_cluster
from cluster.store.leases import give_up, take
from tests.bench import lookups
from tests.bench.flips import busy_service
from tests.bench.processes import resident_mb

FLIPS = 40
VIEWER = Viewer("", None, is_local=True)


def main() -> dict[str, float]:
    """Return seconds, milliseconds and MB by name."""
    found: dict[str, float] = {}
    replicas = Replicas()
    replica = replicas["big"]
    source = ReplicaSource(replicas)
    found["replica_s"] = seconds(replica.catch_up)
    found["replica_mb"] = resident_mb()
    service = busy_service(replica)
    endpoints = topic_of("big", f"view=endpoints&of={service.namespace}/{service.name}".encode())
    found |= {
        "L0_ms": view_ms(source, topic_of("big", b"lvl=L0")),
        "L1_ms": view_ms(source, topic_of("big", b"lvl=L1")),
        "L1_namespace_ms": view_ms(
            source, topic_of("big", f"lvl=L1&ns={service.namespace}".encode())
        ),
        "endpoints_ms": view_ms(source, endpoints),
    }
    take(find_cluster("big"), "bench", seconds=3600)
    engine = Reconciler("big", "bench")
    found["engine_s"] = seconds(lambda: settle(engine))
    picture = draw(source, Order(endpoints, 0, None, 0, {VIEWER}, set())).picture
    flips: list[dict[str, float]] = []
    for turn in range(FLIPS):
        assert picture is not None
        times = {
            "write": seconds(lambda: service.flip(turn)),  # noqa: B023 - run here
            "engine": seconds(lambda: settle(engine)),
            "replica": seconds(replica.catch_up),
        }
        started = time.perf_counter()
        picture = next_picture(source, endpoints, picture)
        flips.append(times | {"diff": time.perf_counter() - started})
    give_up("bench")
    for part in flips[0]:
        found[f"flip_{part}_ms"] = percentile([times[part] for times in flips], 50)
    found["flip_p50_ms"] = percentile([sum(times.values()) for times in flips], 50)
    found["flip_p95_ms"] = percentile([sum(times.values()) for times in flips], 95)
    started = time.perf_counter()
    found["differences"] = len(verify("big"))
    found["verify_s"] = time.perf_counter() - started
    return found | lookups.main(replica)


def view_ms(source: ReplicaSource, topic: Topic) -> float:
    """Return how long a view takes to be drawn and encoded, the best of three."""
    order = Order(topic, 0, None, 0, {VIEWER}, {VIEWER})
    return 1000 * min(seconds(lambda: draw(source, order)) for _turn in range(3))


def next_picture(source: ReplicaSource, topic: Topic, before: Picture) -> Picture:
    """Draw a view again and encode what differs, as the hub does for its members."""
    made = draw(source, Order(topic, 0, before, before.revision, {VIEWER}, set()))
    assert made.delta is not None, "a flip is to be seen in the diagram"
    assert made.picture is not None
    return made.picture


def settle(engine: Reconciler) -> None:
    """Step until nothing is left to do."""
    while not engine.step().is_idle:
        pass


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def percentile(times: list[float], percent: int) -> float:
    """Return a percentile of times in milliseconds."""
    return 1000 * quantiles(times, n=100, method="inclusive")[percent - 1]
