"""Views that a reader asks something of: what the form holds, and what was wrong with it.

A parameter that means nothing costs the reader neither the page nor what was typed: the view is
drawn without it, and the form says what is wrong beside the field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from cluster.machinery.errors import ApiError, BadRequest, NotFound
from cluster.machinery.manifest import Manifest, mappings_at, text_at
from cluster.questions.views.table import parameters_of
from cluster.runtime.wording import said
from cluster.web.looking import MalformedView, draw
from cluster.web.refusals import nothing_called
from cluster.web.viewquery import changed

IN_A_FORM = {"dns": ("pod", "name", "type"), "ingress": ("url",)}
"""Parameters that stand in the form above the drawing."""
IN_PLACE = {"policy": ("port", "form", "focus")}
"""Parameters that the page shows in a way of its own."""
_NAMED = {"dns": "pod", "policy": "focus"}
"""The parameter that names an object which may not exist."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A view as it could be drawn: with which query, and what was wrong, by parameter."""

    graph: Manifest
    query: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


def draw_asked(cluster: str, query: Mapping[str, str], sees: Callable[[str], bool]) -> Drawn:
    """Return a view, without its own parameters where one of them means nothing.

    Raises what `draw` raises where that is not the reason.
    """
    try:
        return Drawn(draw(cluster, query, sees), query)
    except (BadRequest, NotFound) as error:
        fault = _fault(query, error)
        if fault is None:
            raise
        own = {parameter.name for parameter in parameters_of(query.get("view", ""))}
        rest = {name: value for name, value in query.items() if name not in own}
        name, text = fault
        return Drawn(draw(cluster, rest, sees), rest, {name: text}, error.code)


def _fault(query: Mapping[str, str], error: ApiError) -> tuple[str, str] | None:
    """Return the parameter that is at fault and what is wrong, None where none is."""
    view = query.get("view", "")
    given = [p.name for p in parameters_of(view) if query.get(p.name)]
    if isinstance(error, NotFound):
        name = _NAMED.get(view, "")
        return (name, nothing_called(error)) if name in given else None
    if isinstance(error, MalformedView) and error.parameter in given:
        return error.parameter, said(error.fault)
    return None


def form(given: Mapping[str, str], drawn: Drawn) -> dict[str, object]:
    """Return what the form above a drawing holds."""
    view = drawn.query.get("view", "")
    names = IN_A_FORM.get(view, ())
    kept = {k: v for k, v in given.items() if k not in {*names, "sel"}}
    types = next((p.choices for p in parameters_of(view) if p.name == "type"), ())
    return {
        "kept": list(kept.items()),
        "values": {name: given.get(name, "") for name in names},
        "faults": dict(drawn.faults),
        "told": [
            _("%(parameter)s: %(fault)s") % {"parameter": k, "fault": text}
            for k, text in drawn.faults.items()
            if k not in names
        ],
        "types": types,
        "clear": changed(given, **dict.fromkeys(names, "")),
    }


def placed(graph: Manifest, given: Mapping[str, str]) -> dict[str, object]:
    """Return the options of a view that the page shows as chips and as a switch."""
    found: dict[str, object] = {}
    for option in mappings_at(graph, "options"):
        name, value = text_at(option, "name") or "", text_at(option, "value") or ""
        if name in IN_PLACE.get(text_at(graph, "view") or "", ()):
            found[name] = [
                {
                    "label": text_at(choice, "label"),
                    "is_chosen": text_at(choice, "value") == value,
                    "href": changed(given, **{name: text_at(choice, "value") or "", "sel": ""}),
                }
                for choice in mappings_at(option, "choices")
            ]
    return found


def is_placed(view: str, name: str) -> bool:
    """Whether an option has a place of its own on the page, outside the menus."""
    return name in IN_A_FORM.get(view, ()) or name in IN_PLACE.get(view, ())
