"""The API beside the rest of netviz: its pages, and an engine that ends and comes back."""

from __future__ import annotations

import os
import signal
import time
import urllib.request

from tests.bench.processes import children_of
from tests.kubectl.conftest import Netviz
from tests.kubectl.manifests import APP
from tests.kubectl.programs import Kubectl


def test_a_page_shows_what_was_applied_at_once(kubectl: Kubectl, netviz: Netviz) -> None:
    kubectl.apply(APP)

    page = f"http://127.0.0.1:{netviz.port}/c/demo/o/Service/{kubectl.namespace}/shop"
    with urllib.request.urlopen(page, timeout=20) as response:
        assert kubectl.read("svc shop", ".spec.clusterIP") in response.read().decode()


def test_watches_and_rollouts_survive_a_restart_of_the_engine(
    kubectl: Kubectl, netviz: Netviz
) -> None:
    watching = kubectl.start("get", "deploy", "-w", "--no-headers")
    try:
        time.sleep(0.5)
        os.kill(children_of(netviz.pid)["engine"], signal.SIGKILL)
        kubectl.apply(APP)
        kubectl("rollout", "status", "deploy/shop", "--timeout=40s")
        assert watching.stdout is not None
        rows = [watching.stdout.readline().split()[1] for _row in range(2)]
        while rows[-1] != "2/2":
            rows.append(watching.stdout.readline().split()[1])
    finally:
        watching.kill()
        watching.communicate()

    assert rows[0] == "0/2"
