"""The trace page: one connection step by step, its path drawn beside the steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import cast

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cluster.machinery.drawing import Graph
from cluster.machinery.manifest import Manifest, text_at
from cluster.machinery.times import format_time
from cluster.questions.question import QuestionError
from cluster.questions.trace.answer import Trace
from cluster.questions.trace.question import TRACE, trace_in
from cluster.questions.trace.rendering import to_text
from cluster.questions.views import finished
from cluster.questions.views import trace_words as words
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.table import parse_request
from cluster.questions.views.trace_path import connection_of, draw_trace
from cluster.runtime.clock import now_seconds
from cluster.runtime.permissions import permission
from cluster.runtime.planning import planned_state
from cluster.runtime.wording import ENGLISH, language, said, worded
from cluster.store.handles import find_cluster
from cluster.store.plans import KeptPlan, find_plan
from cluster.store.read import get_many
from cluster.topology.rendering import table_json, to_json
from cluster.web.access import access_of
from cluster.web.looking import Seen, look, look_at
from cluster.web.pages import page
from cluster.web.peers import FIELDS as PEER_FIELDS
from cluster.web.peers import examples, peers_for
from cluster.web.recent import forget, recent_traces, remember
from cluster.web.remedies import keys_of
from cluster.web.shell import Crumb
from cluster.web.tabs import tabs_of
from cluster.web.tracing import (
    FIELDS,
    PROTOCOLS,
    form_fields,
    peer_of,
    steps_of,
    swapped,
    trace_address,
)
from cluster.web.viewquery import TABS, query_string, revision_in, view_query
from cluster.web.words import series

LONGEST = 300
MOST_NEAR = 4
ENDS = ("from", "to")
LANGUAGE = "lang"  # of the socket, which has no cookie to go by
Context = dict[str, object]


def trace(request: HttpRequest, cluster: str) -> HttpResponse:
    """Show the form and, with both ends given, the answer; `?part=` gives it alone."""
    handle = find_cluster(cluster)
    given = _given(request)
    hidden = access_of(request).hidden(TRACE.reads)
    if hidden:
        return _page(request, cluster, given, {"hidden": _missing(hidden)})
    if not (given["from"] and given["to"]):
        with look(cluster) as seen:
            found_ = [(s, t, trace_address(cluster, **{"from": s, "to": t}))
                      for s, t in examples(seen.snapshot)]  # fmt: skip
        recent = recent_traces(request, cluster)
        return _page(request, cluster, given, {"examples": found_, "recent": recent})
    at = revision_in(request.GET.dict())
    plan = _plan(request, cluster)
    with _state(cluster, at, plan) as seen:
        query = view_query(given, view="trace", at=str(at or ""))
        wanted = replace(parse_request(query, cluster), sees=access_of(request).sees)
        try:
            found = trace_in(seen.snapshot, seen.facts, connection_of(wanted))
        except QuestionError as error:
            return _refused(request, cluster, given, error)
        drawn = draw_trace(seen.snapshot, found, wanted)
        graph = finished(drawn, seen.snapshot, seen.facts, wanted)
        context = _answer(seen, found, graph, wanted)
    graph_json = cast("Manifest", context["graph"])
    part = request.GET.get("part", "")
    if part == "graph":
        return HttpResponse(orjson.dumps(graph_json), content_type="application/json")
    if part == "text":
        return HttpResponse(to_text(found), content_type="text/plain; charset=utf-8")
    is_now = at is None and plan is None
    stored = get_many(handle, keys_of(found)) if is_now else {}
    steps = steps_of(found, cluster, _kept(given), stored)
    context |= {"steps": steps, "trace": found, "at": at}
    if part == "answer":
        return render(request, "cluster/partials/trace_answer.html", context)
    context |= _addresses(cluster, query, live=at is None)
    if plan is not None:
        context |= _as_planned(given, plan)
    response = _page(request, cluster, given, context)
    if is_now:
        remember(
            request, response, cluster, given,
            state=text_at(graph_json, "verdict", "state") or "", seconds=now_seconds(),
        )  # fmt: skip
    return response


@require_POST
def forget_traces(_request: HttpRequest) -> HttpResponse:
    """Forget the traces that this browser looked at."""
    response = redirect("overview")
    forget(response)
    return response


def _plan(request: HttpRequest, cluster: str) -> KeptPlan | None:
    token = request.GET.get("plan", "")
    return find_plan(cluster, token[:LONGEST]) if token else None


@contextmanager
def _state(cluster: str, at: int | None, plan: KeptPlan | None) -> Iterator[Seen]:
    """Give the cluster as it is, as it was at a revision, or as it would be with a plan."""
    if plan is not None:
        made = planned_state(cluster, plan.text)
        yield Seen(cluster, plan.revision, plan.created, made.snapshot, made.facts)
        return
    with look(cluster) if at is None else look_at(cluster, at) as seen:
        yield seen


def _as_planned(given: Mapping[str, str], plan: KeptPlan) -> Context:
    """Return the addresses of a trace of what is planned: it is not live."""
    kept = _kept(given) | {"plan": plan.token}
    return {
        "plan": plan,
        "plan_href": reverse("plan-show", kwargs={"cluster": plan.cluster, "token": plan.token}),
        "before_href": trace_address(plan.cluster, **_kept(given)),
        "graph_url": trace_address(plan.cluster, **kept, part="graph"),
        "ws_url": "",
    }


def peers(request: HttpRequest, cluster: str) -> HttpResponse:
    """Answer what may stand in a field of the form, as JSON."""
    text = request.GET.get("q", "")[:LONGEST]
    field = request.GET.get("field", "")
    field = field if field in PEER_FIELDS else "from"
    with look(cluster) as seen:
        sees = access_of(request).sees
        found = peers_for(seen.snapshot, seen.facts, text, field=field, sees=sees)
    return JsonResponse({"results": [peer.json() for peer in found]})


def _given(request: HttpRequest) -> dict[str, str]:
    """Return the fields of the address; cards of a drawing become peers."""
    found = {name: request.GET.get(name, "").strip()[:LONGEST] for name in FIELDS}
    found["from"], found["to"] = peer_of(found["from"]), peer_of(found["to"])
    found["reply"] = "1" if request.GET.get("reply") in {"1", "true"} else ""
    return found


def _kept(given: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in given.items() if value}


def _missing(hidden: list[str]) -> str:
    text = _(
        "A trace rests on %(kinds)s, which your account may not list: ask for %(permissions)s."
    )
    return text % {
        "kinds": series(hidden),
        "permissions": series(permission("view", kind) for kind in hidden),
    }


def _refused(
    request: HttpRequest, cluster: str, given: dict[str, str], error: QuestionError
) -> HttpResponse:
    status = 404 if error.code == "NotFound" else 400
    if request.GET.get("part"):
        return HttpResponse(
            said(error.message), content_type="text/plain; charset=utf-8", status=status
        )
    context: Context = {"refused": error, "cause": said(error.message)}
    if error.field in ENDS and given[error.field]:
        context["near"] = _near(request, cluster, given, error.field)
    return _page(request, cluster, given, context, status=status)


def _near(
    request: HttpRequest, cluster: str, given: dict[str, str], field: str
) -> list[tuple[str, str]]:
    """Return objects that were perhaps meant, each with the address of the trace with it."""
    with look(cluster) as seen:
        found = peers_for(
            seen.snapshot, seen.facts, given[field], field=field, sees=access_of(request).sees
        )
    values = [peer.value for peer in found if peer.value != given[field] and "/" in peer.value]
    return [
        (value, trace_address(cluster, **{**_kept(given), field: value}))
        for value in values[:MOST_NEAR]
    ]


def _answer(seen: Seen, found: Trace, graph: Graph, wanted: ViewRequest) -> Context:
    document = to_json(
        graph, revision=seen.revision, time=format_time(seen.time), cluster=seen.cluster
    )
    rows = words.endpoint_rows(found, wanted)
    endpoints = table_json(replace(graph, columns=words.endpoint_columns(found), rows=rows))
    return {
        "graph": worded(document),
        "endpoints": worded(endpoints),
        "unlisted": max(0, len(found.endpoints) - words.MOST_ROWS),
        "passing": words.passing_of(found),
        "blocked": sum(item.verdict == "blocked" for item in found.endpoints),
    }


def _addresses(cluster: str, query: Mapping[str, str], *, live: bool) -> Manifest:
    wanted = query_string(query)
    spoken = query if language() == ENGLISH else {**query, LANGUAGE: language()}
    return {
        "graph_url": reverse("graph", kwargs={"cluster": cluster}) + wanted,
        "ws_url": f"/ws/c/{cluster}/graph{query_string(spoken)}" if live else "",
    }


def _page(
    request: HttpRequest,
    cluster: str,
    given: dict[str, str],
    context: Context,
    status: int = 200,
) -> HttpResponse:
    refused = context.get("refused")
    tab = request.GET.get("tab", "")
    kept = _kept(given)
    ends = [given[name] for name in ("from", "to") if given[name]]
    crumb = _("%(source)s to %(destination)s") % {"source": ends[0], "destination": ends[1]} if (
        len(ends) > 1
    ) else ""  # fmt: skip
    return page(
        request,
        "cluster/trace.html",
        section="trace",
        cluster=cluster,
        title=_("Trace %(ends)s") % {"ends": crumb} if crumb else _("Trace"),
        crumbs=[Crumb(_("trace"), trace_address(cluster)), *([Crumb(crumb)] if crumb else [])],
        status=status,
        fields=form_fields(given, refused if isinstance(refused, QuestionError) else None),
        protocols=PROTOCOLS,
        is_reply=bool(given["reply"]),
        swap_href=trace_address(cluster, **swapped(given)),
        reply_href=trace_address(cluster, **kept | {"reply": "" if given["reply"] else "1"}),
        text_href=trace_address(cluster, **kept | {"part": "text"}),
        answer_href=trace_address(cluster, **kept | {"part": "answer"}),
        peers_href=reverse("peers", kwargs={"cluster": cluster}),
        tab=tab if tab in TABS else TABS[0],
        tabs=tabs_of(
            {"diagram": _("Diagram"), "table": _("Table"), "text": _("Text")},
            tab,
            {"diagram": "v-path"},
        ),
        more=context,
    )
