"""A kept plan as a graph: who connects at the left, to whom at the right, gained and lost marked.

Three of them: `overlay` has everything that changes and, faint, what stays; `before` and `after`
have what may connect on either side of the change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from cluster.machinery.drawing import (
    ICON_OF,
    PAINT_OF,
    Cell,
    Column,
    Counter,
    EdgeState,
    Graph,
    GraphEdge,
    GraphNode,
    Lane,
    Line,
    Reason,
    Row,
    Sign,
    Verdict,
    node_id,
)
from cluster.machinery.manifest import Manifest, integer_at, text_at
from cluster.machinery.texts import Gap, joined, say, say_n
from cluster.questions.plan.report import rows_of
from cluster.questions.reach.peers import (
    CONTROLLER,
    DASH,
    named_workload,
    parse_range,
    range_words,
)
from cluster.questions.words import listed, stated, together

Side: TypeAlias = Literal["overlay", "before", "after"]
SIDES: tuple[Side, ...] = ("overlay", "before", "after")
_SIDE_WORDS = {"overlay": say("overlay"), "before": say("before"), "after": say("after")}
_PART_WORDS = {"gained": say("gained"), "lost": say("lost")}
MOST_EDGES = 240
"""Lines that are drawn, those that change first; the table has all that were kept."""

_COLUMNS = (
    Column("change", say("Change")), Column("from", say("From")), Column("to", say("To")),
    Column("ports", say("Ports")), Column("why", say("Why")), Column("was", say("Was")),
)  # fmt: skip


def plan_graph(kept: Manifest, side: Side, *, cluster: str, name: str) -> Graph:
    """Return one of the three graphs of a kept plan, called `name` in its title."""
    drawing = _Drawing(cluster, _verbs(kept))
    lists: dict[Side, tuple[str, ...]] = {
        "overlay": ("gained", "lost", "kept"), "before": ("lost", "kept"),
        "after": ("gained", "kept"),
    }  # fmt: skip
    left = 0
    if side != "overlay":
        drawing.hold_places(rows_of(kept, "gained" if side == "before" else "lost"))
    for part in lists[side]:
        for row in rows_of(kept, part):
            if len(drawing.edges) >= MOST_EDGES:
                left += 1
            else:
                drawing.add(row, part, side)
    said = verdict(kept)
    return Graph(
        view="plan", level="L2", layout="lanes",
        scope={"kind": "Plan", "namespace": side, "name": name},
        title=joined(" ", (name, _SIDE_WORDS[side])),
        label=say("What the plan {name} opens and closes, {side}", name=name,
                  side=_SIDE_WORDS[side]),
        crumbs=((cluster, f"/c/{cluster}/map"), (say("plan"), f"/c/{cluster}/plan"), (name, None)),
        verdict=said, counters=counters(kept),
        lanes=(Lane("from", say("Who connects")), Lane("to", say("To whom"))),
        nodes=tuple(drawing.nodes.values()), edges=tuple(drawing.edges),
        truncated={"connection": left} if left else {},
        columns=_COLUMNS, rows=tuple(_table(kept)), text=tuple(_outline(kept)),
    )  # fmt: skip


def _verbs(kept: Manifest) -> dict[str, str]:
    return {
        node_id(*(text_at(item, part) or "" for part in ("kind", "namespace", "name"))):
        text_at(item, "verb") or ""
        for item in rows_of(kept, "objects")
    }  # fmt: skip


@dataclass(slots=True)
class _Drawing:
    cluster: str
    verbs: dict[str, str]
    nodes: dict[str, GraphNode] = field(default_factory=dict)
    edges: list[GraphEdge] = field(default_factory=list)

    def add(self, row: Manifest, part: str, side: Side) -> None:
        """Draw one connection."""
        is_faint = part == "kept"
        source = self._card(text_at(row, "src") or "", "from", is_faint=is_faint)
        target = self._card(text_at(row, "dst") or "", "to", is_faint=is_faint)
        is_lost = part == "lost" and side == "overlay"
        state: EdgeState = "deny" if is_lost else "allow"
        sign: Sign = ""
        if side == "overlay" and not is_faint:
            sign = "-" if is_lost else "+"
        ports = text_at(row, "ports") or ""
        why = text_at(row, "why") or ""
        self.edges.append(
            GraphEdge(
                f"{source}->{target}:{part}", source, target, state,
                "" if is_faint else ports, title=sentence(row, part),
                why=(Reason(why or ports, cause=not is_faint),), faint=is_faint, sign=sign,
            )
        )  # fmt: skip

    def hold_places(self, rows: list[Manifest]) -> None:
        """Draw the ends of what is not on this side: cards stand where they stand on the other.

        Who is not there at all on this side is a ghost.
        """
        for row in rows[:MOST_EDGES]:
            for end, lane in (("src", "from"), ("dst", "to")):
                name = self._card(text_at(row, end) or "", lane, is_faint=False)
                if self.nodes[name].sign:
                    self.nodes[name] = replace(self.nodes[name], ghost=True, state="skip")

    def _card(self, peer: str, lane: str, *, is_faint: bool) -> str:
        name = peer_id(peer)
        if lane == "to" and name in self.nodes and self.nodes[name].lane == "from":
            name = f"{name}#to"
        elif lane == "from" and name in self.nodes and self.nodes[name].lane == "to":
            name = f"{name}#from"
        held = self.nodes.get(name)
        if held is None:
            self.nodes[name] = self._made(peer, name, lane, is_faint=is_faint)
        elif held.faint and not is_faint:
            self.nodes[name] = replace(held, faint=False)
        return name

    def _made(self, peer: str, name: str, lane: str, *, is_faint: bool) -> GraphNode:
        workload, place = named_workload(peer), int(is_faint)
        signs: dict[str, Sign] = {"added": "+", "removed": "-"}
        sign = signs.get(self.verbs.get(peer_id(peer), ""), "")
        word = {"+": say("new"), "-": say("gone")}.get(sign, "")
        if workload is None:
            kind = "Ingress" if peer == CONTROLLER else "External"
            label, meta = _outside(peer)
            return GraphNode(
                id=name, kind=kind, namespace="", name=label, lane=lane, order=f"{place}|~{label}",
                paint=PAINT_OF[kind], icon=ICON_OF[kind], overline=kind, state="ok",
                meta=meta, faint=is_faint,
                label=joined(", ", (say("{kind} {label}", kind=kind, label=label), meta)),
            )  # fmt: skip
        namespace, kind, label = workload
        said = joined(", ", (f"{kind} {label}", namespace, word))
        return GraphNode(
            id=name, kind=kind, namespace=namespace, name=label, lane=lane,
            order=f"{place}|{namespace}/{label}", paint=PAINT_OF.get(kind, "workload"),
            icon=ICON_OF.get(kind, "deployment"), overline=kind, variant=word, meta=namespace,
            state="ok", word=word, label=said,
            href=f"/c/{self.cluster}/o/{kind}/{namespace}/{label}", faint=is_faint, sign=sign,
        )  # fmt: skip


def _outside(peer: str) -> tuple[str, str]:
    """Return the name and the line below it of a card that is no workload's."""
    if peer == CONTROLLER:
        return say("controller"), ""
    text = range_words(peer)
    held = parse_range(peer)
    if text == peer or held is None:
        return text, ""
    is_network = DASH not in text
    return (text, "") if is_network else (say("{family} addresses", family=held.family), text)


def peer_id(peer: str) -> str:
    """Return the id of the card of a peer."""
    workload = named_workload(peer)
    if workload is None:
        return f"External//{peer}"
    namespace, kind, name = workload
    return node_id(kind, namespace, name)


def peer_text(peer: str) -> str:
    """Return a peer as sentences say it: `shop/web`, an address range, the Ingress controller."""
    workload = named_workload(peer)
    if workload is not None:
        return f"{workload[0]}/{workload[2]}"
    return say("the Ingress controller") if peer == CONTROLLER else range_words(peer)


def sentence(row: Manifest, part: str) -> str:
    """Return `shop/web loses TCP 5432 to shop/db`."""
    source = peer_text(text_at(row, "src") or "")
    target = peer_text(text_at(row, "dst") or "")
    gaps: dict[str, Gap] = {
        "source": source, "ports": str(text_at(row, "ports")), "target": target,
    }  # fmt: skip
    match part:
        case "gained":
            return say("{source} gains {ports} to {target}", **gaps)
        case "lost":
            return say("{source} loses {ports} to {target}", **gaps)
        case _:
            return say("{source} keeps {ports} to {target}", **gaps)


# words


def verdict(kept: Manifest) -> Verdict:
    """Return what a plan comes to, in one sentence."""
    counts = kept.get("counts")
    found = counts if isinstance(counts, dict) else {}
    number = {name: integer_at(found, name) or 0 for name in found}
    refused = number.get("refused", 0)
    gained, lost = number.get("gained", 0), number.get("lost", 0)
    new, gone = number.get("new", 0), number.get("gone", 0)
    objects = sum(number.get(name, 0) for name in ("added", "changed", "removed"))
    if refused:
        text = say_n(
            "{n:,} document would be refused", "{n:,} documents would be refused", refused
        )
        why = (
            say("The rest is compared without them.")
            if objects
            else say("Nothing else would change.")
        )
        return Verdict("deny", text, why)
    if not objects:
        return Verdict(
            "skip", say("Nothing changes"), say("The cluster is already as these documents say.")
        )
    parts: list[str] = []
    if what := _ways(gained, number.get("opened", 0)):
        parts.append(say("opens {what}", what=what))
    if what := _ways(lost, number.get("closed", 0)):
        parts.append(say("closes {what}", what=what))
    parts += _moved(number)
    if new:
        parts.append(say_n("brings {n:,} finding", "brings {n:,} findings", new))
    if gone:
        parts.append(say_n("mends {n:,} finding", "mends {n:,} findings", gone))
    sentences = [
        say_n(
            "It writes or deletes {n:,} object; nothing is applied.",
            "It writes or deletes {n:,} objects; nothing is applied.",
            objects,
        )
    ]
    if skipped := number.get("skipped", 0):
        sentences.append(
            say_n(
                "{n:,} document is of a kind that netviz does not know and is left out.",
                "{n:,} documents are of kinds that netviz does not know and are left out.",
                skipped,
            )
        )
    why = joined(" ", sentences)
    if not parts:
        return Verdict("ok", say("No connection and no finding changes"), why)
    text = say("This change {does}", does=together(parts))
    closes = lost or number.get("closed", 0)
    return Verdict("warn" if closes or new else "ok", text, why)


def _ways(connections: int, doors: int) -> str:
    """Return `11 connections and 1 Service port`, as far as there are any."""
    parts = []
    if connections:
        parts.append(say_n("{n:,} connection", "{n:,} connections", connections))
    if doors:
        parts.append(say_n("{n:,} Service port", "{n:,} Service ports", doors))
    return listed(parts, len(parts)) if parts else ""


def _moved(number: Mapping[str, int]) -> Iterator[str]:
    """Yield what leads elsewhere: routes; ports of Services and names where that is all."""
    moved, routes, names = (number.get(name, 0) for name in ("moved", "routes", "names"))
    is_more = any(number.get(name, 0) for name in ("gained", "lost", "opened", "closed"))
    if moved and not is_more:
        yield say_n(
            "changes where {n:,} Service port leads",
            "changes where {n:,} Service ports lead",
            moved,
        )
    if routes:
        yield say_n("changes {n:,} route", "changes {n:,} routes", routes)
    if names and not (is_more or moved or routes):
        yield say_n("changes {n:,} DNS record", "changes {n:,} DNS records", names)


def counters(kept: Manifest) -> tuple[Counter, ...]:
    """Return reachability and findings in numbers."""
    held = kept.get("counts")
    counts = held if isinstance(held, dict) else {}
    gained, lost = integer_at(counts, "gained") or 0, integer_at(counts, "lost") or 0
    return (Counter(gained, say("gained"), "ok" if gained else None),
            Counter(lost, say("lost"), "deny" if lost else None))  # fmt: skip


def _table(kept: Manifest) -> Iterator[Row]:
    for part in ("lost", "gained"):
        for row in rows_of(kept, part):
            source, target = text_at(row, "src") or "", text_at(row, "dst") or ""
            yield Row(
                f"{peer_id(source)}->{peer_id(target)}:{part}",
                (
                    Cell(_PART_WORDS[part], state="ok" if part == "gained" else "deny"),
                    Cell(_named(source)), Cell(_named(target)),
                    Cell(text_at(row, "ports") or "", mono=True),
                    Cell(text_at(row, "why") or ""), Cell(text_at(row, "was") or ""),
                ),
            )  # fmt: skip


def _named(peer: str) -> str:
    """Return a peer as a table names it, a workload by its kind too."""
    workload = named_workload(peer)
    if workload is None:
        return peer_text(peer)
    namespace, kind, name = workload
    return say("{kind} {namespace}/{name}", kind=kind, namespace=namespace, name=name)


def _outline(kept: Manifest) -> Iterator[Line]:
    said = verdict(kept)
    yield Line(stated(said.text, said.why))
    for part in ("lost", "gained"):
        for row in rows_of(kept, part):
            below = [text for name in ("why", "was") if (text := text_at(row, name))]
            yield Line(sentence(row, part), tuple(map(Line, below)))
