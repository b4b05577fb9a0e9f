"""The right half of diagram 6.5: the records of the answer, and what each was computed from."""

from __future__ import annotations

from dataclasses import replace

from cluster.domains.dns.response import Record
from cluster.domains.dns.zones import parse_query, reverse_address
from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import (
    ICON_OF,
    PAINT_OF,
    Badge,
    GraphEdge,
    GraphNode,
    Reason,
    node_id,
)
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say, say_n
from cluster.questions.views.cards import TIMES, pod_card, service_card, workload_card
from cluster.questions.views.dns_drawing import Drawing
from cluster.questions.views.dns_lookup import Lookup, Origin, folded_origin, origins
from cluster.questions.views.dns_words import origin_text, short_data
from cluster.questions.workloads import workload_of

ONE_BY_ONE = 12
"""Records drawn one by one; more are drawn as one pill per type and workload."""
UPSTREAM = "External//upstream"


def draw_records(drawing: Drawing) -> None:
    """Draw the records, or that there are none, and where each comes from."""
    lookup = drawing.lookup
    is_inside = lookup.server is None or lookup.server.answerer in {"service", "assumed"}
    if not lookup.records:
        if lookup.can_ask and not (lookup.is_unknown and is_inside):
            _draw_missing(drawing)
    elif len(lookup.records) <= ONE_BY_ONE:
        for place, record in enumerate(lookup.records):
            _draw_one(drawing, record, place)
    else:
        _draw_folded(drawing)
    if is_inside and lookup.server is not None and UPSTREAM not in drawing.nodes:
        _draw_forward(drawing)


def _draw_missing(drawing: Drawing) -> None:
    lookup = drawing.lookup
    if lookup.is_unknown:
        _draw_not_known(drawing)
        return
    exists = lookup.response.rcode == "NOERROR"
    word = say("no {type} record", type=lookup.type) if exists else lookup.response.rcode
    because = () if lookup.because is None else (lookup.because,)
    card = GraphNode(
        id=node_id("Record", "", lookup.name), kind="Record", namespace="", name=word,
        lane="records", order="0", paint="dns", icon="dns", overline=lookup.type,
        variant=say("computed"), meta=lookup.name, state="warn" if exists else "deny", word=word,
        ghost=True, label=say("Record {word}, for {lookup}", lookup=lookup.name, word=word),
        extra={"pill": True},
        why=(*because, Reason(say("{lookup} has no {type} record.", lookup=lookup.name,
        type=lookup.type) if exists else
                    say("No candidate of {lookup} exists.", lookup=lookup.name),
                    value=lookup.response.rcode,
                    cause=not because)),
    )  # fmt: skip
    drawing.put(card)
    for source in drawing.servers:
        drawing.edges.append(
            GraphEdge(f"{source}->{card.id}", source, card.id, "deny", word, why=card.why)
        )
    if lookup.because is not None:
        _draw_cause(drawing, card.id, lookup.because)


def _draw_cause(drawing: Drawing, pill: str, because: Reason) -> None:
    """Draw the Service that has no such record, where there is one."""
    kind, _space, path = because.object.partition(" ")
    namespace, _slash, name = path.partition("/")
    service = drawing.snapshot.get(Service, namespace, name) if kind == "Service" else None
    if service is None:
        return
    target = drawing.put(_origin_card(drawing, Origin(drawing.snapshot.key_of(service))))
    drawing.edges.append(
        GraphEdge(f"{pill}->{target}", pill, target, "own", title=because.text, why=(because,))
    )


def _draw_not_known(drawing: Drawing) -> None:
    lookup = drawing.lookup
    why = Reason(
        say("Servers outside are asked, and nobody has said what they answer."),
        "cluster settings", "upstream_dns", say("none"), cause=True,
    )  # fmt: skip
    word = say("not known")
    card = GraphNode(
        id=node_id("Record", "", lookup.name), kind="Record", namespace="", name=word,
        lane="records", order="0", paint="dns", icon="dns", overline=lookup.type,
        variant=say("outside"), meta=lookup.name, state="unknown", word=word, ghost=True,
        label=say("Record {word}, for {lookup}", lookup=lookup.name, word=word),
        extra={"pill": True}, why=(why,),
    )  # fmt: skip
    drawing.put(card)
    for source in drawing.servers:
        drawing.edges.append(
            GraphEdge(f"{source}->{card.id}", source, card.id, "unknown", word, why=card.why)
        )


def _draw_one(drawing: Drawing, record: Record, place: int) -> None:
    snapshot, lookup = drawing.snapshot, drawing.lookup
    found = origins(snapshot, record)
    pill = drawing.put(_pill(record, place, found, snapshot))
    drawing.pills[record] = pill
    plugin = "kubernetes" if parse_query(snapshot.settings, record.name) else "forward"
    is_first = place == 0 or len(lookup.records) <= 3  # noqa: PLR2004 - few enough for a label each
    for source in drawing.servers:
        drawing.edges.append(
            GraphEdge(
                f"{source}->{pill}", source, pill, "dns", plugin if is_first else "",
                title=say("answered by the {plugin} plugin", plugin=plugin),
                family="IPv6" if record.type == "AAAA" else None,
                why=_record_reasons(record, found),
            )
        )  # fmt: skip
    for origin in found:
        target = drawing.put(_origin_card(drawing, origin))
        drawing.edges.append(_computed(pill, target, record, origin))


def _draw_folded(drawing: Drawing) -> None:
    """Draw one pill per type and workload; every record keeps its row in the table."""
    snapshot, lookup = drawing.snapshot, drawing.lookup
    folds: dict[tuple[str, Origin], list[Record]] = {}
    for record in lookup.records:
        found = origins(snapshot, record) or (Origin(None, say("zone")),)
        folds.setdefault((record.type, folded_origin(snapshot, found[0])), []).append(record)
    for (type_, origin), records in folds.items():
        word = str(origin.key) if origin.key is not None else origin.word
        pill = GraphNode(
            id=f"Record//{type_} {word}", kind="Record", namespace="",
            name=f"{TIMES}{len(records)} {type_}", lane="records", order=f"{type_}|{word}",
            paint="dns", icon="dns", overline=type_, variant=say("computed"), meta=records[0].name,
            state="ok", word=say("answered"), count=len(records),
            label=say("Record {times}{records} {type}, of {name}, from {word}",
            times=TIMES, records=len(records), type=type_, name=records[0].name, word=word),
            why=_record_reasons(records[0], (origin,)), extra={"pill": True},
        )  # fmt: skip
        drawing.put(pill)
        drawing.pills |= dict.fromkeys(records, pill.id)
        drawing.folded += len(records)
        for source in drawing.servers:
            drawing.edges.append(
                GraphEdge(f"{source}->{pill.id}", source, pill.id, "dns", "kubernetes",
                          count=len(records), why=pill.why)
            )  # fmt: skip
        target = drawing.put(_origin_card(drawing, origin))
        drawing.edges.append(_computed(pill.id, target, records[0], origin))


def _pill(record: Record, place: int, found: tuple[Origin, ...], snapshot: Snapshot) -> GraphNode:
    data = short_data(record)
    return GraphNode(
        id=f"Record//{record.name} {record.type} {record.data}", kind="Record", namespace="",
        name=data, lane="records", order=f"{place:03}", paint="dns", icon="dns",
        overline=record.type, variant=say("{ttl} s · computed", ttl=record.ttl), meta=record.name,
        state="ok",
        word=say("computed"),
        label=say("Record {data}, {type} of {record}, computed from {origin}",
        record=record.name, type=record.type, data=record.data,
        origin=origin_text(snapshot, record)),
        why=_record_reasons(record, found), extra={"pill": True},
    )  # fmt: skip


def _record_reasons(record: Record, found: tuple[Origin, ...]) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            say("Computed from {key}.", key=str(origin.key) if origin.key else origin.word),
            str(origin.key or "cluster settings"),
            _field(record, origin), _value(record),
        )
        for origin in found
    )  # fmt: skip


def _value(record: Record) -> str:
    """Return what the field holds of which a record was made."""
    match record.type:
        case "PTR":
            return reverse_address(record.name.lower().removesuffix(".")) or record.data
        case "SRV":
            return record.data.split(" ")[2]
        case "CNAME":
            return record.data.removesuffix(".")
        case _:
            return record.data


def _field(record: Record, origin: Origin) -> str:
    """Return the field that a record's data stands in."""
    if origin.key is None:
        return "upstream_dns" if origin.word == "upstream" else "dns"
    if record.type == "CNAME":
        return "spec.externalName"
    if origin.key.kind == "Service":
        return "spec.ports" if record.type == "SRV" else "spec.clusterIPs"
    return {"Pod": "status.podIPs", "EndpointSlice": "endpoints[].addresses"}.get(
        origin.key.kind, "status"
    )


def _computed(pill: str, target: str, record: Record, origin: Origin) -> GraphEdge:
    return GraphEdge(
        f"{pill}->{target}", pill, target, "own", title=say("computed from"),
        why=_record_reasons(record, (origin,)),
    )  # fmt: skip


def _origin_card(drawing: Drawing, origin: Origin) -> GraphNode:
    snapshot, facts, request = drawing.snapshot, drawing.facts, drawing.request
    key = origin.key
    if key is None:
        return _beyond(origin.word)
    found = snapshot.find(key)
    if isinstance(found, Service):
        return _again(drawing, service_card(found, facts, request, lane="source", group=None))
    if isinstance(found, Pod):
        return _again(drawing, pod_card(found, request, lane="source", group=None))
    if isinstance(found, EndpointSlice):
        return GraphNode(
            id=node_id("EndpointSlice", key.namespace, key.name), kind="EndpointSlice",
            namespace=key.namespace, name=key.name, lane="source", order=key.name, paint="slice",
            icon="slice", overline=say("Slice"), variant=found.address_type,
            meta=say_n("{n:,} endpoint", "{n:,} endpoints", len(found.endpoints)), state="ok",
            word=say("holds the address"),
            label=say("EndpointSlice {key}, {address_type}", key=key.name,
            address_type=found.address_type),
            href=request.object_href("EndpointSlice", key.namespace, key.name),
        )  # fmt: skip
    pods = [pod for pod in snapshot.within(Pod, key.namespace).values()
            if workload_of(snapshot, pod) == key]  # fmt: skip
    if pods:
        return workload_card(key, pods, facts, request, lane="source", group=None)
    return GraphNode(
        id=node_id(key.kind, key.namespace, key.name), kind=key.kind, namespace=key.namespace,
        name=key.name, lane="source", order=key.name, paint=PAINT_OF.get(key.kind, "workload"),
        icon=ICON_OF.get(key.kind, "pod"), overline=key.kind, state="unknown", ghost=True,
        word=say("does not exist"), label=say("{kind} {key}, does not exist", kind=key.kind,
        key=key.name),
    )  # fmt: skip


def _again(drawing: Drawing, card: GraphNode) -> GraphNode:
    """Return a card under another id where its object stands at the left already."""
    known = drawing.nodes.get(card.id)
    is_taken = known is not None and known.lane != card.lane
    return replace(card, id=f"{card.id}#source") if is_taken else card


def _beyond(word: str) -> GraphNode:
    if word == "upstream":
        return _upstream("source", is_used=True)
    return GraphNode(
        id=f"External//{word}", kind="External", namespace="", name=word, lane="source",
        order=f"~{word}", paint="external", icon="dns", overline=say("DNS server"), state="ok",
        word=say("no object"), compact=True,
        label=say("External {word}: no object stands behind it", word=word),
    )  # fmt: skip


def _upstream(lane: str, *, is_used: bool) -> GraphNode:
    word = (
        say("assumed: as the setting upstream_dns says")
        if is_used
        else say("not used for this name")
    )
    return GraphNode(
        id=UPSTREAM, kind="External", namespace="", name=say("upstream"), lane=lane, order="~~",
        paint="external", icon="external", overline=say("Name server"), variant=say("outside"),
        meta=say("assumed") if is_used else say("not used"),
        state="unknown" if is_used else "skip",
        word=word, compact=True, label=say("External upstream name server, {word}", word=word),
        badges=(Badge(say("assumed"), "unknown", word),),
        why=(Reason(say("Names outside the cluster's zones are forwarded."), "cluster settings",
                    "upstream_dns"),),
    )  # fmt: skip


def _asked(lookup: Lookup) -> tuple[Reason, ...]:
    name = lookup.alias or lookup.name
    return (
        Reason(say("{name} is outside the cluster's zones: the question is forwarded.", name=name),
               "cluster settings", "dns.zones", cause=True),
        Reason(say("Servers outside are asked, and nobody has said what they answer."),
               "cluster settings", "upstream_dns", say("none")),
    )  # fmt: skip


def _draw_forward(drawing: Drawing) -> None:
    """Draw where other names would go; a lookup that nothing answers may have gone there."""
    lookup = drawing.lookup
    card = _upstream("records", is_used=False)
    is_asked = any(
        rung.is_sent and not rung.answers and lookup.response.rcode == "NXDOMAIN"
        for rung in lookup.rungs[-1:]
    )
    if lookup.is_unknown:
        word = say("asked, answer not known")
        card = replace(
            card, meta=say("asked"), word=word, state="unknown", why=_asked(lookup),
            badges=(Badge(say("assumed"), "unknown", word),),
        )  # fmt: skip
    elif is_asked:
        card = replace(
            card, meta=say("asked"), word=say("asked, knows no such name"), state="unknown"
        )
    drawing.put(card)
    for source in drawing.servers:
        drawing.edges.append(
            GraphEdge(f"{source}->{card.id}", source, card.id, "unknown", say("forward"),
                      title=card.word, why=card.why)
        )  # fmt: skip
