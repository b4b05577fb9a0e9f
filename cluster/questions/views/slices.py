"""Diagram 6.4: the slices of a Service as bins, who packs and stores them, and who watches.

A change of one endpoint changes exactly one bin per slice it stands in; the controller, the API
server and the watchers are drawn the same whatever the endpoints' states.
"""

from __future__ import annotations

from dataclasses import replace

from cluster.domains.service.endpointslice import CONTROLLER, MIRRORING_CONTROLLER
from cluster.machinery.drawing import (
    Choice,
    EdgeState,
    Graph,
    GraphEdge,
    GraphGroup,
    GraphNode,
    Lane,
    Option,
    Reason,
    State,
    node_id,
)
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts
from cluster.questions.slices import port_text
from cluster.questions.views.cards import service_card
from cluster.questions.views.endpoints import find_service
from cluster.questions.views.request import Parameter, ViewRequest
from cluster.questions.views.service_frame import frame, object_of
from cluster.questions.views.slices_reading import (
    LEGACY_MOST,
    READY,
    Bin,
    SlicesReading,
    Watchers,
    manager_word,
    read_slices,
)
from cluster.questions.views.slices_words import (
    COLUMNS,
    GUIDE,
    counters,
    describe,
    size_word,
    slice_row,
    verdict,
    watcher_row,
)
from cluster.questions.views.words import counted

PARAMETERS = (
    Parameter("as", "`endpoints`: as the one Endpoints object that slices replace.",
              ("endpoints",)),
)  # fmt: skip
API = "ControlPlane//kube-apiserver"
MOST_BINS = 60


def slices(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    """Return the diagram of the Service `request.of`; raises NotFound, ValueError."""
    service = find_service(snapshot, request.of)
    reading = read_slices(snapshot, service)
    legacy = request.given.get("as") == "endpoints"
    drawing = _Drawing(request, reading, legacy=legacy)
    drawing.draw()
    if not reading.bins:
        card = service_card(service, facts, request, lane="slices", group=None)
        drawing.nodes[card.id] = replace(card, open=None)
    one = Choice("", "EndpointSlices"), Choice("endpoints", "one Endpoints object")
    return frame(
        service, request, layout="bins",
        label=f"EndpointSlices of Service {service.meta.name} and who watches them",
        verdict=verdict(reading, as_endpoints=legacy), counters=counters(reading),
        lanes=(
            Lane("slices", "Endpoints" if legacy else "EndpointSlices",
                 1 if legacy else len(reading.bins)),
            *([] if legacy else [Lane("controller", "Controller")]), Lane("api", "API server"),
            Lane("watchers", "Watchers", reading.audience),
        ),
        nodes=tuple(drawing.nodes.values()), edges=tuple(drawing.edges.values()),
        groups=tuple(drawing.groups.values()), columns=COLUMNS,
        rows=[*(slice_row(found, reading, request) for found in reading.bins),
              *(watcher_row(found) for found in reading.watchers if reading.bins)],
        text=describe(reading, as_endpoints=legacy),
        options=(Option("as", "Drawn as", "endpoints" if legacy else "", one),)
        if reading.bins else (), guide=GUIDE, truncated=drawing.truncated,
    )  # fmt: skip


class _Drawing:
    """The cards, lines and boxes of one diagram."""

    def __init__(self, request: ViewRequest, reading: SlicesReading, *, legacy: bool) -> None:
        self.request, self.reading, self.legacy = request, reading, legacy
        self.nodes: dict[str, GraphNode] = {}
        self.edges: dict[str, GraphEdge] = {}
        self.groups: dict[str, GraphGroup] = {}
        self.truncated: dict[str, int] = {}

    def draw(self) -> None:
        """Draw everything; nothing where there is no slice."""
        if not self.reading.bins:
            return
        self._api()
        for watchers in self.reading.watchers:
            self._watch(watchers)
        if self.legacy:
            self._endpoints()
            return
        for found in self.reading.bins[:MOST_BINS]:
            self._bin(found)
        left = len(self.reading.bins) - MOST_BINS
        if left > 0:
            self.truncated["EndpointSlice"] = left

    def _api(self) -> None:
        self.nodes[API] = GraphNode(
            id=API, kind="ControlPlane", namespace="", name="kube-apiserver", lane="api",
            order="0", paint="node", icon="node", overline="API server", variant="",
            meta="sends what changed", state="ok", word="stores and sends",
            label="ControlPlane kube-apiserver, stores slices and sends each change to its "
                  "watchers",
        )  # fmt: skip

    def _watch(self, watchers: Watchers) -> None:
        id_ = f"Watchers//{watchers.id}"
        count = watchers.count
        none = count == 0
        if count is None:
            meta, state, word = "not known", "unknown", "not known"
        elif none:
            meta, state, word = "none of these slices", "skip", "does not watch these"
        else:
            state = "ok" if watchers.is_seen else "unknown"
            meta = f"one per {watchers.per}"
            word = "seen" if watchers.is_seen else "assumed"
        found: State = "ok" if state == "ok" else "skip" if state == "skip" else "unknown"
        times = f"\N{MULTIPLICATION SIGN}{count:,} " if count else ""
        self.nodes[id_] = GraphNode(
            id=id_, kind="Watchers", namespace="", name=f"{times}{watchers.name}",
            lane="watchers", order=f"{_ORDER.get(watchers.id, 9)}", paint="external"
            if watchers.id == "others" else "dns" if watchers.id == "coredns" else "node",
            icon={"kube-proxy": "proxy", "coredns": "dns", "ingress": "ingress"}.get(
                watchers.id, "external"),
            overline="Watchers", variant="seen" if watchers.is_seen else "assumed", meta=meta,
            state=found, word=word, count=count or 1,
            label=f"Watchers {times}{watchers.name}, {word}",
            why=(Reason(f"It {watchers.what}.", "Pods" if watchers.is_seen else "",
                        "metadata.labels" if watchers.is_seen else "",
                        "seen" if watchers.is_seen else "assumed"),),
            extra={} if watchers.is_seen else {"assumed": True},
        )  # fmt: skip
        if not none:
            line: EdgeState = "allow" if watchers.is_seen else "unknown"
            self.edges[f"{API}->{id_}"] = GraphEdge(
                f"{API}->{id_}", API, id_, line, count=count or 1,
                title=f"each change, to {counted(count or 1, 'watcher')}",
                why=(Reason(f"It {watchers.what}.", "Pods" if watchers.is_seen else "",
                            "metadata.labels" if watchers.is_seen else "", word),),
            )  # fmt: skip

    @property
    def _flash(self) -> list[str]:
        """The lines that carry a change of a bin."""
        return [f"{API}->Watchers//{w.id}" for w in self.reading.watchers if w.count != 0]

    def _bin(self, found: Bin) -> None:
        item = found.item
        namespace, name = item.meta.namespace, item.meta.name
        ports = ", ".join(str(port.port) for port in item.ports if port.port) or "no port"
        group = f"Group/{item.address_type}/{ports}/{found.manager or 'nobody'}"
        if group not in self.groups:
            self._group(group, found, ports)
        ready = found.cells.count(READY)
        size = len(found.cells)
        state: State = "ok" if ready == size and size else "warn"
        word = f"{ready} of {size} ready" if size else "empty"
        fill = f"{size}/{self.reading.maximum}"
        self.nodes[node_id("EndpointSlice", namespace, name)] = GraphNode(
            id=node_id("EndpointSlice", namespace, name), kind="EndpointSlice",
            namespace=namespace, name=name, lane="slices", group=group, order=name, paint="slice",
            icon="slice", overline="Slice", variant=item.address_type, meta=word, state=state,
            word=word, count=1, label=f"EndpointSlice {name}, {fill} endpoints, {word}, "
                                      f"{size_word(found.size)}",
            href=self.request.object_href("EndpointSlice", namespace, name),
            why=(
                Reason(f"{size} endpoints of {self.reading.maximum} at most.",
                       f"EndpointSlice {namespace}/{name}", "endpoints", str(size)),
                Reason("It belongs to the Service by its label.",
                       f"EndpointSlice {namespace}/{name}",
                       "metadata.labels[kubernetes.io/service-name]", item.service_name),
            ),
            extra={
                "cells": found.cells, "places": self.reading.maximum,
                "facts": [fill, size_word(found.size)], "flash": [*self._flash],
            },
        )  # fmt: skip

    def _group(self, group: str, found: Bin, ports: str) -> None:
        item = found.item
        same = [
            other for other in self.reading.bins
            if other.item.address_type == item.address_type and other.manager == found.manager
            and other.item.ports == item.ports
        ]  # fmt: skip
        outer = f"Slices/{found.manager or 'nobody'}"
        self.groups[group] = GraphGroup(
            group, "group", f"{item.address_type} · {ports}", sub=counted(len(same), "slice"),
            lane="slices", parent=outer, order=f"{item.address_type}|{ports}",
        )  # fmt: skip
        if outer in self.groups:
            return
        label = manager_word(found.manager)
        own = sum(other.manager == found.manager for other in self.reading.bins)
        self.groups[outer] = GraphGroup(
            outer, "group", f"Packed by {label}" if found.manager else "Written by hand",
            sub=counted(own, "slice"), icon="slice", paint="slice", lane="slices",
            order=found.manager or "~",
        )  # fmt: skip
        writer = self._writer(found.manager)
        name = f"EndpointSlice {item.meta.namespace}/{item.meta.name}"
        self.edges[f"{outer}->{writer}"] = GraphEdge(
            f"{outer}->{writer}", outer, writer, "own", title=label,
            why=(Reason("The label says who looks after a slice.", name,
                        "metadata.labels[endpointslice.kubernetes.io/managed-by]",
                        found.manager or "absent"),
                 Reason("A slice holds endpoints of one family with the same port numbers.",
                        name, "ports",
                        ", ".join(port_text(port) for port in item.ports) or "none")),
        )  # fmt: skip

    def _writer(self, manager: str) -> str:
        """Return the card that stands for who packs slices; the API server for nobody."""
        if not manager:
            return API
        id_ = f"Controller//{manager}"
        if id_ not in self.nodes:
            ours = manager in {CONTROLLER, MIRRORING_CONTROLLER}
            self.nodes[id_] = GraphNode(
                id=id_, kind="Controller", namespace="", name=manager_word(manager),
                lane="controller", order=manager, paint="workload", icon="deployment",
                overline="Controller", meta="packs, never merges" if ours else manager,
                state="ok", word="packs slices",
                label=f"Controller {manager_word(manager)}, packs the slices",
                why=(Reason("It fills what it writes anyway; few writes matter more than few "
                            "slices.", "EndpointSlice",
                            "metadata.labels[endpointslice.kubernetes.io/managed-by]", manager),),
            )  # fmt: skip
            self.edges[f"{id_}->{API}"] = GraphEdge(
                f"{id_}->{API}",
                id_,
                API,
                "allow",
                "writes",
                title="writes what changed",
                why=(
                    Reason(
                        "It writes the slices that changed, no others.",
                        "EndpointSlice",
                        "metadata.labels[endpointslice.kubernetes.io/managed-by]",
                        manager,
                    ),
                ),
            )
        return id_

    def _endpoints(self) -> None:
        """Draw the one Endpoints object that the slices replace."""
        legacy = self.reading.legacy
        meta = self.reading.service.meta
        id_ = node_id("Endpoints", meta.namespace, meta.name)
        group, outer = "Group/endpoints", "Slices/endpoints"
        size = len(legacy.cells)
        word = f"{legacy.cut:,} cut" if legacy.cut else "hypothetical"
        self.groups[outer] = GraphGroup(
            outer, "group", "One object for all", sub="hypothetical", icon="slice", paint="slice",
            lane="slices", order="0",
        )  # fmt: skip
        self.groups[group] = GraphGroup(
            group, "group", "every endpoint", lane="slices", parent=outer, order="0"
        )
        self.nodes[id_] = GraphNode(
            id=id_, kind="Endpoints", namespace=meta.namespace, name=meta.name, lane="slices",
            group=group, order="0", paint="slice", icon="slice", overline="Endpoints",
            variant="legacy", meta=word, state="deny" if legacy.cut else "unknown", word=word,
            label=f"Endpoints {meta.name}, {size} addresses, {word}",
            why=(Reason(f"One object holds at most {LEGACY_MOST:,} addresses.",
                        object_of(self.reading.service), "endpoints.kubernetes.io/over-capacity",
                        "truncated" if legacy.cut else "absent", cause=bool(legacy.cut)),),
            extra={
                "cells": legacy.cells, "places": LEGACY_MOST, "flash": [*self._flash],
                "facts": [f"{size:,}/{LEGACY_MOST:,}", size_word(legacy.size)], "assumed": True,
            },
        )  # fmt: skip
        self.edges[f"{outer}->{API}"] = GraphEdge(
            f"{outer}->{API}",
            outer,
            API,
            "own",
            title="stored whole, sent whole",
            why=(
                Reason(
                    "One object, so that every change is a change of all of it.",
                    object_of(self.reading.service),
                    "subsets",
                    str(size),
                ),
            ),
        )


_ORDER = {"kube-proxy": 0, "coredns": 1, "ingress": 2, "others": 3}
