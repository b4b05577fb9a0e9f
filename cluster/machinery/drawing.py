"""The pieces that views are drawn from: cards, lines, boxes, and the reasons behind them.

Domains say what there is to draw of their kinds; `cluster.topology` bounds, folds and renders it.
Names and words follow docs/graph.md, which explains every member.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from cluster.machinery.manifest import JSON

State: TypeAlias = Literal["ok", "warn", "deny", "unknown", "term", "skip"]
EdgeState: TypeAlias = Literal["allow", "deny", "unknown", "notready", "own", "dns"]
MarkState: TypeAlias = Literal["pass", "assumed", "stop", "off"]
Sign: TypeAlias = Literal["", "+", "-"]
Layout: TypeAlias = Literal["lanes", "tiles", "namespaces", "bands", "bins"]

SEVERITY_OF: Mapping[str, int] = MappingProxyType(
    {"ok": 0, "skip": 1, "unknown": 2, "term": 3, "warn": 4, "deny": 5}
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact behind a card or a line: which object, field and value; `cause` if it decides."""

    text: str
    object: str = ""
    path: str = ""
    value: str = ""
    revision: int | None = None
    cause: bool = False


@dataclass(frozen=True, slots=True)
class Badge:
    """A short word on a card; `title` says it in full."""

    text: str
    state: State = "unknown"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Conditions:
    """The three conditions of an endpoint."""

    ready: bool
    serving: bool
    terminating: bool


@dataclass(frozen=True, slots=True)
class StepMark:
    """The number of a trace's step on a card or line; `off` is beyond the stop."""

    number: int
    state: MarkState = "pass"


@dataclass(frozen=True, slots=True)
class Shield:
    """What one side's policies say of a line: `E` for egress, `I` for ingress."""

    text: str
    state: Literal["allow", "deny"]


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A card. `ready` counts (ready, all) where the card stands for several Pods.

    `find` holds, by field of the query language, what a search may match besides the rest.
    `extra` holds members that only one layout or drawing knows (docs/graph.md).
    """

    id: str
    kind: str
    namespace: str
    name: str
    lane: str = ""
    group: str | None = None
    order: str = ""
    paint: str = ""
    icon: str = ""
    overline: str = ""
    variant: str = ""
    meta: str = ""
    state: State = "ok"
    word: str = ""
    badges: tuple[Badge, ...] = ()
    conditions: Conditions | None = None
    ready: tuple[int, int] | None = None
    count: int = 1
    size: int | None = None
    compact: bool = False
    ghost: bool = False
    label: str = ""
    href: str | None = None
    open: str | None = None
    why: tuple[Reason, ...] = ()
    find: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    steps: tuple[StepMark, ...] = ()
    faint: bool = False
    sign: Sign = ""
    extra: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """A line between two cards; `count` is how many it stands for.

    `stop` is the side that ends a denied line; `faint` lines lie beyond a stop or are left as
    they are by a plan, which gains or loses those with a `sign`; `socket` is the socket of the
    target's card at which it arrives, and of how many.
    """

    id: str
    source: str
    target: str
    state: EdgeState = "allow"
    label: str = ""
    count: int = 1
    family: str | None = None
    title: str = ""
    why: tuple[Reason, ...] = ()
    stop: Literal["from", "to"] | None = None
    shields: tuple[Shield, ...] = ()
    steps: tuple[StepMark, ...] = ()
    faint: bool = False
    sign: Sign = ""
    socket: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class GraphGroup:
    """A box around cards: with a lane inside that lane, without one across its members' lanes."""

    id: str
    kind: str
    label: str
    sub: str = ""
    icon: str = ""
    paint: str = ""
    lane: str | None = None
    parent: str | None = None
    order: str = ""
    state: State = "ok"
    badges: tuple[Badge, ...] = ()
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """A column; `count` is None where counting says nothing."""

    id: str
    label: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that an option of a view may have, in words."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Option:
    """Something that a reader may change about a view: the parameter, its value, the choices.

    `value` is what the view was drawn with; "" is the value that needs no parameter. Without
    `choices` the value is free text, typed by the reader.
    """

    name: str
    label: str
    value: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The one sentence that a view opens with, and one line of why."""

    state: State
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Counter:
    """One number beside the verdict."""

    value: int
    label: str
    state: State | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the Table form."""

    id: str
    label: str
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the Table form."""

    text: str
    href: str | None = None
    state: State | None = None
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the Table form; `id` is the card or line it tells about."""

    id: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """An item of the Text form, with what hangs below it."""

    text: str
    items: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """One view, whole. `scope` names what the view is of; `truncated` counts what was left out.

    `options` are what the reader may change about it, `guide` the lines of "How to read this".
    """

    view: str
    level: str
    layout: Layout
    title: str
    label: str
    verdict: Verdict
    scope: Mapping[str, str] = field(default_factory=dict)
    crumbs: tuple[tuple[str, str | None], ...] = ()
    counters: tuple[Counter, ...] = ()
    lanes: tuple[Lane, ...] = ()
    nodes: tuple[GraphNode, ...] = ()
    edges: tuple[GraphEdge, ...] = ()
    groups: tuple[GraphGroup, ...] = ()
    truncated: Mapping[str, int] = field(default_factory=dict)
    next: str | None = None
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    text: tuple[Line, ...] = ()
    options: tuple[Option, ...] = ()
    guide: tuple[str, ...] = ()
    extra: Mapping[str, JSON] = field(default_factory=dict)


PAINT_OF: Mapping[str, str] = MappingProxyType({
    "Ingress": "ingress", "IngressClass": "ingress",
    "Service": "service", "EndpointSlice": "slice", "Endpoints": "slice", "Pod": "pod",
    "Deployment": "workload", "ReplicaSet": "workload", "ReplicationController": "workload",
    "StatefulSet": "workload", "DaemonSet": "workload", "Job": "workload", "CronJob": "workload",
    "Node": "node", "Namespace": "namespace", "NetworkPolicy": "policy", "External": "external",
})  # fmt: skip
ICON_OF: Mapping[str, str] = MappingProxyType({
    "Ingress": "ingress", "IngressClass": "ingress",
    "Service": "service", "EndpointSlice": "slice", "Endpoints": "slice", "Pod": "pod",
    "Deployment": "deployment", "ReplicaSet": "deployment", "ReplicationController": "deployment",
    "StatefulSet": "statefulset", "DaemonSet": "daemonset", "Job": "job", "CronJob": "job",
    "Node": "node", "Namespace": "namespace", "NetworkPolicy": "policy", "External": "external",
})  # fmt: skip


def node_id(kind: str, namespace: str, name: str) -> str:
    """Return the id of an object's card: `Kind/ns/name` (ux.md section 12)."""
    return f"{kind}/{namespace}/{name}"


def worst(states: list[State]) -> State:
    """Return the gravest of `states`; `ok` where there is none."""
    return max(states, key=lambda state: SEVERITY_OF[state], default="ok")
