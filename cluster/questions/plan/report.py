"""A plan as what is kept of it: JSON with everything a page, an export or a link later shows.

Bounded: long lists are cut and their whole lengths are told in `counts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from cluster.domains.policy.reach import Reach
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key
from cluster.questions.plan.picture import Picture
from cluster.questions.plan.planning import Plan
from cluster.questions.plan.reasons import Reasons
from cluster.questions.plan.rendering import summary, to_markdown, to_text
from cluster.questions.reach.peers import named_workload, parse_range
from cluster.questions.reach.rendering import ports_text

MOST_ROWS = 500
"""Connections, names, routes or findings of one list that are kept."""

MOST_KEPT = 24
"""Unchanged connections that are drawn beside those that change."""

MOST_OBJECTS = 300
"""Objects whose versions before and after are kept."""

LARGEST_OBJECT = 64 * 1024
"""Bytes of a version that is kept whole, as JSON."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with the two states it compares, and what explains either."""

    plan: Plan
    before: Picture
    after: Picture
    was: Reasons
    now: Reasons


def report(planned: Planned) -> Manifest:
    """Return what is kept of a plan."""
    plan = planned.plan
    gained, lost = plan.reach.gained, plan.reach.lost
    return {
        "summary": summary(plan),
        "counts": _counts(plan),
        "objects": list(_objects(planned)),
        "gained": [_row(planned, row, is_gained=True) for row in gained[:MOST_ROWS]],
        "lost": [_row(planned, row, is_gained=False) for row in lost[:MOST_ROWS]],
        "kept": [_plain(row) for row in _kept(planned)],
        "services": _three(plan.doors),
        "dns": _three(plan.names),
        "routes": _three(plan.routes),
        "findings": {
            "new": [finding.answer() for finding in plan.new[:MOST_ROWS]],
            "gone": [finding.answer() for finding in plan.gone[:MOST_ROWS]],
        },
        "refused": [item.answer() for item in plan.refused],
        "markdown": to_markdown(plan),
        "text": to_text(plan),
    }


def _counts(plan: Plan) -> Manifest:
    return {
        "added": len(plan.added), "changed": len(plan.changed), "removed": len(plan.removed),
        "gained": len(plan.reach.gained), "lost": len(plan.reach.lost),
        "new": len(plan.new), "gone": len(plan.gone),
        "opened": len(plan.doors[0]), "closed": len(plan.doors[1]), "moved": len(plan.doors[2]),
        "names": sum(map(len, plan.names)), "routes": sum(map(len, plan.routes)),
        "refused": len(plan.invalid),
    }  # fmt: skip


def _three(found: tuple[list[Manifest], list[Manifest], list[Manifest]]) -> Manifest:
    names = ("gained", "lost", "changed")
    return {name: [*rows[:MOST_ROWS]] for name, rows in zip(names, found, strict=True)}


# objects


def _objects(planned: Planned) -> Iterator[Manifest]:
    """Yield the objects that change, with both versions of the first of them."""
    plan = planned.plan
    fields = {item.key: item.fields for item in plan.changed}
    listed: list[tuple[str, Key]] = [
        *(("added", key) for key in plan.added),
        *(("changed", item.key) for item in plan.changed),
        *(("removed", key) for key in plan.removed),
    ]
    for at, (verb, key) in enumerate(listed):
        is_kept = at < MOST_OBJECTS
        yield {
            "verb": verb, "kind": key.kind, "namespace": key.namespace, "name": key.name,
            "fields": [*fields.get(key, ())], "remade": key in plan.remade,
            "before": _version(planned.before.objects.get(key)) if is_kept else None,
            "after": _version(planned.after.objects.get(key)) if is_kept else None,
        }  # fmt: skip


def _version(manifest: Manifest | None) -> Manifest | None:
    if manifest is None or len(orjson.dumps(manifest)) > LARGEST_OBJECT:
        return None
    return manifest


# connections


def _row(planned: Planned, row: Reach, *, is_gained: bool) -> Manifest:
    """Return a connection that changes: why it is so now, and why it was before."""
    now = planned.plan.why.get(row, "")
    was = "" if is_gained else planned.was.passing(row)
    reasons = planned.now if is_gained else planned.was
    protocol, port = reasons.example(row)
    return _plain(row) | {
        "why": now, "was": was, "protocol": protocol, "port": port,
        "from": _peer(row.source), "to": _peer(row.destination),
    }  # fmt: skip


def _plain(row: Reach) -> Manifest:
    return {"src": row.source, "dst": row.destination, "ports": ports_text(row.ports)}


def _peer(name: str) -> str:
    """Return a peer as the question `trace` reads it, empty where it can name none."""
    if named_workload(name) is not None:
        return name
    held = parse_range(name)
    return str(held.address()) if held is not None else ""


def _kept(planned: Planned) -> list[Reach]:
    """Return connections that stay, of those whom a change concerns.

    First between peers of which both see a change, then who else connects to such peers.
    """
    changed = [*planned.plan.reach.gained, *planned.plan.reach.lost]
    sources = {row.source for row in changed}
    targets = {row.destination for row in changed}
    before = {(row.source, row.destination) for row in planned.before.reach}
    stays = [
        row
        for row in planned.after.reach
        if row.destination in targets and (row.source, row.destination) in before
    ]
    stays.sort(key=lambda row: row.source not in sources)
    return stays[:MOST_KEPT]


def rows_of(kept: Manifest, name: str) -> list[Manifest]:
    """Return a list of a kept plan."""
    held: JSON = kept.get(name)
    return [item for item in held if isinstance(item, dict)] if isinstance(held, list) else []
