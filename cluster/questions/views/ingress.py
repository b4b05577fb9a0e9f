"""Diagram 6.6: an Ingress, its hosts, its paths in match order, their Services, the Pods behind.

With a URL to try, the path that answers is lit and the others say why they do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from cluster.domains.ingress.certificates import certificate
from cluster.domains.ingress.ingress import Ingress, IngressClass
from cluster.domains.ingress.serving import controller_service
from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import (
    Badge,
    Cell,
    Column,
    EdgeState,
    Graph,
    GraphEdge,
    GraphGroup,
    GraphNode,
    Lane,
    Option,
    Reason,
    State,
    node_id,
)
from cluster.machinery.drawing import (
    Row as TableRow,
)
from cluster.machinery.errors import not_found
from cluster.machinery.manifest import JSON
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, opened, say, say_n
from cluster.questions.facts import Facts
from cluster.questions.views.cards import (
    STATE_WORD,
    finding_badge,
    finding_reasons,
    finding_state,
    service_card,
    workload_card,
)
from cluster.questions.views.ingress_routes import Routes, Row, read_routes
from cluster.questions.views.ingress_words import (
    GUIDE,
    OUTCOME_WORD,
    counters,
    describe,
    detail,
    row_word,
    verdict,
)
from cluster.questions.views.request import BadParameter, Parameter, ViewRequest, not_named
from cluster.questions.views.service_lines import service_lines
from cluster.questions.views.words import listed, stated
from cluster.questions.workloads import by_workload, workload_of

PARAMETERS = (Parameter("url", "A URL to try: which path answers it, and why the others do not."),)
GROUP = "networking.k8s.io"
ONE_BY_ONE = 80
"""Paths drawn one by one; more are drawn as one card per host and backend."""
MOST = 100
"""Cards of paths at most, those that do not answer first; the table has every path."""
SERVED = "Group/served"
_COLUMNS = (
    Column("order", say("Order")), Column("host", say("Host")), Column("path", say("Path")),
    Column("type", say("Type")), Column("service", "Service"), Column("port", say("Port")),
    Column("endpoints", opened(say("endpoints")), "right"), Column("state", say("State")),
    Column("field", say("Field")),
)  # fmt: skip


@dataclass(slots=True)
class _Drawing:
    """One Ingress being drawn. `cards` are those of the rows by field; `folded` counts paths."""

    snapshot: Snapshot
    facts: Facts
    request: ViewRequest
    routes: Routes
    nodes: dict[str, GraphNode] = field(default_factory=dict)
    edges: dict[str, GraphEdge] = field(default_factory=dict)
    groups: list[GraphGroup] = field(default_factory=list)
    cards: dict[str, str] = field(default_factory=dict)
    folded: int = 0

    def card_of(self, pod: Pod) -> str:
        key = workload_of(self.snapshot, pod)
        return node_id(key.kind, key.namespace, key.name)

    def put(self, card: GraphNode) -> str:
        self.nodes.setdefault(card.id, card)
        return card.id

    def join(self, edge: GraphEdge) -> None:
        self.edges.setdefault(edge.id, edge)


def ingress(snapshot: Snapshot, facts: Facts, request: ViewRequest) -> Graph:
    """Return the diagram of the Ingress `request.of`; raises NotFound, ValueError."""
    found = find_ingress(snapshot, request.of)
    namespace, name = found.meta.namespace, found.meta.name
    findings = facts.of(Key(GROUP, "Ingress", namespace, name))
    url = request.given.get("url", "")
    routes = read_routes(snapshot, found, findings, url)
    drawing = _Drawing(snapshot, facts, request, routes)
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
            (say("ingress"), None),
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


def _draw_entry(drawing: _Drawing) -> None:
    routes = drawing.routes
    entry = drawing.put(_ingress_card(drawing))
    drawing.groups.append(
        GraphGroup(SERVED, "group", say("Served by"), lane="class", order="1", paint="ingress",
                   icon="ingress")
    )  # fmt: skip
    drawing.put(_class_card(drawing))
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
        card = _host_card(drawing, host, place)
        target = drawing.put(card)
        ports = "443" if card.badges else "80"
        state: EdgeState = "allow" if routes.serving.is_served else "unknown"
        drawing.join(
            GraphEdge(f"{entry}->{target}", entry, target, state, ports, why=card.why,
                      faint=_is_dim(drawing, host))
        )  # fmt: skip


def _ingress_card(drawing: _Drawing) -> GraphNode:
    found, request = drawing.routes.ingress, drawing.request
    namespace, name = found.meta.namespace, found.meta.name
    findings = drawing.facts.of(Key(GROUP, "Ingress", namespace, name))
    served = drawing.routes.serving.is_served
    state: State = finding_state(findings) if served else "deny"
    if drawing.routes.serving.outcome == "other controller":
        state = "unknown"
    addresses = [entry.ip or entry.hostname for entry in found.addresses]
    badges = list(finding_badge(findings))
    if served and not addresses:
        state = "warn" if state == "ok" else state
        badges.append(Badge(say("no address"), "warn", say("no client can find it yet")))
    where = Reason(
        say("Clients find it here.") if addresses else say("No controller has given it an "
        "address."),
        f"Ingress {namespace}/{name}", "status.loadBalancer.ingress",
        ", ".join(addresses) or say("empty"), cause=not addresses,
    )  # fmt: skip
    word = findings[0].message if findings and state != "ok" else STATE_WORD[state]
    return GraphNode(
        id=node_id("Ingress", namespace, name), kind="Ingress", namespace=namespace, name=name,
        lane="class", order="0", paint="ingress", icon="ingress", overline="Ingress",
        variant=found.class_word or say("no class"), meta=listed(addresses) or say("no address"),
        state=state, word=word, badges=tuple(badges),
        label=say("Ingress {name}, class {class_word}, {addresses}, {word}", name=name,
        class_word=found.class_word or say("none"),
        addresses=listed(addresses) or say("no address"), word=word),
        href=request.object_href("Ingress", namespace, name),
        why=(*finding_reasons(findings), where),
    )  # fmt: skip


def _class_card(drawing: _Drawing) -> GraphNode:
    routes = drawing.routes
    word, outcome = routes.ingress.class_word, OUTCOME_WORD[routes.serving.outcome]
    name = f"Ingress {routes.ingress.meta.namespace}/{routes.ingress.meta.name}"
    path = "spec.ingressClassName"
    found = drawing.snapshot.get(IngressClass, "", word) if word else None
    state: State = "ok" if routes.serving.is_served else "deny"
    if outcome == "other controller":
        state = "unknown"
    if found is None:
        says = say("served") if routes.serving.is_served else outcome
        return GraphNode(
            id=node_id("IngressClass", "", word or "none"), kind="IngressClass", namespace="",
            name=word or say("no class"), lane="class", group=SERVED, order="0", paint="ingress",
            icon="ingress", overline="IngressClass", meta=routes.serving.controller, state=state,
            word=says, ghost=True, label=say("IngressClass {word}, {says}",
            word=word or say("none"), says=says),
            why=(Reason(say("The class it asks for: {outcome}.", outcome=outcome), name, path,
            word or say("absent"),
                        cause=not routes.serving.is_served),),
        )  # fmt: skip
    return GraphNode(
        id=node_id("IngressClass", "", found.meta.name), kind="IngressClass", namespace="",
        name=found.meta.name, lane="class", group=SERVED, order="0", paint="ingress",
        icon="ingress", overline=say("Class"), variant=say("default") if found.is_default else "",
        meta=found.controller, state=state, word=outcome,
        label=say("IngressClass {found}, {controller}, {outcome}", found=found.meta.name,
        controller=found.controller, outcome=outcome),
        href=drawing.request.object_href("IngressClass", "", found.meta.name),
        why=(
            Reason(say("The Ingress asks for this class."), name, path, word or ""),
            Reason(say("The class belongs to this controller."), f"IngressClass {found.meta.name}",
                   "spec.controller", found.controller, cause=state != "ok"),
        ),
    )  # fmt: skip


def _is_dim(drawing: _Drawing, host: str) -> bool:
    """Whether a request that is tried passes a host by."""
    tried = drawing.routes.tried
    if tried is None:
        return False
    won = next((row for row in drawing.routes.rows if row.where == tried.winner), None)
    return won is None or ("~" if won.is_default else won.host) != host


def _host_id(drawing: _Drawing, host: str) -> str:
    return node_id("Host", drawing.routes.ingress.meta.namespace, host or "*")


def _host_card(drawing: _Drawing, host: str, place: int) -> GraphNode:
    found = drawing.routes.ingress
    name = f"Ingress {found.meta.namespace}/{found.meta.name}"
    marks = _marks(drawing, lit=not _is_dim(drawing, host))
    if host == "~":
        return GraphNode(
            id=_host_id(drawing, host), kind="Host", namespace=found.meta.namespace,
            name=say("anything else"), lane="hosts", order=f"{place:03}", paint="ingress",
            icon="external", overline=say("Default backend"), state="ok",
            word=say("what no rule matches"),
            meta=say("no rule matches"), label=say("Host anything else: what no rule matches"),
            why=(Reason(say("What no rule matches goes here."), name, "spec.defaultBackend",
                        str(found.default_backend)),), extra=marks,
        )  # fmt: skip
    badge, meta, state, why = _tls(drawing, host)
    paths = sum(1 for row in drawing.routes.rows if row.host == host and not row.is_default)
    rule = next(i for i, rule in enumerate(found.rules) if rule.host == host)
    reasons = [Reason(say("A rule is for {host}.", host=host or say("every host")), name,
    f"spec.rules[{rule}].host",
                      host or say("absent")), *why]  # fmt: skip
    if not paths:
        state = "warn"
        reasons.append(
            Reason(
                say("It has no paths."),
                name,
                f"spec.rules[{rule}].http",
                say("absent"),
                cause=True,
            )
        )
    words = joined(", ", (say_n("{n:,} path", "{n:,} paths", paths), meta))
    return GraphNode(
        id=_host_id(drawing, host), kind="Host", namespace=found.meta.namespace,
        name=host or say("every host"), lane="hosts", order=f"{place:03}", paint="ingress",
        icon="external", overline=say("Host"),
        variant=say("wildcard") if host.startswith("*.") else "",
        meta=meta, state=state, word=words, badges=badge,
        label=say("Host {host}, {words}", host=host or say("every host"), words=words),
        why=tuple(reasons), extra=marks,
    )  # fmt: skip


def _tls(drawing: _Drawing, host: str) -> tuple[tuple[Badge, ...], str, State, tuple[Reason, ...]]:
    """Return badge, words and state of a host's TLS, and the reason."""
    found = drawing.routes.ingress
    own = next(
        ((at, tls) for at, tls in enumerate(found.tls) if not tls.hosts or host in tls.hosts), None
    )
    shown = certificate(drawing.snapshot, host)
    if own is None and shown.secret is None:
        return (), say("no TLS"), "ok", ()
    if shown.secret is not None:
        secret = shown.secret.rpartition("/")[2]
        badge = Badge("TLS", "ok", say("the certificate of Secret {secret}", secret=shown.secret))
        return (badge,), say("Secret {secret}", secret=secret), "ok", (shown.why,)
    secret = own[1].secret_name if own is not None else ""
    badge = Badge("TLS", "warn", shown.why.text)
    return (
        (badge,),
        say("Secret {secret}", secret=secret or say("none")),
        "warn",
        (replace(shown.why, cause=True),),
    )


def _marks(drawing: _Drawing, *, lit: bool) -> dict[str, JSON]:
    if drawing.routes.tried is None:
        return {}
    return {"mark": "lit" if lit else "dim"}


# paths, Services, Pods


def _draw_rows(drawing: _Drawing) -> None:
    rows = list(drawing.routes.rows)
    folds = _folds(drawing, rows)
    groups: dict[str, int] = {}
    for found in folds:
        first = found[0]
        host = "~" if first.is_default else first.host
        group = f"Group/{host or '*'}"
        groups[group] = groups.get(group, 0) + len(found)
        card = _path_card(drawing, found, group)
        target = drawing.put(card)
        drawing.cards |= {row.where: target for row in found}
        source = _host_id(drawing, host)
        drawing.join(
            GraphEdge(f"{source}->{target}", source, target, "own", why=card.why,
                      faint=_loses(drawing, found))
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


def _folds(drawing: _Drawing, rows: list[Row]) -> list[list[Row]]:
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


def _loses(drawing: _Drawing, rows: list[Row]) -> bool:
    tried = drawing.routes.tried
    return tried is not None and all(row.where != tried.winner for row in rows)


def _path_card(drawing: _Drawing, rows: list[Row], group: str) -> GraphNode:
    row, routes = rows[0], drawing.routes
    namespace = routes.ingress.meta.namespace
    state, word = row_word(routes, row)
    if not routes.serving.is_served and routes.tried is None:
        state, word = "unknown", say("not served")
    is_many = len(rows) > 1
    name = say_n("{n:,} path", "{n:,} paths", len(rows)) if is_many else row.path
    badges = tuple(finding_badge(row.findings))
    if row.shadow:
        badges = (
            Badge(
                say("assumed"),
                "warn",
                say("{shadow} is older; controllers differ", shadow=row.shadow),
            ),
        )
    reason = Reason(
        say("{path_type} {path} of {host} goes to {backend}.", path_type=row.path_type,
        path=row.path, host=row.host or say("every host"), backend=str(row.backend)),
        f"Ingress {namespace}/{routes.ingress.meta.name}", row.where, str(row.backend),
    )  # fmt: skip
    why = [reason, replace(row.resolved.why, cause=row.resolved.status != 200)]  # noqa: PLR2004
    why += finding_reasons(row.findings)
    if routes.tried is not None:
        why.insert(0, Reason(stated(opened(word)), value=routes.tried.url, cause=True))
    overline = (
        say("Default")
        if row.is_default
        else say("{place}. {path_type}", place=row.place, path_type=row.path_type)
    )
    return GraphNode(
        id=node_id("Path", namespace, row.where), kind="Path", namespace=namespace, name=name,
        lane="paths", group=group, order=f"{row.is_default}|{row.place:04}", paint="ingress",
        icon="ingress", overline=overline, meta=str(row.backend), state=state, word=word,
        badges=badges, count=len(rows),
        label=say("Path {name} of {host}, {path_type}, to {backend}, {word}", name=name,
        host=row.host or say("every host"), path_type=row.path_type, backend=str(row.backend),
        word=word),
        why=tuple(why), extra=_marks(drawing, lit=not _loses(drawing, rows)),
        notes=(word,) if routes.tried is not None or state not in {"ok", "unknown"} else (),
    )  # fmt: skip


def _draw_backend(drawing: _Drawing, rows: list[Row], source: str) -> None:
    row, service = rows[0], rows[0].service
    namespace = drawing.routes.ingress.meta.namespace
    is_faint = _loses(drawing, rows)
    state: EdgeState = "allow" if row.resolved.status == 200 else "deny"  # noqa: PLR2004
    if state == "allow" and (row.shadow or not drawing.routes.serving.is_served):
        state = "unknown"
    if service is None:
        target = drawing.put(_no_service(drawing, row, namespace))
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


def _no_service(drawing: _Drawing, row: Row, namespace: str) -> GraphNode:
    backend = row.backend
    if backend.resource is not None:
        kind, name, word = backend.resource.kind, backend.resource.name, say("not a Service")
    else:
        kind, name, word = "Service", backend.service or "", say("does not exist")
    return GraphNode(
        id=node_id(kind, namespace, name), kind=kind, namespace=namespace, name=name,
        lane="services", order=name, paint="service", icon="service", overline=kind,
        variant=say("missing") if word == "does not exist" else say("unsupported"), meta=word,
        state="deny", word=word, ghost=True,
        label=say("{kind} {name}, {word}", kind=kind, name=name, word=word),
        why=(replace(row.resolved.why, cause=True),),
    )  # fmt: skip


def _draw_pods(
    drawing: _Drawing, service: Service, edges: list[GraphEdge], nodes: list[GraphNode]
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


def _light(drawing: _Drawing) -> None:
    """Let what a tried request reaches stand out, and step everything else back."""
    tried = drawing.routes.tried
    if tried is None:
        return
    lit = {drawing.cards.get(tried.winner, "")}
    for _step in range(2):  # to the Service, to its Pods
        lit |= {edge.target for edge in drawing.edges.values() if edge.source in lit}
    for id_, card in drawing.nodes.items():
        if card.lane in {"services", "pods"}:
            extra = {**card.extra, **_marks(drawing, lit=id_ in lit)}
            drawing.nodes[id_] = replace(card, extra=extra)
    for id_, edge in drawing.edges.items():
        if edge.state != "own" and drawing.nodes[edge.source].lane in {"paths", "services"}:
            is_off = edge.source not in lit or edge.target not in lit
            drawing.edges[id_] = replace(edge, faint=edge.faint or is_off)


# the table


def _rows(drawing: _Drawing) -> Iterator[TableRow]:
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
