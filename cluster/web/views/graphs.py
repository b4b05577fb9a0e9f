"""The map and the diagrams: one page for every view, and the graph behind it as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cluster.machinery.errors import NotFound
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    integer_at,
    mapping_at,
    mappings_at,
    text_at,
)
from cluster.machinery.texts import say
from cluster.questions.query.drawn import found_in, only_rows, without
from cluster.questions.views.request import GROUPINGS, BadParameter
from cluster.questions.views.table import DIAGRAMS
from cluster.questions.withhold import withhold
from cluster.runtime.wording import ENGLISH, language, worded
from cluster.web.access import access_of
from cluster.web.addresses import diagram_address, diagrams_of, subject_of
from cluster.web.asking import draw_asked, form, is_placed, placed
from cluster.web.looking import MalformedView, draw, namespaces_in
from cluster.web.pages import page
from cluster.web.preferences import read_preferences
from cluster.web.querying import Dropped, asked, droppable
from cluster.web.refusals import Missing
from cluster.web.shell import Crumb
from cluster.web.subjects import find_subject
from cluster.web.tabs import Tab, tabs_of
from cluster.web.viewquery import TABS, changed, query_string, revision_in, view_query
from cluster.web.views.objects import gone
from cluster.web.words import series

MOST_NAMESPACES = 100
MOST_SCOPES = 4  # offered where a view was too big
LONGEST_PAGE = 7  # digits of a page's number
LANGUAGE = "lang"  # the socket's own parameter: it has no cookie to go by


def root(_request: HttpRequest, cluster: str) -> HttpResponse:
    """Send a bare cluster address to its map."""
    return redirect("map", cluster=cluster)


def cluster_map(request: HttpRequest, cluster: str) -> HttpResponse:
    """Show the map of a cluster, at the level the address or the reader asks for."""
    usual = "" if request.GET.get("lvl") else read_preferences(request).level
    query = view_query(request.GET.dict(), view="map", lvl=usual)
    return _graph_page(request, cluster, query)


def diagram(
    request: HttpRequest, cluster: str, diagram: str, namespace: str, name: str
) -> HttpResponse:
    """Show one of the eight diagrams of a Service, an Ingress or a NetworkPolicy."""
    if diagram not in DIAGRAMS:
        raise Missing(_("There is no diagram called %(name)s.") % {"name": diagram})
    query = view_query(request.GET.dict(), view=diagram, of=f"{namespace}/{name}")
    try:
        return _graph_page(request, cluster, query)
    except NotFound:
        subject = find_subject(request, cluster, subject_of(diagram), namespace, name)
        if subject.manifest is not None:
            raise  # it was not there at the revision that the address asks for
        return gone(request, subject)


def document(request: HttpRequest, cluster: str) -> HttpResponse:
    """Return a view's graph as JSON (docs/graph.md): exactly what the page draws."""
    given = request.GET.dict()
    sees = access_of(request).sees
    hidden = {"omit": given["hide"]} if given.get("hide") and not given.get("omit") else {}
    graph = draw(cluster, view_query(given | hidden), sees)
    shown, _hidden = withhold(graph, sees)
    shown = _filtered(shown, given)
    response = HttpResponse(orjson.dumps(worded(shown)), content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


def _filtered(graph: Manifest, given: Mapping[str, str]) -> Manifest:
    """Return a graph without what `hide` means; with `q` it says which cards that means.

    Raises BadRequest for a query that cannot be read, naming the parameter.
    """
    for name in ("hide", "q"):
        errors = asked(given, name).parsed.errors
        if errors:
            fault = say(
                "{fault}, at character {number}",
                fault=errors[0].message,
                number=errors[0].start + 1,
            )
            raise MalformedView(BadParameter(name, fault))
    hide, query = asked(given, "hide"), asked(given)
    shown = graph if hide.is_blank else without(graph, hide.text)
    if query.is_blank:
        return shown
    found: list[JSON] = [*sorted(found_in(shown, query.text))]
    return shown | {"match": {"q": query.text, "ids": found}}


def _graph_page(request: HttpRequest, cluster: str, query: dict[str, str]) -> HttpResponse:
    drawn = drawn_view(request, cluster, query)
    graph = cast("Manifest", drawn["graph"])
    query = cast("dict[str, str]", drawn["view_query"])
    given = request.GET.dict()
    return page(
        request,
        "cluster/graph.html",
        section="map",
        cluster=cluster,
        title=text_at(graph, "title") or _("Map"),
        crumbs=_crumbs(graph),
        status=cast("int", drawn["status"]),
        at=revision_in(query),
        live_href=changed(given, at=""),
        kept_parameters=[(k, v) for k, v in given.items() if k not in {"q", "hide"}],
        query=asked(given),
        hide=asked(given, "hide"),
        table=_table(graph, given),
        dropped=_droppable(graph, given),
        unfiltered_href=changed(given, q="", hide=""),
        more={**drawn, **_choices(cluster, given, query, graph)},
    )


def _table(graph: Manifest, given: Mapping[str, str]) -> Manifest:
    """Return the table as the filters of the address leave it, for readers without scripts."""
    hide, query = asked(given, "hide"), asked(given)
    if mapping_at(graph, "sifted") == {"find": "", "omit": "", **_queries(given)}:
        return mapping_at(graph, "table")
    shown = graph if hide.is_blank else without(graph, hide.text)
    if not query.is_blank:
        shown = only_rows(shown, found_in(shown, query.text))
    return mapping_at(shown, "table")


def _droppable(graph: Manifest, given: Mapping[str, str]) -> list[Dropped]:
    """Return which terms may go where the filters of the address leave no row of the table."""

    def count(other: Mapping[str, str]) -> int:
        return len(mappings_at(_table(graph, other), "rows"))

    return [] if count(given) else droppable(given, ("hide",), count)


def drawn_view(request: HttpRequest, cluster: str, query: dict[str, str]) -> dict[str, object]:
    """Return what a template needs to show a view in its three forms, with the drawer.

    Raises NotFound and BadRequest as `draw` does.
    """
    given = request.GET.dict()
    if given.get("sel"):
        query = query | {"keep": given["sel"]}
    sees = access_of(request).sees
    drawn = draw_asked(cluster, query, sees)
    is_cut = any(mapping_at(drawn.graph, name) for name in ("truncated", "listed"))
    if is_cut and (queries := _queries(given)):
        query = query | queries  # a group that holds a match is folded last, the table is searched
        drawn = draw_asked(cluster, query, sees)
    query = dict(drawn.query)
    graph, hidden = withhold(drawn.graph, sees)
    if not is_cut:
        for name in ("keep", "find", "omit"):  # a view drawn whole is the same for every selection
            query.pop(name, None)
    tab = given.get("tab", "")
    wanted = query_string(query)
    live = {name: value for name, value in query.items() if name != "at"}
    spoken = live if language() == ENGLISH else {**live, LANGUAGE: language()}
    socket = f"/ws/c/{cluster}/graph{query_string(spoken)}"
    return {
        "status": drawn.status,
        "view_query": query,
        "asking": form(given, drawn),
        "placed": placed(worded(graph), given),
        "graph": worded(graph),
        "graph_url": reverse("graph", kwargs={"cluster": cluster}) + wanted,
        "ws_url": socket if revision_in(query) is None else "",
        "later_ws_url": socket,
        "tab": tab if tab in TABS else TABS[0],
        "tabs": _tabs(tab),
        "drawer_parts": _drawer_parts(),
        "withheld": _withheld(hidden),
        "folded": text_at(worded(graph), "folded") or "",
        "scopes": _scopes(graph),
        "pages": _card_pages(graph, given),
        "table_href": changed(given, tab="table"),
        "row_pages": _row_pages(graph, given),
    }


def _queries(given: Mapping[str, str]) -> dict[str, str]:
    """Return what an address looks for and hides, as a view is asked; none that has a fault."""
    wanted = {"find": asked(given), "omit": asked(given, "hide")}
    return {
        name: query.text.strip()
        for name, query in wanted.items()
        if not query.is_blank and not query.parsed.errors
    }


KIND_VIEWS = {"ingress": "Ingress"}
"""Views that are called as the kind they are of: `ingress` is a direction."""


def _choices(
    cluster: str, given: Mapping[str, str], query: Mapping[str, str], graph: Manifest
) -> dict[str, object]:
    """Return what the tool bar's menus offer."""
    if query["view"] != "map":
        namespace, _slash, name = query["of"].partition("/")
        siblings = diagrams_of(subject_of(query["view"]))
        return {
            "diagrams": [
                {
                    "id": kind,
                    "label": _(KIND_VIEWS.get(kind, kind)),  # a word that views say
                    "href": diagram_address(cluster, kind, namespace, name),
                }
                for kind in siblings
            ],
            "focus_kept": [(k, v) for k, v in given.items() if k not in {"focus", "sel"}],
            "options": [
                _option(item, given)
                for item in mappings_at(graph, "options")
                if not is_placed(query["view"], text_at(item, "name") or "")
            ],
        }
    words = {
        "L0": _("cluster"),
        "L1": pgettext("level of detail", "namespace"),
        "L2": _("service"),
        "L3": _("pods"),
    }
    level = text_at(graph, "level") or ""
    return {
        "levels": [
            {"id": name, "label": word, "href": _level_address(given, query, name, level)}
            for name, word in words.items()
        ],
        "level_label": words.get(level, level),
        "groupings": _groupings(given, query) if level == "L1" else [],
        "namespace": query.get("ns", ""),
        "namespaces": [
            {"name": name, "href": changed(given, ns=name, lvl="L1", of="", page="")}
            for name in namespaces_in(cluster)[:MOST_NAMESPACES]
        ],
    }


def _level_address(
    given: Mapping[str, str], query: Mapping[str, str], name: str, level: str
) -> str:
    """Return the address of another level: what the present one is of gives the namespace."""
    if name == level or not query.get("of"):
        return changed(given, lvl=name, page="")
    parts = query["of"].split("/")
    namespace = parts[-2] if name != "L0" and len(parts) > 1 else ""
    return changed(given, lvl=name, ns=namespace, of="", page="", sel="")


def _option(option: Manifest, given: Mapping[str, str]) -> dict[str, object]:
    """Return what a menu offers of one option of the view: the chosen words, and the others."""
    name, value = text_at(option, "name") or "", text_at(option, "value") or ""
    choices = [
        {
            "label": text_at(choice, "label"),
            "is_chosen": text_at(choice, "value") == value,
            "href": changed(given, **{name: text_at(choice, "value") or "", "sel": ""}),
        }
        for choice in mappings_at(option, "choices")
    ]
    chosen = next((choice["label"] for choice in choices if choice["is_chosen"]), value)
    return {
        "name": name,
        "label": text_at(option, "label"),
        "value": value,
        "chosen": chosen,
        "choices": choices,
        "kept": [(k, v) for k, v in given.items() if k not in {name, "sel"}],
    }


def _groupings(given: Mapping[str, str], query: Mapping[str, str]) -> list[dict[str, object]]:
    words = {"workload": _("workload"), "zone": _("zone"), "node": _("node")}
    chosen = query.get("grp") or GROUPINGS[0]
    return [
        {
            "id": name,
            "label": words[name],
            "href": changed(given, grp="" if name == GROUPINGS[0] else name, open=""),
            "is_on": name == chosen,
        }
        for name in GROUPINGS
    ]


def _crumbs(graph: Manifest) -> list[Crumb]:
    """Return the graph's breadcrumbs; the first, its cluster, is the page's already."""
    given = [
        Crumb(text_at(item, "label") or "", text_at(item, "href") or "")
        for item in mappings_at(graph, "crumbs")[1:]
    ]
    return given or [Crumb(_("map"))]


def _tabs(wanted: str) -> list[Tab]:
    return tabs_of({"diagram": _("Diagram"), "table": _("Table"), "text": _("Text")}, wanted)


def _drawer_parts() -> list[Tab]:
    words = {
        "summary": _("Summary"), "why": _("Why"), "yaml": _("YAML"),
        "events": _("Events"), "links": _("Links"),
    }  # fmt: skip
    return tabs_of(words, "why", {name: f"dp-{name}" for name in words})


def _withheld(kinds: list[str]) -> str:
    if not kinds:
        return ""
    return _("Your account may not list %(kinds)s: ask for the permission %(permissions)s.") % {
        "kinds": series(kinds),
        "permissions": series(f"cluster.view_{kind.lower()}" for kind in kinds),
    }


def _row_pages(graph: Manifest, given: Mapping[str, str]) -> dict[str, object]:
    """Return where in a long table its rows are, and the ways on; nothing for a short one."""
    listed = mapping_at(graph, "listed")
    if not listed:
        return {}
    page, pages = integer_at(listed, "page") or 1, integer_at(listed, "pages") or 1
    words = {name: f"{integer_at(listed, name) or 0:,}" for name in ("first", "last", "total")}
    return {
        "text": _("Rows %(first)s to %(last)s of %(total)s") % words,
        "before": changed(given, rows=str(page - 1), tab="table") if page > 1 else "",
        "after": changed(given, rows=str(page + 1), tab="table") if page < pages else "",
    }


def _scopes(graph: Manifest) -> list[dict[str, str]]:
    """Return what of a view that was too big can be looked at alone, the biggest first."""
    folded = [
        node
        for node in mappings_at(graph, "nodes")
        if text_at(node, "kind") == "Namespace"
        and (text_at(node, "id") or "").startswith("Fold/")
        and node.get("href")
    ]
    folded.sort(key=lambda node: -(integer_at(node, "size") or integer_at(node, "count") or 0))
    return [
        {"name": text_at(node, "name") or "", "href": text_at(node, "href") or ""}
        for node in folded[:MOST_SCOPES]
    ]


def _card_pages(graph: Manifest, given: Mapping[str, str]) -> dict[str, str]:
    """Return the ways to the pages of Pods before and after, "" where there is none."""
    if text_at(graph, "level") != "L3":
        return {}
    page = given.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < LONGEST_PAGE else 1
    return {
        "before": changed(given, page=str(number - 1), sel="", vp="") if number > 1 else "",
        "after": changed(given, page=str(number + 1), sel="", vp="") if graph.get("next") else "",
    }
