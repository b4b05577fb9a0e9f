"""What diagram 6.6 is about: the routes of one Ingress in the order they are matched.

What matches, what wins and where a backend leads is said by `domains.ingress`; here it is only
put in order and, for a request to try, told route by route.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cluster.domains.ingress.backends import Resolved, resolve_backend
from cluster.domains.ingress.ingress import Backend, Ingress, Route
from cluster.domains.ingress.matching import Match, written
from cluster.domains.ingress.precedence import older_route
from cluster.domains.ingress.routing import DEFAULT_BACKEND, Routed, route
from cluster.domains.ingress.serving import Serving, serving
from cluster.domains.service.service import Service
from cluster.machinery.drawing import Reason, State
from cluster.machinery.findings import Finding
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import bare, say, say_n
from cluster.questions.views.request import BadParameter

SCHEMES = ("http", "https")


@dataclass(frozen=True, slots=True)
class Row:
    """One route: its place in its host's match order, what it leads to, what is wrong with it.

    `shadow` names the Ingress whose equal route wins over it (G-30), empty where it wins itself;
    `shadow_why` tells by what.
    `where` is the field of the path; of the default backend, `spec.defaultBackend`.
    """

    where: str
    place: int
    host: str
    path: str
    path_type: str
    backend: Backend
    resolved: Resolved
    service: Service | None
    shadow: str = ""
    shadow_why: Reason | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def is_default(self) -> bool:
        """Whether it is the backend for what no rule matches."""
        return self.where == DEFAULT_BACKEND

    @property
    def answers(self) -> bool:
        """Whether requests get to an endpoint by it."""
        return self.resolved.status == 200 and not self.shadow  # noqa: PLR2004 - an HTTP status

    @property
    def state(self) -> State:
        """How its card is drawn."""
        if self.resolved.status != 200:  # noqa: PLR2004 - an HTTP status
            return "deny"
        return "warn" if self.shadow else "ok"

    @property
    def word(self) -> str:
        """Its state in words."""
        if self.resolved.status != 200:  # noqa: PLR2004 - an HTTP status
            return bare(self.resolved.why.text)
        if self.shadow:
            lost = self.shadow_why.text if self.shadow_why is not None else self.shadow
            return say("never used: {lost}", lost=bare(lost))
        return say_n("{n:,} endpoint", "{n:,} endpoints", len(self.resolved.endpoints))


@dataclass(frozen=True, slots=True)
class Tried:
    """A request and what became of it. `lost` tells, by field, why a route here does not answer.

    `is_here` is false where another Ingress answers, or nobody.
    """

    url: str
    routed: Routed
    winner: str = ""
    lost: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_here(self) -> bool:
        """Whether a route of the Ingress of the view answers."""
        return bool(self.winner)


@dataclass(frozen=True, slots=True)
class Routes:
    """An Ingress with its rows: hosts in order (exact, wildcard, every host), then matching."""

    ingress: Ingress
    serving: Serving
    rows: tuple[Row, ...]
    tried: Tried | None = None

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts of the rules, in order; "" stands for every host."""
        return tuple(dict.fromkeys(sorted((r.host for r in self.ingress.rules), key=host_order)))

    @property
    def answering(self) -> tuple[Row, ...]:
        """The rows by which requests get to an endpoint."""
        return tuple(row for row in self.rows if row.answers) if self.serving.is_served else ()


def read_routes(
    snapshot: Snapshot, ingress: Ingress, findings: Sequence[Finding], url: str
) -> Routes:
    """Return the rows of an Ingress, and what becomes of `url` (empty: nothing is tried).

    Raises ValueError for a `url` that is none.
    """
    matches = [Match(ingress, found, place) for place, found in enumerate(ingress.routes())]
    matches.sort(key=lambda match: (host_order(match.route.host), match.rank))
    places: dict[str, int] = {}
    rows: list[Row] = []
    for match in matches:
        host = match.route.host
        places[host] = places.get(host, 0) + 1
        rows.append(_row(snapshot, ingress, match.route, places[host], findings))
    if ingress.default_backend is not None:
        rows.append(_default(snapshot, ingress, ingress.default_backend, findings))
    tried = try_request(snapshot, ingress, url) if url else None
    return Routes(ingress, serving(ingress, snapshot), tuple(rows), tried)


def host_order(host: str) -> tuple[int, str]:
    """Sort exact hosts first, then wildcards, then every host: the closest first (G-20)."""
    return (2 if not host else 1 if host.startswith("*.") else 0, host)


def _row(
    snapshot: Snapshot, ingress: Ingress, found: Route, place: int, findings: Sequence[Finding]
) -> Row:
    backend = found.path.backend
    shadow, why = _shadow(snapshot, ingress, found)
    return Row(
        found.where, place, found.host, written(found.path), found.path.path_type, backend,
        _resolve(snapshot, ingress, backend, f"{found.where}.backend"),
        _service(snapshot, ingress, backend), shadow, why, tuple(_about(findings, found.where)),
    )  # fmt: skip


def _shadow(snapshot: Snapshot, ingress: Ingress, found: Route) -> tuple[str, Reason | None]:
    """Return the Ingress whose equal route wins, and by what; nothing where this one wins."""
    older = older_route(ingress, found, snapshot)
    if older is None:
        return "", None
    winner, where = older
    name = f"Ingress {winner.meta.namespace}/{winner.meta.name}"
    if winner.meta.uid == ingress.meta.uid:
        text = say("{where} comes first in the list.", where=where)
        return name, Reason(text, name, where, found.host or "*", cause=True)
    created = winner.meta.creation_timestamp
    if created != ingress.meta.creation_timestamp:
        text = say("{winner} is older.", winner=name)
        return name, Reason(text, name, "metadata.creationTimestamp", created or "", cause=True)
    text = say("{winner} comes first by name.", winner=name)
    return name, Reason(text, name, "metadata.name", winner.meta.name, cause=True)


def _default(
    snapshot: Snapshot, ingress: Ingress, backend: Backend, findings: Sequence[Finding]
) -> Row:
    return Row(
        DEFAULT_BACKEND, 1, "", say("anything else"), say("default backend"), backend,
        _resolve(snapshot, ingress, backend, DEFAULT_BACKEND),
        _service(snapshot, ingress, backend), "", None,
        tuple(_about(findings, DEFAULT_BACKEND)),
    )  # fmt: skip


def _resolve(snapshot: Snapshot, ingress: Ingress, backend: Backend, path: str) -> Resolved:
    meta = ingress.meta
    source = f"Ingress {meta.namespace}/{meta.name}"
    return resolve_backend(snapshot, backend, meta.namespace, source, path)


def _service(snapshot: Snapshot, ingress: Ingress, backend: Backend) -> Service | None:
    if backend.service is None:
        return None
    return snapshot.get(Service, ingress.meta.namespace, backend.service)


def _about(findings: Sequence[Finding], where: str) -> Iterator[Finding]:
    for finding in findings:
        rest = finding.path.removeprefix(where)
        if rest != finding.path and rest[:1] in {"", "."}:
            yield finding


def try_request(snapshot: Snapshot, ingress: Ingress, url: str) -> Tried:
    """Return what becomes of a request; raises ValueError naming `url` where it is none."""
    scheme, host, target = split_url(url)
    routed = route(snapshot, host, target, scheme=scheme)
    name = f"Ingress {ingress.meta.namespace}/{ingress.meta.name}"
    lost = {reason.path: reason.text for reason in routed.losers if reason.object == name}
    is_here = routed.ingress is not None and snapshot.key_of(routed.ingress) == snapshot.key_of(
        ingress
    )
    return Tried(url, routed, routed.rule if is_here else "", lost)


def split_url(url: str) -> tuple[str, str, str]:
    """Return scheme, host and target; without a scheme it is http, `/path` alone has no host.

    Raises ValueError naming `url` for what is no URL of a web server.
    """
    text = url.strip()
    if "://" not in text:
        text = f"http://{text}"
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        text = say("{url} is no URL: {error}", url=repr(url), error=str(error))
        raise BadParameter("url", text) from error
    if parts.scheme.lower() not in SCHEMES:
        raise BadParameter("url", say("{url} is not http or https", url=repr(url)))
    if any(character.isspace() for character in text):
        raise BadParameter("url", say("{url} holds a space; write it as %20", url=repr(url)))
    path = parts.path or "/"
    return parts.scheme.lower(), host, f"{path}?{parts.query}" if parts.query else path
