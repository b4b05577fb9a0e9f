"""Which card stands for a Pod on the namespace level, and the cards themselves.

By workload, zone or node (`grp`), as the reader chose; a card in `open` is expanded in place: its
Pods are drawn one by one in a box, unhealthy first, those beyond a page on one card more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import (
    ICON_OF,
    PAINT_OF,
    GraphGroup,
    GraphNode,
    State,
    node_id,
    worst,
)
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say, say_n
from cluster.questions.facts import Facts
from cluster.questions.views.cards import pod_card, pod_state, workload_card
from cluster.questions.views.request import PAGE, ViewRequest
from cluster.questions.workloads import empty_workloads, workload_of

OPENED = "Open/"  # before the id of a card that is expanded: the id of its box
REST = "Rest/"  # before the id of a card that is expanded: the id of the card for the rest
_STATE_ORDER = {"deny": 0, "warn": 1, "unknown": 2, "term": 3, "ok": 4, "skip": 5}
_NOWHERE = {"node": say("no Node"), "zone": say("no zone")}


@dataclass(slots=True)
class Drawn:
    """Cards of the Pods of a namespace, and the boxes of those that are expanded."""

    nodes: list[GraphNode] = field(default_factory=list)
    groups: list[GraphGroup] = field(default_factory=list)


@dataclass(slots=True)
class Grouping:
    """How one view groups Pods; made once for a view, so that lines and cards agree."""

    snapshot: Snapshot
    facts: Facts
    request: ViewRequest
    places: dict[str, str] = field(default_factory=dict)

    def card_of(self, pod: Pod) -> str:
        """Return the id of the card that a Pod is drawn on."""
        own = node_id("Pod", pod.meta.namespace, pod.meta.name)
        return self.places.get(own) or self._group_of(pod)

    def draw(self, namespace: str, pods: Iterable[Pod], box: str) -> Drawn:
        """Draw the Pods of a namespace, whose box is `box`."""
        drawn = Drawn()
        groups: dict[str, list[Pod]] = {}
        for pod in sorted(pods, key=lambda each: each.meta.name):
            groups.setdefault(self._group_of(pod), []).append(pod)
        for group, members in sorted(groups.items()):
            if group in self.request.open and not (len(members) == 1 and group.startswith("Pod/")):
                self._expand(drawn, group, members, box)
            else:
                drawn.nodes.append(self._card(group, members, box))
        if self.request.grouping == "workload":
            taken = {workload_of(self.snapshot, pod) for each in groups.values() for pod in each}
            for key in empty_workloads(self.snapshot, namespace, taken):
                drawn.nodes.append(self._workload(key, [], box))
        return drawn

    def _group_of(self, pod: Pod) -> str:
        namespace = pod.meta.namespace
        if self.request.grouping == "node":
            return f"Pods/{namespace}/{pod.node_name or _NOWHERE['node']}"
        if self.request.grouping == "zone":
            node = self.snapshot.get(Node, "", pod.node_name) if pod.node_name else None
            return f"Pods/{namespace}/{(node.zone if node else '') or _NOWHERE['zone']}"
        key = workload_of(self.snapshot, pod)
        return node_id(key.kind, key.namespace, key.name)

    def _card(self, group: str, members: list[Pod], box: str) -> GraphNode:
        if self.request.grouping == "workload":
            return self._workload(workload_of(self.snapshot, members[0]), members, box)
        return self._place(group, members, box)

    def _workload(self, key: Key, members: list[Pod], box: str) -> GraphNode:
        card = workload_card(
            key,
            members,
            self.facts,
            self.request,
            lane="workload",
            group=box,
            snapshot=self.snapshot,
        )
        if card.kind == "Pod" or not members:
            return card
        return replace(card, open=f"?open={card.id}")

    def _place(self, group: str, members: list[Pod], box: str) -> GraphNode:
        """Return the card of the Pods on one Node, or in one zone."""
        grouping, name = self.request.grouping, group.rpartition("/")[2]
        told = next((word for word in _NOWHERE.values() if word == name), name)
        ready = sum(1 for pod in members if pod.is_ready and not pod.is_terminating)
        states = [pod_state(pod)[0] for pod in members]
        state: State = worst([each for each in states if each != "skip"])
        waiting = len(members) - ready
        word = say("{waiting} not ready", waiting=waiting) if waiting else say("all ready")
        namespace = members[0].meta.namespace
        where = say("on {name}", name=told) if grouping == "node" else say("in {name}", name=told)
        return GraphNode(
            id=group, kind="Pod", namespace=namespace, name=told, lane="workload", group=box,
            order=name, paint="pod", icon="node" if grouping == "node" else "namespace",
            overline=say("Pods"), variant=say("node") if grouping == "node" else say("zone"),
            meta=say("\N{MULTIPLICATION SIGN}{members} · {ready} ready",
            members=f"{len(members):,}",
            ready=f"{ready:,}"), state=state, word=word,
            ready=(ready, len(members)), count=len(members),
            label=say("Pods {where}, {pods}, {ready} ready", where=where,
            pods=say_n("{n:,} Pod", "{n:,} Pods", len(members)), ready=f"{ready:,}"),
            open=f"?open={group}",
            find={"node": (name,)} if grouping == "node" else {"zone": (name,)},
        )  # fmt: skip

    def _expand(self, drawn: Drawn, group: str, members: list[Pod], box: str) -> None:
        """Draw the Pods of a card one by one, in a box of their own."""
        opened = f"{OPENED}{group}"
        kind, _namespace, name = group.split("/", 2)
        by_health = sorted(
            members, key=lambda pod: (_STATE_ORDER[pod_state(pod)[0]], pod.meta.name)
        )
        for position, pod in enumerate(by_health[:PAGE]):
            card = pod_card(
                pod,
                self.request,
                lane="workload",
                group=opened,
                order=f"{name}|{position:04}",
                snapshot=self.snapshot,
            )
            self.places[card.id] = card.id
            drawn.nodes.append(card)
        rest = by_health[PAGE:]
        if rest:
            made = self._place(f"{REST}{group}", rest, opened)
            made = replace(
                made, name=say("{rest} more", rest=f"{len(rest):,}"), order=f"{name}|9999",
                variant=say("folded"),
                label=say("Pods, {rest} more of {name}", rest=f"{len(rest):,}", name=name),
                open=f"?lvl=L3&of={group}&page=2" if kind in ICON_OF else None, find={},
            )  # fmt: skip
            drawn.nodes.append(made)
            for pod in rest:
                self.places[node_id("Pod", pod.meta.namespace, pod.meta.name)] = made.id
        drawn.groups.append(
            GraphGroup(
                opened, "workload", name, say_n("{n:,} Pod", "{n:,} Pods", len(members)),
                icon=ICON_OF.get(kind, "pod"), paint=PAINT_OF.get(kind, "pod"), lane="workload",
                parent=box, order=name,
            )
        )  # fmt: skip
