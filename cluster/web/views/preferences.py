"""The Settings page: how netviz looks and behaves for this reader, kept in their cookies."""

from __future__ import annotations

from django.conf import settings as project
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _

from cluster.web.forms import PreferencesForm
from cluster.web.pages import page
from cluster.web.preferences import YEAR_SECONDS, Preferences, keep_preferences, read_preferences
from cluster.web.shell import Crumb


def settings(request: HttpRequest) -> HttpResponse:
    """Show the reader's choices, and keep new ones."""
    form = PreferencesForm(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        return _keep(request, form)
    return page(
        request,
        "cluster/settings.html",
        section="settings",
        title=_("Settings"),
        crumbs=[Crumb(_("settings"))],
        form=form,
    )


def _initial(request: HttpRequest) -> dict[str, object]:
    chosen = read_preferences(request)
    return {
        "theme": chosen.theme, "density": chosen.density, "motion": chosen.motion,
        "keys": chosen.keys, "level": chosen.level,
        "language": request.COOKIES.get(project.LANGUAGE_COOKIE_NAME, ""),
    }  # fmt: skip


def _keep(request: HttpRequest, form: PreferencesForm) -> HttpResponse:
    chosen = dict(form.cleaned_data)
    language = str(chosen.pop("language"))
    response = redirect("settings")
    keep_preferences(response, Preferences(**chosen))
    if language and check_for_language(language):
        response.set_cookie(
            project.LANGUAGE_COOKIE_NAME, language, max_age=YEAR_SECONDS, samesite="Lax"
        )
    else:
        response.delete_cookie(project.LANGUAGE_COOKIE_NAME, samesite="Lax")
    messages.success(request, _("Settings saved."))
    return response
