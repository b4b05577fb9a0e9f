"""Pods that a Service's selector misses by little, drawn where it selects none at all."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import GraphEdge, GraphGroup, GraphNode, Reason, node_id
from cluster.machinery.nearest import nearest
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say
from cluster.questions.views.cards import pod_card
from cluster.questions.views.request import ViewRequest

MISSED = "Group/missed"
MOST_MISSED = 5


@dataclass(frozen=True, slots=True)
class NearMiss:
    """What the selector came closest to, and the running Pods that have it, by name."""

    found: str
    pods: tuple[Pod, ...]


def near_miss(snapshot: Snapshot, service: Service) -> NearMiss | None:
    """Return what a selector misses by the least; None where nothing has anything in common.

    Pods of one workload share their labels, which are looked at once.
    """
    selector = service.pod_selector
    if selector is None:
        return None
    pods = snapshot.within(Pod, service.meta.namespace).values()
    running = [pod for pod in pods if not pod.is_finished]
    miss = nearest(selector, (pod.meta.labels for pod in running))
    if miss is None:
        return None
    looked: dict[int, bool] = {}
    alike: list[Pod] = []
    for pod in running:
        labels = pod.meta.labels
        if id(labels) not in looked:
            looked[id(labels)] = nearest(selector, (labels,)) == miss
        if looked[id(labels)]:
            alike.append(pod)
    return NearMiss(str(miss), tuple(sorted(alike, key=lambda pod: pod.meta.name)))


def missed_group(count: int) -> GraphGroup:
    """Return the box of what is not selected."""
    return GraphGroup(
        MISSED, "off", say("Not selected, but close"), sub=f"{count:,}", lane="endpoints",
        order="~1",
    )  # fmt: skip


def missed_card(service: Service, pod: Pod, found: str, request: ViewRequest) -> GraphNode:
    """Return the card of a Pod that is not selected, as a ghost."""
    card = pod_card(pod, request, lane="endpoints", group=MISSED)
    return replace(
        card, ghost=True, state="unknown", word=say("not selected"), variant=say("not selected"),
        meta=found,
        label=say("{label}, not selected", label=card.label),
        why=_reasons(service, pod),
    )  # fmt: skip


def missed_line(service: Service, source: str, pod: Pod, found: str) -> GraphEdge:
    """Return the line that stops short of a Pod because of a label."""
    target = node_id("Pod", pod.meta.namespace, pod.meta.name)
    return GraphEdge(
        f"{source}->{target}", source, target, "deny", found,
        title=say("does not select: {found}, asked for is {selector}", found=found,
                  selector=str(service.pod_selector)), why=_reasons(service, pod),
    )  # fmt: skip


def _reasons(service: Service, pod: Pod) -> tuple[Reason, ...]:
    name = f"Service {service.meta.namespace}/{service.meta.name}"
    where = f"Pod {pod.meta.namespace}/{pod.meta.name}"
    selector = service.pod_selector
    found = [Reason(say("The Service asks for these labels."), name, "spec.selector",
                    str(selector))]  # fmt: skip
    for each in selector.requirements if selector is not None else ():
        if each.matches(pod.meta.labels):
            continue
        value = pod.meta.labels.get(each.key)
        text = (
            say("The Pod has no label {key}.", key=each.key) if value is None
            else say("The Pod has another value of {key}.", key=each.key)
        )  # fmt: skip
        found.append(Reason(text, where, f"metadata.labels[{each.key}]",
                            say("absent") if value is None else value, cause=True))  # fmt: skip
    return tuple(found)
