"""Findings about a Service's own fields: NV110 to NV117, NV123 and NV125."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster.domains.service.families import PREFER
from cluster.domains.service.finding_texts import finding
from cluster.domains.service.service import Service
from cluster.machinery.addresses import family_of, parse_address, parse_network
from cluster.machinery.changes import Change
from cluster.machinery.findings import Finding
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, View
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say


@dataclass(frozen=True, slots=True)
class SettingFindings:
    """Facts of a Service: fields that do not do what they seem to."""

    name: str = "service_setting_findings"
    kinds: frozenset[str] = frozenset({"Service"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the Service that changed."""
        return (change.key,)

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every Service."""
        return map(snapshot.key_of, snapshot.of(Service))

    def derive(self, owner: Key, view: View) -> Answer:
        """Return the findings about the Service's own fields."""
        service = view.snapshot.get(Service, owner.namespace, owner.name)
        if service is None:
            return NOTHING
        facts = tuple(_faults(owner, service))
        return Answer(facts=facts) if facts else NOTHING


def _faults(owner: Key, service: Service) -> Iterator[Finding]:
    if service.is_external_name or service.is_headless:
        yield from _node_ports(owner, service)
    if service.is_external_name:
        yield from _external_name(owner, service)
        return
    yield from _traffic(owner, service)
    yield from _source_ranges(owner, service)
    if service.type == "LoadBalancer" and not service.load_balancer_ingress:
        text = say("No load balancer has given it an address.")
        yield finding(owner, "NV110", "status.loadBalancer", text)
    if service.ip_family_policy == PREFER and len(service.ip_families) == 1:
        family = service.ip_families[0]
        text = say("It prefers both IP families and has {family} alone.", family=family)
        yield finding(owner, "NV112", "spec.ipFamilyPolicy", text, PREFER)
    if service.is_headless:
        yield from _headless(owner, service)


def _external_name(owner: Key, service: Service) -> Iterator[Finding]:
    if parse_address(service.external_name.removesuffix(".")) is not None:
        text = say(
            "{target} is an address; a CNAME record needs a name.", target=service.external_name
        )
        yield finding(owner, "NV111", "spec.externalName", text, service.external_name)
    for path, is_set in (("selector", service.selector), ("ports", service.ports)):
        if is_set:
            text = say("An ExternalName Service has no use for {path}.", path=path)
            yield finding(owner, "NV114", f"spec.{path}", text)


def _node_ports(owner: Key, service: Service) -> Iterator[Finding]:
    for index, port in enumerate(service.ports):
        if port.node_port is not None:
            number = port.node_port
            text = (
                say("A headless Service answers on no Node, so node port {number} is unused.",
                    number=number)
                if service.is_headless
                else say("An ExternalName Service answers on no Node, so node port {number} is "
                         "unused.", number=number)
            )  # fmt: skip
            yield finding(
                owner, "NV115", f"spec.ports[{index}].nodePort", text, str(port.node_port)
            )


def _traffic(owner: Key, service: Service) -> Iterator[Finding]:
    """Tell settings that limit or override one another (F-26, D-47)."""
    if service.session_affinity == "ClientIP" and service.external_traffic_policy == "Local":
        text = say(
            "Each Node keeps clients from outside to its own endpoints, and knows only its own."
        )
        yield finding(owner, "NV116", "spec.sessionAffinity", text, "ClientIP")
    distribution = service.traffic_distribution
    if distribution and service.is_topology_aware:
        text = say(
            "The topology annotation takes precedence over {distribution}.",
            distribution=distribution,
        )
        yield finding(owner, "NV125", "spec.trafficDistribution", text, distribution)


def _source_ranges(owner: Key, service: Service) -> Iterator[Finding]:
    """Tell a family that no range restricts although the other one is restricted (F-31)."""
    networks = (parse_network(text) for text in service.load_balancer_source_ranges)
    restricted = {family_of(network) for network in networks if network is not None}
    if service.type != "LoadBalancer" or not restricted:
        return
    for family in service.ip_families:
        if family not in restricted:
            text = say(
                "No range restricts {family}: every {family} address is let in.", family=family
            )
            yield finding(owner, "NV123", "spec.loadBalancerSourceRanges", text, family)


def _headless(owner: Key, service: Service) -> Iterator[Finding]:
    for index, port in enumerate(service.ports):
        if isinstance(port.target_port, int) and port.target_port != port.port:
            text = say(
                "Nothing turns {port} into {target_port}: clients that connect to port "
                "{port} find what the Pods have there.",
                port=port.port,
                target_port=port.target_port,
            )
            yield finding(owner, "NV117", f"spec.ports[{index}].port", text, str(port.port))
    settings = (
        ("sessionAffinity", service.session_affinity, "None"),
        ("internalTrafficPolicy", service.internal_traffic_policy, "Cluster"),
        ("trafficDistribution", service.traffic_distribution or "", ""),
        ("externalIPs", ",".join(service.external_ips), ""),
    )
    for name, value, neutral in settings:
        if value != neutral:
            text = say(
                "{name} is {value}, but proxies do not serve a headless Service.",
                name=name,
                value=value,
            )
            yield finding(owner, "NV113", f"spec.{name}", text, value)
