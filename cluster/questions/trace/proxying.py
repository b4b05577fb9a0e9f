"""The stages from a Service to its endpoints: service, load balancer, node port, proxy, choice.

Inside the cluster the proxy of the client's own Node decides; from outside those of the Nodes on
which the connection can arrive. Source: semantics.md F-19 to F-42.
"""

from __future__ import annotations

from dataclasses import dataclass

from cluster.domains.policy.ends import address_end, by_family
from cluster.domains.service.destinations import Destination, first_destination
from cluster.domains.service.forwarding import Forwarding, forward
from cluster.domains.service.proxy_endpoints import ProxyEndpoint
from cluster.domains.service.service import Service, ServicePort
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import Family, family_of_text, parse_address
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say, say_n
from cluster.questions.facts import Facts
from cluster.questions.slices import endpoint_rows
from cluster.questions.trace.arriving import entrance, entry_nodes
from cluster.questions.trace.policies import Target
from cluster.questions.trace.sources import Source, end_of
from cluster.questions.trace.steps import (
    Edit,
    EndpointVerdict,
    Evidence,
    Flow,
    Missed,
    Step,
    evidence_of,
)
from cluster.questions.words import listed


@dataclass(frozen=True, slots=True)
class _Arrival:
    """What the proxy of one Node does with the connection."""

    node: str
    forwarding: Forwarding


@dataclass(slots=True)
class Proxying:
    """The way through one Service."""

    snapshot: Snapshot
    facts: Facts
    flow: Flow
    source: Source

    def to_service(self, service: Service, port: ServicePort) -> list[Target] | None:
        """Go to the first address of a Service that the source can use."""
        if self.source.kind == "outside":
            return self._from_outside(service, port)
        for family in self.source.families:
            address = service.virtual_ip(family)
            if address is not None:
                destination = first_destination(
                    self.snapshot, service, port, self.source.node, "clusterIP"
                )
                if destination is None or destination.ip != address:
                    destination = Destination("clusterIP", address, port.port, "spec.clusterIPs")
                return self.to_destination(service, port, destination)
        name = _name(service)
        text = say(
            "{name} has no cluster IP of a family that {source} has.",
            name=name,
            source=self.source.label,
        )
        evidence = (Evidence(name, "spec.clusterIPs", ", ".join(service.cluster_ips)),)
        self.flow.add(
            Step(
                "service", say("Has {name} an address?", name=name), "fail", text, "F-1", evidence
            )
        )
        return None

    def _from_outside(self, service: Service, port: ServicePort) -> list[Target] | None:
        """Go in by a load balancer, by an external IP, or by a node port."""
        for kind in ("loadBalancer", "externalIP"):
            found = first_destination(self.snapshot, service, port, "", kind)
            if found is not None and family_of_text(found.ip) in self.source.families:
                return self.to_destination(service, port, found)
        if service.type == "LoadBalancer":
            self.flow.add(_balancer_ahead(service))
        if port.node_port is not None:
            nodes = sorted(self.snapshot.of(Node), key=lambda node: node.meta.name)
            family = self.source.families[0]
            at = next((ip for node in nodes if (ip := _node_ip(node, family))), "0.0.0.0")  # noqa: S104
            path = f"spec.ports[{service.ports.index(port)}].nodePort"
            destination = Destination("nodePort", at, port.node_port, path)
            return self.to_destination(service, port, destination, is_any_node=True)
        self._inside_only(service)
        return None

    def _inside_only(self, service: Service) -> None:
        name = _name(service)
        text = say("{name} is reachable from Nodes and Pods of the cluster alone.", name=name)
        evidence = (Evidence(name, "spec.type", service.type),)
        change = Edit(
            say("set spec.type of {name} to NodePort", name=name), name, "spec.type", "NodePort"
        )
        self.flow.add(
            Step("service", say(
                "Is {name} reachable from outside?",
                name=name
            ), "fail", text, "F-32", evidence,
                 smallest_change=change)
        )  # fmt: skip

    def to_destination(
        self,
        service: Service,
        port: ServicePort,
        destination: Destination,
        *,
        is_any_node: bool = False,
    ) -> list[Target] | None:
        """Go to one address of a Service; `is_any_node`: to its node port on whichever Node."""
        if self.source.kind == "outside" and destination.kind == "clusterIP":
            self._inside_only(service)
            return None
        nodes = entry_nodes(
            self.snapshot, self.source, service, destination, is_any_node=is_any_node
        )
        if self.source.kind == "outside":
            miss = None if nodes else self.why_no_endpoint(service)
            if not self.flow.add(entrance(service, destination, nodes, miss)):
                return None
        self._service_step(service, port, destination)
        arrivals = [
            _Arrival(node, self._forward(service, port, destination, node)) for node in nodes
        ]
        if not self._proxy_step(service, destination, arrivals):
            return None
        return self._choice(service, port, destination, arrivals)

    def _forward(
        self, service: Service, port: ServicePort, destination: Destination, node: str
    ) -> Forwarding:
        client = self.source.client(family_of_text(destination.ip), node)
        return forward(self.snapshot, service, port, client, destination)

    # steps

    def _service_step(self, service: Service, port: ServicePort, at: Destination) -> None:
        name = _name(service)
        where = f"spec.ports[{service.ports.index(port)}]"
        shown = f"{port.port}/{port.protocol}"
        self.flow.add(
            Step(
                "service",
                say(
                    "Which Service answers at {ip}, {protocol} {number}?",
                    ip=at.ip,
                    protocol=port.protocol,
                    number=at.number,
                ),
                "pass",
                say(
                    "{name}: {shown} leads to targetPort {target_port}.",
                    name=name,
                    shown=shown,
                    target_port=port.target_port,
                ),
                "F-20" if at.is_external else "F-19",
                (
                    Evidence(name, at.path, at.ip if at.kind != "nodePort" else str(at.number)),
                    Evidence(name, f"{where}.targetPort", str(port.target_port)),
                ),
            )
        )

    def _proxy_step(
        self, service: Service, destination: Destination, arrivals: list[_Arrival]
    ) -> bool:
        """Add what the proxies do; returns whether any lets the connection through (F-31)."""
        names = listed([arrival.node or say("a Node") for arrival in arrivals])
        question = say("What does kube-proxy on {names} do with it?", names=names)
        refused = [found for found in arrivals if _is_out_of_range(found.forwarding)]
        shown = (refused or arrivals)[0].forwarding
        evidence = evidence_of(shown.why)
        if len(refused) < len(arrivals):
            told = [reason.text for reason in shown.why[1:2] if not reason.cause]
            texts = told or [say("It takes the connection.")]
            rule = "F-24" if destination.is_external else "F-19"
            return self.flow.add(
                Step(
                    "proxy", question, "pass", texts[0], rule, evidence, "assumed",
                    nodes=_nodes(arrivals),
                )
            )  # fmt: skip
        cause = next(reason for reason in shown.why if reason.cause)
        name = _name(service)
        address = self.source.end.address(family_of_text(destination.ip))
        block = f"{address}/{address.max_prefixlen}" if address is not None else ""
        change = Edit(
            say("add {block} to {path} of {name}", block=block, path=cause.path, name=name),
            name,
            cause.path,
            block,
            appended=True,
        )
        text = say(
            "{cause} The load balancer's source ranges are {value}.",
            cause=cause.text,
            value=cause.value,
        )
        return self.flow.add(
            Step(
                "proxy", question, "fail", text, "F-31", evidence, smallest_change=change,
                nodes=_nodes(arrivals),
            )
        )  # fmt: skip

    def _choice(
        self,
        service: Service,
        port: ServicePort,
        destination: Destination,
        arrivals: list[_Arrival],
    ) -> list[Target] | None:
        """Add which endpoints may be chosen, and return them."""
        forwarding = [found for found in arrivals if found.forwarding.action == "forward"]
        stopped = [found for found in arrivals if found.forwarding.action != "forward"]
        question = say("Which endpoints of {service} may be chosen?", service=_name(service))
        shown = (stopped or forwarding)[0].forwarding
        evidence = evidence_of(shown.why)
        if stopped:
            self.flow.add(self._no_choice(service, port, destination, stopped[0], question))
        else:
            chosen = {str(end) for found in forwarding for end in found.forwarding.endpoints}
            text = say_n(
                "{n:,} endpoint eligible: {endpoints}.",
                "{n:,} endpoints eligible: {endpoints}.",
                len(chosen),
                endpoints=listed(sorted(chosen)),
            )
            self.flow.add(Step("endpoint-choice", question, "pass", text, "F-25", evidence))
        if not forwarding:
            return None
        for found in stopped:
            cause = next((r.text for r in found.forwarding.why if r.cause), "")
            self.flow.endpoints.append(
                EndpointVerdict(
                    f"{found.node}:{destination.number}", "", found.node, self.flow.source,
                    "blocked", "endpoint-choice", cause,
                )
            )  # fmt: skip
        return self._targets(forwarding, family_of_text(destination.ip))

    def _no_choice(
        self,
        service: Service,
        port: ServicePort,
        destination: Destination,
        stopped: _Arrival,
        question: str,
    ) -> Step:
        found = stopped.forwarding
        cause = next((reason for reason in found.why if reason.cause), None)
        text = cause.text if cause is not None else say("No endpoint may be chosen.")
        name, evidence = _name(service), evidence_of(found.why)
        if found.action == "reject":
            return Step(
                "endpoint-choice", question, "fail", text, "F-22", evidence,
                closest_miss=self.why_no_endpoint(service),
            )  # fmt: skip
        word = "externalTrafficPolicy" if destination.is_external else "internalTrafficPolicy"
        path = f"spec.{word}"
        change = Edit(
            say("set {path} of {name} to Cluster", path=path, name=name), name, path, "Cluster"
        )
        others = listed([str(end) for end in found.categories.reachable or ()]) or say(
            "other Nodes"
        )
        return Step(
            "endpoint-choice", question, "fail", text, "F-23", evidence,
            closest_miss=Missed(say(
                "{name} has endpoints elsewhere: {others}",
                name=name, others=others
            ), name, path),
            smallest_change=change,
        )  # fmt: skip

    def why_no_endpoint(self, service: Service) -> Missed | None:
        """Return what keeps a Service from having endpoints, by its findings and its Pods."""
        key = self.snapshot.key_of(service)
        for finding in self.facts.of(key):
            if finding.path.startswith("spec."):
                return Missed(finding.message, str(key), finding.path)
        rows = endpoint_rows(self.snapshot, service)
        if not rows:
            return None
        names = listed([
            f"{row.pod.meta.namespace}/{row.pod.meta.name}" if row.pod else row.address
            for row in rows
        ])  # fmt: skip
        text = say_n(
            "{n:,} endpoint of {key}, none of them ready: {names}",
            "{n:,} endpoints of {key}, none of them ready: {names}",
            len(rows),
            key=str(key),
            names=names,
        )
        pod = next((row.pod for row in rows if row.pod is not None), None)
        about = f"Pod {pod.meta.namespace}/{pod.meta.name}" if pod is not None else str(key)
        return Missed(text, about, "status.conditions")

    # endpoints

    def _targets(self, arrivals: list[_Arrival], family: Family) -> list[Target]:
        """Return every endpoint once for each address that it may see."""
        found: dict[tuple[str, str], Target] = {}
        for arrival in arrivals:
            forwarding = arrival.forwarding
            is_masked = forwarding.source_seen == "node" and self.source.kind != "node"
            node = self.snapshot.get(Node, "", arrival.node) if is_masked else None
            seen = parse_address(_node_ip(node, family)) if node is not None else None
            for endpoint in forwarding.endpoints:
                target = self._target(endpoint, family, None if seen is None else str(seen))
                found.setdefault((target.label, str(seen or "")), target)
        return [found[key] for key in sorted(found)]

    def _target(self, endpoint: ProxyEndpoint, family: Family, seen: str | None) -> Target:
        address = parse_address(seen) if seen is not None else None
        end = address_end(address) if address is not None else None
        pod = self._pod_of(endpoint)
        if pod is not None:
            made = pod_target(self.snapshot, pod, str(endpoint), endpoint.port, family)
            return Target(made.label, made.end, made.port, family, made.node, pod, end)
        own = parse_address(endpoint.ip)
        assert own is not None  # noqa: S101 - slices hold addresses of their family
        node = endpoint.endpoint.node_name or ""
        return Target(str(endpoint), address_end(own), endpoint.port, family, node, None, end)

    def _pod_of(self, endpoint: ProxyEndpoint) -> Pod | None:
        named = endpoint.endpoint.target
        if named is not None and named.kind == "Pod":
            namespace = named.namespace or endpoint.source.namespace
            return self.snapshot.get(Pod, namespace, named.name)
        pods = self.snapshot.lookup(Pod, "ip", endpoint.ip)
        return next((pod for pod in pods if not pod.host_network), None)


def pod_target(snapshot: Snapshot, pod: Pod, label: str, port: int, family: Family) -> Target:
    """Return a Pod as an endpoint."""
    return Target(label, end_of(snapshot, pod), port, family, pod.node_name, pod)


def _nodes(arrivals: list[_Arrival]) -> tuple[str, ...]:
    return tuple(found.node for found in arrivals if found.node)


def _balancer_ahead(service: Service) -> Step:
    """Return what is known of a load balancer that hands connections to node ports (F-30)."""
    name = _name(service)
    question = say("At which address does the load balancer of {name} answer?", name=name)
    path = "status.loadBalancer.ingress"
    shown = joined(", ", (entry.ip or entry.hostname for entry in service.load_balancer_ingress))
    evidence = (Evidence(name, path, shown),)
    if not shown:
        text = say(
            "{name} has no load balancer address (yet): its node ports are left.", name=name
        )
        return Step("load-balancer", question, "unknown", text, "F-30", evidence)
    text = say("{shown} sends connections on to the Nodes.", shown=shown)
    return Step("load-balancer", question, "pass", text, "F-30", evidence, "assumed")


def _is_out_of_range(found: Forwarding) -> bool:
    return found.action == "drop" and any(
        reason.cause and reason.path == "spec.loadBalancerSourceRanges" for reason in found.why
    )


def _name(service: Service) -> str:
    return f"Service {service.meta.namespace}/{service.meta.name}"


def _node_ip(node: Node, family: Family) -> str:
    found = by_family(node.internal_ips).get(family)
    return "" if found is None else str(found)
