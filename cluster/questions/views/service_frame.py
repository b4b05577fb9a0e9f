"""What every diagram of a Service begins with: its scope, its breadcrumbs, its name in words."""

from __future__ import annotations

from collections.abc import Sequence

from cluster.domains.service.service import Service, ServicePort
from cluster.machinery.drawing import (
    Column,
    Counter,
    Graph,
    GraphEdge,
    GraphGroup,
    GraphNode,
    Lane,
    Layout,
    Line,
    Option,
    Row,
    Verdict,
)
from cluster.machinery.texts import say
from cluster.questions.views.request import ViewRequest

Scope = dict[str, str]
Crumbs = tuple[tuple[str, str | None], ...]


def scope_of(service: Service) -> Scope:
    """Return what names the Service in a graph."""
    meta = service.meta
    return {"kind": "Service", "namespace": meta.namespace, "name": meta.name}


def crumbs_of(service: Service, request: ViewRequest) -> Crumbs:
    """Return the way from the cluster to this diagram of the Service."""
    namespace, name = service.meta.namespace, service.meta.name
    return (
        (request.cluster, request.map_href()),
        (namespace, request.map_href(lvl="L1", ns=namespace)),
        (f"svc {name}", request.object_href("Service", namespace, name)),
        (request.view, None),
    )


def path_of(service: Service) -> str:
    """Return `namespace/name`."""
    return f"{service.meta.namespace}/{service.meta.name}"


def object_of(service: Service) -> str:
    """Return what reasons call the Service."""
    return f"Service {path_of(service)}"


def port_word(port: ServicePort) -> str:
    """Return `80/TCP`."""
    return f"{port.port}/{port.protocol}"


def frame(
    service: Service, request: ViewRequest, *, layout: Layout, label: str, verdict: Verdict,
    counters: Sequence[Counter], lanes: Sequence[Lane], nodes: Sequence[GraphNode],
    edges: Sequence[GraphEdge], groups: Sequence[GraphGroup] = (), columns: Sequence[Column],
    rows: Sequence[Row], text: Sequence[Line], options: Sequence[Option] = (),
    guide: Sequence[str], truncated: dict[str, int] | None = None,
) -> Graph:  # fmt: skip
    """Return the diagram of `request.view` of a Service, whole."""
    return Graph(
        view=request.view, level="L2", layout=layout, scope=scope_of(service),
        title=say("{path_of} {view}", path_of=path_of(service), view=request.view), label=label,
        crumbs=crumbs_of(service, request), verdict=verdict, counters=tuple(counters),
        lanes=tuple(lanes), nodes=tuple(nodes), edges=tuple(edges), groups=tuple(groups),
        truncated=truncated or {}, columns=tuple(columns), rows=tuple(rows), text=tuple(text),
        options=tuple(options), guide=tuple(guide),
    )  # fmt: skip
