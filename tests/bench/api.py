"""Measure the Kubernetes API of a running netviz from outside, as kubectl asks it."""

from __future__ import annotations

import http.client
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.contrib.auth.models import User

from cluster.runtime.tokens import token_of
from tests.bench.inside import percentile

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
BASE = "/clusters/big"
PODS = "/api/v1/pods"
TURNS = 50
WATCHERS = 500
MADE = 20
PACE_SECONDS = 0.1


class Client:
    """One connection that stays open."""

    def __init__(self, url: str, token: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
        self.headers = {"Authorization": f"Bearer {token}"}

    def ask(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        sent = self.headers | {"Content-Type": "application/json"} | dict(headers or {})
        raw = None if body is None else json.dumps(body)
        self.connection.request(method, BASE + path, raw, sent)
        response = self.connection.getresponse()
        read = response.read()
        assert response.status in {200, 201}, read[:500]
        found: dict[str, Any] = orjson.loads(read)
        return found


def main(url: str) -> dict[str, float]:
    """Return milliseconds by name."""
    user, _made = User.objects.get_or_create(username="bench", is_superuser=True)
    client = Client(url, token_of(user))
    client.ask("GET", "/api/v1/pods?limit=1")
    found = {
        "kube_table_ms": best(lambda: client.ask("GET", PODS, headers={"Accept": TABLE})),
        "kube_chunks_ms": best(lambda: in_chunks(client)),
        "kube_json_ms": best(lambda: client.ask("GET", PODS)),
    }  # fmt: skip
    item = client.ask("GET", "/api/v1/pods?limit=1")["items"][0]["metadata"]
    pod = f"/api/v1/namespaces/{item['namespace']}/pods/{item['name']}"
    found["kube_get_ms"] = percentile(
        [timed(lambda: client.ask("GET", pod)) for _turn in range(TURNS)], 50
    )
    namespace = item["namespace"]
    found |= applying(client, namespace)
    found |= watching(url, client, namespace, 1, "kube_event")
    found |= watching(url, client, namespace, WATCHERS, "kube_last_event")
    return found


def best(work: Callable[[], object]) -> float:
    """Return how many milliseconds some work takes, the best of three."""
    return 1000 * min(timed(work) for _turn in range(3))


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds some work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_chunks(client: Client) -> None:
    """List all Pods as kubectl does."""
    token = ""
    while True:
        more = f"&continue={token}" if token else ""
        page = client.ask("GET", f"/api/v1/pods?limit=500{more}", headers={"Accept": TABLE})
        token = page["metadata"].get("continue", "")
        if not token:
            return


def applying(client: Client, namespace: str) -> dict[str, float]:
    """Apply one Service many times, on either side."""
    services = f"/api/v1/namespaces/{namespace}/services"
    client.ask(
        "POST", services, {"metadata": {"name": "bench"}, "spec": {"ports": [{"port": 80}]}}
    )
    strategic = {"Content-Type": "application/strategic-merge-patch+json"}
    server = {"Content-Type": "application/apply-patch+yaml"}

    def client_side(turn: int) -> None:
        client.ask("GET", f"{services}/bench")
        change = {"metadata": {"annotations": {"turn": str(turn)}}}
        client.ask("PATCH", f"{services}/bench?fieldManager=kubectl", change, strategic)

    def server_side(turn: int) -> None:
        document = {
            "apiVersion": "v1", "kind": "Service",
            "metadata": {"name": "bench", "labels": {"turn": str(turn)}},
        }  # fmt: skip
        client.ask("PATCH", f"{services}/bench?fieldManager=bench", document, server)

    sides = {"kube_apply": client_side, "kube_server_apply": server_side}
    found: dict[str, float] = {}
    for name, side in sides.items():
        times = [timed(lambda turn=turn, side=side: side(turn)) for turn in range(TURNS)]  # type: ignore[misc]
        found |= {f"{name}_p50_ms": percentile(times, 50), f"{name}_p95_ms": percentile(times, 95)}
    client.ask("DELETE", f"{services}/bench")
    return found


def watching(
    url: str, client: Client, namespace: str, watchers: int, name: str
) -> dict[str, float]:
    """Make ConfigMaps, and time from before the write until the last watcher has been told."""
    maps = f"/api/v1/namespaces/{namespace}/configmaps"
    version = client.ask("GET", maps)["metadata"]["resourceVersion"]
    told: queue.SimpleQueue[tuple[str, float]] = queue.SimpleQueue()
    address = f"{BASE}{maps}?watch=1&resourceVersion={version}"
    command = [sys.executable, "-m", "tests.bench.watchers", url, address, str(watchers)]
    times: list[float] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "open"
        reader = threading.Thread(target=_read, args=(process, told), daemon=True)
        reader.start()
        for turn in range(MADE):
            time.sleep(PACE_SECONDS)
            made = f"{name.replace('_', '-')}-{turn}"
            started = time.perf_counter()
            client.ask("POST", maps, {"metadata": {"name": made}})
            last = 0.0
            for _watcher in range(watchers):
                which, when = told.get(timeout=60)
                assert which == made
                last = max(last, when)
            times.append(last - started)
        process.terminate()
    client.ask("DELETE", maps)
    return {f"{name}_p50_ms": percentile(times, 50), f"{name}_p95_ms": percentile(times, 95)}


def _read(process: subprocess.Popen[str], told: queue.SimpleQueue[tuple[str, float]]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        which, _space, when = line.partition(" ")
        told.put((which, float(when)))
