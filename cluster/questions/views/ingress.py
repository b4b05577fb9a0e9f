"""Diagram 6.6: an Ingress, its hosts, its paths in match order, their Services, the Pods behind.

With a URL to try, the path that answers is lit and the others say why they do not. What the cards
say is told in `ingress_faces.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cluster.domains.ingress.ingress import Ingress
from cluster.domains.ingress.serving import controller_service
from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import (
    Cell,
    Column,
    EdgeState,
    Graph,
    GraphEdge,
    GraphGroup,
    GraphNode,
    Lane,
    Option,
    node_id,
)
from cluster.machinery.drawing import (
    Row as TableRow,
)
from cluster.machinery.errors import not_found
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import opened, say, say_n
from cluster.questions.facts import Facts
from cluster.questions.views.cards import (
    service_card,
    workload_card,
)
from cluster.questions.views.ingress_faces import (
    GROUP,
    SERVED,
    IngressDrawing,
    class_card,
    host_card,
    host_id,
    ingress_card,
    is_dim,
    loses,
    marks,
    no_service,
    path_card,
)
from cluster.questions.views.ingress_routes import Routes, Row, read_routes
from cluster.questions.views.ingress_words import (
    GUIDE,
    counters,
    describe,
    detail,
    row_word,
    verdict,
)
from cluster.questions.views.request import BadParameter, Parameter, ViewRequest, not_named
from cluster.questions.views.service_lines import service_lines
from cluster.questions.views.words import listed
from cluster.questions.workloads import by_workload

PARAMETERS = (Parameter("url", "A URL to try: which path answers it, and why the others do not."),)
ONE_BY_ONE = 80
"""Paths drawn one by one; more are drawn as one card per host and backend."""
MOST = 100
"""Cards of paths at most, those that do not answer first; the table has every path."""
_COLUMNS = (
    Column("order", say("Order")), Column("host", say("Host")), Column("path", say("Path")),
    Column("type", say("Type")), Column("service", "Service"), Column("port", say("Port")),
    Column("endpoints", opened(say("endpoints")), "right"), Column("state", say("State")),
    Column("field", say("Field")),
)  # fmt: skip


def ingress(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    """Return the diagram of the Ingress `request.of`; raises NotFound, ValueError."""
    found = find_ingress(snapshot, request.of)
    namespace, name = found.meta.namespace, found.meta.name
    findings = facts.of(Key(GROUP, "Ingress", namespace, name))
    url = request.given.get("url", "")
    routes = read_routes(snapshot, found, findings, url)
    drawing = IngressDrawing(snapshot, facts, request, routes)
    _draw_entry(drawing)
    _draw_rows(drawing)
    _light(drawing)
    services = [card for card in drawing.nodes.values() if card.lane == "services"]
    return Graph(
        view="ingress", level="L2", layout="lanes",
        scope={"kind": "Ingress", "namespace": namespace, "name": name},
        title=say("{namespace}/{name} ingress", namespace=namespace, name=name),
        label=say("Ingress {name}, its hosts and paths in match order, Services and Pods",
        name=name),
        crumbs=(
            (request.cluster, request.map_href()),
            (namespace, request.map_href(lvl="L1", ns=namespace)),
            (f"ing {name}", request.object_href("Ingress", namespace, name)),
            (say("Ingress"), None),
        ),
        verdict=verdict(routes),
        counters=counters(routes),
        lanes=(
            Lane("class", say("Class and controller")),
            Lane("hosts", say("Hosts"), len(routes.hosts)),
            Lane("paths", say("Paths in match order"), len(routes.rows)),
            Lane("services", say("Services"), len(services)), Lane("pods", say("Pods")),
        ),
        nodes=tuple(drawing.nodes.values()), edges=tuple(drawing.edges.values()),
        groups=tuple(drawing.groups),
        truncated={"Path": drawing.folded} if drawing.folded else {},
        columns=_COLUMNS,
        rows=tuple(_rows(drawing)),
        text=describe(routes),
        options=(Option("url", "URL", url),),
        guide=GUIDE,
        extra={"detail": detail(routes, url or _example(routes))},
    )  # fmt: skip


def find_ingress(snapshot: Snapshot, of: str) -> Ingress:
    """Return the Ingress that `of` names (`ns/name` or `Ingress/ns/name`).

    Raises ValueError for another form, NotFound where there is no such Ingress.
    """
    parts = of.removeprefix("Ingress/").split("/")
    if len(parts) != 2 or not all(parts):  # noqa: PLR2004 - ns/name
        raise BadParameter("of", not_named(of, "Ingress"))
    found = snapshot.get(Ingress, parts[0], parts[1])
    if found is None:
        raise not_found("ingresses", GROUP, parts[1])
    return found


def _example(routes: Routes) -> str:
    """Return a URL to begin with: the first host and its first path."""
    first = next((row for row in routes.rows if not row.is_default), None)
    if first is None:
        return "http://example.com/"
    host = first.host.replace("*", "any", 1) or "example.com"
    secured = any(not tls.hosts or first.host in tls.hosts for tls in routes.ingress.tls)
    return f"{'https' if secured else 'http'}://{host}{first.path}"


# class, controller, the Ingress itself, hosts


def _draw_entry(drawing: IngressDrawing) -> None:
    routes = drawing.routes
    entry = drawing.put(ingress_card(drawing))
    drawing.groups.append(
        GraphGroup(SERVED, "group", say("Served by"), lane="class", order="1", paint="ingress",
                   icon="ingress")
    )  # fmt: skip
    drawing.put(class_card(drawing))
    service = controller_service(drawing.snapshot) if routes.serving.is_served else None
    if service is not None:
        card = service_card(service, drawing.facts, drawing.request, lane="class", group=SERVED)
        where = listed([item.ip or item.hostname for item in service.load_balancer_ingress])
        drawing.put(
            replace(card, order="1", meta=where or say("no address"), variant=service.type)
        )
    hosts = list(routes.hosts)
    if any(row.is_default for row in routes.rows):
        hosts.append("~")
    for place, host in enumerate(hosts):
        card = host_card(drawing, host, place)
        target = drawing.put(card)
        ports = "443" if card.badges else "80"
        state: EdgeState = "allow" if routes.serving.is_served else "unknown"
        drawing.join(
            GraphEdge(f"{entry}->{target}", entry, target, state, ports, why=card.why,
                      faint=is_dim(drawing, host))
        )  # fmt: skip


# paths, Services, Pods


def _draw_rows(drawing: IngressDrawing) -> None:
    rows = list(drawing.routes.rows)
    folds = _folds(drawing, rows)
    groups: dict[str, int] = {}
    for found in folds:
        first = found[0]
        host = "~" if first.is_default else first.host
        group = f"Group/{host or '*'}"
        groups[group] = groups.get(group, 0) + len(found)
        card = path_card(drawing, found, group)
        target = drawing.put(card)
        drawing.cards |= {row.where: target for row in found}
        source = host_id(drawing, host)
        drawing.join(
            GraphEdge(f"{source}->{target}", source, target, "own", why=card.why,
                      faint=loses(drawing, found))
        )  # fmt: skip
        _draw_backend(drawing, found, target)
    for group, count in groups.items():
        host = group.removeprefix("Group/")
        label = {"*": say("every host"), "~": say("anything else")}.get(host, host)
        place = len(drawing.groups)
        drawing.groups.append(
            GraphGroup(group, "group", label, say_n("{n:,} path", "{n:,} paths", count),
            lane="paths",
                       order=f"{place:03}", paint="ingress")
        )  # fmt: skip


def _folds(drawing: IngressDrawing, rows: list[Row]) -> list[list[Row]]:
    """Return rows that share a card: one each while they are few."""
    if len(rows) <= ONE_BY_ONE:
        return [[row] for row in rows]
    found: dict[tuple[str, bool, str, bool, bool], list[Row]] = {}
    winner = drawing.routes.tried.winner if drawing.routes.tried is not None else ""
    for row in rows:
        key = (row.host, row.is_default, str(row.backend), row.answers, row.where == winner)
        found.setdefault(key, []).append(row)
    folds = sorted(found.values(), key=lambda fold: fold[0].answers)
    shown = {row.where for fold in folds[:MOST] for row in fold}
    drawing.folded = sum(len(fold) for fold in folds if len(fold) > 1)
    drawing.folded += sum(1 for row in rows if row.where not in shown)
    return [fold for fold in found.values() if fold[0].where in shown]


def _draw_backend(drawing: IngressDrawing, rows: list[Row], source: str) -> None:
    row, service = rows[0], rows[0].service
    namespace = drawing.routes.ingress.meta.namespace
    is_faint = loses(drawing, rows)
    state: EdgeState = "allow" if row.resolved.status == 200 else "deny"  # noqa: PLR2004
    if state == "allow" and (row.shadow or not drawing.routes.serving.is_served):
        state = "unknown"
    if service is None:
        target = drawing.put(no_service(drawing, row, namespace))
        lines = None
    else:
        lines = service_lines(drawing.snapshot, service, drawing.card_of)
        card = service_card(
            service, drawing.facts, drawing.request, lane="services", group=None,
            ready=lines.counts,
        )  # fmt: skip
        target = drawing.put(card)
    port = "" if row.backend.port is None else str(row.backend.port)
    drawing.join(
        GraphEdge(
            f"{source}->{target}", source, target, state, port, count=len(rows),
            title=row.resolved.why.text, faint=is_faint,
            why=(replace(row.resolved.why, cause=state == "deny"),),
        )
    )  # fmt: skip
    if lines is None or service is None:
        return
    _draw_pods(drawing, service, lines.edges, lines.nodes)


def _draw_pods(
    drawing: IngressDrawing, service: Service, edges: list[GraphEdge], nodes: list[GraphNode]
) -> None:
    """Draw the workloads behind a Service, as the map does."""
    for card in nodes:
        drawing.put(replace(card, lane="pods", group=None))
    targets = {edge.target for edge in edges}
    if service.pod_selector is not None:
        namespace = service.meta.namespace
        pods = drawing.snapshot.selected(Pod, service.pod_selector, namespace)
        for key, members in by_workload(drawing.snapshot, pods).items():
            if node_id(key.kind, key.namespace, key.name) in targets:
                drawing.put(
                    workload_card(
                        key, members, drawing.facts, drawing.request, lane="pods", group=None
                    )
                )
    for edge in edges:
        if edge.target in drawing.nodes:
            drawing.join(edge)


def _light(drawing: IngressDrawing) -> None:
    """Let what a tried request reaches stand out, and step everything else back."""
    tried = drawing.routes.tried
    if tried is None:
        return
    lit = {drawing.cards.get(tried.winner, "")}
    for _step in range(2):  # to the Service, to its Pods
        lit |= {edge.target for edge in drawing.edges.values() if edge.source in lit}
    for id_, card in drawing.nodes.items():
        if card.lane in {"services", "pods"}:
            extra = {**card.extra, **marks(drawing, lit=id_ in lit)}
            drawing.nodes[id_] = replace(card, extra=extra)
    for id_, edge in drawing.edges.items():
        if edge.state != "own" and drawing.nodes[edge.source].lane in {"paths", "services"}:
            is_off = edge.source not in lit or edge.target not in lit
            drawing.edges[id_] = replace(edge, faint=edge.faint or is_off)


# the table


def _rows(drawing: IngressDrawing) -> Iterator[TableRow]:
    routes = drawing.routes
    namespace = routes.ingress.meta.namespace
    for row in routes.rows:
        state, word = row_word(routes, row)
        name = row.backend.service
        href = None
        if row.service is not None and name:
            href = drawing.request.object_href("Service", namespace, name)
        port = "none" if row.backend.port is None else str(row.backend.port)
        order = "last" if row.is_default else str(row.place)
        yield TableRow(drawing.cards.get(row.where, ""), (
            Cell(order), Cell(row.host or say("every host")), Cell(row.path, mono=True),
            Cell(row.path_type), Cell(name or str(row.backend), href), Cell(port, mono=True),
            Cell(str(len(row.resolved.endpoints))), Cell(word, state=state),
            Cell(row.where, mono=True),
        ))  # fmt: skip
