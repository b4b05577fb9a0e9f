"""Clusters for the diagrams of Services, and what a reader of their graphs looks for."""

from __future__ import annotations

from typing import Any

from cluster.questions.seeded import Seeded
from tests.questions.asking import ask, cluster

NODES = """
---
apiVersion: v1
kind: Node
metadata: {{name: {name}, labels: {{topology.kubernetes.io/zone: {zone}}}}}
"""
APP = """
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: shop, labels: {{app: {name}}}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata:
      labels: {{app: {name}}}
      annotations: {{netviz.io/ready: "{ready}"}}
    spec:
      containers:
        - {{name: main, image: main, ports: [{{name: http, containerPort: 8080}}]}}
"""
SERVICE = """
---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: shop}}
spec:
  selector: {{app: {name}}}
  ports: [{{name: http, port: 80, targetPort: http}}]
{spec}
"""


def nodes(count: int = 3) -> str:
    """Nodes `n1` to `n<count>`, each in a zone of its own up to `c`, then again from `a`."""
    return "".join(
        NODES.format(name=f"n{number}", zone="abc"[(number - 1) % 3])
        for number in range(1, count + 1)
    )


def app(name: str = "web", replicas: int = 2, *, ready: bool = True) -> str:
    """A Deployment with the port `http`."""
    return APP.format(name=name, replicas=replicas, ready=str(ready).lower())


def service(name: str = "web", *spec: str) -> str:
    """A Service of the Pods labelled `app: <name>`; `spec` are more lines of its spec."""
    return SERVICE.format(name=name, spec="\n".join(f"  {line}" for line in spec))


DUAL = ("ipFamilyPolicy: RequireDualStack",)
DUAL_SETTINGS: dict[str, Any] = {
    "service_cidrs": ["10.96.0.0/16", "fd00:10:96::/108"],
    "pod_cidrs": ["10.244.0.0/16", "fd00:10:244::/56"],
}
ALIAS = """
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: ExternalName, externalName: web.example.com}
"""
BY_HAND = """
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: http, port: 8080}]
endpoints: [{addresses: [198.51.100.20]}, {addresses: [198.51.100.21], conditions: {ready: false}}]
"""
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"


def world(*parts: str, **settings: Any) -> Seeded:
    """The settled cluster of the namespace `shop`, three Nodes unless told, and `parts`."""
    has_nodes = any("kind: Node" in part for part in parts)
    found = (*parts,) if has_nodes else (nodes(), *parts)
    return cluster("".join((NAMESPACE, *found)), **settings)


def graph(asked: Seeded, view: str, of: str = "shop/web", **fields: Any) -> Any:
    """The graph JSON of one diagram."""
    return ask(asked, "graph", view=view, of=of, **fields)


def cards(found: Any, kind: str) -> list[Any]:
    """The cards of a kind, in the order of their ids."""
    return [node for node in found["nodes"] if node["kind"] == kind]


def lines(found: Any, start: str = "", end: str = "") -> list[Any]:
    """The lines whose ends begin with these ids."""
    return [
        edge
        for edge in found["edges"]
        if edge["from"].startswith(start) and edge["to"].startswith(end)
    ]


def states(edges: list[Any]) -> dict[str, int]:
    """How many lines are in each state."""
    found: dict[str, int] = {}
    for edge in edges:
        found[edge["state"]] = found.get(edge["state"], 0) + 1
    return found
