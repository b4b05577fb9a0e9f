"""The badges of Services, slices and Pods (what is set beside the usual), each with its reason."""

from __future__ import annotations

from cluster.domains.service.endpointslice import CONTROLLER, MIRRORING_CONTROLLER, EndpointSlice
from cluster.domains.service.forwarding import affinity_seconds
from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import Badge, Reason
from cluster.machinery.texts import say

Badged = list[tuple[Badge, Reason]]


def service_badges(service: Service) -> Badged:
    """Return what is unusual about a Service: dual stack, affinity, traffic policies."""
    name = f"Service {service.meta.namespace}/{service.meta.name}"
    found: Badged = []
    if len(service.cluster_ips) > 1:
        addresses = ", ".join(service.cluster_ips)
        found.append((
            Badge(say("dual"), "unknown", say("dual stack: {cluster_ips}", cluster_ips=addresses)),
            Reason(say("It has an address of each family."), name, "spec.clusterIPs", addresses),
        ))  # fmt: skip
    if service.is_external_name:
        return found
    seconds = affinity_seconds(service)
    if seconds is not None:
        found.append((
            Badge(say("affinity"), "unknown",
                  say("A client keeps its endpoint for {seconds} s.", seconds=seconds)),
            Reason(say("A client keeps its endpoint for {seconds} seconds.", seconds=seconds),
                   name, "spec.sessionAffinity", service.session_affinity),
        ))  # fmt: skip
    if service.internal_traffic_policy == "Local" and not service.is_headless:
        text = say("Clients in the cluster get endpoints of their own Node alone.")
        found.append((
            Badge(say("iTP Local"), "unknown", text),
            Reason(text, name, "spec.internalTrafficPolicy", "Local"),
        ))  # fmt: skip
    if service.external_traffic_policy == "Local":
        text = say("Clients from outside get endpoints of the Node they arrive at alone.")
        found.append((
            Badge(say("eTP Local"), "unknown", text),
            Reason(text, name, "spec.externalTrafficPolicy", "Local"),
        ))  # fmt: skip
    if service.traffic_distribution:
        text = say("Endpoints near the client are preferred, where there are enough.")
        found.append((
            Badge(_distribution(service.traffic_distribution), "unknown", text),
            Reason(text, name, "spec.trafficDistribution", service.traffic_distribution),
        ))  # fmt: skip
    return found


def _distribution(value: str) -> str:
    return {"PreferSameNode": say("same node")}.get(value, say("close"))


def slice_badges(item: EndpointSlice) -> Badged:
    """Return what is unusual about a slice: who wrote it, and whether it has hints."""
    name = f"EndpointSlice {item.meta.namespace}/{item.meta.name}"
    found: Badged = []
    manager = item.managed_by
    if manager != CONTROLLER:
        word = (
            say("mirrored") if manager == MIRRORING_CONTROLLER
            else say("by others") if manager else say("by hand")
        )  # fmt: skip
        text = say("managed by {manager}", manager=manager or say("nobody"))
        found.append((
            Badge(word, "unknown", text),
            Reason(say("The label says who looks after a slice."), name,
                   "metadata.labels[endpointslice.kubernetes.io/managed-by]",
                   manager or say("absent")),
        ))  # fmt: skip
    for index, endpoint in enumerate(item.endpoints):
        hints = ", ".join((*endpoint.for_zones, *endpoint.for_nodes))
        if hints:
            of = "forZones" if endpoint.for_zones else "forNodes"
            found.append((
                Badge(say("hints"), "unknown", say("Its endpoints say for whom they are.")),
                Reason(say("Its endpoints say for whom they are; the first, for example."), name,
                       f"endpoints[{index}].hints.{of}", hints),
            ))  # fmt: skip
            break
    return found


def pod_badges(pod: Pod) -> Badged:
    """Return what is unusual about a Pod: the network of its Node."""
    if not pod.host_network:
        return []
    name = f"Pod {pod.meta.namespace}/{pod.meta.name}"
    return [(
        Badge(say("host"), "unknown", say("host network")),
        Reason(say("It has the addresses of its Node."), name, "spec.hostNetwork", "true"),
    )]  # fmt: skip


def badges_of(found: Badged) -> tuple[Badge, ...]:
    """Return the badges alone."""
    return tuple(badge for badge, _reason in found)


def reasons_of(found: Badged) -> tuple[Reason, ...]:
    """Return what the badges rest on."""
    return tuple(reason for _badge, reason in found)
