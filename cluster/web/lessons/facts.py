"""What lessons ask of their clusters, in the words of the machine interface's questions."""

from __future__ import annotations

from collections.abc import Iterable

from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    flag_at,
    integer_at,
    mapping_at,
    mappings_at,
    text_at,
    texts_at,
)
from cluster.machinery.meta import Key
from cluster.questions.answers import QUESTIONS
from cluster.questions.asked import Asked
from cluster.questions.question import Given
from cluster.web.lessons.lesson import Option


def ask(asked: Asked, question: str, **fields: JSON) -> Manifest:
    """Return the answer to one of the questions; a field ending in `_` loses the mark."""
    given = Given({name.rstrip("_"): value for name, value in fields.items()})
    return QUESTIONS[question].answer(asked, given)


def manifest(asked: Asked, kind: str, namespace: str, name: str) -> Manifest:
    """Return an object as the cluster holds it, empty where the reader has deleted it."""
    return asked.manifest(asked.kinds[kind].key(namespace, name)) or {}


def slices(asked: Asked, service: str) -> list[Manifest]:
    """Return the EndpointSlices of a Service, `ns/name`."""
    return mappings_at(ask(asked, "endpointslices", service=service), "slices")


def ready_pods(asked: Asked, service: str) -> frozenset[str]:
    """Return the names of the Pods that are ready endpoints of a Service."""
    found = (endpoint for item in slices(asked, service) for endpoint in _endpoints(item))
    return frozenset(
        name
        for endpoint in found
        if flag_at(endpoint, "conditions", "ready")
        and (name := text_at(endpoint, "targetRef", "name"))
    )


def listed_pods(asked: Asked, service: str) -> frozenset[str]:
    """Return the names of all Pods in a Service's slices, ready or not."""
    found = (endpoint for item in slices(asked, service) for endpoint in _endpoints(item))
    return frozenset(name for item in found if (name := text_at(item, "targetRef", "name")))


def _endpoints(item: Manifest) -> list[Manifest]:
    return mappings_at(item, "endpoints")


def pods(asked: Asked, namespace: str, **labels: str) -> list[str]:
    """Return the names of the Pods of a namespace that carry the labels, sorted."""
    wanted = labels.items()
    return sorted(
        pod.meta.name
        for pod in asked.snapshot.of(Pod)
        if pod.meta.namespace == namespace and wanted <= dict(pod.meta.labels).items()
    )


def nodes(asked: Asked) -> list[str]:
    """Return the names of the Nodes, sorted."""
    return sorted(node.meta.name for node in asked.snapshot.of(Node))


def nodes_that_forward(asked: Asked, service: str, *, external: bool = False) -> frozenset[str]:
    """Return the Nodes on which a connection to the Service's only port reaches a Pod.

    `external`: one that comes from outside to the Node's port, else one from a Pod on the Node.
    """
    return frozenset(
        node
        for node in nodes(asked)
        if text_at(
            ask(asked, "proxy", service=service, node=node, external=external), "action"
        ) == "forward"
    )  # fmt: skip


def node_port(asked: Asked, namespace: str, name: str) -> int | None:
    """Return the node port of a Service's first port, None where it has none."""
    ports = mappings_at(manifest(asked, "Service", namespace, name), "spec", "ports")
    return integer_at(ports[0], "nodePort") if ports else None


def records(asked: Asked, name: str, type_: str) -> list[str]:
    """Return the data of the records of a type that a name has."""
    answer = ask(asked, "dns", name=name, type=type_)
    return [text_at(record, "data") or "" for record in mappings_at(answer, "answer")]


def queries(asked: Asked, pod: str, name: str) -> list[tuple[str, str]]:
    """Return name and answer of the A queries that a Pod's resolver sends, in order."""
    answer = ask(asked, "dns", name=name, type="A", from_=pod)
    return [
        (text_at(query, "name") or "", text_at(query, "rcode") or "")
        for query in mappings_at(answer, "queries")
        if text_at(query, "type") == "A"
    ]


def routed_to(asked: Asked, host: str, path: str) -> str:
    """Return the Service that a URL comes out at, else the status of the answer: `404`, `503`."""
    answer = ask(asked, "ingress", scheme="http", method="GET", host=host, path=path)
    if integer_at(answer, "status") != 200:  # noqa: PLR2004 - HTTP's own number
        return str(integer_at(answer, "status"))
    return text_at(answer, "backend", "service") or ""


def reaches(asked: Asked, source: str, target: str, port: int) -> bool:
    """Return whether a TCP connection is let through and answered."""
    answer = ask(asked, "trace", from_=source, to=target, port=port, protocol="TCP")
    return text_at(answer, "verdict") == "reaches"


def families(asked: Asked, namespace: str, name: str) -> list[str]:
    """Return the address families of a Service in their order."""
    return texts_at(manifest(asked, "Service", namespace, name), "spec", "ipFamilies")


def selector(asked: Asked, namespace: str, name: str) -> str:
    """Return a Service's selector as `key=value,...`."""
    found = mapping_at(manifest(asked, "Service", namespace, name), "spec", "selector")
    return ",".join(f"{key}={value}" for key, value in found.items())


def options(values: Iterable[str]) -> list[Option]:
    """Return values that are their own labels."""
    return [Option(value, value) for value in values]


def numbers(number: int) -> frozenset[str]:
    """Return the answer of a question for a number."""
    return frozenset({str(number)})


def has(asked: Asked, kind: str, namespace: str, name: str) -> bool:
    """Return whether an object is there."""
    return asked.manifest(Key(asked.kinds[kind].group, kind, namespace, name)) is not None
