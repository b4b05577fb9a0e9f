"""The answer: what several flows come to together, and what none of them checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from cluster.machinery.manifest import Manifest
from cluster.machinery.texts import say, say_n
from cluster.questions.trace.peers import (
    AddressPeer,
    Destination,
    NetworkPeer,
    ServicePeer,
    TracePeer,
)
from cluster.questions.trace.steps import (
    EndpointVerdict,
    Flow,
    Stage,
    Step,
    TraceVerdict,
    together,
)
from cluster.questions.words import listed

MOST_SOURCES = 24
"""Pods of one workload that are followed, no two alike; more differ in their Nodes alone."""

_ORDER: tuple[Stage, ...] = ("service", "proxy", "endpoint-choice", "egress", "ingress", "port")


@dataclass(frozen=True, slots=True)
class Trace:
    """The answer: the steps of the flow that tells most, the endpoints of all of them.

    `own` are the endpoints of the flow that is shown, `sources` counts all sources; both are for
    drawings and no part of the JSON.
    """

    source: str
    destination: str
    verdict: TraceVerdict
    steps: tuple[Step, ...]
    endpoints: tuple[EndpointVerdict, ...]
    shown: str
    not_checked: tuple[str, ...] = field(default=())
    own: tuple[EndpointVerdict, ...] = ()
    sources: int = 1

    def json(self) -> Manifest:
        """The JSON of the question `trace`."""
        return {
            "verdict": self.verdict,
            "from": self.source,
            "to": self.destination,
            "shown": self.shown,
            "steps": [step.json() for step in self.steps],
            "endpoints": [endpoint.json() for endpoint in self.endpoints],
            "not_checked": [*self.not_checked],
        }


@dataclass(frozen=True, slots=True)
class Request:
    """What is traced; port and protocol None where not given."""

    source: TracePeer
    destination: Destination
    source_text: str
    destination_text: str


def answer(request: Request, flows: list[Flow], sources: int) -> Trace:
    """Return what the flows come to; `sources` is how many there are, followed or not."""
    shown = next((flow for flow in flows if flow.verdict != "reaches"), flows[0])
    return Trace(
        source=request.source_text,
        destination=request.destination_text,
        verdict=together(flow.verdict for flow in flows),
        steps=tuple(_whole(shown)),
        endpoints=tuple(_merged(flows)),
        shown=shown.source,
        not_checked=tuple(_not_checked(request, sources)),
        own=tuple(shown.endpoints),
        sources=sources,
    )


def _merged(flows: list[Flow]) -> Iterator[EndpointVerdict]:
    """Yield what becomes of each endpoint, sources that fare alike together."""
    alike: dict[tuple[str, str, str], list[EndpointVerdict]] = {}
    for flow in flows:
        for found in flow.endpoints:
            alike.setdefault((found.endpoint, found.verdict, found.stage), []).append(found)
    for held in alike.values():
        sources = list(dict.fromkeys(found.source for found in held))
        yield replace(held[0], source=listed(sources))


def _whole(flow: Flow) -> Iterator[Step]:
    """Yield the steps of a flow, with those that it did not get to."""
    yield from flow.steps
    last = flow.steps[-1].stage
    if flow.endpoints or flow.steps[-1].result != "fail":
        return
    start = _ORDER.index(last) + 1 if last in _ORDER else 0
    for stage in _ORDER[start:]:
        yield Step(stage, "", "skip", say("Not reached."), "")


def _not_checked(request: Request, sources: int) -> Iterator[str]:
    yield say("whether the network plugin enforces NetworkPolicies as the API describes them")
    yield say("whether a process listens on the port, and answers")
    yield say("firewalls, routes and security groups outside of Kubernetes")
    if isinstance(request.destination.peer, ServicePeer):
        yield say("the lookup of the Service's name: trace to the name instead of the Service")
    if isinstance(request.source, AddressPeer | NetworkPeer):
        yield say("whether the client can route to the address at all")
    if sources > MOST_SOURCES:
        yield say_n("{n} more sources", "{n} more sources", sources - MOST_SOURCES)
