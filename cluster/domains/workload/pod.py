"""Pods as rules read them.

Only what decides where traffic may go is parsed: labels, addresses, ports, phase, readiness,
placement and resolver configuration. Source: core/v1 `PodSpec`, `PodStatus`; semantics.md I.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from sys import intern

import orjson

from cluster.domains.workload.constraints import (
    UNCONSTRAINED,
    Constraints,
    parse_constraints,
)
from cluster.domains.workload.dns_config import DNSConfig, parse_dns_config
from cluster.machinery.addresses import Family, canonical, family_of_text
from cluster.machinery.manifest import (
    Manifest,
    flag_at,
    integer_at,
    mapping_at,
    mappings_at,
    text_at,
)
from cluster.machinery.meta import NOTHING, ObjectMeta, parse_meta

READY_ANNOTATION = "netviz.io/ready"
FINISHED = frozenset({"Succeeded", "Failed"})


@dataclass(frozen=True, slots=True)
class ContainerPort:
    """One declared port; `name` and `host_port` are None where unset."""

    container_port: int
    protocol: str = "TCP"
    name: str | None = None
    host_port: int | None = None
    host_ip: str = ""


@dataclass(frozen=True, slots=True)
class Container:
    """A container that runs beside the others: a regular one, or a sidecar (`is_init`)."""

    name: str
    ports: tuple[ContainerPort, ...] = ()
    is_init: bool = False


@dataclass(frozen=True, slots=True)
class Pod:
    """A Pod. `ips` are canonical, primary first; empty until it has an address.

    `reasons` tells why a condition stands as it does, where that is told; `pending_message` is
    what the scheduler last said; `is_gated` Pods wait for their scheduling gates.
    """

    meta: ObjectMeta
    node_name: str = ""
    phase: str = "Pending"
    ips: tuple[str, ...] = ()
    host_network: bool = False
    hostname: str = ""
    subdomain: str = ""
    containers: tuple[Container, ...] = ()
    conditions: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    readiness_gates: tuple[str, ...] = ()
    service_account: str = ""
    set_hostname_as_fqdn: bool = False
    dns_policy: str = "ClusterFirst"
    dns_config: DNSConfig | None = None
    restart_policy: str = "Always"
    ready_since: str | None = None
    restarts: int = 0
    reasons: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    constraints: Constraints = UNCONSTRAINED
    is_gated: bool = False
    pending_message: str = ""
    enable_service_links: bool = True

    @property
    def is_ready(self) -> bool:
        """The condition `Ready` is `True`; nothing else counts (D-5)."""
        return self.conditions.get("Ready") == "True"

    @property
    def is_finished(self) -> bool:
        """Phase Succeeded or Failed: the address may already be another Pod's (I-26)."""
        return self.phase in FINISHED

    @property
    def is_terminating(self) -> bool:
        """Deletion was requested and the grace period runs."""
        return self.meta.terminating

    def address(self, family: Family) -> str | None:
        """Return the Pod's address of a family, None where it has none."""
        return next((ip for ip in self.ips if family_of_text(ip) == family), None)

    def ports(self) -> Iterable[ContainerPort]:
        """Yield the declared ports in the order in which names resolve (D-15)."""
        for container in self.containers:
            yield from container.ports

    def named_port(self, name: str, protocol: str) -> int | None:
        """Return the number that a named target port means on this Pod (D-15), None if absent."""
        return next(
            (
                port.container_port
                for port in self.ports()
                if port.name == name and port.protocol == protocol
            ),
            None,
        )


def parse_pod(manifest: Manifest) -> Pod:
    """Return the Pod in a checked, defaulted manifest."""
    spec = mapping_at(manifest, "spec")
    status = mapping_at(manifest, "status")
    stated = mappings_at(status, "conditions")
    ready, unscheduled = _told(stated)
    return Pod(
        meta=parse_meta(manifest),
        node_name=intern(text_at(spec, "nodeName") or ""),
        phase=intern(text_at(status, "phase") or "Pending"),
        ips=_addresses(status),
        host_network=flag_at(spec, "hostNetwork") or False,
        hostname=text_at(spec, "hostname") or "",
        subdomain=intern(text_at(spec, "subdomain") or ""),
        containers=parse_containers(spec),
        conditions=_by_type(stated, "status"),
        readiness_gates=_gates(spec),
        service_account=intern(text_at(spec, "serviceAccountName") or ""),
        set_hostname_as_fqdn=flag_at(spec, "setHostnameAsFQDN") or False,
        dns_policy=intern(text_at(spec, "dnsPolicy") or "ClusterFirst"),
        dns_config=parse_dns_config(spec),
        restart_policy=intern(text_at(spec, "restartPolicy") or "Always"),
        ready_since=text_at(ready, "lastTransitionTime"),
        restarts=_restarts(status),
        reasons=_by_type(stated, "reason"),
        constraints=parse_constraints(spec),
        is_gated=bool(mappings_at(spec, "schedulingGates")),
        pending_message=intern(text_at(unscheduled, "message") or ""),
        enable_service_links=flag_at(spec, "enableServiceLinks") is not False,
    )


def _told(stated: list[Manifest]) -> tuple[Manifest, Manifest]:
    """Return the condition `Ready`, and `PodScheduled` where it is False; {} for neither."""
    ready: Manifest | None = None
    unscheduled: Manifest | None = None
    for item in stated:
        type_ = text_at(item, "type")
        if type_ == "Ready" and ready is None:
            ready = item
        elif type_ == "PodScheduled" and unscheduled is None and item.get("status") == "False":
            unscheduled = item
    return ready or {}, unscheduled or {}


def _gates(spec: Manifest) -> tuple[str, ...]:
    if not spec.get("readinessGates"):
        return ()
    return tuple(text_at(g, "conditionType") or "" for g in mappings_at(spec, "readinessGates"))


def _restarts(status: Manifest) -> int:
    if not status.get("containerStatuses"):
        return 0
    return sum(
        integer_at(s, "restartCount") or 0 for s in mappings_at(status, "containerStatuses")
    )


_SHARED_MAXIMUM = 65536  # distinct values kept for sharing; beyond it each Pod keeps its own
_by_types: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}


def _by_type(conditions: list[Manifest], field: str) -> Mapping[str, str]:
    """Return one field of the conditions by type; equal ones are the same mapping."""
    pairs = tuple(
        (text_at(item, "type") or "", text_at(item, field) or "")
        for item in conditions
        if item.get(field)
    )
    if not pairs:
        return NOTHING
    found = _by_types.get(pairs)
    if found is None:
        found = {intern(type_): intern(value) for type_, value in pairs}
        if len(_by_types) < _SHARED_MAXIMUM:
            _by_types[pairs] = found
    return found


_CONTAINER_FIELDS = ("name", "ports", "restartPolicy")
_containers: dict[bytes, tuple[Container, ...]] = {}


def parse_containers(spec: Manifest) -> tuple[Container, ...]:
    """Return regular containers in order, then restartable init containers (sidecars).

    Containers written alike are the same object: the Pods of a workload share them.
    """
    listed = [mappings_at(spec, "containers"), mappings_at(spec, "initContainers")]
    written = orjson.dumps(
        [[item.get(name) for item in items for name in _CONTAINER_FIELDS] for items in listed]
    )
    found = _containers.get(written)
    if found is None:
        found = tuple(_parse_containers(*listed))
        if len(_containers) < _SHARED_MAXIMUM:
            _containers[written] = found
    return found


def _parse_containers(regular: list[Manifest], init: list[Manifest]) -> Iterator[Container]:
    for item in regular:
        yield _container(item, is_init=False)
    for item in init:
        if text_at(item, "restartPolicy") == "Always":
            yield _container(item, is_init=True)


def _container(manifest: Manifest, *, is_init: bool) -> Container:
    ports = tuple(
        ContainerPort(
            container_port=integer_at(port, "containerPort") or 0,
            protocol=intern(text_at(port, "protocol") or "TCP"),
            name=text_at(port, "name") or None,
            host_port=integer_at(port, "hostPort") or None,
            host_ip=text_at(port, "hostIP") or "",
        )
        for port in mappings_at(manifest, "ports")
    )
    return Container(text_at(manifest, "name") or "", ports, is_init=is_init)


def _addresses(status: Manifest) -> tuple[str, ...]:
    listed = [text_at(item, "ip") or "" for item in mappings_at(status, "podIPs")]
    primary = text_at(status, "podIP") or ""
    found = [canonical(ip) for ip in (listed or [primary]) if ip]
    return tuple(found) if len(found) <= 1 else tuple(dict.fromkeys(found))
