"""Rendering one page inside the shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cluster.web.preferences import YEAR_SECONDS
from cluster.web.shell import CLUSTER_COOKIE, Crumb

NOTHING: Mapping[str, object] = MappingProxyType({})


def page(
    request: HttpRequest,
    template: str,
    *,
    section: str,
    title: str,
    crumbs: Sequence[Crumb] = (),
    cluster: str = "",
    status: int = 200,
    more: Mapping[str, object] = NOTHING,
    **context: object,
) -> HttpResponse:
    """Return a page; `section` lights its entry of the rail, `cluster` is remembered.

    `context` and `more` are what the template is given besides.
    """
    trail = (*_home(cluster), *crumbs)
    everything = {"section": section, "title": title, "crumbs": trail, **more, **context}
    response = render(request, template, everything, status=status)
    if cluster and request.COOKIES.get(CLUSTER_COOKIE) != cluster:
        response.set_cookie(
            CLUSTER_COOKIE, cluster, max_age=YEAR_SECONDS, samesite="Lax", httponly=True
        )
    return response


def _home(cluster: str) -> tuple[Crumb, ...]:
    if not cluster:
        return (Crumb("netviz", reverse("overview")),)
    return (Crumb(cluster, reverse("map", kwargs={"cluster": cluster})),)
