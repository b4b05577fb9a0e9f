"""The card of an Ingress and its lines: from outside clients, and to the Services it names."""

from __future__ import annotations

from typing import NamedTuple

from cluster.domains.ingress.ingress import Backend, Ingress
from cluster.domains.service.service import Service
from cluster.machinery.drawing import (
    Badge,
    EdgeState,
    GraphEdge,
    GraphNode,
    Reason,
    node_id,
)
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say, say_n
from cluster.questions.facts import Facts
from cluster.questions.views.cards import (
    STATE_WORD,
    finding_badge,
    finding_reasons,
    finding_state,
)
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.service_lines import INTERNET
from cluster.questions.views.words import listed

GROUP = "networking.k8s.io"


class _Path(NamedTuple):
    """One path: its field (`spec.rules[0].http.paths[0].backend`), its route, where it goes."""

    where: str
    text: str
    backend: Backend


def draw_ingress(
    snapshot: Snapshot, facts: Facts, ingress: Ingress, request: ViewRequest, group: str
) -> tuple[list[GraphNode], list[GraphEdge]]:
    """Return the card of an Ingress, ghosts of Services that are missing, and all lines."""
    card = _card(ingress, facts, request, group)
    nodes, edges = [card], [_from_outside(ingress, card.id)]
    routes: dict[str, list[_Path]] = {}
    for path in _routes(ingress):
        routes.setdefault(path.backend.service or "", []).append(path)
    for name, found in sorted(routes.items()):
        service = snapshot.get(Service, ingress.meta.namespace, name)
        if service is None:
            nodes.append(_missing(ingress, name, found[0].where, group))
        edges.append(_route(ingress, card.id, name, service, found))
    return nodes, edges


def _routes(ingress: Ingress) -> list[_Path]:
    """Return every path to a Service with its field path and the route it serves."""
    found: list[_Path] = []
    if ingress.default_backend is not None:
        found.append(_Path("spec.defaultBackend", say("anything else"), ingress.default_backend))
    for route in ingress.routes():
        text = f"{route.host or '*'}{route.path.path or '/'}"
        found.append(_Path(f"{route.where}.backend", text, route.path.backend))
    return [path for path in found if path.backend.service is not None]


def _card(ingress: Ingress, facts: Facts, request: ViewRequest, group: str) -> GraphNode:
    namespace, name = ingress.meta.namespace, ingress.meta.name
    findings = facts.of(Key(GROUP, "Ingress", namespace, name))
    state = finding_state(findings)
    word = findings[0].message if state != "ok" else ""
    hosts = sorted({rule.host for rule in ingress.rules if rule.host})
    badges = list(finding_badge(findings))
    if ingress.tls:
        badges.append(Badge("TLS", "ok", say("terminates TLS")))
    paths = say_n("{n:,} path", "{n:,} paths", len(_routes(ingress)))
    about = listed(hosts) or say("every host")
    return GraphNode(
        id=node_id("Ingress", namespace, name), kind="Ingress", namespace=namespace, name=name,
        lane="ingress", group=group, order=name, paint="ingress", icon="ingress",
        overline="Ingress", variant=ingress.class_word or say("no class"), meta=about, state=state,
        word=word or STATE_WORD[state], badges=tuple(badges), compact=True,
        label=joined(", ", (f"Ingress {name}", about, paths, word)),
        href=request.object_href("Ingress", namespace, name),
        why=finding_reasons(findings) or (
            Reason(say("It routes {paths} of {about}.", paths=paths, about=about),
            f"Ingress {namespace}/{name}", "spec.rules"),
        ),
    )  # fmt: skip


def _from_outside(ingress: Ingress, target: str) -> GraphEdge:
    key = f"Ingress {ingress.meta.namespace}/{ingress.meta.name}"
    return GraphEdge(
        f"{INTERNET}->{target}", INTERNET, target, "allow", "443" if ingress.tls else "80",
        why=(Reason(say("Its controller takes HTTP from outside."), key, "spec.ingressClassName",
                    ingress.class_word or say("absent")),),
    )  # fmt: skip


def _missing(ingress: Ingress, name: str, path: str, group: str) -> GraphNode:
    key = f"Ingress {ingress.meta.namespace}/{ingress.meta.name}"
    return GraphNode(
        id=node_id("Service", ingress.meta.namespace, name), kind="Service",
        namespace=ingress.meta.namespace, name=name, lane="service", group=group, order=name,
        paint="service", icon="service", overline="Service", variant=say("missing"), state="deny",
        word=say("does not exist"), compact=True, ghost=True,
        label=say("Service {name}, does not exist", name=name),
        why=(Reason(say("An Ingress names it, but there is no such Service."), key,
                    f"{path}.service.name", name, cause=True),),
    )  # fmt: skip


def _route(
    ingress: Ingress, source: str, name: str, service: Service | None,
    found: list[_Path],
) -> GraphEdge:  # fmt: skip
    target = node_id("Service", ingress.meta.namespace, name)
    key = f"Ingress {ingress.meta.namespace}/{ingress.meta.name}"
    state: EdgeState = "allow"
    reasons: list[Reason] = []
    for path, text, backend in found:
        if service is None:
            state = "deny"
            reasons.append(Reason(say("{text}: no Service {name} in this namespace.", text=text,
            name=name), key,
                                  f"{path}.service.name", name, cause=True))  # fmt: skip
        elif backend.port is None or service.port(backend.port) is None:
            state = "deny"
            reasons.append(Reason(say("{text}: the Service has no port {port}.", text=text,
            port=str(backend.port)), key,
                                  f"{path}.service.port", str(backend.port),
                                  cause=True))  # fmt: skip
        else:
            reasons.append(Reason(say("{text} goes to {name}:{port}.", text=text, name=name,
            port=str(backend.port)), key, path,
                                  f"{name}:{backend.port}"))  # fmt: skip
    label = found[0].text.partition("/")[2]
    text = f"/{label}" if len(found) == 1 else say_n("{n:,} path", "{n:,} paths", len(found))
    reasons.sort(key=lambda reason: not reason.cause)
    return GraphEdge(
        f"{source}->{target}", source, target, state, text, count=len(found),
        title=joined(", ", (route for _path, route, _backend in found)), why=tuple(reasons),
    )  # fmt: skip
