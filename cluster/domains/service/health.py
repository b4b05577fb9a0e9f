"""Which Nodes a load balancer sends traffic to, and what they answer when it asks (F-41, F-42).

Source: `pkg/proxy/healthcheck/service_health.go`; cloud-provider `controllers/service`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from cluster.domains.service.proxy_endpoints import proxy_endpoints
from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.machinery.addresses import family_of_text
from cluster.machinery.drawing import Reason
from cluster.machinery.manifest import Manifest
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say

EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers"
OK, UNAVAILABLE = 200, 503
WEIGHT_HEADER = "X-Load-Balancing-Endpoint-Weight"
PROXY_HEALTH_PORT = 10256


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """What a Node answers at a Service's health check node port."""

    namespace: str
    name: str
    local_endpoints: int

    @property
    def status(self) -> int:
        """200 where the Node has a ready endpoint, else 503."""
        return OK if self.local_endpoints else UNAVAILABLE

    @property
    def headers(self) -> dict[str, str]:
        """The headers beside the usual ones."""
        return {WEIGHT_HEADER: str(self.local_endpoints)}

    @property
    def body(self) -> Manifest:
        """The JSON body; proxies are always healthy here."""
        return {
            "service": {"namespace": self.namespace, "name": self.name},
            "localEndpoints": self.local_endpoints,
            "serviceProxyHealthy": True,
        }


def health_check(snapshot: Snapshot, service: Service, node: str) -> HealthCheck | None:
    """Return a Node's answer, None where the Service has no health check node port (F-41).

    Counts addresses, not ports; endpoints that terminate without being ready do not count.
    """
    if not service.needs_health_check:
        return None
    families = {family_of_text(ip) for ip in service.virtual_ips}
    ips = {
        endpoint.ip
        for family in families
        for port in service.ports
        for endpoint in proxy_endpoints(snapshot, service, port, family, node)
        if endpoint.is_local and endpoint.is_ready
    }
    return HealthCheck(service.meta.namespace, service.meta.name, len(ips))


class Target(NamedTuple):
    """A Node as a load balancer sees it; `port` and `status` are of its health check."""

    node: str
    is_used: bool
    port: int
    status: int
    why: Reason


def load_balancer_targets(snapshot: Snapshot, service: Service) -> list[Target]:
    """Return every Node by name, and whether a load balancer sends traffic to it (F-42)."""
    return [load_balancer_target(snapshot, service, node) for node in snapshot.sorted(Node)]


def load_balancer_target(snapshot: Snapshot, service: Service, node: Node) -> Target:
    """Return one Node as a load balancer sees it."""
    name = node.meta.name
    found = health_check(snapshot, service, name)
    port, status = PROXY_HEALTH_PORT, UNAVAILABLE if node.meta.terminating else OK
    if found is not None:
        port, status = service.health_check_node_port or 0, found.status
    if EXCLUDED in node.meta.labels:
        text = say("The label keeps load balancers away; node ports answer all the same.")
        value = node.meta.labels[EXCLUDED]
        why = Reason(text, f"Node {name}", f"metadata.labels[{EXCLUDED}]", value)
        return Target(name, is_used=False, port=port, status=status, why=why)
    is_used = status == OK
    if found is None:
        text = say("The proxy is healthy.") if is_used else say("The Node is being deleted.")
        path = "" if is_used else "metadata.deletionTimestamp"
        why = Reason(text, f"Node {name}", path, node.meta.deletion_timestamp or "")
    else:
        meta = service.meta
        text = say(
            "{name} has {number} ready endpoints of its own.",
            name=name,
            number=found.local_endpoints,
        )
        object_ = f"Service {meta.namespace}/{meta.name}"
        why = Reason(text, object_, "spec.externalTrafficPolicy", service.external_traffic_policy)
    return Target(name, is_used, port, status, why)
