"""What may stand in `spec.ports` of a Service (B-11 to B-19).

Source: kubernetes `pkg/apis/core/validation/validation.go` (validateServicePort, ValidateService).
"""

from __future__ import annotations

from cluster.domains.service.families import is_headless
from cluster.machinery.errors import FieldError
from cluster.machinery.fields import SPEC, Path
from cluster.machinery.manifest import (
    Manifest,
    integer_at,
    list_at,
    mappings_at,
    port_at,
    text_at,
)
from cluster.machinery.names import dns_label, port_name, port_number, qualified_name

PROTOCOLS = ("SCTP", "TCP", "UDP")
KUBELET_PORT = 10250  # kubernetes `pkg/cluster/ports/ports.go`
_PORTS = SPEC / "ports"


def check_ports(spec: Manifest) -> list[FieldError]:
    """Return what is wrong with the ports of a defaulted Service."""
    type_ = text_at(spec, "type")
    if not list_at(spec, "ports"):
        fine = is_headless(spec) or type_ == "ExternalName"
        return [] if fine else [_PORTS.required()]  # B-11
    ports = mappings_at(spec, "ports")
    errors: list[FieldError] = []
    if type_ == "LoadBalancer":
        text = f"may not expose port {KUBELET_PORT} externally since it is used by kubelet"
        errors += [
            _PORTS[index].invalid(KUBELET_PORT, text)
            for index, port in enumerate(ports)
            if integer_at(port, "port") == KUBELET_PORT
        ]
    names: set[str] = set()
    for index, port in enumerate(ports):
        errors += _check_port(port, _PORTS[index], names, name_required=len(ports) > 1)
    if type_ == "ClusterIP":  # B-19
        errors += [
            (_PORTS[index] / "nodePort").forbidden("may not be used when `type` is 'ClusterIP'")
            for index, port in enumerate(ports)
            if integer_at(port, "nodePort")
        ]
    return errors + _check_duplicates(ports)


def _check_port(
    port: Manifest, path: Path, names: set[str], *, name_required: bool
) -> list[FieldError]:
    errors: list[FieldError] = []
    name = text_at(port, "name") or ""
    if name:  # B-12
        errors += [(path / "name").invalid(name, text) for text in dns_label(name)]
        if name in names:
            errors.append((path / "name").duplicate(name))
        names.add(name)
    elif name_required:
        errors.append((path / "name").required())
    number = integer_at(port, "port") or 0
    errors += [(path / "port").invalid(number, text) for text in port_number(number)]  # B-13
    protocol = text_at(port, "protocol") or ""
    if protocol not in PROTOCOLS:  # B-14
        errors.append((path / "protocol").not_supported(protocol, PROTOCOLS))
    target = port_at(port, "targetPort") or 0
    problems = port_number(target) if isinstance(target, int) else port_name(target)  # B-15
    errors += [(path / "targetPort").invalid(target, text) for text in problems]
    app_protocol = text_at(port, "appProtocol")
    if app_protocol is not None:  # B-16
        problems = qualified_name(app_protocol)
        errors += [(path / "appProtocol").invalid(app_protocol, text) for text in problems]
    return errors


def _check_duplicates(ports: list[Manifest]) -> list[FieldError]:
    """B-18, B-17."""
    node_ports: set[tuple[str, int]] = set()
    numbers: set[tuple[str, int]] = set()
    first: list[FieldError] = []
    second: list[FieldError] = []
    for index, port in enumerate(ports):
        protocol = text_at(port, "protocol") or ""
        node_port = integer_at(port, "nodePort") or 0
        if node_port and (protocol, node_port) in node_ports:
            first.append((_PORTS[index] / "nodePort").duplicate(node_port))
        node_ports.add((protocol, node_port))
        number = integer_at(port, "port") or 0
        if (protocol, number) in numbers:
            second.append(_PORTS[index].duplicate({"protocol": protocol, "port": number}))
        numbers.add((protocol, number))
    return first + second
