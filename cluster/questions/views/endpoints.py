"""Diagram 6.1: a Service, its EndpointSlices, the endpoints in them, and the Nodes they run on.

Endpoints are joined to Pods by `targetRef`, never by address. Up to 100 Pods are drawn one by one;
more are drawn as one card per workload, zone and state.
"""

from __future__ import annotations

from dataclasses import replace

from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import (
    Cell,
    Column,
    Counter,
    Graph,
    GraphEdge,
    GraphGroup,
    GraphNode,
    Lane,
    Reason,
    Row,
    node_id,
)
from cluster.machinery.errors import not_found
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, opened, say
from cluster.questions.facts import Facts
from cluster.questions.slices import EndpointRow, endpoint_rows, port_text, slices_of
from cluster.questions.views.cards import (
    node_card,
    pod_address,
    pod_card,
    pod_reasons,
    service_card,
)
from cluster.questions.views.endpoint_cards import (
    EndpointDrawing,
    draw_endpoints,
    fold_endpoints,
    missing_words,
)
from cluster.questions.views.endpoint_reasons import off_reasons
from cluster.questions.views.endpoint_words import GUIDE, describe, verdict
from cluster.questions.views.near_misses import (
    MOST_MISSED,
    missed_card,
    missed_group,
    missed_line,
    near_miss,
)
from cluster.questions.views.request import BadParameter, ViewRequest, not_named
from cluster.questions.views.service_badges import badges_of, reasons_of, slice_badges

ONE_BY_ONE = 100  # ux.md section 12
OFF = "Group/off"


def endpoints(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    """Return the diagram of the Service `request.of`; raises NotFound, ValueError."""
    return draw(snapshot, facts, request, most=ONE_BY_ONE)


def draw(snapshot: Snapshot, facts: Facts, request: ViewRequest, *, most: int) -> Graph:
    """Return the diagram with Pods drawn one by one up to `most`, else folded."""
    service = find_service(snapshot, request.of)
    namespace, name = service.meta.namespace, service.meta.name
    rows = endpoint_rows(snapshot, service)
    slices = slices_of(snapshot, service)
    off = _not_endpoints(snapshot, service, rows)
    findings = facts.of(Key("", "Service", namespace, name))
    pods = {row.id for row in rows}
    whole = len(pods) + len(off) <= most
    if whole:
        drawing = draw_endpoints(snapshot, service, rows, request)
    else:
        drawing = fold_endpoints(snapshot, service, rows, request)
    counts = (len(_ready(rows)), len(pods) + len(off))
    card = service_card(service, facts, request, lane="service", group=None, ready=counts)
    nodes: dict[str, GraphNode] = {card.id: card}
    groups = list(drawing.groups)
    edges = [*_service_edges(service, slices, card.id), *drawing.edges]
    for item in slices:
        made = slice_card(item, snapshot, request)
        nodes[made.id] = made
    nodes |= drawing.nodes
    missed = near_miss(snapshot, service) if not rows and all(p.is_finished for p in off) else None
    if missed is not None:
        groups.append(missed_group(len(missed.pods)))
        for pod in missed.pods[:MOST_MISSED]:
            made = missed_card(service, pod, missed.found, request)
            nodes[made.id] = made
            edges.append(missed_line(service, card.id, pod, missed.found))
    if off:
        groups.append(_off_group(len(off)))
        for pod in off[:ONE_BY_ONE]:
            made = _off_card(pod, request)
            nodes[made.id] = made
            edges.append(_selected(service, card.id, pod))
    places = sorted(drawing.places | {pod.node_name for pod in off if pod.node_name and whole})
    for place in places if whole else []:
        made = node_card(place, snapshot.get(Node, "", place), request, lane="nodes")
        nodes[made.id] = made
    if whole:
        edges += _runs_on(rows, off)
    summary = describe(service, rows, off, findings, missed)
    return Graph(
        view="endpoints", level="L2", layout="lanes",
        scope={"kind": "Service", "namespace": namespace, "name": name},
        title=say("{namespace}/{name} endpoints", namespace=namespace, name=name),
        label=say("Service {name}, its slices, endpoints and Nodes", name=name),
        crumbs=(
            (request.cluster, request.map_href()),
            (namespace, request.map_href(lvl="L1", ns=namespace)),
            (f"svc {name}", request.object_href("Service", namespace, name)),
            (say("endpoints"), None),
        ),
        verdict=verdict(service, rows, off, findings),
        counters=_counters(rows, off),
        lanes=(
            Lane("service", "Service"), Lane("slices", say("EndpointSlices"), len(slices)),
            Lane("endpoints", opened(say("endpoints")), len(pods)),
            *([Lane("nodes", say("Nodes"), len(places))] if whole else []),
        ),
        nodes=tuple(nodes.values()), edges=tuple(edges), groups=tuple(groups),
        truncated=_truncated(drawing, off),
        columns=_COLUMNS,
        rows=(*(_row(row, request) for row in rows), *(_off_row(p, request) for p in off),
              *(_missed_row(p, request) for p in (missed.pods if missed else ())[:MOST_MISSED])),
        text=summary, guide=GUIDE,
    )  # fmt: skip


def find_service(snapshot: Snapshot, of: str) -> Service:
    """Return the Service that `of` names (`ns/name` or `Service/ns/name`).

    Raises ValueError for another form, NotFound where there is no such Service.
    """
    parts = of.removeprefix("Service/").split("/")
    if len(parts) != 2 or not all(parts):  # noqa: PLR2004 - ns/name
        raise BadParameter("of", not_named(of, "Service"))
    service = snapshot.get(Service, parts[0], parts[1])
    if service is None:
        raise not_found("services", "", parts[1])
    return service


def _ready(rows: list[EndpointRow]) -> set[str]:
    return {row.id for row in rows if row.ready and row.ports}


def _not_endpoints(snapshot: Snapshot, service: Service, rows: list[EndpointRow]) -> list[Pod]:
    """Pods that the selector selects and that are no endpoint: no address, finished, no Node."""
    if service.pod_selector is None:
        return []
    drawn = {row.id for row in rows}
    selected = snapshot.selected(Pod, service.pod_selector, service.meta.namespace)
    return [
        pod for pod in selected if node_id("Pod", pod.meta.namespace, pod.meta.name) not in drawn
    ]


def _counters(rows: list[EndpointRow], off: list[Pod]) -> tuple[Counter, ...]:
    ids = {row.id for row in rows}
    ready = _ready(rows)
    terminating = {row.id for row in rows if row.terminating}
    counters = [
        Counter(
            len(ready),
            say("ready"),
            "ok" if ready else None,
            say("of {ids}", ids=f"{len(ids) + len(off):,}"),
        )
    ]
    without = {row.id for row in rows if not row.ports} - ready
    waiting = ids - ready - terminating - without
    if waiting:
        counters.append(Counter(len(waiting), say("not ready"), "warn"))
    if without:
        counters.append(Counter(len(without), say("no port"), "deny"))
    if terminating:
        counters.append(Counter(len(terminating), say("terminating"), "term"))
    if off:
        counters.append(Counter(len(off), say("no endpoint"), "unknown"))
    return tuple(counters)


def _truncated(drawing: EndpointDrawing, off: list[Pod]) -> dict[str, int]:
    left = drawing.folded + max(0, len(off) - ONE_BY_ONE)
    return {"Pod": left} if left else {}


def slice_card(item: EndpointSlice, snapshot: Snapshot, request: ViewRequest) -> GraphNode:
    """Return the card of a slice: its family, its ports and how full it is."""
    namespace, name = item.meta.namespace, item.meta.name
    size = len(item.endpoints)
    maximum = snapshot.settings.max_endpoints_per_slice
    ready = sum(1 for endpoint in item.endpoints if endpoint.is_ready)
    numbers = [say("all") if p.port is None else str(p.port) for p in item.ports]
    listed = joined(", ", numbers)
    ports = (
        say("ports {ports}", ports=listed) if len(numbers) > 1
        else say("port {ports}", ports=listed) if numbers else say("no port")
    )  # fmt: skip
    shown = (
        ports if not numbers
        else numbers[0] if len(numbers) == 1
        else f"{numbers[0]} +{len(numbers) - 1}"
    )  # fmt: skip
    special = slice_badges(item)
    state = "ok" if ready and item.ports else "warn"
    word = (
        say("{ready} of {size} ready", ready=f"{ready:,}", size=f"{size:,}")
        if size
        else say("empty")
    )
    return GraphNode(
        id=node_id("EndpointSlice", namespace, name), kind="EndpointSlice", namespace=namespace,
        name=name, lane="slices", order=f"{item.address_type}|{name}", paint="slice",
        icon="slice", overline=say("Slice"), variant=joined(" · ", (item.address_type, shown)),
        meta=f"{size}/{maximum}", state="ok" if state == "ok" else "warn", word=word,
        badges=badges_of(special),
        count=size,
        label=say("EndpointSlice {name}, {address_type}, {ports}, {size} of {maximum} "
        "endpoints, {word}", name=name, address_type=item.address_type, ports=ports,
        size=f"{size:,}",
        maximum=maximum, word=word),
        href=request.object_href("EndpointSlice", namespace, name),
        why=(Reason(say("It belongs to the Service by its label."),
        f"EndpointSlice {namespace}/{name}",
                    "metadata.labels[kubernetes.io/service-name]", item.service_name or ""),
             Reason(say("{size} endpoints of {maximum} at most.", size=f"{size:,}",
                        maximum=maximum),
                    f"EndpointSlice {namespace}/{name}", "endpoints", f"{size:,}",
                    cause=not size),
             Reason(say("Its endpoints take connections at these ports."),
                    f"EndpointSlice {namespace}/{name}", "ports",
                    joined(", ", (port_text(port) for port in item.ports)) or say("empty"),
                    cause=bool(size) and not item.ports),
             *reasons_of(special)),
    )  # fmt: skip


def _service_edges(service: Service, slices: list[EndpointSlice], source: str) -> list[GraphEdge]:
    edges: list[GraphEdge] = []
    for item in slices:
        target = node_id("EndpointSlice", item.meta.namespace, item.meta.name)
        ready = any(endpoint.is_ready for endpoint in item.endpoints)
        label = port_text(item.ports[0]) if item.ports else ""
        if len(item.ports) > 1:
            label += f" +{len(item.ports) - 1}"
        why = _port_reasons(service, item)
        broken = bool(service.ports) and not item.ports and bool(item.endpoints)
        if broken:
            label = missing_words(service)
        edges.append(
            GraphEdge(
                f"{source}->{target}", source, target,
                "deny" if broken else "allow" if ready else "notready", label,
                family="IPv6" if ready and item.address_type == "IPv6" else None,
                title=joined(", ", (port_text(port) for port in item.ports)) or say("no port"),
                why=why,
            )
        )  # fmt: skip
    return edges


def _port_reasons(service: Service, item: EndpointSlice) -> tuple[Reason, ...]:
    key = f"Service {service.meta.namespace}/{service.meta.name}"
    numbers = {port.name: port for port in item.ports}
    reasons: list[Reason] = []
    if not item.endpoints:
        reasons.append(Reason(say("The slice has no endpoint."),
                              f"EndpointSlice {item.meta.namespace}/{item.meta.name}",
                              "endpoints", say("empty"), cause=True))  # fmt: skip
        return tuple(reasons)
    for index, port in enumerate(service.ports):
        found = numbers.get(port.name)
        path = f"spec.ports[{index}].targetPort"
        if found is None:
            text = say("No such port on these Pods: {target_port}", target_port=port.target_port)
            reasons.append(Reason(text, key, path, str(port.target_port), cause=True))
        else:
            text = say(
                "{port}/{protocol} goes to {port_2} here.",
                port=port.port,
                protocol=port.protocol,
                port_2=found.port or "",
            )
            reasons.append(Reason(text, key, path, str(port.target_port)))
    return tuple(reasons)


def _off_group(count: int) -> GraphGroup:
    return GraphGroup(
        OFF,
        "off",
        say("Selected but not an endpoint"),
        sub=str(count),
        lane="endpoints",
        order="~",
    )


def _off_card(pod: Pod, request: ViewRequest) -> GraphNode:
    card = pod_card(pod, request, lane="endpoints", group=OFF)
    why = (*off_reasons(pod), *(each for each in card.why if each not in pod_reasons(pod)))
    return replace(card, ghost=True, meta=pod_address(pod), why=why,
                   label=say("{label}, not an endpoint", label=card.label))  # fmt: skip


def _selected(service: Service, source: str, pod: Pod) -> GraphEdge:
    target = node_id("Pod", pod.meta.namespace, pod.meta.name)
    return GraphEdge(
        f"{source}->{target}", source, target, "own",
        say("selector {pod_selector}", pod_selector=str(service.pod_selector)),
        title=say("selects"), why=(
            Reason(say("The Service selects this Pod by label."),
                   f"Service {service.meta.namespace}/{service.meta.name}", "spec.selector",
                   str(service.pod_selector)),
            *off_reasons(pod),
        ),
    )  # fmt: skip


def _runs_on(rows: list[EndpointRow], off: list[Pod]) -> list[GraphEdge]:
    pairs = {(row.id, row.node): (row.slice, f"{row.place}.nodeName") for row in rows if row.node}
    pairs |= {
        (node_id("Pod", pod.meta.namespace, pod.meta.name), pod.node_name): (
            f"Pod {pod.meta.namespace}/{pod.meta.name}",
            "spec.nodeName",
        )
        for pod in (*(row.pod for row in rows if row.pod is not None), *off)
        if pod.node_name
    }
    return [
        GraphEdge(f"{source}->{node_id('Node', '', place)}", source, node_id("Node", "", place),
                  "own", title=say("runs on"),
                  why=(Reason(say("It runs on this Node."), *pairs[source, place], place),))
        for source, place in sorted(pairs)
    ]  # fmt: skip


_COLUMNS = (
    Column("pod", "Pod"), Column("ready", say("Ready")), Column("serving", say("Serving")),
    Column("terminating", say("Terminating")), Column("address", say("Address")),
    Column("ports", say("Ports")),
    Column("slice", say("Slice")), Column("family", say("Family")), Column("node", say("Node")),
    Column("zone", say("Zone")), Column("hints", say("Hints")),
)  # fmt: skip


def _row(row: EndpointRow, request: ViewRequest) -> Row:
    name = Cell(say("none"))
    namespace = ""
    if row.pod is not None:
        namespace = row.pod.meta.namespace
        name = Cell(row.pod.meta.name, request.object_href("Pod", namespace, row.pod.meta.name))
    return Row(
        row.id,
        (
            name, _flag(row.ready), _flag(row.serving),
            Cell(say("yes"), state="term") if row.terminating else Cell(say("no")),
            Cell(row.address, mono=True),
            Cell(joined(", ", (port_text(port) for port in row.ports)) or say("none"), mono=True),
            Cell(row.slice_name, request.object_href("EndpointSlice", namespace, row.slice_name)
                 if namespace else None),
            Cell(row.family), Cell(row.node or say("none")), Cell(row.zone or say("none")),
            Cell(row.hints or say("none")),
        ),
    )  # fmt: skip


def _flag(on: bool) -> Cell:  # noqa: FBT001 - a condition becomes a word
    return Cell(say("yes"), state="ok") if on else Cell(say("no"), state="skip")


def _off_row(pod: Pod, request: ViewRequest) -> Row:
    namespace, name = pod.meta.namespace, pod.meta.name
    blank = Cell(say("none"))
    return Row(
        node_id("Pod", namespace, name),
        (
            Cell(name, request.object_href("Pod", namespace, name)),
            Cell(say("not an endpoint"), state="unknown"), blank, blank,
            Cell(joined(", ", pod.ips) or say("no IP yet"), mono=True), blank, blank, blank,
            Cell(pod.node_name or say("none")), blank, blank,
        ),
    )  # fmt: skip


def _missed_row(pod: Pod, request: ViewRequest) -> Row:
    """Return the row of a Pod that is not selected, though nearly."""
    row = _off_row(pod, request)
    name, _word, *rest = row.cells
    return Row(row.id, (name, Cell(say("not selected"), state="unknown"), *rest))
