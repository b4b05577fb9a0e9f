"""Cards that several views draw: a Pod, a Node, a Service, a workload, an Ingress."""

from __future__ import annotations

from collections.abc import Sequence

from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import READY_ANNOTATION, Pod
from cluster.machinery.drawing import (
    ICON_OF,
    PAINT_OF,
    Badge,
    GraphNode,
    Reason,
    State,
    node_id,
)
from cluster.machinery.findings import Finding
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say, say_n
from cluster.questions.facts import Facts
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.service_badges import (
    badges_of,
    pod_badges,
    reasons_of,
    service_badges,
    workload_badges,
)

TIMES = "\N{MULTIPLICATION SIGN}"
STATE_WORD: dict[State, str] = {
    "ok": say("healthy"), "warn": say("warning"), "deny": say("error"), "unknown": say("unknown"),
    "term": say("terminating"), "skip": say("skipped"),
}  # fmt: skip


PHASE_WORD = {"Succeeded": say("succeeded"), "Failed": say("failed")}


def pod_state(pod: Pod) -> tuple[State, str]:
    """Return a Pod's state and the word for it."""
    if pod.is_finished:
        return "skip", PHASE_WORD.get(pod.phase, pod.phase.lower())
    if pod.is_terminating:
        return "term", say("terminating")
    if pod.is_ready:
        return "ok", say("ready")
    if not pod.node_name or not pod.ips:
        return "unknown", say("pending")
    return "warn", say("not ready")


def pod_reasons(pod: Pod) -> tuple[Reason, ...]:
    """Return why a Pod is in the state it is in."""
    name = f"Pod {pod.meta.namespace}/{pod.meta.name}"
    if pod.is_finished:
        return (Reason(say("It has finished."), name, "status.phase", pod.phase, cause=True),)
    if pod.is_terminating:
        stamp = pod.meta.deletion_timestamp or ""
        return (
            Reason(say("It was deleted and its grace period runs."), name,
                   "metadata.deletionTimestamp", stamp, cause=True),
        )  # fmt: skip
    if not pod.node_name:
        scheduled = pod.conditions.get("PodScheduled", "")
        return (
            Reason(say("No Node has taken it."), name, "status.conditions[PodScheduled]",
                   scheduled or say("absent"), cause=True),
        )  # fmt: skip
    ready = pod.conditions.get("Ready", "absent")
    reasons = [Reason(
        say("It is ready.") if pod.is_ready else say("It is not ready, so it gets no traffic."),
        name, "status.conditions[Ready]", ready, cause=not pod.is_ready,
    )]  # fmt: skip
    if pod.meta.annotations.get(READY_ANNOTATION) == "false":
        reasons.append(
            Reason(say("It was marked unready by hand."), name,
                   f"metadata.annotations[{READY_ANNOTATION}]", "false", cause=True)
        )  # fmt: skip
    return tuple(reasons)


def finding_badge(findings: Sequence[Finding]) -> tuple[Badge, ...]:
    """Return the badge for an object's findings: the gravest rule, and how many more."""
    if not findings:
        return ()
    first = findings[0]
    more = f" +{len(findings) - 1}" if len(findings) > 1 else ""
    state: State = "deny" if first.severity == "error" else "warn"
    if first.severity == "info":
        state = "unknown"
    return (Badge(f"{first.rule}{more}", state, first.message),)


def finding_state(findings: Sequence[Finding], otherwise: State = "ok") -> State:
    """Return the state that findings give a card; info does not colour it."""
    severities = {finding.severity for finding in findings}
    if "error" in severities:
        return "deny"
    return "warn" if "warning" in severities else otherwise


def finding_reasons(findings: Sequence[Finding]) -> tuple[Reason, ...]:
    """Return findings as reasons, each with the field to blame."""
    return tuple(
        Reason(f.message, str(f.key), f.path, f.value or say("absent"), cause=f.severity != "info")
        for f in findings
    )


def service_meta(service: Service) -> str:
    """Return the mono line of a Service: addresses and ports."""
    ports = joined(", ", (f"{port.port}/{port.protocol}" for port in service.ports))
    if service.is_external_name:
        return f"→ {service.external_name}"
    address = (
        say("headless")
        if service.is_headless
        else service.cluster_ips[0]
        if (service.cluster_ips)
        else say("no address")
    )
    return joined(" · ", (address, ports)) if ports else address


def service_card(
    service: Service, facts: Facts, request: ViewRequest, *, lane: str, group: str | None,
    compact: bool = False, ready: tuple[int, int] | None = None,
) -> GraphNode:  # fmt: skip
    """Return the card of a Service; `ready` counts its endpoints where the view knows them."""
    namespace, name = service.meta.namespace, service.meta.name
    key = Key("", "Service", namespace, name)
    findings = facts.of(key)
    variant = say("headless") if service.is_headless else service.type
    special = service_badges(service)
    badges = (*finding_badge(findings), *badges_of(special))
    state = finding_state(findings)
    word = findings[0].message if state != "ok" else ""
    if state == "ok" and ready is not None and ready[1] and not ready[0]:
        state, word = "warn", say("no ready endpoint")
    about = say("{kind} {name}, {variant}, {meta}", kind="Service", name=name, variant=variant,
                meta=service_meta(service))  # fmt: skip
    described = joined(", ", (about, word))
    return GraphNode(
        id=node_id("Service", namespace, name), kind="Service", namespace=namespace, name=name,
        lane=lane, group=group, order=name, paint="service", icon="service", overline="Service",
        variant=variant, meta=service_meta(service), state=state,
        word=word or STATE_WORD[state], badges=badges, compact=compact, label=described,
        href=request.object_href("Service", namespace, name),
        open=f"?lvl=L2&of={namespace}/{name}",
        why=((*finding_reasons(findings), *reasons_of(special)) if findings
             else (_selector_reason(service), *reasons_of(special))),
    )  # fmt: skip


def _selector_reason(service: Service) -> Reason:
    key = f"Service {service.meta.namespace}/{service.meta.name}"
    if service.is_external_name:
        return Reason(say("DNS answers with this name; nothing is proxied."), key,
                      "spec.externalName", service.external_name)  # fmt: skip
    if service.pod_selector is None:
        return Reason(say("It has no selector: its endpoints are written by hand."), key,
                      "spec.selector", say("absent"))  # fmt: skip
    return Reason(
        say("It selects Pods by label."), key, "spec.selector", str(service.pod_selector)
    )


def workload_card(
    key: Key, pods: Sequence[Pod], facts: Facts, request: ViewRequest, *, lane: str,
    group: str | None, snapshot: Snapshot | None = None,
) -> GraphNode:  # fmt: skip
    """Return the card that stands for a workload and its Pods; a lone Pod is its own workload.

    With a `snapshot` it tells over how many zones they are spread.
    """
    live = [pod for pod in pods if not pod.is_finished]
    if key.kind == "Pod" and len(pods) == 1:
        return pod_card(pods[0], request, lane=lane, group=group, snapshot=snapshot)
    ready = sum(1 for pod in live if pod.is_ready and not pod.is_terminating)
    findings = facts.of(key)
    state = finding_state(findings)
    word = findings[0].message if state != "ok" else say("all ready")
    if state == "ok" and ready < len(live):
        state, word = "warn", say("{live} not ready", live=f"{len(live) - ready:,}")
    elif not live:
        word = say("no Pods")
        state = "skip" if state == "ok" else state
    special = workload_badges(key, live, snapshot)
    badges = (*finding_badge(findings), *badges_of(special))
    meta = say(
        "\N{MULTIPLICATION SIGN}{live} · {ready} ready", live=f"{len(live):,}", ready=f"{ready:,}"
    )
    return GraphNode(
        id=node_id(key.kind, key.namespace, key.name), kind=key.kind, namespace=key.namespace,
        name=key.name, lane=lane, group=group, order=key.name,
        paint=PAINT_OF.get(key.kind, "workload"), icon=ICON_OF.get(key.kind, "deployment"),
        overline=key.kind, meta=meta, state=state, word=word, badges=badges,
        ready=(ready, len(live)), count=len(live),
        label=say("{kind} {key}, {live} Pods, {ready} ready", kind=key.kind, key=key.name,
        live=f"{len(live):,}", ready=f"{ready:,}"),
        href=request.object_href(key.kind, key.namespace, key.name),
        open=f"?lvl=L3&of={key.kind}/{key.namespace}/{key.name}",
        why=(*(finding_reasons(findings) or _workload_reasons(key, live)), *reasons_of(special)),
    )  # fmt: skip


def _workload_reasons(key: Key, live: Sequence[Pod]) -> tuple[Reason, ...]:
    """Return why a workload is in its state: its Pods that are not ready, else that all are."""
    found = tuple(reason for pod in live if not pod.is_ready for reason in pod_reasons(pod))[:5]
    if found:
        return found
    name = f"{key.kind} {key.namespace}/{key.name}"
    if not live:
        return (Reason(say("No Pod of it runs."), name, "metadata.ownerReferences", say("none")),)
    return (
        Reason(say_n("Its one Pod is ready.", "Its {n:,} Pods are ready.", len(live)),
               f"Pod {live[0].meta.namespace}/{live[0].meta.name}",
               "status.conditions[Ready]", "True"),
        Reason(say("They are its own."), f"Pod {live[0].meta.namespace}/{live[0].meta.name}",
               "metadata.ownerReferences", f"{key.kind}/{key.name}"),
    )  # fmt: skip


def pod_address(pod: Pod) -> str:
    """Return a Pod's first address, or in words that it has none."""
    if pod.ips:
        return pod.ips[0]
    return say("no address") if pod.is_finished else say("no IP yet")


def pod_card(
    pod: Pod, request: ViewRequest, *, lane: str, group: str | None, order: str = "",
    snapshot: Snapshot | None = None,
) -> GraphNode:  # fmt: skip
    """Return the card of one Pod; with a `snapshot` it tells whether policies isolate it."""
    namespace, name = pod.meta.namespace, pod.meta.name
    state, word = pod_state(pod)
    address = pod_address(pod)
    special = pod_badges(pod, snapshot if request.sees("NetworkPolicy") else None)
    label = joined(", ", (f"Pod {name}", word, address, pod.node_name))
    return GraphNode(
        id=node_id("Pod", namespace, name), kind="Pod", namespace=namespace, name=name,
        lane=lane, group=group, order=order or name, paint="pod", icon="pod", overline="Pod",
        variant=word, meta=joined(" · ", (address, pod.node_name)), state=state, word=word,
        badges=badges_of(special), label=label,
        href=request.object_href("Pod", namespace, name),
        why=(*pod_reasons(pod), *reasons_of(special)),
    )  # fmt: skip


def node_card(name: str, node: Node | None, request: ViewRequest, *, lane: str) -> GraphNode:
    """Return the compact card of a Node; one that does not exist is drawn as a ghost."""
    if node is None:
        return GraphNode(
            id=node_id("Node", "", name), kind="Node", namespace="", name=name, lane=lane,
            order=name, paint="node", icon="node", overline=say("Node"), state="deny",
            word=say("does not exist"), compact=True, ghost=True,
            label=say("Node {name}, does not exist", name=name),
            why=(Reason(say("A Pod or a slice names it, and no such Node exists."), f"Node {name}",
                        "metadata.name", say("absent"), cause=True),),
        )  # fmt: skip
    state: State = "ok" if node.is_ready else "deny"
    word = say("ready") if node.is_ready else say("not ready")
    if node.unschedulable and node.is_ready:
        state, word = "warn", say("cordoned")
    addresses = ", ".join(node.internal_ips)
    return GraphNode(
        id=node_id("Node", "", name), kind="Node", namespace="", name=name, lane=lane, order=name,
        paint="node", icon="node", overline=say("Node"), meta=node.zone, state=state, word=word,
        compact=True,
        label=joined(", ", (say("Node {name}", name=name), word, addresses, node.zone)),
        href=request.object_href("Node", "", name),
        why=_node_reasons(node, name, word, is_cause=state != "ok"),
    )  # fmt: skip


def _node_reasons(node: Node, name: str, word: str, *, is_cause: bool) -> tuple[Reason, ...]:
    """Return why a Node is in its state, and where its address and zone stand."""
    where = f"Node {name}"
    text = say("The Node is {word}.", word=word)
    if node.is_ready and node.unschedulable:
        found = [Reason(text, where, "spec.unschedulable", "true", cause=is_cause)]
    else:
        status = "True" if node.is_ready else "False"
        found = [Reason(text, where, "status.conditions[Ready]", status, cause=is_cause)]
    if node.internal_ips:
        found.append(Reason(say("Its address."), where, "status.addresses[InternalIP]",
                            ", ".join(node.internal_ips)))  # fmt: skip
    if node.zone:
        label = "metadata.labels[topology.kubernetes.io/zone]"
        found.append(Reason(say("It is in this zone."), where, label, node.zone))
    return tuple(found)
