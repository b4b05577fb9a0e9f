"""The variables that tell a container of the Services there were when it started (E-64).

Source: `pkg/kubelet/envvars/envvars.go`; `getServiceEnvVarMap` and `makeEnvironmentVariables` of
`pkg/kubelet/kubelet_pods.go`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import family_of_text
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot

ALWAYS = ("default", "kubernetes")
"""The Service that every container is told of, whatever `enableServiceLinks` says."""


class Variable(NamedTuple):
    """One variable, and the Service that it comes from."""

    name: str
    value: str
    service: Key


@dataclass(frozen=True, slots=True)
class Environment:
    """The variables of a Pod's containers by name; `late` are Services made after it started.

    Late Services are in no container until it starts again.
    """

    variables: tuple[Variable, ...] = ()
    late: tuple[Key, ...] = ()


def service_environment(pod: Pod, snapshot: Snapshot, started: str | None) -> Environment:
    """Return the Service variables of a Pod that started at `started` (None: starts now).

    Services of its namespace count where `enableServiceLinks` is not false, and the API server's
    always. Where two give a variable of one name, the Service whose name sorts last has it
    (upstream: any). Times have whole seconds: a Service of the same second counts as there.
    """
    found = {service.meta.name: service for service in _linked(pod, snapshot)}
    late: list[Key] = []
    variables: dict[str, Variable] = {}
    for name in sorted(found):
        service = found[name]
        if _is_later(service.meta.creation_timestamp, started):
            late.append(_key(service))
        else:
            variables |= {made.name: made for made in _variables(service)}
    return Environment(tuple(sorted(variables.values())), tuple(late))


def _linked(pod: Pod, snapshot: Snapshot) -> Iterator[Service]:
    """Yield the Services with a virtual address that a Pod is told of; a later one of a name wins.

    "We always want to add environment variabled for master services from the default namespace,
    even if enableServiceLinks is false"; a Service `kubernetes` of the Pod's own namespace hides
    it.
    """
    api_server = snapshot.get(Service, *ALWAYS)
    if api_server is not None and api_server.virtual_ips:
        yield api_server
    if pod.enable_service_links:
        for service in snapshot.within(Service, pod.meta.namespace).values():
            if service.virtual_ips:
                yield service


def _is_later(created: str | None, started: str | None) -> bool:
    return created is not None and started is not None and created > started


def _variables(service: Service) -> Iterator[Variable]:
    """Yield the variables of one Service; only the first port may have no name."""
    prefix, address, key = _word(service.meta.name), service.virtual_ips[0], _key(service)
    host = f"[{address}]" if family_of_text(address) == "IPv6" else address
    yield Variable(f"{prefix}_SERVICE_HOST", address, key)
    for position, port in enumerate(service.ports):
        number, protocol = str(port.port), port.protocol.lower()
        url = f"{protocol}://{host}:{number}"
        if position == 0:
            yield Variable(f"{prefix}_SERVICE_PORT", number, key)
            yield Variable(f"{prefix}_PORT", url, key)
        if port.name:
            yield Variable(f"{prefix}_SERVICE_PORT_{_word(port.name)}", number, key)
        link = f"{prefix}_PORT_{number}_{port.protocol.upper()}"
        yield Variable(link, url, key)
        yield Variable(f"{link}_PROTO", protocol, key)
        yield Variable(f"{link}_PORT", number, key)
        yield Variable(f"{link}_ADDR", address, key)


def _word(name: str) -> str:
    return name.upper().replace("-", "_")


def _key(service: Service) -> Key:
    return Key("", "Service", service.meta.namespace, service.meta.name)
