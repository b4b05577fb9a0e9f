"""Import: one form for files and pasted text, and the page of what becomes of every document."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import suppress

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cluster.catalog import KINDS
from cluster.machinery.errors import ApiError, NotFound
from cluster.runtime.permissions import CLUSTER, Access
from cluster.runtime.uploads import brings_nodes, remove_upload, save_upload
from cluster.runtime.wording import said
from cluster.store import find_cluster, make_cluster
from cluster.store import imports as jobs
from cluster.store.imports import Import, Result
from cluster.web.access import access_of, demand
from cluster.web.forms import ImportForm, add_refusal
from cluster.web.importing import ALL, ERRORS, SHOWN_AS, facets, has_errors, row, told, way
from cluster.web.pages import page
from cluster.web.refusals import Missing
from cluster.web.sheets import harmless
from cluster.web.shell import Crumb, shell_of
from cluster.web.viewquery import changed

A_PAGE = 200
RECENT = 8
IMPORT_JOB = "ImportJob"


def start(request: HttpRequest) -> HttpResponse:
    """Show the form, and start an import."""
    initial = {
        "cluster": request.GET.get("cluster") or shell_of(request).cluster or "demo",
        "namespace": request.GET.get("namespace", "default"),
    }
    form = ImportForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST":
        access = demand(request, "add", IMPORT_JOB)
        if form.is_valid():
            begun = _begin(form, access)
            if begun is not None:
                return redirect("import-job", number=begun.id)
    cluster = str(form["cluster"].value() or "")
    return page(
        request,
        "cluster/import.html",
        section="import",
        title=_("Import"),
        crumbs=[Crumb(_("import"))],
        form=form,
        recent=[told(job) for job in jobs.import_jobs(cluster, limit=RECENT)],
        clusters=shell_of(request).all_names,
        may_import=access_of(request).may("add", IMPORT_JOB),
        status=400 if form.errors else 200,
    )


def _begin(form: ImportForm, access: Access) -> Import | None:
    """Save the upload and start its import, in a new cluster where there is none of that name."""
    data = form.cleaned_data
    place = save_upload(_contents(form))
    try:
        _ensure_cluster(data["cluster"], place, access)
        return jobs.start_import(
            cluster=data["cluster"],
            name=form.upload_name(),
            file=place,
            options={
                "namespace": data["namespace"],
                "all_or_nothing": True,
                "refused_kinds": list(_refused_kinds(access)),
                "bytes": form.size(),
            },
            actor=access.actor,
        )
    except ApiError as error:
        remove_upload(place)
        add_refusal(form, error)
        return None


def _contents(form: ImportForm) -> Iterator[tuple[str, Iterable[bytes]]]:
    for file in form.cleaned_data["file"]:
        yield file.name or "upload", file.chunks()
    text = form.cleaned_data["text"]
    if text.strip():
        yield "pasted.yaml", [text.encode()]


def _ensure_cluster(name: str, place: str, access: Access) -> None:
    with suppress(NotFound):
        find_cluster(name)
        return
    if not access.may("add", CLUSTER):
        text = _("There is no cluster called %(name)s, and your account may not make one.")
        raise Missing(text % {"name": name})
    make_cluster(name=name, actor=access.actor, with_nodes=not brings_nodes(place))


def _refused_kinds(access: Access) -> list[str]:
    """Return the kinds that the reader may not both add and change."""
    return [
        kind.kind
        for kind in KINDS
        if not (access.may("add", kind.kind) and access.may("change", kind.kind))
    ]


def job(request: HttpRequest, number: int) -> HttpResponse:
    """Show an import: its progress, its documents, and the choice that a held one waits for."""
    found = jobs.find_import(number)
    if request.method == "POST":
        return _choose(request, found)
    given = request.GET.dict()
    shown = given.get("show") or (ERRORS if has_errors(found) else ALL)
    results = list(_results(found, shown, _after(given.get("after", ""))))
    context = {
        "job": found,
        "told": told(found),
        "way": way(found),
        "rows": [row(found, result) for result in results],
        "show": shown,
        "facets": facets(found, shown),
        "next_href": (
            changed(given, after=str(results[-1].position)) if len(results) == A_PAGE else ""
        ),
        "ws_url": f"/ws/c/{found.cluster}/import/{found.id}",
        "may_choose": access_of(request).may("add", IMPORT_JOB),
    }
    if given.get("part") == "status":
        return render(request, "cluster/partials/import_status.html", context)
    return page(
        request,
        "cluster/import_job.html",
        section="import",
        cluster=found.cluster,
        title=_("Import of %(name)s") % {"name": said(found.name)},
        crumbs=[Crumb(_("import"), "/import"), Crumb(said(found.name))],
        more=context,
    )


def _choose(request: HttpRequest, found: Import) -> HttpResponse:
    """Keep the good documents, discard all, or cancel."""
    demand(request, "add", IMPORT_JOB)
    choice = request.POST.get("choice", "")
    if choice == "keep":
        jobs.release_import(found.id)
    elif choice == "discard":
        jobs.discard_import(found.id)
    elif choice == "cancel":
        jobs.cancel_import(found.id)
    return redirect("import-job", number=found.id)


def report(request: HttpRequest, number: int, form: str) -> HttpResponse:
    """Download what became of every document, as CSV or JSON."""
    found = jobs.find_import(number)
    if form not in {"csv", "json"}:
        raise Missing(_("Reports are CSV or JSON."))
    disposition = {"Content-Disposition": f'attachment; filename="import-{number}.{form}"'}
    results = list(_every(found))
    if form == "json":
        body = orjson.dumps({
            "cluster": found.cluster, "name": found.name, "state": found.state,
            "counts": found.counts, "documents": [_whole(result) for result in results],
        })  # fmt: skip
        return HttpResponse(body, content_type="application/json", headers=disposition)
    response = HttpResponse(content_type="text/csv; charset=utf-8", headers=disposition)
    writer = csv.writer(response)
    columns = list(_plain(results[0])) if results else ["file"]
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in _plain(result).values()] for result in results)
    return response


def _plain(result: Result) -> dict[str, str | int]:
    return {
        "file": result.file, "document": result.document, "line": result.line,
        "kind": result.kind, "namespace": result.namespace, "name": result.name,
        "outcome": result.outcome, "field": result.field, "message": result.message,
        "notices": "; ".join(result.notices), "changed": " ".join(result.details.paths),
    }  # fmt: skip


def _whole(result: Result) -> dict[str, object]:
    """Return a result with every field that it blames."""
    causes = [{"field": field, "message": text} for field, text in result.details.causes]
    return {**_plain(result), "causes": causes}


def _every(found: Import) -> Iterator[Result]:
    after = -1
    while chunk := jobs.import_results(found.id, after=after, limit=1000):
        yield from chunk
        after = chunk[-1].position


def _results(found: Import, shown: str, after: int) -> Iterator[Result]:
    """Yield a page of the results that are shown as `shown`."""
    outcomes = [name for name, word in SHOWN_AS.items() if word == shown]
    yield from jobs.import_results(found.id, outcomes=outcomes, after=after, limit=A_PAGE)


def _after(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1  # noqa: PLR2004
