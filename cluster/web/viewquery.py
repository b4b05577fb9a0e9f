"""The part of an address that decides which graph is drawn.

The page, the graph's JSON and the socket get the same query, so all three show the same graph;
`cluster.questions.views` checks it.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from cluster.questions.views.table import parameters_of

PASSED = (
    "view", "lvl", "ns", "of", "grp", "open", "keep", "find", "omit", "budget", "page", "rows",
    "at",
)  # fmt: skip
TABS = ("diagram", "table", "text")
LONGEST = 2000  # characters of one parameter
READABLE = "/,:"


def view_query(given: Mapping[str, str], **fixed: str) -> dict[str, str]:
    """Return the parameters of the view that an address asks for, in one order.

    `fixed` members win over the address; those not given are left out.
    """
    found = {**given, **{name: value for name, value in fixed.items() if value}}
    own = (parameter.name for parameter in parameters_of(found.get("view", "")))
    return {name: found[name][:LONGEST] for name in (*PASSED, *own) if found.get(name)}


def revision_in(query: Mapping[str, str]) -> int | None:
    """Return the revision that a view is looked at, None for live."""
    text = query.get("at", "")
    return int(text) if text.isascii() and text.isdigit() and int(text) > 0 else None


def query_string(query: Mapping[str, str]) -> str:
    """Return `?...`, "" for nothing."""
    return f"?{urlencode(query, safe=READABLE)}" if query else ""


def changed(given: Mapping[str, str], **changes: str) -> str:
    """Return `?...` with parameters changed ("" takes one away), the others kept."""
    kept = {name: value for name, value in {**given, **changes}.items() if value}
    return query_string(kept) or "?"
