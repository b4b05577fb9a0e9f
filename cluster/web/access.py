"""The doors of the dashboard: who may open a page, and who may press its buttons."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from cluster.machinery.errors import ApiError, NotFound
from cluster.runtime.permissions import Access, Verb, is_loopback, permission
from cluster.runtime.replica import Loading
from cluster.web.loading import still_loading
from cluster.web.refusals import Missing, nothing_called, refusal

P = ParamSpec("P")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def access_of(request: HttpRequest) -> Access:
    """Return what the reader behind `request` may do."""
    return Access(request.user, is_local=is_loopback(request.META.get("REMOTE_ADDR")))


def reading(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase], *, only_asks: bool = False
) -> Callable[..., HttpResponseBase]:
    """Open a page to whoever may read; unsafe methods need a login. Others are sent to log in.

    `only_asks`: what the page's form sends changes nothing of a cluster (a plan is worked out, a
    choice is kept in a cookie), so that whoever reads may send it; the view checks what does more.
    Refusals of the store become pages: 404 inside the shell, the rest with their own words.
    """

    @wraps(view)
    def opened(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        access = access_of(request)
        is_free = only_asks or request.method in SAFE
        if not access.reads or not (is_free or access.is_signed_in):
            return redirect_to_login(return_address(request))
        try:
            return _patiently(request, lambda: view(request, *args, **kwargs))
        except NotFound as missing:
            raise Missing(nothing_called(missing)) from missing
        except ApiError as error:
            return refusal(request, error)

    return opened


def _patiently(request: HttpRequest, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Return the answer; while a big cluster is loaded, who reads pages is told how far that is.

    Programs, which ask for no HTML, wait.
    """
    while True:
        try:
            return answer()
        except Loading as loading:
            if request.method in SAFE and "text/html" in request.headers.get("Accept", ""):
                return still_loading(request, loading)


def demand(request: HttpRequest, verb: Verb, kind: str) -> Access:
    """Return the reader's access; raises PermissionDenied without the permission for `verb`."""
    access = access_of(request)
    if not (access.sees(kind) if verb == "view" else access.may(verb, kind)):
        text = _("This needs the permission %(permission)s, which your account does not have.")
        raise PermissionDenied(text % {"permission": permission(verb, kind)})
    return access


def return_address(request: HttpRequest) -> str:
    """Return where a reader goes after logging in: this page, or the one with the form."""
    if request.method in SAFE:
        return request.get_full_path()
    return request.path if request.path.startswith("/import") else "/"
