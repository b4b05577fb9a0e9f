"""The cards and lines between slices and endpoints: one by one, or folded where there are many."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cluster.domains.service.service import Service
from cluster.machinery.drawing import (
    ICON_OF,
    PAINT_OF,
    Conditions,
    EdgeState,
    GraphEdge,
    GraphGroup,
    GraphNode,
    Reason,
    State,
    node_id,
)
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say, say_n
from cluster.questions.slices import EndpointRow
from cluster.questions.views.cards import pod_card, pod_reasons
from cluster.questions.views.endpoint_reasons import (
    address_reasons,
    endpoint_reasons,
    line_reason,
    missing_ports,
)
from cluster.questions.views.request import ViewRequest
from cluster.questions.workloads import workload_of

MANUAL = "Group/manual"


@dataclass(slots=True)
class EndpointDrawing:
    """What the endpoints lane shows; `places` are Node names, `folded` Pods not drawn alone.

    `fold_of` tells by the id of an endpoint which fold it is in.
    """

    nodes: dict[str, GraphNode] = field(default_factory=dict)
    edges: list[GraphEdge] = field(default_factory=list)
    groups: list[GraphGroup] = field(default_factory=list)
    places: set[str] = field(default_factory=set)
    folded: int = 0
    fold_of: dict[str, str] = field(default_factory=dict)


def draw_endpoints(
    snapshot: Snapshot, service: Service, rows: list[EndpointRow], request: ViewRequest
) -> EndpointDrawing:
    """Return every endpoint as a card of its own, in boxes by workload."""
    drawing = EndpointDrawing()
    members: dict[str, set[str]] = {}
    labels: dict[str, Key | None] = {}
    namespace = _namespace(rows)
    for row in rows:
        workload = None if row.pod is None else workload_of(snapshot, row.pod)
        group = MANUAL if workload is None else _group_id(workload)
        members.setdefault(group, set()).add(row.id)
        labels[group] = workload
        drawing.nodes.setdefault(row.id, endpoint_card(service, row, group, request, snapshot))
        drawing.edges.append(_edge(service, row, namespace))
        if row.node:
            drawing.places.add(row.node)
    for group, workload in sorted(labels.items()):
        drawing.groups.append(_group(group, workload, len(members[group]), request))
    return drawing


def fold_endpoints(
    snapshot: Snapshot, service: Service, rows: list[EndpointRow], request: ViewRequest
) -> EndpointDrawing:
    """Return one card per workload, zone and state, and the lines from the slices to them."""
    drawing = fold_rows(snapshot, rows, request)
    lines: dict[tuple[str, str], list[EndpointRow]] = {}
    for row in rows:
        lines.setdefault((row.slice_name, drawing.fold_of[row.id]), []).append(row)
    namespace = _namespace(rows)
    for (slice_name, fold), found in lines.items():
        source = node_id("EndpointSlice", namespace, slice_name)
        drawing.edges.append(
            GraphEdge(f"{source}->{fold}", source, fold, _edge_state(found[0]), count=len(found),
                      family="IPv6" if _edge_state(found[0]) == "allow"
                      and found[0].family == "IPv6" else None,
                      title=say_n("{n:,} endpoint", "{n:,} endpoints", len(found)),
                      why=(_told(found), *_line_reasons(service, found[0])))
        )  # fmt: skip
    return drawing


def fold_rows(
    snapshot: Snapshot, rows: list[EndpointRow], request: ViewRequest
) -> EndpointDrawing:
    """Return one card per workload, zone and state, with how many endpoints it stands for."""
    drawing = EndpointDrawing()
    folds: dict[str, list[EndpointRow]] = {}
    heads: dict[str, tuple[Key | None, str, str]] = {}
    for row in rows:
        workload = None if row.pod is None else workload_of(snapshot, row.pod)
        word = _state(row)[1]
        fold = f"Fold/{workload or 'by hand'}/{row.zone or 'no zone'}/{word}"
        heads[fold] = (workload, row.zone, word)
        folds.setdefault(fold, []).append(row)
        drawing.fold_of[row.id] = fold
    for fold, found in folds.items():
        drawing.nodes[fold] = _fold_card(fold, heads[fold], found, request)
    drawing.folded = len({row.id for row in rows})
    return drawing


def _namespace(rows: list[EndpointRow]) -> str:
    return rows[0].namespace if rows else ""


def _group_id(workload: Key) -> str:
    return f"Group/{workload.kind}/{workload.name}"


def _group(group: str, workload: Key | None, count: int, request: ViewRequest) -> GraphGroup:
    if workload is None:
        return GraphGroup(
            group, "group", say("Endpoint without Pod"),
            say_n("{n:,} endpoint", "{n:,} endpoints", count), icon="external",
            paint="external", lane="endpoints", order="|",
        )  # fmt: skip
    return GraphGroup(
        group, "workload", workload.name, say_n("{n:,} endpoint", "{n:,} endpoints", count),
        icon=ICON_OF.get(workload.kind, "deployment"),
        paint=PAINT_OF.get(workload.kind, "workload"), lane="endpoints",
        order=f"{workload.name}|{workload.kind}",
        href=request.object_href(workload.kind, workload.namespace, workload.name),
    )  # fmt: skip


def _state(row: EndpointRow) -> tuple[State, str]:
    if not row.ports:
        return "warn", say("no port")
    if row.terminating:
        return "term", say("terminating")
    return ("ok", say("ready")) if row.ready else ("warn", say("not ready"))


def _edge_state(row: EndpointRow) -> EdgeState:
    if not row.ports:
        return "deny"
    return "allow" if row.ready else "notready"


def endpoint_card(
    service: Service, row: EndpointRow, group: str | None, request: ViewRequest,
    snapshot: Snapshot | None = None,
) -> GraphNode:  # fmt: skip
    """Return the card of one endpoint: its Pod's, or one of its own where it names none."""
    state, word = _state(row)
    conditions = Conditions(row.ready, row.serving, row.terminating)
    if row.pod is None:
        return GraphNode(
            id=row.id, kind="Endpoint", namespace="", name=row.address, lane="endpoints",
            group=group, order=row.address, paint="external", icon="external",
            overline=say("Endpoint"), variant=word, meta=row.address, state=state, word=word,
            conditions=conditions, label=joined(", ", (say("Endpoint {address}, {word}, no Pod",
            address=row.address, word=word), row.node)),
            why=(Reason(say("It was written by hand: it names no Pod."), row.slice,
                        f"{row.place}.targetRef", say("absent")),
                 *(_line_reasons(service, row))),
        )  # fmt: skip
    card = pod_card(row.pod, request, lane="endpoints", group=group, snapshot=snapshot)
    special = (each for each in card.why if each not in pod_reasons(row.pod))
    return replace(
        card, meta=row.address, state=state, word=word, variant=word, conditions=conditions,
        label=joined(", ", (say("Pod {pod}, {word}", pod=row.pod.meta.name, word=word),
        row.address, row.node)),
        why=(*endpoint_reasons(service, row, row.pod), *special),
    )  # fmt: skip


def _edge(service: Service, row: EndpointRow, namespace: str) -> GraphEdge:
    source = node_id("EndpointSlice", namespace, row.slice_name)
    stopped = not row.ports
    return GraphEdge(
        f"{source}->{row.id}", source, row.id, _edge_state(row),
        family="IPv6" if row.ready and row.family == "IPv6" and not stopped else None,
        title=missing_words(service) if stopped else row.address,
        why=_line_reasons(service, row),
    )  # fmt: skip


def _line_reasons(service: Service, row: EndpointRow) -> tuple[Reason, ...]:
    if not row.ports:
        return (*missing_ports(service, row), line_reason(row))
    return address_reasons(row)


def missing_words(service: Service) -> str:
    """Return which port the Pods behind a slice without ports do not have."""
    names = [str(p.target_port) for p in service.ports if not isinstance(p.target_port, int)]
    if not names:
        return say("no port")
    more = f" +{len(names) - 1}" if len(names) > 1 else ""
    return say('no port "{name}"{more}', name=names[0], more=more)


def _told(rows: list[EndpointRow]) -> Reason:
    """Return how many endpoints a fold stands for; what follows tells of the first."""
    text = say_n(
        "It stands for {n:,} endpoint of this slice.",
        "It stands for {n:,} endpoints of this slice that are alike; the first is told of here.",
        len(rows),
    )
    places = ", ".join(row.place for row in rows[:3]) + (", …" if len(rows) > 3 else "")  # noqa: PLR2004
    return Reason(text, rows[0].slice, "endpoints", places)


def _fold_reasons(workload: Key | None, rows: list[EndpointRow]) -> tuple[Reason, ...]:
    first = rows[0]
    found = [_told([row for row in rows if row.slice == first.slice]), line_reason(first)]
    if first.zone:
        found.append(Reason(say("It is in this zone."), first.slice, f"{first.place}.zone",
                            first.zone))  # fmt: skip
    if workload is not None and first.pod is not None:
        own = f"Pod {first.pod.meta.namespace}/{first.pod.meta.name}"
        owner = f"{workload.kind}/{workload.name}"
        found.append(Reason(say("They are its own."), own, "metadata.ownerReferences", owner))
    return tuple(found)


def _fold_card(
    fold: str, head: tuple[Key | None, str, str], rows: list[EndpointRow], request: ViewRequest
) -> GraphNode:  # fmt: skip
    workload, zone, word = head
    place = zone or say("no zone")
    state = _state(rows[0])[0]
    count = len({row.id for row in rows})
    ready = count if word == "ready" else 0
    name = workload.name if workload is not None else say("by hand")
    kind = workload.kind if workload is not None else "Endpoint"
    meta = say("\N{MULTIPLICATION SIGN}{count} · {place}", count=f"{count:,}", place=place)
    return GraphNode(
        id=fold, kind=kind, namespace=workload.namespace if workload is not None else "",
        name=name, lane="endpoints", order=f"{0 if state != 'ok' else 1}|{name}|{zone}",
        paint=PAINT_OF.get(kind, "workload"), icon=ICON_OF.get(kind, "pod"),
        overline=kind, variant=word, meta=meta, state=state, word=word, ready=(ready, count),
        count=count, label=say("{kind} {name}, {endpoints} {word} in {place}", kind=kind,
        name=name, endpoints=say_n("{n:,} endpoint", "{n:,} endpoints", count), word=word,
        place=place),
        open=None if workload is None else request.map_href(
            lvl="L3", of=f"{workload.kind}/{workload.namespace}/{workload.name}"
        ),
        href=None if workload is None
        else request.object_href(workload.kind, workload.namespace, workload.name),
        why=_fold_reasons(workload, rows),
    )  # fmt: skip
