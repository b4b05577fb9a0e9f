"""The catalogue of findings about Ingresses: NV3xx, one help page each."""

from __future__ import annotations

from cluster.machinery.findings import FindingRule
from cluster.machinery.texts import say

NO_SERVICE = FindingRule(
    id="NV301",
    severity="error",
    title=say("The backend Service does not exist"),
    cause=say(
        "No Service of that name exists in the Ingress's namespace. A backend is always of the "
        "Ingress's own namespace; requests for it are answered with 503."
    ),
    remedy=say(
        "Correct the name, or make the Service in the namespace of the Ingress. For a Service "
        "of another namespace, put an Ingress into that namespace."
    ),
)
NO_PORT = FindingRule(
    id="NV302",
    severity="error",
    title=say("The backend Service has no such port"),
    cause=say(
        "An Ingress names a port of the Service (spec.ports), by number or name, not the target "
        "port of its Pods. Requests are answered with 503."
    ),
    remedy=say("Use one of the Service's ports, or add the port to the Service."),
)
NO_ENDPOINT = FindingRule(
    id="NV303",
    severity="warning",
    title=say("The backend Service has no endpoint for the port"),
    cause=say(
        "No Pod behind the Service is ready on that port, so requests are answered with 503."
    ),
    remedy=say("Look at the findings of the Service, and at the readiness of its Pods."),
)
NO_CLASS = FindingRule(
    id="NV304",
    severity="warning",
    title=say("The IngressClass does not exist"),
    cause=say(
        "The Ingress asks for a class that no IngressClass has the name of, so no controller "
        "takes it up."
    ),
    remedy=say("Correct spec.ingressClassName, or make the IngressClass."),
)
CLASSLESS = FindingRule(
    id="NV305",
    severity="warning",
    title=say("The Ingress asks for no class"),
    cause=say(
        "IngressClasses exist, but none was the default one when the Ingress was made, so no "
        "controller takes it up. A default that is marked later does not reach it."
    ),
    remedy=say("Set spec.ingressClassName."),
)
OTHER_CONTROLLER = FindingRule(
    id="NV306",
    severity="info",
    title=say("Another controller answers for the class"),
    cause=say(
        "The IngressClass belongs to a controller that this cluster does not run, so netviz "
        "gives the Ingress no address and answers none of its requests."
    ),
    remedy=say("If it is the cluster's controller, name it in the setting ingress_controller."),
)
SHADOWED = FindingRule(
    id="NV307",
    severity="warning",
    title=say("An older Ingress has the same host and path"),
    cause=say(
        "Two routes of one class with the same host, path and path type: the oldest Ingress "
        "wins, and this route is never used. Which one wins is up to the controller."
    ),
    remedy=say("Remove one of the two, or give them different hosts or paths."),
)
NO_SECRET = FindingRule(
    id="NV308",
    severity="warning",
    title=say("The TLS Secret does not exist"),
    cause=say(
        "No Secret of that name exists in the Ingress's namespace; clients get the controller's "
        "own certificate, which they do not trust."
    ),
    remedy=say("Make the Secret, of type kubernetes.io/tls, in the Ingress's namespace."),
)
NO_PATHS = FindingRule(
    id="NV309",
    severity="info",
    title=say("A host without paths"),
    cause=say(
        "A rule without http routes nothing itself: requests for its host go to the default "
        "backend, and get 404 where there is none."
    ),
    remedy=say("Add http.paths to the rule, or a defaultBackend to the Ingress."),
)
RESOURCE = FindingRule(
    id="NV310",
    severity="info",
    title=say("A backend that is no Service"),
    cause=say(
        "The meaning of a resource backend is the controller's own; netviz does not follow it."
    ),
    remedy=say("None is needed where the controller supports the resource."),
)
TLS_WITHOUT_RULE = FindingRule(
    id="NV311",
    severity="info",
    title=say("A TLS host without a rule"),
    cause=say(
        "spec.tls chooses certificates and makes no routes: requests for the host match no rule "
        "of this Ingress."
    ),
    remedy=say("Add a rule for the host, or remove it from spec.tls."),
)

SECOND_DEFAULT = FindingRule(
    id="NV312",
    severity="warning",
    title=say("More than one default IngressClass"),
    cause=say(
        "Several IngressClasses are marked as the default one. New Ingresses without a class "
        "get the newest of them; clusters before Kubernetes 1.26 refuse such Ingresses."
    ),
    remedy=say(
        "Keep the annotation ingressclass.kubernetes.io/is-default-class on one class only."
    ),
)
PATTERN = FindingRule(
    id="NV313",
    severity="warning",
    title=say("A path that looks like a regular expression"),
    cause=say(
        "Paths of type Prefix and Exact are compared as they are written. The characters of a "
        "pattern then match themselves only, so no request is routed by this path."
    ),
    remedy=say(
        "Use the type ImplementationSpecific with a controller that reads patterns, or write "
        "the prefix itself."
    ),
)
OTHER_SECRET = FindingRule(
    id="NV314",
    severity="warning",
    title=say("The TLS Secret is of another type"),
    cause=say(
        "Certificates are kept in Secrets of type kubernetes.io/tls, which have the members "
        "tls.crt and tls.key. Controllers find none in a Secret of another type, unless it "
        "happens to have them."
    ),
    remedy=say("Make the Secret anew with kubectl create secret tls."),
)
NO_CERTIFICATE = FindingRule(
    id="NV315",
    severity="info",
    title=say("A host without certificate beside hosts with one"),
    cause=say(
        "spec.tls lists hosts, and the host of this rule is none of them. Clients that use "
        "https for it get the controller's own certificate."
    ),
    remedy=say("Add the host to spec.tls, or put it into an Ingress without TLS."),
)

FINDINGS: tuple[FindingRule, ...] = (
    NO_SERVICE, NO_PORT, NO_ENDPOINT, NO_CLASS, CLASSLESS, OTHER_CONTROLLER, SHADOWED, NO_SECRET,
    NO_PATHS, RESOURCE, TLS_WITHOUT_RULE, SECOND_DEFAULT, PATTERN, OTHER_SECRET, NO_CERTIFICATE,
)  # fmt: skip
