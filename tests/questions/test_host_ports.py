"""A port of a Node that leads to a Pod, without any Service."""

from __future__ import annotations

from cluster.machinery.manifest import JSON, Manifest, mappings_at
from cluster.questions.session import answer_line

NODE_IP = "192.0.2.1"


def trace(to: str) -> Manifest:
    node: Manifest = {
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"},
        "status": {
            "addresses": [{"type": "InternalIP", "address": NODE_IP}],
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }  # fmt: skip
    ports: list[JSON] = [{"containerPort": 80, "hostPort": 8080}]
    pod: Manifest = {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "nodeName": "n", "containers": [{"name": "c", "image": "i", "ports": ports}],
        },
    }  # fmt: skip
    question: Manifest = {"ask": "trace", "from": "internet", "to": to}
    line: Manifest = {"objects": [node, pod], "questions": [question]}
    return mappings_at(answer_line(line), "answers")[0]


def test_a_host_port_leads_from_the_address_of_the_node_to_the_pod() -> None:
    """I-45."""
    answer = trace(f"{NODE_IP}:8080")

    assert answer["verdict"] == "reaches"
    assert [end["pod"] for end in mappings_at(answer, "endpoints")] == ["Pod default/web"]
    assert "I-45" in {step.get("rule") for step in mappings_at(answer, "steps")}


def test_a_port_of_the_node_that_nobody_asked_for_leads_to_no_pod() -> None:
    """I-45."""
    answer = trace(f"{NODE_IP}:80")

    assert "I-45" not in {step.get("rule") for step in mappings_at(answer, "steps")}
    assert [end["pod"] for end in mappings_at(answer, "endpoints")] == [None]
