"""What the apiserver refuses about a Service as it stands (B-11 to B-33).

Checks get a defaulted manifest that the begin hook has completed. Every independent error is
reported (A-6). Source: kubernetes `pkg/apis/core/validation/validation.go` (ValidateService).
"""

from __future__ import annotations

from cluster.domains.service.address_checks import check_address, check_cidr
from cluster.domains.service.families import check_cluster_ips, is_headless
from cluster.domains.service.port_checks import check_ports
from cluster.domains.service.service import (
    NONE,
    TOPOLOGY_AWARE_HINTS,
    TOPOLOGY_MODE,
    TYPES,
)
from cluster.domains.service.service_defaults import is_externally_accessible, needs_health_check
from cluster.machinery.errors import FieldError
from cluster.machinery.fields import METADATA, SPEC
from cluster.machinery.manifest import (
    Manifest,
    integer_at,
    mapping_at,
    text_at,
    text_map_at,
    texts_at,
)
from cluster.machinery.names import dns_subdomain, port_number, qualified_name
from cluster.machinery.selectors import check_labels

AFFINITIES = ("ClientIP", "None")
TRAFFIC_POLICIES = ("Cluster", "Local")
TRAFFIC_DISTRIBUTIONS = ("PreferClose", "PreferSameNode", "PreferSameZone")
SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
MAXIMUM_AFFINITY_SECONDS = 86400  # core validation MaxClientIPServiceAffinitySeconds: one day
_LOAD_BALANCER_ONLY = "may only be used when `type` is 'LoadBalancer'"
_HEALTH_CHECK_ONLY = (
    "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
)


def check_service(manifest: Manifest) -> list[FieldError]:
    """Return what is wrong with a Service, in the order of the apiserver."""
    spec = mapping_at(manifest, "spec")
    type_ = text_at(spec, "type") or ""
    errors = _check_hints(text_map_at(manifest, "metadata", "annotations"))
    errors += _check_shape(spec, type_)
    errors += check_ports(spec)
    errors += check_labels(text_map_at(spec, "selector"), SPEC / "selector")
    errors += _check_affinity(spec)
    errors += check_cluster_ips(spec)
    for index, address in enumerate(texts_at(spec, "externalIPs")):  # B-24
        errors += check_address(address, (SPEC / "externalIPs")[index])
    if type_ not in TYPES:  # B-20
        errors.append((SPEC / "type").not_supported(type_, TYPES))
    errors += _check_source_ranges(manifest, spec, type_)
    errors += _check_load_balancer(spec, type_)
    errors += _check_external_traffic(spec)
    return errors + _check_words(spec, type_)


def _check_hints(annotations: dict[str, str]) -> list[FieldError]:
    """B-32."""
    old, mode = annotations.get(TOPOLOGY_AWARE_HINTS), annotations.get(TOPOLOGY_MODE)
    if old is None or mode is None or old == mode:
        return []
    path = (METADATA / "annotations")[TOPOLOGY_MODE]
    text = f"must match annotations[{TOPOLOGY_AWARE_HINTS}] when both are specified"
    return [path.invalid(mode, text)]


def _check_shape(spec: Manifest, type_: str) -> list[FieldError]:
    """B-21, B-22."""
    if type_ in {"LoadBalancer", "NodePort"} and is_headless(spec):
        path = (SPEC / "clusterIPs")[0]
        return [path.invalid(NONE, f"may not be set to 'None' for {type_} services")]
    if type_ != "ExternalName":
        return []
    errors = [
        (SPEC / name).forbidden("may not be set for ExternalName services")
        for name in ("clusterIPs", "ipFamilies", "ipFamilyPolicy")
        if spec.get(name) or (name == "clusterIPs" and spec.get("clusterIP"))
    ]
    name = (text_at(spec, "externalName") or "").removesuffix(".")
    path = SPEC / "externalName"
    if not name:
        return [*errors, path.required()]
    return errors + [path.invalid(name, text) for text in dns_subdomain(name)]


def _check_affinity(spec: Manifest) -> list[FieldError]:
    """B-23; the configuration is always complete after defaulting."""
    affinity = text_at(spec, "sessionAffinity") or ""
    if affinity not in AFFINITIES:
        return [(SPEC / "sessionAffinity").not_supported(affinity, AFFINITIES)]
    if affinity != "ClientIP":
        return []
    seconds = integer_at(spec, "sessionAffinityConfig", "clientIP", "timeoutSeconds") or 0
    if 0 < seconds <= MAXIMUM_AFFINITY_SECONDS:
        return []
    path = SPEC / "sessionAffinityConfig" / "clientIP" / "timeoutSeconds"
    text = f"must be greater than 0 and less than {MAXIMUM_AFFINITY_SECONDS}"
    return [path.invalid(seconds, text)]


def _check_source_ranges(manifest: Manifest, spec: Manifest, type_: str) -> list[FieldError]:
    """B-25; the field is spelled with a capital letter in the apiserver's path."""
    ranges = texts_at(spec, "loadBalancerSourceRanges")
    annotation = text_map_at(manifest, "metadata", "annotations").get(SOURCE_RANGES)
    errors: list[FieldError] = []
    if ranges:
        path = SPEC / "LoadBalancerSourceRanges"
        for index, text in enumerate(ranges):
            errors += check_cidr(text.strip(), path[index])
    elif annotation is not None:
        path = (METADATA / "annotations")[SOURCE_RANGES]
        for text in annotation.split(",") if annotation.strip() else ():
            errors += check_cidr(text.strip(), path)
    else:
        return []
    refused = [] if type_ == "LoadBalancer" else [path.forbidden(_LOAD_BALANCER_ONLY)]
    return refused + errors


def _check_load_balancer(spec: Manifest, type_: str) -> list[FieldError]:
    """B-26, B-27."""
    load_balancer_class = text_at(spec, "loadBalancerClass")
    if type_ != "LoadBalancer":
        return [
            (SPEC / name).forbidden(_LOAD_BALANCER_ONLY)
            for name in ("allocateLoadBalancerNodePorts", "loadBalancerClass")
            if spec.get(name) is not None
        ]
    if load_balancer_class is None:
        return []
    path = SPEC / "loadBalancerClass"
    return [path.invalid(load_balancer_class, t) for t in qualified_name(load_balancer_class)]


def _check_external_traffic(spec: Manifest) -> list[FieldError]:
    """B-28, B-29."""
    errors: list[FieldError] = []
    policy = text_at(spec, "externalTrafficPolicy") or ""
    path = SPEC / "externalTrafficPolicy"
    if not is_externally_accessible(spec):
        if policy:
            text = "may only be set for externally-accessible services"
            errors.append(path.invalid(policy, text))
    elif policy not in TRAFFIC_POLICIES:
        errors.append(path.not_supported(policy, TRAFFIC_POLICIES))
    number = integer_at(spec, "healthCheckNodePort") or 0
    path = SPEC / "healthCheckNodePort"
    if needs_health_check(spec):
        errors += [path.invalid(number, text) for text in port_number(number)]
    elif number:
        errors.append(path.invalid(number, _HEALTH_CHECK_ONLY))
    return errors


def _check_words(spec: Manifest, type_: str) -> list[FieldError]:
    """B-30, B-31."""
    errors: list[FieldError] = []
    internal = text_at(spec, "internalTrafficPolicy")
    if internal is None:
        if type_ in {"ClusterIP", "NodePort", "LoadBalancer"}:
            errors.append((SPEC / "internalTrafficPolicy").required())
    elif internal not in TRAFFIC_POLICIES:
        path = SPEC / "internalTrafficPolicy"
        errors.append(path.not_supported(internal, TRAFFIC_POLICIES))
    distribution = text_at(spec, "trafficDistribution")
    if distribution is not None and distribution not in TRAFFIC_DISTRIBUTIONS:
        path = SPEC / "trafficDistribution"
        errors.append(path.not_supported(distribution, TRAFFIC_DISTRIBUTIONS))
    return errors
