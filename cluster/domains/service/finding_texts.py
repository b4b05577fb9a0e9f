"""The catalogue of findings about Services: ids NV101 to NV128, what they mean, what to do."""

from __future__ import annotations

from cluster.machinery.findings import Finding, FindingRule
from cluster.machinery.meta import Key

FINDINGS: tuple[FindingRule, ...] = (
    FindingRule(
        "NV101",
        "warning",
        "Service selects no Pod",
        "No running Pod of the namespace carries every label of spec.selector, so the Service has "
        "no endpoints and connections to it are refused.",
        "Compare spec.selector with the labels of the Pods that should answer (the template of "
        "their workload); the finding names the closest labels there are.",
    ),
    FindingRule(
        "NV102",
        "error",
        "Target port name on no Pod",
        "targetPort is a name, and no container of any selected Pod has a port of that name and "
        "protocol, so the port leads nowhere.",
        "Name a containerPort like that, or use its number as targetPort.",
    ),
    FindingRule(
        "NV103",
        "warning",
        "Target port name missing on some Pods",
        "targetPort is a name that only some of the selected Pods declare; the others get no "
        "traffic on this port.",
        "Declare the port on every Pod, or narrow spec.selector to those that have it.",
    ),
    FindingRule(
        "NV104",
        "info",
        "Target port declared by no container",
        "targetPort is a number that no container of the selected Pods lists, although they list "
        "others. Declaring ports is optional, but a difference is often a mistake.",
        "Check which port the containers listen on.",
    ),
    FindingRule(
        "NV105",
        "warning",
        "No ready endpoint",
        "The Service has endpoints, but none is ready, nor still serving while it terminates. "
        "Connections are refused.",
        "Look at the readiness of the Pods behind it.",
    ),
    FindingRule(
        "NV106",
        "warning",
        "Service without selector and without endpoints",
        "A Service without selector gets its endpoints from EndpointSlices (or Endpoints) that "
        "somebody writes; there are none.",
        "Add a selector, or an EndpointSlice labelled kubernetes.io/service-name.",
    ),
    FindingRule(
        "NV107",
        "warning",
        "Endpoint names a missing Pod",
        "An EndpointSlice that was written by hand refers to a Pod that does not exist.",
        "Remove the endpoint, or let a selector choose the Pods.",
    ),
    FindingRule(
        "NV108",
        "error",
        "Slice port matches no Service port",
        "Proxies join slices and Services by port name and protocol. This slice has a port that "
        "the Service does not, so its endpoints get no traffic there.",
        "Give the slice's port the name of the Service's port, empty for an unnamed one.",
    ),
    FindingRule(
        "NV109",
        "info",
        "Slice of a Service that does not exist",
        "An EndpointSlice written by hand carries kubernetes.io/service-name with the name of a "
        "Service that its namespace does not have. Nothing reads it.",
        "Make the Service, correct the label, or delete the slice.",
    ),
    FindingRule(
        "NV110",
        "info",
        "LoadBalancer without address",
        "No load balancer has given the Service an address. It works by cluster IP and node port.",
        "Set loadbalancer_pool for the cluster, or wait for the implementation.",
    ),
    FindingRule(
        "NV111",
        "warning",
        "ExternalName is an address",
        "externalName becomes a CNAME record. A CNAME to an IP address resolves to nothing.",
        "Use a headless Service without selector and an EndpointSlice with the address.",
    ),
    FindingRule(
        "NV112",
        "info",
        "Dual stack fell back to one family",
        "ipFamilyPolicy is PreferDualStack, but the Service has one IP family, because the "
        "cluster has or had only one.",
        "Set RequireDualStack to be refused instead, or SingleStack if one family is meant.",
    ),
    FindingRule(
        "NV113",
        "info",
        "Setting without effect on a headless Service",
        "kube-proxy ignores headless Services: clients choose among the endpoints' addresses "
        "themselves.",
        "Remove the field, or give the Service a cluster IP.",
    ),
    FindingRule(
        "NV114",
        "info",
        "Setting without effect on an ExternalName Service",
        "An ExternalName Service is a CNAME record and nothing else: it selects no Pods and maps "
        "no ports.",
        "Remove the field, or change the type.",
    ),
    FindingRule(
        "NV115",
        "info",
        "Node port on a Service that opens none",
        "kube-proxy serves neither headless nor ExternalName Services, so their ports are opened "
        "on no Node, whatever nodePort says.",
        "Remove nodePort, or use type NodePort with a cluster IP.",
    ),
    FindingRule(
        "NV116",
        "info",
        "Session affinity among the endpoints of one Node",
        "With externalTrafficPolicy Local every Node chooses among its own endpoints only, and "
        "remembers its own clients only. A client that the load balancer sends to another Node "
        "gets another endpoint.",
        "Let the load balancer keep clients on one Node too, or use the policy Cluster.",
    ),
    FindingRule(
        "NV117",
        "info",
        "Port of a headless Service that is not the Pods' port",
        "Clients of a headless Service connect to the Pods themselves, so nobody turns port into "
        "targetPort: only readers of SRV records learn the number that the Pods listen on.",
        "Make port equal to targetPort, or tell clients the target port.",
    ),
    FindingRule(
        "NV118",
        "warning",
        "Internal policy Local without an endpoint on every Node",
        "With internalTrafficPolicy Local a Pod reaches the endpoints of its own Node only. On a "
        "Node without a usable one its packets are dropped and it waits until it times out.",
        "Run the Pods on every Node (a DaemonSet), or use the policy Cluster.",
    ),
    FindingRule(
        "NV119",
        "info",
        "External policy Local without an endpoint on every Node",
        "With externalTrafficPolicy Local a Node without a usable endpoint drops what comes from "
        "outside. A load balancer that asks the health check port leaves such Nodes out; clients "
        "that use a node port directly must know which Nodes answer.",
        "Send clients to the Nodes with endpoints only, or use the policy Cluster.",
    ),
    FindingRule(
        "NV120",
        "error",
        "Services share a node port",
        "Two Services have the same node port and protocol. Only one of them can answer on it.",
        "Give one of them another nodePort, or leave it out to have one chosen.",
    ),
    FindingRule(
        "NV121",
        "warning",
        "Services share an external address and port",
        "Two Services answer on the same external or load balancer address with the same port "
        "and protocol. The API accepts it; which of them gets the connections is undefined.",
        "Give one of them another address or another port.",
    ),
    FindingRule(
        "NV122",
        "warning",
        "External address that is taken inside the cluster",
        "externalIPs holds the address of a Pod, or the cluster IP of another Service. Every Node "
        "sends what is meant for that address and port to this Service instead.",
        "Remove the address; external IPs must be routed to the Nodes from outside.",
    ),
    FindingRule(
        "NV123",
        "warning",
        "Source ranges of one family only",
        "loadBalancerSourceRanges restrict each IP family on its own. The Service has addresses "
        "of both, and the family without a range is open to everyone.",
        "Add a range of the other family, ::1/128 for instance to admit nobody.",
    ),
    FindingRule(
        "NV124",
        "info",
        "No zone hints although they are asked for",
        "The annotation asks for topology aware routing, but the endpoints carry no hints: there "
        "are fewer ready endpoints than zones, Nodes without zone or CPU, or the load would be "
        "too uneven. Traffic goes to every zone.",
        "Run at least one Pod in each zone, or use spec.trafficDistribution instead.",
    ),
    FindingRule(
        "NV125",
        "info",
        "Annotation wins over trafficDistribution",
        "Both the topology annotation and spec.trafficDistribution are set. The annotation takes "
        "precedence, so the field does nothing.",
        "Remove the annotation.",
    ),
    FindingRule(
        "NV126",
        "warning",
        "Slice of an address type that the Service does not serve",
        "kube-proxy serves the IP families of the Service only, and never host names. Endpoints "
        "of a slice with another address type get no traffic through its cluster IP.",
        "Write the slice for a family of the Service, or add the family to spec.ipFamilies.",
    ),
    FindingRule(
        "NV127",
        "error",
        "Endpoint that is a cluster IP",
        "An endpoint written by hand has the cluster IP of a Service as its address. kube-proxy "
        "does not translate twice, so connections to it fail.",
        "Use the addresses of the Pods, or an ExternalName Service for an alias.",
    ),
    FindingRule(
        "NV128",
        "info",
        "Slice by hand beside a selector",
        "The Service has a selector, and its controller writes its slices. Proxies use the "
        "endpoints of a slice that somebody wrote beside them just as well.",
        "Delete the slice, or remove the selector and write all the slices.",
    ),
)
_SEVERITIES = {rule.id: rule.severity for rule in FINDINGS}


def finding(key: Key, rule: str, path: str, message: str, value: str = "") -> Finding:
    """Return a finding of this catalogue about `key`."""
    return Finding(key, rule, path, message, _SEVERITIES[rule], value)
