"""The question `plan`: what a change would open, close, break and rename."""

from __future__ import annotations

from cluster.catalog import KINDS
from cluster.engine.admission import Mode
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.texts import say
from cluster.questions.asked import Asked
from cluster.questions.plan.changing import NewSet, copy_of
from cluster.questions.plan.picture import picture
from cluster.questions.plan.planning import Plan, compare_pictures
from cluster.questions.plan.reasons import Reasons
from cluster.questions.plan.report import Planned
from cluster.questions.question import Field, Given, Question, bad
from cluster.questions.reach.options import parse_options
from cluster.questions.steps import take_step


def planned(asked: Asked, given: Given, mode: Mode = "seed") -> Plan:
    """Return the plan for `objects` (the new set) or `steps`; raises QuestionError.

    `mode` says how the new objects enter: as those of a cluster, or as files that someone wrote.
    """
    return planned_whole(asked, given, mode).plan


def planned_whole(asked: Asked, given: Given, mode: Mode = "seed") -> Planned:
    """Return the plan as `planned` does, with both states and what explains them."""
    objects, steps = _listed(given, "objects"), _listed(given, "steps")
    if (objects is None) == (steps is None):
        raise bad(say("a plan needs objects (the new set) or steps"), "objects")
    options = parse_options(given.mapping("options", {}))
    copied = copy_of(asked)
    copied.refused.clear()
    before, was = picture(copied, options), copied.snapshot.copied()
    new_set = NewSet(copied, mode)
    if objects is not None:
        new_set.apply(objects)
    for index, step in enumerate(steps or ()):
        take_step(copied, index, step)
    known = frozenset(peer for row in before.reach for peer in (row.source, row.destination))
    after, now = picture(copied, options), Reasons(copied.snapshot, known)
    plan = compare_pictures(
        before, after, now, tuple(sorted(new_set.remade)), tuple(copied.refused)
    )
    return Planned(plan, before, after, Reasons(was, known), now)


def _listed(given: Given, name: str) -> list[JSON] | None:
    found = given.fields.get(name)
    if found is None:
        return None
    if not isinstance(found, list):
        raise bad(say("{field} must be a list", field=name), name)
    return found


def _answer(asked: Asked, given: Given) -> Manifest:
    """Answer everything that differs between the cluster as it is and as it would be."""
    return planned(asked, given).json()


_LIST: Manifest = {"type": "array", "items": {"type": "object"}}
_NAMES: Manifest = {"type": "array", "items": {"type": "string"}}
_THREE: Manifest = {
    "type": "object",
    "properties": {"gained": _LIST, "lost": _LIST, "changed": _LIST},
}
PLAN = Question(
    "plan",
    "What a change would do to objects, connections, names, routes and findings.",
    _answer,
    (
        Field("objects", "The new set of objects, whole.", "mappings"),
        Field("steps", "Or: requests to make of the cluster, in order.", "mappings"),
        Field("options", "Other conventions, as for reach.", "mapping"),
    ),
    {
        "type": "object",
        "required": ["objects", "reach", "dns", "routes", "findings"],
        "properties": {
            "objects": {
                "type": "object",
                "properties": {
                    "added": _NAMES,
                    "changed": _NAMES,
                    "removed": _NAMES,
                    "fields": {"type": "object"},
                    "remade": _NAMES,
                },
            },
            "reach": {"type": "object", "properties": {"gained": _LIST, "lost": _LIST}},
            "services": _THREE,
            "dns": _THREE,
            "routes": _THREE,
            "findings": {"type": "object", "properties": {"new": _LIST, "gone": _LIST}},
            "refused": _LIST,
        },
    },
    frozenset(kind.kind for kind in KINDS),
    is_long=True,
)
