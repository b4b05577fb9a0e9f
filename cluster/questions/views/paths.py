"""Diagram 6.2: the ways into a Service, the Nodes whose proxies decide, and where they send.

Nodes are boxes: the proxy at the left fans out to the endpoints it may use, in this box or in
another one. A few Nodes are drawn one by one; of many, those that decide alike share a box. What
the cards say is told in `paths_faces.py`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from cluster.domains.service.proxy_endpoints import ProxyEndpoint
from cluster.domains.workload.node import Node
from cluster.machinery.drawing import (
    Badge,
    Graph,
    GraphEdge,
    GraphGroup,
    GraphNode,
    Lane,
    Reason,
    node_id,
)
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, opened, say, say_n
from cluster.questions.facts import Facts
from cluster.questions.slices import EndpointRow, rows_of_slice, slices_of
from cluster.questions.views.endpoint_cards import EndpointDrawing, endpoint_card, fold_rows
from cluster.questions.views.endpoint_reasons import address_reasons
from cluster.questions.views.endpoints import find_service
from cluster.questions.views.paths_faces import (
    alias_faces,
    answers_face,
    client_face,
    drop_word,
    hop,
    no_alias_face,
    proxy_face,
    stop_face,
    way_face,
    way_name,
)
from cluster.questions.views.paths_flows import Flow, PathsReading, Way, read_paths
from cluster.questions.views.paths_words import (
    COLUMNS,
    GUIDE,
    counters,
    describe,
    flow_row,
    options,
    verdict,
    way_row,
)
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.service_frame import frame, object_of

NODES_ONE_BY_ONE, LINES_ONE_BY_ONE, PODS_ONE_BY_ONE = 8, 24, 30
MOST_BOXES = 10


def paths(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    """Return the diagram of the Service `request.of`; raises NotFound, ValueError."""
    service = find_service(snapshot, request.of)
    reading = read_paths(snapshot, service, request)
    drawing = _Drawing(snapshot, facts, request, reading)
    drawing.draw()
    rows = drawing.rows
    client = request.given.get("client", "")
    used = {flow.way.mode for flow in reading.flows}
    table = [flow_row(flow) for flow in reading.flows]
    table += [way_row(way, drawing.way_id(way)) for way in reading.ways if way.mode not in used]
    return frame(
        service, request, layout="bands",
        label=say("Ways into Service {service}, the Nodes that decide, and its endpoints",
        service=service.meta.name),
        verdict=verdict(reading, rows), counters=counters(reading, rows),
        lanes=(
            Lane("client", say("Client")), Lane("way", say("Way in")),
            Lane("proxy", say("Node and its proxy")),
            Lane("endpoint", opened(say("endpoints")), len({row.id for row in rows})),
        ),
        nodes=tuple(drawing.nodes.values()), edges=tuple(drawing.edges.values()),
        groups=tuple(drawing.boxes.values()), columns=COLUMNS, rows=table,
        text=describe(reading, rows), options=options(snapshot, reading, rows, client),
        guide=GUIDE, truncated=drawing.truncated,
    )  # fmt: skip


class _Drawing:
    """The cards, lines and boxes of one diagram."""

    def __init__(
        self, snapshot: Snapshot, facts: Facts, request: ViewRequest, reading: PathsReading
    ) -> None:
        self.snapshot, self.facts, self.request = snapshot, facts, request
        self.reading, self.service = reading, reading.service
        self.nodes: dict[str, GraphNode] = {}
        self.edges: dict[str, GraphEdge] = {}
        self.boxes: dict[str, GraphGroup] = {}
        self.truncated: dict[str, int] = {}
        self.by_place: dict[tuple[str, str], EndpointRow] = {}
        for item in slices_of(snapshot, self.service):
            if item.address_type == reading.family:
                for index, row in enumerate(rows_of_slice(snapshot, item)):
                    self.by_place[item.meta.name, f"endpoints[{index}]"] = row
        self.rows = [row for row in self.by_place.values() if self._has_port(row)]
        self.folds: dict[str, str] = {}
        self.members = self._boxes()

    @property
    def _double(self) -> str | None:
        """The family of lines that are drawn double."""
        return "IPv6" if self.reading.family == "IPv6" else None

    def _has_port(self, row: EndpointRow) -> bool:
        port = self.reading.port
        return port is None or not row.ports or any(p.name == port.name for p in row.ports)

    def _boxes(self) -> dict[str, tuple[str, ...]]:
        """The Nodes of each box: every Node its own while few lines are drawn, else classes."""
        flows = self.reading.flows
        classes = sorted({flow.nodes.nodes for flow in flows})
        nodes = [node for names in classes for node in names]
        lines = sum(
            len(flow.nodes.nodes) * (1 + max(1, len(flow.answer.endpoints))) for flow in flows
        )
        ends = len({row.id for row in self.rows})
        is_small = len(nodes) <= NODES_ONE_BY_ONE and ends <= PODS_ONE_BY_ONE
        if is_small and (lines <= LINES_ONE_BY_ONE or len(nodes) == 1):
            return {f"Node//{node}": (node,) for node in nodes}
        return {
            f"Node//{names[0]}" if len(names) == 1 else f"Nodes/{names[0]}": names
            for names in classes
        }

    def draw(self) -> None:
        """Draw everything."""
        service = self.service
        if service.is_external_name:
            self._alias()
            return
        self._endpoints()
        for way in self.reading.ways:
            self._way(way)
        self._no_alias()
        if service.is_headless:
            self._direct()
        self._draw_boxes()

    def _draw_boxes(self) -> None:
        """Draw the proxies box by box, those that lose connections first where there are many."""
        lossy = {
            node
            for flow in self.reading.flows
            if flow.answer.action != "forward"
            for node in flow.nodes.nodes
        }
        wanted = sorted(
            self.members.items(),
            key=lambda item: (item[1][0] not in lossy, len(item[1]) == 1, item[1]),
        )
        drawn = dict(wanted if len(wanted) <= MOST_BOXES else wanted[:MOST_BOXES])
        for box, names in sorted(drawn.items(), key=lambda item: item[1]):
            for flow in self.reading.flows:
                if names[0] in flow.nodes.nodes:
                    self._flow(flow, names, box)
        left = sum(len(names) for box, names in wanted if box not in drawn)
        if left:
            self.truncated["Node"] = left

    # who connects

    def _client(self, side: str) -> str:
        card = client_face(self.reading, side, self.request)
        self.nodes[card.id] = card
        return card.id

    # ways in

    def way_id(self, way: Way) -> str:
        """Return the id of a way's card."""
        meta = self.service.meta
        return f"Way/{meta.namespace}/{meta.name}:{way.mode}"

    def _way(self, way: Way) -> None:
        self.nodes[self.way_id(way)] = way_face(self.reading, way, self.way_id(way), self.request)
        if not way.is_live:
            return
        used = [flow for flow in self.reading.flows if flow.way == way]
        for side in sorted({flow.side for flow in used}):
            source = self._client(side)
            self._line(
                GraphEdge(f"{source}->{self.way_id(way)}", source, self.way_id(way), "allow",
                          title=say("connects to {name}", name=way_name(way)), why=(way.why,))
            )  # fmt: skip

    # Nodes and their proxies

    def _line(self, edge: GraphEdge) -> None:
        self.edges[edge.id] = edge

    def _box(self, id_: str, names: tuple[str, ...]) -> str:
        if id_ not in self.boxes:
            node = self.snapshot.get(Node, "", names[0])
            alone = len(names) == 1
            badges: list[Badge] = []
            if alone and node is not None and not node.is_ready:
                badges.append(Badge(say("not ready"), "deny", say("The Node is not ready.")))
            self.boxes[id_] = GraphGroup(
                id_, "node", names[0] if alone else say_n("{n:,} Node", "{n:,} Nodes", len(names)),
                sub=(node.zone if node is not None else say("not described")) if alone
                else say("{names} … {names_2}", names=names[0], names_2=names[-1]),
                icon="node", paint="node", order=names[0], badges=tuple(badges),
                href=self.request.object_href("Node", "", names[0]) if alone else None,
            )  # fmt: skip
        return id_

    def _flow(self, flow: Flow, names: tuple[str, ...], box: str) -> None:
        """Draw one flow in one box: the proxy, the line to it, and what it does."""
        self._box(box, names)
        side = "internal" if flow.way.mode == "clusterIP" else "external"
        id_ = f"Proxy/{names[0]}/{side}"
        if id_ not in self.nodes:
            self.nodes[id_] = proxy_face(
                flow, names, id_, box, ends=len(self.rows), request=self.request
            )
            self._fan(flow, names, id_, box)
        source = self.way_id(flow.way)
        target = self.reading.balanced(names[0]) if flow.way.mode == "loadBalancer" else None
        label = f":{flow.way.number}" if flow.way.mode == "nodePort" else ""
        left_out = target is not None and not target.is_used and flow.side == "outside"
        why = (target.why,) if target is not None else (flow.way.why,)
        if left_out and target is not None:
            label = (
                say("health check {status}", status=target.status)
                if target.status != _OK
                else say("left out")
            )
        self._line(
            GraphEdge(
                f"{source}->{id_}", source, id_,
                "deny" if left_out else "unknown" if flow.way.mode == "loadBalancer" else "allow",
                label, count=len(names), title=label or say("arrives at this Node's proxy"),
                why=why,
            )
        )  # fmt: skip

    def _fan(self, flow: Flow, names: tuple[str, ...], source: str, box: str) -> None:
        answer = flow.answer
        if answer.action != "forward":
            self._stop(flow, source, box)
            return
        by_card: dict[str, list[ProxyEndpoint]] = {}
        for endpoint in answer.endpoints:
            row = self.by_place.get((endpoint.source.name, endpoint.where))
            if row is not None:
                by_card.setdefault(self.folds.get(row.id, row.id), []).append(endpoint)
        for card, ends in by_card.items():
            edge = hop(flow, names, source, card, ends)
            self._line(replace(edge, family=self._double))

    def _stop(self, flow: Flow, source: str, box: str) -> None:
        card = stop_face(flow, source, box)
        self.nodes[card.id] = card
        verb = drop_word(flow)
        self._line(GraphEdge(f"{source}->{card.id}", source, card.id, "deny", verb,
                             title=card.name, why=flow.answer.why))  # fmt: skip

    # endpoints

    def _endpoints(self) -> None:
        if len({row.id for row in self.rows}) > PODS_ONE_BY_ONE:
            drawing: EndpointDrawing = fold_rows(self.snapshot, self.rows, self.request)
            self.folds = dict(drawing.fold_of)
            for card in drawing.nodes.values():
                self.nodes[card.id] = replace(card, lane="endpoint")
            self.truncated["Pod"] = drawing.folded
            return
        by_id = groupby(sorted(self.rows, key=lambda row: row.id), key=lambda row: row.id)
        for _id, found in by_id:
            self._endpoint(list(found))

    def _endpoint(self, rows: list[EndpointRow]) -> None:
        row = rows[0]
        box = None
        shared = any(row.node in names for names in self.members.values() if len(names) > 1)
        if row.node and not shared:
            box = self._box(f"Node//{row.node}", (row.node,))
        card = endpoint_card(self.service, row, box, self.request)
        ports = [p for p in row.ports if self.reading.port and p.name == self.reading.port.name]
        number = say("port {port}", port=ports[0].port) if ports and ports[0].port else ""
        where = row.node if box is None and row.node else number
        self.nodes[row.id] = replace(
            card, lane="endpoint", order=row.id,
            variant=where if card.state == "ok" and where else card.variant,
            label=joined(", ", (card.label, number)) if number else card.label,
        )  # fmt: skip

    # no proxy

    def _direct(self) -> None:
        """A headless Service: DNS answers, and clients connect to the Pods themselves."""
        meta = self.service.meta
        id_ = f"Way/{meta.namespace}/{meta.name}:dns"
        ready = [row for row in self.rows if row.ready]
        why = Reason(say("Headless: DNS answers with the endpoints themselves."),
                     object_of(self.service), "spec.clusterIP", "None")  # fmt: skip
        self.nodes[id_] = answers_face(self.service, id_, len(ready), why, self.request)
        client = self._client("inside")
        self._line(GraphEdge(f"{client}->{id_}", client, id_, "dns", say("asks"), why=(why,)))
        held: dict[str, list[EndpointRow]] = {}
        for row in ready:
            held.setdefault(self.folds.get(row.id, row.id), []).append(row)
        for card, found in held.items():
            self._line(
                GraphEdge(f"{id_}->{card}", id_, card, "allow", count=len(found),
                          family="IPv6" if self.reading.family == "IPv6" else None,
                          title=say("the client picks one and connects itself"),
                          why=(why, *address_reasons(found[0])))
            )  # fmt: skip

    def _no_alias(self) -> None:
        card = no_alias_face(self.service)
        self.nodes[card.id] = card

    def _alias(self) -> None:
        """An ExternalName: one DNS answer, and nothing of the cluster in between."""
        meta = self.service.meta
        way = f"Way/{meta.namespace}/{meta.name}:alias"
        target = node_id("External", meta.namespace, self.service.external_name)
        why = Reason(say("DNS answers with a CNAME; no proxying, no port mapping."),
                     object_of(self.service), "spec.externalName", self.service.external_name,
                     cause=True)  # fmt: skip
        client = self._client("inside")
        for card in alias_faces(self.service, way, target, why, self.request):
            self.nodes[card.id] = card
        self._line(GraphEdge(f"{client}->{way}", client, way, "dns", say("asks"), why=(why,)))
        self._line(GraphEdge(f"{way}->{target}", way, target, "dns", "CNAME",
                             title=say("no proxying, no port mapping"), why=(why,)))  # fmt: skip
        for way_ in self.reading.ways:
            self._way(way_)


_OK = 200
