"""Graphs to test with: random ones, and a small one that shows every sort of element."""

from __future__ import annotations

from hypothesis import strategies as st

from cluster.machinery.drawing import (
    Counter,
    Graph,
    GraphEdge,
    GraphGroup,
    GraphNode,
    Lane,
    Line,
    Reason,
    Row,
    Verdict,
)

WORDS = st.sampled_from(["", "web", 'a "quoted"\n\\name', "<b>#1</b>"])
STATES = st.sampled_from(["ok", "warn", "deny"])
IDS = [f"Pod/shop/{name}" for name in ("a", "b", "c", "d")]
BOXES = ["Group/x", "Group/y"]
REASONS = st.lists(st.builds(Reason, WORDS), max_size=1).map(tuple)
NODES = st.builds(
    GraphNode, id=st.sampled_from(IDS), kind=st.just("Pod"), namespace=st.just("shop"),
    name=WORDS, group=st.sampled_from([None, *BOXES]), meta=WORDS, state=STATES, word=WORDS,
    ready=st.none() | st.just((1, 2)), ghost=st.booleans(), why=REASONS,
)  # fmt: skip
EDGES = st.builds(
    lambda source, target, state, label: GraphEdge(
        f"{source}->{target}", source, target, state, label
    ),
    st.sampled_from(IDS), st.sampled_from(IDS),
    st.sampled_from(["allow", "deny", "unknown", "notready", "own", "dns"]), WORDS,
)  # fmt: skip
GROUPS = st.one_of(
    st.builds(GraphGroup, id=st.just(BOXES[0]), kind=st.just("group"), label=WORDS),
    st.builds(
        GraphGroup, id=st.just(BOXES[1]), kind=st.just("group"), label=WORDS,
        parent=st.sampled_from([None, BOXES[0]]),
    ),
)  # fmt: skip


def _unique(elements: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(elements, max_size=6, unique_by=lambda item: getattr(item, "id")).map(tuple)  # noqa: B009


GRAPHS: st.SearchStrategy[Graph] = st.builds(
    Graph, view=st.just("map"), level=st.just("L2"), layout=st.just("lanes"), title=WORDS,
    label=WORDS, verdict=st.builds(Verdict, STATES, WORDS),
    counters=st.lists(st.builds(Counter, st.integers(0, 2), WORDS), max_size=1).map(tuple),
    lanes=st.lists(st.builds(Lane, st.just("pods"), WORDS), max_size=1).map(tuple),
    nodes=_unique(NODES), edges=_unique(EDGES), groups=_unique(GROUPS),
    truncated=st.dictionaries(st.just("Pod"), st.integers(1, 2)),
    rows=st.lists(st.builds(Row, st.sampled_from(IDS), st.just(())), max_size=1).map(tuple),
    text=st.lists(st.builds(Line, WORDS), max_size=1).map(tuple),
    extra=st.dictionaries(st.just("matrix"), st.integers(0, 1)),
)  # fmt: skip

SMALL = Graph(
    view="endpoints", level="L2", layout="lanes", title="shop/web", label="Service web",
    verdict=Verdict("ok", "1 of 2 ready"),
    nodes=(
        GraphNode("Service/shop/web", "Service", "shop", "web", meta="10.96.0.7"),
        GraphNode("Pod/shop/web-0", "Pod", "shop", "web-0", group="Group/web"),
        GraphNode("Pod/shop/web-1", "Pod", "shop", "web-1", group="Group/web", state="warn",
                  word="not ready", ghost=True),
    ),
    edges=(
        GraphEdge("s->0", "Service/shop/web", "Pod/shop/web-0", "allow", "http"),
        GraphEdge("s->1", "Service/shop/web", "Pod/shop/web-1", "deny"),
        GraphEdge("s->9", "Service/shop/web", "Pod/shop/gone"),
    ),
    groups=(GraphGroup("Group/web", "workload", 'the "web"', parent="Group/missing"),),
)  # fmt: skip
