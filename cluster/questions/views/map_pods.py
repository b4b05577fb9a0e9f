"""Level 3 of the map: the Pods of one workload, a page at a time, unhealthy first."""

from __future__ import annotations

from dataclasses import replace

from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import (
    Cell,
    Column,
    Counter,
    Graph,
    GraphEdge,
    Lane,
    Line,
    Reason,
    Row,
    Verdict,
    node_id,
)
from cluster.machinery.errors import not_found
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say, say_n
from cluster.questions.facts import Facts
from cluster.questions.views.cards import node_card, pod_card, pod_state, workload_card
from cluster.questions.views.request import ALL_ROWS, PAGE, BadParameter, ViewRequest
from cluster.questions.views.sifting import is_asked
from cluster.questions.workloads import workload_of

STATE_ORDER = {"deny": 0, "warn": 1, "unknown": 2, "term": 3, "ok": 4, "skip": 5}


def pods_map(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    """Return one page of a workload's Pods; raises NotFound, and ValueError for a bad `of`."""
    key = _key(snapshot, request)
    pods = [p for p in snapshot.within(Pod, key.namespace).values()
            if workload_of(snapshot, p) == key]  # fmt: skip
    if not pods and snapshot.find(key) is None:
        raise not_found(snapshot.kinds[key.kind].plural, key.group, key.name)
    pods.sort(key=lambda p: (STATE_ORDER[pod_state(p)[0]], p.meta.name))
    start = (request.page - 1) * PAGE
    shown = pods[start : start + PAGE]
    is_whole = is_asked(request) or request.rows == ALL_ROWS
    root = workload_card(key, pods, facts, request, lane="workload", group=None, snapshot=snapshot)
    nodes = {} if root.kind == "Pod" else {root.id: root}
    edges: list[GraphEdge] = []
    for position, pod in enumerate(shown):
        card = pod_card(
            pod, request, lane="pods", group=None, order=f"{position:04}", snapshot=snapshot
        )
        nodes[card.id] = card
        if root.id in nodes:
            edges.append(_owns(root.id, card.id, key, pod))
        if pod.node_name:
            place = node_card(
                pod.node_name, snapshot.get(Node, "", pod.node_name), request, lane="nodes"
            )
            # Beside its first Pod: lines that cross say nothing.
            nodes.setdefault(place.id, replace(place, order=f"{position:04}"))
            edges.append(_runs(card.id, place.id, pod))
    ready = sum(1 for pod in pods if pod.is_ready)
    rest = len(pods) - start - len(shown)
    onward = request.map_href(lvl="L3", of=request.of, page=str(request.page + 1))
    return Graph(
        view="map", level="L3", layout="lanes",
        scope={"kind": key.kind, "namespace": key.namespace, "name": key.name},
        title=say("Pods of {namespace}/{key}", namespace=key.namespace, key=key.name),
        label=say("{kind} {key}, its Pods and their Nodes", kind=key.kind, key=key.name),
        crumbs=(
            (request.cluster, request.map_href()),
            (key.namespace, request.map_href(lvl="L1", ns=key.namespace)),
            (f"{key.kind} {key.name}", None),
        ),
        verdict=Verdict(
            "ok" if ready == len(pods) else "warn",
            say("{ready} of {pods} of {namespace}/{key} are ready", ready=f"{ready:,}",
            pods=say_n("{n:,} Pod", "{n:,} Pods", len(pods)), namespace=key.namespace,
            key=key.name),
            say("Showing {start} to {start_2}.", start=start + 1,
            start_2=f"{start + len(shown):,}") if rest or start else "",
        ),
        counters=(Counter(ready, say("ready"), "ok", say("of {pods}", pods=f"{len(pods):,}")),),
        lanes=(
            Lane("workload", say("Workload")), Lane("pods", say("Pods"), len(shown)),
            Lane("nodes", say("Nodes"), len({p.node_name for p in shown if p.node_name})),
        ),
        nodes=tuple(nodes.values()), edges=tuple(edges),
        truncated={"Pod": len(pods) - len(shown)} if len(pods) > len(shown) else {},
        next=onward if rest > 0 else None,
        columns=(
            Column("pod", "Pod"), Column("state", say("State")), Column("address", say("Address")),
            Column("node", say("Node")),
        ),
        rows=tuple(_row(pod, request) for pod in (pods if is_whole else shown)),
        text=tuple(_line(pod) for pod in shown),
    )  # fmt: skip


def _key(snapshot: Snapshot, request: ViewRequest) -> Key:
    parts = request.of.split("/")
    if len(parts) != 3 or parts[0] not in snapshot.kinds:  # noqa: PLR2004 - Kind/ns/name
        raise BadParameter(
            "of", say("{value} must be Kind/namespace/name", value=repr(request.of))
        )
    return snapshot.kinds[parts[0]].key(parts[1], parts[2])


def _owns(source: str, target: str, key: Key, pod: Pod) -> GraphEdge:
    return GraphEdge(
        f"{source}->{target}", source, target, "own", title=say("owns"),
        why=(Reason(say("The Pod names it as its controller."), f"Pod {pod.meta.namespace}/"
                    f"{pod.meta.name}", "metadata.ownerReferences", str(key)),),
    )  # fmt: skip


def _runs(source: str, target: str, pod: Pod) -> GraphEdge:
    return GraphEdge(
        f"{source}->{target}", source, target, "own", title=say("runs on"),
        why=(Reason(say("The Pod runs on this Node."), f"Pod {pod.meta.namespace}/{pod.meta.name}",
                    "spec.nodeName", pod.node_name),),
    )  # fmt: skip


def _row(pod: Pod, request: ViewRequest) -> Row:
    state, word = pod_state(pod)
    namespace, name = pod.meta.namespace, pod.meta.name
    return Row(
        node_id("Pod", namespace, name),
        (
            Cell(name, request.object_href("Pod", namespace, name)), Cell(word, state=state),
            Cell(joined(", ", pod.ips) or say("no IP yet"), mono=True),
            Cell(pod.node_name or say("none")),
        ),
    )  # fmt: skip


def _line(pod: Pod) -> Line:
    _state, word = pod_state(pod)
    where = say(" on {node_name}", node_name=pod.node_name) if pod.node_name else ""
    return Line(
        say(
            "Pod {pod} is {word}{where}, {ips}",
            pod=pod.meta.name,
            word=word,
            where=where,
            ips=joined(", ", pod.ips) or say("no IP yet"),
        )
    )
