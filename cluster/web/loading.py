"""The page that tells how far the loading of a big cluster is, until there is something to see."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from cluster.runtime.replica import Loading

SECONDS = 1  # until the page asks again


def still_loading(request: HttpRequest, loading: Loading) -> HttpResponse:
    """Return the page; it asks for its address again by itself."""
    words = {"done": f"{loading.done:,}", "total": f"{loading.total:,}"}
    context = {
        "title": _("Loading"),
        "heading": _("Loading %(cluster)s") % {"cluster": loading.cluster},
        "cause": _("Working out what follows from its %(total)s objects.") % words
        if loading.done >= loading.total
        else _("%(done)s of %(total)s objects have been read.") % words,
        "done": loading.done,
        "total": loading.total,
    }
    response = render(request, "loading.html", context, status=503)
    response["Refresh"] = response["Retry-After"] = str(SECONDS)
    response["Cache-Control"] = "no-store"
    return response
