"""The catalogue of findings about NetworkPolicies: NV4xx, one help page each."""

from __future__ import annotations

from cluster.machinery.findings import FindingRule

SELECTS_NO_POD = FindingRule(
    id="NV401",
    severity="warning",
    title="The policy selects no Pod",
    cause="No Pod of the policy's namespace has the labels that spec.podSelector asks for, so the "
    "policy isolates nothing and allows nothing.",
    remedy="Compare the selector with the labels of the Pods (kubectl get pods --show-labels); "
    "the finding names the labels that come nearest.",
)
NO_NAMESPACE = FindingRule(
    id="NV402",
    severity="warning",
    title="A peer names no Namespace",
    cause="No Namespace has the labels that the namespaceSelector asks for, so the peer allows "
    "nobody. Namespace selectors compare labels, never names.",
    remedy="Label the Namespace, or select it by the label kubernetes.io/metadata.name, which "
    "every Namespace has.",
)
NO_PEER_POD = FindingRule(
    id="NV403",
    severity="warning",
    title="A peer names no Pod",
    cause="No Pod in the namespaces that the peer covers has the labels that its podSelector asks "
    "for. A podSelector without a namespaceSelector covers the policy's own namespace only.",
    remedy="Correct the labels, or add a namespaceSelector to the same list entry when the Pods "
    "run in another namespace.",
)
IGNORED_RULES = FindingRule(
    id="NV404",
    severity="warning",
    title="Rules of a direction that is not listed",
    cause="spec.policyTypes does not list this direction, so its rules have no effect at all.",
    remedy="Add the direction to spec.policyTypes, or remove the rules.",
)
UNNAMED_PORT = FindingRule(
    id="NV405",
    severity="warning",
    title="No selected Pod has a port of that name",
    cause="A named port is looked up among the container ports of each selected Pod, with its "
    "protocol. None of them declares it, so the entry admits nothing.",
    remedy="Name the container port accordingly, or write the port number.",
)
SERVICE_ADDRESSES = FindingRule(
    id="NV406",
    severity="warning",
    title="An ipBlock of Service addresses",
    cause="The block holds cluster IPs of Services only. A connection to a Service is judged by "
    "the Pod and target port it ends at, so the block matches nothing.",
    remedy="Select the Pods behind the Service by labels, and name the target port.",
)
HOST_NETWORK_ONLY = FindingRule(
    id="NV407",
    severity="info",
    title="The policy selects only Pods on the host network",
    cause="Pods with hostNetwork share their node's address; network plugins do not isolate them.",
    remedy="Protect such Pods with the node's own firewall, or take them off the host network.",
)

FINDINGS: tuple[FindingRule, ...] = (
    SELECTS_NO_POD, NO_NAMESPACE, NO_PEER_POD, IGNORED_RULES, UNNAMED_PORT, SERVICE_ADDRESSES,
    HOST_NETWORK_ONLY,
)  # fmt: skip
