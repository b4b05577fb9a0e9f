"""The questions there are, by name (questions.md): the one list that every door reads.

An answer reads a settled cluster and changes nothing: `create` and `update` are dry runs.
"""

from __future__ import annotations

from collections.abc import Mapping

from cluster.questions.dns import DNS, RESOLVCONF
from cluster.questions.endpointslices import ENDPOINTSLICES
from cluster.questions.environment import ENVIRONMENT
from cluster.questions.findings import FINDINGS
from cluster.questions.graph import GRAPH
from cluster.questions.ingress import INGRESS
from cluster.questions.objects import OBJECTS
from cluster.questions.plan.question import PLAN
from cluster.questions.proxy import PROXY
from cluster.questions.question import Question
from cluster.questions.reach.question import REACH
from cluster.questions.trace.question import TRACE
from cluster.questions.writes import CREATE, UPDATE

QUESTIONS: Mapping[str, Question] = {
    question.ask: question
    for question in (
        CREATE,
        UPDATE,
        OBJECTS,
        ENDPOINTSLICES,
        DNS,
        RESOLVCONF,
        ENVIRONMENT,
        PROXY,
        INGRESS,
        FINDINGS,
        GRAPH,
        REACH,
        TRACE,
        PLAN,
    )
}
