"""The badges of Services, slices, Pods and workloads, each with the reason that it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from cluster.domains.policy.policy import NetworkPolicy
from cluster.domains.service.endpointslice import CONTROLLER, MIRRORING_CONTROLLER, EndpointSlice
from cluster.domains.service.forwarding import affinity_seconds
from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import Badge, Reason
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say

POD_TEMPLATE_HASH = "pod-template-hash"
CONTROLLER_REVISION = "controller-revision-hash"
Badged = list[tuple[Badge | None, Reason]]
"""Badges and what they rest on; a further reason of the badge before has none of its own."""


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


def pod_badges(pod: Pod, snapshot: Snapshot | None = None) -> Badged:
    """Return what is unusual about a Pod: the network of its Node, and who isolates it.

    With a `snapshot` policies are looked at; nobody isolates a Pod in its Node's network (H-18).
    """
    name = f"Pod {pod.meta.namespace}/{pod.meta.name}"
    if pod.host_network:
        return [(
            Badge(say("host"), "unknown", say("host network")),
            Reason(say("It has the addresses of its Node."), name, "spec.hostNetwork", "true"),
        )]  # fmt: skip
    if snapshot is None:
        return []
    policies = snapshot.selecting(NetworkPolicy, pod.meta.namespace, pod.meta.labels)
    words: list[str] = []
    reasons: list[Reason] = []
    for direction, word in (("Ingress", say("in")), ("Egress", say("out"))):
        first = next((policy for policy in policies if direction in policy.directions), None)
        if first is not None:
            words.append(word)
            reasons.append(Reason(
                say("The policy selects it: what no rule allows is denied."),
                f"NetworkPolicy {first.meta.namespace}/{first.meta.name}", "spec.policyTypes",
                direction,
            ))  # fmt: skip
    if not words:
        return []
    text = say("isolated {found}", found=joined("/", words))
    title = say("Policies isolate this Pod: {text}.", text=text)
    return [(Badge(text, "unknown", title), reasons[0]), *((None, more) for more in reasons[1:])]


def workload_badges(key: Key, pods: Sequence[Pod], snapshot: Snapshot | None = None) -> Badged:
    """Return whether a workload is between two revisions, and how far its Pods are spread."""
    found: Badged = []
    for label in (POD_TEMPLATE_HASH, CONTROLLER_REVISION):
        held = {pod.meta.labels[label]: pod for pod in pods if label in pod.meta.labels}
        if len(held) > 1 and key.kind not in {"Pod", "ReplicaSet"}:
            values = sorted(held)
            pod = held[values[0]]
            found.append((
                Badge(say("rollout"), "unknown",
                      say("Pods of {n} revisions run at once.", n=len(held))),
                Reason(say("Its Pods are of more than one revision."),
                       f"Pod {pod.meta.namespace}/{pod.meta.name}", f"metadata.labels[{label}]",
                       ", ".join(values)),
            ))  # fmt: skip
            break
    places = {pod.node_name: pod for pod in pods if pod.node_name}
    zones = {} if snapshot is None else {
        node.zone: place for place in sorted(places)
        if (node := snapshot.get(Node, "", place)) is not None and node.zone
    }  # fmt: skip
    if len(zones) > 1:
        found.append((
            Badge(say("{n} zones", n=f"{len(zones):,}"), "unknown",
                  say("spread over the zones {zones}", zones=", ".join(sorted(zones)))),
            Reason(say("Its Pods run in {n} zones; one of their Nodes, for example.",
                       n=f"{len(zones):,}"),
                   f"Node {zones[min(zones)]}", "metadata.labels[topology.kubernetes.io/zone]",
                   min(zones)),
        ))  # fmt: skip
    elif len(places) > 1:
        pod = places[min(places)]
        found.append((
            Badge(say("{zones} nodes", zones=f"{len(places):,}"), "unknown",
                  say("runs on {zones} Nodes", zones=f"{len(places):,}")),
            Reason(say("Its Pods run on {n} Nodes; one of them, for example.",
                       n=f"{len(places):,}"),
                   f"Pod {pod.meta.namespace}/{pod.meta.name}", "spec.nodeName", min(places)),
        ))  # fmt: skip
    return found


def badges_of(found: Badged) -> tuple[Badge, ...]:
    """Return the badges alone."""
    return tuple(badge for badge, _reason in found if badge is not None)


def reasons_of(found: Badged) -> tuple[Reason, ...]:
    """Return what the badges rest on."""
    return tuple(reason for _badge, reason in found)
