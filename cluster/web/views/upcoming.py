"""Pages whose answers netviz does not give yet: they say so, and what answers today instead."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cluster.web.pages import page
from cluster.web.shell import Crumb


@dataclass(frozen=True, slots=True)
class Way:
    """Something that can be done today: a link, or a command to type."""

    label: str
    href: str = ""
    command: str = ""


def trace(request: HttpRequest, cluster: str) -> HttpResponse:
    """Say what will trace one connection, and what tells of it today."""
    return _upcoming(
        request, "trace", cluster,
        heading=_("Tracing a connection is not part of this version"),
        cause=_("It will tell, step by step, whether one peer reaches another and what stops it."),
        ways=[
            Way(_("See which Pods get a Service's traffic, and why the others do not"),
                href=reverse("map", kwargs={"cluster": cluster})),
            Way(_("Read the findings: Services without endpoints, ports that no Pod has"),
                href=reverse("findings", kwargs={"cluster": cluster})),
        ],
    )  # fmt: skip


def plan(request: HttpRequest, cluster: str) -> HttpResponse:
    """Say what will show a change before it is applied, and what does so today."""
    return _upcoming(
        request, "plan", cluster,
        heading=_("Planning a change is not part of this version"),
        cause=_("It will show what a manifest opens, closes or breaks before it is applied."),
        ways=[
            Way(_("Copy this cluster, and try the change on the copy"), href=reverse("clusters")),
            Way(_("Check manifests on the command line, without a cluster"),
                command="netviz check manifests/"),
        ],
    )  # fmt: skip


def _upcoming(
    request: HttpRequest,
    section: str,
    cluster: str,
    *,
    heading: str,
    cause: str,
    ways: list[Way],
    crumbs: list[Crumb] | None = None,
) -> HttpResponse:
    return page(
        request,
        "cluster/upcoming.html",
        section=section,
        cluster=cluster,
        title=heading,
        crumbs=crumbs or [Crumb(section)],
        heading=heading,
        cause=cause,
        ways=ways,
    )
