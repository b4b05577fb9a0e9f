"""EndpointSlices as what they cost: how full they are, how large, who gets each change of one.

Sizes are of the objects as JSON without managedFields, which is what a watcher is sent at most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from cluster.domains.ingress.ingress import IngressClass
from cluster.domains.service.endpointslice import (
    CONTROLLER,
    MIRRORING_CONTROLLER,
    Endpoint,
    EndpointSlice,
    render_endpoint,
    render_port,
)
from cluster.domains.service.proxy_endpoints import other_proxy
from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import Reason
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.selectors import Requirement, Selector, parse_equalities
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say
from cluster.questions.slices import slices_of

LEGACY_MOST = 1000
"""Addresses that the controller writes into one Endpoints object; the rest is cut, and an
annotation says so (kubernetes `pkg/controller/endpoint`, maxCapacity)."""

READY, UNREADY, SERVING, ENDING = "r", "n", "s", "t"
_INGRESS = Selector((Requirement("app.kubernetes.io/name", "In", (
    "contour", "haproxy-ingress", "ingress-controller", "ingress-nginx", "kong",
    "kubernetes-ingress", "nginx-ingress", "traefik",
)),))  # fmt: skip
_PROXY = parse_equalities({"k8s-app": "kube-proxy"})
_DNS = parse_equalities({"k8s-app": "kube-dns"})
SYSTEM = "kube-system"


@dataclass(frozen=True, slots=True)
class Bin:
    """A slice with the state of each endpoint as a letter, and its size in bytes."""

    item: EndpointSlice
    cells: str
    size: int

    @property
    def manager(self) -> str:
        """Who packs it: a controller, or nobody."""
        return self.item.managed_by


@dataclass(frozen=True, slots=True)
class Watchers:
    """Processes that hold a copy of every slice: how many, and whether their Pods were seen.

    `because` tells by which object and field that is known; None where nothing tells of them.
    """

    id: str
    name: str
    count: int | None
    is_seen: bool
    per: str
    what: str
    because: Reason | None = None


@dataclass(frozen=True, slots=True)
class Legacy:
    """What one Endpoints object would be: cells, bytes, and how many addresses are cut."""

    cells: str
    size: int
    cut: int


@dataclass(frozen=True, slots=True)
class SlicesReading:
    """The slices of a Service, who watches them, and the Endpoints object they replace."""

    service: Service
    bins: tuple[Bin, ...]
    watchers: tuple[Watchers, ...]
    maximum: int
    per_change: int
    legacy: Legacy

    @property
    def audience(self) -> int:
        """How many processes get a change."""
        return sum(watchers.count or 0 for watchers in self.watchers)

    @property
    def largest(self) -> int:
        """The size of the largest slice in bytes."""
        return max((found.size for found in self.bins), default=0)

    @property
    def endpoints(self) -> int:
        """Entries in all slices."""
        return sum(len(found.cells) for found in self.bins)


def read_slices(snapshot: Snapshot, service: Service) -> SlicesReading:
    """Return the slices of a Service as what they cost."""
    pieces = slices_of(snapshot, service)
    bins = tuple(Bin(item, _cells(item.endpoints), _size(_manifest(item))) for item in pieces)
    return SlicesReading(
        service=service,
        bins=bins,
        watchers=tuple(_watchers(snapshot, pieces)),
        maximum=snapshot.settings.max_endpoints_per_slice,
        per_change=_per_change(pieces),
        legacy=_legacy(service, pieces),
    )


def _cells(endpoints: tuple[Endpoint, ...]) -> str:
    return "".join(_cell(end) for end in endpoints)


def ready_cells(item: EndpointSlice) -> int:
    """Return how many cells of a slice's bin are filled: its ready endpoints."""
    return _cells(item.endpoints).count(READY)


def _cell(end: Endpoint) -> str:
    if end.is_terminating:
        return SERVING if end.is_serving else ENDING
    return READY if end.is_ready else UNREADY


def _manifest(item: EndpointSlice) -> Manifest:
    meta = item.meta
    metadata: Manifest = {
        "name": meta.name, "namespace": meta.namespace, "uid": meta.uid,
        "labels": dict(meta.labels), "annotations": dict(meta.annotations),
        "ownerReferences": [
            {"apiVersion": owner.api_version, "kind": owner.kind, "name": owner.name,
             "uid": owner.uid}
            for owner in meta.owners
        ],
    }  # fmt: skip
    return {
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata,
        "addressType": item.address_type,
        "endpoints": [render_endpoint(end) for end in item.endpoints],
        "ports": [render_port(port) for port in item.ports],
    }  # fmt: skip


def _size(manifest: Manifest) -> int:
    return len(orjson.dumps(manifest))


def _per_change(pieces: list[EndpointSlice]) -> int:
    """Return in how many slices an endpoint's Pod stands, as most do: one per family."""
    held = Counter(
        end.target or end.addresses for item in pieces for end in item.endpoints
    )  # fmt: skip
    return Counter(held.values()).most_common(1)[0][0] if held else 0


def _legacy(service: Service, pieces: list[EndpointSlice]) -> Legacy:
    """Return the Endpoints object of the same endpoints: primary family, one object for all."""
    family = service.slice_families[0] if service.slice_families else "IPv4"
    own = [item for item in pieces if item.address_type == family]
    entries = [(item, end) for item in own for end in item.endpoints]
    kept, cut = entries[:LEGACY_MOST], max(0, len(entries) - LEGACY_MOST)
    subsets: dict[tuple[object, ...], Manifest] = {}
    for item, end in kept:
        ports: list[JSON] = [
            {"name": p.name or "", "port": p.port, "protocol": p.protocol} for p in item.ports
        ]
        subset = subsets.setdefault(item.ports, {"ports": ports})
        address: Manifest = {"ip": end.address}
        if end.node_name:
            address["nodeName"] = end.node_name
        if end.target is not None:
            address["targetRef"] = {
                "kind": end.target.kind, "namespace": end.target.namespace,
                "name": end.target.name, "uid": end.target.uid,
            }  # fmt: skip
        member = "addresses" if end.is_ready else "notReadyAddresses"
        held = subset.setdefault(member, [])
        if isinstance(held, list):
            held.append(address)
    meta = service.meta
    manifest: Manifest = {
        "apiVersion": "v1", "kind": "Endpoints",
        "metadata": {"name": meta.name, "namespace": meta.namespace, "labels": dict(meta.labels)},
        "subsets": [*subsets.values()],
    }  # fmt: skip
    return Legacy("".join(_cell(end) for _item, end in kept), _size(manifest), cut)


def _watchers(snapshot: Snapshot, pieces: list[EndpointSlice]) -> Iterator[Watchers]:
    apart = next((item for item in pieces if other_proxy(item.meta) is not None), None)
    if apart is None or any(other_proxy(item.meta) is None for item in pieces):
        proxies = list(snapshot.each_selected(Pod, _PROXY, SYSTEM))
        yield Watchers("kube-proxy", "kube-proxy", len(proxies) or snapshot.count(Node),
                       bool(proxies), say("Node"), say("rewrites the rules of its Node"),
                       _known_by(proxies, _PROXY))  # fmt: skip
    else:
        because = Reason(say("The controller labels the slices of headless Services."),
                         f"EndpointSlice {apart.meta.namespace}/{apart.meta.name}",
                         *_apart(apart))  # fmt: skip
        yield Watchers("kube-proxy", "kube-proxy", 0, is_seen=True, per=say("Node"),
                       what=say("leaves these slices out: they are labelled as "
                       "headless"), because=because)  # fmt: skip
    names = list(snapshot.each_selected(Pod, _DNS, SYSTEM))
    yield Watchers("coredns", "CoreDNS", len(names) or 2, bool(names), say("replica"),
                   say("answers names from them"), _known_by(names, _DNS))  # fmt: skip
    classes = snapshot.count(IngressClass)
    if classes:
        seen = list(snapshot.each_selected(Pod, _INGRESS, None))
        yield Watchers("ingress", say("Ingress controllers"), len(seen) or classes, bool(seen),
                       say("replica"), say("sends to endpoints past the proxies"),
                       _known_by(seen, _INGRESS))  # fmt: skip
    yield Watchers("others", say("others"), None, is_seen=False, per="",
                   what=say("meshes, gateways, whoever watches: not known"))  # fmt: skip


def _apart(item: EndpointSlice) -> tuple[str, str]:
    """Return the label by which kube-proxy leaves a slice to another, and its value."""
    name = other_proxy(item.meta) or ""
    return f"metadata.labels[{name}]", item.meta.labels.get(name) or '""'


def _known_by(pods: list[Pod], selector: Selector) -> Reason:
    """Return how it is known that there are so many: by the first of them, or assumed."""
    wanted = selector.requirements[0]
    field = f"metadata.labels[{wanted.key}]"
    if not pods:
        return Reason(say("Assumed: no Pod has this label."), "", field,
                      ", ".join(wanted.values))  # fmt: skip
    first = min(pods, key=lambda pod: (pod.meta.namespace, pod.meta.name)).meta
    return Reason(say("Pods with this label are counted; the first, for example."),
                  f"Pod {first.namespace}/{first.name}", field,
                  first.labels.get(wanted.key, ""))  # fmt: skip


def manager_word(manager: str) -> str:
    """Return who packs slices, in words."""
    if manager == CONTROLLER:
        return say("EndpointSlice controller")
    if manager == MIRRORING_CONTROLLER:
        return say("Mirroring controller")
    return manager or say("written by hand")
