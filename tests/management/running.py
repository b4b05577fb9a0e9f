"""What a command leaves behind, and manifests to give it."""

from __future__ import annotations

from typing import NamedTuple

import orjson

from cluster.machinery.manifest import JSON, Manifest, list_at, mappings_at, text_at


class Ran(NamedTuple):
    """The exit code of a command, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def answers(self) -> list[Manifest]:
        """The JSON documents that were written, one a line."""
        return [orjson.loads(line) for line in self.out.splitlines()]

    @property
    def told(self) -> list[str]:
        """The lines on standard error."""
        return self.err.splitlines()


WEB = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
"""
LOST = """\
apiVersion: v1
kind: Service
metadata: {name: lost, namespace: shop}
spec: {selector: {app: nobody}, ports: [{port: 80}]}
"""
BAD = """\
# a comment
apiVersion: v1
kind: Service
metadata: {name: bad, namespace: shop}
spec: {ports: [{port: 70000}]}
"""
UNKNOWN = """\
apiVersion: example.com/v1
kind: Widget
metadata: {name: gadget}
"""


def service(name: str, **spec: JSON) -> Manifest:
    """Return a Service in the default namespace."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"ports": [{"port": 80}], **spec},
    }


def pod(name: str, **labels: JSON) -> Manifest:
    """Return a Pod in the default namespace."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": labels},
        "spec": {"containers": [{"name": "main", "image": "main"}]},
    }


def line(**fields: JSON) -> str:
    """Return a line of `netviz ask`."""
    return orjson.dumps(fields).decode() + "\n"


def names(answer: Manifest) -> list[str]:
    """Return the names of the objects in an answer, sorted."""
    return sorted(
        text_at(item, "metadata", "name") or "" for item in mappings_at(answer, "objects")
    )


def first_answer(ran: Ran) -> Manifest:
    """Return the answer to the first question of the only line."""
    (answered,) = ran.answers
    found = list_at(answered, "answers")[0]
    assert isinstance(found, dict)
    return found
