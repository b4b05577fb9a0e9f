"""The catalogue of findings about names: NV2xx, one help page each."""

from __future__ import annotations

from cluster.machinery.findings import Finding, FindingRule
from cluster.machinery.meta import Key
from cluster.machinery.texts import say

FINDINGS: tuple[FindingRule, ...] = (
    FindingRule(
        "NV201",
        "error",
        say("ExternalName names a Service that does not exist"),
        say(
            "externalName is a name of the cluster's own domain, and no Service of that name "
            "exists in that Namespace. The cluster's DNS has no answer for it."
        ),
        say("Correct the name (service.namespace.svc.cluster.local), or make the Service."),
    ),
    FindingRule(
        "NV202",
        "error",
        say("ExternalName leads back to itself"),
        say(
            "Following the CNAME records from this Service comes back to it. The cluster's "
            "DNS gives up and answers with nothing."
        ),
        say("Let one Service of the circle name what is really meant."),
    ),
    FindingRule(
        "NV203",
        "warning",
        say("Subdomain without a headless Service"),
        say(
            "spec.subdomain gives Pods names such as pod.subdomain.namespace.svc only where "
            "a headless Service of that name exists in their Namespace and selects them. The "
            "Pods think that they have such names; nobody can resolve them."
        ),
        say("Make a headless Service (clusterIP: None) called like the subdomain, or remove it."),
    ),
    FindingRule(
        "NV204",
        "info",
        say("StatefulSet without its headless Service"),
        say(
            "spec.serviceName names the headless Service that gives each Pod a name of its own. "
            "There is none, so the Pods can be found by address and through other Services only."
        ),
        say("Make a headless Service (clusterIP: None) of that name that selects the Pods."),
    ),
    FindingRule(
        "NV205",
        "error",
        say("Full name too long for a host name"),
        say(
            "setHostnameAsFQDN makes the Pod's full name its kernel's host name, which has "
            "at most 64 characters. The kubelet cannot start the Pod."
        ),
        say("Shorten spec.hostname, spec.subdomain or the Namespace's name, or unset the field."),
    ),
)
_SEVERITIES = {rule.id: rule.severity for rule in FINDINGS}


def finding(key: Key, rule: str, path: str, message: str, value: str = "") -> Finding:
    """Return a finding of this catalogue about `key`."""
    return Finding(key, rule, path, message, _SEVERITIES[rule], value)
