"""The catalogue of findings about NetworkPolicies: NV4xx, one help page each."""

from __future__ import annotations

from cluster.machinery.findings import FindingRule
from cluster.machinery.texts import say

SELECTS_NO_POD = FindingRule(
    id="NV401",
    severity="warning",
    title=say("The policy selects no Pod"),
    cause=say(
        "No Pod of the policy's namespace has the labels that spec.podSelector asks for, so the "
        "policy isolates nothing and allows nothing."
    ),
    remedy=say(
        "Compare the selector with the labels of the Pods (kubectl get pods --show-labels); "
        "the finding names the labels that come nearest."
    ),
)
NO_NAMESPACE = FindingRule(
    id="NV402",
    severity="warning",
    title=say("A peer names no Namespace"),
    cause=say(
        "No Namespace has the labels that the namespaceSelector asks for, so the peer allows "
        "nobody. Namespace selectors compare labels, never names."
    ),
    remedy=say(
        "Label the Namespace, or select it by the label kubernetes.io/metadata.name, which "
        "every Namespace has."
    ),
)
NO_PEER_POD = FindingRule(
    id="NV403",
    severity="warning",
    title=say("A peer names no Pod"),
    cause=say(
        "No Pod in the namespaces that the peer covers has the labels that its podSelector asks "
        "for. A podSelector without a namespaceSelector covers the policy's own namespace only."
    ),
    remedy=say(
        "Correct the labels, or add a namespaceSelector to the same list entry when the Pods "
        "run in another namespace."
    ),
)
IGNORED_RULES = FindingRule(
    id="NV404",
    severity="warning",
    title=say("Rules of a direction that is not listed"),
    cause=say(
        "spec.policyTypes does not list this direction, so its rules have no effect at all."
    ),
    remedy=say("Add the direction to spec.policyTypes, or remove the rules."),
)
UNNAMED_PORT = FindingRule(
    id="NV405",
    severity="warning",
    title=say("No selected Pod has a port of that name"),
    cause=say(
        "A named port is looked up among the container ports of each selected Pod, with its "
        "protocol. None of them declares it, so the entry admits nothing."
    ),
    remedy=say("Name the container port accordingly, or write the port number."),
)
SERVICE_ADDRESSES = FindingRule(
    id="NV406",
    severity="warning",
    title=say("An ipBlock of Service addresses"),
    cause=say(
        "The block holds cluster IPs of Services only. A connection to a Service is judged by "
        "the Pod and target port it ends at, so the block matches nothing."
    ),
    remedy=say("Select the Pods behind the Service by labels, and name the target port."),
)
HOST_NETWORK_ONLY = FindingRule(
    id="NV407",
    severity="info",
    title=say("The policy selects only Pods on the host network"),
    cause=say(
        "Pods with hostNetwork share their node's address; network plugins do not isolate them."
    ),
    remedy=say(
        "Protect such Pods with the node's own firewall, or take them off the host network."
    ),
)

HOST_NETWORK_TOO = FindingRule(
    id="NV408",
    severity="warning",
    title=say("Some of the selected Pods are on the host network"),
    cause=say(
        "Pods with hostNetwork share their node's address; network plugins do not isolate them. "
        "The policy holds the other Pods it selects, and leaves these open."
    ),
    remedy=say(
        "Take those Pods off the host network, protect them with the node's own firewall, or "
        "leave them out of the selector so that the policy says what it does."
    ),
)
POD_ADDRESSES = FindingRule(
    id="NV409",
    severity="warning",
    title=say("An ipBlock of Pod addresses"),
    cause=say(
        "The block lies within the range that Pods get their addresses from. A Pod that is "
        "replaced gets another address, and another Pod may get this one."
    ),
    remedy=say("Select the Pods by their labels and their namespace's."),
)
PODS_TOO = FindingRule(
    id="NV410",
    severity="info",
    title=say("An ipBlock that means the Pods, too"),
    cause=say(
        "The block is meant for addresses outside, but the range of the Pods lies within it: "
        "every Pod is allowed as well. Network plugins differ in whether they see it so."
    ),
    remedy=say(
        "Add the range of the Pods to except, and select the Pods that are meant by labels."
    ),
)
WIDE_OPEN = FindingRule(
    id="NV411",
    severity="info",
    title=say("Open to everyone on every port"),
    cause=say(
        "The rule allows every address, in the cluster and on the internet, on every port. "
        "Policies only add: whatever others say, nothing is closed in this direction any more."
    ),
    remedy=say(
        "List the ports and the peers that are meant, or remove the policy if the Pods are to "
        "be open."
    ),
)
NEVER = FindingRule(
    id="NV412",
    severity="warning",
    title=say("An entry that can never match"),
    cause=say(
        "The requirements of the selector contradict each other, the exceptions leave nothing "
        "of the block, or a named port is asked of addresses that are no Pods. Whatever objects "
        "there are, the entry means nothing."
    ),
    remedy=say(
        "Requirements of one selector must all hold: use several values of one In, or several "
        "entries, where either is meant. Use port numbers with an ipBlock."
    ),
)
REDUNDANT = FindingRule(
    id="NV413",
    severity="info",
    title=say("A policy without effect"),
    cause=say(
        "Another policy of the namespace selects all these Pods, isolates them in the same "
        "directions, and has every rule that this one has. Without it nothing would change."
    ),
    remedy=say(
        "Remove it, or keep it on purpose as a second line for the day the other one goes."
    ),
)
EITHER = FindingRule(
    id="NV414",
    severity="info",
    title=say("Two peers where one with both selectors may be meant"),
    cause=say(
        "A namespaceSelector and a podSelector stand in two entries of the list. Either of them "
        "is enough: all Pods of those namespaces, and those Pods of the policy's own namespace."
    ),
    remedy=say(
        "If only those Pods of those namespaces are meant, put both selectors into one entry, "
        "without a dash before the second."
    ),
)
ONE_FAMILY = FindingRule(
    id="NV415",
    severity="info",
    title=say("Every address of one IP family only"),
    cause=say(
        "0.0.0.0/0 means every IPv4 address and no IPv6 one, ::/0 the other way round. The "
        "cluster has both, and clients choose."
    ),
    remedy=say("Add an ipBlock for the other family."),
)

FINDINGS: tuple[FindingRule, ...] = (
    SELECTS_NO_POD, NO_NAMESPACE, NO_PEER_POD, IGNORED_RULES, UNNAMED_PORT, SERVICE_ADDRESSES,
    HOST_NETWORK_ONLY, HOST_NETWORK_TOO, POD_ADDRESSES, PODS_TOO, WIDE_OPEN, NEVER, REDUNDANT,
    EITHER, ONE_FAMILY,
)  # fmt: skip
