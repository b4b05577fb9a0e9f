"""Why an endpoint gets traffic, or does not: what selects it, its ports, its conditions."""

from __future__ import annotations

from cluster.domains.service.proxy_endpoints import ProxyEndpoint
from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import Reason
from cluster.machinery.texts import say
from cluster.questions.slices import EndpointRow
from cluster.questions.views.cards import pod_reasons


def endpoint_reasons(service: Service, row: EndpointRow, pod: Pod) -> tuple[Reason, ...]:
    """Return the reasons in the order of the controller's own questions (D-2, D-14, D-6)."""
    name = f"Service {service.meta.namespace}/{service.meta.name}"
    found = [_selected(service, name), *_ports(service, row, pod, name), *pod_reasons(pod)]
    if service.publish_not_ready_addresses:
        found.append(
            Reason(say("The Service publishes addresses that are not ready."), name,
                   "spec.publishNotReadyAddresses", "true", cause=not pod.is_ready)
        )  # fmt: skip
    elif not row.ready:
        found.append(
            Reason(say("Nothing overrides that."), name, "spec.publishNotReadyAddresses", "false")
        )
    return tuple(found)


def _selected(service: Service, name: str) -> Reason:
    if service.pod_selector is None:
        return Reason(say("A slice names this Pod; the Service has no selector."), name,
                      "spec.selector", say("absent"))  # fmt: skip
    return Reason(say("The Service selects this Pod by label."), name, "spec.selector",
                  str(service.pod_selector))  # fmt: skip


def _ports(service: Service, row: EndpointRow, pod: Pod, name: str) -> list[Reason]:
    numbers = {port.name or "": port.port for port in row.ports}
    where = f"Pod {pod.meta.namespace}/{pod.meta.name}"
    named = _named_ports(pod)
    reasons: list[Reason] = []
    for index, port in enumerate(service.ports):
        number = numbers.get(port.name)
        if isinstance(port.target_port, int):
            text = say(
                "{port}/{protocol} goes to port {target_port}.",
                port=port.port,
                protocol=port.protocol,
                target_port=port.target_port,
            )
            path, value = f"spec.ports[{index}].targetPort", str(port.target_port)
            reasons.append(Reason(text, name, path, value))
        elif number is None:
            text = say(
                "No container has a {protocol} port called {target_port}.",
                protocol=port.protocol,
                target_port=port.target_port,
            )
            names = ", ".join(name for name, _protocol in named) or say("absent")
            reasons.append(Reason(text, where, "spec.containers[*].ports[*].name", names,
                                  cause=True))  # fmt: skip
        else:
            text = say(
                "Port {target_port} is {number} here.", target_port=port.target_port, number=number
            )
            path = named.get((str(port.target_port), port.protocol), "spec.containers[*].ports")
            reasons.append(Reason(text, where, f"{path}.containerPort", str(number)))
    return reasons


def _named_ports(pod: Pod) -> dict[tuple[str, str], str]:
    """Return where a Pod's named ports stand, by name and protocol; of two alike the first."""
    found: dict[tuple[str, str], str] = {}
    for c, container in enumerate(pod.containers):
        for p, port in enumerate(container.ports):
            if port.name:
                path = f"spec.containers[{c}].ports[{p}]"
                found.setdefault((port.name, port.protocol), path)
    return found


def missing_ports(service: Service, row: EndpointRow) -> tuple[Reason, ...]:
    """Return why none of a Service's ports resolves on an endpoint."""
    if row.pod is not None:
        name = f"Service {service.meta.namespace}/{service.meta.name}"
        found = tuple(r for r in _ports(service, row, row.pod, name) if r.cause)
        if found:
            return found
    return (Reason(say("The slice has no port to send to."), row.slice, "ports", say("empty"),
                   cause=True),)  # fmt: skip


def line_reason(row: EndpointRow) -> Reason:
    """Return whether connections go from a slice to an endpoint: by its conditions there."""
    if row.ready:
        path, value = f"{row.place}.conditions.ready", "true"
        return Reason(say("The endpoint is ready."), row.slice, path, value)
    if row.terminating:
        text = say("The endpoint is terminating: it gets no new connections.")
        return Reason(text, row.slice, f"{row.place}.conditions.terminating", "true", cause=True)
    text = say("The endpoint is not ready: it gets no new connections.")
    return Reason(text, row.slice, f"{row.place}.conditions.ready", "false", cause=True)


def address_reasons(row: EndpointRow) -> tuple[Reason, ...]:
    """Return whether connections go to an endpoint, and where its address stands."""
    where = Reason(say("Its address there."), row.slice, f"{row.place}.addresses", row.address)
    return (line_reason(row), where)


def proxied_reasons(end: ProxyEndpoint) -> tuple[Reason, ...]:
    """Return why a proxy may pick an endpoint, and where its address stands."""
    name = str(end.source)
    if end.is_ready:
        why = Reason(say("The endpoint is ready."), name, f"{end.where}.conditions.ready", "true")
    else:
        text = say("The endpoint is terminating and still serves; none is ready.")
        why = Reason(text, name, f"{end.where}.conditions.serving", "true")
    return (why, Reason(say("Its address and port there."), name, f"{end.where}.addresses",
                        str(end)))  # fmt: skip


def off_reasons(pod: Pod) -> tuple[Reason, ...]:
    """Return why a Pod that is selected is no endpoint: it has finished, or has no address."""
    if pod.is_finished or pod.ips:
        return pod_reasons(pod)
    name = f"Pod {pod.meta.namespace}/{pod.meta.name}"
    missing = Reason(say("It has no address that a slice could hold."), name, "status.podIPs",
                     say("absent"), cause=True)  # fmt: skip
    return (missing, *(() if pod.node_name else pod_reasons(pod)))
