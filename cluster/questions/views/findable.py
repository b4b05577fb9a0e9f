"""What a search may match on each card: the values of the objects that it stands for.

One pass over a view that is drawn already, so that no view has to think of it. A card of a
workload also answers for its Pods, so that it is lit where one of them may match; what a view has
put under `find` itself stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import Graph, GraphNode
from cluster.machinery.kind import Object
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts
from cluster.questions.query.card_values import find_of
from cluster.questions.query.values import object_values
from cluster.questions.workloads import WORKLOAD_KINDS

MOST_BELOW = 100  # Pods of one workload whose values its card knows


def findable(graph: Graph, snapshot: Snapshot, facts: Facts) -> Graph:
    """Return a view whose cards carry the values that the query language looks at."""
    return replace(graph, nodes=tuple(_with_find(node, snapshot, facts) for node in graph.nodes))


def _with_find(node: GraphNode, snapshot: Snapshot, facts: Facts) -> GraphNode:
    if node.kind not in snapshot.kinds:
        return node
    key = snapshot.kinds[node.kind].key(node.namespace, node.name)
    item = snapshot.find(key)
    if item is None:
        return node
    below = _pods_of(snapshot, key, item)
    found = find_of(snapshot, facts, key, item, below)
    if below:
        found["name"] = tuple(pod.name for pod, _item in below)
        found["kind"] = ("Pod",)
        found["status"] = _status(snapshot, facts, below)
    return replace(node, find={**found, **node.find})


def _status(snapshot: Snapshot, facts: Facts, below: list[tuple[Key, Object]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for key, item in below:
        found.update(dict.fromkeys(object_values(snapshot, facts, key, item, "status")))
    return tuple(found)


def _pods_of(snapshot: Snapshot, key: Key, item: Object) -> list[tuple[Key, Object]]:
    if key.kind not in WORKLOAD_KINDS:
        return []
    below: list[tuple[Key, Object]] = []
    for pod in _below(snapshot, item):
        if len(below) >= MOST_BELOW:
            break
        below.append((Key("", "Pod", pod.meta.namespace, pod.meta.name), pod))
    return below


def _below(snapshot: Snapshot, item: Object) -> Iterator[Pod]:
    """Yield the Pods that an object owns, directly or through what it owns."""
    for key in sorted(snapshot.dependents(item.meta.uid)):
        owned = snapshot.find(key)
        if isinstance(owned, Pod):
            yield owned
        elif owned is not None:
            yield from _below(snapshot, owned)
