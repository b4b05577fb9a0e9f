"""How each finding is found, and the smallest objects that have it: the help page of a rule.

A test makes a cluster of every example and asks for the finding, so that none of them is wrong.
Objects without a namespace are of the namespace `default`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.texts import say


@dataclass(frozen=True, slots=True)
class FindingExample:
    """What is compared with what, in one or two sentences; objects that have the finding.

    `settings` are those of the cluster, where the finding depends on them; `note` says what the
    objects do not show.
    """

    found: str
    objects: tuple[Manifest, ...] = ()
    settings: Mapping[str, JSON] = field(default_factory=lambda: MappingProxyType({}))
    note: str = ""


def _made(api: str, kind: str, name: str, spec: Manifest, **meta: JSON) -> Manifest:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, **meta}, "spec": spec}


def _pod(name: str = "web-1", port: JSON = 8080, *, app: str = "web", **spec: JSON) -> Manifest:
    ports: list[JSON] = [{"name": "http", "containerPort": port}]
    containers: list[JSON] = [{"name": "main", "image": "example/web:1", "ports": ports}]
    return _made("v1", "Pod", name, {"containers": containers, **spec}, labels={"app": app})


def _deployment(name: str = "web", **spec: JSON) -> Manifest:
    template = _pod("template", 8080, app=name, **spec)
    labels: Manifest = {"app": name}
    return _made(
        "apps/v1", "Deployment", name,
        {
            "replicas": 1, "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": template["spec"]},
        },
    )  # fmt: skip


def _service(name: str = "web", target: JSON = 8080, **spec: JSON) -> Manifest:
    ports: list[JSON] = [{"port": 80, "targetPort": target}]
    return _made("v1", "Service", name, {"selector": {"app": "web"}, "ports": ports, **spec})


def _bare(name: str = "web", **spec: JSON) -> Manifest:
    """A Service without selector."""
    return _made("v1", "Service", name, {"ports": [{"port": 80, "targetPort": 8080}], **spec})


def _slice(
    address: str = "192.0.2.9", *, service: str = "web", family: str = "IPv4", port: str = "",
    **endpoint: JSON,
) -> Manifest:  # fmt: skip
    return {
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": {"name": f"{service}-by-hand",
                     "labels": {"kubernetes.io/service-name": service}},
        "addressType": family,
        "endpoints": [{"addresses": [address], **endpoint}],
        "ports": [{"name": port, "port": 8080, "protocol": "TCP"}],
    }  # fmt: skip


def _ingress(backend: JSON, name: str = "web", *, path: str = "/", **spec: JSON) -> Manifest:
    paths: list[JSON] = [{"path": path, "pathType": "Prefix", "backend": backend}]
    rules: list[JSON] = [{"host": "web.example.com", "http": {"paths": paths}}]
    body: Manifest = {"ingressClassName": "netviz", "rules": rules, **spec}
    return _made("networking.k8s.io/v1", "Ingress", name, body)


def _to(port: JSON = 80, service: str = "web") -> Manifest:
    key = "number" if isinstance(port, int) else "name"
    return {"service": {"name": service, "port": {key: port}}}


def _class(name: str = "netviz", controller: str = "netviz.io/ingress", **meta: JSON) -> Manifest:
    return _made("networking.k8s.io/v1", "IngressClass", name, {"controller": controller}, **meta)


def _policy(name: str = "web", **spec: JSON) -> Manifest:
    body: Manifest = {"podSelector": {"matchLabels": {"app": "web"}}, **spec}
    return _made("networking.k8s.io/v1", "NetworkPolicy", name, body)


def _peers(*peers: Manifest, ports: list[JSON] | None = None) -> list[JSON]:
    rule: Manifest = {"from": list(peers)}
    if ports is not None:
        rule["ports"] = ports
    return [rule]


def _dns() -> Manifest:
    """A Pod that answers for the cluster's DNS."""
    ports: list[JSON] = [
        {"name": "dns", "containerPort": 53, "protocol": "UDP"},
        {"name": "dns-tcp", "containerPort": 53, "protocol": "TCP"},
    ]
    containers: list[JSON] = [{"name": "coredns", "image": "example/dns:1", "ports": ports}]
    labels: Manifest = {"k8s-app": "kube-dns"}
    return _made("v1", "Pod", "coredns-1", {"containers": containers},
                 namespace="kube-system", labels=labels)  # fmt: skip


def _labels(selector: str, **labels: str) -> Manifest:
    return {selector: {"matchLabels": dict(labels)}}


def _block(cidr: str, *but: str) -> Manifest:
    return {"ipBlock": {"cidr": cidr, **({"except": list(but)} if but else {})}}


_DEFAULT_CLASS: Manifest = {"ingressclass.kubernetes.io/is-default-class": "true"}
_DUAL: Mapping[str, JSON] = MappingProxyType({
    "service_cidrs": ["10.96.0.0/16", "fd00:96::/112"],
    "pod_cidrs": ["10.244.0.0/16", "fd00:244::/56"],
})  # fmt: skip

EXAMPLES: Mapping[str, FindingExample] = MappingProxyType({
    "NV001": FindingExample(
        say("While an upload is read, each document's kind, namespace and name are compared with "
        "those before it."),
        note=say("Two documents `Service web` in one file."),
    ),
    "NV101": FindingExample(
        say("spec.selector is compared with the labels of every running Pod of the namespace."),
        (_service(), _pod(app="wbe")),
    ),
    "NV102": FindingExample(
        say("The name in targetPort is looked up among the container ports of the selected Pods."),
        (_service(target="https"), _pod()),
    ),
    "NV103": FindingExample(
        say("The name in targetPort is looked up in each selected Pod, and some have it."),
        (_service(target="http"), _pod(),
         _made("v1", "Pod", "web-2", {"containers": [{"name": "main", "image": "example/web:1"}]},
               labels={"app": "web"})),
    ),
    "NV104": FindingExample(
        say(
            "The number in targetPort is looked up among the container ports of the selected "
            "Pods."
        ),
        (_service(target=9090), _pod()),
    ),
    "NV105": FindingExample(
        say("The conditions of all endpoints in the Service's slices are looked at."),
        (_service(), {**_pod(), "metadata": {
            "name": "web-1", "labels": {"app": "web"},
            "annotations": {"netviz.io/ready": "false"}}}),
    ),
    "NV106": FindingExample(
        say("The Service has no spec.selector, and no EndpointSlice carries its name as a label."),
        (_bare(),),
    ),
    "NV107": FindingExample(
        say("endpoints[].targetRef of a slice written by hand is looked up among the Pods."),
        (_bare(), _slice(targetRef={"kind": "Pod", "namespace": "default", "name": "gone"})),
    ),
    "NV108": FindingExample(
        say(
            "The names and protocols of the slice's ports are compared with those of the "
            "Service."
        ),
        (_bare(), _slice(port="metrics")),
    ),
    "NV109": FindingExample(
        say(
            "The label kubernetes.io/service-name is looked up among the Services of the "
            "namespace."
        ),
        (_slice(service="gone"),),
    ),
    "NV110": FindingExample(
        say("status.loadBalancer.ingress of a Service of type LoadBalancer is empty."),
        (_service(type="LoadBalancer"), _pod()), settings={"loadbalancer_pool": []},
    ),
    "NV111": FindingExample(
        say("spec.externalName is read as an IP address."),
        (_made("v1", "Service", "erp", {"type": "ExternalName", "externalName": "192.0.2.7"}),),
    ),
    "NV112": FindingExample(
        say("spec.ipFamilyPolicy is compared with how many families spec.ipFamilies has."),
        (_service(ipFamilyPolicy="PreferDualStack"), _pod()),
    ),
    "NV113": FindingExample(
        say("clusterIP is None, and a field that only kube-proxy would act on is set."),
        (_service(clusterIP="None", sessionAffinity="ClientIP"), _pod()),
    ),
    "NV114": FindingExample(
        say("The type is ExternalName, and a field that only other types act on is set."),
        (_made("v1", "Service", "erp", {"type": "ExternalName", "externalName": "erp.example.com",
                                        "selector": {"app": "web"}}),),
    ),
    "NV115": FindingExample(
        say("spec.ports[].nodePort is set on a headless or an ExternalName Service."),
        note=say(
            "A Service of a dump with `clusterIP: None` and `nodePort: 30080`; the API "
            "refuses to make one today."
        ),
    ),
    "NV116": FindingExample(
        say("externalTrafficPolicy is Local and sessionAffinity is ClientIP."),
        (_service(type="NodePort", externalTrafficPolicy="Local", sessionAffinity="ClientIP"),
         _pod()),
    ),
    "NV117": FindingExample(
        say("clusterIP is None, and a port differs from the number that its targetPort means."),
        (_service(clusterIP="None"), _pod()),
    ),
    "NV118": FindingExample(
        say(
            "internalTrafficPolicy is Local; the Nodes are compared with those of usable "
            "endpoints."
        ),
        (_service(internalTrafficPolicy="Local"), _pod()),
    ),
    "NV119": FindingExample(
        say(
            "externalTrafficPolicy is Local; the Nodes are compared with those of usable "
            "endpoints."
        ),
        (_service(type="NodePort", externalTrafficPolicy="Local"), _pod()),
    ),
    "NV120": FindingExample(
        say("The node ports of all Services are compared, protocol by protocol."),
        note=say("Two Services of a dump with `nodePort: 30080`; the API refuses the second one."),
    ),
    "NV121": FindingExample(
        say(
            "spec.externalIPs and load balancer addresses are compared, with ports and "
            "protocols."
        ),
        (_service("one", externalIPs=["192.0.2.1"]), _service("two", externalIPs=["192.0.2.1"]),
         _pod()),
    ),
    "NV122": FindingExample(
        say("spec.externalIPs is looked up among the addresses of Pods and the cluster IPs."),
        (_bare("inside", clusterIP="10.96.0.50"), _service(externalIPs=["10.96.0.50"]), _pod()),
    ),
    "NV123": FindingExample(
        say("The families of loadBalancerSourceRanges are compared with those of the addresses."),
        (_service(type="LoadBalancer", ipFamilyPolicy="RequireDualStack",
                  loadBalancerSourceRanges=["192.0.2.0/24"]), _pod()),
        settings=_DUAL,
    ),
    "NV124": FindingExample(
        say("The annotation asks for hints; the endpoints of the Service's slices carry none."),
        ({**_service(), "metadata": {
            "name": "web", "annotations": {"service.kubernetes.io/topology-mode": "Auto"}}},
         _pod()),
    ),
    "NV125": FindingExample(
        say("The annotation service.kubernetes.io/topology-mode stands beside the field."),
        ({**_service(trafficDistribution="PreferClose"), "metadata": {
            "name": "web", "annotations": {"service.kubernetes.io/topology-mode": "Auto"}}},
         _pod()),
    ),
    "NV126": FindingExample(
        say("addressType of the slice is compared with spec.ipFamilies of the Service."),
        (_bare(), _slice("2001:db8::9", family="IPv6")),
    ),
    "NV127": FindingExample(
        say("Addresses of slices written by hand are looked up among the cluster IPs."),
        (_bare("inside", clusterIP="10.96.0.50"), _bare(), _slice("10.96.0.50")),
    ),
    "NV128": FindingExample(
        say(
            "A slice with the Service's label is managed by nobody, and the Service has a "
            "selector."
        ),
        (_service(), _pod(), _slice()),
    ),
    "NV130": FindingExample(
        say("The verdict of the policies is asked for every Pod behind the Service, at its port."),
        (_service(), _pod(), _policy(policyTypes=["Ingress"])),
    ),
    "NV201": FindingExample(
        say(
            "spec.externalName is a name of the cluster's domain, and is looked up among "
            "Services."
        ),
        (_made("v1", "Service", "db", {"type": "ExternalName",
                                       "externalName": "gone.default.svc.cluster.local"}),),
    ),
    "NV202": FindingExample(
        say(
            "The chain of CNAME records is followed from the Service until it ends or comes "
            "back."
        ),
        tuple(_made("v1", "Service", name, {"type": "ExternalName",
                                            "externalName": f"{other}.default.svc.cluster.local"})
              for name, other in (("one", "two"), ("two", "one"))),
    ),
    "NV203": FindingExample(
        say("spec.subdomain of a Pod is looked up among the headless Services of its namespace."),
        (_pod(hostname="web-1", subdomain="peers"),),
    ),
    "NV204": FindingExample(
        say("spec.serviceName of a StatefulSet is looked up among the headless Services."),
        (_made("apps/v1", "StatefulSet", "db", {
            "serviceName": "db", "replicas": 1, "selector": {"matchLabels": {"app": "db"}},
            "template": {"metadata": {"labels": {"app": "db"}},
                         "spec": {"containers": [{"name": "main", "image": "example/db:1"}]}}}),),
    ),
    "NV205": FindingExample(
        say("The full name of a Pod with setHostnameAsFQDN is counted."),
        (_service("a-name-of-a-headless-service-that-is-quite-long", clusterIP="None"),
         _pod(hostname="web-1", setHostnameAsFQDN=True,
              subdomain="a-name-of-a-headless-service-that-is-quite-long")),
    ),
    "NV301": FindingExample(
        say("The Service of each backend is looked up in the Ingress's namespace."),
        (_class(), _ingress(_to(service="gone"))),
    ),
    "NV302": FindingExample(
        say("The port of each backend is looked up in spec.ports of its Service."),
        (_class(), _ingress(_to(8080)), _service(), _pod()),
    ),
    "NV303": FindingExample(
        say("The endpoints of the backend's Service are looked at for its port."),
        (_class(), _ingress(_to()), _service()),
    ),
    "NV304": FindingExample(
        say("spec.ingressClassName is looked up among the IngressClasses."),
        (_ingress(_to(), ingressClassName="gone"), _service(), _pod()),
    ),
    "NV305": FindingExample(
        say("The Ingress has no class, while IngressClasses exist."),
        (_class(), _ingress(_to(), ingressClassName=None), _service(), _pod()),
    ),
    "NV306": FindingExample(
        say("spec.controller of the Ingress's class is compared with the one that netviz plays."),
        (_class("other", "example.com/other"), _ingress(_to(), ingressClassName="other"),
         _service(), _pod()),
        settings={"ingress_controller": "netviz.io/ingress"},
    ),
    "NV307": FindingExample(
        say("Host, path and path type of all routes of a class are compared, the oldest first."),
        (_class(), _ingress(_to()), _ingress(_to(), "web-2"), _service(), _pod()),
    ),
    "NV308": FindingExample(
        say("spec.tls[].secretName is looked up among the Secrets of the namespace."),
        (_class(), _ingress(_to(), tls=[{"hosts": ["web.example.com"], "secretName": "gone"}]),
         _service(), _pod()),
    ),
    "NV309": FindingExample(
        say("A rule has a host and no http."),
        (_class(), _ingress(_to(), rules=[{"host": "bare.example.com"}])),
    ),
    "NV310": FindingExample(
        say("A backend has resource in the place of service."),
        (_class(), _ingress({"resource": {"apiGroup": "example.com", "kind": "Bucket",
                                          "name": "assets"}})),
    ),
    "NV311": FindingExample(
        say("The hosts of spec.tls are compared with those of spec.rules."),
        (_class(), _ingress(_to(), tls=[{"hosts": ["other.example.com"]}]), _service(), _pod()),
    ),
    "NV312": FindingExample(
        say("The annotation is-default-class is counted over all IngressClasses."),
        (_class("one", annotations=_DEFAULT_CLASS), _class("two", annotations=_DEFAULT_CLASS)),
    ),
    "NV313": FindingExample(
        say("A path of type Prefix or Exact holds characters of a regular expression."),
        (_class(), _ingress(_to(), path="/api/(.*)"), _service(), _pod()),
    ),
    "NV314": FindingExample(
        say("The type of the Secret in spec.tls[].secretName is looked at."),
        (_class(), _ingress(_to(), tls=[{"hosts": ["web.example.com"], "secretName": "web"}]),
         _service(), _pod(),
         {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "web"},
          "type": "kubernetes.io/dockerconfigjson"}),
    ),
    "NV315": FindingExample(
        say("The host of each rule is looked up among the hosts of spec.tls, if it has any."),
        (_class(), _ingress(_to(), tls=[{"hosts": ["www.example.com"], "secretName": "web"}]),
         _service(), _pod()),
    ),
    "NV401": FindingExample(
        say("spec.podSelector is compared with the labels of the Pods of the policy's namespace."),
        (_policy(), _pod(app="wbe")),
    ),
    "NV402": FindingExample(
        say("Each namespaceSelector is compared with the labels of the Namespaces."),
        (_policy(ingress=_peers(_labels("namespaceSelector", team="gone"))), _pod()),
    ),
    "NV403": FindingExample(
        say("Each podSelector of a peer is compared with the labels of the Pods it covers."),
        (_policy(ingress=_peers(_labels("podSelector", app="gone"))), _pod()),
    ),
    "NV404": FindingExample(
        say("spec.policyTypes is compared with which of ingress and egress are written."),
        (_policy(policyTypes=["Ingress"], egress=[{}]), _pod()),
    ),
    "NV405": FindingExample(
        say("A port by name is looked up among the container ports of the selected Pods."),
        (_policy(ingress=[{"ports": [{"port": "https"}]}]), _pod()),
    ),
    "NV406": FindingExample(
        say("The block is compared with the range of cluster IPs."),
        (_policy(policyTypes=["Egress"], egress=[{"to": [_block("10.96.0.0/16")]}]), _pod()),
    ),
    "NV407": FindingExample(
        say("All Pods that spec.podSelector selects have hostNetwork."),
        (_policy(), _pod(hostNetwork=True)),
    ),
    "NV408": FindingExample(
        say("Some of the Pods that spec.podSelector selects have hostNetwork."),
        (_policy(), _pod(), _pod("web-2", 8081, hostNetwork=True)),
    ),
    "NV409": FindingExample(
        say("The block is compared with the range of Pod addresses."),
        (_policy(ingress=_peers(_block("10.244.1.0/24"))), _pod()),
    ),
    "NV410": FindingExample(
        say("The block is compared with the range of Pod addresses."),
        (_policy(ingress=_peers(_block("10.0.0.0/8"))), _pod()),
    ),
    "NV411": FindingExample(
        say(
            "A rule is looked at for what it leaves out: no peers, or every address, and no "
            "ports."
        ),
        (_policy(ingress=_peers(_block("0.0.0.0/0"))), _pod()),
    ),
    "NV412": FindingExample(
        say("Each entry is looked at by itself: can any labels or addresses fit it?"),
        (_policy(ingress=_peers(_block("192.0.2.0/24", "192.0.2.0/25", "192.0.2.128/25"))),
         _pod()),
    ),
    "NV413": FindingExample(
        say("The policies of a namespace are compared in pairs: Pods, directions and rules."),
        (_policy(ingress=[{"ports": [{"port": 8080}]}]),
         _policy("wide", podSelector={}, ingress=[{"ports": [{"port": 8080}]}]), _pod()),
    ),
    "NV414": FindingExample(
        say("A list of peers has one entry with a namespaceSelector and one with a podSelector."),
        (_policy(ingress=_peers(
            _labels("namespaceSelector", **{"kubernetes.io/metadata.name": "default"}),
            _labels("podSelector", app="web"))), _pod()),
    ),
    "NV415": FindingExample(
        say("The blocks of a rule are looked at per IP family, in a cluster that has both."),
        (_policy(policyTypes=["Egress"], egress=[{"to": [_block("0.0.0.0/0")]}]), _pod()),
        settings=_DUAL,
    ),
    "NV420": FindingExample(
        say("Port numbers of policies are compared with the ports and target ports of Services."),
        (_policy(ingress=[{"ports": [{"port": 80}]}]), _service(), _pod()),
    ),
    "NV421": FindingExample(
        say("The verdict is asked for the policy's Pods to the cluster's DNS on UDP port 53."),
        (_policy(policyTypes=["Egress"]), _pod()),
    ),
    "NV422": FindingExample(
        say("The verdict is asked for the policy's Pods to the cluster's DNS, UDP and TCP."),
        (_policy(policyTypes=["Egress"], egress=[
            {"to": [{"namespaceSelector": {}}], "ports": [{"port": 53, "protocol": "UDP"}]}]),
         _pod(), _dns()),
    ),
    "NV501": FindingExample(
        say("The scheduler's filters are run for the Pods, Node by Node."),
        (_deployment(nodeSelector={"disk": "gone"}),),
    ),
    "NV502": FindingExample(
        say("The Progressing condition of the Deployment says ProgressDeadlineExceeded."),
        note=say("It takes as long as spec.progressDeadlineSeconds, ten minutes by default."),
    ),
    "NV503": FindingExample(
        say("spec.nodeName of a Pod is looked up among the Nodes."),
        (_pod(nodeName="gone"),),
    ),
    "NV504": FindingExample(
        say("spec.readinessGates is compared with the conditions in the Pod's status."),
        (_pod(readinessGates=[{"conditionType": "example.com/registered"}]),),
    ),
})  # fmt: skip
