"""Where a connection to a Service goes, and whom the endpoint sees: kube-proxy's part.

`forward` answers for one client, one Node and one address of a Service: the proxy of the Node on
which the packet arrives decides (for Pods and processes of the cluster, the Node they run on).
Source: `pkg/proxy/iptables/proxier.go`; semantics.md F-19 to F-40.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from cluster.domains.service.categorize import Categories, Uses, categorize, uses
from cluster.domains.service.destinations import (
    DEFAULT_CONFIG,
    Destination,
    DestinationKind,
    ProxyConfig,
    first_destination,
    is_in_source_ranges,
    source_ranges,
    unproxied,
)
from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.proxy_endpoints import ProxyEndpoint, proxy_endpoints
from cluster.domains.service.service import Service, ServicePort
from cluster.domains.workload.node import Node
from cluster.machinery.addresses import Family, family_of_text
from cluster.machinery.drawing import Reason
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say

Action: TypeAlias = Literal["forward", "reject", "drop"]
ClientKind: TypeAlias = Literal["pod", "node", "outside"]
SourceSeen: TypeAlias = Literal["preserved", "node"]


@dataclass(frozen=True, slots=True)
class Client:
    """Who connects, through the proxy of `node`: the Node that it runs on or arrives at.

    A host network Pod is a `node`. `ip` is empty where any client of the kind is meant; source
    ranges then count as passed.
    """

    kind: ClientKind
    node: str
    ip: str = ""


@dataclass(frozen=True, slots=True)
class Forwarding:
    """What becomes of a connection.

    `endpoints` are those it may go to, each as likely as the others (F-25), empty unless the
    action is `forward`; `hairpin` of them is the client itself and sees the Node's address
    (F-34). `affinity_seconds` is for how long a client stays with its endpoint, None without
    session affinity (F-26).
    """

    action: Action
    endpoints: tuple[ProxyEndpoint, ...]
    categories: Categories
    source_seen: SourceSeen
    why: tuple[Reason, ...]
    destination: Destination | None = None
    hairpin: tuple[ProxyEndpoint, ...] = ()
    affinity_seconds: int | None = None

    def json(self) -> Manifest:
        """The JSON of the question `proxy`."""
        why: list[JSON] = [
            {
                "text": reason.text,
                "object": reason.object,
                "path": reason.path,
                "value": reason.value,
            }
            for reason in self.why
        ]
        return {
            "action": self.action,
            "endpoints": [str(endpoint) for endpoint in self.endpoints],
            "categorize": self.categories.json(),
            "source_ip": self.source_seen,
            "why": why,
        }


@dataclass(frozen=True, slots=True)
class _Case:
    """Everything that decides, and the reasons found so far."""

    service: Service
    port: ServicePort
    family: Family
    client: Client
    needed: Uses
    categories: Categories
    why: list[Reason]

    def reason(self, text: str, path: str, value: str, *, cause: bool = False) -> None:
        meta = self.service.meta
        name = f"Service {meta.namespace}/{meta.name}"
        self.why.append(Reason(text, name, path, value, cause=cause))


def categories_on(
    snapshot: Snapshot, service: Service, port: ServicePort, family: Family, node: str
) -> Categories:
    """Return which endpoints a Node's proxy may use for a port in one family."""
    found = proxy_endpoints(snapshot, service, port, family, node)
    return categorize(found, uses(service, port, family), node, _zone(snapshot, node))


def _zone(snapshot: Snapshot, node: str) -> str:
    found = snapshot.get(Node, "", node)
    return found.zone if found is not None else ""


def forward(
    snapshot: Snapshot,
    service: Service,
    port: ServicePort,
    client: Client,
    destination: Destination | DestinationKind,
    *,
    config: ProxyConfig = DEFAULT_CONFIG,
) -> Forwarding:
    """Return what becomes of a connection to one address of a Service.

    A kind of address instead of one means the first that answers, primary family first.
    """
    target = (
        destination
        if isinstance(destination, Destination)
        else first_destination(snapshot, service, port, client.node, destination)
    )
    family = family_of_text(target.ip) if target is not None else _primary_family(service)
    case = _Case(
        service=service,
        port=port,
        family=family,
        client=client,
        needed=uses(service, port, family),
        categories=categories_on(snapshot, service, port, family, client.node),
        why=[],
    )
    if target is None:
        return _unanswered(case, destination)
    seen = _source_seen(case, target, config)
    action, endpoints = _decide(case, target, config, snapshot)
    hairpin = (
        tuple(endpoint for endpoint in endpoints if client.ip and endpoint.ip == client.ip)
        if client.kind == "pod"
        else ()
    )
    if hairpin:
        text = say(
            "The client is an endpoint itself; reaching itself, it sees the Node's address."
        )
        case.why.append(Reason(text, str(hairpin[0].source), hairpin[0].where, hairpin[0].ip))
    return Forwarding(
        action=action,
        endpoints=endpoints,
        categories=case.categories,
        source_seen=seen,
        why=tuple(case.why),
        destination=target,
        hairpin=hairpin,
        affinity_seconds=affinity_seconds(service),
    )


def affinity_seconds(service: Service) -> int | None:
    """Return for how long an address keeps its endpoint, None without affinity (F-26)."""
    if service.session_affinity != "ClientIP":
        return None
    return service.session_affinity_timeout_seconds or 10800  # B-12: three hours


def _primary_family(service: Service) -> Family:
    return next(iter(service.slice_families), "IPv4")


def _unanswered(case: _Case, wanted: Destination | DestinationKind) -> Forwarding:
    """Return that no proxy takes the packet: it is lost on its way (F-32)."""
    reason = unproxied(case.service)
    categories = case.categories
    if reason is not None:
        case.reason(*reason, cause=True)
        categories = Categories(None, None, (), has_any=False)
    else:
        kind = wanted.kind if isinstance(wanted, Destination) else wanted
        fields = {
            "clusterIP": "spec.clusterIP",
            "nodePort": f"spec.ports[{case.service.ports.index(case.port)}].nodePort",
            "externalIP": "spec.externalIPs",
            "loadBalancer": "status.loadBalancer.ingress",
        }
        case.reason(say("The Service has no {kind}.", kind=kind), fields[kind], "", cause=True)
    return Forwarding("drop", (), categories, "preserved", tuple(case.why))


def _lacks_port(case: _Case, snapshot: Snapshot) -> bool:
    """Whether the slices have ready endpoints, and none of them has the port (D-15)."""
    meta = case.service.meta
    pieces = snapshot.lookup(EndpointSlice, "service", (meta.namespace, meta.name))
    names = {port.name or "" for piece in pieces for port in piece.ports}
    if (case.port.name or "") in names:
        return False
    return any(end.is_ready for piece in pieces for end in piece.endpoints)


def _decide(
    case: _Case, target: Destination, config: ProxyConfig, snapshot: Snapshot
) -> tuple[Action, tuple[ProxyEndpoint, ...]]:
    """Return the action and its endpoints: F-22, then F-31, then the list that applies."""
    case.reason(
        say("The connection is to the {kind}.", kind=target.kind),
        target.path,
        _value(target),
    )
    if not case.categories.has_any and _lacks_port(case, snapshot):
        index = case.service.ports.index(case.port)
        case.reason(say("No Pod behind it has this port: connection refused."),
                    f"spec.ports[{index}].targetPort", str(case.port.target_port),
                    cause=True)  # fmt: skip
        return "reject", ()
    if not case.categories.has_any:
        text = say("No endpoint is ready, nor serving while it terminates: connection refused.")
        case.reason(text, f"spec.ports[{case.service.ports.index(case.port)}]", _port(case.port),
                    cause=True)  # fmt: skip
        return "reject", ()
    node = snapshot.get(Node, "", case.client.node)
    node_ips = node.internal_ips if node is not None and case.client.kind == "node" else ()
    source = case.client.ip
    if source and not is_in_source_ranges(case.service, source, target, node_ips):
        ranges = source_ranges(case.service, case.family)
        value = joined(", ", (str(network) for _path, network in ranges))
        case.reason(say(
            "{source} is in no source range.",
            source=source
        ), "spec.loadBalancerSourceRanges", value,
                    cause=True)  # fmt: skip
        return "drop", ()
    chosen, is_local = _list_for(case, target, config)
    if not chosen:
        text = say(
            "Endpoints exist, but none of them is on {node}: no answer.", node=case.client.node
        )
        case.reason(text, _policy_path(target), "Local", cause=True)
        return "drop", ()
    if case.categories.topology and not is_local:
        _tell_topology(case, chosen[0])
    if not chosen[0].is_ready:
        text = say(
            "No ready endpoint is left; those that still serve while they terminate are used."
        )
        case.why.append(Reason(text, str(chosen[0].source), f"{chosen[0].where}.conditions", ""))
    return "forward", chosen


def _list_for(
    case: _Case, target: Destination, config: ProxyConfig
) -> tuple[tuple[ProxyEndpoint, ...], bool]:
    """Return the list that applies (F-19, F-20, F-24), and whether it is the local one."""
    service, path = case.service, _policy_path(target)
    policy = (
        service.external_traffic_policy if target.is_external else service.internal_traffic_policy
    ) or "Cluster"
    if policy == "Cluster":
        case.reason(say("Endpoints of every Node may be used."), path, policy)
        return case.categories.cluster or (), False
    if target.is_external and _is_inside(case.client, config):
        text = say("From inside the cluster endpoints of every Node may be used all the same.")
        case.reason(text, path, policy)
        return case.categories.cluster or (), False
    case.reason(say("Only endpoints on {node} may be used.", node=case.client.node), path, policy)
    return case.categories.local or (), True


def _is_inside(client: Client, config: ProxyConfig) -> bool:
    """Whether a proxy knows that a client is of the cluster: its own Node always is (F-24)."""
    return client.kind == "node" or (client.kind == "pod" and config.detects_local)


def _source_seen(case: _Case, target: Destination, config: ProxyConfig) -> SourceSeen:
    """Return whose address the endpoint sees (F-33 to F-39)."""
    kind = case.client.kind
    if target.is_external:
        if case.service.external_traffic_policy != "Local":
            return "node"  # F-36
        return "node" if kind == "node" else "preserved"  # F-37
    if config.masquerade_all:
        return "node"  # F-39
    if kind == "pod" or not config.detects_local:
        return "preserved"  # F-33
    return "node"  # F-35, F-38


def _tell_topology(case: _Case, chosen: ProxyEndpoint) -> None:
    hint = "forNodes" if case.categories.topology == "PreferSameNode" else "forZones"
    names = chosen.endpoint.for_nodes if hint == "forNodes" else chosen.endpoint.for_zones
    text = say("Every ready endpoint has a hint, and some are for {node}.", node=case.client.node)
    path = f"{chosen.where}.hints.{hint}"
    case.why.append(Reason(text, str(chosen.source), path, ", ".join(names)))


def _policy_path(target: Destination) -> str:
    return "spec.externalTrafficPolicy" if target.is_external else "spec.internalTrafficPolicy"


def _value(target: Destination) -> str:
    return str(target.number) if target.kind == "nodePort" else target.ip


def _port(port: ServicePort) -> str:
    return f"{port.port}/{port.protocol}"
