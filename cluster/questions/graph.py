"""The question `graph`: what the pages draw, as JSON (docs/graph.md)."""

from __future__ import annotations

from cluster.machinery.errors import NotFound
from cluster.machinery.manifest import Manifest
from cluster.questions.asked import Asked
from cluster.questions.question import Field, Given, Question, QuestionError, bad
from cluster.questions.views import view_json
from cluster.questions.views.request import LEVELS, VIEWS


def graph(asked: Asked, given: Given) -> Manifest:
    """Answer the graph JSON of a view."""
    query = {
        name: ",".join(str(item) for item in value) if isinstance(value, list) else str(value)
        for name, value in given.fields.items()
        if name != "ask" and value is not None
    }
    try:
        return view_json(
            asked.snapshot, asked.facts, query,
            revision=asked.revision, time=asked.time, cluster=asked.cluster,
        )  # fmt: skip
    except NotFound as error:
        raise QuestionError("NotFound", error.message, "of") from error
    except ValueError as error:
        field = str(error).partition(":")[0]
        raise bad(str(error), field if field in query else "view") from error


GRAPH = Question(
    "graph",
    "A view as a graph: nodes, edges, groups, what was left out of it.",
    graph,
    (
        Field("view", "Which view.", choices=VIEWS),
        Field("of", "The object it is of, as `namespace/name` or `Kind/namespace/name`."),
        Field("level", "The level of detail of the map.", choices=LEVELS),
        Field("ns", "Only these namespaces.", "texts"),
        Field("budget", "The most nodes and edges to draw.", "number"),
        Field("page", "Which page of a long list of Pods.", "number"),
        Field("from", "Of a trace: who connects, as the question `trace` has it."),
        Field("to", "Of a trace: to whom."),
        Field("port", "Of a trace: the port.", "port"),
        Field("protocol", "Of a trace: the protocol.", choices=("TCP", "UDP", "SCTP")),
    ),
    {
        "type": "object",
        "properties": {
            "rev": {"type": "integer"},
            "nodes": {"type": "array", "items": {"type": "object"}},
            "edges": {"type": "array", "items": {"type": "object"}},
            "groups": {"type": "array", "items": {"type": "object"}},
            "truncated": {"type": "object"},
            "next": {"type": "string", "nullable": True},
        },
    },
)
