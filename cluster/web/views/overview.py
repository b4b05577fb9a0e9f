"""The first page: one cluster in numbers and tiles, its gravest findings, and where to start."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cluster.web.access import access_of
from cluster.web.addresses import object_address
from cluster.web.looking import look
from cluster.web.overview import counters, tiles, verdict
from cluster.web.pages import page
from cluster.web.shell import Crumb, shell_of

NEWEST = 6
SEEN_IN_TILES = ("Namespace", "Pod", "Service", "NetworkPolicy", "Ingress")


def overview(request: HttpRequest) -> HttpResponse:
    """Show the cluster last looked at, or how to begin where there is none."""
    shell = shell_of(request)
    cluster = shell.cluster
    if not cluster:
        return page(request, "cluster/first_run.html", section="overview", title=_("Welcome"))
    access = access_of(request)
    hidden = access.hidden(SEEN_IN_TILES)
    with look(cluster) as seen:
        summaries = {} if hidden else dict(seen.facts.summaries)
        by_namespace = {} if hidden else seen.facts.count_by_namespace()
        found = [finding for finding in seen.facts.all() if access.sees(finding.key.kind)]
        revision = seen.revision
    return page(
        request,
        "cluster/overview.html",
        section="overview",
        cluster=cluster,
        live_since=revision,
        title=_("Overview"),
        crumbs=[Crumb(_("overview"))],
        verdict=verdict(found),
        counters=counters(summaries, found),
        tiles=tiles(cluster, summaries, by_namespace),
        findings=[
            {"finding": finding, "href": object_address(cluster, finding.key)}
            for finding in found[:NEWEST]
        ],
        finding_count=len(found),
        revision=revision,
        hidden=hidden,
        clusters=[other for other in shell.clusters if other.name != cluster],
        table_href=f"{reverse('map', kwargs={'cluster': cluster})}?lvl=L0&tab=table",
    )
