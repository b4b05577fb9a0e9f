"""Host ports: which Nodes still have the ones a Pod wants.

Two Pods collide on a Node when port and protocol are equal and one of them listens on every
address or both on the same (I-34). Source: `pkg/scheduler/framework` `HostPortInfo`.
"""

from __future__ import annotations

from typing import NamedTuple

from cluster.domains.workload.pod import Pod
from cluster.machinery.snapshot import Snapshot

NO_PORTS = "node(s) didn't have free ports for the requested pod ports"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - what an empty hostIP means


class HostPort(NamedTuple):
    """A port on a Node's addresses."""

    protocol: str
    port: int
    address: str


def host_ports(pod: Pod) -> list[HostPort]:
    """Return the ports that a Pod takes on its Node."""
    return [
        HostPort(port.protocol, port.host_port, port.host_ip or EVERYWHERE)
        for port in pod.ports()
        if port.host_port is not None
    ]


class HostPorts:
    """The ports taken per Node, read when they are first asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Start without looking at any Node."""
        self._snapshot = snapshot
        self._taken: dict[str, set[HostPort]] = {}

    @staticmethod
    def needs(pod: Pod) -> bool:
        """Whether a Pod wants any port of its Node."""
        return any(port.host_port is not None for port in pod.ports())

    def objection(self, pod: Pod, name: str) -> str | None:
        """Return why a Node cannot take the Pod, None where its ports are free."""
        wanted = host_ports(pod)
        if not wanted:
            return None
        taken = self._of(name)
        return (
            NO_PORTS if any(_collides(port, other) for port in wanted for other in taken) else None
        )

    def take(self, pod: Pod, name: str) -> None:
        """Note that a Pod is placed."""
        wanted = host_ports(pod)
        if wanted:
            self._of(name).update(wanted)

    def _of(self, name: str) -> set[HostPort]:
        taken = self._taken.get(name)
        if taken is None:
            pods = self._snapshot.lookup(Pod, "node", name)
            taken = {port for pod in pods if not pod.is_finished for port in host_ports(pod)}
            self._taken[name] = taken
        return taken


def _collides(one: HostPort, other: HostPort) -> bool:
    if (one.protocol, one.port) != (other.protocol, other.port):
        return False
    return EVERYWHERE in {one.address, other.address} or one.address == other.address
