"""Diagram 6.2: the ways into a Service, the Nodes whose proxies decide, and where they send.

Nodes are boxes: the proxy at the left fans out to the endpoints it may use, in this box or in
another one. A few Nodes are drawn one by one; of many, those that decide alike share a box.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from cluster.domains.service.destinations import source_ranges
from cluster.domains.service.forwarding import affinity_seconds
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
from cluster.machinery.texts import joined, say, say_n
from cluster.questions.facts import Facts
from cluster.questions.slices import EndpointRow, rows_of_slice, slices_of
from cluster.questions.views.cards import pod_card
from cluster.questions.views.endpoint_cards import EndpointDrawing, endpoint_card, fold_rows
from cluster.questions.views.endpoints import find_service
from cluster.questions.views.paths_flows import Flow, PathsReading, Way, read_paths
from cluster.questions.views.paths_words import (
    COLUMNS,
    GUIDE,
    MODE_WORD,
    counters,
    describe,
    flow_row,
    options,
    seen_word,
    verdict,
    way_row,
)
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.service_frame import frame, object_of
from cluster.questions.views.words import listed

NODES_ONE_BY_ONE, LINES_ONE_BY_ONE, PODS_ONE_BY_ONE = 8, 24, 30
MOST_BOXES = 10
ARROW = "\N{RIGHTWARDS ARROW}"
ANYBODY = "Client//anybody"
THE_OUTSIDE = "External//outside"


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
            Lane("endpoint", "Endpoints", len({row.id for row in rows})),
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
        asker = self.reading.asker
        if side == "outside":
            self.nodes[THE_OUTSIDE] = GraphNode(
                id=THE_OUTSIDE, kind="External", namespace="", name=say("outside"), lane="client",
                order="1", paint="external", icon="external", overline=say("Client"),
                variant=say("outside"), meta=say("any address"), state="unknown",
                word=say("not known"), label=say("External outside, clients that are not in the "
                "cluster"),
            )  # fmt: skip
            return THE_OUTSIDE
        if asker.pod is not None:
            card = pod_card(asker.pod, self.request, lane="client", group=None, order="0")
            id_ = f"Client/{asker.pod.meta.namespace}/{asker.pod.meta.name}"
            self.nodes[id_] = replace(
                card,
                id=id_,
                overline=say("Client"),
                variant=say("on {node}", node=asker.node),
                label=say(
                    "Client {pod}, a Pod on {node}", pod=asker.pod.meta.name, node=asker.node
                ),
            )
            return id_
        name = say("a Pod on {node}", node=asker.node) if asker.node else say("any Pod")
        self.nodes[ANYBODY] = GraphNode(
            id=ANYBODY, kind="Client", namespace="", name=name, lane="client", order="0",
            paint="pod", icon="pod", overline=say("Client"), variant=say("inside"),
            meta=say("asks DNS for the name"), state="ok", word=say("any"),
            label=say("Client {name}, in the cluster", name=name),
        )  # fmt: skip
        return ANYBODY

    # ways in

    def way_id(self, way: Way) -> str:
        """Return the id of a way's card."""
        meta = self.service.meta
        return f"Way/{meta.namespace}/{meta.name}:{way.mode}"

    def _way(self, way: Way) -> None:
        meta = self.service.meta
        word = MODE_WORD[way.mode]
        port = self.reading.port
        protocol = port.protocol if port is not None else "TCP"
        if not way.is_live:
            asked = way.mode == "loadBalancer" and self.service.type == "LoadBalancer"
            text = say("no address") if asked else say("closed")
            self.nodes[self.way_id(way)] = GraphNode(
                id=self.way_id(way), kind="Way", namespace=meta.namespace, name=word, lane="way",
                order=f"~{_ORDER[way.mode]}", paint="service", icon="service",
                overline=say("Way in"),
                meta=text, state="warn" if asked else "skip", word=text, ghost=True, compact=True,
                label=say("Way {word}, {text}", word=word, text=text), why=(way.why,),
                extra={"wide": True},
            )  # fmt: skip
            return
        name: str = way.addresses[0] if way.mode != "nodePort" else say("every Node's address")
        more = f" +{len(way.addresses) - 1}" if len(way.addresses) > 1 else ""
        more = "" if way.mode == "nodePort" else more
        is_balancer = way.mode == "loadBalancer"
        self.nodes[self.way_id(way)] = GraphNode(
            id=self.way_id(way), kind="Way", namespace=meta.namespace,
            name=joined("", (name, more)),
            lane="way", order=_ORDER[way.mode], paint="external" if is_balancer else "service",
            icon="external" if is_balancer else "service", overline=word,
            meta=f"{way.number}/{protocol}",
            state="unknown" if is_balancer else "ok",
            word=say("its inside is assumed") if is_balancer else say("open"),
            badges=self._way_badges(way),
            label=say("Way {name}{more}, {word}, port {number}/{protocol}", name=name, more=more,
            word=word, number=way.number or "", protocol=protocol),
            href=self.request.object_href("Service", meta.namespace, meta.name),
            why=(way.why, *self._way_reasons(way)),
            extra={"assumed": True} if is_balancer else {},
        )  # fmt: skip
        used = [flow for flow in self.reading.flows if flow.way == way]
        for side in sorted({flow.side for flow in used}):
            source = self._client(side)
            self._line(
                GraphEdge(f"{source}->{self.way_id(way)}", source, self.way_id(way), "allow",
                          title=say("connects to {name}", name=name), why=(way.why,))
            )  # fmt: skip

    def _way_badges(self, way: Way) -> tuple[Badge, ...]:
        found: list[Badge] = []
        service = self.service
        seconds = affinity_seconds(service)
        if seconds is not None:
            found.append(Badge(say("affinity"), "unknown",
                               say("A client keeps its endpoint for {seconds} s.",
                               seconds=seconds)))  # fmt: skip
        if way.mode == "loadBalancer":
            ranges = source_ranges(service, self.reading.family)
            if ranges:
                found.append(
                    Badge(
                        say_n("{n:,} range", "{n:,} ranges", len(ranges)),
                        "warn",
                        ", ".join(str(network) for _path, network in ranges),
                    )
                )
        policy = (
            service.internal_traffic_policy if way.mode == "clusterIP"
            else service.external_traffic_policy
        )  # fmt: skip
        if policy == "Local":
            found.append(
                Badge(say("Local"), "unknown", say("Only endpoints of the same Node are used."))
            )
        return tuple(found)

    def _way_reasons(self, way: Way) -> list[Reason]:
        service, name = self.service, object_of(self.service)
        found: list[Reason] = []
        if way.mode == "clusterIP":
            found.append(
                Reason(
                    say("Which endpoints clients in the cluster may get."),
                    name,
                    "spec.internalTrafficPolicy",
                    service.internal_traffic_policy,
                )
            )
        else:
            found.append(Reason(say("Which endpoints clients from outside may get."), name,
                                "spec.externalTrafficPolicy",
                                service.external_traffic_policy or say("absent")))  # fmt: skip
        seconds = affinity_seconds(service)
        if seconds is not None:
            found.append(Reason(say("A client keeps its endpoint for {seconds} seconds.",
            seconds=seconds), name,
                                "spec.sessionAffinity", service.session_affinity))  # fmt: skip
        if way.mode == "loadBalancer":
            if service.load_balancer_source_ranges:
                found.append(Reason(say("Only these clients pass."), name,
                                    "spec.loadBalancerSourceRanges",
                                    ", ".join(service.load_balancer_source_ranges)))  # fmt: skip
            if service.health_check_node_port:
                found.append(Reason(say("Here it asks each Node for endpoints of its own."), name,
                                    "spec.healthCheckNodePort",
                                    str(service.health_check_node_port)))  # fmt: skip
            if all(port.node_port is None for port in service.ports):
                found.append(
                    Reason(
                        say("No node ports: it must reach the Nodes or Pods by itself."),
                        name,
                        "spec.allocateLoadBalancerNodePorts",
                        "false",
                    )
                )
        return found

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
            self.nodes[id_] = self._proxy(flow, names, id_, side, box)
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

    def _proxy(
        self, flow: Flow, names: tuple[str, ...], id_: str, side: str, box: str
    ) -> GraphNode:
        answer = flow.answer
        ok = answer.action == "forward"
        count = len(answer.endpoints)
        if ok:
            meta = say("→ {count} of {rows}", count=f"{count:,}", rows=f"{len(self.rows):,}")
            if flow.nodes.is_sample:
                meta = say("→ its own Pods")
            word = say(
                "forwards to {endpoints}",
                endpoints=say_n("{n:,} endpoint", "{n:,} endpoints", count),
            )
        else:
            word = say("drops: no local endpoint") if answer.action == "drop" else say("refuses")
            meta = word
        badges: list[Badge] = []
        if ok:
            seen = say("the client") if answer.source_seen == "preserved" else say("the Node")
            badges.append(
                Badge(seen_word(answer), "unknown", say("The Pod sees {seen}.", seen=seen))
            )
        if answer.categories.topology and ok:
            zone = answer.categories.topology == "PreferSameZone"
            badges.append(Badge(say("zone") if zone else say("node"), "unknown",
                                say("Hints narrow the endpoints.")))  # fmt: skip
        if ok and not answer.endpoints[0].is_ready:
            badges.append(
                Badge(say("last resort"), "term", say("Only terminating endpoints are left."))
            )
        what = say("in-cluster") if side == "internal" else say("from outside")
        return GraphNode(
            id=id_, kind="Proxy", namespace="", name="kube-proxy", lane="proxy", group=box,
            order=f"{names[0]}|{0 if side == 'internal' else 1}", paint="node", icon="proxy",
            overline=what, variant=say("mode ?"), meta=meta, state="ok" if ok else "deny",
            word=word, badges=tuple(badges), count=len(names),
            href=self.request.object_href("Node", "", names[0]) if len(names) == 1 else None,
            label=say("Proxy kube-proxy of {names}, {what}, {word}", names=listed(names, 1),
            what=what, word=word),
            why=answer.why, extra={"assumed": True},
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
            self._line(self._hop(flow, names, source, card, ends))

    def _hop(
        self, flow: Flow, names: tuple[str, ...], source: str, card: str, ends: list[ProxyEndpoint]
    ) -> GraphEdge:  # fmt: skip
        answer = flow.answer
        first = ends[0].endpoint
        leaves = len(names) == 1 and first.node_name != names[0]
        is_snat = answer.source_seen == "node"
        hops = say("a second hop, to another Node") if leaves else say("stays on the Node")
        return GraphEdge(
            f"{source}->{card}", source, card, "allow" if ends[0].is_ready else "notready",
            count=len(ends), family="IPv6" if self.reading.family == "IPv6" else None,
            title=say("1 of {endpoints}, each as likely; {hops}; the Pod sees {word}",
            endpoints=f"{len(answer.endpoints):,}", hops=hops,
            word=say("the Node") if is_snat else say("the client")),
            why=answer.why,
        )  # fmt: skip

    def _stop(self, flow: Flow, source: str, box: str) -> None:
        answer = flow.answer
        cause = next((reason for reason in answer.why if reason.cause), None)
        text = say("no local endpoint") if answer.action == "drop" else say("connection refused")
        if cause is not None and "source range" in cause.text:
            text = say("in no source range")
        id_ = f"Stop/{source.removeprefix('Proxy/')}"
        verb = say("drops") if answer.action == "drop" else say("refuses")
        self.nodes[id_] = GraphNode(
            id=id_, kind="Stop", namespace="", name=text, lane="endpoint", group=box,
            order=f"~{source}", paint="external", icon="external", overline=say("Stop"),
            state="deny",
            word=say("{verb}: {text}", verb=verb, text=text), ghost=True, compact=True,
            label=say("Stop {text}, {verb}", text=text, verb=verb),
            why=answer.why, extra={"wide": True},
        )  # fmt: skip
        self._line(GraphEdge(f"{source}->{id_}", source, id_, "deny", verb, title=text,
                             why=answer.why))  # fmt: skip

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
        self.nodes[id_] = GraphNode(
            id=id_, kind="Way", namespace=meta.namespace, name=say("DNS answers with Pods"),
            lane="way",
            order="0", paint="dns", icon="dns", overline=say("Headless"),
            meta=say_n("{n:,} address", "{n:,} addresses", len(ready)),
            state="ok" if ready else "deny",
            word=say("answers") if ready else say("no address"), why=(why,),
            label=say("Way DNS answers with Pods, {addresses}",
            addresses=say_n("{n:,} address", "{n:,} addresses", len(ready))),
            href=self.request.object_href("Service", meta.namespace, meta.name),
        )  # fmt: skip
        client = self._client("inside")
        self._line(GraphEdge(f"{client}->{id_}", client, id_, "dns", say("asks"), why=(why,)))
        totals: dict[str, int] = {}
        for row in ready:
            card = self.folds.get(row.id, row.id)
            totals[card] = totals.get(card, 0) + 1
        for card, count in totals.items():
            self._line(
                GraphEdge(f"{id_}->{card}", id_, card, "allow", count=count,
                          family="IPv6" if self.reading.family == "IPv6" else None,
                          title=say("the client picks one and connects itself"), why=(why,))
            )  # fmt: skip

    def _no_alias(self) -> None:
        """The last way in, which this Service is not: a DNS alias."""
        meta = self.service.meta
        id_ = f"Way/{meta.namespace}/{meta.name}:alias"
        why = Reason(say("It has addresses or Pods of its own, not another name."),
                     object_of(self.service), "spec.type", self.service.type)  # fmt: skip
        self.nodes[id_] = GraphNode(
            id=id_, kind="Way", namespace=meta.namespace, name="ExternalName", lane="way",
            order="~9", paint="service", icon="service", overline=say("Way in"),
            meta=say("closed"),
            state="skip", word=say("not exposed"), ghost=True, compact=True,
            label=say("Way ExternalName, not exposed"), why=(why,), extra={"wide": True},
        )  # fmt: skip

    def _alias(self) -> None:
        """An ExternalName: one DNS answer, and nothing of the cluster in between."""
        meta = self.service.meta
        way = f"Way/{meta.namespace}/{meta.name}:alias"
        target = node_id("External", meta.namespace, self.service.external_name)
        why = Reason(say("DNS answers with a CNAME; no proxying, no port mapping."),
                     object_of(self.service), "spec.externalName", self.service.external_name,
                     cause=True)  # fmt: skip
        client = self._client("inside")
        self.nodes[way] = GraphNode(
            id=way, kind="Way", namespace=meta.namespace, name=meta.name, lane="way", order="0",
            paint="dns", icon="dns", overline="ExternalName",
            meta=say("a CNAME, no proxying"), state="ok", word=say("answers with a name"),
            label=say("Way {name}, ExternalName, a DNS alias", name=meta.name), why=(why,),
            href=self.request.object_href("Service", meta.namespace, meta.name),
        )  # fmt: skip
        self.nodes[target] = GraphNode(
            id=target, kind="External", namespace=meta.namespace, name=self.service.external_name,
            lane="endpoint", order="0", paint="external", icon="external", overline="External",
            variant=say("assumed"), meta=say("not checked here"), state="unknown",
            word=say("not checked"), label=say("External {external_name}, not checked",
            external_name=self.service.external_name),
            why=(why,), extra={"assumed": True},
        )  # fmt: skip
        self._line(GraphEdge(f"{client}->{way}", client, way, "dns", say("asks"), why=(why,)))
        self._line(GraphEdge(f"{way}->{target}", way, target, "dns", "CNAME",
                             title=say("no proxying, no port mapping"), why=(why,)))  # fmt: skip
        for way_ in self.reading.ways:
            self._way(way_)


_OK = 200
_ORDER = {"clusterIP": "1", "nodePort": "2", "loadBalancer": "3", "externalIP": "4"}
