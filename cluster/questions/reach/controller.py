"""The Ingress controller as a source: whom it connects to, and as which Pods.

It opens connections to the endpoints of every backend that some Ingress names, whichever class
asks for it: the controller stands for whatever serves them. Source: semantics.md G-33 to G-36,
H-33.
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.ingress.ingress import Ingress
from cluster.domains.ingress.serving import controller_service
from cluster.domains.policy.classes import Member
from cluster.domains.policy.index import PolicyIndex
from cluster.domains.policy.outsiders import stranger
from cluster.domains.policy.ports import NONE, Ports, code_of, union
from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.service import Service, ServicePort
from cluster.domains.workload.pod import Pod
from cluster.machinery.meta import ObjectMeta
from cluster.machinery.snapshot import Snapshot
from cluster.questions.reach.options import ReachOptions
from cluster.questions.reach.peers import CONTROLLER


def controller_pods(snapshot: Snapshot, index: PolicyIndex, options: ReachOptions) -> list[Member]:
    """Return the Pods that the controller connects from; one without labels if none are known."""
    service = None if options.anonymous_ingress_controller else controller_service(snapshot)
    known: list[Member] = []
    if service is not None and service.pod_selector is not None:
        pods = snapshot.selected(Pod, service.pod_selector, service.meta.namespace)
        members = (index.member(pod.meta.namespace, pod.meta.name) for pod in pods)
        known = [member for member in members if member is not None]
    return known or [stranger(index, _anonymous(snapshot))]


def _anonymous(snapshot: Snapshot) -> Pod:
    """Return a Pod of no known namespace with the last address but one of each Pod range."""
    ips = tuple(str(cidr[-2]) for cidr in snapshot.settings.pod_cidrs)
    return Pod(ObjectMeta(CONTROLLER, CONTROLLER), phase="Running", ips=ips)


def backend_ports(
    snapshot: Snapshot, index: PolicyIndex, options: ReachOptions
) -> dict[Member, Ports]:
    """Return the Pods that Ingresses lead to, each with the TCP ports that it is asked on."""
    found: dict[Member, Ports] = {}
    for ingress in snapshot.sorted(Ingress):
        namespace = ingress.meta.namespace
        for _path, backend in ingress.backends():
            service = snapshot.get(Service, namespace, backend.service or "")
            if service is None or backend.port is None:
                continue
            for port in _ports(service, backend.port, options):
                for member, number in _endpoints(snapshot, index, service, port):
                    code = code_of("TCP", number)
                    held = found.get(member, NONE)
                    found[member] = union(held, (code, code + 1))
    return found


def _ports(service: Service, which: int | str, options: ReachOptions) -> Iterator[ServicePort]:
    for port in service.ports:
        is_named = which == (port.port if isinstance(which, int) else port.name)
        is_target = options.ingress_port_may_be_target_port and which == port.target_port
        if port.protocol == "TCP" and (is_named or is_target):
            yield port


def _endpoints(
    snapshot: Snapshot, index: PolicyIndex, service: Service, port: ServicePort
) -> Iterator[tuple[Member, int]]:
    """Yield the Pods behind a port with their own numbers, ready or not."""
    namespace = service.meta.namespace
    if service.pod_selector is None:
        yield from _handmade(snapshot, index, service, port)
        return
    for pod in snapshot.each_selected(Pod, service.pod_selector, namespace):
        target = port.target_port
        number = target if isinstance(target, int) else pod.named_port(target, port.protocol)
        member = index.member(namespace, pod.meta.name)
        if member is not None and number is not None:
            yield member, number


def _handmade(
    snapshot: Snapshot, index: PolicyIndex, service: Service, port: ServicePort
) -> Iterator[tuple[Member, int]]:
    """Yield the Pods that the slices of a Service without selector name."""
    name = (service.meta.namespace, service.meta.name)
    for piece in snapshot.lookup(EndpointSlice, "service", name):
        numbers = [
            known.port
            for known in piece.ports
            if known.port and (known.name, known.protocol) == (port.name, port.protocol)
        ]
        for ip in (ip for endpoint in piece.endpoints for ip in endpoint.addresses[:1]):
            for pod in snapshot.lookup(Pod, "ip", ip):
                member = index.member(pod.meta.namespace, pod.meta.name)
                if member is not None and not pod.host_network:
                    yield from ((member, number) for number in numbers)
