"""Rendering one page inside the shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from cluster.web.preferences import YEAR_SECONDS
from cluster.web.shell import CLUSTER_COOKIE, Crumb, shell_of

NOTHING: Mapping[str, object] = MappingProxyType({})
PART = "X-Netviz-Part"
"""Names the part of a page that is wanted: `live` is what refreshes by itself, no shell."""


def wants_live_part(request: HttpRequest) -> bool:
    """Return whether an open page asks what has changed in it."""
    return request.headers.get(PART) == "live"


def page(
    request: HttpRequest,
    template: str,
    *,
    section: str,
    title: str,
    crumbs: Sequence[Crumb] = (),
    cluster: str = "",
    status: int = 200,
    live_since: int | None = None,
    more: Mapping[str, object] = NOTHING,
    **context: object,
) -> HttpResponse:
    """Return a page; `section` lights its entry of the rail, `cluster` is remembered.

    `live_since` is a revision that the page does not show less than: the page then refreshes by
    itself what its template marks with `data-live`; that template extends `frame`. `context` and
    `more` are what the template is given besides.
    """
    if cluster:
        shell_of(request).cluster = cluster
    trail = (*_home(cluster), *crumbs)
    everything = {"section": section, "title": title, "crumbs": trail, **more, **context}
    if live_since is not None:
        everything["frame"] = "live.html" if wants_live_part(request) else "base.html"
        everything["live"] = {
            "url": f"/ws/c/{cluster}/changes",
            "revision": live_since,
            "href": _own_address(request, cluster),
        }
    response = render(request, template, everything, status=status)
    if live_since is not None:
        patch_vary_headers(response, [PART])
    if cluster and request.COOKIES.get(CLUSTER_COOKIE) != cluster:
        response.set_cookie(
            CLUSTER_COOKIE, cluster, max_age=YEAR_SECONDS, samesite="Lax", httponly=True
        )
    return response


def _own_address(request: HttpRequest, cluster: str) -> str:
    """Return the page's address; one that goes by the cluster last looked at names it."""
    query = request.GET.copy()
    match = request.resolver_match
    if match is None or "cluster" not in match.kwargs:
        query["cluster"] = cluster
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _home(cluster: str) -> tuple[Crumb, ...]:
    if not cluster:
        return (Crumb("netviz", reverse("overview")),)
    return (Crumb(cluster, reverse("map", kwargs={"cluster": cluster})),)
