"""The ways into a Service and what each Node's proxy makes of them: what the paths diagram draws.

A way is an entry mode (cluster IP, node port, load balancer, external IP); a flow is one way,
from one sort of client, at the proxies of Nodes that decide alike. `forward` decides, not this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from cluster.domains.service.destinations import Destination, DestinationKind, destinations
from cluster.domains.service.forwarding import Client, Forwarding, forward
from cluster.domains.service.health import Target, load_balancer_target
from cluster.domains.service.service import Service, ServicePort
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import Family
from cluster.machinery.drawing import Reason
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say
from cluster.questions.views.node_classes import NodeClass, node_classes
from cluster.questions.views.request import BadParameter, Parameter, ViewRequest
from cluster.questions.views.service_frame import object_of, path_of

OUTSIDE, OWN = "outside", "own"
PARAMETERS = (
    Parameter("client", "who connects: a Node's name (a Pod on it), `outside`, or a Pod as "
                        "`namespace/name`; without it, everybody."),
    Parameter("port", "the port by number or name; without it, the first."),
    Parameter("family", "the family; without it, the Service's first.", ("IPv4", "IPv6")),
)  # fmt: skip

Mode: TypeAlias = Literal["clusterIP", "nodePort", "loadBalancer", "externalIP"]
MODES: tuple[Mode, ...] = ("clusterIP", "nodePort", "loadBalancer", "externalIP")
Side: TypeAlias = Literal["inside", "outside"]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who connects. `node` is empty for anybody; `pod` is None for any Pod."""

    sides: tuple[Side, ...]
    node: str = ""
    pod: Pod | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One entry mode; `addresses` are what clients connect to, empty where it is not exposed.

    `why` is the field that opens it, or that keeps it shut. `sides` are who uses it.
    """

    mode: Mode
    addresses: tuple[str, ...]
    number: int | None
    why: Reason
    is_live: bool
    sides: tuple[Side, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """One way from one side at Nodes that decide alike; `target` is the load balancer's view."""

    way: Way
    side: Side
    nodes: NodeClass
    answer: Forwarding


@dataclass(frozen=True, slots=True)
class PathsReading:
    """Ways and flows of one port in one family, and what a load balancer makes of the Nodes.

    `targets` holds by Node the answer of the one that was asked for its class.
    """

    service: Service
    port: ServicePort | None
    family: Family
    asker: Asker
    ways: tuple[Way, ...]
    flows: tuple[Flow, ...]
    targets: Mapping[str, Target]
    nodes: tuple[str, ...]

    def balanced(self, node: str) -> Target | None:
        """Return what a load balancer makes of a Node, None where there is no load balancer."""
        return self.targets.get(node)

    @property
    def live(self) -> list[Way]:
        """The ways that are open."""
        return [way for way in self.ways if way.is_live]


class _Asked(NamedTuple):
    """One port in one family, and who connects."""

    service: Service
    port: ServicePort
    family: Family
    asker: Asker


def read_paths(snapshot: Snapshot, service: Service, request: ViewRequest) -> PathsReading:
    """Return the flows of a Service; raises ValueError naming the parameter."""
    port = _port(service, request.given.get("port", ""))
    family = _family(service, request.given.get("family", ""))
    asker = _asker(snapshot, request.given.get("client", ""))
    nodes = tuple(node.meta.name for node in snapshot.sorted(Node))
    if service.is_external_name or service.is_headless or port is None or not nodes:
        ways = tuple(_ways(service, port, family, None))
        return PathsReading(service, port, family, asker, ways, (), {}, nodes)
    first = snapshot.get(Node, "", asker.node or nodes[0])
    ways = tuple(_ways(service, port, family, first))
    targets = dict(_targets(snapshot, service)) if service.type == "LoadBalancer" else {}
    flows = tuple(
        flow
        for way in ways
        if way.is_live
        for side in (("inside",) if asker.node else way.sides)
        if side in asker.sides
        for flow in _flows(snapshot, _Asked(service, port, family, asker), way, side)
    )
    return PathsReading(service, port, family, asker, ways, flows, targets, nodes)


def _targets(snapshot: Snapshot, service: Service) -> Iterator[tuple[str, Target]]:
    """Yield every Node with what a load balancer makes of it."""
    for found in node_classes(snapshot, service):
        node = snapshot.get(Node, "", found.node)
        if node is not None:
            target = load_balancer_target(snapshot, service, node)
            yield from ((name, target) for name in found.nodes)


def _port(service: Service, word: str) -> ServicePort | None:
    if not word:
        return service.ports[0] if service.ports else None
    for port in service.ports:
        if word in {str(port.port), port.name}:
            return port
    has = joined(", ", (str(port.port) for port in service.ports)) or say("none")
    text = say(
        "Service {service} has no port {port}; it has {ports}",
        service=path_of(service),
        port=word,
        ports=has,
    )
    raise BadParameter("port", text)


def _family(service: Service, word: str) -> Family:
    offered = service.slice_families
    if not word:
        return offered[0]
    family: Family = "IPv6" if word == "IPv6" else "IPv4"
    if family not in offered:
        text = say(
            "Service {service} has no {family}; it has {families}",
            service=path_of(service),
            family=word,
            families=joined(", ", offered),
        )
        raise BadParameter("family", text)
    return family


def _asker(snapshot: Snapshot, word: str) -> Asker:
    if not word:
        return Asker(("inside", "outside"))
    if word == OUTSIDE:
        return Asker(("outside",))
    if "/" in word:
        namespace, _slash, name = word.removeprefix("Pod/").partition("/")
        pod = snapshot.get(Pod, namespace, name)
        if pod is None:
            raise BadParameter("client", say("there is no Pod {pod}", pod=f"{namespace}/{name}"))
        if not pod.node_name:
            text = say("Pod {pod} is on no Node yet", pod=f"{namespace}/{name}")
            raise BadParameter("client", text)
        return Asker(("inside",), pod.node_name, pod)
    if snapshot.get(Node, "", word) is None:
        raise BadParameter("client", say("there is no Node {node}", node=word))
    return Asker(("inside",), word)


def _ways(
    service: Service, port: ServicePort | None, family: Family, node: Node | None
) -> Iterator[Way]:
    """Yield every entry mode, open or not; `node` stands for those node ports are answered on."""
    found: dict[str, list[Destination]] = {mode: [] for mode in MODES}
    if port is not None:
        for target in destinations(service, port, family, node):
            found[target.kind].append(target)
    name = object_of(service)
    index = service.ports.index(port) if port is not None else 0
    for mode in MODES:
        targets = found[mode]
        addresses = tuple(dict.fromkeys(target.ip for target in targets))
        if mode == "loadBalancer" and service.type == "LoadBalancer" and not addresses:
            entries = service.load_balancer_ingress
            addresses = tuple(entry.hostname or entry.ip for entry in entries)
        is_live = bool(addresses) and not service.is_headless
        path = targets[0].path if targets else _field(mode, index)
        value = str(port.node_port) if mode == "nodePort" and port and port.node_port else ""
        value = value or joined(", ", addresses) or _shut(service, mode)
        yield Way(
            mode=mode,
            addresses=addresses,
            number=None if port is None else port.node_port if mode == "nodePort" else port.port,
            why=Reason(_sentence(service, mode, is_live=is_live), name, path, value,
                       cause=not is_live),
            is_live=is_live,
            sides=("inside",) if mode == "clusterIP" else ("outside",),
        )  # fmt: skip


def _field(mode: Mode, index: int) -> str:
    return {
        "clusterIP": "spec.clusterIP",
        "nodePort": f"spec.ports[{index}].nodePort",
        "loadBalancer": "status.loadBalancer.ingress",
        "externalIP": "spec.externalIPs",
    }[mode]


def _shut(service: Service, mode: Mode) -> str:
    if mode == "clusterIP" and service.is_headless:
        return "None"
    return "empty" if mode == "loadBalancer" and service.type == "LoadBalancer" else "absent"


def _sentence(service: Service, mode: Mode, *, is_live: bool) -> str:
    if is_live:
        return {
            "clusterIP": say("Every Node's proxy answers on the cluster IP."),
            "nodePort": say("Every Node answers on its own addresses at the node port."),
            "loadBalancer": say("A load balancer answers here and sends to the Nodes."),
            "externalIP": say("Proxies take packets for this address, if routers bring them."),
        }[mode]
    if mode == "clusterIP" and service.is_headless:
        return say("Headless: no address of its own, clients connect to the Pods.")
    if mode == "loadBalancer" and service.type == "LoadBalancer":
        return say("It asks for a load balancer, and none has given it an address yet.")
    if mode == "nodePort" and service.type == "LoadBalancer":
        return say("Node ports are switched off: the load balancer must reach Pods by itself.")
    return say("Not exposed this way.")


def _flows(snapshot: Snapshot, asked: _Asked, way: Way, side: Side) -> Iterator[Flow]:
    service, port, family, asker = asked
    kind: DestinationKind = way.mode
    among = [asker.node] if asker.node else None
    for nodes in node_classes(snapshot, service, among):
        held = snapshot.get(Node, "", nodes.node)
        found = [t for t in destinations(service, port, family, held) if t.kind == kind]
        if not found and kind == "loadBalancer":  # by name or as a proxy: it uses the node port
            found = [t for t in destinations(service, port, family, held) if t.kind == "nodePort"]
        target: Destination | None = found[0] if found else None
        ip = asker.pod.address(family) or "" if asker.pod is not None else ""
        client = Client("outside" if side == "outside" else "pod", nodes.node, ip)
        if target is None:
            continue  # the Node has no address of this family, or is not on this way at all
        answer = forward(snapshot, service, port, client, target)
        yield Flow(way, side, nodes, answer)
