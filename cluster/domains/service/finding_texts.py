"""The catalogue of findings about Services: ids NV101 to NV128, what they mean, what to do."""

from __future__ import annotations

from cluster.machinery.findings import Finding, FindingRule
from cluster.machinery.meta import Key
from cluster.machinery.texts import say

FINDINGS: tuple[FindingRule, ...] = (
    FindingRule(
        "NV101",
        "warning",
        say("Service selects no Pod"),
        say(
            "No running Pod of the namespace carries every label of spec.selector, so the "
            "Service has no endpoints and connections to it are refused."
        ),
        say(
            "Compare spec.selector with the labels of the Pods that should answer (the "
            "template of their workload); the finding names the closest labels there are."
        ),
    ),
    FindingRule(
        "NV102",
        "error",
        say("Target port name on no Pod"),
        say(
            "targetPort is a name, and no container of any selected Pod has a port of that "
            "name and protocol, so the port leads nowhere."
        ),
        say("Name a containerPort like that, or use its number as targetPort."),
    ),
    FindingRule(
        "NV103",
        "warning",
        say("Target port name missing on some Pods"),
        say(
            "targetPort is a name that only some of the selected Pods declare; the others get no "
            "traffic on this port."
        ),
        say("Declare the port on every Pod, or narrow spec.selector to those that have it."),
    ),
    FindingRule(
        "NV104",
        "info",
        say("Target port declared by no container"),
        say(
            "targetPort is a number that no container of the selected Pods lists, although "
            "they list others. Declaring ports is optional, but a difference is often a "
            "mistake."
        ),
        say("Check which port the containers listen on."),
    ),
    FindingRule(
        "NV105",
        "warning",
        say("No ready endpoint"),
        say(
            "The Service has endpoints, but none is ready, nor still serving while it terminates. "
            "Connections are refused."
        ),
        say("Look at the readiness of the Pods behind it."),
    ),
    FindingRule(
        "NV106",
        "warning",
        say("Service without selector and without endpoints"),
        say(
            "A Service without selector gets its endpoints from EndpointSlices (or "
            "Endpoints) that somebody writes; there are none."
        ),
        say("Add a selector, or an EndpointSlice labelled kubernetes.io/service-name."),
    ),
    FindingRule(
        "NV107",
        "warning",
        say("Endpoint names a missing Pod"),
        say("An EndpointSlice that was written by hand refers to a Pod that does not exist."),
        say("Remove the endpoint, or let a selector choose the Pods."),
    ),
    FindingRule(
        "NV108",
        "error",
        say("Slice port matches no Service port"),
        say(
            "Proxies join slices and Services by port name and protocol. This slice has a "
            "port that the Service does not, so its endpoints get no traffic there."
        ),
        say("Give the slice's port the name of the Service's port, empty for an unnamed one."),
    ),
    FindingRule(
        "NV109",
        "info",
        say("Slice of a Service that does not exist"),
        say(
            "An EndpointSlice written by hand carries kubernetes.io/service-name with the "
            "name of a Service that its namespace does not have. Nothing reads it."
        ),
        say("Make the Service, correct the label, or delete the slice."),
    ),
    FindingRule(
        "NV110",
        "info",
        say("LoadBalancer without address"),
        say(
            "No load balancer has given the Service an address. It works by cluster IP and "
            "node port."
        ),
        say("Set loadbalancer_pool for the cluster, or wait for the implementation."),
    ),
    FindingRule(
        "NV111",
        "warning",
        say("ExternalName is an address"),
        say("externalName becomes a CNAME record. A CNAME to an IP address resolves to nothing."),
        say("Use a headless Service without selector and an EndpointSlice with the address."),
    ),
    FindingRule(
        "NV112",
        "info",
        say("Dual stack fell back to one family"),
        say(
            "ipFamilyPolicy is PreferDualStack, but the Service has one IP family, because the "
            "cluster has or had only one."
        ),
        say("Set RequireDualStack to be refused instead, or SingleStack if one family is meant."),
    ),
    FindingRule(
        "NV113",
        "info",
        say("Setting without effect on a headless Service"),
        say(
            "kube-proxy ignores headless Services: clients choose among the endpoints' addresses "
            "themselves."
        ),
        say("Remove the field, or give the Service a cluster IP."),
    ),
    FindingRule(
        "NV114",
        "info",
        say("Setting without effect on an ExternalName Service"),
        say(
            "An ExternalName Service is a CNAME record and nothing else: it selects no Pods "
            "and maps no ports."
        ),
        say("Remove the field, or change the type."),
    ),
    FindingRule(
        "NV115",
        "info",
        say("Node port on a Service that opens none"),
        say(
            "kube-proxy serves neither headless nor ExternalName Services, so their ports "
            "are opened on no Node, whatever nodePort says."
        ),
        say("Remove nodePort, or use type NodePort with a cluster IP."),
    ),
    FindingRule(
        "NV116",
        "info",
        say("Session affinity among the endpoints of one Node"),
        say(
            "With externalTrafficPolicy Local every Node chooses among its own endpoints "
            "only, and remembers its own clients only. A client that the load balancer sends "
            "to another Node gets another endpoint."
        ),
        say("Let the load balancer keep clients on one Node too, or use the policy Cluster."),
    ),
    FindingRule(
        "NV117",
        "info",
        say("Port of a headless Service that is not the Pods' port"),
        say(
            "Clients of a headless Service connect to the Pods themselves, so nobody turns "
            "port into targetPort: only readers of SRV records learn the number that the "
            "Pods listen on."
        ),
        say("Make port equal to targetPort, or tell clients the target port."),
    ),
    FindingRule(
        "NV118",
        "warning",
        say("Internal policy Local without an endpoint on every Node"),
        say(
            "With internalTrafficPolicy Local a Pod reaches the endpoints of its own Node "
            "only. On a Node without a usable one its packets are dropped and it waits until "
            "it times out."
        ),
        say("Run the Pods on every Node (a DaemonSet), or use the policy Cluster."),
    ),
    FindingRule(
        "NV119",
        "info",
        say("External policy Local without an endpoint on every Node"),
        say(
            "With externalTrafficPolicy Local a Node without a usable endpoint drops what "
            "comes from outside. A load balancer that asks the health check port leaves such "
            "Nodes out; clients that use a node port directly must know which Nodes answer."
        ),
        say("Send clients to the Nodes with endpoints only, or use the policy Cluster."),
    ),
    FindingRule(
        "NV120",
        "error",
        say("Services share a node port"),
        say(
            "Two Services have the same node port and protocol. Only one of them can answer on it."
        ),
        say("Give one of them another nodePort, or leave it out to have one chosen."),
    ),
    FindingRule(
        "NV121",
        "warning",
        say("Services share an external address and port"),
        say(
            "Two Services answer on the same external or load balancer address with the same port "
            "and protocol. The API accepts it; which of them gets the connections is undefined."
        ),
        say("Give one of them another address or another port."),
    ),
    FindingRule(
        "NV122",
        "warning",
        say("External address that is taken inside the cluster"),
        say(
            "externalIPs holds the address of a Pod, or the cluster IP of another Service. "
            "Every Node sends what is meant for that address and port to this Service "
            "instead."
        ),
        say("Remove the address; external IPs must be routed to the Nodes from outside."),
    ),
    FindingRule(
        "NV123",
        "warning",
        say("Source ranges of one family only"),
        say(
            "loadBalancerSourceRanges restrict each IP family on its own. The Service has "
            "addresses of both, and the family without a range is open to everyone."
        ),
        say("Add a range of the other family, ::1/128 for instance to admit nobody."),
    ),
    FindingRule(
        "NV124",
        "info",
        say("No zone hints although they are asked for"),
        say(
            "The annotation asks for topology aware routing, but the endpoints carry no "
            "hints: there are fewer ready endpoints than zones, Nodes without zone or CPU, "
            "or the load would be too uneven. Traffic goes to every zone."
        ),
        say("Run at least one Pod in each zone, or use spec.trafficDistribution instead."),
    ),
    FindingRule(
        "NV125",
        "info",
        say("Annotation wins over trafficDistribution"),
        say(
            "Both the topology annotation and spec.trafficDistribution are set. The "
            "annotation takes precedence, so the field does nothing."
        ),
        say("Remove the annotation."),
    ),
    FindingRule(
        "NV126",
        "warning",
        say("Slice of an address type that the Service does not serve"),
        say(
            "kube-proxy serves the IP families of the Service only, and never host names. "
            "Endpoints of a slice with another address type get no traffic through its "
            "cluster IP."
        ),
        say("Write the slice for a family of the Service, or add the family to spec.ipFamilies."),
    ),
    FindingRule(
        "NV127",
        "error",
        say("Endpoint that is a cluster IP"),
        say(
            "An endpoint written by hand has the cluster IP of a Service as its address. "
            "kube-proxy does not translate twice, so connections to it fail."
        ),
        say("Use the addresses of the Pods, or an ExternalName Service for an alias."),
    ),
    FindingRule(
        "NV128",
        "info",
        say("Slice by hand beside a selector"),
        say(
            "The Service has a selector, and its controller writes its slices. Proxies use the "
            "endpoints of a slice that somebody wrote beside them just as well."
        ),
        say("Delete the slice, or remove the selector and write all the slices."),
    ),
)
_SEVERITIES = {rule.id: rule.severity for rule in FINDINGS}


def finding(key: Key, rule: str, path: str, message: str, value: str = "") -> Finding:
    """Return a finding of this catalogue about `key`."""
    return Finding(key, rule, path, message, _SEVERITIES[rule], value)
