"""Pages that say no: not allowed, refused by a rule, broken. Each names the cause.

What is not there has its own: `cluster.web.absences`.
"""

from __future__ import annotations

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from cluster.machinery.errors import ApiError, NotFound
from cluster.machinery.manifest import text_at
from cluster.machinery.texts import Text
from cluster.runtime.wording import said
from cluster.web.words import told

logger = logging.getLogger(__name__)


class Missing(Http404):
    """A 404 whose text may be shown: it names what was asked for, nothing else."""


def nothing_called(error: NotFound) -> str:
    """Return what is not there, in words: what was asked for by its kind and name."""
    kind, name = text_at(error.details, "kind"), text_at(error.details, "name")
    if isinstance(error.message, Text) or not kind or not name:
        return said(error.message)
    if kind == "clusters":
        return _("There is no cluster called %(name)s.") % {"name": name}
    return _("There is nothing called %(name)s among the %(kind)s.") % {"name": name, "kind": kind}


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page of a 403."""
    context = {
        "title": _("Not allowed"),
        "heading": _("Your account may not do this"),
        "cause": str(exception) or _("An administrator can give it the permission."),
    }
    return render(request, "403.html", context, status=403)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the page for a form that does not carry this site's token."""
    logger.warning("form refused at %s: %s", request.path, reason)
    context = {
        "title": _("Not allowed"),
        "heading": _("This form has expired"),
        "cause": _("Its page was opened before you logged in, or cookies are switched off. "
                   "Go back, load the page again and send it once more."),
    }  # fmt: skip
    return render(request, "403.html", context, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Return the page of a 500, drawn without the database."""
    return render(None, "500.html", {"path": request.path}, status=500)


def refusal(request: HttpRequest, error: ApiError) -> HttpResponse:
    """Return the page for a request that the store refused, in the store's words."""
    context = {
        "title": _("Refused"),
        "heading": _("The cluster refused this"),
        "cause": told(error.message),
        "errors": [str(field) for field in error.errors],
        "action": _way_on(request),
    }
    return render(request, "refused.html", context, status=error.code)


def _way_on(request: HttpRequest) -> dict[str, str]:
    """Return the one thing to do: the same page without what it could not answer."""
    if request.method not in {"GET", "HEAD"} or not request.GET:
        return {"label": _("Load the page again"), "href": request.path}
    kept = request.GET.copy()
    if kept.pop("at", None):
        label = _("Return to live")
        return {"label": label, "href": f"{request.path}?{kept.urlencode()}".rstrip("?")}
    return {"label": _("Open the page without these parameters"), "href": request.path}
