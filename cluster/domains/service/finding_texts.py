"""The catalogue of findings about Services: ids NV101 to NV114, what they mean, what to do."""

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
)
_SEVERITIES = {rule.id: rule.severity for rule in FINDINGS}


def finding(key: Key, rule: str, path: str, message: str, value: str = "") -> Finding:
    """Return a finding of this catalogue about `key`."""
    return Finding(key, rule, path, message, _SEVERITIES[rule], value)
