"""What goes over the sockets, one TypedDict for each message (docs/graph.md: Over the socket)."""

from __future__ import annotations

from typing import Literal, TypeAlias, TypedDict

import orjson

from cluster.machinery.manifest import JSON, Manifest


class Snapshot(TypedDict):
    """A whole view: first, and whenever deltas cannot follow."""

    type: Literal["snapshot"]
    rev: int
    graph: Manifest


class Heartbeat(TypedDict):
    """Nothing happened; what the page shows is true at `rev`, which was written at `time`."""

    type: Literal["heartbeat"]
    rev: int
    time: str


class Gone(TypedDict):
    """What the view is of was deleted."""

    type: Literal["gone"]
    rev: int


class Error(TypedDict):
    """Why the server closes; a sentence for the reader."""

    type: Literal["error"]
    message: str


class Event(TypedDict):
    """One change of one object, or one finding that came or went."""

    rev: int
    time: str
    verb: Literal["added", "changed", "removed", "finding"]
    kind: str
    namespace: str
    name: str
    fields: list[str]
    text: str
    actor: str


class Events(TypedDict):
    """What happened up to `rev`. `missed` counts what is left out: the page reads it anew."""

    type: Literal["events"]
    rev: int
    events: list[Event]
    missed: int


class Import(TypedDict):
    """How far an import is; `rows` are the results that are new since the last message."""

    type: Literal["import"]
    phase: str
    state: str
    done: int
    total: int
    counts: dict[str, int]
    rows: list[Manifest]


Message: TypeAlias = Snapshot | Heartbeat | Gone | Error | Events | Import | Manifest
"""A message; deltas are made by `cluster.topology.diff`."""

CLOSE_GONE = 4404
CLOSE_REFUSED = 4403
CLOSE_MALFORMED = 4400
"""Why a socket was closed; numbers from 4000 on are an application's own (RFC 6455, 7.4.2)."""


def encode(message: Message) -> str:
    """Return a message as it is sent."""
    return orjson.dumps(message).decode()


def decode(text: str | None) -> Manifest:
    """Return what a client sent; an empty mapping for anything that is no mapping."""
    try:
        found: JSON = orjson.loads(text or "")
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
