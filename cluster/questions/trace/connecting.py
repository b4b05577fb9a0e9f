"""From an address and a port to endpoints: the stages that Services and Nodes play a part in.

`Connecting` adds its steps to a flow and returns the endpoints that policies then judge; None
where the connection stops before. Source: semantics.md F; forwarding itself is the service
domain's.
"""

from __future__ import annotations

from dataclasses import dataclass

from cluster.domains.policy.ends import address_end, by_family, node_end
from cluster.domains.policy.verdict import Connection, judge
from cluster.domains.service.destinations import Destination, find_destination
from cluster.domains.service.proxy_endpoints import host_port
from cluster.domains.service.service import Service, ServicePort
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import ContainerPort, Pod
from cluster.machinery.addresses import Address, Family, family_of, parse_address
from cluster.machinery.manifest import Manifest
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say
from cluster.questions.facts import Facts
from cluster.questions.question import bad
from cluster.questions.slices import endpoint_rows
from cluster.questions.trace.policies import Target, selecting
from cluster.questions.trace.proxying import Proxying, pod_target
from cluster.questions.trace.sources import Source, end_of
from cluster.questions.trace.steps import (
    Confidence,
    Edit,
    Evidence,
    Flow,
    Missed,
    Step,
)
from cluster.questions.words import listed


@dataclass(slots=True)
class Connecting:
    """One connection attempt of `source`; `protocol` None takes what the Service's port says."""

    snapshot: Snapshot
    facts: Facts
    flow: Flow
    source: Source
    protocol: str | None = None

    @property
    def used_protocol(self) -> str:
        """The protocol, TCP where nothing says otherwise."""
        return self.protocol or "TCP"

    # straight to endpoints

    def to_pods(self, pods: tuple[Pod, ...], port: int | str | None) -> list[Target] | None:
        """Connect to Pods by their own addresses (F-40)."""
        targets = []
        for pod in pods:
            number = self.pod_port(pod, port)
            if number is None:
                continue
            family = self._family(pod, number)
            address = pod.address(family)
            label = host_port(address, number) if address else pod.meta.name
            targets.append(pod_target(self.snapshot, pod, label, number, family))
        if not targets:
            name = f"{pods[0].meta.namespace}/{pods[0].meta.name}"
            text = say(
                "Pod {name} has no {protocol} port called {port}.",
                name=name,
                protocol=self.used_protocol,
                port=str(port),
            )
            self._fail(say("Which port is meant?"), text, "H-26", ())
            return None
        where = listed([target.end.label for target in targets])
        text = say(
            "To the address of {where} itself: no Service and no proxy has a part in it.",
            where=where,
        )
        self._direct(text)
        return targets

    def pod_port(self, pod: Pod, port: int | str | None) -> int | None:
        """Return the number that `port` means on a Pod; None asks for the first one declared."""
        if isinstance(port, int):
            return port
        if isinstance(port, str):
            return pod.named_port(port, self.used_protocol)
        declared = [item for item in pod.ports() if self.protocol in {None, item.protocol}]
        if not declared:
            name = f"{pod.meta.namespace}/{pod.meta.name}"
            raise bad(say("port is required: Pod {pod} declares none", pod=name), "port")
        self.protocol = declared[0].protocol
        return declared[0].container_port

    def _family(self, pod: Pod, port: int) -> Family:
        """Return the family to use: the first that policies let pass, else the first shared."""
        shared = [family for family in self.source.families if pod.address(family)]
        end = end_of(self.snapshot, pod)
        for family in shared if len(shared) > 1 else ():
            found = Connection(self.source.end, end, self.used_protocol, port, family)
            if judge(found, lambda asked: selecting(self.snapshot, asked)).allowed:
                return family
        return shared[0] if shared else "IPv4"

    def to_address(self, address: Address, port: int) -> list[Target] | None:
        """Connect to an address: a Service's, a Pod's, a Node's, or one outside."""
        text = str(address)
        hit = find_destination(self.snapshot, text, port, self.used_protocol)
        if hit is not None:
            return self._through(hit.service, hit.port, hit.destination)
        holders = sorted(
            self.snapshot.lookup(Service, "address", text),
            key=lambda item: (item.meta.namespace, item.meta.name),
        )
        if holders:
            self._no_such_port(holders[0], port)
            return None
        pods = [pod for pod in self.snapshot.lookup(Pod, "ip", text) if not pod.host_network]
        alive = [pod for pod in pods if not pod.is_finished] or pods
        if alive:
            return self.to_pods(tuple(alive[:1]), port)
        nodes = sorted(self.snapshot.lookup(Node, "ip", text), key=lambda node: node.meta.name)
        if nodes:
            return self.to_node(nodes[0], port, address)
        return self.to_outside([address], port)

    def to_outside(self, addresses: list[Address], port: int | None) -> list[Target]:
        """Connect to addresses that nothing in the cluster holds."""
        label = str(addresses[0]) if len(addresses) == 1 else self.flow.destination
        self._direct(
            say(
                "{label} is outside the cluster: no Service and no proxy has a part in it.",
                label=label,
            )
        )
        return [
            Target(
                str(address) if port is None else host_port(str(address), port),
                address_end(address), port, family_of(address),
            )
            for address in addresses
        ]  # fmt: skip

    def to_node(
        self, node: Node, port: int, address: Address | None = None
    ) -> list[Target] | None:
        """Connect to a Node: a node port, a host port of one of its Pods, or its processes."""
        held = by_family(node.internal_ips)
        texts = [held[family] for family in self.source.families if family in held]
        own = address or (parse_address(texts[0]) if texts else None)
        if own is None:
            text = say(
                "Node {node} has no address of a family that the client has.", node=node.meta.name
            )
            self._fail(
                say("Does Node {node} have an address?", node=node.meta.name), text, "C-28", ()
            )
            return None
        hit = find_destination(self.snapshot, str(own), port, self.used_protocol)
        if hit is not None:
            return self._through(hit.service, hit.port, hit.destination)
        for pod in sorted(self.snapshot.lookup(Pod, "node", node.meta.name), key=_name_of):
            found = self._host_port(pod, str(own), port)
            if found is not None and not pod.host_network and not pod.is_finished:
                return self._to_host_port(pod, found, family_of(own))
        self._direct(say("{own} is Node {node} itself.", own=str(own), node=node.meta.name))
        target = Target(
            host_port(str(own), port), node_end(node), port, family_of(own), node.meta.name
        )
        return [target]

    def _host_port(self, pod: Pod, address: str, port: int) -> ContainerPort | None:
        for item in pod.ports():
            is_here = item.host_ip in {"", "0.0.0.0", "::", address}  # noqa: S104 - a comparison
            if is_here and (item.host_port, item.protocol) == (port, self.used_protocol):
                return item
        return None

    def _to_host_port(self, pod: Pod, port: ContainerPort, family: Family) -> list[Target]:
        self._direct(
            say(
                "A hostPort leads to Pod {namespace}/{name}.",
                namespace=pod.meta.namespace,
                name=pod.meta.name,
            ),
            "I-45",
        )
        label = host_port(pod.address(family) or pod.meta.name, port.container_port)
        return [pod_target(self.snapshot, pod, label, port.container_port, family)]

    # Services

    def to_service(self, service: Service, port: int | str | None) -> list[Target] | None:
        """Connect to a Service by the first of its addresses that the source can use."""
        found = self.service_port(service, port)
        if service.is_headless:
            return self._to_headless(service, found, port)
        if found is None:
            self._no_such_port(service, port)
            return None
        proxying = Proxying(self.snapshot, self.facts, self.flow, self.source)
        return proxying.to_service(service, found)

    def service_port(self, service: Service, port: int | str | None) -> ServicePort | None:
        """Return the port that is meant: the first one where none is named."""
        wanted = [item for item in service.ports if self.protocol in {None, item.protocol}]
        if port is not None:
            wanted = [item for item in wanted if port in (item.port, item.name)]
        found = min(wanted, key=lambda item: item.protocol != "TCP", default=None)
        if port is None and wanted:
            found = wanted[0]
        if found is not None:
            self.protocol = found.protocol
        return found

    def _through(
        self, service: Service, port: ServicePort, destination: Destination
    ) -> list[Target] | None:
        proxying = Proxying(self.snapshot, self.facts, self.flow, self.source)
        return proxying.to_destination(service, port, destination)

    def _to_headless(
        self, service: Service, port: ServicePort | None, asked: int | str | None
    ) -> list[Target] | None:
        """Connect to the endpoints that the name stands for, on the port as asked (F-40)."""
        name = f"Service {service.meta.namespace}/{service.meta.name}"
        targets = []
        for row in endpoint_rows(self.snapshot, service):
            number = asked if isinstance(asked, int) else None
            if number is None and port is not None:
                number = next((p.port for p in row.ports if p.name == port.name), None)
            if number is None or not row.ready or row.family not in self.source.families:
                continue
            label = host_port(row.address, number)
            family: Family = "IPv6" if ":" in row.address else "IPv4"
            if row.pod is not None:
                targets.append(pod_target(self.snapshot, row.pod, label, number, family))
        question = say("Which endpoints does {name} stand for?", name=name)
        evidence = (Evidence(name, "spec.clusterIP", "None"),)
        if not targets:
            found = Proxying(self.snapshot, self.facts, self.flow, self.source)
            text = say("{name} is headless and has no ready endpoint.", name=name)
            self.flow.add(
                Step("service", question, "fail", text, "E-18", evidence,
                     closest_miss=found.why_no_endpoint(service))
            )  # fmt: skip
            return None
        text = say(
            "{name} is headless: clients connect to its {targets} endpoints themselves.",
            name=name,
            targets=len(targets),
        )
        self.flow.add(Step("service", question, "pass", text, "F-40", evidence))
        return targets

    # steps

    def _no_such_port(self, service: Service, port: int | str | None) -> None:
        name = f"Service {service.meta.namespace}/{service.meta.name}"
        known = joined(", ", (f"{item.port}/{item.protocol}" for item in service.ports)) or "none"
        shown = f"{port}/{self.used_protocol}"
        change = None
        if isinstance(port, int):
            entry: Manifest = {
                "name": f"port-{port}", "port": port, "protocol": self.used_protocol,
            }  # fmt: skip
            text = say("add port {shown} to spec.ports of {name}", shown=shown, name=name)
            change = Edit(text, name, "spec.ports", entry, appended=True)
        self.flow.add(
            Step(
                "service", say("Does {name} answer on {shown}?", name=name, shown=shown), "fail",
                say(
                    "{name} has no port {shown}: nothing answers there. It has {known}.",
                    name=name, shown=shown, known=known
                ), "F-32",
                (Evidence(name, "spec.ports", known),),
                closest_miss=Missed(say(
                    "{name} listens on {known}",
                    name=name, known=known
                ), name, "spec.ports"),
                smallest_change=change,
            )
        )  # fmt: skip

    def _direct(self, text: str, rule: str = "F-40") -> None:
        is_outside = self.source.kind == "outside"
        confidence: Confidence = "assumed" if is_outside else "configured"
        question = say("Is a Service in between?")
        self.flow.add(Step("service", question, "skip", text, rule, confidence=confidence))

    def _fail(self, question: str, text: str, rule: str, evidence: tuple[Evidence, ...]) -> None:
        self.flow.add(Step("service", question, "fail", text, rule, evidence))


def _name_of(pod: Pod) -> tuple[str, str]:
    return (pod.meta.namespace, pod.meta.name)
