"""EndpointSlices as rules read them; compact, because large clusters hold them by the thousand.

A nil condition stays None here; the `is_...` properties say what readers take it for (D-51).
Source: discovery/v1 `EndpointSlice`; semantics.md D.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from sys import intern
from typing import NamedTuple

from cluster.domains.service.service import service_key
from cluster.machinery.addresses import canonical
from cluster.machinery.kind import Object
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    WrongType,
    integer_at,
    list_at,
    mapping_at,
    mappings_at,
    text_at,
)
from cluster.machinery.meta import Key, ObjectMeta, parse_meta

SERVICE_NAME = "kubernetes.io/service-name"
MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
HEADLESS = "service.kubernetes.io/headless"
CONTROLLER = "endpointslice-controller.k8s.io"
MIRRORING_CONTROLLER = "endpointslicemirroring-controller.k8s.io"
LAST_CHANGE = "endpoints.kubernetes.io/last-change-trigger-time"


class TargetRef(NamedTuple):
    """The object behind an endpoint, usually a Pod."""

    kind: str
    namespace: str
    name: str
    uid: str = ""


class EndpointPort(NamedTuple):
    """One port of a slice. `name` and `port` are None where null (F-2 ignores such a port)."""

    name: str | None
    protocol: str
    port: int | None
    app_protocol: str | None = None


class Endpoint(NamedTuple):
    """One endpoint. Addresses are canonical; texts are empty and conditions None where unset."""

    addresses: tuple[str, ...]
    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None
    hostname: str = ""
    node_name: str = ""
    zone: str = ""
    target: TargetRef | None = None
    for_zones: tuple[str, ...] = ()
    for_nodes: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """The address that proxies use: the first one (F-3)."""
        return self.addresses[0] if self.addresses else ""

    @property
    def is_ready(self) -> bool:
        """Ready, or not said (F-5)."""
        return self.ready is not False

    @property
    def is_serving(self) -> bool:
        """Serving, or not said (F-5)."""
        return self.serving is not False

    @property
    def is_terminating(self) -> bool:
        """Terminating, and said so (F-5)."""
        return self.terminating is True

    @property
    def has_hints(self) -> bool:
        """Whether any zone or node is hinted."""
        return bool(self.for_zones or self.for_nodes)

    @property
    def pod(self) -> Key | None:
        """The key of the Pod behind it, None where something else or nothing is named."""
        if self.target is None or self.target.kind != "Pod":
            return None
        return Key("", "Pod", self.target.namespace, self.target.name)


@dataclass(frozen=True, slots=True)
class EndpointSlice:
    """An EndpointSlice; `service_name` is empty where it belongs to no Service (D-49)."""

    meta: ObjectMeta
    address_type: str = "IPv4"
    endpoints: tuple[Endpoint, ...] = ()
    ports: tuple[EndpointPort, ...] = ()

    @property
    def service_name(self) -> str:
        """The Service it belongs to, by label alone (D-49)."""
        return self.meta.labels.get(SERVICE_NAME, "")

    @property
    def managed_by(self) -> str:
        """Who looks after it; empty where nobody says so."""
        return self.meta.labels.get(MANAGED_BY, "")

    @property
    def service(self) -> Key | None:
        """The key of the Service it belongs to, None where it belongs to none."""
        return service_key(self.meta.namespace, self.service_name) if self.service_name else None

    def is_owned_by(self, uid: str, kind: str) -> bool:
        """Whether the v1 object of `kind` with `uid` is among its owners."""
        return any(
            owner.uid == uid and owner.kind == kind and owner.api_version == "v1"
            for owner in self.meta.owners
        )


def parse_endpointslice(manifest: Manifest) -> EndpointSlice:
    """Return the EndpointSlice in a checked, defaulted manifest."""
    return EndpointSlice(
        meta=parse_meta(manifest),
        address_type=intern(text_at(manifest, "addressType") or ""),
        endpoints=tuple(_endpoint(item) for item in mappings_at(manifest, "endpoints")),
        ports=tuple(
            EndpointPort(
                name=text_at(item, "name"),
                protocol=intern(text_at(item, "protocol") or "TCP"),
                port=integer_at(item, "port"),
                app_protocol=text_at(item, "appProtocol"),
            )
            for item in mappings_at(manifest, "ports")
        ),
    )


def _endpoint(item: Manifest) -> Endpoint:
    """Read one endpoint without detours: a slice has up to a thousand of them."""
    conditions = item.get("conditions")
    target = item.get("targetRef")
    hints = item.get("hints")
    addresses = item.get("addresses")
    said = conditions if isinstance(conditions, dict) else {}
    return Endpoint(
        addresses=tuple(canonical(_text(ip)) for ip in addresses)
        if isinstance(addresses, list)
        else (),
        ready=_flag(said.get("ready")),
        serving=_flag(said.get("serving")),
        terminating=_flag(said.get("terminating")),
        hostname=_text(item.get("hostname")),
        node_name=intern(_text(item.get("nodeName"))),
        zone=intern(_text(item.get("zone"))),
        target=parse_target(target) if isinstance(target, dict) else None,
        for_zones=_names(hints, "forZones") if isinstance(hints, dict) else (),
        for_nodes=_names(hints, "forNodes") if isinstance(hints, dict) else (),
    )


def parse_target(item: Manifest) -> TargetRef:
    """Return a reference to the object behind an endpoint."""
    return TargetRef(
        kind=intern(_text(item.get("kind"))),
        namespace=intern(_text(item.get("namespace"))),
        name=_text(item.get("name")),
        uid=_text(item.get("uid")),
    )


def _text(value: JSON) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    raise WrongType("an endpoint holds something else where a string stands")


def _flag(value: JSON) -> bool | None:
    return value if isinstance(value, bool) else None


def _names(hints: Manifest, member: str) -> tuple[str, ...]:
    return tuple(intern(_text(item.get("name"))) for item in mappings_at(hints, member))


def render_endpoint(endpoint: Endpoint) -> Manifest:
    """Return an endpoint as it stands in a manifest; what is unset is left out."""
    conditions: Manifest = {
        name: value
        for name, value in (
            ("ready", endpoint.ready),
            ("serving", endpoint.serving),
            ("terminating", endpoint.terminating),
        )
        if value is not None
    }
    made: Manifest = {"addresses": list[JSON](endpoint.addresses), "conditions": conditions}
    if endpoint.hostname:
        made["hostname"] = endpoint.hostname
    if endpoint.target is not None:
        made["targetRef"] = {
            name: value for name, value in endpoint.target._asdict().items() if value
        }
    if endpoint.node_name:
        made["nodeName"] = endpoint.node_name
    if endpoint.zone:
        made["zone"] = endpoint.zone
    if endpoint.has_hints:
        hints: Manifest = {}
        if endpoint.for_zones:
            hints["forZones"] = [{"name": zone} for zone in endpoint.for_zones]
        if endpoint.for_nodes:
            hints["forNodes"] = [{"name": node} for node in endpoint.for_nodes]
        made["hints"] = hints
    return made


def render_port(port: EndpointPort) -> Manifest:
    """Return a port as it stands in a manifest."""
    made: Manifest = {"name": port.name, "protocol": port.protocol, "port": port.port}
    if port.app_protocol is not None:
        made["appProtocol"] = port.app_protocol
    return made


def services_of(item: Object) -> Iterable[tuple[str, str]]:
    """Yield the (namespace, name) of the Service that a slice belongs to: the index `service`."""
    if isinstance(item, EndpointSlice) and item.service_name:
        yield item.meta.namespace, item.service_name


def addresses_of(item: Object) -> Iterable[str]:
    """Yield the addresses of all endpoints, ready or not: the index `address`."""
    if isinstance(item, EndpointSlice):
        for endpoint in item.endpoints:
            yield from endpoint.addresses


def hostnames_of(item: Object) -> Iterable[tuple[str, str, str]]:
    """Yield the (namespace, Service, host name) of endpoints that have one: index `hostname`."""
    if isinstance(item, EndpointSlice):
        for endpoint in item.endpoints:
            if endpoint.hostname:
                yield item.meta.namespace, item.service_name, endpoint.hostname


def handmade_targets_of(item: Object) -> Iterable[tuple[str, str]]:
    """Yield the (namespace, name) of Pods named in slices that the controller did not make.

    The index `handmade_target`; the controller's own slices follow their Pods anyway.
    """
    if isinstance(item, EndpointSlice) and item.managed_by != CONTROLLER:
        for endpoint in item.endpoints:
            if endpoint.pod is not None:
                yield endpoint.pod.namespace, endpoint.pod.name


def default_endpointslice(manifest: Manifest) -> None:
    """Write the defaults of an EndpointSlice into `manifest` (D-51)."""
    for port in mappings_at(manifest, "ports"):
        if port.get("name") is None:
            port["name"] = ""
        if port.get("protocol") is None:
            port["protocol"] = "TCP"
    for name in ("endpoints", "ports"):
        if manifest.get(name) is None:
            manifest[name] = []


def from_v1beta1(manifest: Manifest) -> Manifest:
    """Return a discovery.k8s.io/v1beta1 slice as v1: `topology` became nodeName and zone."""
    for endpoint in mappings_at(manifest, "endpoints"):
        topology = mapping_at(endpoint, "topology")
        endpoint.pop("topology", None)
        node = topology.pop("kubernetes.io/hostname", None)
        zone = topology.pop("topology.kubernetes.io/zone", None)
        if node is not None and endpoint.get("nodeName") is None:
            endpoint["nodeName"] = node
        if zone is not None and endpoint.get("zone") is None:
            endpoint["zone"] = zone
        if topology:
            endpoint["deprecatedTopology"] = topology
    if not list_at(manifest, "endpoints"):
        manifest["endpoints"] = []
    return manifest
