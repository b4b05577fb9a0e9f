"""Small questions on a loaded replica: DNS lookups, searching, and looking back."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from cluster.catalog import KINDS
from cluster.domains.dns.answers import resolve
from cluster.domains.service.service import Service
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.snapshot import Snapshot
from cluster.questions.search import find_objects
from cluster.runtime.past import History
from cluster.runtime.replica import Replica
from cluster.store import find_cluster

LOOKUPS = 2_000
MEMBERS = 100
STEPS = 10
WORDS = (
    "web", "a", "kind:svc cart", "10.0.11.1", "label:app=feed-1", "label:app", "feed",
    "web OR cart", "-web", "ip:10.0.0.0/16", "status:ready", "port:8080", "kind:pod",
    "policy:deny-all",
)  # fmt: skip


def main(replica: Replica) -> dict[str, float]:
    """Return microseconds, milliseconds and seconds by name; the replica is of no use after."""
    with replica.reading() as reading:
        snapshot, facts = reading.snapshot, reading.facts
        found = {
            "search_ms": max(
                best(partial(find_objects, snapshot, facts, text, limit=20, sees=bool)) * 1000
                for text in WORDS
            )
        }
        found |= lookups(snapshot)
    return found | past()


def lookups(snapshot: Snapshot) -> dict[str, float]:
    """Return how long one lookup takes, the best of three rounds, in microseconds."""
    service = next(item for item in snapshot.sorted(Service) if item.virtual_ips)
    domain = snapshot.settings.cluster_domain
    name = f"{service.meta.name}.{service.meta.namespace}.svc.{domain}."
    for manifest in members(service.meta.namespace):
        snapshot.put(KINDS[str(manifest["kind"])].parse(manifest))
    host = f"member-77.members.{service.meta.namespace}.svc.{domain}."
    assert resolve(snapshot, host, "A").answer
    return {
        "lookup_us": lookup_us(snapshot, name),
        "lookup_host_us": lookup_us(snapshot, host),
    }


def lookup_us(snapshot: Snapshot, name: str) -> float:
    """Return microseconds of one lookup of `name`."""

    def round_() -> None:
        for _turn in range(LOOKUPS):
            resolve(snapshot, name, "A")

    return best(round_) / LOOKUPS * 1_000_000


def members(namespace: str) -> list[Manifest]:
    """Return a headless Service and its slice of a hundred endpoints with host names."""
    endpoints: list[JSON] = [
        {"addresses": [f"10.9.0.{number}"], "hostname": f"member-{number}",
         "conditions": {"ready": True}}
        for number in range(MEMBERS)
    ]  # fmt: skip
    port: Manifest = {"name": "http", "port": 80, "protocol": "TCP"}
    return [
        {"apiVersion": "v1", "kind": "Service",
         "metadata": {"namespace": namespace, "name": "members"},
         "spec": {"clusterIP": "None", "clusterIPs": ["None"], "ports": [port]}},
        {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
         "metadata": {"namespace": namespace, "name": "members-1",
                      "labels": {"kubernetes.io/service-name": "members"}},
         "ports": [port], "endpoints": endpoints},
    ]  # fmt: skip


def past() -> dict[str, float]:
    """Return what the first look back takes, and one step of the time slider."""
    now = find_cluster("big").revision
    history = History("big")

    def look(revision: int) -> float:
        started = time.perf_counter()
        with history.at(revision):
            return time.perf_counter() - started

    first = look(now)
    steps = sorted(look(now - step) for step in range(1, STEPS + 1))
    return {"past_first_s": first, "past_step_ms": 1000 * steps[len(steps) // 2]}


def best(work: Callable[[], object]) -> float:
    """Return the seconds that `work` takes, the best of three."""
    times: list[float] = []
    for _turn in range(3):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)
