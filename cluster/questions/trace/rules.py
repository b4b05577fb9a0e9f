"""The rules that a trace follows, each in one line; the ids are those of the steps.

Written for readers of the page: what Kubernetes does, not how it is worked out.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cluster.machinery.texts import say

RULES: Mapping[str, str] = MappingProxyType({
    "C-28": say("Pods on their Node's network have the Node's addresses."),
    "E-5": say("Names outside the cluster's domain are answered by name servers upstream."),
    "E-18": say("A headless Service has no address: its name stands for its ready endpoints."),
    "E-31": say("An ExternalName Service is an alias in DNS; nothing is proxied."),
    "E-46": say("Pods with dnsPolicy ClusterFirst ask the cluster's DNS."),
    "E-48": say("The cluster's names are known to its own DNS only, which Pods ask."),
    "E-50": say("With dnsPolicy None only spec.dnsConfig names the name servers."),
    "E-51": say("Name servers of spec.dnsConfig are added to those of the dnsPolicy."),
    "E-55": say("A name that ends in a dot is asked as it is; others along the search list too."),
    "E-56": say("A name with fewer dots than ndots is tried with each search suffix first."),
    "F-1": say("A Service takes part in an address family only with a cluster IP of that family."),
    "F-19": say(
        "For a cluster IP internalTrafficPolicy decides: any Node's endpoints, or local ones."
    ),
    "F-20": say(
        "For connections from outside externalTrafficPolicy decides which endpoints count."
    ),
    "F-22": say("A Service port without any endpoint refuses connections."),
    "F-23": say("With a Local policy and no endpoint on the Node, connections get no answer."),
    "F-24": say(
        "Pods and Nodes reach external addresses of a Service as if it had no Local policy."
    ),
    "F-25": say("kube-proxy picks any of the eligible endpoints at random, per connection."),
    "F-28": say("A node port answers on every Node, whether or not it has endpoints."),
    "F-30": say("kube-proxy takes load balancer addresses on every Node unless ipMode is Proxy."),
    "F-31": say("loadBalancerSourceRanges drop what comes from other addresses."),
    "F-32": say("Ports that a Service does not list are not answered."),
    "F-40": say("Connections to a Pod's own address are never touched by kube-proxy."),
    "F-42": say("A load balancer sends only to Nodes that say they have endpoints."),
    "G-17": say("A controller serves the Ingresses of its class."),
    "G-18": say("Requests for Ingresses arrive at the controller's Service."),
    "G-27": say("The longest matching path wins; of equal ones Exact before Prefix."),
    "G-31": say("A request that no rule matches goes to a default backend, if there is one."),
    "G-35": say("A backend whose Service, port or endpoints are missing answers 503."),
    "H-2": say("A Pod that no policy of a direction selects is open in that direction."),
    "H-3": say("A Pod that a policy selects is isolated: only what some policy allows passes."),
    "H-5": say("Replies of a connection that was let through always pass."),
    "H-10": say(
        "Policies isolate Pods only: no Nodes, no Pods on their network, nothing outside."
    ),
    "H-11": say("A Pod and the Node it runs on reach each other whatever policies say."),
    "H-12": say("A Pod without an address, or one that has finished, takes no connections."),
    "H-25": say("Policies judge the Pod's port; declaring it in the Pod is not needed to listen."),
    "H-26": say("A named port is looked up on the Pod that is connected to."),
    "H-31": say("A policy that isolates for egress also blocks DNS unless it allows port 53."),
    "H-34": say("A Pod always reaches itself, through a Service too."),
    "I-45": say("A hostPort leads from the Node's address to the Pod."),
})  # fmt: skip
