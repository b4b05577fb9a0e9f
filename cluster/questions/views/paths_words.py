"""The sentence that opens the paths diagram, its counters, Table and Text, and its choices."""

from __future__ import annotations

from cluster.domains.service.forwarding import Forwarding
from cluster.domains.service.health import Target
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
from cluster.machinery.texts import bare, instead, joined, lowered, opened, say, say_n
from cluster.questions.slices import EndpointRow
from cluster.questions.views.paths_flows import OUTSIDE, Flow, Mode, PathsReading, Way
from cluster.questions.views.service_frame import path_of, port_word
from cluster.questions.views.words import listed, stated
from cluster.questions.workloads import workload_of

MODE_WORD: dict[Mode, str] = {
    "clusterIP": "ClusterIP", "nodePort": "NodePort", "loadBalancer": "LoadBalancer",
    "externalIP": say("External IP"),
}  # fmt: skip
GUIDE = (
    say(
        "From the left: who connects, the address they use, the Node whose proxy decides, the Pod."
    ),
    say("A Node is a box: an arrow that stays inside it is one hop, one that leaves it is two."),
    say("Dotted with a ? is assumed: netviz sees objects, not the proxy or the load balancer."),
)
_ACTION_WORD = {"forward": say("forwards"), "reject": say("refuses"), "drop": say("drops")}
MOST_NODES, MOST_PODS = 30, 6
_MANY_WAYS = 3


def verdict(reading: PathsReading, rows: list[EndpointRow]) -> Verdict:
    """Return the answer to "how is this Service reached, and does it work from everywhere?"."""
    service = reading.service
    name = path_of(service)
    if service.is_external_name:
        text = say(
            "{name} sends clients to {external_name} by DNS alone",
            name=name,
            external_name=service.external_name,
        )
        return Verdict(
            "unknown", text, say("A CNAME: no proxying, no port mapping, not checked here.")
        )
    ready = len({row.id for row in rows if row.ready and row.ports})
    total = len({row.id for row in rows})
    if service.is_headless:
        state: State = "ok" if ready else "deny"
        text = say(
            "{name} is headless: clients connect to its {ready_pods} directly",
            name=name,
            ready_pods=say_n("{n:,} ready Pod", "{n:,} ready Pods", ready),
        )
        return Verdict(
            state, text, say("No virtual IP, no kube-proxy: DNS answers with the Pods.")
        )
    if reading.port is None:
        return Verdict(
            "warn", say("{name} has no port", name=name), say("Nothing can be connected to.")
        )
    port = port_word(reading.port)
    if not reading.flows:
        return Verdict(
            "warn",
            say("{name} cannot be reached this way", name=name),
            say("No proxy takes the packet."),
        )
    good = [flow for flow in reading.flows if flow.answer.action == "forward"]
    bad = [flow for flow in reading.flows if flow.answer.action != "forward"]
    used = [MODE_WORD[way.mode] for way in _used(reading)]
    ways = listed(used) if len(used) < _MANY_WAYS else say("{used} ways", used=f"{len(used):,}")
    if not good:
        verb = say("refuses") if bad[0].answer.action == "reject" else say("drops")
        text = say("{name} {verb} every connection to {port}", name=name, verb=verb, port=port)
        return Verdict("deny", text, _cause(bad[0], many=len(reading.nodes) > 1))
    if bad:
        where = sorted({node for flow in bad for node in flow.nodes.nodes
                        if not _skips(reading, flow, node)})  # fmt: skip
        if where:
            verb = say("dropped") if bad[0].answer.action == "drop" else say("refused")
            count = say(
                "{where} of {nodes}",
                where=f"{len(where):,}",
                nodes=say_n("{n:,} Node", "{n:,} Nodes", len(reading.nodes)),
            )
            modes = dict.fromkeys(
                MODE_WORD[flow.way.mode]
                for flow in bad
                if where[0] in flow.nodes.nodes and not _skips(reading, flow, where[0])
            )
            gaps = {"name": name, "port": port, "ways": ways, "verb": verb, "count": count}
            text = (
                say(
                    "{name} takes {port} by {ways}, {modes} {verb} on {count}",
                    modes=listed(list(modes)),
                    **gaps,
                )
                if len(used) > 1
                else say("{name} takes {port} by {ways}, {verb} on {count}", **gaps)
            )
            return Verdict("warn", text, _cause(bad[0], many=len(where) > 1))
    text = say(
        "{name} takes {port} by {ways} and reaches {ready} of {endpoints}",
        name=name,
        port=port,
        ways=ways,
        ready=f"{ready:,}",
        endpoints=say_n("{n:,} endpoint", "{n:,} endpoints", total),
    )
    state = "ok" if ready == total else "warn"
    return Verdict(state, text, _locality(reading, good))


def _used(reading: PathsReading) -> list[Way]:
    modes = {flow.way.mode for flow in reading.flows}
    return [way for way in reading.ways if way.mode in modes]


def _skips(reading: PathsReading, flow: Flow, node: str) -> bool:
    """Whether a load balancer would not send to a Node at all, so that nothing is lost there."""
    target = reading.balanced(node)
    return flow.way.mode == "loadBalancer" and target is not None and not target.is_used


def _cause(flow: Flow, *, many: bool = False) -> str:
    """Return what decides a flow; `many` where it tells of more Nodes than its own."""
    text = next((reason.text for reason in flow.answer.why if reason.cause), "")
    return _of_all(flow, text, many=many)


def _of_all(flow: Flow, text: str, *, many: bool = False) -> str:
    """Return a sentence about the first Node of a flow as one about all of them."""
    if flow.nodes.is_sample:
        return instead(text, flow.nodes.node, say("the same Node"))
    if many or len(flow.nodes.nodes) > 1:
        return instead(text, flow.nodes.node, say("these Nodes"))
    return text


def _locality(reading: PathsReading, good: list[Flow]) -> str:
    service = reading.service
    topology = {flow.answer.categories.topology for flow in good} - {""}
    used = [target for target in reading.targets.values() if target.is_used]
    if reading.targets and service.external_traffic_policy == "Local":
        count = say(
            "{used} of {nodes}",
            used=f"{len(used):,}",
            nodes=say_n("{n:,} Node", "{n:,} Nodes", len(reading.targets)),
        )
        return say(
            "The load balancer uses {count}: only those with a ready endpoint of their own.",
            count=count,
        )
    if "PreferSameZone" in topology:
        return say("Each Node keeps to endpoints of its own zone, by the slices' hints.")
    if "PreferSameNode" in topology:
        return say("Each Node keeps to its own endpoints, by the slices' hints.")
    if service.internal_traffic_policy == "Local":
        return say("Each Node uses its own endpoints only.")
    return say("Every Node may use every ready endpoint, each as likely as the others.")


def counters(reading: PathsReading, rows: list[EndpointRow]) -> tuple[Counter, ...]:
    """Return ways in, ready endpoints, Nodes that forward, Nodes a load balancer uses."""
    if reading.service.is_external_name:
        return ()
    ids = {row.id for row in rows}
    ready = {row.id for row in rows if row.ready and row.ports}
    found = [
        Counter(len(reading.live), say("way in") if len(reading.live) == 1 else say("ways in")),
        Counter(len(ready), say("endpoints ready"), "ok" if ready and ready == ids else "warn",
                say("of {ids}", ids=f"{len(ids):,}")),
    ]  # fmt: skip
    if reading.flows:
        every = {node for flow in reading.flows for node in flow.nodes.nodes}
        lost = {node for flow in reading.flows if flow.answer.action != "forward"
                for node in flow.nodes.nodes if not _skips(reading, flow, node)}  # fmt: skip
        found.append(Counter(len(every - lost), say("Nodes forward"), "warn" if lost else "ok",
                             say("of {every}", every=f"{len(every):,}")))  # fmt: skip
    if reading.targets:
        used = sum(target.is_used for target in reading.targets.values())
        found.append(
            Counter(
                used,
                say("behind the balancer"),
                None,
                say("of {targets}", targets=f"{len(reading.targets):,}"),
            )
        )
    return tuple(found)


def seen_word(answer: Forwarding) -> str:
    """Return whose address the endpoint sees, in two words."""
    return say("source kept") if answer.source_seen == "preserved" else "SNAT"


COLUMNS = (
    Column("way", say("Way in")), Column("address", say("Address")), Column("from", say("From")),
    Column("nodes", say("Nodes")), Column("result", say("Result")),
    Column("endpoints", opened(say("endpoints"))),
    Column("source", say("The Pod sees")), Column("why", say("Why")),
)  # fmt: skip


def flow_row(flow: Flow) -> Row:
    """Return a flow as a row of the Table."""
    answer = flow.answer
    ok = answer.action == "forward"
    word = _ACTION_WORD[answer.action]
    target = answer.destination
    address = host_port(target.ip, target.number) if target is not None else ""
    if flow.way.mode == "nodePort" and len(flow.nodes.nodes) > 1:
        address = say("each Node:{number}", number=flow.way.number or "")
    ends = listed([str(endpoint) for endpoint in answer.endpoints], 4)
    sees = say("the client") if answer.source_seen == "preserved" else say("the Node (SNAT)")
    reasons = [r.text for r in answer.why if r.cause] or [r.text for r in answer.why[-1:]]
    return Row(
        proxy_id(flow),
        (
            Cell(MODE_WORD[flow.way.mode]), Cell(address, mono=True),
            Cell(say("a Pod on the Node") if flow.side == "inside" else say("outside")),
            Cell(listed(list(flow.nodes.nodes), 4)), Cell(word, state="ok" if ok else "deny"),
            Cell(ends or say("none"), mono=bool(ends)), Cell(sees if ok else ""),
            Cell(joined("; ", (_of_all(flow, reason) for reason in reasons))),
        ),
    )  # fmt: skip


def way_row(way: Way, id_: str) -> Row:
    """Return a way that is shut, or that no flow uses, as a row of the Table."""
    blank = Cell("")
    text = say("exposed") if way.is_live else say("not exposed")
    return Row(id_, (
        Cell(MODE_WORD[way.mode]), Cell(joined(", ", way.addresses), mono=True), blank, blank,
        Cell(text, state="unknown" if way.is_live else "skip"), blank, blank, Cell(way.why.text),
    ))  # fmt: skip


def proxy_id(flow: Flow) -> str:
    """Return the id of the proxy's card in which a flow is decided."""
    side = "internal" if flow.way.mode == "clusterIP" else "external"
    return f"Proxy/{flow.nodes.node}/{side}"


def describe(reading: PathsReading, rows: list[EndpointRow]) -> tuple[Line, ...]:
    """Return the Text form: the verdict, then each way with what the Nodes make of it."""
    opening = verdict(reading, rows)
    lines = [Line(stated(opening.text, opening.why))]
    service = reading.service
    if service.is_external_name:
        return (
            *lines,
            Line(
                say(
                    "DNS answers with CNAME {external_name}; clients look that up and connect to "
                    "it themselves, on the port they chose.",
                    external_name=service.external_name,
                )
            ),
        )
    for way in reading.ways:
        flows = [flow for flow in reading.flows if flow.way == way]
        word = MODE_WORD[way.mode]
        if not way.is_live:
            lines.append(Line(say("{word}: {text}", word=word, text=lowered(bare(way.why.text)))))
            continue
        where = joined(", ", way.addresses)
        lines.append(
            Line(
                say(
                    "{word} {where}, port {number}:",
                    word=word,
                    where=where,
                    number=way.number or "",
                ),
                tuple(map(_flow_line, flows)),
            )
        )
    left_out: dict[Target, list[str]] = {}
    for name, target in reading.targets.items():
        if not target.is_used:
            left_out.setdefault(target, []).append(name)
    for target, names in left_out.items():
        why = (
            target.why.text
            if len(names) == 1
            else instead(target.why.text, target.node, say("each"))
        )
        lines.append(
            Line(
                say("The load balancer leaves {names} out: {why}", names=listed(names, 6), why=why)
            )
        )
    return tuple(lines)


def _flow_line(flow: Flow) -> Line:
    answer = flow.answer
    who = listed(list(flow.nodes.nodes), 6)
    if answer.action != "forward":
        verb = say("refuses") if answer.action == "reject" else say("drops")
        return Line(
            say("On {who} the proxy {verb} it: {cause}", who=who, verb=verb, cause=_cause(flow))
        )
    ends = listed([str(endpoint) for endpoint in answer.endpoints], 6)
    return Line(
        say(
            "On {who} it goes to {ends}; the Pod sees {word}",
            who=who,
            ends=ends,
            word=say("the client")
            if answer.source_seen == "preserved"
            else say("the Node (SNAT)"),
        )
    )


def options(
    snapshot: Snapshot, reading: PathsReading, rows: list[EndpointRow], client: str
) -> list[Option]:
    """Return what the reader may change: who connects, which port, which family."""
    service = reading.service
    if service.is_external_name:
        return []
    choices = [Choice("", say("everybody"))]
    if any(way.is_live and way.mode != "clusterIP" for way in reading.ways):
        choices.append(Choice(OUTSIDE, say("from outside")))
    choices += [
        Choice(node, say("a Pod on {node}", node=node)) for node in reading.nodes[:MOST_NODES]
    ]
    choices += _pods(snapshot, reading, rows)
    if client and client not in {choice.value for choice in choices}:
        choices.append(Choice(client, client))
    found = [Option("client", say("Client"), client, tuple(choices))]
    if len(service.ports) > 1 and reading.port is not None:
        ports = tuple(
            Choice("" if index == 0 else str(port.port),
                   joined(" ", (port.name, port_word(port))))
            for index, port in enumerate(service.ports)
        )  # fmt: skip
        chosen = "" if reading.port == service.ports[0] else str(reading.port.port)
        found.append(Option("port", say("Port"), chosen, ports))
    if len(service.slice_families) > 1:
        families = tuple(
            Choice("" if index == 0 else family, family)
            for index, family in enumerate(service.slice_families)
        )
        chosen = "" if reading.family == service.slice_families[0] else reading.family
        found.append(Option("family", say("Family"), chosen, families))
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
        word = say("{name}, one of its own", name=name) if name in own else name
        found.append(Choice(f"{namespace}/{name}", word))
        if len(found) == MOST_PODS:
            break
    return found
