"""Which Ingress answers a request, with which of its backends, and why the others do not.

All Ingresses that the controller serves are read as one table, whatever namespace they are of
(G-29). A request has one host pattern: the closest that any rule has (G-20); only the paths of
that pattern are looked at, and a miss goes to a default backend (G-22, G-31).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from cluster.domains.ingress.backends import Status, resolve_backend
from cluster.domains.ingress.certificates import certificate
from cluster.domains.ingress.ingress import CLASS_ANNOTATION, Backend, Ingress
from cluster.domains.ingress.matching import (
    Match,
    host_patterns,
    path_matches,
    request_host,
    request_path,
    why_lost,
    written,
)
from cluster.domains.ingress.serving import serving
from cluster.machinery.drawing import Reason
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import Gap, say

DEFAULT_BACKEND = "spec.defaultBackend"
MAXIMUM_LOSERS = 100
"""More routes that lose are not told: nobody reads them."""


@dataclass(frozen=True, slots=True)
class Routed:
    """What becomes of a request.

    `rule` is the path in the Ingress that answers (`spec.rules[0].http.paths[1]`), empty with
    status 404. `tls_secret` is `ns/name`, None without TLS or with the controller's own
    certificate. `losers` are routes of other rules that came into question, each with the reason
    why it does not answer.
    """

    status: Status
    ingress: Ingress | None = None
    rule: str = ""
    backend: Backend | None = None
    endpoints: tuple[str, ...] = ()
    tls_secret: str | None = None
    why: tuple[Reason, ...] = ()
    losers: tuple[Reason, ...] = ()

    def json(self) -> Manifest:
        """The JSON of the question `ingress`."""
        meta = self.ingress.meta if self.ingress is not None else None
        backend: JSON = None
        if meta is not None and self.backend is not None and self.backend.service is not None:
            backend = {
                "namespace": meta.namespace,
                "service": self.backend.service,
                "port": self.backend.port,
            }
        addresses = self.ingress.addresses if self.ingress is not None else ()
        return {
            "status": self.status,
            "backend": backend,
            "ingress": f"{meta.namespace}/{meta.name}" if meta is not None else None,
            "rule": self.rule or None,
            "tls_secret": self.tls_secret,
            "endpoints": [*self.endpoints],
            "ingress_status_addresses": [entry.ip or entry.hostname for entry in addresses],
            "why": [_reason_json(reason) for reason in (*self.why, *self.losers)],
        }


def _reason_json(reason: Reason) -> JSON:
    return {
        "text": reason.text,
        "object": reason.object,
        "path": reason.path,
        "value": reason.value,
    }


def route(
    snapshot: Snapshot,
    host: str,
    target: str,
    *,
    scheme: str = "http",
    server_name: str | None = None,
) -> Routed:
    """Return what becomes of a request.

    `host` is the Host header, empty where there is none; `target` is path, query and fragment;
    `scheme` is `http` or `https`; `server_name` is what a TLS client asked for, None for the host
    itself. The method plays no part.
    """
    name, path = request_host(host), request_path(target)
    why: list[Reason] = []
    secret: str | None = None
    if scheme == "https":
        asked = name if server_name is None else request_host(server_name)
        secret, reason = certificate(snapshot, asked)
        why.append(reason)
    pattern, served = _candidates(snapshot, name)
    matches = sorted(_matches(served, pattern, path), key=lambda match: match.rank)
    losers = tuple(islice(_losers(snapshot, name, path, pattern, matches), MAXIMUM_LOSERS))
    if matches:
        ingress, found = matches[0].ingress, matches[0].route
        where, backend, text = found.where, found.path.backend, _matched(matches[0], name)
        value = f"{pattern or '*'}{written(found.path)} ({found.path.path_type})"
        why.append(Reason(text, _name(ingress), where, value, cause=True))
        here = f"{where}.backend"
    else:
        default = _default(snapshot, served)
        if default is None or default.default_backend is None:
            text = say(
                "No rule and no default backend is for {name}{path}.",
                name=name or say("no host"),
                path=path,
            )
            why.append(Reason(text, value=f"{name}{path}", cause=True))
            return Routed(404, tls_secret=secret, why=tuple(why), losers=losers)
        ingress, where, backend = default, DEFAULT_BACKEND, default.default_backend
        text = say(
            "No rule matches {name}{path}: the default backend answers.",
            name=name or say("no host"),
            path=path,
        )
        why.append(Reason(text, _name(ingress), where, str(backend), cause=True))
        here = where
    resolved = resolve_backend(snapshot, backend, ingress.meta.namespace, _name(ingress), here)
    return Routed(
        status=resolved.status,
        ingress=ingress,
        rule=where,
        backend=backend,
        endpoints=resolved.endpoints,
        tls_secret=secret,
        why=(*why, resolved.why),
        losers=losers,
    )


def _name(ingress: Ingress) -> str:
    return f"Ingress {ingress.meta.namespace}/{ingress.meta.name}"


def _with_host(snapshot: Snapshot, pattern: str) -> list[Ingress]:
    """Return the served Ingresses that have a rule for a host pattern, oldest first."""
    found = snapshot.lookup(Ingress, "host", pattern)
    served = (ingress for ingress in found if serving(ingress, snapshot).is_served)
    return sorted(served, key=lambda ingress: ingress.age_order)


def _candidates(snapshot: Snapshot, host: str) -> tuple[str, list[Ingress]]:
    """Return the closest host pattern that any rule has, with its Ingresses (G-20, G-41).

    A rule without paths has its host as well: nothing else answers for it (G-2).
    """
    for pattern in host_patterns(host):
        served = _with_host(snapshot, pattern)
        if served:
            return pattern, served
    return "", []


def _matches(served: Iterable[Ingress], pattern: str, path: str) -> Iterator[Match]:
    for ingress in served:
        for position, found in enumerate(ingress.routes()):
            if found.host == pattern and path_matches(found.path, path):
                yield Match(ingress, found, position)


def _default(snapshot: Snapshot, served: Iterable[Ingress]) -> Ingress | None:
    """Return the Ingress whose default backend answers (G-31, G-32).

    The oldest that has one and the host; else the oldest that has one and no rule at all.
    """
    for ingress in served:
        if ingress.default_backend is not None:
            return ingress
    catching = (
        ingress
        for ingress in snapshot.lookup(Ingress, "catch_all", True)  # noqa: FBT003 - its value
        if serving(ingress, snapshot).is_served
    )
    return min(catching, key=lambda ingress: ingress.age_order, default=None)


def _matched(match: Match, host: str) -> str:
    found = match.route.path
    gaps: dict[str, Gap] = {
        "type": found.path_type, "path": written(found),
        "host": match.route.host or say("every host"),
    }  # fmt: skip
    if host:
        return say("{type} {path} of {host} matches.", **gaps)
    return say("{type} {path} of {host} matches, without a host.", **gaps)


def _losers(
    snapshot: Snapshot, host: str, path: str, pattern: str, matches: list[Match]
) -> Iterator[Reason]:
    """Yield every other route that came into question, closest host first, with its reason."""
    won = {(match.ingress.age_order, match.route.where) for match in matches[:1]}
    matching = {(match.ingress.age_order, match.route.where): match for match in matches}
    for each in host_patterns(host):
        found = snapshot.lookup(Ingress, "host", each)
        for ingress in sorted(found, key=lambda ingress: ingress.age_order):
            answer = serving(ingress, snapshot)
            if not answer.is_served:
                yield _not_served(ingress, answer.outcome)
                continue
            for route in ingress.routes():
                key = (ingress.age_order, route.where)
                if route.host != each or key in won:
                    continue
                text: str
                if each != pattern:
                    text = say("a rule is for the closer host {pattern}", pattern=pattern)
                elif key in matching:
                    text = why_lost(matching[key], matches[0])
                else:
                    text = say("its path does not match {path}", path=path)
                value = f"{each or '*'}{written(route.path)} ({route.path.path_type})"
                yield Reason(
                    say("Not this one: {text}.", text=text), _name(ingress), route.where, value
                )


_OUTCOMES = {
    "no class": say("no class"), "other controller": say("other controller"),
    "no such class": say("no such class"),
}  # fmt: skip


def _not_served(ingress: Ingress, outcome: str) -> Reason:
    """Return why the controller leaves an Ingress with the host alone (G-16, G-17)."""
    path = "spec.ingressClassName"
    if ingress.class_name is None and ingress.class_annotation is not None:
        path = f"metadata.annotations[{CLASS_ANNOTATION}]"
    text = say(
        "Not this one: it is not served ({outcome}).", outcome=_OUTCOMES.get(outcome, outcome)
    )
    return Reason(text, _name(ingress), path, ingress.class_word or "")
