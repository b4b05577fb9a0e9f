"""The Endpoints object that the endpoints controller would keep of a Service with a selector.

Worked out of the Service's slices when it is read, never stored: kubectl before 1.31 describes
Services by it (D-55). Source: kubernetes `pkg/controller/endpoint`, `endpoints.RepackSubsets`.
"""

from __future__ import annotations

from collections.abc import Iterable

from cluster.machinery.manifest import (
    JSON,
    Manifest,
    flag_at,
    integer_at,
    mapping_at,
    mappings_at,
    text_at,
    text_map_at,
    texts_at,
)

MOST_ADDRESSES = 1000  # the endpoints controller's `maxCapacity`
OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity"
LAST_CHANGE = "endpoints.kubernetes.io/last-change-trigger-time"


def has_endpoints(service: Manifest) -> bool:
    """Return whether the endpoints controller looks after a Service."""
    return bool(text_map_at(service, "spec", "selector")) and (
        text_at(service, "spec", "type") != "ExternalName"
    )


def endpoints_of(service: Manifest, slices: Iterable[Manifest]) -> Manifest:
    """Return the Endpoints of a Service from its slices, the primary family's alone."""
    meta = mapping_at(service, "metadata")
    families = texts_at(service, "spec", "ipFamilies")
    family = families[0] if families else "IPv4"
    own = sorted(
        (item for item in slices if text_at(item, "addressType") == family),
        key=lambda item: text_at(item, "metadata", "name") or "",
    )
    subsets, is_truncated = _subsets(own)
    annotations: Manifest = {OVER_CAPACITY: "truncated"} if is_truncated else {}
    versions = [_version(item) for item in (service, *own)]
    shown: Manifest = {
        "name": meta.get("name"),
        "namespace": meta.get("namespace"),
        "uid": meta.get("uid"),
        "resourceVersion": str(max(versions)),
        "creationTimestamp": meta.get("creationTimestamp"),
        "labels": {
            **text_map_at(meta, "labels"),
            "endpoints.kubernetes.io/managed-by": "endpoint-controller",
        },
    }
    if annotations:
        shown["annotations"] = annotations
    found: Manifest = {"apiVersion": "v1", "kind": "Endpoints", "metadata": shown}
    if subsets:
        found["subsets"] = subsets
    return found


def _version(item: Manifest) -> int:
    text = text_at(item, "metadata", "resourceVersion") or "0"
    return int(text) if text.isdigit() else 0


def _subsets(slices: Iterable[Manifest]) -> tuple[list[JSON], bool]:
    """Return one subset per set of ports, and whether addresses were left out."""
    by_ports: dict[tuple[tuple[JSON, ...], ...], tuple[list[Manifest], list[Manifest]]] = {}
    count, is_truncated = 0, False
    for item in slices:
        ports = tuple(sorted((_port(port) for port in mappings_at(item, "ports")), key=str))
        for endpoint in mappings_at(item, "endpoints"):
            is_ready = flag_at(endpoint, "conditions", "ready") is not False
            if not is_ready and flag_at(endpoint, "conditions", "terminating"):
                continue
            for address in texts_at(endpoint, "addresses"):
                if count == MOST_ADDRESSES:
                    is_truncated = True
                    continue
                count += 1
                ready, waiting = by_ports.setdefault(ports, ([], []))
                (ready if is_ready else waiting).append(_address(address, endpoint))
    return [_subset(ports, *lists) for ports, lists in sorted(by_ports.items(), key=str)], (
        is_truncated
    )


def _subset(
    ports: tuple[tuple[JSON, ...], ...], ready: list[Manifest], waiting: list[Manifest]
) -> Manifest:
    found: Manifest = {}
    for field, addresses in (("addresses", ready), ("notReadyAddresses", waiting)):
        if addresses:
            found[field] = [*sorted(addresses, key=lambda address: text_at(address, "ip") or "")]
    shown: list[JSON] = []
    for name, number, protocol, app_protocol in ports:
        port: Manifest = {"port": number, "protocol": protocol}
        if name:
            port["name"] = name
        if app_protocol:
            port["appProtocol"] = app_protocol
        shown.append(port)
    if shown:
        found["ports"] = shown
    return found


def _port(port: Manifest) -> tuple[JSON, ...]:
    return (
        text_at(port, "name") or "", integer_at(port, "port"),
        text_at(port, "protocol") or "TCP", text_at(port, "appProtocol") or "",
    )  # fmt: skip


def _address(ip: str, endpoint: Manifest) -> Manifest:
    address: Manifest = {"ip": ip}
    for name in ("hostname", "nodeName", "targetRef"):
        value = endpoint.get(name)
        if value:
            address[name] = value
    return address
