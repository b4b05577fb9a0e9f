"""The question `reach`: who may open which connection to whom."""

from __future__ import annotations

from cluster.domains.policy.reach import Reach
from cluster.machinery.manifest import JSON, Manifest
from cluster.questions.asked import Asked
from cluster.questions.question import Field, Given, Question
from cluster.questions.reach.filters import parse_filter
from cluster.questions.reach.options import OPTION_NAMES, parse_options
from cluster.questions.reach.reachability import reachability, row_json

WORDS = (
    "namespaces, `ns/name`, `ns/kind/name`, `ns/svc/name`, `label=value`, addresses, CIDRs, "
    "`internet`, `{ingress-controller}`"
)
READ_KINDS = frozenset(
    {"Namespace", "Pod", "NetworkPolicy", "Service", "EndpointSlice", "Ingress", "IngressClass"}
)


def connections(asked: Asked, given: Given) -> list[Reach]:
    """Return the rows that `from`, `to` and `options` ask for; raises QuestionError."""
    snapshot = asked.snapshot
    source = parse_filter(snapshot, given.texts("from"), "from")
    destination = parse_filter(snapshot, given.texts("to"), "to")
    options = parse_options(given.mapping("options", {}))
    return reachability(snapshot, options, source.wants, destination.wants)


def reach(asked: Asked, given: Given) -> Manifest:
    """Answer every pair of peers that may open a connection, with the ports."""
    found: list[JSON] = [row_json(row) for row in connections(asked, given)]
    return {"connections": found}


REACH = Question(
    "reach",
    "Who may open which connection to whom, as NetworkPolicies say.",
    reach,
    (
        Field("from", f"Only from these peers: {WORDS}.", "texts"),
        Field("to", "Only to these peers, in the same words.", "texts"),
        Field("options", f"Other conventions: {', '.join(OPTION_NAMES)}.", "mapping"),
    ),
    {
        "type": "object",
        "required": ["connections"],
        "properties": {
            "connections": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "src": {"type": "string"},
                        "dst": {"type": "string"},
                        "ports": {"type": "array", "items": {"type": "array", "items": {}}},
                    },
                },
            },
        },
    },
    READ_KINDS,
)
