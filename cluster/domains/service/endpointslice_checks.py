"""What the apiserver refuses about an EndpointSlice (D-21, D-32, D-52).

Source: kubernetes `pkg/apis/discovery/validation/validation.go`.
"""

from __future__ import annotations

from cluster.domains.service.address_checks import check_address_of
from cluster.domains.service.port_checks import PROTOCOLS
from cluster.machinery.addresses import Family
from cluster.machinery.errors import FieldError
from cluster.machinery.fields import Path
from cluster.machinery.manifest import (
    Manifest,
    list_at,
    mapping_at,
    mappings_at,
    text_at,
    text_map_at,
    texts_at,
)
from cluster.machinery.names import dns_label, dns_subdomain, qualified_name
from cluster.machinery.selectors import check_labels

ADDRESS_TYPES = ("FQDN", "IPv4", "IPv6")
MAXIMUM_ENDPOINTS = 1000
MAXIMUM_PORTS = 100
MAXIMUM_ADDRESSES = 100
MAXIMUM_TOPOLOGY = 16
MAXIMUM_HINTS = 8
_PORTS = Path("ports")


def check_endpointslice(manifest: Manifest) -> list[FieldError]:
    """Return what is wrong with an EndpointSlice."""
    address_type = text_at(manifest, "addressType") or ""
    path = Path("addressType")
    errors: list[FieldError] = []
    if not address_type:
        errors.append(path.required())
    elif address_type not in ADDRESS_TYPES:
        errors.append(path.not_supported(address_type, ADDRESS_TYPES))
    path = Path("endpoints")
    count = len(list_at(manifest, "endpoints"))
    if count > MAXIMUM_ENDPOINTS:
        errors.append(path.too_many(count, MAXIMUM_ENDPOINTS))
    else:
        for index, endpoint in enumerate(mappings_at(manifest, "endpoints")):
            errors += _check_endpoint(endpoint, address_type, path[index])
    return errors + _check_ports(manifest)


def check_endpointslice_update(new: Manifest, old: Manifest) -> list[FieldError]:
    """Return which changes are not allowed: the address type stays (D-21)."""
    kept = text_at(new, "addressType")
    if kept == text_at(old, "addressType"):
        return []
    return [Path("addressType").invalid(kept, "field is immutable")]


def _check_endpoint(endpoint: Manifest, address_type: str, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    addresses = texts_at(endpoint, "addresses")
    below = path / "addresses"
    if not addresses:
        errors.append(below.required("must contain at least 1 address"))
    elif len(addresses) > MAXIMUM_ADDRESSES:
        errors.append(below.too_many(len(addresses), MAXIMUM_ADDRESSES))
    for index, address in enumerate(addresses):
        errors += _check_address(address, address_type, below[index])
    topology = text_map_at(endpoint, "deprecatedTopology")
    if len(topology) > MAXIMUM_TOPOLOGY:
        errors.append((path / "deprecatedTopology").too_many(len(topology), MAXIMUM_TOPOLOGY))
    errors += check_labels(topology, path / "deprecatedTopology")
    node = text_at(endpoint, "nodeName")
    if node is not None:
        errors += [(path / "nodeName").invalid(node, text) for text in dns_subdomain(node)]
    hostname = text_at(endpoint, "hostname")
    if hostname is not None:
        errors += [(path / "hostname").invalid(hostname, text) for text in dns_label(hostname)]
    return errors + _check_hints(mapping_at(endpoint, "hints"), path / "hints")


def _check_address(address: str, address_type: str, path: Path) -> list[FieldError]:
    families: dict[str, Family] = {"IPv4": "IPv4", "IPv6": "IPv6"}
    if address_type in families:
        return check_address_of(address, families[address_type], path)
    if address_type != "FQDN":
        return []
    name = address.removesuffix(".")
    if not name:
        return [path.required()]
    problems = dns_subdomain(name)
    if not problems and "." not in name:
        problems = ["should be a domain with at least two segments separated by dots"]
    return [path.invalid(address, text) for text in problems]


def _check_hints(hints: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    for member, check in (("forZones", qualified_name), ("forNodes", dns_subdomain)):
        names = [text_at(item, "name") or "" for item in mappings_at(hints, member)]
        if len(names) > MAXIMUM_HINTS:
            errors.append((path / member).too_many(len(names), MAXIMUM_HINTS))
            continue
        for index, name in enumerate(names):
            below = (path / member)[index] / "name"
            if name in names[:index]:
                errors.append(below.duplicate(name))
            errors += [below.invalid(name, text) for text in check(name)]
    return errors


def _check_ports(manifest: Manifest) -> list[FieldError]:
    ports = mappings_at(manifest, "ports")
    if len(ports) > MAXIMUM_PORTS:
        return [_PORTS.too_many(len(ports), MAXIMUM_PORTS)]
    errors: list[FieldError] = []
    names: set[str] = set()
    for index, port in enumerate(ports):
        path = _PORTS[index]
        name = text_at(port, "name") or ""
        if name:
            errors += [(path / "name").invalid(name, text) for text in dns_label(name)]
        if name in names:
            errors.append((path / "name").duplicate(name))
        names.add(name)
        protocol = text_at(port, "protocol") or ""
        if protocol not in PROTOCOLS:
            errors.append((path / "protocol").not_supported(protocol, PROTOCOLS))
        app_protocol = text_at(port, "appProtocol")
        if app_protocol is not None:
            problems = qualified_name(app_protocol)
            errors += [(path / "appProtocol").invalid(app_protocol, text) for text in problems]
    return errors
