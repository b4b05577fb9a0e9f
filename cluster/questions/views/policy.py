"""Diagram 6.7: a NetworkPolicy, the Pods it selects, who may reach them and whom they may reach.

The subject is a policy; with a workload in its place (`of=Deployment/shop/web`, or `focus`) it is
everything that policies make of that workload. What is open is read from the classes of equal
Pods; why is judged for one connection of each pair.
"""

from __future__ import annotations

from itertools import product

from cluster.machinery.drawing import (
    Cell,
    Choice,
    Column,
    Graph,
    GraphEdge,
    GraphGroup,
    GraphNode,
    Lane,
    Option,
    Reason,
    Row,
)
from cluster.machinery.manifest import JSON
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say
from cluster.questions.facts import Facts
from cluster.questions.views.policy_cards import (
    ASSUMED,
    MOST_POLICIES,
    POLICIES,
    anyone,
    denied_ports,
    isolation_badges,
    isolation_notes,
    namespace_box,
    open_edges,
    pair_edge,
    policy_card,
    unit_card,
    unit_state,
)
from cluster.questions.views.policy_matrix import Line, matrix
from cluster.questions.views.policy_reasons import because_of, policy_name, shields
from cluster.questions.views.policy_scene import Scene, Side, parts_of, policy_key, read_scene
from cluster.questions.views.policy_stands import unit_reason
from cluster.questions.views.policy_units import Pair, Unit, explain, pair_ports
from cluster.questions.views.policy_words import GUIDE, counters, describe, verdict
from cluster.questions.views.request import Parameter, ViewRequest

PARAMETERS = (
    Parameter("port", "Only this destination port, as `5432` or `53/UDP`."),
    Parameter("form", "The picture or the matrix (default: what reads better).",
              ("map", "matrix")),
    Parameter("focus", "A workload or Pod in the middle, as `Kind/namespace/name`."),
)  # fmt: skip
MOST_FOCUSES = 12
_COLUMNS = (
    Column("from", say("From")), Column("to", say("To")), Column("ports", say("Ports")),
    Column("verdict", say("Verdict")), Column("egress", say("Egress of the source")),
    Column("ingress", say("Ingress of the destination")), Column("because", say("Because")),
)  # fmt: skip


class _Drawing:
    """One scene being drawn."""

    def __init__(self, scene: Scene, facts: Facts, request: ViewRequest, form: str) -> None:
        self.scene, self.facts, self.request = scene, facts, request
        # Too many lines for a picture, or for the budget: the denied ones stay in the matrix.
        is_too_many = len(scene.pairs) + len(scene.focus) > request.budget
        self.hides_denied = is_too_many or (form == "map" and scene.is_crowded)
        self.nodes: dict[str, GraphNode] = {}
        self.groups: dict[str, GraphGroup] = {}
        self.edges: list[GraphEdge] = []
        self.lines: dict[tuple[str, str], Line] = {}
        self.rows: list[Row] = []
        self.left_out = 0


def policy(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    """Return the diagram of the policy or workload `request.of`; raises NotFound, ValueError."""
    scene = read_scene(snapshot, request)
    findings = facts.of(policy_key(scene.policy)) if scene.policy is not None else []
    form = request.given.get("form", "") or ("matrix" if scene.is_dense else "map")
    drawing = _Drawing(scene, facts, request, form)
    _draw_middle(drawing)
    _draw_side(drawing, scene.sources)
    _draw_side(drawing, scene.destinations)
    kind, namespace, name = _subject(scene, request)
    word = "netpol" if kind == "NetworkPolicy" else kind.lower()
    truncated = {"denied pairs": drawing.left_out} if drawing.left_out else {}
    if scene.left_out:
        truncated["workload"] = scene.left_out
    return Graph(
        view="policy", level="L2", layout="lanes",
        scope={"kind": kind, "namespace": namespace, "name": name},
        title=say("{title} policy", title=scene.title),
        label=say("Who may reach what {kind} {name} is about, and whom that may reach", kind=kind,
        name=name),
        crumbs=(
            (request.cluster, request.map_href()),
            (namespace, request.map_href(lvl="L1", ns=namespace)),
            (f"{word} {name}", request.object_href(kind, namespace, name)),
            (say("policy"), None),
        ),
        verdict=verdict(scene, findings),
        counters=counters(scene, findings),
        lanes=(
            Lane("sources", say("Sources"), _told(scene.sources)),
            Lane("focus", say("Selected by {name}",
            name=name) if scene.policy is not None else name,
                 len(scene.focus)),
            Lane("destinations", say("Destinations"), _told(scene.destinations)),
        ),
        nodes=tuple(drawing.nodes.values()), edges=tuple(drawing.edges),
        groups=tuple(drawing.groups.values()),
        truncated=truncated,
        columns=_COLUMNS,
        rows=tuple(drawing.rows),
        text=describe(scene, findings),
        options=_options(scene, request, form),
        guide=GUIDE,
        extra={"detail": _detail(drawing, form)},
    )  # fmt: skip


def _told(side: Side) -> int | None:
    """Return how many workloads and ranges a lane stands for."""
    return sum(len(unit.told) for unit in side.units) or None


def _subject(scene: Scene, request: ViewRequest) -> tuple[str, str, str]:
    if scene.policy is not None:
        return "NetworkPolicy", scene.policy.meta.namespace, scene.policy.meta.name
    kind, namespace, name = request.of.split("/")
    if scene.focus:
        kind = scene.focus[0].kind if kind != "Pod" else "Pod"
    return kind, namespace, name


def _options(scene: Scene, request: ViewRequest, form: str) -> tuple[Option, ...]:
    lens = scene.lens
    ports = [*scene.chips, *([lens] if lens and lens not in scene.chips else [])]
    chips = (Choice("", say("all ports")), *(Choice(text, text) for text in ports))
    forms = (Choice("map", say("Map")), Choice("matrix", say("Matrix")))
    return (
        Option("port", say("Port"), lens, chips),
        Option("form", say("Form"), form, forms),
        Option("focus", say("Focus"), request.given.get("focus", ""), _focuses(scene, request)),
    )


def _focuses(scene: Scene, request: ViewRequest) -> tuple[Choice, ...]:
    """Return what may stand in the middle at one click: what the policy selects, all or each.

    Anything else can be typed. A view of a workload has it in the middle anyway.
    """
    if scene.policy is None:
        return ()
    found = {"": Choice("", say("all that it selects"))}
    for unit in scene.selected[:MOST_FOCUSES]:
        found[unit.id] = Choice(unit.id, f"{unit.kind} {unit.name}")
    given = request.given.get("focus", "")
    found.setdefault(given, Choice(given, given))
    return tuple(found.values())


def _detail(drawing: _Drawing, form: str) -> dict[str, JSON]:
    return {
        "form": form,
        "notes": _notes(drawing.scene),
        "matrix": matrix(drawing.scene, drawing.lines, drawing.request, is_shown=form == "matrix"),
    }


def _notes(scene: Scene) -> list[JSON]:
    """Return the sentences under the drawing."""
    found: list[JSON] = [{"state": "unknown", "text": say("Assumed: {assumed}.", assumed=ASSUMED)}]
    if any(unit.is_host for side in (scene.sources, scene.destinations) for unit in side.units):
        text = say("Pods on the host network are exempt: no policy selects or means them.")
        found.append({"state": "unknown", "text": text})
    return found


def _draw_middle(drawing: _Drawing) -> None:
    scene, request = drawing.scene, drawing.request
    drawing.groups[POLICIES] = GraphGroup(
        POLICIES, "group", say("Policies that select them") if scene.focus else say("The policy"),
        lane="focus", order="2", icon="policy",
        paint="policy", sub=str(len(scene.selecting)) if len(scene.selecting) > 1 else "",
    )  # fmt: skip
    for place, found in enumerate(scene.selecting[:MOST_POLICIES]):
        is_subject = found is scene.policy or (scene.policy is None and not place)
        card = policy_card(found, drawing.facts, request, is_subject=is_subject)
        drawing.nodes[card.id] = card
    rest = len(scene.selecting) - MOST_POLICIES
    if rest > 0:
        more = GraphNode(
            id="Group//more policies", kind="Group", namespace="",
            name=say("{rest} more policies", rest=f"{rest:,}"),
            lane="focus", group=POLICIES, order="2", paint="policy", icon="policy",
            overline=say("Policy"), state="ok", word=say("in force"), compact=True, count=rest,
            label=say("Group {rest} more policies select these Pods", rest=f"{rest:,}"),
            extra={"wide": True},
        )  # fmt: skip
        drawing.nodes[more.id] = more
    if not scene.selecting:
        del drawing.groups[POLICIES]
    if not scene.focus:
        _draw_nothing(drawing)
        return
    namespace = scene.focus[0].namespace
    box = namespace_box(namespace, "focus", request, is_own=False, badges=isolation_badges(scene))
    drawing.groups[box.id] = box
    for unit in scene.focus:
        drawing.nodes[unit.id] = unit_card(
            unit, request, "focus", id_=unit.id, state="ok", word=say("selected"),
            notes=isolation_notes(scene, unit), why=unit_reason(unit),
        )  # fmt: skip


def _draw_nothing(drawing: _Drawing) -> None:
    policy = drawing.scene.policy
    object_ = policy_name(policy) if policy is not None else ""
    selector = str(policy.pod_selector) if policy is not None else ""
    card = GraphNode(
        id="Pod//none", kind="Pod", namespace="", name=say("no Pod"), lane="focus", order="3",
        paint="pod", icon="pod", overline="Pod", meta=say("nothing is selected"), state="warn",
        word=say("selects nothing"), ghost=True,
        label=say("Pod {name}, the policy selects nothing", name=say("no Pod")),
        why=(Reason(say("No Pod has the labels that the policy asks for."), object_,
                    "spec.podSelector", selector, cause=True),),
    )  # fmt: skip
    drawing.nodes[card.id] = card


def _draw_side(drawing: _Drawing, side: Side) -> None:
    scene = drawing.scene
    if not scene.focus:
        return
    lane = "sources" if side.direction == "Ingress" else "destinations"
    if side.is_open:
        card, text = anyone(side)
        drawing.nodes[card.id] = card
        drawing.edges += open_edges(scene, side, card, text)
        return
    own = scene.focus[0].namespace
    found: dict[str, list[Pair]] = {}
    for pair in side.pairs:
        unit = pair.source if side.direction == "Ingress" else pair.destination
        found.setdefault(unit.id, []).append(pair)
    for unit in side.units:
        pairs = found.get(unit.id, [])
        if not pairs:
            continue
        state, word = unit_state(scene, pairs)
        id_ = _id_at(scene, unit, side)
        drawing.nodes[id_] = unit_card(
            unit, drawing.request, lane, id_=id_, state=state, word=word,
            why=unit_reason(unit, side.direction, side.isolating),
        )  # fmt: skip
        if unit.namespace and not unit.is_address:
            box = namespace_box(unit.namespace, lane, drawing.request,
                                is_own=unit.namespace == own)  # fmt: skip
            drawing.groups[box.id] = box
        for pair in pairs:
            _draw_pair(drawing, side, pair, id_)


def _id_at(scene: Scene, unit: Unit, side: Side) -> str:
    """Return the id of a card at a side: its own, unless it stands elsewhere already."""
    if side.direction == "Ingress":
        return f"{unit.id}#from" if any(unit.id == one.id for one in scene.focus) else unit.id
    is_left = not scene.sources.is_open or any(unit.id == one.id for one in scene.focus)
    return f"{unit.id}#to" if is_left else unit.id


def _draw_pair(drawing: _Drawing, side: Side, pair: Pair, id_: str) -> None:
    scene = drawing.scene
    is_in = side.direction == "Ingress"
    source, target = (id_, pair.destination.id) if is_in else (pair.source.id, id_)
    edge = pair_edge(scene, pair, source, target)
    for part in parts_of(pair) if side.is_told else (pair,):
        drawing.rows.append(_row(drawing, edge, part))
    if edge.state == "deny" and drawing.hides_denied:
        drawing.left_out += 1
        return
    drawing.edges.append(edge)
    ends = list(product(pair.source.told, pair.destination.told))
    for one, other in ends:
        drawing.lines[one.id, other.id] = Line(edge.id, is_shared=len(ends) > 1)


def _row(drawing: _Drawing, edge: GraphEdge, pair: Pair) -> Row:
    """Return the row of one pair of workloads, also where a card stands for several."""
    scene = drawing.scene
    found = explain(scene.snapshot, pair, scene.code)
    said = {shield.text: shield.state for shield in shields(found)}
    because = because_of(found, pair.source.name, pair.destination.name)
    is_denied = not pair.allows(scene.code)
    ports = denied_ports(scene, pair, found) if is_denied else pair_ports(pair, 6)
    return Row(
        edge.id,
        (
            Cell(_name(pair.source)), Cell(_name(pair.destination)),
            Cell(ports, mono=True),
            Cell(say("denied"), state="deny") if is_denied else Cell(say("allowed"), state="ok"),
            _side_cell(said.get("E")), _side_cell(said.get("I")), Cell(because),
        ),
    )  # fmt: skip


def _name(unit: Unit) -> str:
    return f"{unit.namespace}/{unit.name}" if unit.namespace else unit.name


def _side_cell(state: str | None) -> Cell:
    if state is None:
        return Cell(say("not asked"), state="skip")
    return (
        Cell(say("allows"), state="ok")
        if state == "allow"
        else Cell(say("stops it"), state="deny")
    )
