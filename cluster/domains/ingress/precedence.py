"""Which of several equal routes wins.

Ingresses of one class are read as one table (G-29); where two hold the same host, path and type,
the oldest Ingress wins, then namespace and name, then the order in the list (G-27, G-30).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cluster.domains.ingress.ingress import Ingress, Route
from cluster.machinery.snapshot import Snapshot


class RouteKey(NamedTuple):
    """Two routes with the same key answer the same requests."""

    class_word: str | None
    host: str
    path_type: str
    path: str


def route_key(ingress: Ingress, route: Route) -> RouteKey:
    """Return the key of one route; an empty path is `/` (G-26)."""
    path = route.path
    return RouteKey(ingress.class_word, route.host, path.path_type, path.path or "/")


def route_keys(ingress: Ingress) -> Iterator[RouteKey]:
    """Yield the keys of all routes of an Ingress, in the order written."""
    return (route_key(ingress, route) for route in ingress.routes())


def older_route(ingress: Ingress, route: Route, snapshot: Snapshot) -> tuple[Ingress, str] | None:
    """Return the Ingress and place of the equal route that wins over `route`, None if it wins."""
    key = route_key(ingress, route)
    winner = min(snapshot.lookup(Ingress, "route", key), key=_age, default=ingress)
    where = next(other.where for other in winner.routes() if route_key(winner, other) == key)
    is_itself = winner.meta.name == ingress.meta.name and where == route.where
    if is_itself and winner.meta.namespace == ingress.meta.namespace:
        return None
    return winner, where


def _age(ingress: Ingress) -> tuple[str, str, str]:
    return ingress.age_order
