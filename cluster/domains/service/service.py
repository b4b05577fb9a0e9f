"""Services as rules read them.

Only what decides where traffic may go is parsed; the manifest itself stays whole in the store.
Source: core/v1 `ServiceSpec`, `ServiceStatus`; semantics.md B and C.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from cluster.machinery.addresses import FAMILIES, Family, canonical, family_of_text
from cluster.machinery.manifest import (
    Manifest,
    flag_at,
    integer_at,
    mapping_at,
    mappings_at,
    port_at,
    text_at,
    text_map_at,
    texts_at,
)
from cluster.machinery.meta import NOTHING, Key, ObjectMeta, parse_meta
from cluster.machinery.selectors import Selector, parse_equalities

NONE = "None"
TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
TOPOLOGY_MODE = "service.kubernetes.io/topology-mode"
TOPOLOGY_AWARE_HINTS = "service.kubernetes.io/topology-aware-hints"


class ServicePort(NamedTuple):
    """One port. `name` is empty for an unnamed one; `node_port` is None where there is none."""

    name: str
    protocol: str
    port: int
    target_port: int | str
    node_port: int | None = None
    app_protocol: str | None = None


class LoadBalancerIngress(NamedTuple):
    """One address that a load balancer answers on; `ip_mode` is empty for a host name (B-8)."""

    ip: str = ""
    hostname: str = ""
    ip_mode: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """A Service, defaulted. Addresses are canonical, primary first; absence is empty or None.

    `selector` is empty where there is none; `pod_selector` is the same, parsed, and None where
    the Service selects nothing at all: no selector, or type ExternalName (D-1).
    """

    meta: ObjectMeta
    type: str = "ClusterIP"
    selector: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    pod_selector: Selector | None = None
    ports: tuple[ServicePort, ...] = ()
    cluster_ips: tuple[str, ...] = ()
    ip_families: tuple[Family, ...] = ()
    ip_family_policy: str | None = None
    external_ips: tuple[str, ...] = ()
    external_name: str = ""
    internal_traffic_policy: str = "Cluster"
    external_traffic_policy: str = ""
    session_affinity: str = "None"
    session_affinity_timeout_seconds: int | None = None
    publish_not_ready_addresses: bool = False
    traffic_distribution: str | None = None
    load_balancer_class: str | None = None
    load_balancer_ip: str = ""
    load_balancer_source_ranges: tuple[str, ...] = ()
    load_balancer_ingress: tuple[LoadBalancerIngress, ...] = ()
    health_check_node_port: int | None = None

    @property
    def is_headless(self) -> bool:
        """`clusterIP: None`: clients get the endpoints' addresses, not a virtual one (B-61)."""
        return self.cluster_ips[:1] == (NONE,)

    @property
    def is_external_name(self) -> bool:
        """Type ExternalName: a CNAME and nothing else (B-63)."""
        return self.type == "ExternalName"

    @property
    def virtual_ips(self) -> tuple[str, ...]:
        """The addresses that kube-proxy answers on; empty for headless and ExternalName (F-1)."""
        return () if self.is_headless or self.is_external_name else self.cluster_ips

    def virtual_ip(self, family: Family) -> str | None:
        """Return the cluster IP of a family, None where there is none."""
        return next((ip for ip in self.virtual_ips if family_of_text(ip) == family), None)

    def port(self, which: int | str) -> ServicePort | None:
        """Return the port with a number or a name, None where there is none; first TCP wins."""
        found = [port for port in self.ports if which in (port.port, port.name)]
        return min(found, key=lambda port: port.protocol != "TCP", default=None)

    @property
    def needs_health_check(self) -> bool:
        """Whether load balancers ask nodes which of them have endpoints (F-26)."""
        return self.type == "LoadBalancer" and self.external_traffic_policy == "Local"

    @property
    def is_local(self) -> bool:
        """Whether a traffic policy keeps some of its traffic on the Node it enters (F-11)."""
        return bool(self.virtual_ips) and "Local" in (
            self.internal_traffic_policy,
            self.external_traffic_policy,
        )

    @property
    def is_topology_aware(self) -> bool:
        """The annotation asks for hints in proportion to the zones' CPU (D-47)."""
        annotations = self.meta.annotations
        mode = annotations.get(TOPOLOGY_AWARE_HINTS, annotations.get(TOPOLOGY_MODE))
        return mode in {"Auto", "auto"}

    @property
    def slice_families(self) -> tuple[Family, ...]:
        """The families that EndpointSlices are made for (D-20)."""
        if self.ip_families:
            return self.ip_families
        if self.virtual_ips:
            return (family_of_text(self.virtual_ips[0]),)
        return FAMILIES


def parse_service(manifest: Manifest) -> Service:
    """Return the Service in a checked, defaulted manifest."""
    spec = mapping_at(manifest, "spec")
    type_ = text_at(spec, "type") or "ClusterIP"
    selector = text_map_at(spec, "selector")
    cluster_ips = texts_at(spec, "clusterIPs") or [text_at(spec, "clusterIP") or ""]
    families = texts_at(spec, "ipFamilies")
    return Service(
        meta=parse_meta(manifest),
        type=type_,
        selector=selector or NOTHING,
        pod_selector=parse_equalities(selector) if selector and type_ != "ExternalName" else None,
        ports=tuple(_port(item) for item in mappings_at(spec, "ports")),
        cluster_ips=tuple(canonical(ip) for ip in cluster_ips if ip),
        ip_families=tuple(cast("Family", word) for word in families),
        ip_family_policy=text_at(spec, "ipFamilyPolicy"),
        external_ips=tuple(canonical(ip) for ip in texts_at(spec, "externalIPs")),
        external_name=text_at(spec, "externalName") or "",
        internal_traffic_policy=text_at(spec, "internalTrafficPolicy") or "Cluster",
        external_traffic_policy=text_at(spec, "externalTrafficPolicy") or "",
        session_affinity=text_at(spec, "sessionAffinity") or "None",
        session_affinity_timeout_seconds=integer_at(
            spec, "sessionAffinityConfig", "clientIP", "timeoutSeconds"
        ),
        publish_not_ready_addresses=flag_at(spec, "publishNotReadyAddresses") or False,
        traffic_distribution=text_at(spec, "trafficDistribution"),
        load_balancer_class=text_at(spec, "loadBalancerClass"),
        load_balancer_ip=text_at(spec, "loadBalancerIP") or "",
        load_balancer_source_ranges=tuple(
            item.strip() for item in texts_at(spec, "loadBalancerSourceRanges")
        ),
        load_balancer_ingress=tuple(
            _ingress(item) for item in mappings_at(manifest, "status", "loadBalancer", "ingress")
        ),
        health_check_node_port=integer_at(spec, "healthCheckNodePort") or None,
    )


def _port(manifest: Manifest) -> ServicePort:
    port = integer_at(manifest, "port") or 0
    return ServicePort(
        name=text_at(manifest, "name") or "",
        protocol=text_at(manifest, "protocol") or "TCP",
        port=port,
        target_port=port_at(manifest, "targetPort") or port,
        node_port=integer_at(manifest, "nodePort") or None,
        app_protocol=text_at(manifest, "appProtocol"),
    )


def _ingress(manifest: Manifest) -> LoadBalancerIngress:
    ip = canonical(text_at(manifest, "ip") or "")
    mode = text_at(manifest, "ipMode") or ("VIP" if ip else "")
    return LoadBalancerIngress(ip, text_at(manifest, "hostname") or "", mode)


def service_key(namespace: str, name: str) -> Key:
    """Return the key of the Service called `name`."""
    return Key("", "Service", namespace, name)
