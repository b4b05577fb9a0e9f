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
from cluster.machinery.texts import joined, opened, say, say_n
from cluster.questions.facts import Facts
from cluster.questions.slices import port_text
from cluster.questions.views.cards import service_card
from cluster.questions.views.endpoints import find_service
from cluster.questions.views.request import Parameter, ViewRequest
from cluster.questions.views.service_frame import frame
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
    legacy_row,
    size_word,
    slice_row,
    verdict,
    watcher_row,
)
from cluster.questions.views.words import stated

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
    one = Choice("", say("EndpointSlices")), Choice("endpoints", say("one Endpoints object"))
    return frame(
        service, request, layout="bins",
        label=say("EndpointSlices of Service {service} and who watches them",
        service=service.meta.name),
        verdict=verdict(reading, as_endpoints=legacy),
        counters=counters(reading, as_endpoints=legacy),
        lanes=(
            Lane("slices", "Endpoints" if legacy else say("EndpointSlices"),
                 1 if legacy else len(reading.bins)),
            *([] if legacy else [Lane("controller", say("Controller"))]),
            Lane("api", say("API server")),
            Lane("watchers", say("Watchers"), reading.audience),
        ),
        nodes=tuple(drawing.nodes.values()), edges=tuple(drawing.edges.values()),
        groups=tuple(drawing.groups.values()), columns=COLUMNS,
        rows=[*((legacy_row(reading),) if legacy and reading.bins
                else (slice_row(found, reading, request) for found in reading.bins)),
              *(watcher_row(found) for found in reading.watchers if reading.bins)],
        text=describe(reading, as_endpoints=legacy),
        options=(Option("as", say("Drawn as"), "endpoints" if legacy else "", one),)
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
            order="0", paint="node", icon="node", overline=say("API server"), variant="",
            meta=say("sends what changed"), state="ok", word=say("stores and sends"),
            label=say("ControlPlane kube-apiserver, stores slices and sends each change to its "
            "watchers"),
            why=(Reason(say("Whoever watches EndpointSlices gets each slice that changed, whole."),
                        _object(self.reading.bins[0]), "metadata.resourceVersion",
                        say("another with each write")),),
        )  # fmt: skip

    def _watch(self, watchers: Watchers) -> None:
        id_ = f"Watchers//{watchers.id}"
        count = watchers.count
        none = count == 0
        if count is None:
            meta, state, word = say("not known"), "unknown", say("not known")
        elif none:
            meta, state, word = say("none of these slices"), "skip", say("does not watch these")
        else:
            state = "ok" if watchers.is_seen else "unknown"
            meta = say("one per {per}", per=watchers.per)
            word = say("seen") if watchers.is_seen else say("assumed")
        found: State = "ok" if state == "ok" else "skip" if state == "skip" else "unknown"
        times = f"\N{MULTIPLICATION SIGN}{count:,} " if count else ""
        self.nodes[id_] = GraphNode(
            id=id_, kind="Watchers", namespace="",
            name=say("{times}{name}", times=times, name=watchers.name),
            lane="watchers", order=f"{_ORDER.get(watchers.id, 9)}", paint="external"
            if watchers.id == "others" else "dns" if watchers.id == "coredns" else "node",
            icon={"kube-proxy": "proxy", "coredns": "dns", "ingress": "ingress"}.get(
                watchers.id, "external"),
            overline=say("Watchers"), variant=say("seen") if watchers.is_seen else say("assumed"),
            meta=meta,
            state=found, word=word, count=count or 1,
            label=say("Watchers {times}{watchers}, {word}", times=times, watchers=watchers.name,
            word=word),
            why=_watching(watchers),
            extra={} if watchers.is_seen else {"assumed": True},
        )  # fmt: skip
        if not none:
            line: EdgeState = "allow" if watchers.is_seen else "unknown"
            self.edges[f"{API}->{id_}"] = GraphEdge(
                f"{API}->{id_}", API, id_, line, count=count or 1,
                title=say("each change, to {watchers}",
                watchers=say("whoever watches") if count is None
                else say_n("{n:,} watcher", "{n:,} watchers", count)),
                why=_watching(watchers),
            )  # fmt: skip

    @property
    def _flash(self) -> list[str]:
        """The lines that carry a change of a bin."""
        return [f"{API}->Watchers//{w.id}" for w in self.reading.watchers if w.count != 0]

    def _bin(self, found: Bin) -> None:
        item = found.item
        namespace, name = item.meta.namespace, item.meta.name
        ports = joined(", ", (str(port.port) for port in item.ports if port.port)) or say(
            "no port"
        )
        group = f"Group/{item.address_type}/{ports}/{found.manager or 'nobody'}"
        if group not in self.groups:
            self._group(group, found, ports)
        ready = found.cells.count(READY)
        size = len(found.cells)
        state: State = "ok" if ready == size and size else "warn"
        word = (
            say("{ready} of {size} ready", ready=f"{ready:,}", size=f"{size:,}")
            if size
            else say("empty")
        )
        fill = f"{size}/{self.reading.maximum}"
        self.nodes[node_id("EndpointSlice", namespace, name)] = GraphNode(
            id=node_id("EndpointSlice", namespace, name), kind="EndpointSlice",
            namespace=namespace, name=name, lane="slices", group=group, order=name, paint="slice",
            icon="slice", overline=say("Slice"), variant=item.address_type, meta=word, state=state,
            word=word, count=1, label=say("EndpointSlice {name}, {fill} endpoints, {word}, "
            "{size}", name=name, fill=fill, word=word, size=size_word(found.size)),
            href=self.request.object_href("EndpointSlice", namespace, name),
            why=(
                Reason(say("{size} endpoints of {maximum} at most.", size=f"{size:,}",
                maximum=self.reading.maximum),
                       f"EndpointSlice {namespace}/{name}", "endpoints", str(size)),
                Reason(say("It belongs to the Service by its label."),
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
            group, "group", joined(" · ", (item.address_type, ports)),
            sub=say_n("{n:,} slice", "{n:,} slices", len(same)),
            lane="slices", parent=outer, order=f"{item.address_type}|{ports}",
        )  # fmt: skip
        if outer in self.groups:
            return
        label = manager_word(found.manager)
        own = sum(other.manager == found.manager for other in self.reading.bins)
        self.groups[outer] = GraphGroup(
            outer, "group", say("Packed by {label}",
            label=label) if found.manager else say("Written by hand"),
            sub=say_n("{n:,} slice", "{n:,} slices", own), icon="slice", paint="slice",
            lane="slices",
            order=found.manager or "~",
        )  # fmt: skip
        writer = self._writer(found)
        name = f"EndpointSlice {item.meta.namespace}/{item.meta.name}"
        self.edges[f"{outer}->{writer}"] = GraphEdge(
            f"{outer}->{writer}", outer, writer, "own", title=label,
            why=(Reason(say("The label says who looks after a slice."), name,
                        "metadata.labels[endpointslice.kubernetes.io/managed-by]",
                        found.manager or say("absent")),
                 Reason(say("A slice holds endpoints of one family with the same port numbers."),
                        name, "ports",
                        ", ".join(port_text(port) for port in item.ports) or say("none"))),
        )  # fmt: skip

    def _writer(self, found: Bin) -> str:
        """Return the card that stands for who packs a slice; the API server for nobody."""
        manager = found.manager
        if not manager:
            return API
        id_ = f"Controller//{manager}"
        if id_ not in self.nodes:
            ours = manager in {CONTROLLER, MIRRORING_CONTROLLER}
            self.nodes[id_] = GraphNode(
                id=id_, kind="Controller", namespace="", name=manager_word(manager),
                lane="controller", order=manager, paint="workload", icon="deployment",
                overline=say("Controller"), meta=say("packs, never merges") if ours else manager,
                state="ok", word=say("packs slices"),
                label=say("Controller {manager}, packs the slices", manager=manager_word(manager)),
                why=(Reason(say("It fills what it writes anyway; few writes matter more than few "
                "slices."), _object(found),
                            "metadata.labels[endpointslice.kubernetes.io/managed-by]", manager),),
            )  # fmt: skip
            self.edges[f"{id_}->{API}"] = GraphEdge(
                f"{id_}->{API}",
                id_,
                API,
                "allow",
                say("writes"),
                title=say("writes what changed"),
                why=(
                    Reason(
                        say("It writes the slices that changed, no others."),
                        _object(found),
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
        word = say("{cut:,} cut", cut=legacy.cut) if legacy.cut else say("hypothetical")
        self.groups[outer] = GraphGroup(
            outer, "group", say("One object for all"), sub=say("hypothetical"), icon="slice",
            paint="slice",
            lane="slices", order="0",
        )  # fmt: skip
        self.groups[group] = GraphGroup(
            group, "group", say("every endpoint"), lane="slices", parent=outer, order="0"
        )
        self.nodes[id_] = GraphNode(
            id=id_, kind="Endpoints", namespace=meta.namespace, name=meta.name, lane="slices",
            group=group, order="0", paint="slice", icon="slice", overline="Endpoints",
            variant=say("legacy"), meta=word, state="deny" if legacy.cut else "unknown", word=word,
            label=say("Endpoints {name}, {size} addresses, {word}", name=meta.name,
            size=f"{size:,}",
            word=word),
            why=(Reason(say("One object holds at most {legacy_most:,} addresses.",
            legacy_most=LEGACY_MOST),
                        f"Endpoints {meta.namespace}/{meta.name}",
                        "metadata.annotations[endpoints.kubernetes.io/over-capacity]",
                        "truncated" if legacy.cut else say("absent"), cause=bool(legacy.cut)),),
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
            title=say("stored whole, sent whole"),
            why=(
                Reason(
                    say("One object, so that every change is a change of all of it."),
                    f"Endpoints {meta.namespace}/{meta.name}",
                    "subsets",
                    str(size),
                ),
            ),
        )


def _object(found: Bin) -> str:
    """Return what reasons call a slice."""
    return f"EndpointSlice {found.item.meta.namespace}/{found.item.meta.name}"


def _watching(watchers: Watchers) -> tuple[Reason, ...]:
    """Return why watchers are drawn, and how it is known that there are so many."""
    because = watchers.because
    if because is None:
        return (Reason(stated(opened(watchers.what))),)
    said = joined(" ", (say("It {what}.", what=watchers.what), because.text))
    return (replace(because, text=said),)


_ORDER = {"kube-proxy": 0, "coredns": 1, "ingress": 2, "others": 3}
