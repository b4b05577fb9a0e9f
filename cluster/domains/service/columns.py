"""The columns of `kubectl get` for Services, EndpointSlices and Endpoints.

Source: kubernetes `pkg/printers/internalversion/printers.go`; kube-api.md.
"""

from __future__ import annotations

from cluster.machinery.columns import AGE, NAME, NONE, load_balancer_cell
from cluster.machinery.kind import Column
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    integer_at,
    list_at,
    mappings_at,
    text_at,
    text_map_at,
    texts_at,
)

UNSET = "<unset>"
_SHOWN_ENDPOINTS = 3
_SHOWN_PORTS = 3


def _type(manifest: Manifest) -> JSON:
    return text_at(manifest, "spec", "type")


def _cluster_ip(manifest: Manifest) -> JSON:
    return (texts_at(manifest, "spec", "clusterIPs") or [NONE])[0]


def _external_ip(manifest: Manifest) -> JSON:
    type_ = text_at(manifest, "spec", "type")
    if type_ == "ExternalName":
        return text_at(manifest, "spec", "externalName") or ""
    given = texts_at(manifest, "spec", "externalIPs")
    if type_ != "LoadBalancer":
        return ",".join(given) or NONE
    found = load_balancer_cell(manifest)
    return ",".join([*([found] if found else []), *given]) or "<pending>"


def _service_ports(manifest: Manifest) -> JSON:
    pieces: list[str] = []
    for port in mappings_at(manifest, "spec", "ports"):
        node_port = integer_at(port, "nodePort")
        number = integer_at(port, "port")
        shown = f"{number}:{node_port}" if node_port else f"{number}"
        pieces.append(f"{shown}/{text_at(port, 'protocol')}")
    return ",".join(pieces) or NONE


def _selector(manifest: Manifest) -> JSON:
    selector = text_map_at(manifest, "spec", "selector")
    return ",".join(f"{key}={value}" for key, value in sorted(selector.items())) or NONE


def _slice_ports(manifest: Manifest) -> JSON:
    if not list_at(manifest, "ports"):
        return UNSET
    found: list[str] = []
    for port in mappings_at(manifest, "ports"):
        number = integer_at(port, "port")
        name = text_at(port, "name")
        found.append(str(number) if number is not None else "*" if name is None else name)
    return _cut(found, _SHOWN_PORTS)


def _slice_endpoints(manifest: Manifest) -> JSON:
    found = [
        address
        for endpoint in mappings_at(manifest, "endpoints")
        for address in texts_at(endpoint, "addresses")
    ]
    return _cut(found, _SHOWN_ENDPOINTS) if list_at(manifest, "endpoints") else UNSET


def _subsets(manifest: Manifest) -> JSON:
    found: list[str] = []
    if not list_at(manifest, "subsets"):
        return NONE
    for subset in mappings_at(manifest, "subsets"):
        ips = [text_at(item, "ip") or "" for item in mappings_at(subset, "addresses")]
        ports = [integer_at(port, "port") for port in mappings_at(subset, "ports")]
        found += [f"{_host(ip)}:{port}" for port in ports for ip in ips] if ports else ips
    return _cut(found, _SHOWN_ENDPOINTS)


def _host(ip: str) -> str:
    return f"[{ip}]" if ":" in ip else ip


def _cut(found: list[str], shown: int) -> str:
    text = ",".join(found[:shown])
    return f"{text} + {len(found) - shown} more..." if len(found) > shown else text


def _address_type(manifest: Manifest) -> JSON:
    return text_at(manifest, "addressType")


SERVICE_COLUMNS = (
    NAME,
    Column("Type", _type, help="How the Service is reached."),
    Column("Cluster-IP", _cluster_ip, help="The primary virtual address."),
    Column("External-IP", _external_ip, help="Addresses that answer from outside the cluster."),
    Column("Port(s)", _service_ports, help="Port, node port and protocol of every port."),
    AGE,
    Column("Selector", _selector, wide=True, help="Labels of the Pods behind the Service."),
)
ENDPOINTSLICE_COLUMNS = (
    NAME,
    Column("AddressType", _address_type, help="The kind of address in the slice."),
    Column("Ports", _slice_ports, help="The ports that all its endpoints share."),
    Column("Endpoints", _slice_endpoints, help="The addresses in the slice."),
    AGE,
)
ENDPOINTS_COLUMNS = (
    NAME,
    Column("Endpoints", _subsets, help="Address and port of every ready endpoint."),
    AGE,
)
