"""What is wrong with the containers of a Pod spec, in the apiserver's words.

Source: pkg/apis/core/validation `validateContainers`, `validateContainerPorts`; I-6, I-7, B-15.
"""

from __future__ import annotations

from collections.abc import Collection

from cluster.machinery.errors import FieldError
from cluster.machinery.fields import Path
from cluster.machinery.manifest import (
    Manifest,
    flag_at,
    integer_at,
    mapping_at,
    mappings_at,
    text_at,
)
from cluster.machinery.names import dns_label, port_name, port_number

PULL_POLICIES = ("Always", "IfNotPresent", "Never")
PROTOCOLS = ("SCTP", "TCP", "UDP")
MESSAGE_POLICIES = ("FallbackToLogsOnError", "File")
HOST_PORT_TEXT = "must match `containerPort` when `hostNetwork` is true"
ONLY_SIDECARS = "may not be set for init containers without restartPolicy=Always"


def check_containers(
    spec: Manifest, path: Path, volumes: Collection[str], *, is_template: bool
) -> list[FieldError]:
    """Return what is wrong with `containers` and `initContainers` of a Pod spec at `path`.

    `volumes` are the names that mounts may use.
    """
    errors: list[FieldError] = []
    names: set[str] = set()
    host_ports: set[str] = set()
    host_network = flag_at(spec, "hostNetwork") or False
    regular = mappings_at(spec, "containers")
    if not regular:
        errors.append((path / "containers").required())
    for field in ("containers", "initContainers"):
        for index, container in enumerate(mappings_at(spec, field)):
            here = (path / field)[index]
            errors += _check_name(container, here, names)
            errors += _check_container(container, here, volumes)
            errors += _check_host_ports(container, here, host_ports)
            if host_network:
                errors += _check_host_network(container, here, is_template=is_template)
            if field == "initContainers":
                errors += _check_init(container, here)
    return errors


def _check_name(container: Manifest, path: Path, names: set[str]) -> list[FieldError]:
    name = text_at(container, "name") or ""
    here = path / "name"
    if not name:
        return [here.required()]
    if name in names:
        return [here.duplicate(name)]
    names.add(name)
    return [here.invalid(name, text) for text in dns_label(name)]


def _check_container(
    container: Manifest, path: Path, volumes: Collection[str]
) -> list[FieldError]:
    errors: list[FieldError] = []
    image = text_at(container, "image") or ""
    if not image:
        errors.append((path / "image").required())
    elif image != image.strip():
        text = "must not have leading or trailing whitespace"
        errors.append((path / "image").invalid(image, text))
    policy = text_at(container, "imagePullPolicy")
    if policy not in PULL_POLICIES:
        errors.append((path / "imagePullPolicy").not_supported(policy, PULL_POLICIES))
    message = text_at(container, "terminationMessagePolicy")
    if message not in MESSAGE_POLICIES:
        here = path / "terminationMessagePolicy"
        errors.append(here.not_supported(message, MESSAGE_POLICIES))
    errors += _check_ports(container, path / "ports")
    errors += _check_env(container, path / "env")
    errors += _check_mounts(container, path / "volumeMounts", volumes)
    return errors


def _check_ports(container: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    names: set[str] = set()
    for index, port in enumerate(mappings_at(container, "ports")):
        here = path[index]
        name = text_at(port, "name") or ""
        if name:
            found = [(here / "name").invalid(name, text) for text in port_name(name)]
            if not found and name in names:
                found = [(here / "name").duplicate(name)]
            names.add(name)
            errors += found
        number = integer_at(port, "containerPort") or 0
        if not number:
            errors.append((here / "containerPort").required())
        else:
            texts = port_number(number)
            errors += [(here / "containerPort").invalid(number, text) for text in texts]
        host = integer_at(port, "hostPort") or 0
        if host:
            errors += [(here / "hostPort").invalid(host, text) for text in port_number(host)]
        protocol = text_at(port, "protocol") or ""
        if protocol not in PROTOCOLS:
            errors.append((here / "protocol").not_supported(protocol, PROTOCOLS))
    return errors


def _check_host_ports(container: Manifest, path: Path, taken: set[str]) -> list[FieldError]:
    errors: list[FieldError] = []
    for index, port in enumerate(mappings_at(container, "ports")):
        number = integer_at(port, "hostPort") or 0
        if not number:
            continue
        text = f"{text_at(port, 'protocol')}/{text_at(port, 'hostIP') or ''}/{number}"
        if text in taken:
            errors.append(((path / "ports")[index] / "hostPort").duplicate(text))
        taken.add(text)
    return errors


def _check_host_network(container: Manifest, path: Path, *, is_template: bool) -> list[FieldError]:
    errors: list[FieldError] = []
    for index, port in enumerate(mappings_at(container, "ports")):
        host = integer_at(port, "hostPort") or 0
        if is_template and not host:
            continue
        if host != integer_at(port, "containerPort"):
            here = (path / "ports")[index] / "hostPort"
            errors.append(here.invalid(host, HOST_PORT_TEXT))
    return errors


def _check_env(container: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    for index, variable in enumerate(mappings_at(container, "env")):
        if not text_at(variable, "name"):
            errors.append((path[index] / "name").required())
        source = mapping_at(variable, "valueFrom")
        if variable.get("valueFrom") is None:
            continue
        here = path[index] / "valueFrom"
        if text_at(variable, "value"):
            errors.append(here.invalid("", "may not be specified when `value` is not empty"))
        named = [key for key, value in source.items() if value is not None]
        if not named:
            text = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or "
            errors.append(here.invalid("", text + "`secretKeyRef`"))
        elif len(named) > 1:
            errors.append(here.invalid("", "may not have more than one field specified at a time"))
    return errors


def _check_mounts(container: Manifest, path: Path, volumes: Collection[str]) -> list[FieldError]:
    errors: list[FieldError] = []
    places: set[str] = set()
    for index, mount in enumerate(mappings_at(container, "volumeMounts")):
        here = path[index]
        name = text_at(mount, "name") or ""
        if not name:
            errors.append((here / "name").required())
        elif name not in volumes:
            errors.append((here / "name").not_found(name))
        place = text_at(mount, "mountPath") or ""
        if not place:
            errors.append((here / "mountPath").required())
        elif place in places:
            errors.append((here / "mountPath").invalid(place, "must be unique"))
        places.add(place)
    return errors


def _check_init(container: Manifest, path: Path) -> list[FieldError]:
    policy = text_at(container, "restartPolicy")
    if policy == "Always":
        return []
    errors: list[FieldError] = []
    if policy is not None:
        errors.append((path / "restartPolicy").not_supported(policy, ("Always",)))
    errors += [
        (path / name).forbidden(ONLY_SIDECARS)
        for name in ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")
        if container.get(name) is not None
    ]
    return errors
