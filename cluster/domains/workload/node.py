"""Nodes as rules read them. Source: core/v1 `NodeSpec`, `NodeStatus`; semantics.md I.8."""

from __future__ import annotations

from dataclasses import dataclass

from cluster.domains.workload.constraints import Taint, parse_taint
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

NODE_LABELS = ("kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch")  # I-39


@dataclass(frozen=True, slots=True)
class Node:
    """A Node. `internal_ips` primary first; `pod_cidrs` as written, one per family.

    `ready_status` is the status of its condition Ready, empty where nobody told it; `maximum_pods`
    is None where the Node tells no limit.
    """

    meta: ObjectMeta
    zone: str = ""
    internal_ips: tuple[str, ...] = ()
    external_ips: tuple[str, ...] = ()
    pod_cidrs: tuple[str, ...] = ()
    unschedulable: bool = False
    is_ready: bool = True
    taints: tuple[Taint, ...] = ()
    allocatable_cpu: str = ""
    ready_status: str = ""
    maximum_pods: int | None = None

    @property
    def is_incomplete(self) -> bool:
        """Something that a Node tells of itself is missing: netviz fills it in (I-39, I-40)."""
        return (
            not self.pod_cidrs
            or not self.internal_ips
            or not self.ready_status
            or any(label not in self.meta.labels for label in NODE_LABELS)
        )


def parse_node(manifest: Manifest) -> Node:
    """Return the Node in a checked manifest."""
    meta = parse_meta(manifest)
    spec = mapping_at(manifest, "spec")
    status = mapping_at(manifest, "status")
    by_type: dict[str, list[str]] = {}
    for item in mappings_at(status, "addresses"):
        by_type.setdefault(text_at(item, "type") or "", []).append(text_at(item, "address") or "")
    ready = next(
        (
            text_at(item, "status") or ""
            for item in mappings_at(status, "conditions")
            if text_at(item, "type") == "Ready"
        ),
        "",
    )
    allocatable = mapping_at(status, "allocatable")
    pods = str(allocatable.get("pods") or "")
    single = text_at(spec, "podCIDR")
    return Node(
        meta=meta,
        zone=meta.labels.get("topology.kubernetes.io/zone", ""),
        internal_ips=tuple(canonical(ip) for ip in by_type.get("InternalIP", [])),
        external_ips=tuple(canonical(ip) for ip in by_type.get("ExternalIP", [])),
        pod_cidrs=tuple(texts_at(spec, "podCIDRs")) or ((single,) if single else ()),
        unschedulable=flag_at(spec, "unschedulable") or False,
        is_ready=ready in {"", "True"},
        taints=tuple(parse_taint(item) for item in mappings_at(spec, "taints")),
        allocatable_cpu=str(allocatable.get("cpu") or ""),
        ready_status=ready,
        maximum_pods=int(pods) if pods.isascii() and pods.isdigit() else None,
    )
