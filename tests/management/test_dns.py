"""`netviz dns` as a process: it says where it is, answers, and ends when it is asked to."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import dns.message
import dns.query
import pytest

READY = re.compile(r"DNS of manifests is at 127\.0\.0\.1 port (\d+), UDP and TCP\n")


def test_manifests_are_served_until_a_signal_without_a_database(
    root: Path, tmp_path: Path
) -> None:
    environment = {**os.environ, "NETVIZ_DATA": str(tmp_path / "var")}
    environment["DJANGO_SETTINGS_MODULE"] = "netviz.settings"
    words = ("dns", str(root / "demo"), "--port", "0")
    with subprocess.Popen(
        [sys.executable, "-m", "netviz.cli", *words],
        cwd=root, env=environment, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        ready = READY.fullmatch(process.stdout.readline())
        assert ready is not None
        query = dns.message.make_query("kubernetes.default.svc.cluster.local.", "A")
        answers = [
            send(query, "127.0.0.1", port=int(ready[1]), timeout=20)
            for send in (dns.query.udp, dns.query.tcp)
        ]
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=20)

    assert [answer.answer[0][0].to_text() for answer in answers] == ["10.96.0.1", "10.96.0.1"]
    assert code == 0
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("demo", "--cluster", "shop"), "give paths or --cluster"),
        (("nowhere.yaml",), "no such file"),
        (("--port", "0"), "no stored cluster can be read"),
        (("demo", "--port", "PORT"), "in use"),
    ],
)
def test_what_cannot_be_served_is_said(
    root: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    environment = {**os.environ, "NETVIZ_DATA": str(tmp_path / "var")}
    environment["DJANGO_SETTINGS_MODULE"] = "netviz.settings"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [
                sys.executable, "-m", "netviz.cli", "dns",
                *(port if word == "PORT" else word for word in words),
            ],
            cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    assert done.returncode != 0
    assert said in done.stderr
    assert not (tmp_path / "var").exists()
