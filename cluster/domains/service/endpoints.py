"""The Endpoints object, deprecated and still written by hand: parsed, defaulted, checked.

It is read for one thing: mirroring into EndpointSlices (D-53, D-54).
Source: core/v1 `Endpoints`; kubernetes `pkg/apis/core/validation/validation.go`
(validateEndpointSubsets).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from cluster.domains.service.address_checks import check_address
from cluster.domains.service.endpointslice import TargetRef, parse_target
from cluster.domains.service.port_checks import PROTOCOLS
from cluster.machinery.errors import FieldError
from cluster.machinery.fields import Path
from cluster.machinery.manifest import (
    Manifest,
    integer_at,
    list_at,
    mapping_at,
    mappings_at,
    text_at,
)
from cluster.machinery.meta import ObjectMeta, parse_meta
from cluster.machinery.names import dns_label, dns_subdomain, port_number, qualified_name

SKIP_MIRROR = "endpointslice.kubernetes.io/skip-mirror"
LEADER = "control-plane.alpha.kubernetes.io/leader"


class EndpointsAddress(NamedTuple):
    """One address of a subset, as written; texts are empty where unset."""

    ip: str
    hostname: str = ""
    node_name: str = ""
    target: TargetRef | None = None


class EndpointsPort(NamedTuple):
    """One port of a subset; `name` is empty for an unnamed one."""

    name: str
    protocol: str
    port: int
    app_protocol: str | None = None


class EndpointsSubset(NamedTuple):
    """Addresses that share ports."""

    addresses: tuple[EndpointsAddress, ...] = ()
    not_ready_addresses: tuple[EndpointsAddress, ...] = ()
    ports: tuple[EndpointsPort, ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoints:
    """An Endpoints object: the endpoints of the Service of the same name."""

    meta: ObjectMeta
    subsets: tuple[EndpointsSubset, ...] = ()

    @property
    def is_mirrored(self) -> bool:
        """Whether its own labels and annotations allow mirroring (D-53)."""
        skipped = self.meta.labels.get(SKIP_MIRROR) == "true"
        return not skipped and LEADER not in self.meta.annotations


def parse_endpoints(manifest: Manifest) -> Endpoints:
    """Return the Endpoints in a checked, defaulted manifest."""
    subsets = tuple(
        EndpointsSubset(
            tuple(_address(item) for item in mappings_at(subset, "addresses")),
            tuple(_address(item) for item in mappings_at(subset, "notReadyAddresses")),
            tuple(_port(item) for item in mappings_at(subset, "ports")),
        )
        for subset in mappings_at(manifest, "subsets")
    )
    return Endpoints(parse_meta(manifest), subsets)


def _address(item: Manifest) -> EndpointsAddress:
    target = mapping_at(item, "targetRef")
    return EndpointsAddress(
        ip=text_at(item, "ip") or "",
        hostname=text_at(item, "hostname") or "",
        node_name=text_at(item, "nodeName") or "",
        target=parse_target(target) if target else None,
    )


def _port(item: Manifest) -> EndpointsPort:
    return EndpointsPort(
        name=text_at(item, "name") or "",
        protocol=text_at(item, "protocol") or "TCP",
        port=integer_at(item, "port") or 0,
        app_protocol=text_at(item, "appProtocol"),
    )


def default_endpoints(manifest: Manifest) -> None:
    """Write the defaults of an Endpoints object into `manifest`: protocol TCP."""
    for subset in mappings_at(manifest, "subsets"):
        for port in mappings_at(subset, "ports"):
            port["protocol"] = text_at(port, "protocol") or "TCP"


def check_endpoints(manifest: Manifest) -> list[FieldError]:
    """Return what is wrong with an Endpoints object."""
    errors: list[FieldError] = []
    for index, subset in enumerate(mappings_at(manifest, "subsets")):
        path = Path("subsets")[index]
        if not list_at(subset, "addresses") and not list_at(subset, "notReadyAddresses"):
            errors.append(path.required("must specify `addresses` or `notReadyAddresses`"))
        for member in ("addresses", "notReadyAddresses"):
            for position, address in enumerate(mappings_at(subset, member)):
                errors += _check_address(address, (path / member)[position])
        ports = mappings_at(subset, "ports")
        for position, port in enumerate(ports):
            below = (path / "ports")[position]
            errors += _check_port(port, below, name_required=len(ports) > 1)
    return errors


def _check_address(address: Manifest, path: Path) -> list[FieldError]:
    errors = check_address(text_at(address, "ip") or "", path / "ip")
    hostname, node = text_at(address, "hostname"), text_at(address, "nodeName")
    if hostname:
        errors += [(path / "hostname").invalid(hostname, text) for text in dns_label(hostname)]
    if node is not None:
        errors += [(path / "nodeName").invalid(node, text) for text in dns_subdomain(node)]
    return errors


def _check_port(port: Manifest, path: Path, *, name_required: bool) -> list[FieldError]:
    errors: list[FieldError] = []
    name, protocol = text_at(port, "name") or "", text_at(port, "protocol") or ""
    if name:
        errors += [(path / "name").invalid(name, text) for text in dns_label(name)]
    elif name_required:
        errors.append((path / "name").required())
    number = integer_at(port, "port") or 0
    errors += [(path / "port").invalid(number, text) for text in port_number(number)]
    if protocol not in PROTOCOLS:
        errors.append((path / "protocol").not_supported(protocol, PROTOCOLS))
    app_protocol = text_at(port, "appProtocol")
    if app_protocol is not None:
        problems = qualified_name(app_protocol)
        errors += [(path / "appProtocol").invalid(app_protocol, text) for text in problems]
    return errors
