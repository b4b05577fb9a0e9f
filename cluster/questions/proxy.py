"""The question `proxy`: where kube-proxy on a Node sends a connection to a Service."""

from __future__ import annotations

from dataclasses import replace

from cluster.domains.service.forwarding import Client, forward
from cluster.domains.service.service import Service, ServicePort
from cluster.domains.workload.node import Node
from cluster.machinery.drawing import Reason
from cluster.machinery.manifest import Manifest
from cluster.machinery.texts import joined, say
from cluster.questions.asked import Asked
from cluster.questions.named import named
from cluster.questions.question import Field, Given, Question, QuestionError, bad

_TEXTS: Manifest = {"type": "array", "items": {"type": "string"}}
WHY: Manifest = {
    "type": "array",
    "description": "What decided, in order: a sentence, the object, the field and its value.",
    "items": {
        "type": "object",
        "properties": {word: {"type": "string"} for word in ("text", "object", "path", "value")},
    },
}


def proxy(asked: Asked, given: Given) -> Manifest:
    """Answer what becomes of a connection to `port` of `service` at the proxy of `node`."""
    service = named(asked, given, "service", Service)
    port = service_port(service, given)
    node = given.required("node")
    if given.flag("external"):
        answer = forward(asked.snapshot, service, port, Client("outside", node), "nodePort")
    else:
        answer = forward(asked.snapshot, service, port, Client("pod", node), "clusterIP")
    if asked.snapshot.get(Node, "", node) is None:  # slices may name Nodes that nobody described
        text = f"There is no Node {node}: it is in no zone and has no address."
        unknown = Reason(text, f"Node {node}", "metadata.name", node)
        answer = replace(answer, why=(unknown, *answer.why))
    return answer.json()


def service_port(service: Service, given: Given) -> ServicePort:
    """Return the port that the field `port` names by number or name; raises QuestionError.

    Without the field it is the Service's only port. Of two protocols on one number, the first.
    """
    word = given.text("port").strip()
    if not word and len(service.ports) == 1:
        return service.ports[0]
    listed = joined(
        ", ", (f"{p.name} ({p.port})" if p.name else str(p.port) for p in service.ports)
    )
    has = listed or say("none")
    if not word:
        raise bad(say("port is required: the Service has {ports}", ports=has), "port")
    for port in service.ports:
        if word in {str(port.port), port.name}:
            return port
    meta = service.meta
    text = say(
        "Service {service} has no port {port}; it has {ports}",
        service=f"{meta.namespace}/{meta.name}",
        port=word,
        ports=has,
    )
    raise QuestionError("NotFound", text, "port")


PROXY = Question(
    "proxy",
    "Where kube-proxy on a Node sends a connection to a Service.",
    proxy,
    (
        Field("service", "The Service, as `namespace/name`.", is_required=True),
        Field("port", "Its port, by number or name; not needed where it has one.", "port"),
        Field("node", "The Node whose proxy decides.", is_required=True),
        Field(
            "external",
            "True: from outside to the node port; false: from a Pod on the Node to the cluster "
            "IP.",
            "flag",
        ),
    ),
    {
        "type": "object",
        "properties": {
            "action": {"type": "string", "enum": ["forward", "reject", "drop"]},
            "endpoints": {**_TEXTS, "description": "`ip:port`, each as likely as the others."},
            "categorize": {
                "type": "object",
                "properties": {
                    "cluster": {**_TEXTS, "nullable": True},
                    "local": {**_TEXTS, "nullable": True},
                    "reachable": _TEXTS,
                    "has_any": {"type": "boolean"},
                },
            },
            "source_ip": {"type": "string", "enum": ["preserved", "node"]},
            "why": WHY,
        },
    },
    reads=frozenset({"Service", "EndpointSlice", "Node", "Pod"}),
)
