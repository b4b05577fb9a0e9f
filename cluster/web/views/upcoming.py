"""Pages whose answers netviz does not give yet: they say so, and what answers today instead."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cluster.web.addresses import DRAWN, diagram_address, diagrams_of, subject_of
from cluster.web.pages import page
from cluster.web.shell import Crumb


@dataclass(frozen=True, slots=True)
class Way:
    """Something that can be done today: a link, or a command to type."""

    label: str
    href: str = ""
    command: str = ""


def diagram_to_come(
    request: HttpRequest, cluster: str, diagram: str, namespace: str, name: str
) -> HttpResponse:
    """Say that a diagram is not drawn yet, and which ones of the same object are."""
    drawn = [kind for kind in diagrams_of(subject_of(diagram)) if kind in DRAWN]
    where = f"{namespace}/{name}"
    return _upcoming(
        request, "map", cluster,
        heading=_("The diagram “%(name)s” is not drawn in this version") % {"name": diagram},
        cause=_("Others of the same object are."),
        ways=[
            *(Way(_("%(diagram)s of %(object)s") % {"diagram": kind, "object": where},
                  href=diagram_address(cluster, kind, namespace, name)) for kind in drawn),
            Way(_("The object with its relations, YAML and history"),
                href=reverse("object", kwargs={"cluster": cluster, "kind": subject_of(diagram),
                                               "namespace": namespace, "name": name})),
        ],
        crumbs=[Crumb(where), Crumb(diagram)],
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
