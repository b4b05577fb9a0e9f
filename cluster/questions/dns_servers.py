"""Who answers at a Pod's first name server, and whether policies let the Pod ask.

The server is found as any connection's destination is, and the question is judged as any
connection is, over UDP and over TCP. Source: semantics.md E-46 to E-50, H-31.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from cluster.domains.dns.resolver import ResolvConf
from cluster.domains.policy.ends import End, address_end, pod_end
from cluster.domains.policy.policy import NetworkPolicy
from cluster.domains.policy.verdict import Connection, Verdict, judge
from cluster.domains.service.destinations import find_destination
from cluster.domains.service.forwarding import Client, forward
from cluster.domains.service.service import Service, ServicePort
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.pod import Container, ContainerPort, Pod
from cluster.machinery.addresses import Address, Family, family_of, parse_address
from cluster.machinery.meta import ObjectMeta
from cluster.machinery.snapshot import Snapshot
from cluster.questions.bootstrap import DNS_LABELS, DNS_SERVER

DNS_PORT = 53
PROTOCOLS = ("UDP", "TCP")

Answerer: TypeAlias = Literal["none", "service", "assumed", "outside", "malformed"]


@dataclass(frozen=True, slots=True)
class ServerEnd:
    """A process that may answer: a Pod, or just an address; `family` is that of the question."""

    end: End
    port: int
    family: Family
    pod: Pod | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """Whether a Pod may ask over one protocol.

    `verdict` is about a server that answers, else about the first that does not; None where
    nobody listens (`served` false) or nobody is known. `passing` of `total` servers may be asked.
    """

    protocol: str
    allowed: bool
    served: bool = True
    verdict: Verdict | None = None
    passing: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class NameServer:
    """The first name server of a Pod, the one that a resolver asks (E-52).

    `assumed`: it is the cluster's DNS address, and nobody known stands behind it; netviz answers
    all the same. `outside`: somebody else's server.
    """

    address: str
    answerer: Answerer
    service: Service | None = None
    port: ServicePort | None = None
    servers: tuple[ServerEnd, ...] = ()
    asking: tuple[Asking, ...] = ()

    @property
    def may_ask(self) -> bool:
        """Whether a lookup gets through: over UDP, which comes first (H-31)."""
        return any(one.protocol == "UDP" and one.allowed for one in self.asking)


def name_server(snapshot: Snapshot, pod: Pod, conf: ResolvConf) -> NameServer:
    """Return who answers a Pod with `conf`, and whether it may ask."""
    address = conf.nameservers[0] if conf.nameservers else ""
    if not address:
        return NameServer("", "none")
    parsed = parse_address(address)
    if parsed is None:
        return NameServer(address, "malformed")
    source = _end(snapshot, pod)
    hit = find_destination(snapshot, address, DNS_PORT, "UDP")
    by_protocol = {
        protocol: _servers(snapshot, pod, source, parsed, protocol) for protocol in PROTOCOLS
    }
    answerer: Answerer = "service"
    if not by_protocol["UDP"]:
        is_own = hit is not None or address in snapshot.settings.dns_addresses
        answerer = "assumed" if is_own else "outside"
        server = _imagined(snapshot, parsed) if is_own else _elsewhere(parsed)
        by_protocol = dict.fromkeys(PROTOCOLS, (server,))
    return NameServer(
        address,
        answerer,
        None if hit is None else hit.service,
        None if hit is None else hit.port,
        by_protocol["UDP"],
        tuple(_ask(snapshot, source, by_protocol[protocol], protocol) for protocol in PROTOCOLS),
    )


def imagined_server(snapshot: Snapshot, family: Family) -> Pod:
    """Return a Pod of the cluster's DNS as kubeadm makes it, for clusters where none is known."""
    cidr = next(
        (item for item in snapshot.settings.pod_cidrs if family_of(item) == family),
        snapshot.settings.pod_cidrs[0],
    )
    ports = (ContainerPort(DNS_PORT, "UDP", "dns"), ContainerPort(DNS_PORT, "TCP", "dns-tcp"))
    labels = {key: str(value) for key, value in DNS_LABELS.items()}
    return Pod(
        ObjectMeta(DNS_SERVER.namespace, DNS_SERVER.name, labels=labels),
        phase="Running",
        ips=(str(cidr[-2]),),
        containers=(Container("coredns", ports),),
    )


def _imagined(snapshot: Snapshot, address: Address) -> ServerEnd:
    family = family_of(address)
    return ServerEnd(_end(snapshot, imagined_server(snapshot, family)), DNS_PORT, family)


def _elsewhere(address: Address) -> ServerEnd:
    return ServerEnd(address_end(address), DNS_PORT, family_of(address))


def _servers(
    snapshot: Snapshot, pod: Pod, source: End, address: Address, protocol: str
) -> tuple[ServerEnd, ...]:
    """Return the Pods to which the Service's address leads this Pod."""
    hit = find_destination(snapshot, str(address), DNS_PORT, protocol)
    if hit is None:
        return ()
    family = family_of(address)
    seen = source.addresses.get(family)
    kind: Literal["node", "pod"] = "node" if pod.host_network else "pod"
    client = Client(kind, pod.node_name, "" if seen is None else str(seen))
    found = forward(snapshot, hit.service, hit.port, client, hit.destination)
    return tuple(
        ServerEnd(_end(snapshot, server), end.port, family, server)
        for end in found.endpoints
        for server in snapshot.lookup(Pod, "ip", end.ip)
    )


def _ask(snapshot: Snapshot, source: End, servers: tuple[ServerEnd, ...], protocol: str) -> Asking:
    """Return whether any of the servers may be asked."""

    def selecting(pod: Pod) -> list[NetworkPolicy]:
        return snapshot.selecting(NetworkPolicy, pod.meta.namespace, pod.meta.labels)

    verdicts = [
        judge(Connection(source, one.end, protocol, one.port, one.family), selecting)
        for one in servers
    ]
    passing = [verdict for verdict in verdicts if verdict.allowed]
    shown = next(iter(passing or verdicts), None)
    return Asking(protocol, bool(passing), bool(servers), shown, len(passing), len(servers))


def _end(snapshot: Snapshot, pod: Pod) -> End:
    namespace = snapshot.get(Namespace, "", pod.meta.namespace)
    labels = namespace.meta.labels if namespace is not None else None
    return pod_end(pod, labels, families=snapshot.settings.families)
