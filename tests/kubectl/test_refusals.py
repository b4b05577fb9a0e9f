"""What a simulator cannot do, and what nobody may do without a token: clear words, no trace."""

from __future__ import annotations

import re

import pytest
import yaml

from tests.kubectl.conftest import Netviz
from tests.kubectl.manifests import config_map
from tests.kubectl.programs import Kubectl


@pytest.fixture
def pod(kubectl: Kubectl) -> str:
    kubectl("run", "p", "--image=busybox")
    kubectl("wait", "--for=condition=Ready", "po/p", "--timeout=20s")
    return "p"


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("exec p -- ls", "runs no containers"),
        ("attach p", "runs no containers"),
        ("logs p", "they write no logs"),
        ("port-forward p 0:80", "no port can be forwarded"),
        ("debug p --image=busybox", "runs no containers"),
        ("top pod", "Metrics API not available"),
    ],
)
def test_what_needs_a_container_says_that_there_is_none(
    kubectl: Kubectl, pod: str, command: str, sentence: str
) -> None:
    refused = kubectl(*command.split(), fails=True)

    assert sentence in refused.err
    assert "goroutine" not in refused.err
    assert "<html" not in refused.err + refused.out


def test_a_forged_token_reads_and_writes_nothing(kubectl: Kubectl, netviz: Netviz) -> None:
    config = yaml.safe_load(netviz.config.read_text())
    config["users"][0]["user"] = {"token": "netviz-1-forged"}
    forged = kubectl.folder / "forged"
    forged.write_text(yaml.safe_dump(config))

    check_nobody(kubectl, "--kubeconfig", str(forged))


def test_without_a_token_one_reads_and_writes_nothing(kubectl: Kubectl, netviz: Netviz) -> None:
    server = f"http://127.0.0.1:{netviz.port}/clusters/demo"

    check_nobody(kubectl, "--kubeconfig=/dev/null", "--server", server)


def check_nobody(kubectl: Kubectl, *who: str) -> None:
    listed = kubectl(*who, "get", "ns", "-o", "name").lines
    refused = kubectl(*who, "create", "-f", "-", stdin=config_map("x"), fails=True)
    may = kubectl(*who, "auth", "can-i", "create", "pods", fails=True)

    assert "namespace/default" in listed
    assert re.search(r"Error from server \(Forbidden\).*configmaps.* is forbidden", refused.err)
    assert "netviz kubeconfig" in refused.err
    assert may.out.strip().startswith("no")


def test_an_unknown_cluster_is_named(kubectl: Kubectl, netviz: Netviz) -> None:
    server = f"http://127.0.0.1:{netviz.port}/clusters/nope"

    refused = kubectl(
        "--kubeconfig=/dev/null",
        "--server",
        server,
        "get",
        "--raw",
        "/clusters/nope/api",
        fails=True,
    )

    assert 'clusters "nope" not found' in refused.err
