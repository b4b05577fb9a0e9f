"""What a view is asked to show: the query string of a page, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LEVELS = ("L0", "L1", "L2", "L3")
VIEWS = ("map", "endpoints", "trace")
BUDGET = 600  # nodes and edges together; ux.md principle 3
BUDGET_CAP = 2000
PAGE = 100  # Pods a page; ux.md section 5


@dataclass(frozen=True, slots=True)
class ViewRequest:
    """One view. `of` is `Kind/ns/name` or `ns/name`; `level` empty: the view chooses.

    `connection` has the fields of the question `trace`, for the view of that name.
    """

    cluster: str
    view: str = "map"
    level: str = ""
    namespaces: tuple[str, ...] = ()
    of: str = ""
    budget: int = BUDGET
    page: int = 1
    connection: Mapping[str, str] = field(default_factory=dict)

    def object_href(self, kind: str, namespace: str, name: str) -> str:
        """Return the address of an object's page; `-` stands for no namespace."""
        return f"/c/{self.cluster}/o/{kind}/{namespace or '-'}/{name}"

    def map_href(self, **query: str) -> str:
        """Return the address of the map with a query, in the order given."""
        text = "&".join(f"{key}={value}" for key, value in query.items() if value)
        return f"/c/{self.cluster}/map?{text}" if text else f"/c/{self.cluster}/map"

    def diagram_href(self, type_: str, namespace: str, name: str) -> str:
        """Return the address of one of the eight diagrams."""
        return f"/c/{self.cluster}/d/{type_}/{namespace}/{name}"


def parse_request(query: Mapping[str, str], cluster: str) -> ViewRequest:
    """Return the request in a query string; raises ValueError naming the parameter."""
    view = query.get("view") or "map"
    if view not in VIEWS:
        raise ValueError(f"view: no view {view!r}; known are {', '.join(VIEWS)}")
    level = query.get("lvl") or query.get("level") or ""
    if level and level not in LEVELS:
        raise ValueError(f"lvl: no level {level!r}; known are {', '.join(LEVELS)}")
    names = query.get("ns") or query.get("scope") or ""
    return ViewRequest(
        cluster=cluster,
        view=view,
        level=level,
        namespaces=tuple(sorted({name for name in names.split(",") if name})),
        of=query.get("of") or "",
        budget=min(_number(query, "budget", BUDGET), BUDGET_CAP),
        page=_number(query, "page", 1),
        connection=_connection(query) if view == "trace" else {},
    )


def _connection(query: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of the question `trace` that a query string has."""
    names = {
        "from": "from", "to": "to", "port": "port", "proto": "protocol", "reply": "reply",
    }  # fmt: skip
    found = {field: query[name] for name, field in names.items() if query.get(name)}
    if query.get("protocol"):
        found["protocol"] = query["protocol"]
    return found


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 10**6:
        raise ValueError(f"{name}: {text!r} is no number from 1 to 1000000")
    return int(text)
