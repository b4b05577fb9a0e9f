"""Whether a host or a path of a rule matches a request, and which of several matches wins.

Source: networking/v1 `IngressRule`, `HTTPIngressPath`; semantics.md G-19 to G-28.
"""

from __future__ import annotations

from typing import NamedTuple

from cluster.domains.ingress.ingress import EXACT, PREFIX, Ingress, IngressPath, Route
from cluster.machinery.texts import say

_TYPE_ORDER = {EXACT: 0, PREFIX: 1}  # G-27; ImplementationSpecific comes last


class Match(NamedTuple):
    """One route that a request matches. Of several, the least `rank` wins (G-27)."""

    ingress: Ingress
    route: Route
    position: int

    @property
    def rank(self) -> tuple[int, int, tuple[str, str, str], int]:
        """Longest path, then type, then age, namespace and name, then order in the list."""
        path = self.route.path
        order = _TYPE_ORDER.get(path.path_type, len(_TYPE_ORDER))
        return (-len(written(path)), order, self.ingress.age_order, self.position)


def written(path: IngressPath) -> str:
    """Return a path as it counts; an empty one is `/` (G-26)."""
    return path.path or "/"


def request_host(host: str) -> str:
    """Return a Host header without port and last dot, in lower case (G-19)."""
    name = host.strip().lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0].removesuffix(".")


def request_path(target: str) -> str:
    """Return the path of a request target, without query and fragment (G-23)."""
    return target.partition("#")[0].partition("?")[0] or "/"


def host_patterns(host: str) -> tuple[str, ...]:
    """Return the hosts that rules for a request's host can have, the closest first (G-20).

    The last one, "", stands for rules without a host; a wildcard covers one label (G-21).
    """
    label, dot, rest = host.partition(".")
    if not host:
        return ("",)
    return (host, f"*.{rest}", "") if label and dot and rest else (host, "")


def path_matches(path: IngressPath, request: str) -> bool:
    """Whether a path matches a request's (G-24 to G-26)."""
    if path.path_type == EXACT:
        return path.path == request
    elements = _elements(written(path))
    return _elements(request)[: len(elements)] == elements


def _elements(path: str) -> list[str]:
    """Return the elements of a path; one trailing empty one is ignored (G-25)."""
    return path.removesuffix("/").split("/")


def why_lost(loser: Match, winner: Match) -> str:
    """Return what decided against a matching route."""
    own, other = loser.route.path, winner.route.path
    if len(written(own)) != len(written(other)):
        return say("a longer path matches: {written}", written=written(other))
    if own.path_type != other.path_type:
        return say(
            "{winner} comes before {loser}",
            winner=other.path_type,
            loser=own.path_type,
        )
    if loser.ingress.meta.creation_timestamp != winner.ingress.meta.creation_timestamp:
        return say("Ingress {winner} is older", winner=_name(winner))
    if _name(loser) != _name(winner):
        return say("Ingress {winner} comes first by name", winner=_name(winner))
    return say("{where} comes first in the list", where=winner.route.where)


def _name(match: Match) -> str:
    return f"{match.ingress.meta.namespace}/{match.ingress.meta.name}"
