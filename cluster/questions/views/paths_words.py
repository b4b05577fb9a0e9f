"""The sentence that opens the paths diagram, its counters, Table and Text, and its choices."""

from __future__ import annotations

from cluster.domains.service.forwarding import Forwarding
from cluster.domains.service.proxy_endpoints import host_port
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import (
    Cell,
    Choice,
    Column,
    Counter,
    Line,
    Option,
    Row,
    State,
    Verdict,
)
from cluster.machinery.snapshot import Snapshot
from cluster.questions.slices import EndpointRow
from cluster.questions.views.paths_flows import OUTSIDE, Flow, Mode, PathsReading, Way
from cluster.questions.views.service_frame import path_of, port_word
from cluster.questions.views.words import counted, listed
from cluster.questions.workloads import workload_of

MODE_WORD: dict[Mode, str] = {
    "clusterIP": "ClusterIP", "nodePort": "NodePort", "loadBalancer": "LoadBalancer",
    "externalIP": "External IP",
}  # fmt: skip
GUIDE = (
    "From the left: who connects, the address they use, the Node whose proxy decides, the Pod.",
    "A Node is a box: an arrow that stays inside it is one hop, one that leaves it is two.",
    "Dotted with a ? is assumed: netviz sees objects, not the proxy or the load balancer.",
)
MOST_NODES, MOST_PODS = 30, 6
_MANY_WAYS = 3


def verdict(reading: PathsReading, rows: list[EndpointRow]) -> Verdict:
    """Return the answer to "how is this Service reached, and does it work from everywhere?"."""
    service = reading.service
    name = path_of(service)
    if service.is_external_name:
        text = f"{name} sends clients to {service.external_name} by DNS alone"
        return Verdict("unknown", text, "A CNAME: no proxying, no port mapping, not checked here.")
    ready = len({row.id for row in rows if row.ready and row.ports})
    total = len({row.id for row in rows})
    if service.is_headless:
        state: State = "ok" if ready else "deny"
        text = f"{name} is headless: clients connect to its {counted(ready, 'ready Pod')} directly"
        return Verdict(state, text, "No virtual IP, no kube-proxy: DNS answers with the Pods.")
    if reading.port is None:
        return Verdict("warn", f"{name} has no port", "Nothing can be connected to.")
    port = port_word(reading.port)
    if not reading.flows:
        return Verdict("warn", f"{name} cannot be reached this way", "No proxy takes the packet.")
    good = [flow for flow in reading.flows if flow.answer.action == "forward"]
    bad = [flow for flow in reading.flows if flow.answer.action != "forward"]
    used = [MODE_WORD[way.mode] for way in _used(reading)]
    ways = listed(used) if len(used) < _MANY_WAYS else f"{len(used)} ways"
    if not good:
        verb = "refuses" if bad[0].answer.action == "reject" else "drops"
        text = f"{name} {verb} every connection to {port}"
        return Verdict("deny", text, _cause(bad[0].answer))
    if bad:
        where = sorted({node for flow in bad for node in flow.nodes.nodes
                        if not _skips(reading, flow, node)})  # fmt: skip
        if where:
            verb = "dropped" if bad[0].answer.action == "drop" else "refused"
            count = f"{len(where)} of {counted(len(reading.nodes), 'Node')}"
            modes = dict.fromkeys(
                MODE_WORD[flow.way.mode]
                for flow in bad
                if where[0] in flow.nodes.nodes and not _skips(reading, flow, where[0])
            )
            which = f", {listed(list(modes))}" if len(used) > 1 else ","
            text = f"{name} takes {port} by {ways}{which} {verb} on {count}"
            return Verdict("warn", text, _cause(bad[0].answer))
    text = f"{name} takes {port} by {ways} and reaches {ready} of {counted(total, 'endpoint')}"
    state = "ok" if ready == total else "warn"
    return Verdict(state, text, _locality(reading, good))


def _used(reading: PathsReading) -> list[Way]:
    modes = {flow.way.mode for flow in reading.flows}
    return [way for way in reading.ways if way.mode in modes]


def _skips(reading: PathsReading, flow: Flow, node: str) -> bool:
    """Whether a load balancer would not send to a Node at all, so that nothing is lost there."""
    target = reading.balanced(node)
    return flow.way.mode == "loadBalancer" and target is not None and not target.is_used


def _cause(answer: Forwarding) -> str:
    return next((reason.text for reason in answer.why if reason.cause), "")


def _locality(reading: PathsReading, good: list[Flow]) -> str:
    service = reading.service
    topology = {flow.answer.categories.topology for flow in good} - {""}
    used = [target for target in reading.targets if target.is_used]
    if reading.targets and service.external_traffic_policy == "Local":
        count = f"{len(used)} of {counted(len(reading.targets), 'Node')}"
        return f"The load balancer uses {count}: only those with a ready endpoint of their own."
    if "PreferSameZone" in topology:
        return "Each Node keeps to endpoints of its own zone, by the slices' hints."
    if "PreferSameNode" in topology:
        return "Each Node keeps to its own endpoints, by the slices' hints."
    if service.internal_traffic_policy == "Local":
        return "Each Node uses its own endpoints only."
    return "Every Node may use every ready endpoint, each as likely as the others."


def counters(reading: PathsReading, rows: list[EndpointRow]) -> tuple[Counter, ...]:
    """Return ways in, ready endpoints, Nodes that forward, Nodes a load balancer uses."""
    if reading.service.is_external_name:
        return ()
    ids = {row.id for row in rows}
    ready = {row.id for row in rows if row.ready and row.ports}
    found = [
        Counter(len(reading.live), "way in" if len(reading.live) == 1 else "ways in"),
        Counter(len(ready), "endpoints ready", "ok" if ready and ready == ids else "warn",
                f"of {len(ids)}"),
    ]  # fmt: skip
    if reading.flows:
        every = {node for flow in reading.flows for node in flow.nodes.nodes}
        lost = {node for flow in reading.flows if flow.answer.action != "forward"
                for node in flow.nodes.nodes if not _skips(reading, flow, node)}  # fmt: skip
        found.append(Counter(len(every - lost), "Nodes forward", "warn" if lost else "ok",
                             f"of {len(every)}"))  # fmt: skip
    if reading.targets:
        used = sum(target.is_used for target in reading.targets)
        found.append(Counter(used, "behind the balancer", None, f"of {len(reading.targets)}"))
    return tuple(found)


def seen_word(answer: Forwarding) -> str:
    """Return whose address the endpoint sees, in two words."""
    return "source kept" if answer.source_seen == "preserved" else "SNAT"


COLUMNS = (
    Column("way", "Way in"), Column("address", "Address"), Column("from", "From"),
    Column("nodes", "Nodes"), Column("result", "Result"), Column("endpoints", "Endpoints"),
    Column("source", "The Pod sees"), Column("why", "Why"),
)  # fmt: skip


def flow_row(flow: Flow) -> Row:
    """Return a flow as a row of the Table."""
    answer = flow.answer
    ok = answer.action == "forward"
    word = {"forward": "forwards", "reject": "refuses", "drop": "drops"}[answer.action]
    target = answer.destination
    address = host_port(target.ip, target.number) if target is not None else ""
    if flow.way.mode == "nodePort" and len(flow.nodes.nodes) > 1:
        address = f"each Node:{flow.way.number}"
    ends = listed([str(endpoint) for endpoint in answer.endpoints], 4)
    sees = "the client" if answer.source_seen == "preserved" else "the Node (SNAT)"
    reasons = [r.text for r in answer.why if r.cause] or [r.text for r in answer.why[-1:]]
    return Row(
        proxy_id(flow),
        (
            Cell(MODE_WORD[flow.way.mode]), Cell(address, mono=True),
            Cell("a Pod on the Node" if flow.side == "inside" else "outside"),
            Cell(listed(list(flow.nodes.nodes), 4)), Cell(word, state="ok" if ok else "deny"),
            Cell(ends or "none", mono=bool(ends)), Cell(sees if ok else ""),
            Cell("; ".join(reasons)),
        ),
    )  # fmt: skip


def way_row(way: Way, id_: str) -> Row:
    """Return a way that is shut, or that no flow uses, as a row of the Table."""
    blank = Cell("")
    text = "exposed" if way.is_live else "not exposed"
    return Row(id_, (
        Cell(MODE_WORD[way.mode]), Cell(", ".join(way.addresses), mono=True), blank, blank,
        Cell(text, state="unknown" if way.is_live else "skip"), blank, blank, Cell(way.why.text),
    ))  # fmt: skip


def proxy_id(flow: Flow) -> str:
    """Return the id of the proxy's card in which a flow is decided."""
    side = "internal" if flow.way.mode == "clusterIP" else "external"
    return f"Proxy/{flow.nodes.node}/{side}"


def describe(reading: PathsReading, rows: list[EndpointRow]) -> tuple[Line, ...]:
    """Return the Text form: the verdict, then each way with what the Nodes make of it."""
    opening = verdict(reading, rows)
    lines = [Line(f"{opening.text}. {opening.why}".strip())]
    service = reading.service
    if service.is_external_name:
        return (
            *lines,
            Line(
                f"DNS answers with CNAME {service.external_name}; clients look that "
                "up and connect to it themselves, on the port they chose."
            ),
        )
    for way in reading.ways:
        flows = [flow for flow in reading.flows if flow.way == way]
        word = MODE_WORD[way.mode]
        if not way.is_live:
            lines.append(Line(f"{word}: {way.why.text.rstrip('.').lower()}"))
            continue
        where = ", ".join(way.addresses)
        lines.append(Line(f"{word} {where}, port {way.number}:", tuple(map(_flow_line, flows))))
    left_out = (target for target in reading.targets if not target.is_used)
    lines += [Line(f"The load balancer leaves {t.node} out: {t.why.text}") for t in left_out]
    return tuple(lines)


def _flow_line(flow: Flow) -> Line:
    answer = flow.answer
    who = listed(list(flow.nodes.nodes), 6)
    if answer.action != "forward":
        verb = "refuses" if answer.action == "reject" else "drops"
        return Line(f"On {who} the proxy {verb} it: {_cause(answer)}")
    ends = listed([str(endpoint) for endpoint in answer.endpoints], 6)
    return Line(
        f"On {who} it goes to {ends}; the Pod sees "
        f"{'the client' if answer.source_seen == 'preserved' else 'the Node (SNAT)'}"
    )


def options(
    snapshot: Snapshot, reading: PathsReading, rows: list[EndpointRow], client: str
) -> list[Option]:
    """Return what the reader may change: who connects, which port, which family."""
    service = reading.service
    if service.is_external_name:
        return []
    choices = [Choice("", "everybody")]
    if any(way.is_live and way.mode != "clusterIP" for way in reading.ways):
        choices.append(Choice(OUTSIDE, "from outside"))
    choices += [Choice(node, f"a Pod on {node}") for node in reading.nodes[:MOST_NODES]]
    choices += _pods(snapshot, reading, rows)
    if client and client not in {choice.value for choice in choices}:
        choices.append(Choice(client, client))
    found = [Option("client", "Client", client, tuple(choices))]
    if len(service.ports) > 1 and reading.port is not None:
        ports = tuple(
            Choice("" if index == 0 else str(port.port),
                   f"{port.name} {port_word(port)}".strip())
            for index, port in enumerate(service.ports)
        )  # fmt: skip
        chosen = "" if reading.port == service.ports[0] else str(reading.port.port)
        found.append(Option("port", "Port", chosen, ports))
    if len(service.slice_families) > 1:
        families = tuple(
            Choice("" if index == 0 else family, family)
            for index, family in enumerate(service.slice_families)
        )
        chosen = "" if reading.family == service.slice_families[0] else reading.family
        found.append(Option("family", "Family", chosen, families))
    return found


def _pods(snapshot: Snapshot, reading: PathsReading, rows: list[EndpointRow]) -> list[Choice]:
    """Offer one of its own Pods, which may reach itself, and one Pod per other workload."""
    own = {row.pod.meta.name for row in rows if row.pod is not None}
    namespace = reading.service.meta.namespace
    found: list[Choice] = []
    seen: set[str] = set()
    for name, pod in sorted(snapshot.within(Pod, namespace).items()):
        workload = workload_of(snapshot, pod).name
        if not pod.node_name or pod.is_finished or workload in seen:
            continue
        seen.add(workload)
        word = f"{name}, one of its own" if name in own else name
        found.append(Choice(f"{namespace}/{name}", word))
        if len(found) == MOST_PODS:
            break
    return found
