"""Plans: one form for manifests, and the page of what they would change; nothing is applied."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cluster.machinery.drawing import ICON_OF, PAINT_OF
from cluster.machinery.errors import ApiError
from cluster.machinery.kept_texts import retold
from cluster.machinery.manifest import Manifest, integer_at, mapping_at, text_at
from cluster.machinery.times import format_time
from cluster.machinery.typesetting import strung
from cluster.questions.plan.graph import SIDES, Side, plan_graph, verdict
from cluster.questions.plan.question import PLAN
from cluster.questions.question import QuestionError
from cluster.questions.search import find_objects
from cluster.runtime.permissions import permission
from cluster.runtime.planning import TOLD, make_plan, read_text, with_sources
from cluster.runtime.wording import said, worded
from cluster.store.changing import RefusedChange, change_objects
from cluster.store.handles import find_cluster
from cluster.store.log import revision_of
from cluster.store.plans import KeptPlan, delete_plan, find_plan, recent_plans
from cluster.topology.rendering import to_json
from cluster.web.access import access_of
from cluster.web.looking import look
from cluster.web.pages import NOTHING, page
from cluster.web.peers import quoted
from cluster.web.planform import PlanForm
from cluster.web.planning import (
    connections_of,
    data_changes,
    draft,
    faults_of,
    findings_of,
    missing_for,
    objects_of,
)
from cluster.web.refusals import Missing
from cluster.web.shell import Crumb
from cluster.web.tabs import tabs_of
from cluster.web.words import series

TABS = ("overlay", "side", "table")
DELETE_PLANS = "StoredPlan"
MOST_CHOICES = 12
RECENT = 12
LONGEST = 300


def compose(request: HttpRequest, cluster: str) -> HttpResponse:
    """Show the form, prefilled where the address asks for it; compute and keep a plan."""
    find_cluster(cluster)
    hidden = access_of(request).hidden(PLAN.reads)
    form = PlanForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and not hidden:
        if form.is_valid():
            made = _make(request, cluster, form)
            if made is not None:
                return redirect("plan-show", cluster=cluster, token=made.token)
        return _compose_page(request, cluster, form, text=form.text_now())
    try:
        text, title = draft(cluster, _given(request))
    except QuestionError as error:
        form = PlanForm()
        status = 404 if error.code == "NotFound" else 400
        return _compose_page(
            request, cluster, form, more={"wrong": said(error.message)}, status=status
        )
    form = PlanForm(initial={"title": title})
    return _compose_page(request, cluster, form, text=text, more={"hidden": _missing(hidden)})


def _joined(*texts: str) -> str:
    """Return texts of documents as one."""
    parts = [text.rstrip() for text in texts if text.strip()]
    return "\n---\n".join(parts) + "\n" if parts else ""


def _given(request: HttpRequest) -> dict[str, str]:
    return {name: value[:LONGEST] for name, value in request.GET.dict().items() if value}


def _missing(hidden: list[str]) -> str:
    if not hidden:
        return ""
    text = _(
        "A plan rests on %(kinds)s, which your account may not list: ask for %(permissions)s."
    )
    return text % {
        "kinds": series(hidden),
        "permissions": series(permission("view", kind) for kind in hidden),
    }


def _make(request: HttpRequest, cluster: str, form: PlanForm) -> KeptPlan | None:
    """Add a document to the form's text, or compute the plan; None where the form comes back."""
    data = form.cleaned_data
    files = [
        (file.name or "upload", file.read().decode("utf-8", "replace")) for file in data["file"]
    ]
    text = _joined(data["text"], with_sources(files) if files else "")
    wanted = {"add-object": "of", "add-deletion": "delete"}.get(request.POST.get("action", ""))
    try:
        if wanted is not None:
            more, _title = draft(cluster, {wanted: data["object"]})
            form.take_text(_joined(text, more))
            return None
        return make_plan(cluster=cluster, text=text, title=data["title"], actor=_planner(request))
    except QuestionError as error:
        form.take_text(text)
        form.add_error("object", said(error.message))
    except ApiError as error:
        form.take_text(text)
        form.add_error("text", said(error.message))
    return None


def _planner(request: HttpRequest) -> str:
    """Return the name that a plan is kept under, "" without a login."""
    access = access_of(request)
    return access.actor if access.is_signed_in else ""


def _compose_page(
    request: HttpRequest,
    cluster: str,
    form: PlanForm,
    *,
    text: str = "",
    more: Mapping[str, object] = NOTHING,
    status: int = 0,
) -> HttpResponse:
    return page(
        request,
        "cluster/plan.html",
        section="plan",
        cluster=cluster,
        title=_("Plan"),
        crumbs=[Crumb(_("plan"))],
        form=form,
        text=text,
        objects_href=reverse("plan-objects", kwargs={"cluster": cluster}),
        recent=[
            (plan, _may_delete(request, plan)) for plan in recent_plans(cluster, limit=RECENT)
        ],
        status=status or (400 if form.errors else 200),
        more=more,
    )


def objects(request: HttpRequest, cluster: str) -> HttpResponse:
    """Answer objects of the cluster for the form's list, as JSON."""
    words = request.GET.get("q", "")[:LONGEST].replace("/", " ").split()
    text = " ".join(filter(None, map(quoted, words)))
    with look(cluster) as seen:
        keys, _total = find_objects(
            seen.snapshot, seen.facts, text, limit=MOST_CHOICES, sees=access_of(request).sees
        )
    results = [
        {
            "value": key.node_id, "label": key.name,
            "note": f"{key.kind} · {key.namespace}" if key.namespace else key.kind,
            "icon": ICON_OF.get(key.kind, "external"), "paint": PAINT_OF.get(key.kind, "external"),
        }
        for key in keys
    ]  # fmt: skip
    return JsonResponse({"results": results})


def show(request: HttpRequest, cluster: str, token: str) -> HttpResponse:
    """Show what a kept plan would change."""
    plan = _readable(request, cluster, token)
    tab = request.GET.get("tab", "")
    result = plan.result
    counts = mapping_at(result, "counts")
    revision = revision_of(cluster)
    moved = max(0, revision - plan.revision)
    access = access_of(request)
    graphs = {side: _graph(plan, side) for side in SIDES}
    lacking = missing_for(access, plan.text)
    return page(
        request,
        "cluster/plan_show.html",
        section="plan",
        cluster=cluster,
        live_since=revision,
        title=_("Plan: %(title)s") % {"title": said(plan.title)},
        crumbs=[
            Crumb(_("plan"), reverse("plan", kwargs={"cluster": cluster})),
            Crumb(said(plan.title)),
        ],
        plan=plan,
        verdict=verdict(result),
        counts={name: integer_at(counts, name) or 0 for name in counts},
        moved=moved,
        objects=list(objects_of(plan)),
        gained=list(connections_of(plan, "gained")),
        lost=list(connections_of(plan, "lost")),
        new=list(findings_of(plan, "new")),
        gone=list(findings_of(plan, "gone")),
        doors=data_changes(plan, "services"),
        names=data_changes(plan, "dns"),
        routes=data_changes(plan, "routes"),
        faults=list(faults_of(plan)),
        graphs=graphs,
        table=mapping_at(graphs["overlay"], "table"),
        tab=tab if tab in TABS else TABS[0],
        tabs=tabs_of(
            dict(zip(TABS, (_("Overlay"), _("Side by side"), _("Table")), strict=True)), tab
        ),
        may_delete=_may_delete(request, plan),
        lacking=lacking,
        is_confirming="apply" in request.GET,
        consequence=_consequence(counts, moved, lacking),
        sides=[(side, label, _graph_address(plan, side)) for side, label in (
            ("before", _("Before")), ("after", _("After")))],
        overlay_url=_graph_address(plan, "overlay"),
    )  # fmt: skip


def _consequence(counts: Manifest, moved: int, lacking: list[str]) -> str:
    """Return what applying a plan would do, and what speaks against it."""
    kinds = ("added", "changed", "removed", "refused")
    found = {name: integer_at(counts, name) or 0 for name in kinds}
    sentences = [
        _("It makes %(added)s, changes %(changed)s and deletes %(removed)s objects, "
          "all of them or none.") % found,
    ]  # fmt: skip
    if moved:
        sentences.append(_("The base has moved since: recompute first to see what it does now."))
    if found["refused"]:
        sentences.append(
            _("Some documents would be refused: as it stands nothing would be applied.")
        )
    if lacking:
        sentences.append(
            _("Your account lacks %(permissions)s.") % {"permissions": series(lacking)}
        )
    return strung(" ", sentences)


def _readable(request: HttpRequest, cluster: str, token: str) -> KeptPlan:
    """Return a plan; raises PermissionDenied for a reader who may not see what it rests on."""
    hidden = access_of(request).hidden(PLAN.reads)
    if hidden:
        raise PermissionDenied(_missing(hidden))
    return find_plan(cluster, token)


def _may_delete(request: HttpRequest, plan: KeptPlan) -> bool:
    access = access_of(request)
    is_own = _planner(request) == plan.actor  # without a login: at this machine
    return is_own or access.may("delete", DELETE_PLANS)


def _graph_address(plan: KeptPlan, side: str) -> str:
    where = {"cluster": plan.cluster, "token": plan.token}
    return f"{reverse('plan-graph', kwargs=where)}?side={side}"


def _graph(plan: KeptPlan, side: Side) -> Manifest:
    told = retold(plan.result, mapping_at(plan.result, TOLD))
    drawn = plan_graph(told, side, cluster=plan.cluster, name=plan.title or plan.token)
    time = format_time(plan.created)
    return worded(to_json(drawn, revision=plan.revision, time=time, cluster=plan.cluster))


def graph(request: HttpRequest, cluster: str, token: str) -> HttpResponse:
    """Return one of a plan's graphs as JSON (docs/graph.md)."""
    plan = _readable(request, cluster, token)
    side = request.GET.get("side", "overlay")
    if side not in SIDES:
        raise Missing(_("A plan has the graphs overlay, before and after."))
    return JsonResponse(_graph(plan, side))


def export(request: HttpRequest, cluster: str, token: str, form: str) -> HttpResponse:
    """Download a plan as JSON, as Markdown for a pull request, as text, or as it was written."""
    plan = _readable(request, cluster, token)
    link = request.build_absolute_uri(
        reverse("plan-show", kwargs={"cluster": cluster, "token": token})
    )
    bodies = {
        "json": (_json(plan, link), "application/json"),
        "md": (_markdown(plan, link), "text/markdown; charset=utf-8"),
        "txt": (text_at(plan.result, "text") or "", "text/plain; charset=utf-8"),
        "yaml": (plan.text, "application/yaml; charset=utf-8"),
    }
    if form not in bodies:
        raise Missing(_("Plans are exported as JSON, Markdown, text and YAML."))
    body, kind = bodies[form]
    response = HttpResponse(body, content_type=kind)
    if "download" in request.GET:
        response["Content-Disposition"] = f'attachment; filename="plan-{token}.{form}"'
    return response


NOT_EXPORTED = frozenset({"markdown", "text", TOLD})


def _json(plan: KeptPlan, link: str) -> bytes:
    shown = {
        name: value
        for name, value in plan.result.items()
        if name not in {"markdown", "text", TOLD}
    }
    head = {
        "link": link, "title": plan.title, "cluster": plan.cluster,
        "base_revision": plan.revision, "documents": plan.text,
    }  # fmt: skip
    return orjson.dumps(head | shown)


def _markdown(plan: KeptPlan, link: str) -> str:
    text = text_at(plan.result, "markdown") or ""
    return f"{text}\n[The plan in netviz]({link}), base revision {plan.revision}.\n"


@require_POST
def press(request: HttpRequest, cluster: str, token: str) -> HttpResponse:
    """Recompute, apply or delete a plan."""
    plan = _readable(request, cluster, token)
    action = request.POST.get("action", "")
    if action == "delete":
        if not _may_delete(request, plan):
            raise PermissionDenied(_("Only who made a plan, or an administrator, deletes it."))
        delete_plan(cluster, token)
        messages.success(request, _("The plan is deleted."))
        return redirect("plan", cluster=cluster)
    if action == "apply":
        if not access_of(request).is_signed_in:
            address = reverse("plan-show", kwargs={"cluster": cluster, "token": token})
            return redirect_to_login(f"{address}?apply")
        return _apply(request, plan)
    made = make_plan(cluster=cluster, text=plan.text, title=plan.title, actor=_planner(request))
    return redirect("plan-show", cluster=cluster, token=made.token)


def _apply(request: HttpRequest, plan: KeptPlan) -> HttpResponse:
    """Make the change through the store, all of it or nothing."""
    access = access_of(request)
    lacking = missing_for(access, plan.text)
    if lacking:
        text = _("Applying this needs the permissions %(permissions)s.")
        raise PermissionDenied(text % {"permissions": series(lacking)})
    written = read_text(plan.text)
    if written.faults:
        messages.error(request, _("Mend the documents that cannot be read first."))
    else:
        try:
            done = change_objects(
                cluster=plan.cluster, changes=written.changes, actor=access.actor
            )
        except RefusedChange as refused:
            place = written.placed[refused.index]
            text = _("Nothing was applied. %(object)s, line %(line)d: %(error)s")
            messages.error(request, text % {
                "object": place.name, "line": place.line, "error": said(refused.error.message),
            })  # fmt: skip
        else:
            changed = sum(item.verb != "unchanged" for item in done)
            text = _("Applied: %(changed)d of %(total)d documents changed something.")
            messages.success(request, text % {"changed": changed, "total": len(done)})
    return redirect("plan-show", cluster=plan.cluster, token=plan.token)
