"""Diagram 6.3: the same Pods behind a normal Service and behind a headless one.

One of the two is the stored Service, the other what it could be. Above: DNS, one cluster IP,
kube-proxy, one Pod. Below: DNS with every ready Pod, and the client picks.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from cluster.domains.dns.records import ZoneRecord
from cluster.domains.service.proxy_endpoints import ProxyEndpoint
from cluster.domains.service.service import Service
from cluster.machinery.drawing import (
    Badge,
    Choice,
    EdgeState,
    Graph,
    GraphEdge,
    GraphGroup,
    GraphNode,
    Lane,
    Line,
    Option,
    Reason,
    Verdict,
    node_id,
)
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, opened, say, say_n
from cluster.questions.facts import Facts
from cluster.questions.slices import EndpointRow, rows_of_slice, slices_of
from cluster.questions.views.cards import service_card
from cluster.questions.views.compare_words import (
    COLUMNS,
    GUIDE,
    Difference,
    counters,
    describe,
    differences,
    table,
    verdict,
)
from cluster.questions.views.compare_worlds import CompareReading, Reading, read_compare
from cluster.questions.views.endpoint_cards import endpoint_card, fold_rows
from cluster.questions.views.endpoint_reasons import address_reasons, proxied_reasons
from cluster.questions.views.endpoints import find_service
from cluster.questions.views.request import Parameter, ViewRequest
from cluster.questions.views.service_frame import frame, object_of, path_of
from cluster.questions.views.words import stated

PARAMETERS = (
    Parameter("swap", "`yes`: tell of the other kind, which is hypothetical.", ("yes",)),
)
PODS_ONE_BY_ONE, RECORDS_ONE_BY_ONE = 30, 12


def compare(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    """Return the diagram of the Service `request.of`; raises NotFound, ValueError."""
    service = find_service(snapshot, request.of)
    if service.is_external_name:
        return _alias(service, facts, request)
    reading = read_compare(snapshot, service)
    swapped = request.given.get("swap") == "yes"
    found = differences(reading, snapshot.settings)
    drawing = _Drawing(snapshot, request, reading, found, swapped=swapped)
    drawing.draw()
    rows = drawing.rows
    return frame(
        service, request, layout="bands",
        label=say("Service {service} with a cluster IP and headless, over the same Pods",
        service=service.meta.name),
        verdict=verdict(reading, rows, swapped=swapped), counters=counters(reading, rows),
        lanes=(
            Lane("client", say("Client")), Lane("answer", say("DNS answer")),
            Lane("address", "Service"),
            Lane("proxy", "kube-proxy"), Lane("pods", say("Pods"), len({row.id for row in rows})),
        ),
        nodes=tuple(drawing.nodes.values()), edges=tuple(drawing.edges.values()),
        groups=drawing.bands, columns=COLUMNS, rows=table(found, drawing.table_id, reading),
        text=describe(reading, rows, found, swapped=swapped), guide=GUIDE,
        options=(Option("swap", say("Tell of"), "yes" if swapped else "", (
            Choice("", say("the Service as it is")),
            Choice("yes", say("the other kind (hypothetical)")),
        )),), truncated=drawing.truncated,
    )  # fmt: skip


def _alias(service: Service, facts: Facts, request: ViewRequest) -> Graph:
    """Return the diagram of an ExternalName: it is neither of the two."""
    card = service_card(service, facts, request, lane="address", group=None)
    text = say("{path_of} is a DNS alias: neither normal nor headless", path_of=path_of(service))
    why = say("A CNAME has no address and no endpoints; there is nothing to pick from.")
    return frame(
        service, request, layout="bands",
        label=say("Service {service}, a DNS alias", service=service.meta.name),
        verdict=Verdict("unknown", text, why), counters=(), lanes=(Lane("address", "Service"),),
        nodes=(replace(card, open=None),), edges=(), columns=COLUMNS, rows=(),
        text=(Line(stated(text, why)),), guide=GUIDE,
    )  # fmt: skip


class _Drawing:
    """The cards and lines of one diagram."""

    def __init__(
        self, snapshot: Snapshot, request: ViewRequest, reading: CompareReading,
        found: list[Difference], *, swapped: bool,
    ) -> None:  # fmt: skip
        self.snapshot, self.request, self.reading = snapshot, request, reading
        self.service, self.found, self.swapped = reading.service, found, swapped
        self.nodes: dict[str, GraphNode] = {}
        self.edges: dict[str, GraphEdge] = {}
        self.truncated: dict[str, int] = {}
        self.places: dict[tuple[str, str], EndpointRow] = {}
        self.rows: list[EndpointRow] = []
        for item in slices_of(snapshot, self.service):
            rows = rows_of_slice(snapshot, item)
            self.rows += rows
            self.places |= {
                (item.meta.name, f"endpoints[{i}]"): row for i, row in enumerate(rows)
            }  # fmt: skip
        self.folds: dict[str, str] = {}
        self.bands = tuple(self._band(found) for found in (reading.normal, reading.headless))
        meta = self.service.meta
        self.table_id = f"Differences/{meta.namespace}/{meta.name}"

    def draw(self) -> None:
        """Draw everything."""
        self._pods()
        self._normal(self.reading.normal)
        self._headless(self.reading.headless)
        self._table()

    def _band(self, found: Reading) -> GraphGroup:
        label = say("With a cluster IP") if found.sort == "normal" else say("Headless")
        badge = (
            Badge(say("stored"), "ok", say("This is the Service as it is."))
            if found.is_real else
            Badge(say("hypothetical"), "unknown",
            say("What the same Service would be as the other kind."))
        )  # fmt: skip
        return GraphGroup(
            f"Band/{found.sort}",
            "band",
            label,
            order="0" if found.sort == "normal" else "1",
            state=badge.state,
            badges=(badge,),
        )

    def _line(
        self, found: Reading, source: str, target: str, state: EdgeState, label: str = "",
        *, title: str = "", why: tuple[Reason, ...] = (), count: int = 1,
    ) -> None:  # fmt: skip
        value = "None" if found.sort == "headless" else ", ".join(found.service.virtual_ips)
        said = Reason(stated(opened(title)), object_of(self.service), "spec.clusterIP", value)
        drawn: EdgeState = state if found.is_real else "unknown"
        faint = self.swapped and found.is_real
        id_ = f"{source}->{target}:{found.sort}"
        self.edges[id_] = GraphEdge(
            id_,
            source,
            target,
            drawn,
            label,
            count=count,
            title=title,
            why=self._because(found, why or (said,)),
            faint=faint,
        )

    def _because(self, found: Reading, why: tuple[Reason, ...]) -> tuple[Reason, ...]:
        """Return reasons that do not say of the stored Service what the other kind would have."""
        if found.is_real:
            return why
        name = object_of(self.service)
        told = (
            replace(reason, object="", value=say("{value} (hypothetical)", value=reason.value))
            if reason.object == name and reason.path.startswith("spec.clusterIP") else reason
            for reason in why
        )  # fmt: skip
        stored = "None" if self.service.is_headless else ", ".join(self.service.virtual_ips)
        return (*told, Reason(say("The Service is stored as the other kind."), name,
                              "spec.clusterIP", stored or say("absent")))  # fmt: skip

    def _card(self, found: Reading, node: GraphNode, **extra: JSON) -> GraphNode:
        """Put a card of one of the two; the hypothetical one is marked as assumed."""
        more: Manifest = dict(extra)
        if not found.is_real:
            more["assumed"] = True
            node = replace(node, state="unknown", word=say("hypothetical"))
        if self.swapped and found.is_real:
            more["faint"] = True
        why = self._because(found, node.why)
        made = replace(node, group=f"Band/{found.sort}", extra=more, why=why)
        self.nodes[made.id] = made
        return made

    def _client(self, found: Reading) -> str:
        picks = say("gets one address") if found.sort == "normal" else say("picks one itself")
        card = GraphNode(
            id=f"Client//{found.sort}", kind="Client", namespace="", name=say("any Pod"),
            lane="client", order="0", paint="pod", icon="pod", overline=say("Client"),
            meta=picks, state="ok", word=picks, label=say("Client any Pod, {picks}", picks=picks),
            why=(Reason(say("It stands for any Pod that asks for the name: {picks}.", picks=picks),
                        object_of(self.reading.service), "spec.clusterIP",
                        "None" if found.sort == "headless" else say("an address")),),
        )  # fmt: skip
        return self._card(found, card).id

    def _record(self, found: Reading, name: str, records: list[ZoneRecord], index: int) -> str:
        first = records[0]
        value = (
            first.data
            if len(records) == 1
            else say_n("{n:,} address", "{n:,} addresses", len(records))
        )
        own = name.removesuffix(".")
        card = GraphNode(
            id=f"Record/{self.service.meta.namespace}/{found.sort}:{first.type}:{value}",
            kind="Record", namespace=self.service.meta.namespace, name=value, lane="answer",
            order=f"{index:04}", paint="dns", icon="dns",
            overline=say("{type} record", type=first.type),
            variant=f"TTL {first.ttl}", meta=own, state="ok", word=say("answers"),
            label=say("Record {value}, {type} of {own}", value=value, type=first.type, own=own),
            count=len(records), why=(Reason(
                say("DNS answers {name} {type} with this address.", name=first.name,
                    type=first.type),
                str(first.source), self._field(first), first.data),),
        )  # fmt: skip
        return self._card(found, card).id

    def _field(self, record: ZoneRecord) -> str:
        """Return the field that a record's address is read from."""
        if record.source.kind == "Service":
            return "spec.clusterIPs"
        places = (
            row.place for row in self.rows
            if row.slice_name == record.source.name and row.address == record.data
        )  # fmt: skip
        return f"{next(places, 'endpoints[*]')}.addresses"

    def _normal(self, found: Reading) -> None:
        """DNS, one cluster IP, kube-proxy, one Pod."""
        client = self._client(found)
        service = found.service
        meta = service.meta
        where = "spec.clusterIP"
        address = joined(", ", service.virtual_ips) or say("no free address")
        card = GraphNode(
            id=node_id("Service", meta.namespace, meta.name), kind="Service",
            namespace=meta.namespace, name=meta.name, lane="address", order="0", paint="service",
            icon="service", overline="Service", variant="ClusterIP", meta=address, state="ok",
            word=say("one address"), label=say("Service {name}, cluster IP {address}",
            name=meta.name, address=address),
            href=self.request.object_href("Service", meta.namespace, meta.name),
            why=(Reason(say("Clients connect to this address, whatever Pods there are."),
                        object_of(service), where, address),),
        )  # fmt: skip
        target = self._card(found, card).id
        records = found.of_name(self.reading.name, "A", "AAAA")
        for index, record in enumerate(records):
            answer = self._record(found, self.reading.name, [record], index)
            self._line(found, client, answer, "dns", say("asks") if index == 0 else "",
                       title=say("asks for {type}", type=record.type))  # fmt: skip
            self._line(found, answer, target, "allow", title=say("connects to it"))
        proxy = self._proxy(found)
        port = service.ports[0] if service.ports else None
        label = f"{port.port}/{port.protocol}" if port else ""
        self._line(found, target, proxy, "allow", label, title=say("arrives at the Node's proxy"))
        self._fan(found, proxy)

    def _proxy(self, found: Reading) -> str:
        answer = found.forwarding
        count = len(answer.endpoints) if answer is not None else 0
        ok = count > 0
        word = say("picks 1 of {count}", count=f"{count:,}") if ok else say("refuses")
        card = GraphNode(
            id="Proxy//normal", kind="Proxy", namespace="", name="kube-proxy", lane="proxy",
            order="0", paint="node", icon="proxy", overline=say("the client's Node"), meta=word,
            state="ok" if ok else "deny", word=word,
            label=say("Proxy kube-proxy, {word}", word=word),
            why=answer.why if answer is not None else (),
        )  # fmt: skip
        return self._card(found, card, assumed=True).id

    def _fan(self, found: Reading, proxy: str) -> None:
        answer = found.forwarding
        if answer is None:
            return
        held: dict[str, list[ProxyEndpoint]] = {}
        for end in answer.endpoints:
            row = self.places.get((end.source.name, end.where))
            if row is not None:
                held.setdefault(self.folds.get(row.id, row.id), []).append(end)
        share = say("1 of {endpoints}", endpoints=f"{len(answer.endpoints):,}")
        for index, (card, ends) in enumerate(sorted(held.items())):
            self._line(
                found,
                proxy,
                card,
                "allow",
                share if index == 0 else "",
                title=say("{share}, each as likely", share=share),
                why=(*answer.why, *proxied_reasons(ends[0])),
                count=len(ends),
            )

    def _headless(self, found: Reading) -> None:
        """DNS with every ready Pod; the client picks."""
        client = self._client(found)
        by_ip = {row.address: row.id for row in self.rows if row.ready}
        records = sorted(
            found.of_name(self.reading.name, "A", "AAAA"),
            key=lambda record: (by_ip.get(record.data, "~"), record.type, record.data),
        )
        own = {r.data: r.name for r in found.records
               if r.type in {"A", "AAAA"} and r.name != self.reading.name}  # fmt: skip
        if not records:
            self._no_answer(found, client)
        if len(records) > RECORDS_ONE_BY_ONE:
            by_type = sorted(records, key=lambda record: record.type)
            for index, (_type, same) in enumerate(groupby(by_type, key=lambda r: r.type)):
                every = list(same)
                answer = self._record(found, self.reading.name, every, index)
                self._line(found, client, answer, "dns", say("asks") if index == 0 else "",
                           title=say("asks for {type}", type=every[0].type))  # fmt: skip
                cards = sorted(self._of(by_ip, r.data) for r in every)
                for card, held in groupby(cards):
                    if card:
                        self._line(found, answer, card, "allow", count=len(list(held)),
                                   title=say("the client picks one and connects "
                                   "itself"))  # fmt: skip
            return
        for index, record in enumerate(records):
            name = own.get(record.data, self.reading.name)
            answer = self._record(found, name, [record], index)
            self._line(found, client, answer, "dns", say("asks") if index == 0 else "",
                       title=say("asks for {type}", type=record.type))  # fmt: skip
            card = self._of(by_ip, record.data)
            if card:
                rows = (row for row in self.rows if row.address == record.data)
                self._line(
                    found,
                    answer,
                    card,
                    "allow",
                    title=say("the client connects itself"),
                    why=self._direct(next(rows, None), say("The client connects itself.")),
                )

    def _direct(self, row: EndpointRow | None, text: str) -> tuple[Reason, ...]:
        """Return why a client of a headless Service connects to an endpoint."""
        said = Reason(text, object_of(self.service), "spec.clusterIP", "None")
        return (said,) if row is None else (said, *address_reasons(row))

    def _no_answer(self, found: Reading, client: str) -> None:
        """Draw that the name of a headless Service with nothing ready does not exist (E-24)."""
        own = self.reading.name.removesuffix(".")
        why = Reason(say("No endpoint is ready, so that DNS has no such name."),
                     object_of(self.service), "spec.publishNotReadyAddresses", "false",
                     cause=True)  # fmt: skip
        card = GraphNode(
            id=f"Record/{self.service.meta.namespace}/{found.sort}:none", kind="Record",
            namespace=self.service.meta.namespace, name="NXDOMAIN", lane="answer", order="0",
            paint="dns", icon="dns", overline=say("no record"), meta=own, state="deny",
            word=say("no such name"), label=say("Record NXDOMAIN, no record of {own}", own=own),
            why=(why,),
        )  # fmt: skip
        answer = self._card(found, card).id
        self._line(found, client, answer, "deny", say("asks"), title=say("no such name"),
                   why=(why,))  # fmt: skip

    def _of(self, by_ip: dict[str, str], ip: str) -> str:
        id_ = by_ip.get(ip, "")
        return self.folds.get(id_, id_)

    def _pods(self) -> None:
        if len({row.id for row in self.rows}) > PODS_ONE_BY_ONE:
            drawing = fold_rows(self.snapshot, self.rows, self.request)
            self.folds = dict(drawing.fold_of)
            self.nodes |= {id_: replace(c, lane="pods") for id_, c in drawing.nodes.items()}
            self.truncated["Pod"] = drawing.folded
            return
        for row in self.rows:
            if row.id not in self.nodes:
                card = endpoint_card(self.service, row, None, self.request)
                self.nodes[row.id] = replace(card, lane="pods", order=row.id)

    def _table(self) -> None:
        """The differences as a card beneath both."""
        rows: list[JSON] = [[item.what, item.normal, item.headless] for item in self.found]
        real = self.reading.real.sort
        heads: list[JSON] = [
            say("What differs"),
            say("With a cluster IP")
            if real == "normal"
            else say("With a cluster IP (hypothetical)"),
            say("Headless") if real == "headless" else say("Headless (hypothetical)"),
        ]
        words = joined(
            "; ",
            (
                say(
                    "{what}: {normal} against {headless}",
                    what=i.what,
                    normal=i.normal,
                    headless=i.headless,
                )
                for i in self.found
            ),
        )
        self.nodes[self.table_id] = GraphNode(
            id=self.table_id, kind="Differences", namespace=self.service.meta.namespace,
            name=say("What differs"), lane="client", order="~", paint="external", icon="group",
            overline=say("Table"), state="ok", word=say("differences"),
            label=say("Differences What differs: {words}", words=words),
            why=(Reason(say("This field makes the difference: an address, or none."),
                        object_of(self.service), "spec.clusterIP",
                        "None" if self.service.is_headless
                        else ", ".join(self.service.virtual_ips) or say("absent")),),
            extra={"grid": {"heads": heads, "rows": rows}},
        )  # fmt: skip
