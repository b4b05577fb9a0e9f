"""Laws of the element budget, over random graphs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster.machinery.drawing import (
    Graph,
    GraphEdge,
    GraphGroup,
    GraphNode,
    Reason,
    State,
    Verdict,
)
from cluster.questions.views.folding import within_budget
from cluster.questions.views.request import BUDGET, ViewRequest
from cluster.topology.folds import folded_text

STATES: tuple[State, ...] = ("ok", "ok", "ok", "skip", "warn", "deny", "unknown", "term")
KINDS = ("Service", "Pod", "EndpointSlice")


def card(number: int, *, kind: str = "Service", state: State = "ok", lane: str = "service",
         group: str | None = None) -> GraphNode:  # fmt: skip
    name = f"n{number:05}"
    return GraphNode(id=f"{kind}/shop/{name}", kind=kind, namespace="shop", name=name, lane=lane,
                     group=group, order=name, state=state, ready=(1, 1))  # fmt: skip


def line(source: GraphNode, target: GraphNode) -> GraphEdge:
    return GraphEdge(f"{source.id}->{target.id}", source.id, target.id)


def picture(nodes: list[GraphNode], edges: list[GraphEdge], **members: object) -> Graph:
    groups = tuple(
        GraphGroup(name, "group", name) for name in sorted({n.group for n in nodes if n.group})
    )
    graph = Graph("map", "L1", "lanes", "t", "l", Verdict("ok", "v"), nodes=tuple(nodes),
                  edges=tuple(edges), groups=groups)  # fmt: skip
    return replace(graph, **members)  # type: ignore[arg-type]


def asked(budget: int = BUDGET, **members: tuple[str, ...]) -> ViewRequest:
    return replace(ViewRequest("demo", budget=budget), **members)  # type: ignore[arg-type]


def size(graph: Graph) -> int:
    return len(graph.nodes) + len(graph.edges)


@dataclass(frozen=True)
class Recipe:
    """What a graph is made from, short enough to be printed when a law fails."""

    count: int
    lanes: int
    boxes: int
    seed: int
    reach: int
    ends: tuple[tuple[int, int], ...]


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    """Graphs of some hundred cards, of all shapes: wide, tall, in boxes, in one lane."""
    count = draw(st.integers(1, 400))
    number = st.integers(0, count - 1)
    return Recipe(
        count,
        lanes=draw(st.integers(1, 4)),
        boxes=draw(st.integers(0, 60)),
        seed=draw(st.integers(1, 10**6)),
        reach=draw(st.integers(0, 3)),
        ends=tuple(draw(st.lists(st.tuples(number, number), max_size=50))),
    )


def made(recipe: Recipe) -> Graph:
    count, lanes, boxes, seed = recipe.count, recipe.lanes, recipe.boxes, recipe.seed
    nodes = []
    for number in range(count):
        mixed = (number + 1) * seed * 2654435761 % 2**32
        nodes.append(
            card(
                number, kind=KINDS[mixed % len(KINDS)], state=STATES[mixed // 7 % len(STATES)],
                lane=f"lane{mixed // 11 % lanes}",
                group=f"Group/{mixed // 13 % boxes}" if boxes else None,
            )
        )  # fmt: skip
    ends = list(recipe.ends)
    ends += [(n, (n * seed + step) % count) for n in range(count) for step in range(recipe.reach)]
    return picture(nodes, [line(nodes[a], nodes[b]) for a, b in dict.fromkeys(ends)])


@settings(max_examples=60, deadline=None)
@given(recipes(), st.sampled_from([1, 2, 7, 40, 150, 300]))
def test_every_view_is_within_its_budget_and_counts_what_it_folded(
    recipe: Recipe, budget: int
) -> None:
    graph = made(recipe)
    folded = within_budget(graph, asked(budget))

    assert size(folded) <= budget
    drawn = {node.id for node in folded.nodes}
    assert len(drawn) == len(folded.nodes)
    assert len({edge.id for edge in folded.edges}) == len(folded.edges)
    assert all(edge.source in drawn and edge.target in drawn for edge in folded.edges)
    folds = [node for node in folded.nodes if node.id.startswith("Fold/")]
    kept = [node for node in graph.nodes if node.id in drawn]
    assert len(kept) + sum(node.count for node in folds) == len(graph.nodes)
    assert sum(folded.truncated.values()) == sum(node.count for node in folds)
    assert {group.id for group in folded.groups} == {n.group for n in folded.nodes if n.group}
    if size(graph) <= budget:
        assert folded is graph


@settings(max_examples=25, deadline=None)
@given(recipes(), st.sampled_from([40, 150, 300]))
def test_the_order_of_cards_and_lines_does_not_matter(recipe: Recipe, budget: int) -> None:
    graph = made(recipe)
    turned = replace(graph, nodes=graph.nodes[::-1], edges=graph.edges[::-1])

    one, other = within_budget(graph, asked(budget)), within_budget(turned, asked(budget))

    assert {node.id: node for node in one.nodes} == {node.id: node for node in other.nodes}
    assert Counter(e.id for e in one.edges) == Counter(e.id for e in other.edges)


@settings(max_examples=25, deadline=None)
@given(recipes(), st.sampled_from([40, 150, 300]))
def test_findings_are_folded_only_when_everything_healthy_is(recipe: Recipe, budget: int) -> None:
    graph = made(recipe)
    drawn = {node.id for node in within_budget(graph, asked(budget)).nodes}

    healthy = [node for node in graph.nodes if node.state in {"ok", "skip"}]
    lanes = Counter(node.lane for node in healthy)
    troubled = [node for node in graph.nodes if node not in healthy]
    if any(node.id not in drawn for node in troubled):
        assert all(node.id not in drawn for node in healthy if lanes[node.lane] > 1)


@settings(max_examples=25, deadline=None)
@given(recipes(), st.data())
def test_what_is_selected_is_drawn(recipe: Recipe, data: st.DataObject) -> None:
    graph = made(recipe)
    ends = [{node.id} for node in graph.nodes] + [{e.source, e.target} for e in graph.edges]
    names = [node.id for node in graph.nodes] + [edge.id for edge in graph.edges]
    chosen = data.draw(st.integers(0, len(names) - 1))

    folded = within_budget(graph, asked(60, keep=(names[chosen],)))

    assert ends[chosen] <= {node.id for node in folded.nodes}


@pytest.mark.parametrize("count", [700, 3_000])
def test_every_card_is_reached_by_opening_folds(count: int) -> None:
    graph = picture([card(number) for number in range(count)], [])
    seen: set[str] = set()
    tried: set[str] = set()
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        opened = waiting.pop()
        for node in within_budget(graph, asked(open=opened)).nodes:
            if not node.id.startswith("Fold/"):
                seen.add(node.id)
            elif node.id not in tried:
                tried.add(node.id)
                assert node.open == f"?open={node.id}"
                waiting.append((*opened, node.id)[-2:])

    assert len(seen) == count


def test_a_large_healthy_namespace_shows_its_first_cards_and_folds_the_rest_in_groups() -> None:
    services = [card(number) for number in range(3_000)]
    loads = [card(n, kind="Deployment", lane="workload") for n in range(3_000)]
    graph = picture(services + loads, [line(a, b) for a, b in zip(services, loads, strict=True)])

    folded = within_budget(graph, asked())

    assert size(folded) <= BUDGET
    folds = [node for node in folded.nodes if node.id.startswith("Fold/")]
    assert len(folds) > 40
    assert size(folded) > BUDGET // 2
    fold = folds[-1]
    assert fold.word == "all healthy"
    assert fold.ready == (fold.count, fold.count)


def test_a_new_object_moves_no_border_of_another_fold() -> None:
    before = within_budget(picture([card(n) for n in range(5_000)], []), asked())
    nodes = [card(n) for n in range(5_000)]
    added = replace(nodes[2_000], id="Service/shop/n02000a", name="n02000a", order="n02000a")
    after = within_budget(picture([*nodes, added], []), asked())

    old = {node.id: node for node in before.nodes}
    new = {node.id: node for node in after.nodes}
    assert len([id_ for id_ in old if old[id_] != new.get(id_)]) <= 2


def test_an_opened_fold_is_shown_and_others_make_room() -> None:
    nodes = [card(number) for number in range(5_000)]
    folded = within_budget(picture(nodes, []), asked())
    fold = next(node for node in folded.nodes if node.id.startswith("Fold/"))

    opened = within_budget(picture(nodes, []), asked(open=(fold.id,)))

    assert fold.id not in {node.id for node in opened.nodes}
    more = {node.id for node in opened.nodes} - {node.id for node in folded.nodes}
    assert sum(1 for id_ in more if not id_.startswith("Fold/")) == fold.count


def test_the_object_of_the_view_is_folded_last() -> None:
    nodes = [card(n, state="deny") for n in range(5_000)]
    scope = {"kind": "Service", "namespace": "shop", "name": "n04321"}

    folded = within_budget(picture(nodes, [], scope=scope), asked(20))

    assert "Service/shop/n04321" in {node.id for node in folded.nodes}


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("ok", "all healthy, folded into"),
        ("warn", "Services folded into"),
    ],
)
def test_what_is_folded_is_said_with_the_number_of_groups(state: State, said: str) -> None:
    folded = within_budget(picture([card(n, state=state) for n in range(300)], []), asked(60))
    groups = sum(node.id.startswith("Fold/") for node in folded.nodes)

    assert said in folded_text(folded)
    assert f"{groups} group" in folded_text(folded)


def test_what_no_card_stands_for_is_said_not_to_be_drawn() -> None:
    left = picture([card(1)], [], truncated={"Node": 5})

    assert folded_text(left) == "5 Nodes not drawn"
    assert folded_text(picture([card(1)], [])) == ""


def test_a_line_that_stands_for_many_tells_why_of_some() -> None:
    source, targets = card(0, lane="ingress"), [card(n) for n in range(1, 300)]
    edges = [
        replace(line(source, target), why=(Reason(f"because {target.name}"),))
        for target in targets
    ]
    folded = within_budget(picture([source, *targets], edges), asked(30))
    joined = next(edge for edge in folded.edges if "lines drawn as one" in edge.title)

    assert "lines drawn as one" in joined.why[0].text
    assert joined.why[1].text.startswith("because n")
