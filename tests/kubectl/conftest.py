"""One netviz for all tests of kubectl, started as users start it; a namespace for each test."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
import yaml

from tests.kubectl.programs import ROOT, Kubectl, programs

START_SECONDS = 60
_numbers = count(1)


@dataclass(frozen=True)
class Netviz:
    """A running netviz: where it is and the kubeconfig of its administrator."""

    port: int
    https_port: int
    data: Path
    config: Path
    environment: dict[str, str]
    pid: int

    @property
    def token(self) -> str:
        return str(yaml.safe_load(self.config.read_text())["users"][0]["user"]["token"])

    def post(
        self, path: str, document: object, cluster: str = "demo", method: str = "POST"
    ) -> None:
        """Create an object, or do something else to it, without kubectl."""
        trusted = ssl.create_default_context(cafile=str(self.data / "tls" / "ca.crt"))
        request = urllib.request.Request(
            f"https://127.0.0.1:{self.https_port}/clusters/{cluster}{path}",
            json.dumps(document).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=20, context=trusted) as response:  # noqa: S310 - https above
            assert response.status == (201 if method == "POST" else 200)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test with the newest kubectl, or with all there are (NETVIZ_KUBECTL_ALL)."""
    if "program" not in metafunc.fixturenames:
        return
    found = list(programs())
    if not found:
        why = "no kubectl 1.27 to 1.33 on this machine: scripts/kubectl.sh brings one"
        missing = pytest.param(
            None, id="none", marks=() if "CI" in os.environ else pytest.mark.skip(why)
        )
        metafunc.parametrize("program", [missing], scope="session")
        return
    chosen = found if "NETVIZ_KUBECTL_ALL" in os.environ else found[-1:]
    metafunc.parametrize("program", chosen, ids=[str(path) for path in chosen], scope="session")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def netviz(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Netviz]:
    """Return a netviz that `netviz serve` started."""
    data = tmp_path_factory.mktemp("netviz")
    port, https_port = free_port(), free_port()
    environment = {
        **os.environ, "NETVIZ_DATA": str(data), "PORT": str(port), "HTTPS_PORT": str(https_port),
        "DNS_PORT": "0", "DJANGO_SETTINGS_MODULE": "netviz.settings", "DATABASE_URL": "",
        "REDIS_URL": "", "NETVIZ_LOG_LEVEL": "WARNING",
    }  # fmt: skip
    serve = subprocess.Popen(
        [sys.executable, "-m", "netviz.cli", "serve"], cwd=ROOT, env=environment
    )
    try:
        wait_for(https_port, serve)
        config = data / "kubeconfig"
        made = subprocess.run(
            [sys.executable, "-m", "netviz.cli", "kubeconfig", "--cluster", "demo"],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        config.write_text(made.stdout)
        yield Netviz(port, https_port, data, config, environment, serve.pid)
    finally:
        serve.terminate()
        serve.wait(20)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "netviz ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("netviz did not start")


@pytest.fixture(scope="session")
def home(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh home of one kubectl: it caches discovery there."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def kubectl(program: Path | None, home: Path, netviz: Netviz, tmp_path: Path) -> Kubectl:
    """Return a kubectl in a namespace of its own."""
    assert program is not None, "CI needs a kubectl: scripts/kubectl.sh brings one"
    namespace = f"t{next(_numbers)}"
    netviz.post("/api/v1/namespaces", {"metadata": {"name": namespace}})
    return Kubectl(program, netviz.config, home, namespace, programs()[program], tmp_path)


@pytest.fixture
def newest(netviz: Netviz, tmp_path: Path) -> Kubectl:
    """Return the newest kubectl, in no namespace: for what does not depend on its release."""
    found = list(programs())
    if not found and "CI" not in os.environ:
        pytest.skip("no kubectl 1.27 to 1.33 on this machine: scripts/kubectl.sh brings one")
    program = found[-1]
    return Kubectl(program, netviz.config, tmp_path, "", programs()[program], tmp_path)
