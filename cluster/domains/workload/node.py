"""Nodes as rules read them. Source: core/v1 `NodeSpec`, `NodeStatus`; semantics.md I.8."""

from __future__ import annotations

from dataclasses import dataclass

from cluster.machinery.addresses import canonical
from cluster.machinery.manifest import (
    Manifest,
    flag_at,
    mapping_at,
    mappings_at,
    text_at,
    texts_at,
)
from cluster.machinery.meta import ObjectMeta, parse_meta


@dataclass(frozen=True, slots=True)
class Node:
    """A Node. `internal_ips` primary first; `pod_cidrs` as written, one per family."""

    meta: ObjectMeta
    zone: str = ""
    internal_ips: tuple[str, ...] = ()
    external_ips: tuple[str, ...] = ()
    pod_cidrs: tuple[str, ...] = ()
    unschedulable: bool = False
    is_ready: bool = True
    taints: tuple[tuple[str, str, str], ...] = ()
    allocatable_cpu: str = ""


def parse_node(manifest: Manifest) -> Node:
    """Return the Node in a checked manifest; taints are (key, value, effect)."""
    meta = parse_meta(manifest)
    spec = mapping_at(manifest, "spec")
    status = mapping_at(manifest, "status")
    by_type: dict[str, list[str]] = {}
    for item in mappings_at(status, "addresses"):
        by_type.setdefault(text_at(item, "type") or "", []).append(text_at(item, "address") or "")
    ready = [
        text_at(item, "status") == "True"
        for item in mappings_at(status, "conditions")
        if text_at(item, "type") == "Ready"
    ]
    single = text_at(spec, "podCIDR")
    return Node(
        meta=meta,
        zone=meta.labels.get("topology.kubernetes.io/zone", ""),
        internal_ips=tuple(canonical(ip) for ip in by_type.get("InternalIP", [])),
        external_ips=tuple(canonical(ip) for ip in by_type.get("ExternalIP", [])),
        pod_cidrs=tuple(texts_at(spec, "podCIDRs")) or ((single,) if single else ()),
        unschedulable=flag_at(spec, "unschedulable") or False,
        is_ready=ready[0] if ready else True,
        taints=tuple(
            (text_at(t, "key") or "", text_at(t, "value") or "", text_at(t, "effect") or "")
            for t in mappings_at(spec, "taints")
        ),
        allocatable_cpu=str(mapping_at(status, "allocatable").get("cpu") or ""),
    )
