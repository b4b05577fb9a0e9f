"""The server's process waits for clients that read slowly."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.flood import MESSAGES, SIZE

STREAM = b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"
UPGRADE = (
    b"GET /clusters/demo/exec HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Version: 13\r\n\r\n"
)
HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
def port(root: Path) -> Iterator[int]:
    """Return the port of a server that floods its clients."""
    number = free_port()
    command = [
        sys.executable, "-m", "cluster.live.server", "--verbosity", "0", "--bind", "127.0.0.1",
        "--port", str(number), "tests.live.flood:application",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=root)
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", number), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield number
    finally:
        process.terminate()
        process.wait(10)


def sent(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as response:
        return int(response.read())


def test_what_asks_the_kubernetes_api_to_upgrade_is_answered_as_http(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(UPGRADE)

        assert client.recv(1000).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("opening", [HANDSHAKE, STREAM], ids=["a socket", "a stream"])
def test_a_client_that_does_not_read_is_not_sent_more_than_fits(port: int, opening: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        client.sendall(opening)
        settled, before = sent(port), -1
        while settled != before:
            time.sleep(0.5)
            before, settled = settled, sent(port)
        assert 0 < settled < MESSAGES

        received = 0
        while received < MESSAGES * SIZE:
            chunk = client.recv(1 << 20)
            assert chunk, "closed early"
            received += len(chunk)
    assert sent(port) == MESSAGES
