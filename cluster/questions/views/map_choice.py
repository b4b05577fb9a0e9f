"""Levels 2 and 3 of the map before an object is chosen: what each of them may be of.

Level 2 is of one Service, level 3 of one workload; a link to the level alone shows the Services or
workloads there are, in their namespaces, and each card leads on.
"""

from __future__ import annotations

from collections.abc import Sequence

from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import (
    Cell,
    Column,
    Counter,
    Graph,
    GraphGroup,
    GraphNode,
    Lane,
    Line,
    Row,
    State,
    Verdict,
    node_id,
    worst,
)
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say, say_n
from cluster.questions.facts import Facts
from cluster.questions.views.cards import service_card, workload_card
from cluster.questions.views.map_namespace import namespaces_asked
from cluster.questions.views.request import ViewRequest
from cluster.questions.workloads import empty_workloads, workload_of


def services_to_choose(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    """Return the Services of the namespaces asked for, all without any, each opening level 2.

    Raises NotFound for an unknown namespace.
    """
    cards = [
        service_card(service, facts, request, lane="service", group=_box_id(namespace))
        for namespace in namespaces_asked(snapshot, request)
        for _key, service in sorted(snapshot.within(Service, namespace).items())
    ]
    return _choice(
        request, "L2", cards,
        title=say("Choose a Service"),
        lane=Lane("service", say("Services"), len(cards)),
        verdict=_verdict(
            cards,
            say("This level shows one Service: choose one of {services}",
                services=say_n("{n:,} Service", "{n:,} Services", len(cards))),
            say("There is no Service to show one by one"),
        ),
    )  # fmt: skip


def workloads_to_choose(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    """Return the workloads of the namespaces asked for, each opening level 3; raises NotFound."""
    cards: list[GraphNode] = []
    for namespace in namespaces_asked(snapshot, request):
        members: dict[Key, list[Pod]] = {}
        for _key, pod in sorted(snapshot.within(Pod, namespace).items()):
            members.setdefault(workload_of(snapshot, pod), []).append(pod)
        for key in empty_workloads(snapshot, namespace, members):
            members[key] = []
        cards += [
            workload_card(key, pods, facts, request, lane="workload", group=_box_id(namespace))
            for key, pods in sorted(members.items(), key=lambda item: (item[0].name, item[0].kind))
        ]
    return _choice(
        request, "L3", cards,
        title=say("Choose a workload"),
        lane=Lane("workload", say("Workloads"), len(cards)),
        verdict=_verdict(
            cards,
            say("This level shows the Pods of one workload: choose one of {workloads}",
                workloads=say_n("{n:,} workload", "{n:,} workloads", len(cards))),
            say("There is no workload whose Pods could be shown"),
        ),
    )  # fmt: skip


def _choice(
    request: ViewRequest, level: str, cards: Sequence[GraphNode], *, title: str, lane: Lane,
    verdict: Verdict,
) -> Graph:  # fmt: skip
    names = sorted({card.namespace for card in cards})
    crumbs: list[tuple[str, str | None]] = [(request.cluster, request.map_href(lvl="L0"))]
    if request.namespaces:
        chosen = ",".join(request.namespaces)
        crumbs.append((joined(", ", request.namespaces), request.map_href(lvl="L1", ns=chosen)))
    return Graph(
        view="map", level=level, layout="namespaces",
        scope={"namespace": ",".join(request.namespaces)} if request.namespaces else {},
        title=title, label=title, crumbs=(*crumbs, (title, None)), verdict=verdict,
        counters=(
            Counter(len(cards), lane.label),
            Counter(len(names), say_n("namespace", "namespaces", len(names))),
        ),
        lanes=(lane,) if cards else (), nodes=tuple(cards),
        groups=tuple(
            GraphGroup(
                _box_id(name), "namespace", name, "", icon="namespace", paint="namespace",
                order=name, href=request.map_href(lvl="L1", ns=name),
            )
            for name in names
        ),
        columns=(
            Column("name", say("Name")), Column("namespace", say("Namespace")),
            Column("kind", say("Kind")), Column("what", say("What")),
            Column("state", say("State")),
        ),
        rows=tuple(_row(card, request) for card in cards),
        text=tuple(
            Line(say("{kind} {namespace}/{name}: {meta}", kind=card.kind,
                     namespace=card.namespace, name=card.name, meta=card.meta or card.word))
            for card in cards
        ),
    )  # fmt: skip


def _row(card: GraphNode, request: ViewRequest) -> Row:
    onward = f"/c/{request.cluster}/map{card.open}" if card.open else card.href
    return Row(
        card.id,
        (
            Cell(card.name, onward),
            Cell(card.namespace, request.map_href(lvl="L1", ns=card.namespace)),
            Cell(card.kind), Cell(card.meta, mono=True), Cell(card.word, state=card.state),
        ),
    )  # fmt: skip


def _verdict(cards: Sequence[GraphNode], text: str, nothing: str) -> Verdict:
    if not cards:
        return Verdict("unknown", nothing, say("Import manifests to fill it."))
    states: list[State] = [card.state for card in cards if card.state != "skip"]
    return Verdict(
        worst(states), text,
        say("A double click on a card opens it, and so does its name in the table."),
    )  # fmt: skip


def _box_id(namespace: str) -> str:
    return node_id("Namespace", "", namespace)
