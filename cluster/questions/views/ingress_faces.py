"""What the cards of diagram 6.6 say and why: Ingress, class, hosts, paths, missing backends.

Where they stand and how they are joined is told in `ingress.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cluster.domains.ingress.certificates import certificate
from cluster.domains.ingress.ingress import IngressClass
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import (
    Badge,
    GraphEdge,
    GraphGroup,
    GraphNode,
    Reason,
    State,
    node_id,
)
from cluster.machinery.manifest import JSON
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import bare, joined, opened, say, say_n
from cluster.questions.facts import Facts
from cluster.questions.views.cards import (
    STATE_WORD,
    finding_badge,
    finding_reasons,
    finding_state,
)
from cluster.questions.views.ingress_routes import Routes, Row
from cluster.questions.views.ingress_words import OUTCOME_WORD, row_word
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.words import listed, stated
from cluster.questions.words import kind_word
from cluster.questions.workloads import workload_of

GROUP = "networking.k8s.io"
SERVED = "Group/served"


@dataclass(slots=True)
class IngressDrawing:
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
        """Return the id of the card that stands for a Pod: its workload's."""
        key = workload_of(self.snapshot, pod)
        return node_id(key.kind, key.namespace, key.name)

    def put(self, card: GraphNode) -> str:
        """Draw a card unless it is drawn, and return its id."""
        self.nodes.setdefault(card.id, card)
        return card.id

    def join(self, edge: GraphEdge) -> None:
        """Draw a line unless it is drawn."""
        self.edges.setdefault(edge.id, edge)


def ingress_card(drawing: IngressDrawing) -> GraphNode:
    """Return the card of the Ingress itself: its class, its addresses, its findings."""
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


def class_card(drawing: IngressDrawing) -> GraphNode:
    """Return the card of the class that the Ingress asks for, a ghost where there is none."""
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
            word=word or say("no class"), says=says),
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


def is_dim(drawing: IngressDrawing, host: str) -> bool:
    """Whether a request that is tried passes a host by."""
    tried = drawing.routes.tried
    if tried is None:
        return False
    won = next((row for row in drawing.routes.rows if row.where == tried.winner), None)
    return won is None or ("~" if won.is_default else won.host) != host


def host_id(drawing: IngressDrawing, host: str) -> str:
    """Return the id of a host's card; "~" is what no rule matches."""
    return node_id("Host", drawing.routes.ingress.meta.namespace, host or "*")


def host_card(drawing: IngressDrawing, host: str, place: int) -> GraphNode:
    """Return the card of a host, with its certificate."""
    found = drawing.routes.ingress
    name = f"Ingress {found.meta.namespace}/{found.meta.name}"
    look = marks(drawing, lit=not is_dim(drawing, host))
    if host == "~":
        return GraphNode(
            id=host_id(drawing, host), kind="Host", namespace=found.meta.namespace,
            name=say("anything else"), lane="hosts", order=f"{place:03}", paint="ingress",
            icon="external", overline=say("Default backend"), state="ok",
            word=say("what no rule matches"),
            meta=say("no rule matches"), label=say("Host anything else: what no rule matches"),
            why=(Reason(say("What no rule matches goes here."), name, "spec.defaultBackend",
                        str(found.default_backend)),), extra=look,
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
        id=host_id(drawing, host), kind="Host", namespace=found.meta.namespace,
        name=host or say("every host"), lane="hosts", order=f"{place:03}", paint="ingress",
        icon="external", overline=say("Host"),
        variant=say("wildcard") if host.startswith("*.") else "",
        meta=meta, state=state, word=words, badges=badge,
        label=say("Host {host}, {words}", host=host or say("every host"), words=words),
        why=tuple(reasons), extra=look,
    )  # fmt: skip


def _tls(
    drawing: IngressDrawing, host: str
) -> tuple[tuple[Badge, ...], str, State, tuple[Reason, ...]]:
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


def marks(drawing: IngressDrawing, *, lit: bool) -> dict[str, JSON]:
    """Return how a card stands out, or steps back, where a request is tried."""
    if drawing.routes.tried is None:
        return {}
    return {"mark": "lit" if lit else "dim"}


def loses(drawing: IngressDrawing, rows: list[Row]) -> bool:
    """Whether a tried request is answered by none of these paths."""
    tried = drawing.routes.tried
    return tried is not None and all(row.where != tried.winner for row in rows)


def path_card(drawing: IngressDrawing, rows: list[Row], group: str) -> GraphNode:
    """Return the card of a path, or of paths that share a host and a backend."""
    row, routes = rows[0], drawing.routes
    namespace = routes.ingress.meta.namespace
    state, word = row_word(routes, row)
    if not routes.serving.is_served and routes.tried is None:
        state, word = "unknown", say("not served")
    is_many = len(rows) > 1
    name = say_n("{n:,} path", "{n:,} paths", len(rows)) if is_many else row.path
    badges = tuple(finding_badge(row.findings))
    if row.shadow_why is not None:
        badges = (
            Badge(
                say("assumed"),
                "warn",
                say("{lost}; controllers differ", lost=bare(row.shadow_why.text)),
            ),
        )
    reason = Reason(
        say("What no rule matches goes to {backend}.", backend=str(row.backend))
        if row.is_default else
        say("{path_type} {path} of {host} goes to {backend}.", path_type=row.path_type,
        path=row.path, host=row.host or say("every host"), backend=str(row.backend)),
        f"Ingress {namespace}/{routes.ingress.meta.name}", row.where, str(row.backend),
    )  # fmt: skip
    why = [reason]
    if row.resolved.why.path not in {finding.path for finding in row.findings}:  # says more
        why.append(replace(row.resolved.why, cause=row.resolved.status != 200))  # noqa: PLR2004
    why += [row.shadow_why] if row.shadow_why is not None else []
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
        why=tuple(why), extra=marks(drawing, lit=not loses(drawing, rows)),
        notes=(word,) if routes.tried is not None or state not in {"ok", "unknown"} else (),
    )  # fmt: skip


def no_service(drawing: IngressDrawing, row: Row, namespace: str) -> GraphNode:
    """Return the card of a backend that is missing, or is no Service."""
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
        label=say("{kind} {name}, {word}", kind=kind_word(kind), name=name, word=word),
        why=(replace(row.resolved.why, cause=True),),
    )  # fmt: skip
