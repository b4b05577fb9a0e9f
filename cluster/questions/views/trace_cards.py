"""The cards on the path of a trace: who connects, name servers, ways in, proxies, endpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import ICON_OF, PAINT_OF, GraphNode, State, node_id
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, lowered, say, say_n
from cluster.questions.trace.answer import Trace
from cluster.questions.trace.steps import EndpointVerdict, Evidence, Step
from cluster.questions.views.cards import TIMES, pod_card, service_meta
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.trace_words import STAGE_WORDS
from cluster.questions.words import kind_word, listed

_STATES: dict[str, State] = {
    "reaches": "ok", "blocked": "deny", "partial": "warn", "unknown": "unknown",
}  # fmt: skip


def object_of(text: str) -> tuple[str, str, str] | None:
    """Return kind, namespace and name of `Kind ns/name`, None for other words."""
    kind, space, where = text.partition(" ")
    namespace, _slash, name = where.rpartition("/")
    return (kind, namespace, name) if space and name else None


def source_card(snapshot: Snapshot, trace: Trace, request: ViewRequest) -> GraphNode:
    """Return who opens the connection that is shown."""
    found = object_of(trace.shown)
    more = trace.sources - 1
    word = (
        say(
            "and {more_like_it}",
            more_like_it=say_n("{n:,} more like it", "{n:,} more like it", more),
        )
        if more > 0
        else ""
    )
    if found is not None and found[0] == "Pod":
        pod = snapshot.get(Pod, found[1], found[2])
        if pod is not None:
            card = pod_card(pod, request, lane="source", group=None)
            return replace(card, variant=pod.node_name or card.variant)
    if found is not None:
        kind, namespace, name = found
        return _plain(kind, namespace, name, request, lane="source", meta=word)
    return GraphNode(
        id=f"External//{trace.shown}", kind="External", namespace="", name=trace.shown,
        lane="source", paint="external", icon="external", overline=say("External"),
        meta=trace.source if trace.source != trace.shown else say("outside the cluster"),
        word=word,
        state="ok", label=say("External {shown}, outside the cluster", shown=trace.shown),
    )  # fmt: skip


def _plain(
    kind: str, namespace: str, name: str, request: ViewRequest, *, lane: str, meta: str = ""
) -> GraphNode:
    return GraphNode(
        id=node_id(kind, namespace, name), kind=kind, namespace=namespace, name=name, lane=lane,
        paint=PAINT_OF.get(kind, "external"), icon=ICON_OF.get(kind, "external"), overline=kind,
        meta=meta, state="ok",
        label=joined(", ", (say("{kind} {name}", kind=kind_word(kind), name=name), meta)),
        href=request.object_href(kind, namespace, name),
    )  # fmt: skip


def dns_card(steps: Sequence[Step], request: ViewRequest) -> GraphNode:
    """Return who answers for names, from the steps of a lookup."""
    services = [
        found
        for step in steps
        if step.stage == "resolver"
        for item in step.evidence
        if (found := object_of(item.object)) is not None and found[0] == "Service"
    ]
    name = next((step for step in steps if step.stage == "name"), None)
    failed = any(step.result == "fail" for step in steps)
    is_resolved = name is not None and name.result == "pass" and name.confidence == "configured"
    answered = name.text.partition(" is ")[2] if name is not None and is_resolved else ""
    meta = answered.partition(" (")[0].rstrip(".")
    kind, namespace, label = services[0] if services else ("DNS", "", say("cluster DNS"))
    state: State = "deny" if failed else "ok"
    if name is not None and name.result == "unknown":
        state = "unknown"
    word = {"deny": say("does not answer"), "unknown": say("not known"), "ok": say("answers")}[
        state
    ]
    return GraphNode(
        id=node_id(kind, namespace, label), kind=kind, namespace=namespace, name=label,
        lane="name", order="0", paint="dns", icon="dns", overline="DNS",
        meta=meta, state=state, word=word,
        label=joined(", ", (say("{kind} {label}", kind=kind, label=label), word, meta)),
        href=request.object_href(kind, namespace, label) if services else None,
    )  # fmt: skip


def entry_card(step: Step, request: ViewRequest) -> GraphNode:
    """Return a way in from outside: a load balancer's address, or node ports."""
    found = object_of(step.evidence[0].object) if step.evidence else None
    value = step.evidence[0].value if step.evidence else ""
    is_port = step.stage == "node-port"
    overline = say("Node port") if is_port else say("Load balancer")
    name = value or (say("node ports") if is_port else say("ingress controller"))
    where = f"{found[1]}/{found[2]}" if found is not None else say("assumed")
    state: State = "deny" if step.result == "fail" else "ok"
    return GraphNode(
        id=f"Entry//{step.stage}/{name}", kind="Entry", namespace="", name=name, lane="entry",
        order="0", paint="external", icon="external", overline=overline, meta=where,
        state=state, label=say("Entry {name}, {overline}, {where}", name=name, overline=overline,
        where=where),
        href=request.object_href(*found) if found is not None else None,
    )  # fmt: skip


def direct_card(step: Step) -> GraphNode:
    """Return what stands in the place of a Service where none is in between."""
    return GraphNode(
        id="Direct//", kind="Direct", namespace="", name=say("no Service"), lane="service",
        order="1",
        paint="external", icon="external", overline=say("Direct"), meta="", state="skip",
        word=say("straight to the address"), compact=True,
        label=say("Direct no Service. {text}", text=step.text),
    )  # fmt: skip


def proxy_card(step: Step, request: ViewRequest) -> GraphNode:
    """Return kube-proxy on the Nodes that get the connection."""
    nodes = step.nodes
    name = "kube-proxy"
    where = listed(nodes, 2) or say("a Node")
    return GraphNode(
        id=f"Proxy//{','.join(nodes[:3]) or 'any'}", kind="Proxy", namespace="", name=name,
        lane="proxy", paint="proxy", icon="proxy", overline="kube-proxy", meta=where, compact=True,
        state="deny" if step.result == "fail" else "unknown", word=say("assumed"),
        label=say("Proxy {name} on {where}, assumed", name=name, where=where),
        href=request.object_href("Node", "", nodes[0]) if len(nodes) == 1 else None,
    )  # fmt: skip


def named_card(
    snapshot: Snapshot, item: Evidence, request: ViewRequest, lane: str
) -> GraphNode | None:
    """Return the card of the object that evidence is of; None for none."""
    found = object_of(item.object)
    if found is None:
        return None
    kind, namespace, name = found
    service = snapshot.get(Service, namespace, name) if kind == "Service" else None
    card = _plain(kind, namespace, name, request, lane=lane)
    if service is None:
        return replace(
            card,
            order="1",
            meta=item.value,
            label=say("{kind} {name}, {value}", kind=kind, name=name, value=item.value),
        )
    meta = service_meta(service)
    variant = say("headless") if service.is_headless else service.type
    return replace(
        card,
        order="1",
        variant=variant,
        meta=meta,
        label=say(
            "{kind} {name}, {variant}, {meta}", kind=kind, name=name, variant=variant, meta=meta
        ),
    )


def _stop(stage: str) -> str:
    return say("stops at {stage}", stage=lowered(STAGE_WORDS[stage]))


def endpoint_card(snapshot: Snapshot, found: EndpointVerdict, request: ViewRequest) -> GraphNode:
    """Return an endpoint, in the state that the connection finds it in."""
    state = _STATES[found.verdict]
    word = _stop(found.stage) if found.stage else say("reached")
    key = object_of(found.pod) if found.pod else None
    pod = snapshot.get(Pod, key[1], key[2]) if key is not None else None
    if pod is None:
        node = snapshot.get(Node, "", found.node) if found.node else None
        return GraphNode(
            id=f"Endpoint//{found.endpoint}", kind="Endpoint", namespace="", name=found.endpoint,
            lane="endpoints", order=found.endpoint, paint="node" if node else "external",
            icon="node" if node else "external", overline=say("Endpoint"), variant=word,
            meta=found.node, state=state, word=word,
            label=say("Endpoint {endpoint}, {word}", endpoint=found.endpoint, word=word),
            href=request.object_href("Node", "", found.node) if node else None,
        )  # fmt: skip
    card = pod_card(pod, request, lane="endpoints", group=None)
    return replace(
        card,
        variant=pod.node_name or "",
        meta=found.endpoint,
        state=state,
        word=word,
        label=say(
            "Pod {pod}, {word}, {endpoint}", pod=pod.meta.name, word=word, endpoint=found.endpoint
        ),
    )


def fold_card(
    workload: Key | None, verdict: str, stage: str, count: int, request: ViewRequest
) -> GraphNode:
    """Return the card of many endpoints of one workload that fare alike."""
    state = _STATES[verdict]
    word = _stop(stage) if stage else say("reached")
    kind, name = (
        (workload.kind, workload.name)
        if workload is not None
        else ("Endpoint", say("of no workload"))
    )
    namespace = workload.namespace if workload is not None else ""
    return GraphNode(
        id=f"Fold/{workload or 'none'}/{verdict}/{stage}", kind=kind, namespace=namespace,
        name=name, lane="endpoints", order=f"{verdict == 'reaches'}|{namespace}/{name}",
        paint=PAINT_OF.get(kind, "external"), icon=ICON_OF.get(kind, "external"), overline=kind,
        variant=word, meta=f"{TIMES}{count}", state=state, word=word, count=count,
        ready=(count if not stage else 0, count),
        label=say("{kind} {name}, {endpoints}, {word}", kind=kind_word(kind), name=name,
        endpoints=say_n("{n:,} endpoint", "{n:,} endpoints", count), word=word),
        href=request.object_href(kind, namespace, name) if workload is not None else None,
    )  # fmt: skip


def destination_card(trace: Trace) -> GraphNode:
    """Return where a connection was to go that does not get there."""
    found = object_of(trace.destination)
    kind, namespace, name = found or ("", "", trace.destination)
    return GraphNode(
        id=f"Destination//{trace.destination}", kind="Destination", namespace=namespace,
        name=name, lane="endpoints", paint=PAINT_OF.get(kind, "external"),
        icon=ICON_OF.get(kind, "external"), overline=kind or say("Destination"), meta=namespace,
        state="skip", word=say("not reached"), ghost=True, faint=True,
        label=say("Destination {destination}, not reached", destination=trace.destination),
    )  # fmt: skip
