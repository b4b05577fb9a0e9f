"""What a view is asked to show: the query string of a page, checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import urlencode

from cluster.machinery.texts import joined, say
from cluster.questions.query.grammar import LONGEST

LEVELS = ("L0", "L1", "L2", "L3")
GROUPINGS = ("workload", "zone", "node")  # what Pods are grouped by on L1
BUDGET = 600  # nodes and edges together; ux.md principle 3
BUDGET_CAP = 2000
PAGE = 100  # Pods a page; ux.md section 5


class BadParameter(ValueError):
    """A parameter of a view cannot be meant: its name, and a sentence that says why."""

    def __init__(self, name: str, fault: str) -> None:
        """Keep both; printed, the name comes first."""
        super().__init__(f"{name}: {fault}")
        self.name = name
        self.fault = fault

    @property
    def message(self) -> str:
        """Both as one sentence."""
        return say("{parameter}: {fault}", parameter=self.name, fault=self.fault)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that one view has: its name in the query string and what it says.

    `choices` are the values it may have besides none; without them it is checked by the view,
    which knows the cluster.
    """

    name: str
    text: str
    choices: tuple[str, ...] = ()


ALL_ROWS = 0
"""Every row of a long table, in the place of a page's number."""


def _everything(_kind: str) -> bool:
    return True


_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ViewRequest:
    """One view. `of` is `Kind/ns/name` or `ns/name`; `level` empty: the view chooses.

    `given` holds the view's own parameters by name, those that were given.
    `grouping` is one of GROUPINGS. `open` are folds and cards that the reader opened, `keep` cards
    and lines to draw rather than others, `find` a query whose matches to draw rather. With `find`
    the table has the rows of these matches, with `omit` not those that this query means; `rows` is
    the page of a long table, ALL_ROWS for every row. `sees` tells which kinds the reader may see:
    no query finds anything by the others.
    """

    cluster: str
    view: str = "map"
    level: str = ""
    namespaces: tuple[str, ...] = ()
    of: str = ""
    budget: int = BUDGET
    page: int = 1
    given: Mapping[str, str] = field(default_factory=lambda: _NONE)
    grouping: str = GROUPINGS[0]
    open: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    find: str = ""
    omit: str = ""
    rows: int = 1
    sees: Callable[[str], bool] = field(default=_everything, compare=False)

    def object_href(self, kind: str, namespace: str, name: str) -> str:
        """Return the address of an object's page; `-` stands for no namespace."""
        return f"/c/{self.cluster}/o/{kind}/{namespace or '-'}/{name}"

    def map_href(self, **query: str) -> str:
        """Return the address of the map with a query, in the order given."""
        text = "&".join(f"{key}={value}" for key, value in query.items() if value)
        return f"/c/{self.cluster}/map?{text}" if text else f"/c/{self.cluster}/map"

    def trace_href(self, source: str, target: str, port: str = "", protocol: str = "") -> str:
        """Return the address of the trace between two peers (`cluster.questions.trace.peers`)."""
        query = {"from": source, "to": target, "port": port, "proto": protocol}
        text = urlencode({name: value for name, value in query.items() if value}, safe="/,:")
        return f"/c/{self.cluster}/trace?{text}"

    def diagram_href(self, type_: str, namespace: str, name: str) -> str:
        """Return the address of one of the eight diagrams."""
        return f"/c/{self.cluster}/d/{type_}/{namespace}/{name}"


def read_request(
    query: Mapping[str, str], cluster: str, view: str, parameters: tuple[Parameter, ...]
) -> ViewRequest:
    """Return the request in a query string for `view`; raises BadParameter."""
    level = query.get("lvl") or query.get("level") or ""
    if level and level not in LEVELS:
        text = say(
            "no level {level}; known are {levels}", level=repr(level), levels=joined(", ", LEVELS)
        )
        raise BadParameter("lvl", text)
    grouping = query.get("grp") or GROUPINGS[0]
    if grouping not in GROUPINGS:
        raise BadParameter("grp", not_one_of(grouping, GROUPINGS))
    names = {**query, "ns": query.get("ns") or query.get("scope") or ""}
    return ViewRequest(
        cluster=cluster,
        view=view,
        level=level,
        namespaces=_list(names, "ns"),
        of=query.get("of") or "",
        budget=min(_number(query, "budget", BUDGET), BUDGET_CAP),
        page=_number(query, "page", 1),
        given=_own(query, parameters),
        grouping=grouping,
        open=_list(query, "open"),
        keep=_list(query, "keep"),
        find=(query.get("find") or "")[:LONGEST].strip(),
        omit=(query.get("omit") or "")[:LONGEST].strip(),
        rows=ALL_ROWS if query.get("rows") == "all" else _number(query, "rows", 1),
    )


def not_one_of(value: str, known: Sequence[str]) -> str:
    """Return why a value is refused that is none of the known ones."""
    return say("{value} is not one of {known}", value=repr(value), known=joined(", ", known))


def not_named(value: str, kind: str) -> str:
    """Return why a value is refused that should name an object of a kind."""
    return say("{value} must be namespace/name of kind {kind}", value=repr(value), kind=kind)


def _own(query: Mapping[str, str], parameters: tuple[Parameter, ...]) -> dict[str, str]:
    """Return the view's own parameters that were given."""
    found = {}
    for parameter in parameters:
        value = query.get(parameter.name) or ""
        if value and parameter.choices and value not in parameter.choices:
            raise BadParameter(parameter.name, not_one_of(value, parameter.choices))
        if value:
            found[parameter.name] = value
    return found


def _list(query: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(sorted({item for item in (query.get(name) or "").split(",") if item}))


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 10**6:
        raise BadParameter(name, say("{value} is no number from 1 to 1000000", value=repr(text)))
    return int(text)
