"""The left half of diagram 6.5: the Pod, its resolv.conf, the names it tries, whom it asks."""

from __future__ import annotations

from dataclasses import replace

from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import (
    EdgeState,
    GraphEdge,
    GraphGroup,
    GraphNode,
    Reason,
    Shield,
    State,
    node_id,
)
from cluster.machinery.manifest import JSON
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say, say_n
from cluster.questions.dns_servers import DNS_PORT, Asking
from cluster.questions.views.cards import pod_card, service_card, workload_card
from cluster.questions.views.dns_drawing import Drawing
from cluster.questions.views.dns_lookup import Lookup
from cluster.questions.views.dns_words import asking_text, policy_reason, policy_text, rung_state
from cluster.questions.views.policy_reasons import reasons_of, shields
from cluster.questions.workloads import by_workload

ASKS = "Group/asks"


def draw_pod(drawing: Drawing) -> None:
    """Draw who asks, what it was told, and the names it tries."""
    lookup = drawing.lookup
    pod = lookup.pod
    if pod is None:
        drawing.put(
            GraphNode(
                id="Pod//none", kind="Pod", namespace="", name=say("no Pod"), lane="pod",
                paint="pod",
                icon="pod", overline="Pod", state="skip", word=say("the cluster has none"),
                ghost=True,
                meta=say("nobody to ask from"),
                label=say("Pod {name}, the cluster has none to ask from", name=say("no Pod")),
                why=(Reason(say("No Pod runs in the cluster."), cause=True),),
            )
        )  # fmt: skip
        drawing.put(_ladder(lookup, ""))
        return
    namespace, name = pod.meta.namespace, pod.meta.name
    drawing.groups.append(
        GraphGroup(ASKS, "group", say("Who asks"), lane="pod", order="0", icon="pod", paint="pod")
    )
    card = pod_card(pod, drawing.request, lane="pod", group=ASKS, order="0")
    drawing.put(replace(card, variant=pod.node_name or card.variant))
    drawing.put(_conf(lookup, pod, namespace, name))
    drawing.put(_ladder(lookup, f"{namespace}/{name}"))


def _conf(lookup: Lookup, pod: Pod, namespace: str, name: str) -> GraphNode:
    lines: list[JSON] = []
    for text in lookup.conf.text.splitlines():
        word, _space, rest = text.partition(" ")
        values = rest.split(" ") if word == "search" else [rest]
        lines += [{"key": word if not at else "", "text": v} for at, v in enumerate(values)]
    if not lines:
        is_nodes = lookup.server is not None and lookup.server.answerer == "none"
        lines.append({"text": say("as on {node}", node=pod.node_name) if is_nodes and
                      pod.node_name else say("empty")})  # fmt: skip
    why = policy_reason(pod)
    state: State = "warn" if why.cause or lookup.conf.events else "ok"
    if lookup.server is not None and lookup.server.answerer in {"none", "malformed"}:
        state = "deny"
    events = tuple(
        Reason(event.message, f"Pod {namespace}/{name}", event.reason, cause=True)
        for event in lookup.conf.events
    )
    return GraphNode(
        id=node_id("ResolvConf", namespace, name), kind="ResolvConf", namespace=namespace,
        name="resolv.conf", lane="pod", group=ASKS, order="1", paint="pod", icon="dns",
        overline="resolv.conf", variant=pod.dns_policy, state=state, word=policy_text(pod),
        label=say("ResolvConf resolv.conf of {name}, {dns_policy}: {split}", name=name,
        dns_policy=pod.dns_policy, split=" ".join(lookup.conf.text.split())),
        why=(why, *events), extra={"listing": lines},
    )  # fmt: skip


def _ladder(lookup: Lookup, who: str) -> GraphNode:
    namespace, _slash, name = who.partition("/")
    lines: list[JSON] = [
        {
            "mark": str(rung.number), "text": rung.name, "end": rung.outcome,
            "state": rung_state(rung),
        }
        for rung in lookup.rungs
    ]  # fmt: skip
    state: State = "ok" if lookup.resolves else "unknown" if lookup.is_unknown else "deny"
    if lookup.resolves and lookup.wasted:
        state = "warn"
    spoken = joined(
        "; ", (joined(" ", (str(rung.number), rung.name, rung.outcome)) for rung in lookup.rungs)
    )
    reasons = tuple(
        Reason(say("{number}. {rung}: {outcome}.", number=rung.number, rung=rung.name,
        outcome=rung.outcome), f"Pod {who}" if who else "",
               "resolv.conf", f"ndots:{lookup.conf.ndots}", cause=rung.answers)
        for rung in lookup.rungs
    )  # fmt: skip
    return GraphNode(
        id=node_id("Queries", namespace, name), kind="Queries", namespace=namespace,
        name=lookup.name, lane="pod", group=ASKS if who else None, order="2", paint="dns",
        icon="dns", overline=say("Queries"),
        variant=say("{type} {lookup}", type=lookup.type, lookup=lookup.name), state=state,
        word=say("{queries} wasted", queries=say_n("{n:,} query", "{n:,} queries",
        lookup.wasted)) if lookup.wasted else say("no query wasted"),
        label=say("Queries {lookup}: {spoken}", lookup=lookup.name, spoken=spoken),
        why=reasons, extra={"listing": lines},
    )  # fmt: skip


def draw_servers(drawing: Drawing) -> None:
    """Draw the DNS Service and the Pods behind it, and the questions to them."""
    snapshot, lookup = drawing.snapshot, drawing.lookup
    server = lookup.server
    if lookup.pod is None or server is None or server.answerer == "malformed":
        return
    asker = node_id("Pod", lookup.pod.meta.namespace, lookup.pod.meta.name)
    if server.answerer == "none":
        _draw_nodes_servers(drawing, lookup.pod, asker)
        return
    is_judged = drawing.request.sees("NetworkPolicy")
    if server.service is not None:
        card = service_card(
            server.service, drawing.facts, drawing.request, lane="service", group=None
        )
        notes = tuple(_note(one) for one in server.asking if is_judged)
        entry = drawing.put(replace(card, notes=notes))
    else:
        entry = drawing.put(_outside(lookup))
    questions = _questions(server.asking, asker, entry)
    drawing.edges += questions if is_judged else _unjudged(questions[:1])
    if server.answerer == "outside":
        drawing.servers = [entry]
        return
    if server.answerer == "assumed":
        drawing.servers = [drawing.put(_assumed(snapshot))]
    else:
        pods = [one.pod for one in server.servers if one.pod is not None]
        drawing.servers = [
            drawing.put(_server(drawing, key, members))
            for key, members in by_workload(snapshot, pods).items()
        ]
    number = server.servers[0].port if server.servers else DNS_PORT
    for target in drawing.servers:
        drawing.edges.append(
            GraphEdge(
                f"{entry}->{target}", entry, target, "dns", say("→ {number}", number=number),
                why=(Reason(say("The Service sends queries to these Pods."), _name(server.service),
                            "spec.ports", f"{DNS_PORT} → {number}"),),
            )
        )  # fmt: skip


def _draw_nodes_servers(drawing: Drawing, pod: Pod, asker: str) -> None:
    """Draw the name servers that a Pod takes over from its Node, of which nothing is known."""
    node = pod.node_name or say("its Node")
    name = say("servers of {node}", node=node)
    why = Reason(policy_text(pod), f"Pod {pod.meta.namespace}/{pod.meta.name}", "spec.dnsPolicy",
                 pod.dns_policy, cause=True)  # fmt: skip
    setting = Reason(
        say("What stands in the Node's resolv.conf is not known."), "cluster settings",
        "node_resolv_conf", say("none"),
    )  # fmt: skip
    card = drawing.put(
        GraphNode(
            id="External//servers of the Node", kind="External", namespace="", name=name,
            lane="service", paint="external", icon="external", overline=say("Name server"),
            variant=say("outside"), meta=say("not known"), state="unknown", word=say("not known"),
            label=say("External {name}, not known", name=name), why=(why, setting),
        )
    )  # fmt: skip
    drawing.edges.append(
        GraphEdge(f"{asker}->{card}", asker, card, "unknown", f"{DNS_PORT}",
                  title=say("asked, answer not known"), why=(why, setting))
    )  # fmt: skip


def _name(service: Service | None) -> str:
    return "" if service is None else f"Service {service.meta.namespace}/{service.meta.name}"


def _note(asking: Asking) -> str:
    if not asking.served:
        return say("{protocol} 53: nobody listens", protocol=asking.protocol)
    if asking.allowed:
        return say("{protocol} 53: egress allows it", protocol=asking.protocol)
    return say("{protocol} 53: stopped", protocol=asking.protocol)


def _questions(asking: tuple[Asking, ...], source: str, target: str) -> list[GraphEdge]:
    """Return a line per protocol, or one for both where policies make no difference."""
    alike = {(one.allowed, one.served, _sides(one)) for one in asking}
    if len(alike) > 1:
        return [_question((one,), source, target) for one in asking]
    return [_question(asking, source, target)] if asking else []


def _unjudged(questions: list[GraphEdge]) -> list[GraphEdge]:
    """Return a line that does not say whether policies let the Pod ask."""
    return [
        replace(
            line, state="unknown", label=f"{DNS_PORT}", title="", why=(), stop=None, shields=()
        )
        for line in questions
    ]


def _sides(asking: Asking) -> tuple[Shield, ...]:
    return shields(asking.verdict) if asking.verdict is not None else ()


def _question(asking: tuple[Asking, ...], source: str, target: str) -> GraphEdge:
    first = asking[0]
    state: EdgeState = "dns" if first.allowed else "deny" if first.served else "notready"
    found = first.verdict
    stopped_by = found.denied_by[0].direction if found is not None and found.denied_by else ""
    protocols = "+".join(one.protocol for one in asking)
    reasons = tuple(
        reason
        for one in asking
        for reason in (
            reasons_of(one.verdict) if one.verdict is not None
            else (Reason(asking_text(one), cause=not one.served),)
        )
    )  # fmt: skip
    return GraphEdge(
        f"{source}->{target}:{protocols}", source, target, state, f"{DNS_PORT}/{protocols}",
        title=joined(" ", (asking_text(one) for one in asking)),
        why=tuple(dict.fromkeys(reasons)),
        stop=("from" if stopped_by == "Egress" else "to") if state == "deny" else None,
        shields=_sides(first),
    )  # fmt: skip


def _outside(lookup: Lookup) -> GraphNode:
    assert lookup.server is not None  # noqa: S101
    assert lookup.pod is not None  # noqa: S101
    address = lookup.server.address
    is_own = lookup.server.answerer == "assumed"
    is_cache = address.startswith("169.254.")
    variant = (
        say("node-local cache") if is_cache else say("cluster DNS") if is_own else say("outside")
    )
    return GraphNode(
        id=node_id("External", "", address), kind="External", namespace="", name=address,
        lane="service", paint="external", icon="external", overline=say("Name server"),
        variant=variant, meta=say("assumed to answer"), state="unknown", word=say("assumed"),
        label=say("External {address}, a name server, {variant}, assumed to answer",
        address=address, variant=variant),
        why=(
            Reason(say("The Pod's resolv.conf names it first."),
                   f"Pod {lookup.pod.meta.namespace}/{lookup.pod.meta.name}",
                   "/etc/resolv.conf", f"nameserver {address}"),
        ),
    )  # fmt: skip


def _assumed(snapshot: Snapshot) -> GraphNode:
    return GraphNode(
        id="External//dns-server", kind="External", namespace="", name=say("cluster DNS"),
        lane="server", paint="external", icon="dns", overline=say("DNS server"),
        variant=say("assumed"),
        meta=_zone(snapshot), state="unknown", word=say("no Pod of it is known"), ghost=True,
        label=say("External cluster DNS, assumed: no Pod of it is known"),
        why=(Reason(say("No Pod stands behind the DNS address; netviz answers as CoreDNS would."),
                    "cluster settings", "cluster_dns",
                    ", ".join(snapshot.settings.dns_addresses)),),
    )  # fmt: skip


def _server(drawing: Drawing, key: Key, pods: list[Pod]) -> GraphNode:
    snapshot = drawing.snapshot
    card = workload_card(key, pods, drawing.facts, drawing.request, lane="server", group=None)
    return replace(
        card, paint="dns", icon="dns", overline=say("DNS server"), variant=key.kind,
        notes=(say("{zone}, TTL {ttl} s", zone=_zone(snapshot), ttl=snapshot.settings.dns.ttl),),
    )  # fmt: skip


def _zone(snapshot: Snapshot) -> str:
    zones = snapshot.settings.dns.zones or (snapshot.settings.cluster_domain,)
    return say("zone {zones}", zones=zones[0])
