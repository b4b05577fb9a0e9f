"""The catalogue of findings that need several domains at once, one help page each.

Ids go with the object that is told of: NV1xx a Service, NV4xx a NetworkPolicy.
"""

from __future__ import annotations

from cluster.machinery.findings import FindingRule
from cluster.machinery.texts import say

UNREACHABLE = FindingRule(
    id="NV130",
    severity="warning",
    title=say("Policies let nobody reach the Service"),
    cause=say(
        "NetworkPolicies isolate all Pods behind the Service, and no rule of them allows "
        "anyone, in the cluster or outside, to connect to its target port. Only the Pods "
        "themselves and the processes of their own Nodes still can."
    ),
    remedy=say(
        "Add an ingress rule for the clients, with the target port of the Pods (not the port "
        "of the Service)."
    ),
)
SERVICE_PORT = FindingRule(
    id="NV420",
    severity="warning",
    title=say("A policy names the port of a Service, not of its Pods"),
    cause=say(
        "Policies compare the port at which a connection arrives at the Pod. A Service turns "
        "its port into the target port before that, so the entry admits nothing that comes "
        "through the Service."
    ),
    remedy=say("Write the target port, or the name of the container's port."),
)
DNS_UDP = FindingRule(
    id="NV421",
    severity="warning",
    title=say("Egress policies cut Pods off from DNS"),
    cause=say(
        "The Pods are isolated for egress, and no rule lets them reach the cluster's DNS on "
        "UDP port 53. Names do not resolve, so connections to names that are allowed fail, too."
    ),
    remedy=say(
        "Allow UDP and TCP 53 to the DNS Pods: namespaceSelector "
        "kubernetes.io/metadata.name=kube-system with podSelector k8s-app=kube-dns."
    ),
)
DNS_TCP = FindingRule(
    id="NV422",
    severity="info",
    title=say("Egress policies allow DNS over UDP only"),
    cause=say(
        "Resolvers ask over UDP and repeat the question over TCP where the answer is too long "
        "for one packet. Those answers are lost."
    ),
    remedy=say("Add a port entry for TCP 53 beside the one for UDP 53."),
)

FINDINGS: tuple[FindingRule, ...] = (UNREACHABLE, SERVICE_PORT, DNS_UDP, DNS_TCP)
