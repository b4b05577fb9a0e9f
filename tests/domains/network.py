"""Small makers of Services, slices, Pods and Nodes, and a Snapshot to read them from.

Nothing is derived here: a slice says exactly what its test needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cluster.domains.ingress.kinds import KINDS as INGRESS_KINDS
from cluster.domains.service.kinds import KINDS as SERVICE_KINDS
from cluster.domains.workload.kinds import KINDS as WORKLOAD_KINDS
from cluster.machinery.kind import Kinds
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.settings import parse_settings
from cluster.machinery.snapshot import Snapshot

KINDS = Kinds((*WORKLOAD_KINDS, *SERVICE_KINDS, *INGRESS_KINDS))
ZONE = "topology.kubernetes.io/zone"


def manifest(kind: str, name: str, namespace: str = "shop", **meta: JSON) -> Manifest:
    metadata: Manifest = {"name": name, "uid": f"{kind}/{namespace}/{name}", **meta}
    if KINDS[kind].namespaced:
        metadata["namespace"] = namespace
    return {"apiVersion": KINDS[kind].api_version, "kind": kind, "metadata": metadata}


def port(text: str) -> Manifest:
    """`80`, `http:80`, `dns:53/UDP`, `http:80:30080` with a node port."""
    left, _slash, protocol = text.partition("/")
    parts = left.split(":")
    name = parts.pop(0) if not parts[0].isdigit() else ""
    made: Manifest = {"port": int(parts[0]), "protocol": protocol or "TCP"}
    if name:
        made["name"] = name
    if len(parts) > 1:
        made["nodePort"] = int(parts[1])
    return made


def service(
    name: str = "web",
    *ips: str,
    ports: tuple[str, ...] = ("http:80",),
    namespace: str = "shop",
    labels: Mapping[str, str] | None = None,
    status: Manifest | None = None,
    annotations: Mapping[str, str] | None = None,
    **spec: Any,
) -> Manifest:
    """A Service at `ips`; `None` makes it headless, no address leaves it without one."""
    meta: Manifest = {"labels": {**(labels or {})}, "annotations": {**(annotations or {})}}
    listed: list[JSON] = [*ips]
    body: Manifest = {"ports": [port(text) for text in ports], "clusterIPs": listed, **spec}
    if ips:
        body["clusterIP"] = ips[0]
    return {**manifest("Service", name, namespace, **meta), "spec": body, "status": status or {}}


def headless(name: str = "web", *, ports: tuple[str, ...] = ("http:80",), **spec: Any) -> Manifest:
    return service(name, "None", ports=ports, **spec)


def external(
    name: str, target: str, namespace: str = "shop", *, ports: tuple[str, ...] = ()
) -> Manifest:
    listed: list[JSON] = [port(text) for text in ports]
    spec: Manifest = {"type": "ExternalName", "externalName": target, "ports": listed}
    return {**manifest("Service", name, namespace), "spec": spec}


def end(
    *addresses: str,
    hostname: str = "",
    node: str = "",
    pod: str = "",
    zones: tuple[str, ...] = (),
    nodes: tuple[str, ...] = (),
    **conditions: bool | None,
) -> Manifest:
    """An endpoint; conditions that are not given stay unset."""
    listed: list[JSON] = [*addresses]
    made: Manifest = {"addresses": listed, "conditions": {**conditions}}
    if hostname:
        made["hostname"] = hostname
    if node:
        made["nodeName"] = node
    if pod:
        made["targetRef"] = {"kind": "Pod", "namespace": "shop", "name": pod}
    if zones or nodes:
        hints: Manifest = {}
        if zones:
            hints["forZones"] = [{"name": zone} for zone in zones]
        if nodes:
            hints["forNodes"] = [{"name": name} for name in nodes]
        made["hints"] = hints
    return made


def piece(
    *ends: Manifest,
    of: str = "web",
    name: str = "",
    ports: tuple[str, ...] = ("http:8080",),
    family: str = "IPv4",
    namespace: str = "shop",
    labels: Mapping[str, str] | None = None,
) -> Manifest:
    """A slice of the Service `of`."""
    marks: Manifest = {"kubernetes.io/service-name": of, **(labels or {})}
    named = [{"name": "", **port(text)} for text in ports]
    return {
        **manifest("EndpointSlice", name or f"{of}-{family.lower()}", namespace, labels=marks),
        "addressType": family,
        "endpoints": [*ends],
        "ports": [*named],
    }


def pod(
    name: str = "p",
    *ips: str,
    namespace: str = "shop",
    phase: str = "Running",
    node: str = "node-1",
    meta: Manifest | None = None,
    **spec: Any,
) -> Manifest:
    listed: list[JSON] = [{"ip": ip} for ip in ips]
    return {
        **manifest("Pod", name, namespace, **(meta or {})),
        "spec": {"nodeName": node, "containers": [{"name": "c"}], **spec},
        "status": {"phase": phase, "podIPs": listed},
    }


def node(
    name: str, *ips: str, zone: str = "", labels: Mapping[str, str] | None = None
) -> Manifest:
    marks: Manifest = {**(labels or {}), **({ZONE: zone} if zone else {})}
    addresses: list[JSON] = [{"type": "InternalIP", "address": ip} for ip in ips]
    return {**manifest("Node", name, labels=marks), "status": {"addresses": addresses}}


def world(*manifests: Manifest, namespaces: tuple[str, ...] = ("shop",), **raw: Any) -> Snapshot:
    """A Snapshot of `manifests` in a cluster with the settings `raw`."""
    snapshot = Snapshot(KINDS, parse_settings(raw))
    for name in namespaces:
        snapshot.put(KINDS["Namespace"].parse(manifest("Namespace", name)))
    for item in manifests:
        snapshot.put(KINDS[str(item["kind"])].parse(item))
    return snapshot
