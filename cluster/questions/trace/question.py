"""The question `trace`: one connection, step by step, with the reasons."""

from __future__ import annotations

from dataclasses import replace

from cluster.machinery.manifest import Manifest
from cluster.machinery.snapshot import Snapshot
from cluster.questions.asked import Asked
from cluster.questions.facts import Facts
from cluster.questions.question import Field, Given, Question
from cluster.questions.trace.answer import Request, Trace
from cluster.questions.trace.peers import (
    find_destination_peer,
    find_peer,
    read_port,
    read_protocol,
)
from cluster.questions.trace.reply import reply_of
from cluster.questions.trace.tracing import trace

PEERS = (
    "`ns/pod`, `ns/deploy/name` (any workload kind), `ns/svc/name`, an address, a CIDR, "
    "`internet`, `node/name`"
)


def traced(asked: Asked, given: Given) -> Trace:
    """Return the trace that `from`, `to`, `port` and `protocol` ask for; raises QuestionError."""
    return trace_in(asked.snapshot, asked.facts, given)


def trace_in(snapshot: Snapshot, facts: Facts, given: Given) -> Trace:
    """Return the trace as `traced` does, of one snapshot."""
    source_text, destination_text = given.required("from"), given.required("to")
    source = find_peer(snapshot, source_text, "from")
    destination = find_destination_peer(snapshot, destination_text)
    port = read_port(given.text("port"), "port")
    protocol = read_protocol(given.text("protocol"), "protocol")
    if port is not None:
        destination = replace(destination, port=port)
    if protocol is not None:
        destination = replace(destination, protocol=protocol)
    request = Request(source, destination, source_text, destination_text)
    found = trace(snapshot, facts, request)
    return reply_of(found) if given.flag("reply") else found


def _answer(asked: Asked, given: Given) -> Manifest:
    """Answer the steps, the endpoints and the verdict."""
    return traced(asked, given).json()


_TEXT: Manifest = {"type": "string"}
_WORD: Manifest = {"type": "string", "nullable": True}
TRACE = Question(
    "trace",
    "One connection, step by step: where it goes, where it stops, and why.",
    _answer,
    (
        Field("from", f"Who opens it: {PEERS}.", is_required=True),
        Field(
            "to",
            "To whom: the same words, a DNS name or a URL; `:PORT[/PROTOCOL]` may follow.",
            is_required=True,
        ),
        Field("port", "The port, by number or name.", "port"),
        Field("protocol", "The protocol.", choices=("TCP", "UDP", "SCTP")),
        Field("reply", "Follow the reply to the connection instead.", "flag"),
    ),
    {
        "type": "object",
        "required": ["verdict", "steps", "endpoints", "not_checked"],
        "properties": {
            "verdict": {"type": "string", "enum": ["reaches", "blocked", "partial", "unknown"]},
            "from": _TEXT,
            "to": _TEXT,
            "shown": _TEXT,
            "steps": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "stage": _TEXT,
                        "question": _TEXT,
                        "result": {"type": "string", "enum": ["pass", "fail", "skip", "unknown"]},
                        "text": _TEXT,
                        "confidence": {"type": "string", "enum": ["configured", "assumed"]},
                        "rule": _TEXT,
                        "evidence": {"type": "array", "items": {"type": "object"}},
                        "closest_miss": {"type": "object", "nullable": True},
                        "smallest_change": {"type": "object", "nullable": True},
                    },
                },
            },
            "endpoints": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "endpoint": _TEXT, "pod": _WORD, "node": _WORD, "source": _TEXT,
                        "verdict": _TEXT, "stage": _WORD, "text": _TEXT,
                    },
                },
            },
            "not_checked": {"type": "array", "items": _TEXT},
        },
    },
    frozenset({
        "Namespace", "Node", "Pod", "Service", "EndpointSlice", "NetworkPolicy", "Ingress",
        "IngressClass",
    }),
)  # fmt: skip
