"""The path of a traced connection as a graph: numbered steps on the cards of what they are about.

Steps are walked in order. Those about an object (name, Service, proxy, route) put their number on
its card; those about the way between two put it on the line. Beyond a stop everything is faint.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import (
    EdgeState,
    Graph,
    GraphEdge,
    GraphNode,
    Lane,
    Reason,
    Shield,
    StepMark,
)
from cluster.machinery.errors import NotFound
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import opened, say, say_n
from cluster.questions.facts import Facts
from cluster.questions.question import Given, QuestionError
from cluster.questions.trace.answer import Trace
from cluster.questions.trace.question import TRACE, trace_in
from cluster.questions.trace.steps import EndpointVerdict, Step
from cluster.questions.views import trace_words as words
from cluster.questions.views.request import BadParameter, Parameter, ViewRequest
from cluster.questions.views.trace_cards import (
    destination_card,
    direct_card,
    dns_card,
    endpoint_card,
    entry_card,
    fold_card,
    named_card,
    object_of,
    proxy_card,
    source_card,
)
from cluster.questions.workloads import workload_of

ONE_BY_ONE = 12
"""Endpoints that are drawn one by one; more are drawn by workload and by where they stop."""

Side: TypeAlias = Literal["from", "to"]
_LANES = (
    ("source", say("Source")), ("entry", say("Way in")), ("route", say("Route")),
    ("service", "Service"), ("proxy", say("Proxy")), ("endpoints", opened(say("endpoints"))),
)  # fmt: skip
_ENTERING = frozenset({"load-balancer", "node-port"})
_NAMING = ("name", "resolver", "dns-policy")
_STATES: dict[str, EdgeState] = {
    "pass": "allow", "skip": "allow", "fail": "deny", "unknown": "unknown",
}  # fmt: skip
_JUDGING = ("egress", "ingress", "port")


PARAMETERS = (
    Parameter("from", "Who connects, as the question `trace` has it."),
    Parameter("to", "To whom."),
    Parameter("port", "The port, by number or name."),
    Parameter("proto", "The protocol."),
    Parameter("reply", "The reply to the connection instead.", ("1",)),
)


def connection_of(request: ViewRequest) -> Given:
    """Return the fields of the question `trace` that a request asks for."""
    names = {"proto": "protocol"}
    return Given({names.get(name, name): value for name, value in request.given.items()})


def trace_view(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    """Return the trace that a request asks for as a graph.

    Raises NotFound where an end does not exist, ValueError naming the field that cannot be read.
    """
    try:
        trace = trace_in(snapshot, facts, connection_of(request))
    except QuestionError as error:
        if error.code == "NotFound":
            raise NotFound(error.message) from error
        raise BadParameter(error.field, error.message) from error
    return draw_trace(snapshot, trace, request)


def draw_trace(snapshot: Snapshot, trace: Trace, request: ViewRequest) -> Graph:
    """Return a trace as a graph; `extra` holds the table of endpoints and whom it rests on."""
    path = _Path(snapshot, trace, request)
    path.walk()
    used = {node.lane for node in path.nodes.values()}
    counts = {"endpoints": len(trace.endpoints)} if trace.endpoints else {}
    return Graph(
        view="trace", level="L2", layout="lanes",
        scope={"kind": "Trace", "namespace": "", "name": "|".join(
            value for _name, value in sorted(request.given.items()))},
        title=say("{source} to {destination}", source=trace.source, destination=trace.destination),
        label=say("Path from {source} to {destination}, step by step", source=trace.source,
        destination=trace.destination),
        crumbs=((request.cluster, request.map_href()), ("trace", None)),
        verdict=words.verdict(trace),
        counters=words.counters(trace),
        lanes=tuple(
            Lane(name, path.lane_label(name, label), counts.get(name))
            for name, label in _LANES
            if name in used
        ),
        nodes=tuple(path.nodes.values()), edges=tuple(path.edges.values()),
        truncated={"endpoint": path.folded} if path.folded else {},
        columns=words.COLUMNS, rows=words.rows(trace), text=words.outline(trace),
        extra={"reads": [*sorted(TRACE.reads)]},
    )  # fmt: skip


@dataclass(slots=True)
class _Path:
    """The drawing while the steps are walked; `at` is the card where the connection is."""

    snapshot: Snapshot
    trace: Trace
    request: ViewRequest
    nodes: dict[str, GraphNode] = field(default_factory=dict)
    edges: dict[str, GraphEdge] = field(default_factory=dict)
    at: str = ""
    dns: str = ""
    folded: int = 0
    waiting: list[StepMark] = field(default_factory=list)
    """Numbers of steps that are about no card: they go on the next line."""

    def walk(self) -> None:
        """Draw every step."""
        self.at = self._add(source_card(self.snapshot, self.trace, self.request))
        numbered = list(enumerate(self.trace.steps, start=1))
        beyond = [mark(number, step) for number, step in numbered if not words.is_reached(step)]
        stopped = None
        for number, step in numbered:
            if not words.is_reached(step) or step.stage in _JUDGING:
                continue
            self._step(number, step)
            if step.result == "fail":
                stopped = step
        judged: dict[str, tuple[int, Step]] = {
            step.stage: (number, step)
            for number, step in numbered
            if step.stage in _JUDGING and (words.is_reached(step) or self.trace.own)
        }
        if self.trace.own:
            self._endpoints(judged)
        elif stopped is not None or beyond:
            self._beyond(beyond, is_stopped=stopped is not None)
        if len(self.trace.own) < len(self.trace.endpoints):
            self._others()

    # cards and lines

    def _add(self, node: GraphNode) -> str:
        self.nodes.setdefault(node.id, node)
        return node.id

    def _mark(self, name: str, *marks: StepMark) -> None:
        node = self.nodes[name]
        self.nodes[name] = replace(node, steps=(*node.steps, *marks))

    def _line(
        self, source: str, target: str, state: EdgeState, step: Step | None = None
    ) -> GraphEdge:
        """Add a line with the numbers that wait for one."""
        name = f"{source}->{target}"
        edge = self.edges.get(name) or GraphEdge(
            name, source, target, state,
            title=step.text if step is not None else "",
            why=reasons_of(step) if step is not None else (),
        )  # fmt: skip
        marks, self.waiting = tuple(self.waiting), []
        edge = replace(edge, state=state, steps=(*edge.steps, *marks))
        self.edges[name] = edge
        return edge

    # steps

    def _step(self, number: int, step: Step) -> None:
        if step.stage in _NAMING:
            self._naming(number, step)
            return
        at = mark(number, step)
        if step.stage == "proxy":
            self._go(proxy_card(step, self.request), step, at)
        elif step.stage == "endpoint-choice":
            self._mark(self.at, at)
        elif step.stage in _ENTERING:
            self._go(entry_card(step, self.request), step, at)
        elif step.stage == "service" and step.result == "skip":
            self._go(direct_card(step), step, at)
        elif step.result == "skip" or not step.evidence:
            self.waiting.append(at)
        else:
            self._named(step, at)

    def _named(self, step: Step, at: StepMark) -> None:
        """Go to the Service that a step is about; a route leads to it through its Ingress."""
        first = step.evidence[0]
        if step.stage == "route":
            ways = [e for e in step.evidence if e.object.startswith("Ingress ")]
            paths = [e for e in ways if e.path.endswith("]")]
            first = next(iter((*paths, *ways)), first)
        lane = "route" if step.stage == "route" else "service"
        card = named_card(self.snapshot, first, self.request, lane)
        if card is None:
            self.waiting.append(at)
            return
        self._go(card, step, at)
        behind = next((e for e in step.evidence if e.object.startswith("Service ")), None)
        if step.stage == "route" and step.result == "pass" and behind is not None:
            service = named_card(self.snapshot, behind, self.request, "service")
            if service is not None:
                self._line(self.at, self._add(service), "allow", step)
                self.at = service.id

    def _go(self, card: GraphNode, step: Step, at: StepMark) -> None:
        """Follow the connection to a card, whose step it is."""
        name = self._add(card)
        if name != self.at:
            self._line(self.at, name, _STATES[step.result], step)
        self._mark(name, at)
        if step.result == "fail" and step.stage != "proxy":
            self.nodes[name] = replace(self.nodes[name], state="deny", word=say("stops here"))
        self.at = name

    def _has_entry(self) -> bool:
        return any(step.stage in _ENTERING for step in self.trace.steps if step.question)

    def lane_label(self, lane: str, label: str) -> str:
        """Return what a lane is called; the one with the name server says so."""
        if self.dns and self.nodes[self.dns].lane == lane:
            others = any(n.lane == lane and n.id != self.dns for n in self.nodes.values())
            return say("Name and {label}", label=label) if others else "Name"
        return label

    def _naming(self, number: int, step: Step) -> None:
        """Draw a lookup: the name server beside the way, and what may keep the client from it."""
        if not self.dns:
            named = [item for item in self.trace.steps if item.stage in _NAMING]
            lane = "entry" if self._has_entry() else "service"
            self.dns = self._add(replace(dns_card(named, self.request), lane=lane))
            self._line(self.at, self.dns, "dns", step)
        at = mark(number, step)
        name = f"{self.at}->{self.dns}"
        if step.stage != "dns-policy" or name not in self.edges:
            self._mark(self.dns, at)
            return
        edge = self.edges[name]
        is_open = step.result != "fail"
        shield = Shield("E", "allow" if is_open else "deny")
        self.edges[name] = replace(
            edge, steps=(*edge.steps, at), shields=(shield,), state="dns" if is_open else "deny",
            stop=None if is_open else "from", title=step.text, why=reasons_of(step),
        )  # fmt: skip

    # endpoints

    def _endpoints(self, judged: dict[str, tuple[int, Step]]) -> None:
        own = self.trace.own
        egress = judged.get("egress")
        if egress is not None:
            self._mark(self._judged_source(), mark(*egress))
        is_whole = len(own) <= ONE_BY_ONE
        if not is_whole:
            self.folded = len(own)
        marked: set[str] = set()
        for card, members in self._cards(own, is_whole=is_whole):
            name = self._add(card)
            self._endpoint_line(name, members[0], judged)
            self._endpoint_marks(name, members[0], judged, marked)

    def _judged_source(self) -> str:
        """Return the card whose egress is judged: with a route in between, the controller's."""
        entries = [
            name for name, node in self.nodes.items() if node.lane == "entry" and name != self.dns
        ]
        has_route = any(step.stage == "route" for step in self.trace.steps)
        return entries[0] if has_route and entries else next(iter(self.nodes))

    def _cards(
        self, own: Iterable[EndpointVerdict], *, is_whole: bool
    ) -> list[tuple[GraphNode, list[EndpointVerdict]]]:
        """Return a card per endpoint, or one per workload and place where it stops."""
        if is_whole:
            found: dict[str, list[EndpointVerdict]] = {}
            for item in own:
                found.setdefault(words.endpoint_id(item), []).append(item)
            for members in found.values():  # the one that is stopped tells more
                members.sort(key=lambda item: item.verdict == "reaches")
            return [
                (endpoint_card(self.snapshot, members[0], self.request), members)
                for members in found.values()
            ]
        folds: dict[tuple[Key | None, str, str], list[EndpointVerdict]] = {}
        for item in own:
            folds.setdefault((self._workload(item), item.verdict, item.stage), []).append(item)
        return [
            (fold_card(workload, verdict, stage, len(members), self.request), members)
            for (workload, verdict, stage), members in folds.items()
        ]

    def _workload(self, found: EndpointVerdict) -> Key | None:
        key = object_of(found.pod) if found.pod else None
        pod = self.snapshot.get(Pod, key[1], key[2]) if key is not None else None
        workload = None if pod is None else workload_of(self.snapshot, pod)
        return None if workload is None or workload.kind == "Pod" else workload

    def _endpoint_line(
        self, name: str, found: EndpointVerdict, judged: dict[str, tuple[int, Step]]
    ) -> None:
        is_reached = found.verdict == "reaches"
        step = judged.get(found.stage or "ingress", (0, None))[1]
        passing: EdgeState = "unknown" if self.trace.verdict == "unknown" else "allow"
        edge = self._line(self.at, name, passing if is_reached else "deny", step)
        shields: list[Shield] = []
        if "egress" in judged and judged["egress"][1].result != "skip":
            shields.append(Shield("E", "deny" if found.stage == "egress" else "allow"))
        is_judged = "ingress" in judged and judged["ingress"][1].result != "skip"
        if is_judged and found.stage != "egress":
            shields.append(Shield("I", "deny" if found.stage == "ingress" else "allow"))
        stop: Side | None = None
        if not is_reached:
            stop = "from" if found.stage == "egress" else "to"
        title = found.text or edge.title
        self.edges[edge.id] = replace(
            edge, shields=tuple(shields), stop=stop, title=title,
            faint=found.verdict == "reaches" and self._stops_elsewhere(),
        )  # fmt: skip

    def _stops_elsewhere(self) -> bool:
        return any(item.verdict != "reaches" for item in self.trace.own)

    def _endpoint_marks(
        self,
        name: str,
        found: EndpointVerdict,
        judged: dict[str, tuple[int, Step]],
        marked: set[str],
    ) -> None:
        """Put the numbers of ingress and port where they are decided, else on the first card."""
        ingress, port = judged.get("ingress"), judged.get("port")
        if ingress is not None and found.stage != "egress":
            decides = found.stage == "ingress" or ingress[1].result != "fail"
            if decides and (found.stage == "ingress" or "ingress" not in marked):
                marked.add("ingress")
                self._mark(name, mark(*ingress))
        if port is not None and "port" not in marked and found.verdict == "reaches":
            marked.add("port")
            self._mark(name, mark(*port))

    # beyond

    def _beyond(self, marks: list[StepMark], *, is_stopped: bool) -> None:
        """Draw where the connection was to go, and the steps it did not get to."""
        card = destination_card(self.trace)
        if card.id in self.nodes:
            return
        last = self.edges.get(next(reversed(self.edges)), None) if self.edges else None
        is_cut = is_stopped and (last is None or last.state != "deny")
        name = self._add(replace(card, steps=tuple(marks)))
        self.waiting = []
        edge = self._line(self.at, name, "deny" if is_cut else "unknown")
        self.edges[edge.id] = replace(edge, faint=not is_cut, stop="from" if is_cut else None)

    def _others(self) -> None:
        """Draw endpoints that other sources than the one shown come to."""
        drawn = {words.endpoint_id(item) for item in self.trace.own}
        rest = [item for item in self.trace.endpoints if words.endpoint_id(item) not in drawn]
        if not rest:
            return
        name = self._add(
            GraphNode(
                id="Source//others", kind="Source", namespace="", name=say("other sources"),
                lane="source", order="~", paint="external", icon="group", overline=say("Source"),
                meta=say_n("{n:,} endpoint", "{n:,} endpoints", len(rest)), state="ok",
                word=say("fares otherwise"),
                label=say("Source other sources, which fare otherwise"), faint=True,
            )
        )  # fmt: skip
        for card, members in self._cards(rest, is_whole=len(rest) <= ONE_BY_ONE):
            target = self._add(replace(card, faint=True))
            state: EdgeState = "allow" if members[0].verdict == "reaches" else "deny"
            edge = self._line(name, target, state)
            self.edges[edge.id] = replace(
                edge, faint=True, title=say("from {source}", source=members[0].source)
            )


def mark(number: int, step: Step) -> StepMark:
    """Return the number of a step as it is drawn."""
    return StepMark(number, words.mark_of(step))


def reasons_of(step: Step) -> tuple[Reason, ...]:
    """Return what a step rests on, as reasons of a card or line."""
    first = Reason(step.text, cause=step.result == "fail")
    return (
        first,
        *(Reason(step.question, item.object, item.path, item.value) for item in step.evidence),
    )
