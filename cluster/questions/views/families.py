"""Diagram 6.8: both families of a Service, mirrored, over the same Pods and Nodes.

IPv4 stands above and IPv6 below: the DNS answer and the slices of each. Pods and Nodes are shared;
each shows a socket per family, and one that it lacks is dashed and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from cluster.domains.dns.entries import service_name
from cluster.domains.dns.zones import primary_zone
from cluster.domains.service.families import PREFER
from cluster.machinery.addresses import FAMILIES, Family
from cluster.machinery.drawing import (
    ICON_OF,
    PAINT_OF,
    Badge,
    Cell,
    Column,
    Graph,
    GraphEdge,
    GraphGroup,
    GraphNode,
    Lane,
    Reason,
    Row,
    node_id,
)
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say, say_n
from cluster.questions.facts import Facts
from cluster.questions.slices import EndpointRow
from cluster.questions.views.cards import node_card, pod_card, service_card
from cluster.questions.views.endpoints import find_service, slice_card
from cluster.questions.views.families_reading import (
    FamiliesReading,
    FamilyReading,
    node_address,
    read_families,
)
from cluster.questions.views.families_words import GUIDE, counters, describe, verdict
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.service_frame import frame, object_of, port_word
from cluster.questions.views.words import listed, stated
from cluster.questions.workloads import workload_of

ONE_BY_ONE = 60  # Pods drawn each as a card: two lines to a Pod and one from it
NODES_SHOWN = 24


def families(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    """Return the diagram of the Service `request.of`; raises NotFound, ValueError."""
    service = find_service(snapshot, request.of)
    reading = read_families(snapshot, service)
    drawing = _Drawing(snapshot, facts, request, reading)
    drawing.draw()
    pods = len(drawing.endpoints) if drawing.is_whole else len(reading.pods)
    return frame(
        service, request, layout="bands",
        label=say("Service {service} in IPv4 and IPv6, its Pods and their Nodes",
        service=service.meta.name),
        verdict=verdict(reading), counters=counters(reading),
        lanes=(
            Lane("service", "Service"), Lane("answer", say("DNS answer")),
            Lane("slices", "EndpointSlices", sum(len(f.slices) for f in reading.families)),
            Lane("pods", say("Pods"), pods), Lane("nodes", say("Nodes"), len(reading.nodes)),
        ),
        nodes=tuple(drawing.nodes.values()), edges=tuple(drawing.edges.values()),
        groups=drawing.bands, columns=_COLUMNS, rows=_rows(reading, request),
        text=describe(reading), guide=GUIDE, truncated=drawing.truncated,
    )  # fmt: skip


class _Drawing:
    """The cards and lines of one diagram."""

    def __init__(
        self, snapshot: Snapshot, facts: Facts, request: ViewRequest, reading: FamiliesReading
    ) -> None:
        self.snapshot, self.facts, self.request = snapshot, facts, request
        self.reading, self.service = reading, reading.service
        self.nodes: dict[str, GraphNode] = {}
        self.edges: dict[str, GraphEdge] = {}
        self.bands: tuple[GraphGroup, ...] = ()
        self.truncated: dict[str, int] = {}
        self.pods = {node_id("Pod", p.meta.namespace, p.meta.name): p for p in reading.pods}
        self.endpoints = self._endpoints()
        self.is_whole = len(self.endpoints) <= ONE_BY_ONE

    def draw(self) -> None:
        """Draw everything."""
        self._service()
        if self.service.is_external_name:
            return
        self.bands = tuple(self._band(family) for family in self.reading.families)
        for family in self.reading.families:
            self._half(family)
        if self.is_whole:
            self._draw_pods()
            self._hosts()
        else:
            self._folds()

    def _endpoints(self) -> dict[str, list[EndpointRow]]:
        """The rows of each endpoint by id; Pods without any stand in it, empty."""
        found: dict[str, list[EndpointRow]] = {id_: [] for id_ in self.pods}
        for family in self.reading.families:
            for row in family.rows:
                found.setdefault(row.id, []).append(row)
        return found

    def _put(self, node: GraphNode) -> GraphNode:
        self.nodes[node.id] = node
        return node

    def _line(self, edge: GraphEdge) -> None:
        self.edges[edge.id] = edge

    def _service(self) -> None:
        card = service_card(self.service, self.facts, self.request, lane="service", group=None)
        policy = self.service.ip_family_policy or say("one family")
        fell_back = (
            self.service.ip_family_policy == PREFER and len(self.reading.offered) == 1
        )  # fmt: skip
        lines: list[JSON] = [
            {
                "text": family.address
                or (say("headless") if self.service.is_headless else say("no address"))
            }
            if family.is_offered
            else {"text": say("no {family}", family=family.family), "state": "skip"}
            for family in self.reading.families
        ]
        why = Reason(say("Its families, in order; the first is what clients get by default."),
                     object_of(self.service), "spec.ipFamilies",
                     ", ".join(self.service.slice_families))  # fmt: skip
        policy_why = Reason(say("How many families it asks for."), object_of(self.service),
                            "spec.ipFamilyPolicy", policy, cause=fell_back)  # fmt: skip
        order = ", ".join(word.removeprefix("IPv") for word in self.service.slice_families)
        self._put(
            replace(
                card,
                meta="" if self.service.is_external_name else joined(" · ", (policy, order)),
                badges=(Badge(say("fell back"), "warn", say("It prefers both and has one.")),)
                if fell_back else tuple(b for b in card.badges if b.text != "dual"),
                state="warn" if fell_back and card.state == "ok" else card.state,
                why=(policy_why, why, *card.why), open=None,
                extra={} if self.service.is_external_name else {"lines": lines},
            )
        )  # fmt: skip

    def _band(self, family: FamilyReading) -> GraphGroup:
        total = len(self.endpoints)
        ready = len(family.ready)
        if not family.is_offered:
            badge = Badge(
                say("not offered"),
                "skip",
                say("The Service does not have {family}.", family=family.family),
            )
        elif not ready:
            badge = Badge(say("no endpoint"), "deny", say("No endpoint of this family is ready."))
        elif ready < total:
            badge = Badge(
                say("{ready} of {total}", ready=f"{ready:,}", total=f"{total:,}"),
                "warn",
                say("Some endpoints lack this family."),
            )
        else:
            badge = Badge(say("works"), "ok", say("Every endpoint has this family and is ready."))
        return GraphGroup(
            f"Band/{family.family}",
            "band",
            family.family,
            order=family.family,
            state=badge.state,
            badges=(badge,),
        )

    def _half(self, family: FamilyReading) -> None:
        """One family's answer and slices, and the lines between them."""
        service_card_id = node_id("Service", self.service.meta.namespace, self.service.meta.name)
        answer = self._put(self._answer(family))
        self._line(
            GraphEdge(
                f"{service_card_id}->{answer.id}", service_card_id, answer.id,
                "dns" if not answer.ghost else "own", family.record,
                title=answer.label, why=answer.why,
            )
        )  # fmt: skip
        band = f"Band/{family.family}"
        if not family.slices:
            self._put(self._missing_slice(family, band))
        for item in family.slices:
            card = replace(slice_card(item, self.snapshot, self.request), group=band)
            self._put(card)
            ready = any(end.is_ready for end in item.endpoints)
            ports = listed([port_word(port) for port in self.service.ports], 2)
            self._line(
                GraphEdge(
                    f"{answer.id}->{card.id}", answer.id, card.id,
                    "allow" if ready and item.ports else "notready", ports,
                    family=_double(family.family) if ready and item.ports else None,
                    title=say("{family}: {ports}", family=family.family,
                    ports=ports or say("every port")),
                    why=(Reason(say("It belongs to the Service and holds this family."),
                                f"EndpointSlice {item.meta.namespace}/{item.meta.name}",
                                "addressType", item.address_type),),
                )
            )  # fmt: skip

    def _answer(self, family: FamilyReading) -> GraphNode:
        meta = self.service.meta
        fqdn = service_name(self.service, primary_zone(self.snapshot.settings)).rstrip(".")
        count = len({row.address for row in family.rows if row.ready})
        value = family.address or (
            say_n("{n:,} address", "{n:,} addresses", count) if count else ""
        )
        is_there = family.is_offered and bool(value)
        if is_there:
            word = say("{fqdn} has {record} {value}", fqdn=fqdn, record=family.record, value=value)
            path, text = "spec.clusterIPs", value
            if self.service.is_headless:
                path, text = "spec.clusterIP", say("None")
        else:
            word = say("{fqdn} has no {record} record", fqdn=fqdn, record=family.record)
            path, text = "spec.ipFamilies", ", ".join(self.service.slice_families) or say("absent")
        return GraphNode(
            id=node_id("Record", meta.namespace, f"{meta.name}/{family.record}"), kind="Record",
            namespace=meta.namespace, name=value or say("no {record} record",
            record=family.record), lane="answer",
            group=f"Band/{family.family}", order="0", paint="dns", icon="dns",
            overline=say("{record} record", record=family.record),
            variant=f"TTL {self.snapshot.settings.dns.ttl}"
            if is_there else "", meta=fqdn, state="ok" if is_there else "skip",
            word=say("answers") if is_there else say("no such record"), ghost=not is_there,
            href=self.request.object_href("Service", meta.namespace, meta.name),
            label=say("Record {value}, {word}",
            value=value or say("no {record} record", record=family.record), word=word),
            why=(Reason(stated(word), object_of(self.service), path, text, cause=not is_there),),
        )  # fmt: skip

    def _missing_slice(self, family: FamilyReading, band: str) -> GraphNode:
        meta = self.service.meta
        text = say("no {family} slice", family=family.family)
        why = (
            Reason(say("No Pod behind it has an address of this family."), object_of(self.service),
                   "spec.selector", str(self.service.pod_selector or "absent"), cause=True)
            if family.is_offered else
            Reason(say("The Service does not have this family."), object_of(self.service),
                   "spec.ipFamilies", ", ".join(self.service.slice_families), cause=True)
        )  # fmt: skip
        return GraphNode(
            id=node_id("Missing", meta.namespace, f"{meta.name}/{family.family}"), kind="Missing",
            namespace=meta.namespace, name=text, lane="slices", group=band, order="~",
            paint="slice", icon="slice", overline=say("Slice"), state="skip", word=text,
            ghost=True,
            compact=True, label=say("Missing {text}", text=text), why=(why,),
        )  # fmt: skip

    def _draw_pods(self) -> None:
        for order, (id_, rows) in enumerate(sorted(self.endpoints.items(), key=self._by_node)):
            pod = self.pods.get(id_)
            if pod is not None:
                card = pod_card(pod, self.request, lane="pods", group=None, order=f"{order:04}")
                addresses = {family: pod.address(family) for family in FAMILIES}
                card = replace(
                    card,
                    meta=pod.node_name or say("no Node yet"),
                    variant=_stack([family for family in FAMILIES if addresses[family]]),
                )
            else:
                row = rows[0]
                addresses = {f: next((r.address for r in rows if r.family == f), None)
                             for f in FAMILIES}  # fmt: skip
                card = GraphNode(
                    id=id_, kind="Endpoint", namespace="", name=row.address, lane="pods",
                    order=f"{order:04}", paint="external", icon="external",
                    overline=say("Endpoint"),
                    variant=say("no Pod"), meta=row.node, state="ok" if row.ready else "warn",
                    word=say("ready") if row.ready else say("not ready"),
                    label=say("Endpoint {address}, no Pod", address=row.address),
                )  # fmt: skip
            by_family = {row.family: row for row in rows}
            gaps = [f.family for f in self.reading.offered if addresses[f.family] is None]
            has_ip = pod is None or bool(pod.ips)
            sockets: list[JSON] = [
                _socket(family, addresses[family], by_family.get(family)) for family in FAMILIES
            ]
            if gaps and has_ip and pod is not None:
                card = replace(
                    card, state="warn" if card.state == "ok" else card.state,
                    word=say("no {gaps}", gaps=gaps[0]),
                    why=(*card.why, Reason(
                        say("It has no {gaps} address.", gaps=gaps[0]), id_.replace("/", " ", 1),
                        "status.podIPs", ", ".join(pod.ips), cause=True)),
                )  # fmt: skip
            words = joined(", ", (addresses[f] or say("no {f}", f=f) for f in FAMILIES))
            self._put(replace(card, label=joined(", ",
            (card.label.split(",")[0], card.word, words)),
                              extra={"sockets": sockets}))  # fmt: skip
            for row in rows:
                self._arrival(row, id_)

    def _by_node(self, item: tuple[str, list[EndpointRow]]) -> tuple[str, str]:
        pod = self.pods.get(item[0])
        return (pod.node_name if pod is not None else "~", item[0])

    def _arrival(self, row: EndpointRow, target: str, count: int = 1) -> None:
        source = node_id("EndpointSlice", row.namespace, row.slice_name)
        name = f"EndpointSlice {row.namespace}/{row.slice_name}"
        state = "allow" if row.ready and row.ports else "notready"
        self._line(
            GraphEdge(
                f"{source}->{target}:{row.family}", source, target,
                "allow" if state == "allow" else "notready", count=count,
                family=_double(row.family) if state == "allow" else None, title=row.address,
                socket=(int(row.family == "IPv6"), len(FAMILIES)),
                why=(Reason(say("The endpoint is "
                "ready.") if row.ready else say("It is not ready."), name,
                            "endpoints[].conditions.ready", str(row.ready).lower(),
                            cause=not row.ready),),
            )
        )  # fmt: skip

    def _hosts(self) -> None:
        places: dict[str, list[str]] = {}
        for pod in self.reading.pods:
            if pod.node_name:
                id_ = node_id("Pod", pod.meta.namespace, pod.meta.name)
                places.setdefault(pod.node_name, []).append(id_)
        gaps = {node.meta.name for f in self.reading.offered
                for node in self.reading.lacking(f.family)}  # fmt: skip
        held = {node.meta.name: node for node in self.reading.nodes}
        wanted = sorted(set(held) | set(places), key=lambda name: (
            name not in places, name not in gaps, name))  # fmt: skip
        for name in wanted[:NODES_SHOWN]:
            node = held.get(name)
            card = node_card(name, node, self.request, lane="nodes")
            if node is not None:
                lacking = [f for f in FAMILIES if node_address(node, f) is None]
                blamed = [f for f in lacking if self.reading.of(f).is_offered]
                lines: list[JSON] = [
                    {"text": node_address(node, f) or say("no {f} on {name}", f=f, name=name),
                     **({} if node_address(node, f) else
                        {"state": "warn" if f in blamed else "skip"})}
                    for f in FAMILIES
                ]  # fmt: skip
                known = joined(
                    ", ", (node_address(node, f) or say("no {f}", f=f) for f in FAMILIES)
                )
                card = replace(
                    card, compact=False, variant=node.zone, meta="", extra={"lines": lines},
                    state="warn" if blamed and card.state == "ok" else card.state,
                    word=say("no {blamed}",
                    blamed=blamed[0]) if blamed and card.state == "ok" else card.word,
                    label=joined(", ", (card.label, known)),
                    why=(*card.why, Reason(say("Its addresses."), f"Node {name}",
                    "status.addresses",
                                           ", ".join((*node.internal_ips, *node.external_ips)),
                                           cause=bool(blamed))),
                )  # fmt: skip
            self._put(card)
            for guest in places.get(name, []):
                self._line(
                    GraphEdge(f"{guest}->{card.id}", guest, card.id, "own", title=say("runs on"),
                              why=(Reason(say("It runs on this Node."), guest.replace("/", " ", 1),
                                          "spec.nodeName", name),))
                )  # fmt: skip
        if len(wanted) > NODES_SHOWN:
            self.truncated["Node"] = len(wanted) - NODES_SHOWN

    def _folds(self) -> None:
        """Draw Pods that are alike as one card: same workload, same families, same state."""
        alike: dict[_Likeness, list[str]] = {}
        for id_, rows in self.endpoints.items():
            pod = self.pods.get(id_)
            workload = workload_of(self.snapshot, pod) if pod is not None else None
            likeness = _Likeness(
                workload.kind if workload else "Endpoint",
                workload.name if workload else say("by hand"),
                tuple(family for family in FAMILIES if any(row.family == family for row in rows)),
                bool(rows) and all(row.ready for row in rows),
            )
            alike.setdefault(likeness, []).append(id_)
        for likeness, ids in sorted(alike.items()):
            card = self._put(self._fold(likeness, ids))
            rows = sorted(
                (row for id_ in ids for row in self.endpoints[id_]),
                key=lambda row: (row.slice_name, row.family),
            )
            for _slice, same in groupby(rows, key=lambda row: (row.slice_name, row.family)):
                found = list(same)
                self._arrival(found[0], card.id, len(found))
        self.truncated = {"Pod": len(self.endpoints)}

    def _fold(self, likeness: _Likeness, ids: list[str]) -> GraphNode:
        kind, name, having, is_ready = likeness
        word = say("ready") if is_ready else say("not ready")
        sockets: list[JSON] = [
            {
                "id": family,
                "text": say(
                    "\N{MULTIPLICATION SIGN}{ids} {family}", ids=f"{len(ids):,}", family=family
                ),
                "state": "ok",
            }
            if family in having
            else {"id": family, "text": say("no {family}", family=family), "state": "missing"}
            for family in FAMILIES
        ]
        return GraphNode(
            id=f"Fold/{kind}/{name}/{'+'.join(having) or 'none'}/{word}", kind=kind,
            namespace=self.service.meta.namespace, name=name, lane="pods",
            order=f"{int(is_ready)}|{name}|{len(having)}", paint=PAINT_OF.get(kind, "external"),
            icon=ICON_OF.get(kind, "external"), overline=kind, variant=_stack(having),
            meta=say("\N{MULTIPLICATION SIGN}{ids} {word}", ids=f"{len(ids):,}", word=word),
            state="ok" if is_ready else "warn", word=word,
            count=len(ids), ready=(len(ids) if is_ready else 0, len(ids)),
            label=say("{kind} {name}, {ids} Pods {word}, {stack}", kind=kind, name=name,
            ids=f"{len(ids):,}", word=word, stack=_stack(having)),
            extra={"sockets": sockets},
        )  # fmt: skip


class _Likeness(NamedTuple):
    """What Pods that are drawn as one card have in common."""

    kind: str
    name: str
    having: tuple[Family, ...]
    is_ready: bool


def _double(family: str) -> str | None:
    return "IPv6" if family == "IPv6" else None


def _stack(having: Sequence[str]) -> str:
    found = [family for family in having if family in FAMILIES]
    return (
        "dual"
        if len(found) > 1
        else say("{found} only", found=found[0])
        if found
        else say("no address")
    )


def _socket(family: Family, address: str | None, row: EndpointRow | None) -> Manifest:
    if address is None:
        return {"id": family, "text": say("no {family}", family=family), "state": "missing"}
    if row is None:
        return {"id": family, "text": address, "state": "idle"}
    return {"id": family, "text": address, "state": "ok" if row.ready else "warn"}


_COLUMNS = (
    Column("what", say("What")), Column("name", say("Name")), Column("v4", "IPv4"),
    Column("v6", "IPv6"),
    Column("gap", say("Gap")),
)  # fmt: skip


def _rows(reading: FamiliesReading, request: ViewRequest) -> list[Row]:
    service = reading.service
    meta = service.meta
    four, six = reading.families
    href = request.object_href("Service", meta.namespace, meta.name)
    if service.is_external_name:
        return [Row(node_id("Service", meta.namespace, meta.name),
                    (Cell("Service"), Cell(meta.name, href), Cell("CNAME"), Cell("CNAME"),
                     Cell(service.external_name, mono=True)))]  # fmt: skip
    rows = [
        Row(node_id("Service", meta.namespace, meta.name), (
            Cell("Service"), Cell(meta.name, href), _offered(four), _offered(six), _gap([
                f.family for f in reading.families if not f.is_offered]),
        )),
        *(_slice_row(family, index, request) for family in reading.families
          for index in range(len(family.slices))),
    ]  # fmt: skip
    for pod in reading.pods:
        where = request.object_href("Pod", pod.meta.namespace, pod.meta.name)
        gaps = [f.family for f in reading.offered if pod.address(f.family) is None]
        rows.append(Row(node_id("Pod", pod.meta.namespace, pod.meta.name), (
            Cell("Pod"), Cell(pod.meta.name, where), _address(pod.address("IPv4")),
            _address(pod.address("IPv6")), _gap(gaps),
        )))  # fmt: skip
    for node in reading.nodes:
        where = request.object_href("Node", "", node.meta.name)
        gaps = [f.family for f in reading.offered if node_address(node, f.family) is None]
        rows.append(Row(node_id("Node", "", node.meta.name), (
            Cell("Node"), Cell(node.meta.name, where), _address(node_address(node, "IPv4")),
            _address(node_address(node, "IPv6")), _gap(gaps),
        )))  # fmt: skip
    return rows


def _offered(family: FamilyReading) -> Cell:
    if not family.is_offered:
        return Cell(say("not offered"), state="skip")
    return Cell(family.address or say("headless"), mono=bool(family.address))


def _slice_row(family: FamilyReading, index: int, request: ViewRequest) -> Row:
    item = family.slices[index]
    where = request.object_href("EndpointSlice", item.meta.namespace, item.meta.name)
    ready = sum(end.is_ready for end in item.endpoints)
    mine, none = (
        Cell(
            say(
                "{ready} of {endpoints} ready",
                ready=f"{ready:,}",
                endpoints=f"{len(item.endpoints):,}",
            )
        ),
        Cell(""),
    )
    cells = (mine, none) if family.family == "IPv4" else (none, mine)
    return Row(node_id("EndpointSlice", item.meta.namespace, item.meta.name),
               (Cell(say("Slice")), Cell(item.meta.name, where), *cells, Cell("")))  # fmt: skip


def _address(ip: str | None) -> Cell:
    return Cell(ip, mono=True) if ip else Cell(say("none"), state="warn")


def _gap(missing: Sequence[str]) -> Cell:
    return (
        Cell(say("no {missing}", missing=listed(missing)), state="warn") if missing else Cell("")
    )
