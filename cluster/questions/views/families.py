"""Diagram 6.8: both families of a Service, mirrored, over the same Pods and Nodes.

IPv4 stands above and IPv6 below: the DNS answer and the slices of each. Pods and Nodes are shared;
each shows a socket per family, and one that it lacks is dashed and says so. What the cards say is
told in `families_faces.py`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from cluster.machinery.addresses import FAMILIES
from cluster.machinery.drawing import (
    Graph,
    GraphEdge,
    GraphGroup,
    GraphNode,
    Lane,
    Reason,
    node_id,
)
from cluster.machinery.manifest import JSON
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say
from cluster.questions.facts import Facts
from cluster.questions.slices import EndpointRow
from cluster.questions.views.cards import node_card, pod_card
from cluster.questions.views.endpoints import find_service, slice_card
from cluster.questions.views.families_faces import (
    Likeness,
    answer_face,
    band_of,
    double,
    fold_face,
    missing_face,
    service_face,
    socket,
    stack,
)
from cluster.questions.views.families_reading import (
    FamiliesReading,
    FamilyReading,
    node_address,
    read_families,
)
from cluster.questions.views.families_table import COLUMNS, table
from cluster.questions.views.families_words import GUIDE, counters, describe, verdict
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.service_frame import frame, port_word
from cluster.questions.views.words import listed
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
            Lane("slices", say("EndpointSlices"), sum(len(f.slices) for f in reading.families)),
            Lane("pods", say("Pods"), pods), Lane("nodes", say("Nodes"), len(reading.nodes)),
        ),
        nodes=tuple(drawing.nodes.values()), edges=tuple(drawing.edges.values()),
        groups=drawing.bands, columns=COLUMNS, rows=table(reading, request),
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
        self._put(service_face(self.reading, self.facts, self.request))
        if self.service.is_external_name:
            self._alias()
            return
        self.bands = tuple(
            band_of(family, len(self.endpoints)) for family in self.reading.families
        )
        for family in self.reading.families:
            self._half(family)
        if self.is_whole:
            self._draw_pods()
            self._hosts()
        else:
            self._folds()

    def _alias(self) -> None:
        """Draw the name that DNS answers with; whose families it has nobody here knows."""
        meta, name = self.service.meta, self.service.external_name
        word = say("which families it has is not known")
        why = Reason(
            say("DNS answers with this name; nothing is proxied."),
            f"Service {meta.namespace}/{meta.name}", "spec.externalName", name,
        )  # fmt: skip
        card = self._put(
            GraphNode(
                id=node_id("External", meta.namespace, name), kind="External",
                namespace=meta.namespace, name=name, lane="answer", paint="external",
                icon="external", overline=say("External name"), meta=say("not known"),
                state="unknown", word=word, label=say("External {name}, {word}", name=name,
                word=word), why=(why,),
            )
        )  # fmt: skip
        source = node_id("Service", meta.namespace, meta.name)
        self._line(
            GraphEdge(f"{source}->{card.id}", source, card.id, "dns", "CNAME", title=word,
                      why=(why,))
        )  # fmt: skip

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

    def _half(self, family: FamilyReading) -> None:
        """One family's answer and slices, and the lines between them."""
        service_card_id = node_id("Service", self.service.meta.namespace, self.service.meta.name)
        answer = self._put(answer_face(self.reading, family, self.snapshot.settings, self.request))
        self._line(
            GraphEdge(
                f"{service_card_id}->{answer.id}", service_card_id, answer.id,
                "dns" if not answer.ghost else "own", family.record,
                title=answer.label, why=answer.why,
            )
        )  # fmt: skip
        band = f"Band/{family.family}"
        if not family.slices:
            self._put(missing_face(self.service, family, band))
        for item in family.slices:
            card = replace(slice_card(item, self.snapshot, self.request), group=band)
            self._put(card)
            ready = any(end.is_ready for end in item.endpoints)
            ports = listed([port_word(port) for port in self.service.ports], 2)
            self._line(
                GraphEdge(
                    f"{answer.id}->{card.id}", answer.id, card.id,
                    "allow" if ready and item.ports else "notready", ports,
                    family=double(family.family) if ready and item.ports else None,
                    title=say("{family}: {ports}", family=family.family,
                    ports=ports or say("every port")),
                    why=(Reason(say("It belongs to the Service and holds this family."),
                                f"EndpointSlice {item.meta.namespace}/{item.meta.name}",
                                "addressType", item.address_type),),
                )
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
                    variant=stack([family for family in FAMILIES if addresses[family]]),
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
                    why=(
                        Reason(
                            say("It stands in a slice without a Pod behind it."),
                            f"EndpointSlice {row.namespace}/{row.slice_name}",
                            f"endpoints[{row.position}].addresses",
                            row.address,
                        ),
                    ),
                )  # fmt: skip
            by_family = {row.family: row for row in rows}
            gaps = [f.family for f in self.reading.offered if addresses[f.family] is None]
            has_ip = pod is None or bool(pod.ips)
            sockets: list[JSON] = [
                socket(family, addresses[family], by_family.get(family)) for family in FAMILIES
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
                family=double(row.family) if state == "allow" else None, title=row.address,
                socket=(int(row.family == "IPv6"), len(FAMILIES)),
                why=(Reason(say("The endpoint is "
                "ready.") if row.ready else say("It is not ready."), name,
                            f"endpoints[{row.position}].conditions.ready",
                            str(row.ready).lower(),
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
        alike: dict[Likeness, list[str]] = {}
        for id_, rows in self.endpoints.items():
            pod = self.pods.get(id_)
            workload = workload_of(self.snapshot, pod) if pod is not None else None
            likeness = Likeness(
                workload.kind if workload else "Endpoint",
                workload.name if workload else say("by hand"),
                tuple(family for family in FAMILIES if any(row.family == family for row in rows)),
                bool(rows) and all(row.ready for row in rows),
            )
            alike.setdefault(likeness, []).append(id_)
        for likeness, ids in sorted(alike.items()):
            card = self._put(fold_face(self.service.meta.namespace, likeness, ids))
            rows = sorted(
                (row for id_ in ids for row in self.endpoints[id_]),
                key=lambda row: (row.slice_name, row.family),
            )
            for _slice, same in groupby(rows, key=lambda row: (row.slice_name, row.family)):
                found = list(same)
                self._arrival(found[0], card.id, len(found))
        self.truncated = {"Pod": len(self.endpoints)}
