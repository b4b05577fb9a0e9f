"""Diagram 6.5: what a name means to a Pod, and how the answer comes about.

Columns: the Pod with its resolv.conf and the names it tries, the DNS Service, the DNS Pods, the
records, the objects they were computed from. The Service of the view is what the lookup is for
unless the reader asks for another name.
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import Cell, Column, Graph, Lane, Option, Row, worst
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say, say_n
from cluster.questions.facts import Facts
from cluster.questions.views.dns_asker import draw_pod, draw_servers
from cluster.questions.views.dns_drawing import Drawing
from cluster.questions.views.dns_lookup import TYPES, Origin, look_up, origins
from cluster.questions.views.dns_records import draw_records
from cluster.questions.views.dns_words import (
    GUIDE,
    counters,
    describe,
    detail,
    rung_state,
    verdict,
)
from cluster.questions.views.endpoints import find_service
from cluster.questions.views.request import Parameter, ViewRequest

PARAMETERS = (
    Parameter("pod", "The Pod that asks, as `namespace/name` (default: one near the Service)."),
    Parameter("name", "The name it asks for (default: the shortest that means the Service)."),
    Parameter("type", "The record type.", TYPES),
)
MOST_PODS = 200
"""Pods offered in the form; any other may be typed."""
_COLUMNS = (
    Column("step", say("Step")), Column("name", say("Name")), Column("type", say("Type")),
    Column("result", say("Result")), Column("ttl", "TTL", "right"),
    Column("from", say("Computed from")),
)  # fmt: skip


_OPTION_WORD = {"pod": say("pod"), "name": say("name"), "type": say("type")}


def dns(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    """Return the diagram of the Service `request.of`; raises NotFound, ValueError."""
    service = find_service(snapshot, request.of)
    namespace, name = service.meta.namespace, service.meta.name
    lookup = look_up(snapshot, service, request)
    drawing = Drawing(snapshot, facts, request, lookup)
    draw_pod(drawing)
    draw_servers(drawing)
    draw_records(drawing)
    pods = sorted(f"{p.meta.namespace}/{p.meta.name}" for p in _askers(snapshot, namespace))
    return Graph(
        view="dns", level="L2", layout="lanes",
        scope={"kind": "Service", "namespace": namespace, "name": name},
        title=say("{namespace}/{name} dns", namespace=namespace, name=name),
        label=say("What {lookup} means to a Pod, and how the answer comes about",
        lookup=lookup.name),
        crumbs=(
            (request.cluster, request.map_href()),
            (namespace, request.map_href(lvl="L1", ns=namespace)),
            (f"svc {name}", request.object_href("Service", namespace, name)),
            (say("dns"), None),
        ),
        verdict=verdict(lookup),
        counters=counters(lookup),
        lanes=(
            Lane("pod", "Pod"), Lane("service", say("DNS Service")),
            Lane("server", say("DNS server")),
            Lane("records", say("Records"), len(lookup.records)),
            Lane("source", say("Computed from")),
        ),
        nodes=tuple(drawing.nodes.values()), edges=tuple(drawing.edges),
        groups=tuple(drawing.groups),
        truncated={"Record": drawing.folded} if drawing.folded else {},
        columns=_COLUMNS,
        rows=tuple(_rows(drawing)),
        text=describe(snapshot, lookup),
        options=tuple(
            Option(parameter.name, _OPTION_WORD[parameter.name],
            request.given.get(parameter.name, ""))
            for parameter in PARAMETERS
        ),
        guide=GUIDE,
        extra={"detail": detail(snapshot, lookup, pods[:MOST_PODS]), "rests": ["NetworkPolicy"]},
    )  # fmt: skip


def _askers(snapshot: Snapshot, namespace: str) -> Iterator[Pod]:
    """Yield the Pods that the form offers: the namespace's, and others while they are few."""
    yield from (p for p in snapshot.within(Pod, namespace).values() if not p.is_finished)
    if snapshot.count(Pod) <= MOST_PODS:
        yield from (
            pod for pod in snapshot.of(Pod)
            if pod.meta.namespace != namespace and not pod.is_finished
        )  # fmt: skip


def _rows(drawing: Drawing) -> Iterator[Row]:
    snapshot, lookup, request = drawing.snapshot, drawing.lookup, drawing.request
    blank = Cell(say("none"))
    ladder = next((card.id for card in drawing.nodes.values() if card.kind == "Queries"), "")
    for rung in lookup.rungs:
        state = rung_state(rung)
        for query in rung.queries:
            result = (
                say_n("{n:,} record", "{n:,} records", query.records)
                if query.records
                else query.rcode
            )
            if query.rcode == "NOERROR" and not query.records:
                result = say("exists, no {type}", type=query.type)
            mark = state if not rung.answers else worst(["ok" if query.records else "skip"])
            yield Row(ladder, (
                Cell(say("query {number}", number=rung.number)), Cell(query.name, mono=True),
                Cell(query.type),
                Cell(result, state=mark), Cell(""), blank,
            ))  # fmt: skip
        if not rung.queries:
            yield Row(ladder, (
                Cell(say("query {number}", number=rung.number)), Cell(rung.name, mono=True),
                Cell(lookup.type),
                Cell(rung.outcome, state=state), Cell(""), blank,
            ))  # fmt: skip
    for record in lookup.records:
        found = origins(snapshot, record)
        origin = found[0] if found else Origin(None, say("zone"))
        key = origin.key
        href = request.object_href(key.kind, key.namespace, key.name) if key is not None else None
        yield Row(drawing.pills.get(record, ladder), (
            Cell(say("record")), Cell(record.name, mono=True), Cell(record.type),
            Cell(record.data, state="ok", mono=True), Cell(say("{ttl} s", ttl=record.ttl)),
            Cell(str(key) if key is not None else origin.word, href),
        ))  # fmt: skip
