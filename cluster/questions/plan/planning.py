"""The plan itself: two pictures and everything that differs between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cluster.domains.policy.reach import Reach
from cluster.machinery.findings import Finding
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key
from cluster.questions.facts import in_order
from cluster.questions.plan.connections import Difference, compare
from cluster.questions.plan.picture import Picture, Route
from cluster.questions.plan.reasons import Reasons
from cluster.questions.plan.service_ports import Door
from cluster.questions.reach.reachability import row_json
from cluster.questions.seeded import Refused

_UNTOLD = ("status",)
_UNTOLD_META = (
    "resourceVersion", "generation", "uid", "creationTimestamp", "managedFields", "selfLink",
)  # fmt: skip
_UNTOLD_ANNOTATIONS = (
    "deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration",
)  # fmt: skip
_UNTOLD_LABELS = frozenset({
    "controller-uid", "job-name", "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-name",
})  # fmt: skip
"""Labels that the server makes for a Job and its template (I-24)."""


@dataclass(frozen=True, slots=True)
class Changed:
    """An object that the change alters, and the fields."""

    key: Key
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change does.

    `doors` (ports of Services), `names` and `routes` are those gained, lost and changed, in order.
    """

    added: tuple[Key, ...]
    changed: tuple[Changed, ...]
    removed: tuple[Key, ...]
    remade: tuple[Key, ...]
    reach: Difference
    why: dict[Reach, str]
    doors: tuple[list[Manifest], list[Manifest], list[Manifest]]
    names: tuple[list[Manifest], list[Manifest], list[Manifest]]
    routes: tuple[list[Manifest], list[Manifest], list[Manifest]]
    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    refused: tuple[Refused, ...] = ()

    @property
    def invalid(self) -> tuple[Refused, ...]:
        """What was refused although its kind is served."""
        return tuple(item for item in self.refused if not item.is_unknown_kind)

    @property
    def matters(self) -> bool:
        """Whether reachability or findings change."""
        return bool(self.reach.gained or self.reach.lost or self.new or self.gone)

    def json(self) -> Manifest:
        """The JSON of the question `plan`."""
        return {
            "objects": {
                "added": [str(key) for key in self.added],
                "changed": [str(item.key) for item in self.changed],
                "removed": [str(key) for key in self.removed],
                "fields": {str(item.key): [*item.fields] for item in self.changed},
                "remade": [str(key) for key in self.remade],
            },
            "reach": {
                "gained": [self._row(row) for row in self.reach.gained],
                "lost": [self._row(row) for row in self.reach.lost],
            },
            "services": _three(self.doors),
            "dns": _three(self.names),
            "routes": _three(self.routes),
            "findings": {
                "new": [finding.answer() for finding in self.new],
                "gone": [finding.answer() for finding in self.gone],
            },
            "refused": [item.answer() for item in self.refused],
        }

    def _row(self, row: Reach) -> Manifest:
        return row_json(row) | {"why": self.why.get(row, "")}


def _three(found: tuple[list[Manifest], list[Manifest], list[Manifest]]) -> Manifest:
    gained, lost, changed = found
    return {"gained": [*gained], "lost": [*lost], "changed": [*changed]}


def compare_pictures(
    before: Picture,
    after: Picture,
    reasons: Reasons,
    remade: tuple[Key, ...] = (),
    refused: tuple[Refused, ...] = (),
) -> Plan:
    """Return the plan that leads from one picture to the other."""
    reach = compare(before.reach, after.reach)
    both = sorted(before.objects.keys() & after.objects.keys())
    changed = (
        Changed(key, fields_changed(before.objects[key], after.objects[key]))
        for key in both
        if before.objects[key] is not after.objects[key]
    )
    return Plan(
        added=tuple(sorted(after.objects.keys() - before.objects.keys())),
        changed=tuple(item for item in changed if item.fields),
        removed=tuple(sorted(before.objects.keys() - after.objects.keys())),
        remade=remade,
        reach=reach,
        why=dict(reasons.of(reach)),
        doors=_doors(before, after),
        names=_names(before, after),
        routes=_routes(before, after),
        new=tuple(in_order(after.findings - before.findings)),
        gone=tuple(in_order(before.findings - after.findings)),
        refused=refused,
    )


def fields_changed(old: Manifest, new: Manifest) -> tuple[str, ...]:
    """Return the paths at which two manifests differ, without what the server alone writes."""
    return tuple(dict.fromkeys(_differing(_told(old), _told(new), "")))


def _told(manifest: Manifest) -> Manifest:
    found = {name: value for name, value in manifest.items() if name not in _UNTOLD}
    meta = found.get("metadata")
    if isinstance(meta, dict):
        kept = {name: value for name, value in meta.items() if name not in _UNTOLD_META}
        notes = kept.pop("annotations", None)
        if isinstance(notes, dict):
            left = {name: v for name, v in notes.items() if name not in _UNTOLD_ANNOTATIONS}
            if left:
                kept["annotations"] = left
        labels = kept.pop("labels", None)
        if isinstance(labels, dict):
            own = {name: v for name, v in labels.items() if name not in _UNTOLD_LABELS}
            if own:
                kept["labels"] = own
        found["metadata"] = kept
    return found


def _differing(old: JSON, new: JSON, path: str) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys((*old, *new)):
            is_plain = not any(mark in name for mark in "./")
            below = f"{path}.{name}" if is_plain else f"{path}[{name}]"
            if name not in old or name not in new:
                yield below.removeprefix(".")
            else:
                yield from _differing(old[name], new[name], below)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _differing(one, other, f"{path}[{index}]")
    elif old != new:
        yield path.removeprefix(".")


def _doors(
    before: Picture, after: Picture
) -> tuple[list[Manifest], list[Manifest], list[Manifest]]:
    old, new = before.doors, after.doors

    def shown(door: Door, leads: str) -> Manifest:
        return {"service": door.service, "port": str(door), "leads": leads}

    gained = [shown(door, new[door]) for door in sorted(new.keys() - old.keys())]
    lost = [shown(door, old[door]) for door in sorted(old.keys() - new.keys())]
    changed: list[Manifest] = [
        {"service": door.service, "port": str(door), "was": old[door], "now": new[door]}
        for door in sorted(old.keys() & new.keys())
        if old[door] != new[door]
    ]
    return gained, lost, changed


def _names(
    before: Picture, after: Picture
) -> tuple[list[Manifest], list[Manifest], list[Manifest]]:
    old, new = before.names, after.names

    def shown(key: tuple[str, str], data: tuple[str, ...]) -> Manifest:
        return {"name": key[0], "type": key[1], "data": [*data]}

    gained = [shown(key, new[key]) for key in sorted(new.keys() - old.keys())]
    lost = [shown(key, old[key]) for key in sorted(old.keys() - new.keys())]
    changed: list[Manifest] = [
        {"name": key[0], "type": key[1], "was": [*old[key]], "now": [*new[key]]}
        for key in sorted(old.keys() & new.keys())
        if old[key] != new[key]
    ]
    return gained, lost, changed


def _routes(
    before: Picture, after: Picture
) -> tuple[list[Manifest], list[Manifest], list[Manifest]]:
    old, new = before.routes, after.routes

    def shown(route: Route, backend: str) -> Manifest:
        return {"route": str(route), "backend": backend}

    gained = [shown(key, new[key]) for key in sorted(new.keys() - old.keys())]
    lost = [shown(key, old[key]) for key in sorted(old.keys() - new.keys())]
    changed: list[Manifest] = [
        {"route": str(key), "was": old[key], "now": new[key]}
        for key in sorted(old.keys() & new.keys())
        if old[key] != new[key]
    ]
    return gained, lost, changed
