"""Level 0 of the map: a tile per namespace, drawn from counters alone (ux.md section 5)."""

from __future__ import annotations

from cluster.machinery.drawing import (
    Badge,
    Cell,
    Column,
    Counter,
    Graph,
    GraphEdge,
    GraphNode,
    Line,
    Reason,
    Row,
    State,
    Verdict,
    node_id,
    worst,
)
from cluster.machinery.findings import Severity
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import Text, joined, say, say_n
from cluster.questions.facts import Facts
from cluster.questions.seen import COUNTED
from cluster.questions.summaries import NamespaceSummary
from cluster.questions.views.kept import kept_namespaces
from cluster.questions.views.map_reasons import tile_reasons, ways_in
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.row_pages import page_of
from cluster.questions.views.service_lines import INTERNET
from cluster.questions.views.sifting import is_asked

TILES = 300  # ux.md section 5; the rest is one tile "other (n)"
SHARED = 3  # what is not of one namespace: the tiles of the internet and of the rest, a line to it
OTHER = node_id("Namespace", "", "other namespaces")
CARDS_PER_OBJECT = 2.0  # a Service or workload and the line to it


Ranked = tuple[str, NamespaceSummary]
_COLUMNS = (
    Column("namespace", say("Namespace")), Column("pods", say("Pods"), "right"),
    Column("ready", say("Ready"), "right"), Column("services", say("Services"), "right"),
    Column("ingresses", say("Ingresses"), "right"), Column("policies", say("Policies"), "right"),
    Column("findings", say("Findings"), "right"),
)  # fmt: skip
_KIND_OF = {
    "pods": "Pod", "ready": "Pod", "services": "Service", "ingresses": "Ingress",
    "policies": "NetworkPolicy",
}  # fmt: skip
"""Columns that count objects of a kind: those who may not see these have no such column."""
WAY_WORD = {"Ingress": say("in"), "Egress": say("out")}
GRAVE: frozenset[Severity] = frozenset({"error", "warning"})
_BADGES: tuple[tuple[Severity, State], ...] = (("warning", "warn"), ("error", "deny"))


def fits(facts: Facts, request: ViewRequest) -> bool:
    """Whether level 1 of the whole cluster stays within the budget."""
    cards = sum(s.services + s.ingresses + s.pods / 3 for s in facts.summaries.values())
    return cards * CARDS_PER_OBJECT <= request.budget


def cluster_map(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    """Return the tiles, biggest namespace first; what outsiders can use hangs on one card.

    Where there are too many, namespaces with a match have theirs first, then those with errors or
    warnings.
    """
    findings = facts.count_by_namespace()
    ranked = sorted(facts.summaries.items(), key=lambda item: (-item[1].pods, item[0]))
    kept = kept_namespaces(snapshot, facts, request)
    drawn, rest = _within(ranked, findings, kept, request)
    listed, extra = (ranked, {}) if is_asked(request) else page_of(ranked, request)
    nodes = [
        _tile(
            name,
            summary,
            findings.get(name, {}),
            request,
            position=position,
            why=tile_reasons(name, summary, facts),
        )
        for position, (name, summary) in enumerate(drawn)
    ]
    if rest:
        nodes.append(other_namespaces([summary for _name, summary in rest]))
    edges = [
        GraphEdge(
            id=f"{INTERNET}->{node_id('Namespace', '', name)}", source=INTERNET,
            target=node_id("Namespace", "", name), count=summary.exposed,
            title=say("{ways_in} from outside",
            ways_in=say_n("{n:,} way in", "{n:,} ways in", summary.exposed)),
            why=ways_in(snapshot, name, request) or (
                Reason(say("Ingresses, NodePorts, load balancers and external addresses lead "
                "here."), f"Namespace {name}"),
            ),
        )
        for name, summary in drawn
        if summary.exposed
    ]  # fmt: skip
    if edges:
        nodes.append(_internet())
    totals = _total([summary for _name, summary in ranked])
    return Graph(
        view="map", level="L0", layout="tiles",
        title=say("Map of {cluster}", cluster=request.cluster),
        label=say("Namespaces of cluster {cluster}", cluster=request.cluster),
        verdict=_verdict(request.cluster, totals, len(ranked), findings),
        crumbs=((request.cluster, request.map_href()), (say("map"), None)),
        counters=_counters(totals, len(ranked), findings, request),
        nodes=tuple(nodes), edges=tuple(edges),
        truncated={"Namespace": len(rest)} if rest else {},
        columns=tuple(column for column in _COLUMNS if _is_seen(column, request)),
        rows=tuple(_row(name, s, findings.get(name, {}), request) for name, s in listed),
        text=tuple(_line(name, s, findings.get(name, {}), request) for name, s in listed),
        extra={"reads": ["Pod"], "tells": [*COUNTED], **extra},
    )  # fmt: skip


def _counters(
    totals: NamespaceSummary, count: int, findings: dict[str, dict[Severity, int]],
    request: ViewRequest,
) -> tuple[Counter, ...]:  # fmt: skip
    """Return the numbers beside the verdict; what the reader may not see is not counted."""
    ready = say("{ready} ready", ready=f"{totals.ready:,}")
    services = (Counter(totals.services, say("Services")),) * request.sees("Service")
    problems = _problems(findings)
    word = say("findings") if problems != 1 else say("finding")
    found = Counter(problems, word, worst(_states(findings)))
    return (
        Counter(count, say("namespaces")), Counter(totals.pods, say("Pods"), None, ready),
        *services, found,
    )  # fmt: skip


def _is_seen(column: Column, request: ViewRequest) -> bool:
    return request.sees(_KIND_OF.get(column.id, "Namespace"))


def _within(
    ranked: list[Ranked],
    findings: dict[str, dict[Severity, int]],
    kept: set[str],
    request: ViewRequest,
) -> tuple[list[Ranked], list[Ranked]]:
    """Return the namespaces that have a tile and a line within the budget, and the others."""
    tiles = max(1, min(TILES, (request.budget - SHARED) // 2))
    if len(ranked) <= tiles:
        return ranked, []
    first = sorted(
        ranked,
        key=lambda item: (item[0] not in kept, not findings.get(item[0], {}).keys() & GRAVE),
    )
    chosen = {name for name, _summary in first[:tiles]}
    return (
        [item for item in ranked if item[0] in chosen],
        [item for item in ranked if item[0] not in chosen],
    )


def _state(summary: NamespaceSummary, found: dict[Severity, int]) -> tuple[State, str]:
    if found.get("error"):
        return "deny", say_n("{n:,} error", "{n:,} errors", found["error"])
    if found.get("warning"):
        return "warn", say_n("{n:,} warning", "{n:,} warnings", found["warning"])
    if summary.ready < summary.pods:
        return "warn", say("{pods} not ready", pods=f"{summary.pods - summary.ready:,}")
    return "ok", say("healthy")


def _errors(number: int) -> Text:
    return say_n("{n:,} error", "{n:,} errors", number)


def _warnings(number: int) -> Text:
    return say_n("{n:,} warning", "{n:,} warnings", number)


_SEVERITY_WORD = {"error": _errors, "warning": _warnings}


def _policies(summary: NamespaceSummary) -> str:
    """Return how a namespace is isolated."""
    if summary.denies:
        return joined(", ", (badge.text for badge in _denies(summary)))
    if summary.policies:
        return say_n("{n:,} policy", "{n:,} policies", summary.policies)
    return say("no policy")


def _denies(summary: NamespaceSummary) -> tuple[Badge, ...]:
    if not summary.denies:
        return ()
    words = joined(" + ", (WAY_WORD[word] for word in summary.denies))
    return (
        Badge(say("default-deny {words}", words=words), "deny", say("a policy selects every Pod")),
    )


def _tile(
    name: str, summary: NamespaceSummary, found: dict[Severity, int], request: ViewRequest,
    *, position: int, why: tuple[Reason, ...],
) -> GraphNode:  # fmt: skip
    state, problem = _state(summary, found)
    badges = tuple(
        Badge(str(found[severity]), shown, _SEVERITY_WORD[severity](found[severity]))
        for severity, shown in _BADGES
        if found.get(severity)
    )
    about: list[str] = []
    if request.sees("Service"):
        about.append(say_n("{n:,} Service", "{n:,} Services", summary.services))
    if request.sees("NetworkPolicy"):
        about.append(_policies(summary))
    return GraphNode(
        id=node_id("Namespace", "", name), kind="Namespace", namespace="", name=name,
        order=f"{position:06}", paint="namespace", icon="namespace", overline=say("Namespace"),
        meta=joined(" · ", about),
        state=state, word=_beside_number(summary), badges=badges,
        ready=(summary.ready, summary.pods), size=summary.pods,
        label=say("Namespace {name}, {pods}, {ready} ready, {problem}", name=name,
        pods=say_n("{n:,} Pod", "{n:,} Pods", summary.pods), ready=f"{summary.ready:,}",
        problem=problem),
        href=request.object_href("Namespace", "", name), open=f"?lvl=L1&ns={name}",
        why=why,
    )  # fmt: skip


def _beside_number(summary: NamespaceSummary) -> str:
    """Return what stands beside the number of a tile's Pods."""
    waiting = summary.pods - summary.ready
    if not summary.pods:
        return say("Pods")
    if not waiting:
        return say_n("Pod, ready", "Pods, all ready", summary.pods)
    return say_n("Pod, not ready", "Pods, {waiting} not ready", summary.pods, waiting=waiting)


def other_namespaces(rest: list[NamespaceSummary]) -> GraphNode:
    """Return one card for all the namespaces that have none of their own."""
    total, count = _total(rest), len(rest)
    return GraphNode(
        id=OTHER, kind="Namespace", namespace="", name=say("other namespaces"), order="999999",
        paint="namespace", icon="namespace", overline=say("Namespaces"),
        meta=say("{count} more · {pods}", count=f"{count:,}",
        pods=say_n("{n:,} Pod", "{n:,} Pods", total.pods)), state="unknown", word=say("folded"),
        ready=(total.ready, total.pods), count=count, size=total.pods,
        label=say("Namespace other, {count} namespaces with {pods}", count=f"{count:,}",
        pods=say_n("{n:,} Pod", "{n:,} Pods", total.pods)),
        open="?tab=table",
    )  # fmt: skip


def _internet() -> GraphNode:
    return GraphNode(
        id=INTERNET, kind="External", namespace="", name=say("internet"), order="000000",
        paint="external", icon="external", overline=say("External"), state="ok",
        meta=say("outside the cluster"), word=say("outside the cluster"),
        label=say("External internet, clients outside the cluster"),
        why=(Reason(say("It stands for every client outside the cluster: none is known here.")),),
    )  # fmt: skip


def _total(summaries: list[NamespaceSummary]) -> NamespaceSummary:
    return NamespaceSummary(
        pods=sum(s.pods for s in summaries), ready=sum(s.ready for s in summaries),
        services=sum(s.services for s in summaries),
        ingresses=sum(s.ingresses for s in summaries),
        policies=sum(s.policies for s in summaries),
    )  # fmt: skip


def _problems(findings: dict[str, dict[Severity, int]]) -> int:
    return sum(
        number
        for counts in findings.values()
        for severity, number in counts.items()
        if severity != "info"
    )


def _states(findings: dict[str, dict[Severity, int]]) -> list[State]:
    """Return the states of the worst of the findings, "ok" where there is none to look at."""
    if any(counts.get("error") for counts in findings.values()):
        return ["deny"]
    return ["warn"] if _problems(findings) else ["ok"]


def _verdict(
    cluster: str, totals: NamespaceSummary, count: int, findings: dict[str, dict[Severity, int]]
) -> Verdict:
    problems = _problems(findings)
    where = say_n("{n:,} namespace", "{n:,} namespaces", count)
    ready = say(
        "{ready} of {pods} Pods in {where} are ready",
        ready=f"{totals.ready:,}",
        pods=f"{totals.pods:,}",
        where=where,
    )
    if not totals.pods:
        return Verdict(
            "unknown",
            say("{cluster} runs no Pods yet", cluster=cluster),
            say("Import manifests to fill it."),
        )
    why = (
        say("{findings} to look at.", findings=say_n("{n:,} finding", "{n:,} findings", problems))
        if problems
        else say("Nothing to find fault with.")
    )
    return Verdict(worst(_states(findings)), ready, why)


def _row(
    name: str, summary: NamespaceSummary, found: dict[Severity, int], request: ViewRequest
) -> Row:
    state, _word = _state(summary, found)
    cells = (
        Cell(name, request.map_href(lvl="L1", ns=name)), Cell(str(summary.pods)),
        Cell(str(summary.ready), state=state), Cell(str(summary.services)),
        Cell(str(summary.ingresses)), Cell(str(summary.policies)),
        Cell(str(sum(found.values()))),
    )  # fmt: skip
    shown = zip(_COLUMNS, cells, strict=True)
    return Row(
        node_id("Namespace", "", name),
        tuple(cell for column, cell in shown if _is_seen(column, request)),
    )


def _line(
    name: str, summary: NamespaceSummary, found: dict[Severity, int], request: ViewRequest
) -> Line:
    _colour, word = _state(summary, found)
    pods = say_n("{n:,} Pod", "{n:,} Pods", summary.pods)
    if not request.sees("Service"):
        return Line(
            say(
                "Namespace {name}: {pods}, {ready} ready, {word}",
                name=name, pods=pods, ready=f"{summary.ready:,}", word=word,
            )
        )  # fmt: skip
    return Line(
        say(
            "Namespace {name}: {pods}, {ready} ready, {services}, {word}",
            name=name,
            pods=pods,
            ready=f"{summary.ready:,}",
            services=say_n("{n:,} Service", "{n:,} Services", summary.services),
            word=word,
        )
    )
