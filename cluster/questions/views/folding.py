"""The element budget: a view is drawn with at most so many cards and lines (ux.md section 5).

`within_budget` takes any finished view and returns it as it is where it fits. Else cards that are
alike (same lane, box and kind, next to each other in order) become one card each, and the lines
to them one line each, until the rest fits. The largest healthy folds come first; then cards that
hold a finding, then what the reader opened, then what was selected or found, last what the view is
of. Table and text stay whole, `truncated` counts the cards that are drawn no more, and a fold's
`open` leads to the view with that fold opened. Folds are cut by the names of their members alone,
so a change of one object moves no other fold's borders.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import groupby
from zlib import crc32

from cluster.machinery.drawing import Graph, GraphEdge, GraphGroup, GraphNode, Reason, node_id
from cluster.machinery.texts import say
from cluster.questions.views.fold_cards import fold_card
from cluster.questions.views.request import ViewRequest

FINEST = 32  # cards in the smallest folds, on average; ux.md's example: 1,240 Pods in 31 groups
TOLD = 3
"""Lines whose reasons are told where many are drawn as one."""
LONGEST = 4  # a fold is this many times the size wanted at most, and a quarter at least
_TROUBLE = frozenset({"warn", "deny"})
HEALTHY, TROUBLED, OPENED, KEPT, SUBJECT = range(5)

Keeps = Callable[[GraphNode], bool]
Fate = dict[str, str]  # card to the fold it is in


@dataclass(frozen=True, slots=True)
class Fold:
    """Cards that may become one, in their order; at least two."""

    id: str
    members: tuple[GraphNode, ...]


def is_beyond(graph: Graph, request: ViewRequest) -> bool:
    """Whether a view has more cards and lines than its budget."""
    return len(graph.nodes) + len(graph.edges) > request.budget


def within_budget(graph: Graph, request: ViewRequest, *, keeps: Keeps | None = None) -> Graph:
    """Return the view with at most `request.budget` cards and lines.

    `keeps` tells which cards match what the reader looks for; they are folded after all others but
    the view's own object. A view that fits is returned as it is.
    """
    if not is_beyond(graph, request):
        return graph
    fate = _Folding(graph, request, keeps).run()
    return _folded(graph, fate, request)


def _health(node: GraphNode) -> int:
    troubles = [node.state not in {"ok", "skip"}, *(b.state in _TROUBLE for b in node.badges)]
    return TROUBLED if any(troubles) else HEALTHY


class _Folding:
    """One view being folded: which card goes into which fold, and how late."""

    def __init__(self, graph: Graph, request: ViewRequest, keeps: Keeps | None) -> None:
        self.nodes = sorted(graph.nodes, key=lambda node: (node.order, node.id))
        self.edges = graph.edges
        self.budget = request.budget
        self.health = {node.id: _health(node) for node in self.nodes}
        self.ranks = dict(self.health)
        self._keep(set(request.keep), keeps)
        self._open(set(request.open))
        scope = graph.scope
        subject = node_id(*(scope.get(name, "") for name in ("kind", "namespace", "name")))
        self._raise(subject, SUBJECT)

    def _raise(self, card: str, rank: int) -> None:
        if card in self.ranks:
            self.ranks[card] = max(rank, self.ranks[card])

    def _keep(self, kept: set[str], keeps: Keeps | None) -> None:
        """Raise what is selected, a line by its ends, and what the reader looks for."""
        for node in self.nodes:
            if node.id in kept or (keeps is not None and keeps(node)):
                self._raise(node.id, KEPT)
        for edge in self.edges if kept else ():
            if edge.id in kept:
                self._raise(edge.source, KEPT)
                self._raise(edge.target, KEPT)

    def _open(self, opened: set[str]) -> None:
        """Raise the members of opened folds, at whatever size they were folded."""
        for rank in (HEALTHY, TROUBLED) if opened else ():
            for folds in self._choices(rank, self.health):
                for fold in folds:
                    for node in fold.members if fold.id in opened else ():
                        self._raise(node.id, OPENED)

    def run(self) -> Fate:
        """Return a fate within the budget: rank by rank, each as finely as it goes."""
        fate: Fate = {}
        for rank in range(SUBJECT + 1):
            coarsest: Fate = {}
            for folds in self._choices(rank, self.ranks):
                coarsest = _fate(folds)
                if self._fits(fate | coarsest):
                    return fate | self._fewest(fate, folds)
            fate |= coarsest
        return dict.fromkeys(self.ranks, "Fold/all")

    def _choices(self, rank: int, ranks: Mapping[str, int]) -> Iterator[list[Fold]]:
        """Yield the ways to fold the cards of one rank, finest first.

        Borders lie between all cards of equal health, so that what is kept moves none of them.
        """
        own = self.health if rank in {HEALTHY, TROUBLED} else ranks
        nodes = [node for node in self.nodes if own[node.id] == rank]
        for key in (_alike, _same_kind, _same_lane, _any):
            classes = [list(found) for _key, found in groupby(sorted(nodes, key=key), key=key)]
            size = FINEST
            while True:
                yield [
                    fold
                    for found in classes
                    for run in _runs(found, size)
                    for fold in _folds(run, (*key(run[0]), str(size), str(rank)), rank, ranks)
                ]
                if size >= len(nodes):
                    break
                size *= 2
        if nodes:  # no borders at all: not even one card is left over
            yield list(_folds(nodes, ("all", str(rank)), rank, ranks))

    def _fewest(self, fate: Fate, folds: list[Fold]) -> Fate:
        """Return the shortest run of folds, largest first, that fits; all of them fit."""
        ordered = sorted(folds, key=lambda fold: len(fold.members))
        ordered.reverse()  # of equal size the last in order go first: the first ones are shown
        low, high = 0, len(ordered)
        while low < high:
            middle = (low + high) // 2
            if self._fits(fate | _fate(ordered[:middle])):
                high = middle
            else:
                low = middle + 1
        return _fate(ordered[:high])

    def _fits(self, fate: Fate) -> bool:
        cards = {fate.get(node.id, node.id) for node in self.nodes}
        if len(cards) > self.budget:
            return False
        lines = {line for edge in self.edges if (line := _line(edge, fate)) is not None}
        return len(cards) + len(lines) <= self.budget


def _alike(node: GraphNode) -> tuple[str, ...]:
    return (node.lane, node.group or "", node.kind)


def _same_kind(node: GraphNode) -> tuple[str, ...]:
    return (node.lane, node.kind)


def _same_lane(node: GraphNode) -> tuple[str, ...]:
    return (node.lane,)


def _any(_node: GraphNode) -> tuple[str, ...]:
    return ()


def _runs(nodes: Sequence[GraphNode], size: int) -> Iterator[list[GraphNode]]:
    """Yield runs of about `size` cards; where a run ends depends on the names near its end."""
    run: list[GraphNode] = []
    for node in nodes:
        is_border = len(run) * LONGEST >= size and crc32(node.id.encode()) % size == 0
        if is_border or len(run) >= size * LONGEST:
            yield run
            run = []
        run.append(node)
    if run:
        yield run


def _folds(
    run: list[GraphNode], key: tuple[str, ...], rank: int, ranks: Mapping[str, int]
) -> Iterator[Fold]:
    """Yield the fold of those of a run that have the rank, if they are at least two."""
    members = tuple(node for node in run if ranks[node.id] == rank)
    if len(members) > 1:
        digest = blake2b("\n".join((*key, run[0].id)).encode(), digest_size=6).hexdigest()
        yield Fold(f"Fold/{run[0].kind}/{digest}", members)


def _fate(folds: Sequence[Fold]) -> Fate:
    return {node.id: fold.id for fold in folds for node in fold.members}


def _line(edge: GraphEdge, fate: Mapping[str, str]) -> str | None:
    """Return the id of the line that stands for an edge; None inside of one fold."""
    source, target = fate.get(edge.source, edge.source), fate.get(edge.target, edge.target)
    if source == edge.source and target == edge.target:
        return edge.id
    return None if source == target else f"{source}->{target}:{edge.state}:{edge.family or ''}"


def _folded(graph: Graph, fate: Fate, request: ViewRequest) -> Graph:
    """Return the view with every fold drawn as one card."""
    members: dict[str, list[GraphNode]] = {}
    nodes: list[GraphNode] = []
    for node in sorted(graph.nodes, key=lambda node: (node.order, node.id)):
        if node.id in fate:
            members.setdefault(fate[node.id], []).append(node)
        else:
            nodes.append(node)
    nodes += [fold_card(fold, found, request) for fold, found in members.items()]
    lines: dict[str, list[GraphEdge]] = {}
    for edge in graph.edges:
        line = _line(edge, fate)
        if line is not None:
            lines.setdefault(line, []).append(edge)
    truncated = Counter(dict(graph.truncated))
    truncated.update(node.kind for found in members.values() for node in found)
    return replace(
        graph,
        nodes=tuple(nodes),
        edges=tuple(_joined(line, found, fate) for line, found in lines.items()),
        groups=_used(graph.groups, nodes),
        truncated=dict(truncated),
    )


def _joined(line: str, edges: list[GraphEdge], fate: Fate) -> GraphEdge:
    """Return one line for all `edges`; a line between cards that are drawn stays as it is."""
    first = edges[0]
    if line == first.id:
        return first
    labels = list(dict.fromkeys(edge.label for edge in edges if edge.label))
    return replace(
        first, id=line,
        source=fate.get(first.source, first.source), target=fate.get(first.target, first.target),
        label=labels[0] if len(labels) == 1 else "", count=sum(edge.count for edge in edges),
        title=say("{edges:,} lines drawn as one",
        edges=len(edges)) if len(edges) > 1 else first.title,
        why=first.why if len(edges) == 1 else _reasons(edges),
    )  # fmt: skip


def _reasons(edges: Sequence[GraphEdge]) -> tuple[Reason, ...]:
    """Return why: how many lines one stands for, and the reasons of the first few of them."""
    told = edges[:TOLD]
    text = say("{edges:,} lines drawn as one; the reasons of {told} of them follow.",
               edges=len(edges), told=len(told))  # fmt: skip
    return tuple(dict.fromkeys((Reason(text), *(each for edge in told for each in edge.why))))


def _used(groups: Sequence[GraphGroup], nodes: Sequence[GraphNode]) -> tuple[GraphGroup, ...]:
    """Return the boxes that still hold a card."""
    parents = {group.id: group.parent for group in groups}
    needed: set[str] = set()
    for node in nodes:
        box = node.group
        while box is not None and box not in needed:
            needed.add(box)
            box = parents.get(box)
    return tuple(group for group in groups if group.id in needed)
