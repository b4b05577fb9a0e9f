"""The question `graph`: what the pages draw, as JSON (docs/graph.md)."""

from __future__ import annotations

from collections.abc import Mapping

from cluster.machinery.errors import NotFound
from cluster.machinery.manifest import Manifest
from cluster.questions.asked import Asked
from cluster.questions.question import Field, Given, Question, QuestionError, bad
from cluster.questions.views import view_json
from cluster.questions.views.request import GROUPINGS, LEVELS, BadParameter
from cluster.questions.views.table import VIEWS, all_parameters


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
    except (NotFound, ValueError) as error:
        raise refusal(error, query) from error


def refusal(error: NotFound | ValueError, query: Mapping[str, str]) -> QuestionError:
    """Return why a view cannot be drawn, with the member of its query that is to blame."""
    if isinstance(error, NotFound):
        is_namespace = error.message.startswith("namespaces ") and "ns" in query
        return QuestionError("NotFound", error.message, "ns" if is_namespace else "of")
    if not isinstance(error, BadParameter):
        return bad(str(error), "view")
    field = "level" if error.name == "lvl" else error.name
    return bad(error.fault, field) if field in FIELDS else bad(error.message, "view")


FIELDS = frozenset({"view", "of", "level", "ns", "budget", "page", *all_parameters()})
GRAPH = Question(
    "graph",
    "A view as a graph: nodes, edges, groups, what was left out of it.",
    graph,
    (
        Field("view", "Which view.", choices=VIEWS),
        Field("of", "The object it is of, as `namespace/name` or `Kind/namespace/name`."),
        Field("level", "The level of detail of the map.", choices=LEVELS),
        Field("ns", "Only these namespaces.", "texts"),
        Field("grp", "What Pods are grouped by on the namespace level.", choices=GROUPINGS),
        Field("budget", "The most nodes and edges to draw.", "number"),
        Field("open", "Cards and folds to expand in place, by id.", "texts"),
        Field("keep", "Cards and lines to fold last, by id.", "texts"),
        Field("page", "Which page of a long list of Pods.", "number"),
        Field("rows", "Which page of a long table; `listed` tells where it is.", "number"),
        *(Field(name, text) for name, text in all_parameters().items()),
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
