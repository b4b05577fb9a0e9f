"""The stages in order, for every source that differs, and what they come to together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cluster.domains.service.destinations import find_destination
from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import Address, parse_address
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say
from cluster.questions.facts import Facts
from cluster.questions.question import bad
from cluster.questions.trace.answer import MOST_SOURCES, Request, Trace, answer
from cluster.questions.trace.connecting import Connecting
from cluster.questions.trace.naming import resolve_name
from cluster.questions.trace.peers import (
    AddressPeer,
    NamePeer,
    NetworkPeer,
    NodePeer,
    Pods,
    ServicePeer,
    TracePeer,
    URLPeer,
)
from cluster.questions.trace.policies import Target, judge_targets
from cluster.questions.trace.routing import has_route, is_controller, through_controller
from cluster.questions.trace.sources import (
    Source,
    distinct_pods,
    node_source,
    outside_source,
    pod_source,
    samples,
)
from cluster.questions.trace.steps import Evidence, Flow, Step

_LONGEST_CHAIN = 8  # ExternalNames that lead to each other


def trace(snapshot: Snapshot, facts: Facts, request: Request) -> Trace:
    """Return how a connection goes; raises QuestionError for ends that cannot be traced."""
    sources = list(_sources(snapshot, request.source))
    flows = [_flow(snapshot, facts, source, request) for source in sources[:MOST_SOURCES]]
    return answer(request, flows, len(sources))


def _sources(snapshot: Snapshot, peer: TracePeer) -> Iterator[Source]:
    match peer:
        case Pods(pods=pods):
            yield from (pod_source(snapshot, pod) for pod in distinct_pods(pods))
        case ServicePeer(service):
            yield from _behind(snapshot, service)
        case NodePeer(node):
            yield node_source(node)
        case AddressPeer(address):
            yield _by_address(snapshot, str(address)) or outside_source(address)
        case NetworkPeer(networks=networks):
            yield from (outside_source(address) for address in samples(snapshot, networks))
        case _:
            text = say("a name or a URL cannot open connections: name a Pod or an address")
            raise bad(text, "from")


def _behind(snapshot: Snapshot, service: Service) -> list[Source]:
    selector = service.pod_selector
    namespace = service.meta.namespace
    pods = snapshot.selected(Pod, selector, namespace) if selector is not None else []
    if not pods:
        name = f"{namespace}/{service.meta.name}"
        raise bad(say("Service {service} selects no Pod", service=name), "from")
    return [pod_source(snapshot, pod) for pod in distinct_pods(pods)]


def _by_address(snapshot: Snapshot, ip: str) -> Source | None:
    """Return the Pod or Node that has an address, None where nothing in the cluster has it."""
    for pod in snapshot.lookup(Pod, "ip", ip):
        if not pod.host_network and not pod.is_finished:
            return pod_source(snapshot, pod)
    for node in snapshot.lookup(Node, "ip", ip):
        return node_source(node)
    return None


def _flow(snapshot: Snapshot, facts: Facts, source: Source, request: Request) -> Flow:
    """Return how the connection of one source goes."""
    flow = Flow(source.label, request.destination_text)
    destination = request.destination
    connecting = Connecting(snapshot, facts, flow, source, destination.protocol)
    peer, port = destination.peer, destination.port
    if isinstance(peer, URLPeer) and isinstance(port, int):
        _request(connecting, peer, port)
    else:
        targets = _connect(connecting, peer, port)
        if targets is not None:
            protocol = connecting.used_protocol
            judge_targets(snapshot, flow, source.end, targets, protocol)
    return flow


def _connect(
    connecting: Connecting, peer: TracePeer, port: int | str | None, depth: int = 0
) -> list[Target] | None:
    """Add the stages up to the endpoints, and return these; None where it stops before."""
    match peer:
        case Pods(pods=pods):
            return connecting.to_pods(tuple(distinct_pods(pods)), port)
        case ServicePeer(service) if service.is_external_name:
            return _external_name(connecting, service, port, depth)
        case ServicePeer(service):
            return connecting.to_service(service, port)
        case NodePeer(node):
            return connecting.to_node(node, _number(port))
        case AddressPeer(address):
            return connecting.to_address(address, _any_port(connecting, address, port))
        case NetworkPeer(networks=networks):
            found = samples(connecting.snapshot, networks)
            return connecting.to_outside(found, _number(port))
        case NamePeer(name):
            return _to_name(connecting, name, port, depth)
        case URLPeer(_scheme, host):
            return _to_name(connecting, host, port, depth)


def _number(port: int | str | None) -> int:
    if not isinstance(port, int):
        raise bad(say("a port number is required for this destination"), "port")
    return port


def _any_port(connecting: Connecting, address: Address, port: int | str | None) -> int:
    """Return the port to use at an address; without one, the first that its Service has."""
    if isinstance(port, int):
        return port
    services = connecting.snapshot.lookup(Service, "address", str(address))
    for service in sorted(services, key=lambda item: (item.meta.namespace, item.meta.name)):
        found = connecting.service_port(service, port)
        if found is not None:
            return found.port
    for pod in connecting.snapshot.lookup(Pod, "ip", str(address)):
        number = connecting.pod_port(pod, port)
        if number is not None:
            return number
    return _number(port)


def _external_name(
    connecting: Connecting, service: Service, port: int | str | None, depth: int
) -> list[Target] | None:
    """Follow the alias that an ExternalName is."""
    name = f"Service {service.meta.namespace}/{service.meta.name}"
    evidence = (Evidence(name, "spec.externalName", service.external_name),)
    text = say("{name} is an alias of {target}.", name=name, target=service.external_name)
    question = say("Where does {name} lead?", name=name)
    is_end = depth >= _LONGEST_CHAIN
    result = Step("service", question, "fail" if is_end else "pass", text, "E-31", evidence)
    if not connecting.flow.add(result):
        return None
    return _to_name(connecting, service.external_name, port, depth + 1)


def _to_name(
    connecting: Connecting, name: str, port: int | str | None, depth: int
) -> list[Target] | None:
    found = resolve_name(connecting.snapshot, connecting.flow, connecting.source, name)
    if found is None:
        return None
    if found.addresses:
        return _to_addresses(connecting, found.addresses, port)
    connecting.flow.is_uncertain = True
    return connecting.to_outside(samples(connecting.snapshot, ()), _number(port))


def _to_addresses(
    connecting: Connecting, addresses: tuple[Address, ...], port: int | str | None
) -> list[Target] | None:
    """Connect to what a name stands for: one address, or all endpoints of a headless Service."""
    pods = [
        pod
        for address in addresses
        for pod in connecting.snapshot.lookup(Pod, "ip", str(address))
        if not pod.is_finished and not pod.host_network
    ]
    if pods and len(pods) == len(addresses):
        return connecting.to_pods(tuple(pods), port)
    number = _any_port(connecting, addresses[0], port)
    return connecting.to_address(addresses[0], number)


def _request(connecting: Connecting, url: URLPeer, port: int) -> None:
    """Trace a request: to whatever has its host's address, or through the controller."""
    snapshot, flow, source = connecting.snapshot, connecting.flow, connecting.source
    literal = parse_address(url.host.strip("[]"))
    addresses: tuple[Address, ...] = () if literal is None else (literal,)
    if literal is None:
        before = len(flow.steps)
        found = resolve_name(snapshot, flow, source, url.host)
        if found is None:
            return
        addresses = found.addresses
        if not found.is_known and has_route(snapshot, url.host):
            _assume_route(flow, url, before)
            through_controller(connecting, url, port)
            return
        if not found.is_known:
            flow.is_uncertain = True
            targets = connecting.to_outside(samples(snapshot, ()), port)
            judge_targets(snapshot, flow, source.end, targets, "TCP")
            return
    hit = find_destination(snapshot, str(addresses[0]), port, "TCP")
    if hit is not None and is_controller(snapshot, hit.service):
        through_controller(connecting, url, port)
        return
    targets_ = _to_addresses(connecting, addresses, port)
    if targets_ is not None:
        judge_targets(snapshot, flow, source.end, targets_, "TCP")


def _assume_route(flow: Flow, url: URLPeer, at: int) -> None:
    """Let the unknown name of a host that Ingresses have rules for lead to the controller."""
    text = say(
        "An Ingress has rules for {host}; netviz assumes that its name leads there.", host=url.host
    )
    flow.steps[at] = replace(flow.steps[at], result="pass", text=text)
