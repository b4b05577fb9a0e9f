"""Level 1 of the map: Ingresses, Services and workloads of one namespace, or of several.

Lanes run from the clients outside to the workloads; a box stands around each namespace. Over
budget, the biggest healthy namespaces without a match are folded into one card each, beyond it
into a single one, and the view says so. What is folded is never drawn: a view costs what it shows.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace

from cluster.domains.ingress.ingress import Ingress
from cluster.domains.service.service import Service
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import (
    Badge,
    Cell,
    Column,
    Counter,
    Graph,
    GraphEdge,
    GraphGroup,
    GraphNode,
    Lane,
    Line,
    Reason,
    Row,
    State,
    Verdict,
    node_id,
    worst,
)
from cluster.machinery.errors import not_found
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import bare, joined, opened, say, say_n
from cluster.questions.bootstrap import SYSTEM_NAMESPACES
from cluster.questions.facts import Facts
from cluster.questions.seen import COUNTED
from cluster.questions.summaries import NamespaceSummary, summarize
from cluster.questions.views.cards import service_card
from cluster.questions.views.grouping import Grouping
from cluster.questions.views.ingress_cards import draw_ingress
from cluster.questions.views.kept import kept_namespaces
from cluster.questions.views.map_cluster import other_namespaces
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.service_lines import INTERNET, exposure, service_lines
from cluster.questions.words import kind_word
from cluster.questions.workloads import empty_workloads

NO_LIMIT = sys.maxsize  # the first namespace is drawn, whatever its size
WORDS = {"Ingress": say("in"), "Egress": say("out")}


_Parts = tuple[list[GraphNode], list[GraphEdge], list[GraphGroup]]


@dataclass(slots=True)
class _Drawing:
    """What has been drawn so far, and what was folded."""

    nodes: dict[str, GraphNode] = field(default_factory=dict)
    edges: dict[str, GraphEdge] = field(default_factory=dict)
    groups: list[GraphGroup] = field(default_factory=list)
    folded: int = 0
    unseen: int = 0
    """Services of namespaces that are folded."""
    unwell: int = 0
    """Those of them with a finding that is more than a hint."""

    @property
    def size(self) -> int:
        return len(self.nodes) + len(self.edges)

    def leave_out(self, name: str, summary: NamespaceSummary, facts: Facts) -> None:
        """Count the Services of a namespace that is not drawn one by one."""
        self.unseen += summary.services
        self.unwell += len({
            finding.key for finding in facts.within(name)
            if finding.key.kind == "Service" and finding.severity != "info"
        })  # fmt: skip

    def add(self, nodes: list[GraphNode], edges: list[GraphEdge]) -> None:
        self.nodes |= {node.id: node for node in nodes}
        self.edges |= {edge.id: edge for edge in edges}


def namespace_map(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    """Return the namespaces asked for, all without any; raises NotFound for an unknown one."""
    names = namespaces_asked(snapshot, request)
    drawing = _Drawing()
    grouping = Grouping(snapshot, facts, request)
    summaries = {name: facts.summaries.get(name) or summarize(name, snapshot) for name in names}
    if not request.namespaces:
        names = [name for name in names if not _is_empty(snapshot, name, summaries[name])]
    rest: list[NamespaceSummary] = []
    kept = kept_namespaces(snapshot, facts, request)
    for name in sorted(
        names, key=lambda n: (n not in kept, not facts.any_within(n), summaries[n].pods, n)
    ):
        summary = summaries[name]
        room = request.budget - drawing.size if drawing.nodes else NO_LIMIT
        if room <= 0:
            rest.append(summary)
            drawing.leave_out(name, summary, facts)
            continue
        drawn = _namespace_within(grouping, name, room)
        if drawn is None:
            drawing.folded += 1
            drawing.leave_out(name, summary, facts)
            drawn = [_folded(name, summary, facts, request)], [], []
        nodes, edges, boxes = drawn
        drawing.add(nodes, edges)
        drawing.groups += boxes
        drawing.groups.append(_box(name, summary, request))
    if rest:
        drawing.add([replace(other_namespaces(rest), lane="service")], [])
        drawing.folded += len(rest)
    if any(edge.source == INTERNET for edge in drawing.edges.values()):
        drawing.add([_internet()], [])
    pods = sum(s.pods for s in summaries.values())
    ready = sum(s.ready for s in summaries.values())
    title = (
        say("Map of {names}", names=joined(", ", names))
        if request.namespaces
        else say("Map of {cluster}", cluster=request.cluster)
    )
    crumbs: tuple[tuple[str, str | None], ...] = (
        (request.cluster, request.map_href(lvl="L0")),
        (say("map"), None if not request.namespaces else request.map_href()),
    )
    if request.namespaces:
        crumbs = (*crumbs, (joined(", ", names), None))
    return Graph(
        view="map", level="L1", layout="namespaces",
        scope={"namespace": ",".join(request.namespaces)} if request.namespaces else {},
        title=title, label=say("{title}: Ingresses, Services and workloads", title=title),
        crumbs=crumbs, verdict=_verdict(drawing, names, pods, ready),
        counters=_counters(list(summaries.values()), _findings(facts, names), request),
        lanes=_lanes(drawing),
        nodes=tuple(drawing.nodes.values()), edges=tuple(drawing.edges.values()),
        groups=tuple(drawing.groups),
        truncated={"Namespace": drawing.folded} if drawing.folded else {},
        columns=_COLUMNS, rows=tuple(_row(edge, drawing) for edge in _sorted(drawing)),
        text=_text(drawing), extra={"tells": [*COUNTED]},
    )  # fmt: skip


def _counters(
    summaries: list[NamespaceSummary], found: Counter, request: ViewRequest
) -> tuple[Counter, ...]:
    """Return the numbers beside the verdict; what the reader may not see is not counted."""
    pods, ready = sum(s.pods for s in summaries), sum(s.ready for s in summaries)
    numbers = {
        "Pod": Counter(pods, say("Pods"), None, say("{ready} ready", ready=f"{ready:,}")),
        "Service": Counter(sum(s.services for s in summaries), say("Services")),
        "Ingress": Counter(sum(s.ingresses for s in summaries), say("Ingresses")),
    }
    return (*(number for kind, number in numbers.items() if request.sees(kind)), found)


def _is_empty(snapshot: Snapshot, name: str, summary: NamespaceSummary) -> bool:
    """Whether there is nothing to draw in a namespace."""
    drawn = summary.pods + summary.services + summary.ingresses
    return not drawn and not empty_workloads(snapshot, name, ())


def namespaces_asked(snapshot: Snapshot, request: ViewRequest) -> list[str]:
    """Return the namespaces asked for, all without any; raises NotFound for an unknown one."""
    if not request.namespaces:
        return sorted(item.meta.name for item in snapshot.of(Namespace))
    for name in request.namespaces:
        if snapshot.get(Namespace, "", name) is None:
            raise not_found("namespaces", "", name)
    return list(request.namespaces)


def _namespace_within(grouping: Grouping, name: str, room: int) -> _Parts | None:
    """Draw one namespace if it takes no more than `room` cards and lines, else None."""
    snapshot = grouping.snapshot
    summary = grouping.facts.summaries.get(name) or summarize(name, snapshot)
    if summary.services + summary.ingresses > room:
        return None
    nodes, edges, groups = _namespace(grouping, name)
    return (nodes, edges, groups) if len(nodes) + len(edges) <= room else None


def _namespace(grouping: Grouping, name: str) -> _Parts:
    """Draw one namespace: workloads, then Services with lines to them, then Ingresses."""
    snapshot, facts, request = grouping.snapshot, grouping.facts, grouping.request
    group = node_id("Namespace", "", name)
    pods = snapshot.within(Pod, name).values()
    drawn = grouping.draw(name, [pod for pod in pods if not pod.is_finished], group)
    nodes = drawn.nodes
    edges: list[GraphEdge] = []
    for _key, service in sorted(snapshot.within(Service, name).items()):
        lines = service_lines(snapshot, service, grouping.card_of)
        nodes.append(
            service_card(service, facts, request, lane="service", group=group, compact=True,
                         ready=lines.counts)
        )  # fmt: skip
        nodes += lines.nodes
        edges += [*lines.edges, *exposure(service)]
    for _key, ingress in sorted(snapshot.within(Ingress, name).items()):
        more, lines_in = draw_ingress(snapshot, facts, ingress, request, group)
        nodes += more
        edges += lines_in
    return nodes, edges, drawn.groups


def _folded(name: str, summary: NamespaceSummary, facts: Facts, request: ViewRequest) -> GraphNode:
    found = {finding.severity for finding in facts.within(name)}
    state: State = "deny" if "error" in found else "warn" if "warning" in found else "ok"
    return GraphNode(
        id=f"Fold/{name}", kind="Namespace", namespace="", name=name, lane="service",
        group=node_id("Namespace", "", name), order=name, paint="namespace", icon="namespace",
        overline=say("Folded"), meta=joined(" · ",
        (say_n("{n:,} Pod", "{n:,} Pods", summary.pods),
        say_n("{n:,} Service", "{n:,} Services", summary.services))), state=state,
        word=say("folded"),
        ready=(summary.ready, summary.pods), count=summary.pods,
        label=say("Namespace {name}, folded, {pods}", name=name,
        pods=say_n("{n:,} Pod", "{n:,} Pods", summary.pods)),
        href=request.object_href("Namespace", "", name), open=f"?lvl=L1&ns={name}",
    )  # fmt: skip


def _place(name: str) -> str:
    """Sort what users made before what every cluster has."""
    return f"{int(name in SYSTEM_NAMESPACES)}|{name}"


def _box(name: str, summary: NamespaceSummary, request: ViewRequest) -> GraphGroup:
    badges: tuple[Badge, ...] = ()
    if summary.denies:
        words = joined(" + ", (WORDS[word] for word in summary.denies))
        badges = (
            Badge(
                say("default-deny {words}", words=words), "deny", say("a policy selects every Pod")
            ),
        )
    pods = [say_n("{n:,} Pod", "{n:,} Pods", summary.pods)] * request.sees("Pod")
    services = say_n("{n:,} Service", "{n:,} Services", summary.services)
    sub = joined(" · ", (*pods, *[services] * request.sees("Service")))
    return GraphGroup(
        node_id("Namespace", "", name), "namespace", name, sub, icon="namespace",
        paint="namespace", order=_place(name), badges=badges,
        href=request.map_href(lvl="L1", ns=name),
    )  # fmt: skip


def _internet() -> GraphNode:
    return GraphNode(
        id=INTERNET, kind="External", namespace="", name=say("internet"), lane="client",
        order="internet", paint="external", icon="external", overline=say("External"),
        compact=True, state="ok", word=say("outside the cluster"),
        label=say("External internet, clients outside the cluster"),
        why=(Reason(say("Ingresses, NodePorts, load balancers and external addresses let it "
        "in.")),),
    )  # fmt: skip


def _lanes(drawing: _Drawing) -> tuple[Lane, ...]:
    labels = {"client": say("Clients"), "ingress": say("Ingresses"), "service": say("Services"),
              "workload": say("Workloads"), "outside": say("Outside names")}  # fmt: skip
    used = [node.lane for node in drawing.nodes.values()]
    return tuple(
        Lane(lane, label, used.count(lane)) for lane, label in labels.items() if lane in used
    )


def _findings(facts: Facts, names: list[str]) -> Counter:
    found = [f for name in names for f in facts.within(name) if f.severity != "info"]
    state: State = "ok"
    if found:
        state = "deny" if any(f.severity == "error" for f in found) else "warn"
    return Counter(len(found), say("findings") if len(found) != 1 else say("finding"), state)


def _verdict(drawing: _Drawing, names: list[str], pods: int, ready: int) -> Verdict:
    where = (
        names[0] if len(names) == 1 else say_n("{n:,} namespace", "{n:,} namespaces", len(names))
    )
    cards = [node for node in drawing.nodes.values() if node.kind == "Service"]
    services = [node for node in cards if not node.ghost]
    broken = [node for node in services if node.state in {"warn", "deny"}]
    if not broken and drawing.unwell:  # folded namespaces are no Services, and hold them
        broken = [
            node for node in drawing.nodes.values()
            if node.kind == "Namespace" and node.state in {"warn", "deny"}
        ][:1]  # fmt: skip
        cards += broken
    if not drawing.nodes:
        return Verdict(
            "unknown",
            say("Nothing runs in {where} yet", where=where) if names else say("Nothing runs yet"),
            say("Import manifests to fill it."),
        )
    waiting = (
        say(
            "{pods_are} not ready.", pods_are=say_n("{n:,} Pod is", "{n:,} Pods are", pods - ready)
        )
        if ready < pods
        else ""
    )
    total = len(services) + drawing.unseen
    if broken:
        text = say(
            "{broken} of {services} in {where} need a look",
            broken=f"{len(broken) + drawing.unwell:,}",
            services=say_n("{n:,} Service", "{n:,} Services", total),
            where=where,
        )
        first = sorted(broken, key=lambda node: node.id)[0]
        name = f"{first.namespace}/{first.name}" if first.namespace else first.name
        why = say("{first}: {word}.", first=name, word=bare(first.word))
        return Verdict(
            worst([node.state for node in cards]),
            text,
            joined(" ", (why, waiting)),
        )
    text = say(
        "All {services} in {where} have somewhere to send traffic",
        services=say_n("{n:,} Service", "{n:,} Services", total),
        where=where,
    )
    return Verdict("warn" if waiting else "ok", text, waiting or say("Every Pod is ready."))


_COLUMNS = (
    Column("state", say("State")), Column("from", say("From")), Column("to", say("To")),
    Column("port", say("Port")),
    Column("why", say("Why")), Column("count", opened(say("endpoints")), "right"),
)  # fmt: skip
_EDGE_WORDS: dict[str, tuple[State, str]] = {
    "allow": ("ok", say("sends")), "deny": ("deny", say("stops")),
    "unknown": ("unknown", say("unknown")),
    "notready": ("warn", say("not ready")), "own": ("ok", say("leads to")),
    "dns": ("ok", say("alias")),
}  # fmt: skip


def _sorted(drawing: _Drawing) -> list[GraphEdge]:
    return sorted(drawing.edges.values(), key=lambda edge: edge.id)


def _row(edge: GraphEdge, drawing: _Drawing) -> Row:
    state, word = _EDGE_WORDS[edge.state]
    source, target = drawing.nodes.get(edge.source), drawing.nodes.get(edge.target)
    return Row(
        edge.id,
        (
            Cell(word, state=state), _end(source, edge.source), _end(target, edge.target),
            Cell(edge.label or say("any"), mono=True), Cell(edge.why[0].text if edge.why else ""),
            Cell(str(edge.count)),
        ),
    )  # fmt: skip


def _end(node: GraphNode | None, id_: str) -> Cell:
    if node is None:
        return Cell(id_)
    place = joined("/", (node.namespace, node.name))
    return Cell(say("{kind} {place}", kind=kind_word(node.kind), place=place), node.href)


def _text(drawing: _Drawing) -> tuple[Line, ...]:
    by_source: dict[str, list[GraphEdge]] = {}
    for edge in _sorted(drawing):
        by_source.setdefault(edge.source, []).append(edge)
    lines: list[Line] = []
    for node in sorted(drawing.nodes.values(), key=lambda n: (n.namespace, n.lane, n.name)):
        out = by_source.get(node.id, [])
        place = say(" in {namespace}", namespace=node.namespace) if node.namespace else ""
        items = tuple(_sentence(edge, drawing) for edge in out)
        lines.append(
            Line(
                say(
                    "{kind} {node}{place}: {meta}",
                    kind=kind_word(node.kind),
                    node=node.name,
                    place=place,
                    meta=node.meta or node.word,
                ),
                items,
            )
        )
    return tuple(lines)


def _sentence(edge: GraphEdge, drawing: _Drawing) -> Line:
    target = drawing.nodes.get(edge.target)
    name = (
        joined(" ", (kind_word(target.kind), target.name)) if target is not None else edge.target
    )
    verb = {"allow": say("sends to"), "deny": say("does not reach"),
    "notready": say("has no ready endpoint in"),
            "dns": say("is an alias for")}.get(edge.state, say("leads to"))  # fmt: skip
    return Line(
        say(
            "{verb} {name}{label}",
            verb=verb,
            name=name,
            label=say(" ({label})", label=edge.label) if edge.label else "",
        )
    )
