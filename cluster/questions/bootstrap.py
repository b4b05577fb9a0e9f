"""The objects that every cluster has before a user writes the first one.

As kubeadm and kind make them: the system Namespaces, the Service of the API server with the slice
that the apiserver keeps itself (B-68), the DNS Service at the 10th address of the primary range,
and Nodes in three zones. Netviz adds nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.machinery.addresses import family_of_text
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key
from cluster.machinery.settings import ClusterSettings

SYSTEM_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
ZONES = ("zone-a", "zone-b", "zone-c")
APISERVER_ADDRESS = "172.18.255.1"  # of the control plane, which runs no Pods of its own here
API_SERVICE = Key("", "Service", "default", "kubernetes")
API_SLICE = Key("discovery.k8s.io", "EndpointSlice", "default", "kubernetes")
DNS_SERVICE = Key("", "Service", "kube-system", "kube-dns")
DNS_SERVER = Key("apps", "Deployment", "kube-system", "coredns")
DNS_LABELS: Manifest = {"k8s-app": "kube-dns"}


def namespaces() -> Iterator[Manifest]:
    """Yield the system Namespaces."""
    for name in SYSTEM_NAMESPACES:
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def nodes(count: int) -> Iterator[Manifest]:
    """Yield `count` Nodes, `node-1` first, spread over three zones in turn."""
    for number in range(1, count + 1):
        made = node(f"node-{number}")
        made["metadata"] = {
            "name": f"node-{number}",
            "labels": {
                "topology.kubernetes.io/zone": ZONES[(number - 1) % len(ZONES)],
                "topology.kubernetes.io/region": "region-1",
            },
        }
        yield made


def node(name: str) -> Manifest:
    """Return a Node that is only known by its name."""
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}}


def services(settings: ClusterSettings) -> Iterator[Manifest]:
    """Yield the Services of the API server and of DNS, at the addresses the settings give."""
    first = settings.service_cidrs[0]
    if first.num_addresses > 1:
        yield _service(API_SERVICE, {}, [_port("https", 443, 6443)], [str(first[1])])
        yield _api_slice()
    if settings.dns_addresses and _is_inside(settings, settings.dns_addresses[0]):
        ports: list[JSON] = [
            _port("dns", 53, 53, "UDP"), _port("dns-tcp", 53, 53), _port("metrics", 9153, 9153),
        ]  # fmt: skip
        inside = [ip for ip in settings.dns_addresses if _is_inside(settings, ip)]
        yield _service(DNS_SERVICE, DNS_LABELS, ports, inside)


def dns_server() -> Manifest:
    """Return the Deployment behind the DNS Service, two replicas as kubeadm makes it."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": DNS_SERVER.name,
            "namespace": DNS_SERVER.namespace,
            "labels": dict(DNS_LABELS),
        },
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": dict(DNS_LABELS)},
            "template": {
                "metadata": {"labels": dict(DNS_LABELS)},
                "spec": {
                    "dnsPolicy": "Default",
                    "serviceAccountName": "coredns",
                    "tolerations": [{"key": "CriticalAddonsOnly", "operator": "Exists"}],
                    "containers": [{
                        "name": "coredns",
                        "image": "coredns/coredns:1.12.0",
                        "ports": [
                            {"name": "dns", "containerPort": 53, "protocol": "UDP"},
                            {"name": "dns-tcp", "containerPort": 53, "protocol": "TCP"},
                            {"name": "metrics", "containerPort": 9153, "protocol": "TCP"},
                        ],
                    }],
                },
            },
        },
    }  # fmt: skip


def _is_inside(settings: ClusterSettings, ip: str) -> bool:
    family = family_of_text(ip)
    return family in settings.families


def _port(name: str, number: int, target: int, protocol: str = "TCP") -> Manifest:
    return {"name": name, "port": number, "targetPort": target, "protocol": protocol}


def _service(key: Key, selector: Manifest, ports: list[JSON], addresses: list[str]) -> Manifest:
    ips: list[JSON] = list(addresses)
    spec: Manifest = {
        "type": "ClusterIP", "ports": ports, "clusterIP": addresses[0], "clusterIPs": ips,
        "ipFamilyPolicy": "PreferDualStack" if len(addresses) > 1 else "SingleStack",
    }  # fmt: skip
    labels: Manifest = {"component": "apiserver", "provider": "kubernetes"}
    if selector:
        spec["selector"] = dict(selector)
        labels = {**selector, "kubernetes.io/cluster-service": "true"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": key.name, "namespace": key.namespace, "labels": labels},
        "spec": spec,
    }


def _api_slice() -> Manifest:
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": API_SLICE.name,
            "namespace": API_SLICE.namespace,
            "labels": {"kubernetes.io/service-name": "kubernetes"},
        },
        "addressType": "IPv4",
        "endpoints": [{"addresses": [APISERVER_ADDRESS], "conditions": {"ready": True}}],
        "ports": [{"name": "https", "port": 6443, "protocol": "TCP"}],
    }
