"""What changed between two states of one view: the delta that a socket sends.

Cards, lines and boxes that changed are sent whole; of the other members only those that changed,
and of a table of as many rows as before only the rows that did.
A page that applies the deltas in order shows what a fresh page would. Source: docs/graph.md,
"Over the socket".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from cluster.machinery.drawing import Graph
from cluster.machinery.manifest import JSON, Manifest
from cluster.topology.rendering import (
    edge_json,
    frame_json,
    group_json,
    node_json,
    row_json,
    table_json,
)


class _Drawn(Protocol):
    """A card, line or box."""

    @property
    def id(self) -> str:
        """Its name in the view; stays when it changes."""


Element = TypeVar("Element", bound=_Drawn)


@dataclass(slots=True)
class _Part:
    """The delta of one sort of elements; every list is in the order of ids."""

    add: list[JSON] = field(default_factory=list)
    change: list[JSON] = field(default_factory=list)
    remove: list[JSON] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.add or self.change or self.remove)


def diff(old: Graph, new: Graph, *, previous: int, revision: int, time: str) -> Manifest | None:
    """Return the delta message from `old` at `previous` to `new` at `revision`, None if equal.

    `time` is when `revision` was written, RFC 3339. A member that `new` no longer has is null.
    """
    parts = {
        "nodes": _part(old.nodes, new.nodes, node_json),
        "edges": _part(old.edges, new.edges, edge_json),
        "groups": _part(old.groups, new.groups, group_json),
    }
    head = _head(old, new)
    rows = _rows(old, new)
    if rows is None:
        head["table"] = table_json(new)
    if not head and not rows and all(part.is_empty for part in parts.values()):
        return None
    return {
        "type": "delta", "rev": revision, "prev": previous, "time": time,
        "add": {name: part.add for name, part in parts.items()},
        "change": {name: part.change for name, part in parts.items()},
        "remove": {name: part.remove for name, part in parts.items()},
        "head": head,
        **({"rows": rows} if rows else {}),
    }  # fmt: skip


def _part(
    old: Sequence[Element], new: Sequence[Element], render: Callable[[Element], Manifest]
) -> _Part:
    before = {element.id: element for element in old}
    after = {element.id: element for element in new}
    part = _Part(remove=[*sorted(before.keys() - after.keys())])
    for name in sorted(after):
        known = before.get(name)
        if known is None:
            part.add.append(render(after[name]))
        elif known != after[name]:
            part.change.append(render(after[name]))
    return part


def _head(old: Graph, new: Graph) -> Manifest:
    before = frame_json(old) | dict(old.extra)
    after = frame_json(new) | dict(new.extra)
    names = dict.fromkeys((*after, *before))
    return {name: after.get(name) for name in names if before.get(name) != after.get(name)}


def _rows(old: Graph, new: Graph) -> list[JSON] | None:
    """Return the rows that changed, each behind its place; None where the table goes whole."""
    if old.columns != new.columns or len(old.rows) != len(new.rows):
        return None
    return [
        [place, row_json(row)]
        for place, (before, row) in enumerate(zip(old.rows, new.rows, strict=True))
        if before is not row and before != row
    ]
