"""A program that watches as controllers do stays exactly in step with the cluster.

List, watch from there, list again when the log no longer reaches back: with the official client,
through connections that drop in the middle of a line and a log that is trimmed all the time.
"""

from __future__ import annotations

import contextlib
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client, config, watch
from urllib3.exceptions import HTTPError

from tests.kubectl.conftest import Netviz
from tests.kubectl.programs import ROOT

CHANGES = 10_000
CLUSTER = "in-step"
LONGEST = 120  # seconds, on a machine that is busy with other tests


class Dropping:
    """A way to a port that drops its connections now and then, and answers nobody for a while."""

    def __init__(self, port: int) -> None:
        """Listen at a port of its own, for connections to `port`."""
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._is_over = threading.Event()
        self.drops = 0
        for work in (self._accept, self._drop):
            threading.Thread(target=work, daemon=True).start()

    def close(self) -> None:
        """Let nobody through any more."""
        self._is_over.set()
        self._listener.close()

    def _accept(self) -> None:
        while not self._is_over.is_set():
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            self._open += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_pump, args=(source, sink), daemon=True).start()

    def _drop(self) -> None:
        chance = random.Random(7)  # noqa: S311 - a test's choices
        while not self._is_over.wait(chance.uniform(0.05, 0.4)):
            dropped, self._open = self._open, []
            self.drops += bool(dropped)
            for end in dropped:
                _shut(end)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while piece := source.recv(4096):
            sink.sendall(piece)
    except OSError:
        pass
    for end in (source, sink):
        _shut(end)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@dataclass
class Controller:
    """What a controller knows: each object's resourceVersion, by name."""

    api: Any
    known: dict[str, str] = field(default_factory=dict)
    position: str = ""
    events: int = 0
    expired: int = 0

    def run(self, is_done: Callable[[], bool]) -> None:
        """Stay in step until `is_done`."""
        while not is_done():
            self.try_to(self.list if not self.position else lambda: self._watch(is_done))

    def try_to(self, do: Callable[[], None]) -> None:
        """List or watch, for as long as the connection and the log allow."""
        try:
            do()
        except client.ApiException as error:
            if error.status == 410:
                self.expired += 1
                self.position = ""
        except (HTTPError, OSError, ValueError):
            pass  # the connection dropped: go on from where the last whole line was

    def list(self) -> None:
        """Learn what there is."""
        found = self.api.list_namespaced_config_map("default")
        self.known = {item.metadata.name: item.metadata.resource_version for item in found.items}
        self.position = found.metadata.resource_version

    def _watch(self, is_done: Callable[[], bool]) -> None:
        stream = watch.Watch()
        for event in stream.stream(
            self.api.list_namespaced_config_map,
            "default",
            resource_version=self.position,
            timeout_seconds=5,
            _request_timeout=(5, 8),
        ):
            meta = event["object"].metadata
            assert int(meta.resource_version) > int(self.position), "events come in order"
            if event["type"] == "DELETED":
                assert meta.name in self.known, "what goes was there"
                del self.known[meta.name]
            else:
                is_new = meta.name not in self.known
                assert is_new == (event["type"] == "ADDED"), "nothing is told twice or not at all"
                self.known[meta.name] = meta.resource_version
            self.position = meta.resource_version
            self.events += 1
            if is_done():
                return


@pytest.fixture
def dropping(netviz: Netviz) -> Iterator[Dropping]:
    """Return a way to netviz that drops connections."""
    way = Dropping(netviz.https_port)
    yield way
    way.close()


def changes(netviz: Netviz, *words: str) -> subprocess.Popen[bytes]:
    """Start the program that changes the cluster."""
    command = [sys.executable, "-m", "tests.kubectl.changes", CLUSTER, *words]
    return subprocess.Popen(command, cwd=ROOT, env=netviz.environment)


def connected(netviz: Netviz, port: int, folder: Path) -> Any:
    """Return the official client of the cluster, by way of `port`."""
    written = netviz.config.read_text().replace("/clusters/demo", f"/clusters/{CLUSTER}")
    found = folder / f"kubeconfig-{port}"
    found.write_text(written.replace(f":{netviz.https_port}/", f":{port}/"))
    return client.CoreV1Api(config.new_client_from_config(str(found)))


def test_a_controller_is_in_step_after_ten_thousand_changes(
    netviz: Netviz, dropping: Dropping, tmp_path: Path
) -> None:
    assert changes(netviz, "0", "0").wait(LONGEST) == 0
    controller = Controller(connected(netviz, dropping.port, tmp_path))
    end = time.monotonic() + LONGEST
    while not controller.position:
        controller.try_to(controller.list)

    # The log is trimmed before the first watch: what was listed is too old to watch from.
    assert changes(netviz, str(CHANGES // 2), "1").wait(LONGEST) == 0
    with changes(netviz, str(CHANGES // 2), "2", "done") as second:
        controller.run(lambda: "done" in controller.known or time.monotonic() > end)
        assert second.wait(LONGEST) == 0

    listed = connected(netviz, netviz.https_port, tmp_path).list_namespaced_config_map("default")
    assert controller.known == {
        item.metadata.name: item.metadata.resource_version for item in listed.items
    }
    assert len(listed.items) > 20
    assert dropping.drops > 5
    assert controller.expired > 0
    assert controller.events > 100
