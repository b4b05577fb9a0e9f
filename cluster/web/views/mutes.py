"""Muting a finding, with a reason and an end, and taking that back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from cluster.machinery.errors import ApiError
from cluster.questions.rules import FINDINGS
from cluster.store import find_cluster, mute, unmute
from cluster.web.access import demand
from cluster.web.forms import add_refusal
from cluster.web.pages import page
from cluster.web.refusals import Missing
from cluster.web.shell import UNDO, Crumb

MUTE = "Mute"
TERMS = {"1": lazy("a day"), "7": lazy("a week"), "30": lazy("30 days"), "90": lazy("90 days")}


class MuteForm(forms.Form):
    """Why a finding is muted, how much of it, and for how long."""

    reason = forms.CharField(label=lazy("Why"), max_length=500)
    scope = forms.ChoiceField(label=lazy("For"))
    days = forms.ChoiceField(label=lazy("How long"), choices=list(TERMS.items()), initial="7")

    def __init__(self, data: object, where: Mapping[str, str]) -> None:
        """Offer the scopes that the finding's object allows."""
        super().__init__(data)  # type: ignore[arg-type]  # Django takes any mapping
        scopes = [("object", where["title"])] if where["name"] else []
        if where["ns"]:
            scopes.append(("namespace", _("Everything in %(ns)s") % {"ns": where["ns"]}))
        scopes.append(("cluster", _("The whole cluster")))
        self.fields["scope"] = forms.ChoiceField(label=_("For"), choices=scopes)


def start(request: HttpRequest, cluster: str) -> HttpResponse:
    """Ask for the reason and the end of a mute, and make it."""
    handle = find_cluster(cluster)
    access = demand(request, "add", MUTE)
    where = _where(request.GET.dict())
    form = MuteForm(request.POST or None, where)
    if request.method == "POST" and form.is_valid():
        days = timedelta(days=int(form.cleaned_data["days"]))
        try:
            made = mute(
                cluster=handle, rule=where["rule"], reason=form.cleaned_data["reason"],
                lasts=days, actor=access.actor,
                **_scope(form.cleaned_data["scope"], where),
            )  # fmt: skip
        except ApiError as error:
            add_refusal(form, error)
        else:
            until = f"{timezone.localtime(made.expires):%Y-%m-%d %H:%M}"
            messages.success(
                request,
                _("%(rule)s is muted until %(until)s.") % {"rule": made.rule, "until": until},
            )
            request.session[UNDO] = {
                "drill": "unmute", "label": _("Undo"), "route": "unmute",
                "where": {"cluster": cluster, "number": made.number},
            }  # fmt: skip
            return redirect("findings", cluster=cluster)
    return page(
        request,
        "cluster/mute.html",
        section="findings",
        cluster=cluster,
        title=_("Mute %(rule)s") % {"rule": where["rule"]},
        crumbs=[
            Crumb(_("findings"), reverse("findings", kwargs={"cluster": cluster})),
            Crumb(_("mute")),
        ],
        form=form,
        where=where,
        rule=FINDINGS[where["rule"]],
        status=422 if form.errors else 200,
    )


@require_POST
def end(request: HttpRequest, cluster: str, number: int) -> HttpResponse:
    """End a mute now."""
    demand(request, "delete", MUTE)
    request.session.pop(UNDO, None)
    ended = unmute(cluster=find_cluster(cluster), number=number)
    messages.success(request, _("%(rule)s is open again.") % {"rule": ended.rule})
    return redirect("findings", cluster=cluster)


def _where(given: Mapping[str, str]) -> dict[str, str]:
    found = {name: given.get(name, "")[:253] for name in ("rule", "kind", "ns", "name")}
    if found["rule"] not in FINDINGS:
        raise Missing(_("There is no finding called %(name)s.") % {"name": found["rule"]})
    place = f"{found['ns']}/{found['name']}" if found["ns"] else found["name"]
    return {**found, "title": f"{found['kind']} {place}"}


def _scope(scope: str, where: Mapping[str, str]) -> dict[str, str]:
    if scope == "object":
        return {"kind": where["kind"], "namespace": where["ns"], "name": where["name"]}
    return {"namespace": where["ns"]} if scope == "namespace" else {}
