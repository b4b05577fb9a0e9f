"""What may not change about a Service, and what its status may say (B-27, B-29, B-33, B-50, C-20).

Source: kubernetes `pkg/apis/core/validation/validation.go` (ValidateServiceUpdate,
ValidateLoadBalancerStatus).
"""

from __future__ import annotations

from cluster.domains.service.families import SINGLE, is_headless
from cluster.domains.service.service_defaults import needs_health_check
from cluster.machinery.addresses import IP_TEXT, parse_address
from cluster.machinery.errors import FieldError
from cluster.machinery.fields import SPEC, Path
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    integer_at,
    list_at,
    mapping_at,
    mappings_at,
    text_at,
    texts_at,
)
from cluster.machinery.names import dns_subdomain

IP_MODES = ("Proxy", "VIP")
_ONCE = "may not change once set"


def check_service_update(new: Manifest, old: Manifest) -> list[FieldError]:
    """Return which changes from `old` to `new` are not allowed."""
    spec, before = mapping_at(new, "spec"), mapping_at(old, "spec")
    errors = [*_check_addresses(spec, before), *_check_families(spec, before)]
    both = {text_at(spec, "type"), text_at(before, "type")} == {"LoadBalancer"}
    kept = text_at(spec, "loadBalancerClass")
    if both and kept != text_at(before, "loadBalancerClass"):  # B-27
        errors.append((SPEC / "loadBalancerClass").invalid(kept, _ONCE))
    if needs_health_check(spec) and needs_health_check(before):  # B-29
        name = "healthCheckNodePort"
        if integer_at(spec, name) != integer_at(before, name):
            errors.append((SPEC / name).forbidden("field is immutable"))
    return errors


def _check_addresses(spec: Manifest, before: Manifest) -> list[FieldError]:
    """B-50, B-52, C-20."""
    if "ExternalName" in {text_at(spec, "type"), text_at(before, "type")}:
        return []
    if is_headless(spec) and is_headless(before):
        return []
    path = SPEC / "clusterIPs"
    addresses, stored = texts_at(spec, "clusterIPs"), texts_at(before, "clusterIPs")
    value = list[JSON](addresses)
    if len(addresses) == len(stored):
        pairs = enumerate(zip(addresses, stored, strict=True))
        return [path[index].invalid(value, _ONCE) for index, (ip, old) in pairs if ip != old]
    errors: list[FieldError] = []
    if addresses[:1] != stored[:1] and stored:
        errors.append(path[0].invalid(value, _ONCE))
    if len(stored) > len(addresses) == 1 and text_at(spec, "ipFamilyPolicy") != SINGLE:
        text = "must be set to SingleStack to release the secondary cluster IP"
        errors.append((SPEC / "ipFamilyPolicy").invalid(text_at(spec, "ipFamilyPolicy"), text))
    return errors


def _check_families(spec: Manifest, before: Manifest) -> list[FieldError]:
    """C-20, C-21; headless Services change families freely."""
    if "ExternalName" in {text_at(spec, "type"), text_at(before, "type")}:
        return []
    if is_headless(spec) or is_headless(before):
        return []
    path = (SPEC / "ipFamilies")[0]
    families, stored = texts_at(spec, "ipFamilies"), texts_at(before, "ipFamilies")
    value = list[JSON](families)
    if len(families) == len(stored):
        differing = [1 for now, old in zip(families, stored, strict=True) if now != old]
        return [path.invalid(value, _ONCE) for _ in differing]
    errors: list[FieldError] = []
    if families[:1] != stored[:1] and stored:
        errors.append(path.invalid(value, _ONCE))
    if len(stored) > len(families) == 1 and text_at(spec, "ipFamilyPolicy") != SINGLE:
        text = "must be set to SingleStack to release the secondary ipFamily"
        errors.append((SPEC / "ipFamilyPolicy").invalid(text_at(spec, "ipFamilyPolicy"), text))
    return errors


def check_service_status(new: Manifest, old: Manifest) -> list[FieldError]:
    """Return what is wrong with a write of the status (B-33)."""
    path = Path("status") / "loadBalancer" / "ingress"
    ingress = list_at(new, "status", "loadBalancer", "ingress")
    stored = list_at(old, "status", "loadBalancer", "ingress")
    if ingress and ingress != stored and text_at(old, "spec", "type") != "LoadBalancer":
        return [path.forbidden('may only be used when `spec.type` is "LoadBalancer"')]
    errors: list[FieldError] = []
    for index, item in enumerate(mappings_at(new, "status", "loadBalancer", "ingress")):
        errors += _check_ingress(item, path[index])
    return errors


def _check_ingress(item: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    ip, host, mode = (text_at(item, name) for name in ("ip", "hostname", "ipMode"))
    if ip and parse_address(ip) is None:
        errors.append((path / "ip").invalid(ip, IP_TEXT))
    if mode is not None and not ip:
        errors.append((path / "ipMode").forbidden("may not be specified when `ip` is not set"))
    elif mode is not None and mode not in IP_MODES:
        errors.append((path / "ipMode").not_supported(mode, IP_MODES))
    if host:
        errors += [(path / "hostname").invalid(host, text) for text in dns_subdomain(host)]
        if parse_address(host) is not None:
            text = "must be a DNS name, not an IP address"
            errors.append((path / "hostname").invalid(host, text))
    return errors
