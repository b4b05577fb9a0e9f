"""The lines from a Service to the workloads behind it, and from outside clients to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import EdgeState, GraphEdge, GraphNode, Reason, node_id
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say
from cluster.questions.slices import EndpointRow, endpoint_rows, port_text

INTERNET = node_id("External", "", "internet")
"""Every client outside the cluster, where a map draws it."""

CardOf = Callable[[Pod], str]


@dataclass(slots=True)
class ServiceLines:
    """Lines out of a Service and cards that only they need; `counts` is (ready, endpoints)."""

    edges: list[GraphEdge] = field(default_factory=list)
    nodes: list[GraphNode] = field(default_factory=list)
    counts: tuple[int, int] = (0, 0)


def service_lines(snapshot: Snapshot, service: Service, card_of: CardOf) -> ServiceLines:
    """Return a line per card that holds endpoints, or selected Pods that are none.

    `card_of` tells which card a Pod is drawn on.
    """
    namespace, name = service.meta.namespace, service.meta.name
    source = node_id("Service", namespace, name)
    lines = ServiceLines()
    if service.is_external_name:
        _alias(lines, service, source)
        return lines
    rows = endpoint_rows(snapshot, service)
    ids = {row.id for row in rows}
    lines.counts = (len({row.id for row in rows if row.ready and row.ports}), len(ids))
    grouped: dict[str, list[EndpointRow]] = {}
    for row in rows:
        grouped.setdefault(_target(service, row, card_of), []).append(row)
    for target, found in sorted(grouped.items()):
        lines.edges.append(_line(service, source, target, found))
        if target.startswith("External/"):
            lines.nodes.append(_by_hand(service, target, len({row.id for row in found})))
    if service.pod_selector is not None:
        for pod in snapshot.selected(Pod, service.pod_selector, namespace):
            card = card_of(pod)
            id_ = node_id("Pod", namespace, pod.meta.name)
            if id_ not in ids and not pod.is_finished and card not in grouped:
                grouped[card] = []
                lines.edges.append(_waiting(service, source, card))
    return lines


def _target(service: Service, row: EndpointRow, card_of: CardOf) -> str:
    if row.pod is not None:
        return card_of(row.pod)
    return node_id("External", service.meta.namespace, f"{service.meta.name} endpoints")


def _line(service: Service, source: str, target: str, rows: list[EndpointRow]) -> GraphEdge:
    ready = {row.id for row in rows if row.ready and row.ports}
    all_ = {row.id for row in rows}
    ports = list(dict.fromkeys(port_text(port) for row in rows for port in row.ports))
    key = f"Service {service.meta.namespace}/{service.meta.name}"
    state: EdgeState = "allow" if ready else "notready"
    label = (
        ports[0]
        if len(ports) == 1
        else say("{ports} ports", ports=f"{len(ports):,}")
        if ports
        else ""
    )
    if service.ports and not ports:
        state, label = "deny", say("no such port")
    if ready:
        text = say(
            "{ready} of {all} endpoints are ready.", ready=f"{len(ready):,}", all=f"{len(all_):,}"
        )
        why = Reason(text, key, "spec.selector", str(service.pod_selector or "absent"))
    elif state == "deny":
        wanted = ", ".join(str(port.target_port) for port in service.ports)
        why = Reason(say("No target port exists on these Pods."), key, "spec.ports[0].targetPort",
                     wanted, cause=True)  # fmt: skip
    else:
        why = Reason(say("No endpoint is ready."), key, "spec.selector",
                     str(service.pod_selector or "absent"), cause=True)  # fmt: skip
    return GraphEdge(
        f"{source}->{target}", source, target, state, label, count=max(1, len(all_)),
        title=joined(", ", ports), why=(why,),
    )  # fmt: skip


def _waiting(service: Service, source: str, target: str) -> GraphEdge:
    key = f"Service {service.meta.namespace}/{service.meta.name}"
    return GraphEdge(
        f"{source}->{target}", source, target, "notready", "",
        title=say("selected, no endpoint yet"),
        why=(Reason(say("It selects these Pods, but none of them is an endpoint yet."), key,
                    "spec.selector", str(service.pod_selector), cause=True),),
    )  # fmt: skip


def _by_hand(service: Service, target: str, count: int) -> GraphNode:
    name = say("{service} endpoints", service=service.meta.name)
    return GraphNode(
        id=target, kind="External", namespace=service.meta.namespace, name=name, lane="workload",
        group=node_id("Namespace", "", service.meta.namespace), order=f"~{name}",
        paint="external", icon="external", overline="Endpoints", variant=say("by hand"),
        meta=say("{count} written by hand", count=f"{count:,}"),
        state="unknown", word=say("no Pods"),
        count=count,
        label=say("External {name}, {count} endpoints written by hand", name=name,
        count=f"{count:,}"),
        why=(Reason(say("These endpoints name no Pod."), "EndpointSlice", "endpoints[].targetRef",
                    say("absent")),),
    )  # fmt: skip


def _alias(lines: ServiceLines, service: Service, source: str) -> None:
    target = node_id("External", service.meta.namespace, service.external_name)
    why = Reason(say("DNS answers with a CNAME to this name; nothing is proxied."),
                 f"Service {service.meta.namespace}/{service.meta.name}", "spec.externalName",
                 service.external_name)  # fmt: skip
    lines.edges.append(
        GraphEdge(f"{source}->{target}", source, target, "dns", "CNAME", why=(why,))
    )
    lines.nodes.append(
        GraphNode(
            id=target, kind="External", namespace=service.meta.namespace,
            name=service.external_name, lane="workload",
            group=node_id("Namespace", "", service.meta.namespace),
            order=f"~{service.external_name}", paint="external", icon="external",
            overline=say("External name"), meta=say("outside the cluster's DNS"), state="unknown",
            word=say("not checked"), label=say("External {external_name}, an outside DNS name",
            external_name=service.external_name),
            why=(why,),
        )
    )  # fmt: skip


def exposure(service: Service) -> list[GraphEdge]:
    """Return the line from outside clients to a Service that they can use, if they can."""
    if service.is_external_name or not (
        service.type in {"NodePort", "LoadBalancer"} or service.external_ips
    ):
        return []
    target = node_id("Service", service.meta.namespace, service.meta.name)
    key = f"Service {service.meta.namespace}/{service.meta.name}"
    addresses = [item.ip or item.hostname for item in service.load_balancer_ingress]
    if service.type == "LoadBalancer":
        path = "status.loadBalancer.ingress"
        label = addresses[0] if addresses else say("no address")
        why = Reason(say("Its load balancer takes traffic from outside.") if addresses else
                     say("Its load balancer has no address yet."), key, path,
                     ", ".join(addresses) or say("empty"), cause=not addresses)  # fmt: skip
        state: EdgeState = "allow" if addresses else "notready"
    elif service.type == "NodePort":
        ports = [str(port.node_port) for port in service.ports if port.node_port]
        label, state = say("node port {ports}", ports=joined(", ", ports)), "allow"
        why = Reason(say("Every Node answers on its node port."), key, "spec.ports[0].nodePort",
                     ", ".join(ports))  # fmt: skip
    else:
        label, state = joined(", ", service.external_ips), "allow"
        why = Reason(say("Its external addresses are taken on every Node."), key,
        "spec.externalIPs",
                     label)  # fmt: skip
    return [GraphEdge(f"{INTERNET}->{target}", INTERNET, target, state, label, why=(why,))]
