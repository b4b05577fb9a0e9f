"""The table of the diagrams: who draws each, of which kind, and with which parameters.

A new diagram is one line here. Everything else follows: the page and its menu, the graph's JSON,
the socket, `netviz export`, the question `graph`, the strip of an object's page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cluster.machinery.drawing import Graph
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say
from cluster.questions.facts import Facts
from cluster.questions.views import compare, paths_flows, slices
from cluster.questions.views.dns import PARAMETERS as DNS_PARAMETERS
from cluster.questions.views.dns import dns
from cluster.questions.views.endpoints import endpoints
from cluster.questions.views.families import families
from cluster.questions.views.ingress import PARAMETERS as INGRESS_PARAMETERS
from cluster.questions.views.ingress import ingress
from cluster.questions.views.paths import paths
from cluster.questions.views.policy import PARAMETERS as POLICY_PARAMETERS
from cluster.questions.views.policy import policy
from cluster.questions.views.request import BadParameter, Parameter, ViewRequest, read_request
from cluster.questions.views.trace_path import PARAMETERS as TRACE_PARAMETERS
from cluster.questions.views.trace_path import trace_view

View = Callable[[Snapshot, Facts, ViewRequest], Graph]


@dataclass(frozen=True, slots=True)
class Diagram:
    """One diagram: its function, the kind of the object it is of, and its own parameters."""

    draw: View
    of: str = "Service"
    parameters: tuple[Parameter, ...] = ()


DIAGRAMS: Mapping[str, Diagram] = MappingProxyType({
    "endpoints": Diagram(endpoints),
    "paths": Diagram(paths, parameters=paths_flows.PARAMETERS),
    "compare": Diagram(compare.compare, parameters=compare.PARAMETERS),
    "slices": Diagram(slices.slices, parameters=slices.PARAMETERS),
    "dns": Diagram(dns, "Service", DNS_PARAMETERS),
    "ingress": Diagram(ingress, "Ingress", INGRESS_PARAMETERS),
    "policy": Diagram(policy, "NetworkPolicy", POLICY_PARAMETERS),
    "families": Diagram(families),
})  # fmt: skip
VIEW_TABLE: Mapping[str, Diagram] = MappingProxyType({
    **DIAGRAMS, "trace": Diagram(trace_view, "", TRACE_PARAMETERS),
})  # fmt: skip
"""Every view but the map: the diagrams of objects, and the path of a traced connection."""

VIEWS = ("map", *VIEW_TABLE)


def parameters_of(view: str) -> tuple[Parameter, ...]:
    """Return the parameters that only `view` has; none for the map and unknown views."""
    return VIEW_TABLE[view].parameters if view in VIEW_TABLE else ()


def all_parameters() -> Mapping[str, str]:
    """Return every view's own parameters by name with what they say, in the table's order."""
    found: dict[str, str] = {}
    for name, diagram in VIEW_TABLE.items():
        for parameter in diagram.parameters:
            text = say("Of `{name}`: {text}", name=name, text=parameter.text)
            before = found.get(parameter.name)
            found[parameter.name] = f"{before} {text}" if before else text
    return found


def parse_request(query: Mapping[str, str], cluster: str) -> ViewRequest:
    """Return the request in a query string; raises BadParameter.

    A parameter of other views is refused: it would be believed to have changed something.
    """
    view = query.get("view") or "map"
    if view not in VIEWS:
        text = say("no view {view}; known are {views}", view=repr(view), views=joined(", ", VIEWS))
        raise BadParameter("view", text)
    own = parameters_of(view)
    names = {parameter.name for parameter in own}
    for name in all_parameters():
        if query.get(name) and name not in names:
            has = joined(", ", sorted(names)) or say("none of its own")
            text = say(
                "the view {view} has no such parameter; it has {parameters}",
                view=view,
                parameters=has,
            )
            raise BadParameter(name, text)
    return read_request(query, cluster, view, own)
