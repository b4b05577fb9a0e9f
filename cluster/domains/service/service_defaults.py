"""What a Service gets before anyone looks at it: the static defaults (B-1 to B-10).

Families, addresses and node ports depend on the cluster and are given later, by the begin hook.
Source: kubernetes `pkg/apis/core/v1/defaults.go`.
"""

from __future__ import annotations

from cluster.machinery.manifest import (
    Manifest,
    child_mapping,
    copy,
    list_at,
    mapping_at,
    mappings_at,
    text_at,
)

SESSION_AFFINITY_TIMEOUT_SECONDS = 10800  # core/v1 DefaultClientIPServiceAffinitySeconds


# Members that the apiserver leaves out of what it stores when they are empty (`omitempty`).
_OMITTED_WHEN_EMPTY = (
    "ports", "selector", "clusterIP", "clusterIPs", "externalIPs", "loadBalancerIP",
    "loadBalancerSourceRanges", "externalName", "externalTrafficPolicy", "healthCheckNodePort",
    "publishNotReadyAddresses", "ipFamilies",
)  # fmt: skip


def default_service(manifest: Manifest) -> None:
    """Write the static defaults of a Service into `manifest`."""
    spec = child_mapping(manifest, "spec")
    for name in _OMITTED_WHEN_EMPTY:
        if name in spec and not spec[name]:
            del spec[name]
    type_ = spec["type"] = text_at(spec, "type") or "ClusterIP"  # B-1
    _default_affinity(spec)
    for port in mappings_at(spec, "ports"):
        _default_port(port)
    if not text_at(spec, "externalTrafficPolicy") and is_externally_accessible(spec):
        spec["externalTrafficPolicy"] = "Cluster"  # B-5
    if spec.get("internalTrafficPolicy") is None and type_ != "ExternalName":
        spec["internalTrafficPolicy"] = "Cluster"  # B-6
    if spec.get("allocateLoadBalancerNodePorts") is None and type_ == "LoadBalancer":
        spec["allocateLoadBalancerNodePorts"] = True  # B-7
    _default_status(manifest)


def is_externally_accessible(spec: Manifest) -> bool:
    """Whether traffic from outside can reach the Service of `spec` at all (B-5)."""
    type_ = text_at(spec, "type")
    if type_ == "ClusterIP":
        return bool(list_at(spec, "externalIPs"))
    return type_ in {"NodePort", "LoadBalancer"}


def needs_health_check(spec: Manifest) -> bool:
    """Whether the Service of `spec` has a health-check node port (B-29)."""
    return (
        text_at(spec, "type") == "LoadBalancer"
        and text_at(spec, "externalTrafficPolicy") == "Local"
    )


def _default_affinity(spec: Manifest) -> None:
    """B-2, B-3."""
    affinity = spec["sessionAffinity"] = text_at(spec, "sessionAffinity") or "None"
    if affinity == "None":
        spec.pop("sessionAffinityConfig", None)
    elif affinity == "ClientIP":
        config = child_mapping(spec, "sessionAffinityConfig", "clientIP")
        if config.get("timeoutSeconds") is None:
            config["timeoutSeconds"] = SESSION_AFFINITY_TIMEOUT_SECONDS


def _default_status(manifest: Manifest) -> None:
    """B-8. On update the status still belongs to the stored object, so it is not written into."""
    ingress = mappings_at(manifest, "status", "loadBalancer", "ingress")
    if any(text_at(item, "ip") and item.get("ipMode") is None for item in ingress):
        status = copy(mapping_at(manifest, "status"))
        for item in mappings_at(status, "loadBalancer", "ingress"):
            if text_at(item, "ip") and item.get("ipMode") is None:
                item["ipMode"] = "VIP"
        manifest["status"] = status


def _default_port(port: Manifest) -> None:
    """B-4."""
    for name in ("name", "nodePort"):
        if name in port and not port[name]:
            del port[name]
    port["protocol"] = text_at(port, "protocol") or "TCP"
    if not port.get("targetPort"):
        port["targetPort"] = port.get("port", 0)
