"""The question `ingress`: which Ingress answers a request, with which endpoints, and why."""

from __future__ import annotations

from cluster.domains.ingress.routing import route
from cluster.machinery.manifest import Manifest
from cluster.machinery.texts import joined, say
from cluster.questions.asked import Asked
from cluster.questions.proxy import WHY
from cluster.questions.question import Field, Given, Question, bad

SCHEMES = ("http", "https")
_TEXTS: Manifest = {"type": "array", "items": {"type": "string"}}


def ingress(asked: Asked, given: Given) -> Manifest:
    """Answer what becomes of a request to the Ingress controller."""
    scheme = (given.text("scheme") or SCHEMES[0]).lower()
    if scheme not in SCHEMES:
        raise bad(say("scheme is one of {schemes}", schemes=joined(", ", SCHEMES)), "scheme")
    given.text("method")  # plays no part, and is a word all the same
    path = given.text("path") or "/"
    if not path.startswith("/"):
        raise bad(say("path: {path} does not begin with /", path=repr(path)), "path")
    return route(asked.snapshot, given.text("host"), path, scheme=scheme).json()


INGRESS = Question(
    "ingress",
    "Which Ingress answers a request, where it sends it, and why the others do not.",
    ingress,
    (
        Field("scheme", "How the client speaks (default http).", choices=SCHEMES),
        Field("method", "The method; it plays no part."),
        Field("host", "The Host header; empty for none."),
        Field("path", "The path, with or without a query (default /)."),
    ),
    {
        "type": "object",
        "properties": {
            "status": {"type": "integer", "enum": [200, 404, 503]},
            "backend": {
                "type": "object",
                "nullable": True,
                "properties": {
                    "namespace": {"type": "string"},
                    "service": {"type": "string"},
                    "port": {"oneOf": [{"type": "integer"}, {"type": "string"}]},
                },
            },
            "ingress": {"type": "string", "nullable": True, "description": "`namespace/name`."},
            "rule": {
                "type": "string",
                "nullable": True,
                "description": "The field that answers: `spec.rules[0].http.paths[1]`.",
            },
            "tls_secret": {"type": "string", "nullable": True},
            "endpoints": {**_TEXTS, "description": "`ip:port`."},
            "ingress_status_addresses": _TEXTS,
            "why": WHY,
        },
    },
    reads=frozenset({"Ingress", "IngressClass", "Service", "EndpointSlice", "Secret"}),
)
