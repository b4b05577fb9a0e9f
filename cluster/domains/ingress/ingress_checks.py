"""What an Ingress must meet, in the apiserver's words.

Nothing here asks whether a Service, Secret or class exists: they need not (G-11).
Source: kubernetes `pkg/apis/networking/validation/validation.go`; semantics.md G-1 to G-10, G-39.
"""

from __future__ import annotations

from cluster.domains.ingress.ingress import (
    CLASS_ANNOTATION,
    EXACT,
    IMPLEMENTATION_SPECIFIC,
    PATH_TYPES,
    PREFIX,
)
from cluster.machinery.addresses import IP_TEXT, parse_address
from cluster.machinery.errors import FieldError
from cluster.machinery.fields import SPEC, Path
from cluster.machinery.manifest import (
    Manifest,
    child_mapping,
    integer_at,
    list_at,
    mapping_at,
    mappings_at,
    text_at,
    text_map_at,
    texts_at,
)
from cluster.machinery.names import (
    dns_1035_label,
    dns_subdomain,
    path_segment,
    port_name,
    port_number,
    wildcard_subdomain,
)

FORBIDDEN_SEQUENCES = ("//", "/./", "/../", "%2f", "%2F")
FORBIDDEN_ENDINGS = ("/..", "/.")
ABSOLUTE = "must be an absolute path"
NOT_AN_IP = "must be a DNS name, not an IP address"


def check_ingress(manifest: Manifest) -> list[FieldError]:
    """Return what is wrong with the spec of an Ingress."""
    spec = mapping_at(manifest, "spec")
    rules = mappings_at(spec, "rules")
    errors: list[FieldError] = []
    has_default = spec.get("defaultBackend") is not None
    if not rules and not has_default:
        text = "either `defaultBackend` or `rules` must be specified"
        errors.append(SPEC.invalid([], text))
    if has_default:
        errors += check_backend(mapping_at(spec, "defaultBackend"), SPEC / "defaultBackend")
    for index, rule in enumerate(rules):
        errors += _check_rule(rule, (SPEC / "rules")[index])
    for index, entry in enumerate(mappings_at(spec, "tls")):
        errors += _check_tls(entry, (SPEC / "tls")[index])
    name = text_at(spec, "ingressClassName")
    if name is not None:
        path = SPEC / "ingressClassName"
        errors += [path.invalid(name, text) for text in dns_subdomain(name)]
    return errors


def check_new_ingress(manifest: Manifest) -> list[FieldError]:
    """Return whether the two ways to name a class agree; later they may differ (G-10)."""
    annotation = text_map_at(manifest, "metadata", "annotations").get(CLASS_ANNOTATION)
    name = text_at(manifest, "spec", "ingressClassName")
    if annotation is None or name is None or annotation == name:
        return []
    text = "must match `ingressClassName` when both are specified"
    return [(Path("annotations") / CLASS_ANNOTATION).invalid(annotation, text)]


def _check_rule(rule: Manifest, path: Path) -> list[FieldError]:
    host = text_at(rule, "host") or ""
    errors: list[FieldError] = []
    if host and parse_address(host) is not None:
        errors.append((path / "host").invalid(host, NOT_AN_IP))
    if host:
        errors += [(path / "host").invalid(host, text) for text in check_host(host)]
    if rule.get("http") is None:
        return errors
    paths = mappings_at(rule, "http", "paths")
    below = path / "http" / "paths"
    if not paths:
        errors.append(below.required())
    for index, entry in enumerate(paths):
        errors += _check_path(entry, below[index])
    return errors


def check_host(host: str) -> list[str]:
    """Return what is wrong with a host: a DNS name, its first label may be `*` (G-3)."""
    return wildcard_subdomain(host) if "*" in host else dns_subdomain(host)


def _check_path(entry: Manifest, path: Path) -> list[FieldError]:
    kind, text = text_at(entry, "pathType"), text_at(entry, "path") or ""
    if kind is None:
        return [(path / "pathType").required("pathType must be specified")]
    errors: list[FieldError] = []
    if kind in {EXACT, PREFIX}:
        errors += [(path / "path").invalid(text, fault) for fault in _path_faults(text)]
    elif kind != IMPLEMENTATION_SPECIFIC:
        errors.append((path / "pathType").not_supported(kind, PATH_TYPES))
    elif text and not text.startswith("/"):
        errors.append((path / "path").invalid(text, ABSOLUTE))
    return errors + check_backend(mapping_at(entry, "backend"), path / "backend")


def _path_faults(path: str) -> list[str]:
    """Return what is wrong with an Exact or Prefix path (G-5)."""
    faults = [] if path.startswith("/") else [ABSOLUTE]
    faults += [f"must not contain '{part}'" for part in FORBIDDEN_SEQUENCES if part in path]
    faults += [f"cannot end with '{part}'" for part in FORBIDDEN_ENDINGS if path.endswith(part)]
    return faults


def check_backend(backend: Manifest, path: Path) -> list[FieldError]:
    """Return what is wrong with a backend: a Service or a resource (G-6 to G-8)."""
    has_service = backend.get("service") is not None
    has_resource = backend.get("resource") is not None
    if has_service and has_resource:
        return [path.invalid("", "cannot set both resource and service backends")]
    if has_resource:
        return check_reference(mapping_at(backend, "resource"), path / "resource")
    if has_service:
        return _check_service(mapping_at(backend, "service"), path)
    return [path.invalid("", "resource or service backend is required")]


def _check_service(service: Manifest, path: Path) -> list[FieldError]:
    name, name_path = text_at(service, "name") or "", path / "service" / "name"
    errors: list[FieldError] = []
    if not name:
        errors.append(name_path.required())
    else:
        errors += [name_path.invalid(name, text) for text in dns_1035_label(name)]
    port_path = path / "service" / "port"
    named = text_at(service, "port", "name") or ""
    number = integer_at(service, "port", "number") or 0
    if named and number:
        errors.append(path.invalid("", "cannot set both port name & port number"))
    elif named:
        errors += [(port_path / "name").invalid(named, text) for text in port_name(named)]
    elif number:
        errors += [(port_path / "number").invalid(number, text) for text in port_number(number)]
    else:
        errors.append(path.required("port name or number is required"))
    return errors


def check_reference(reference: Manifest, path: Path) -> list[FieldError]:
    """Return what is wrong with a reference to an object by group, kind and name (G-8)."""
    errors: list[FieldError] = []
    group = text_at(reference, "apiGroup")
    if group is not None:
        errors += [(path / "apiGroup").invalid(group, text) for text in dns_subdomain(group)]
    for field in ("kind", "name"):
        value = text_at(reference, field) or ""
        if not value:
            errors.append((path / field).required(f"{field} is required"))
        else:
            errors += [(path / field).invalid(value, text) for text in path_segment(value)]
    return errors


def _check_tls(entry: Manifest, path: Path) -> list[FieldError]:
    errors = [
        (path / "hosts")[index].invalid(host, text)
        for index, host in enumerate(texts_at(entry, "hosts"))
        for text in check_host(host)
    ]
    secret = text_at(entry, "secretName") or ""
    if secret:
        errors += [(path / "secretName").invalid(secret, text) for text in dns_subdomain(secret)]
    return errors


def check_ingress_status(new: Manifest, _old: Manifest) -> list[FieldError]:
    """Return what is wrong with the addresses of a status write."""
    path = Path("status") / "loadBalancer" / "ingress"
    errors: list[FieldError] = []
    status = mapping_at(new, "status")
    if not list_at(status, "loadBalancer", "ingress"):
        return errors
    for index, entry in enumerate(mappings_at(status, "loadBalancer", "ingress")):
        ip, host = text_at(entry, "ip") or "", text_at(entry, "hostname") or ""
        if ip and parse_address(ip) is None:
            errors.append((path[index] / "ip").invalid(ip, IP_TEXT))
        if host:
            faults = dns_subdomain(host)
            faults += [NOT_AN_IP] if parse_address(host) is not None else []
            errors += [(path[index] / "hostname").invalid(host, text) for text in faults]
    return errors


def status_without_addresses(new: Manifest, old: Manifest | None) -> None:
    """Give a new Ingress the empty status that the apiserver shows."""
    if old is None:
        child_mapping(new, "status").setdefault("loadBalancer", {})
