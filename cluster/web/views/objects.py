"""The page of one object, its parts for the drawer, and the page of one that is gone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from cluster.machinery.manifest import Manifest, text_at
from cluster.questions.relations import Relation, Relations, relations
from cluster.runtime.wording import said
from cluster.store import events, read
from cluster.web.access import access_of
from cluster.web.addresses import (
    diagram_address,
    diagrams_of,
    field_address,
    object_address,
)
from cluster.web.drilling import buttons_for, controller_of, up_to_controller
from cluster.web.history import difference
from cluster.web.looking import look
from cluster.web.manifest_yaml import highlighted, render_lines, sections, text_of
from cluster.web.network import network_of
from cluster.web.pages import page, wants_live_part
from cluster.web.peers import KINDS_OF_PEERS
from cluster.web.refusals import Missing
from cluster.web.shell import Crumb
from cluster.web.standing import standing_of
from cluster.web.subjects import (
    Subject,
    conditions_of,
    facts_of,
    find_subject,
    is_terminating,
    labels_of,
    versions_of,
)
from cluster.web.tracing import peer_of, plan_address, trace_address
from cluster.web.viewquery import query_string
from cluster.web.within import inside, map_of

Context = dict[str, object]
MOST_EVENTS = 50
TABS = ("relations", "yaml", "history", "events")


def detail(
    request: HttpRequest, cluster: str, kind: str, namespace: str, name: str
) -> HttpResponse:
    """Show an object; `?part=` gives one part alone, for the drawer, `?download` its YAML."""
    subject = find_subject(request, cluster, kind, namespace, name)
    if subject.kind.kind != kind or bool(subject.key.namespace) != bool(namespace):
        return redirect(object_address(cluster, subject.key))
    if subject.manifest is None:
        return gone(request, subject)
    if "download" in request.GET:
        return _download(subject, subject.manifest)
    part = request.GET.get("part", "")
    if part in PARTS:
        context = PARTS[part](request, subject, subject.manifest)
        return render(request, f"cluster/parts/{part}.html", {"subject": subject, **context})
    return _whole(request, subject, subject.manifest)


def _whole(request: HttpRequest, subject: Subject, manifest: Manifest) -> HttpResponse:
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else TABS[0]
    return page(
        request,
        "cluster/object.html",
        section="map",
        cluster=subject.cluster.name,
        live_since=subject.cluster.revision,
        title=subject.title,
        crumbs=_crumbs(subject),
        subject=subject,
        manifest=manifest,
        tab=tab,
        tabs=list(zip(TABS, (_("Relations"), _("YAML"), _("History"), _("Events")), strict=True)),
        diagrams=_diagrams(subject),
        admin_href=_admin_address(request, subject),
        drills=buttons_for(access_of(request), subject, manifest),
        more={
            **_ways(subject),
            **_summary(request, subject, manifest),
            **_TAB_CONTEXTS[tab](request, subject, manifest),
        },
    )


def _ways(subject: Subject) -> Context:
    """Return where a trace and a plan begin with this object."""
    cluster, name = subject.cluster.name, subject.key.node_id
    found: Context = {
        "plan_href": plan_address(cluster, of=name),
        "plan_deletion_href": plan_address(cluster, delete=name),
    }
    if subject.key.kind in KINDS_OF_PEERS:
        peer = peer_of(name)
        found["trace_from_href"] = trace_address(cluster, **{"from": peer})
        found["trace_to_href"] = trace_address(cluster, to=peer)
    return found


def _summary(request: HttpRequest, subject: Subject, manifest: Manifest) -> Context:
    with look(subject.cluster.name) as seen:
        findings = seen.facts.of(subject.key)
        network = network_of(
            subject.cluster.name, subject.key, manifest, seen.snapshot, access_of(request)
        )
    return {
        **network,
        "facts": facts_of(subject.kind, manifest),
        "standing": standing_of(subject.kind, manifest),
        "conditions": conditions_of(manifest),
        "labels": labels_of(manifest),
        "annotations": labels_of(manifest, "annotations"),
        "created": text_at(manifest, "metadata", "creationTimestamp"),
        "revision": text_at(manifest, "metadata", "resourceVersion"),
        "is_terminating": is_terminating(manifest),
        "findings": findings,
        "state": _state(manifest, [finding.severity for finding in findings]),
        "object_href": object_address(subject.cluster.name, subject.key),
    }


def _state(manifest: Manifest, severities: list[str]) -> str:
    if is_terminating(manifest):
        return "term"
    if "error" in severities:
        return "deny"
    return "warn" if "warning" in severities else "ok"


def _relations(request: HttpRequest, subject: Subject, _manifest: Manifest) -> Context:
    is_namespace = subject.key.kind == "Namespace"
    with look(subject.cluster.name) as seen:
        found = relations(seen.snapshot, subject.key)
        contents = inside(seen, subject.key.name, access_of(request)) if is_namespace else {}
    more = {said(word): number for word, number in found.more.items()}
    return {"groups": _grouped(subject.cluster.name, found), "more": more, **contents}


def _grouped(cluster: str, found: Relations) -> list[Context]:
    """Return runs of relations of one word, with whether one field is the reason of them all."""
    runs = groupby(found.listed, key=lambda relation: relation.word)
    return [
        {
            "word": said(word),
            "rows": [_addressed(cluster, relation) for relation in run],
            "is_one_reason": len({(r.holder, r.path, r.value) for r in run}) == 1,
        }
        for word, run in ((word, list(run)) for word, run in runs)
    ]


def _addressed(cluster: str, relation: Relation) -> Context:
    return {
        "relation": relation,
        "href": object_address(cluster, relation.key),
        "holder_href": field_address(cluster, relation.holder, relation.path),
    }


def _yaml(request: HttpRequest, subject: Subject, manifest: Manifest) -> Context:
    lines = highlighted(render_lines(manifest), request.GET.get("path", ""))
    address = object_address(subject.cluster.name, subject.key)
    drawn = _diagrams(subject)
    return {
        "sections": sections(lines),
        "download_href": f"{address}?download",
        "causes": _causes(subject),
        "drawing": drawn[0] if drawn and subject.key.kind != "Namespace" else None,
    }


def _causes(subject: Subject) -> list[Context]:
    """Return the relations that rest on a field of the object itself, by field."""
    with look(subject.cluster.name) as seen:
        found = relations(seen.snapshot, subject.key)
    return [
        {
            "path": relation.path,
            "word": said(relation.word),
            "id": relation.key.node_id,
            "label": str(relation.key),
            "href": object_address(subject.cluster.name, relation.key),
        }
        for relation in found.listed
        if relation.holder == subject.key
    ]


def _history(request: HttpRequest, subject: Subject, manifest: Manifest) -> Context:
    """Return the versions and what differs between the two that are chosen (the last two)."""
    versions = versions_of(subject)
    chosen = _revision(request, "to")
    newest = versions[0] if versions else None
    entry = next((v for v in versions if v.change.revision == chosen), newest)
    start = _revision(request, "from")
    before = read.object_at(subject.cluster, subject.key, start) if start else None
    if entry is None:
        return {"versions": [], "changes": []}
    old = before if before is not None else (entry.previous or {})
    new = entry.change.manifest()
    return {
        "versions": versions,
        "changes": difference(old, new),
        "chosen": entry.change.revision,
        "start": start,
        "is_created": not old,
    }


def _revision(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0  # noqa: PLR2004


def _events(_request: HttpRequest, subject: Subject, _manifest: Manifest) -> Context:
    return {
        "seen_events": events(subject.cluster, subject.key, limit=MOST_EVENTS),
        "versions": versions_of(subject),
    }


def _links(request: HttpRequest, subject: Subject, manifest: Manifest) -> Context:
    return {
        "diagrams": _diagrams(subject),
        "admin_href": _admin_address(request, subject),
        "object_href": object_address(subject.cluster.name, subject.key),
        **_relations(request, subject, manifest),
    }


def _diagrams(subject: Subject) -> list[Context]:
    key = subject.key
    if key.kind == "Namespace":
        return [map_of(subject.cluster.name, key.name)]
    return [
        {"id": name,
         "label": _(name),  # a word that views say
         "href": diagram_address(subject.cluster.name, name, key.namespace, key.name),
         "graph_url": _graph_address(subject, name)}
        for name in diagrams_of(key.kind)
    ]  # fmt: skip


def _graph_address(subject: Subject, diagram: str) -> str:
    query = {"view": diagram, "of": f"{subject.key.namespace}/{subject.key.name}"}
    return reverse("graph", kwargs={"cluster": subject.cluster.name}) + query_string(query)


def _admin_address(request: HttpRequest, subject: Subject) -> str:
    """Return where the admin edits the object, "" for readers who may not."""
    access = access_of(request)
    if not (access.may("change", subject.kind.kind) and getattr(request.user, "is_staff", False)):
        return ""
    row = read.row_of(subject.cluster, subject.key)
    try:
        return reverse(f"admin:cluster_{subject.kind.singular}_change", args=[row]) if row else ""
    except NoReverseMatch:
        return ""


def _crumbs(subject: Subject) -> list[Crumb]:
    key = subject.key
    cluster = reverse("map", kwargs={"cluster": subject.cluster.name})
    inside = (
        [Crumb(key.namespace, f"{cluster}?lvl=L1&ns={key.namespace}")] if key.namespace else []
    )
    words = (*subject.kind.short_names, subject.kind.singular)
    word = next(word for word in words if len(word) > 2)  # noqa: PLR2004 - `no`, `po` say little
    return [*inside, Crumb(f"{word} {key.name}")]


def _download(subject: Subject, manifest: Manifest) -> HttpResponse:
    text = text_of(render_lines(manifest))
    name = f"{subject.kind.singular}-{subject.key.name}.yaml"
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    disposition = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Disposition"] = disposition or "attachment"
    return response


def gone(request: HttpRequest, subject: Subject) -> HttpResponse:
    """Show an object that is no more: since when, by whom, and its last known version."""
    versions = versions_of(subject)
    if not versions:
        text = _("%(object)s does not exist in %(cluster)s, and its log knows of none.")
        raise Missing(text % {"object": subject.title, "cluster": subject.cluster.name})
    last = versions[0].change
    if wants_live_part(request):
        return HttpResponse(status=204)
    if request.GET.get("part"):
        return render(request, "cluster/parts/gone.html", {"last": last}, status=410)
    controller = controller_of(subject, last.manifest())
    return page(
        request,
        "cluster/gone.html",
        section="map",
        cluster=subject.cluster.name,
        title=_("%(object)s is gone") % {"object": subject.title},
        crumbs=_crumbs(subject),
        subject=subject,
        last=last,
        versions=versions,
        sections=sections(render_lines(last.manifest())),
        may_restore=controller is None and access_of(request).may("add", subject.kind.kind),
        not_restored=up_to_controller(subject, controller) if controller else "",
        status=410,
    )


Part = Callable[[HttpRequest, Subject, Manifest], Context]


def _drills(request: HttpRequest, subject: Subject, manifest: Manifest) -> Context:
    return {"drills": buttons_for(access_of(request), subject, manifest)}


PARTS: dict[str, Part] = {
    "drills": _drills,
    "summary": _summary,
    "yaml": _yaml,
    "events": _events,
    "links": _links,
}
_TAB_CONTEXTS: dict[str, Part] = {
    "relations": _relations,
    "yaml": _yaml,
    "history": _history,
    "events": _events,
}
