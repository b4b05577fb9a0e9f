"""The first page: one cluster in numbers and tiles, its newest findings, and where to start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cluster.machinery.findings import SEVERITIES, Finding, Severity
from cluster.questions.bootstrap import SYSTEM_NAMESPACES
from cluster.questions.seen import blanked, is_told
from cluster.questions.summaries import NamespaceSummary
from cluster.store import ClusterHandle, identity, sightings
from cluster.web.access import access_of
from cluster.web.findings import blamed_address, open_findings
from cluster.web.looking import look
from cluster.web.overview import (
    SIZE_OF,
    count_by_namespace,
    counters,
    in_order,
    parts_of,
    tiles,
    verdict,
)
from cluster.web.pages import page
from cluster.web.recent import recent_traces
from cluster.web.shell import Crumb, shell_of
from cluster.web.viewquery import changed

NEWEST = 6
SEEN_IN_TILES = ("Namespace", "Pod", "Service", "NetworkPolicy", "Ingress")
FORMS = ("tiles", "table")


def overview(request: HttpRequest) -> HttpResponse:
    """Show the cluster last looked at, or how to begin where there is none."""
    shell = shell_of(request)
    cluster = shell.cluster
    if not cluster:
        return page(request, "cluster/first_run.html", section="overview", title=_("Welcome"))
    given = request.GET.dict()
    size_of = given.get("size", "")
    size_of = size_of if size_of in SIZE_OF else SIZE_OF[0]
    access = access_of(request)
    hidden = access.hidden(SEEN_IN_TILES)
    is_bare = not {"Namespace", "Pod"}.isdisjoint(hidden)  # of tiles, which are Pods by namespace
    handle = next(each for each in shell.clusters if each.name == cluster)
    with look(cluster) as seen:
        summaries = {} if is_bare else blanked(seen.facts.summaries, hidden)
        found = [f for f in open_findings(handle, seen.facts) if is_told(f, access.sees)]
        by_namespace = count_by_namespace(found)
        revision = seen.revision
        shown = tiles(cluster, summaries, by_namespace, size_of)
        if shown and shown[0].size == "xl":
            shown[0] = replace(shown[0], parts=parts_of(seen.snapshot, shown[0].name))
    form = given.get("form", "")
    return page(
        request,
        "cluster/overview.html",
        section="overview",
        cluster=cluster,
        live_since=revision,
        title=_("Overview"),
        crumbs=[Crumb(_("overview"))],
        verdict=verdict(found),
        counters=counters(summaries, found, hidden),
        tiles=shown,
        rows=_rows(summaries, by_namespace, size_of) if form == "table" else [],
        form=form if form in FORMS else FORMS[0],
        forms=[
            {"id": "tiles", "label": _("Tiles"), "href": changed(given, form="")},
            {"id": "table", "label": _("Table"), "href": changed(given, form="table")},
        ],
        sizes=[
            {"id": name, "label": label, "href": changed(given, size=name)}
            for name, label in _size_words().items()
        ],
        size=size_of,
        size_label=_size_words()[size_of],
        findings=_newest(handle, found),
        finding_count=len(found),
        recent=recent_traces(request, cluster)[:NEWEST],
        hidden=hidden,
        is_bare=is_bare,
        shows_services="Service" not in hidden,
        shows_ingresses="Ingress" not in hidden,
        shows_policies="NetworkPolicy" not in hidden,
        is_empty=not hidden and not any(map(_is_used, summaries.items())),
        clusters=[other for other in shell.clusters if other.name != cluster],
    )


def _is_used(item: tuple[str, NamespaceSummary]) -> bool:
    """Whether a namespace holds more than every cluster has: the API's Service in `default`."""
    name, summary = item
    if name in SYSTEM_NAMESPACES and name != "default":
        return False
    return bool(summary.pods or summary.ingresses or summary.services > (name == "default"))


def _size_words() -> dict[str, str]:
    return {"pods": _("pods"), "services": _("services"), "findings": _("findings")}


def _newest(handle: ClusterHandle, found: list[Finding]) -> list[dict[str, object]]:
    """Return the findings that came last, the gravest first among equals."""
    since = sightings(handle)
    known = {finding: since.get(identity(finding)) for finding in found}
    ordered = sorted(
        found,
        key=lambda f: (
            -SEVERITIES.index(f.severity) if f.severity == "info" else -2,
            -(moment.timestamp() if (moment := known[f]) else 0),
            -SEVERITIES.index(f.severity),
        ),
    )
    return [
        {
            "finding": finding,
            "since": known[finding],
            "href": blamed_address(handle.name, finding),
        }
        for finding in ordered[:NEWEST]
    ]


def _rows(
    summaries: Mapping[str, NamespaceSummary],
    findings: Mapping[str, Mapping[Severity, int]],
    size_of: str,
) -> list[dict[str, object]]:
    return [
        {
            "name": name,
            "summary": summary,
            "warnings": findings.get(name, {}).get("warning", 0),
            "errors": findings.get(name, {}).get("error", 0),
        }
        for name, summary in in_order(summaries, findings, size_of)
    ]
