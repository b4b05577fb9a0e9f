"""Clusters in memory from YAML, and questions about them."""

from __future__ import annotations

from typing import Any

import yaml

from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.settings import parse_settings
from cluster.questions.answers import QUESTIONS
from cluster.questions.question import Given
from cluster.questions.seeded import Seeded
from cluster.questions.seeding import seed


def cluster(text: str, *more: Manifest, **settings: JSON) -> Seeded:
    """Return the settled cluster of the objects in `text`; none may be refused."""
    objects = [item for item in yaml.safe_load_all(text) if item]
    found = seed([*objects, *more], parse_settings(settings))
    assert [item.answer() for item in found.refused] == []
    return found


def ask(asked: Seeded, question: str, **fields: Any) -> Any:
    """Return the answer to a question; a field that ends in `_` loses the mark."""
    given = Given({name.rstrip("_"): value for name, value in fields.items()})
    return QUESTIONS[question].answer(asked, given)


def deployment(path: str, *, port: int = 8080, name: str = "http", **spec: JSON) -> Manifest:
    """A Deployment of one Pod labelled `app: <name>` with one named port."""
    namespace, app = path.split("/")
    container: Manifest = {
        "name": "main", "image": "main",
        "ports": [{"name": name, "containerPort": port}],
    }  # fmt: skip
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"namespace": namespace, "name": app},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"app": app}},
            "template": {
                "metadata": {"labels": {"app": app}},
                "spec": {"containers": [container]},
            },
            **spec,
        },
    }


def service(path: str, port: int = 80, target: JSON = "http", **spec: JSON) -> Manifest:
    """A Service of the Pods labelled `app: <name>`."""
    namespace, name = path.split("/")
    body: Manifest = {
        "selector": {"app": name}, "ports": [{"port": port, "targetPort": target}], **spec,
    }  # fmt: skip
    meta: Manifest = {"namespace": namespace, "name": name}
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": body}


def policy(path: str, spec: str) -> Manifest:
    """A NetworkPolicy; `spec` is YAML."""
    namespace, name = path.split("/")
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"namespace": namespace, "name": name},
        "spec": yaml.safe_load(spec),
    }


def ingress(path: str, host: str, backend: str, port: int, **spec: JSON) -> Manifest:
    """An Ingress with one rule for every path of a host."""
    namespace, name = path.split("/")
    rule: Manifest = {
        "host": host,
        "http": {
            "paths": [
                {
                    "path": "/",
                    "pathType": "Prefix",
                    "backend": {"service": {"name": backend, "port": {"number": port}}},
                }
            ]
        },
    }
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {"rules": [rule], **spec},
    }


def controller_objects() -> tuple[Manifest, Manifest]:
    """The controller's Deployment and its LoadBalancer Service."""
    labels: Manifest = {"app.kubernetes.io/name": "ingress-netviz"}
    made = service("edge/gate", 80, "http", type="LoadBalancer")
    made["metadata"] = {"namespace": "edge", "name": "gate", "labels": labels}
    return deployment("edge/gate"), made
