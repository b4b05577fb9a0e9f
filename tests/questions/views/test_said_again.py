"""Every sentence of every drawing can be said again: none is glued together from plain words.

The catalogue here leaves nothing of a sentence but its gaps. So whatever words are left in a
drawing that is said again are words that no translation could reach, or names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cluster.domains.service.service import Service
from cluster.machinery.manifest import JSON
from cluster.machinery.texts import again
from cluster.questions.seeded import Seeded
from tests.questions.asking import cluster
from tests.questions.views.drawing import Json, draw

DEMO = Path(__file__).parents[3] / "demo"
DATA = frozenset({
    "id", "kind", "namespace", "lane", "group", "order", "paint", "icon", "state", "href", "open",
    "path", "object", "view", "level", "layout", "scope", "cluster", "time", "family", "find",
    "parent", "value", "from", "to", "edge", "align", "stop", "shields", "next", "truncated",
    "key", "mark", "form", "url", "pod", "pods", "type", "types", "manager", "secret",
    "ingress", "listed", "cells", "flash",
})  # fmt: skip
"""Members that programs read, or that hold names as they are stored."""


class Gaps:
    """A language that has nothing to say: of a sentence only its gaps are left."""

    def one(self, sentence: str) -> str:
        return " ".join(re.findall(r"\{[^{}]*\}", sentence))

    def several(self, singular: str, plural: str, number: int) -> str:
        return self.one(plural)


@cache
def demo() -> Seeded:
    return cluster("\n---\n".join(path.read_text() for path in sorted(DEMO.glob("*.yaml"))))


def texts(value: JSON, member: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text that people read, with the member that holds it."""
    if isinstance(value, str):
        yield member, value
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in DATA and (member, name) != ("options", "name"):
                yield from texts(item, f"{member}.{name}" if member else name)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item, member)


KEPT = frozenset({
    "Ingress", "Egress", "Service", "Services", "Pod", "Pods", "Node", "Nodes", "Namespace",
    "Namespaces",
    "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "NetworkPolicy",
    "IngressClass", "EndpointSlice", "EndpointSlices", "Endpoints", "External",
    "ControlPlane", "Endpoint", "Proxy", "Fold", "Group", "Secret", "ClusterIP", "NodePort",
    "LoadBalancer", "ExternalName", "ClusterFirst", "Default", "Exact", "Prefix", "Local",
    "ImplementationSpecific", "Cluster",
    "SingleStack", "PreferDualStack", "RequireDualStack", "None", "True", "False",
    "TCP", "UDP", "SCTP", "ICMP", "HTTP", "AAAA", "CNAME", "SRV", "PTR", "NXDOMAIN", "NOERROR",
    "SERVFAIL", "TTL", "SNAT", "TLS", "URL", "CIDR", "DNS", "CoreDNS", "KB", "MB",
    "kubernetes", "forward", "search", "nameserver", "options", "http", "https", "in", "notin",
    "exists", "clusterIP", "nodePort", "svc", "ing", "netpol",
    "deployment",
})  # fmt: skip
"""Words that no language changes: kinds, types, protocols, what the API and DNS answer."""


@cache
def names() -> frozenset[str]:
    """Return what the objects of the demo are called, and the names of their ports."""
    found: set[str] = set(KEPT)
    for path in DEMO.glob("*.yaml"):  # also of what is named and is not there
        found |= set(re.findall(r"name: ([\w-]+)", path.read_text()))
    for kind in demo().snapshot.kinds:
        for item in demo().snapshot.of(kind.type):
            labels = item.meta.labels
            found |= {item.meta.name, item.meta.namespace, *labels, *labels.values()}
    for service in demo().snapshot.of(Service):
        found |= {port.name for port in service.ports}
    return frozenset(found)


def words(text: str) -> list[str]:
    """Return the words of a text that are neither names nor addresses nor ports nor fields."""
    tokens = re.split(
        r"[\s,;()\[\]{}\N{RIGHTWARDS ARROW}\N{MIDDLE DOT}\N{MULTIPLICATION SIGN}+]+", text
    )
    plain = (token.strip(".:\"'") for token in tokens)
    return [
        token for token in plain
        if token.isalpha() and len(token) > 1 and token not in names()
    ]  # fmt: skip


SUBJECTS = {
    "Service": ("endpoints", "dns", "paths", "compare", "slices", "families"),
    "Ingress": ("ingress",),
    "NetworkPolicy": ("policy",),
}


def drawings() -> Iterator[Json]:
    found = demo()
    for level in ("L0", "L1"):
        yield draw(found, "map", "", lvl=level)
    for grouping in ("node", "zone"):
        yield draw(found, "map", "", lvl="L1", grp=grouping)
    yield draw(found, "map", "", lvl="L1", budget="60")
    yield draw(found, "map", "Deployment/shop/frontend", lvl="L3")
    for kind, views in SUBJECTS.items():
        for item in found.snapshot.of(found.snapshot.kinds[kind].type):
            for view in views:
                yield draw(found, view, f"{kind}/{item.meta.namespace}/{item.meta.name}")
    yield draw(found, "compare", "Service/shop/frontend", swap="yes")
    yield draw(found, "slices", "Service/shop/frontend", as_="endpoints")
    yield draw(found, "paths", "Service/ingress/controller", client="outside")
    yield draw(found, "ingress", "Ingress/shop/shop-web", url="http://shop.example.com/x")
    yield draw(found, "policy", "Deployment/shop/frontend", port="8080")


AS_IT_IS = re.compile(r"\d+/\d+ nodes are available")
"""Messages of the API server stay as they are: people search for them."""


def test_no_word_of_a_drawing_is_beyond_translation() -> None:
    left = {
        (graph["view"], member, text)
        for graph in drawings()
        for member, text in texts(graph)
        if words(again(text, Gaps())) and not AS_IT_IS.search(text)
    }

    assert left == set()
