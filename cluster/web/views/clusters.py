"""Clusters: the list, making one, and copying, emptying or deleting one after a question."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cluster.machinery.errors import ApiError
from cluster.runtime import demo
from cluster.runtime.permissions import CLUSTER, Verb
from cluster.store import clusters as stored
from cluster.store.handles import all_clusters, find_cluster
from cluster.web.access import access_of, demand
from cluster.web.forms import ClusterForm, NameForm, add_refusal
from cluster.web.pages import page
from cluster.web.refusals import Missing
from cluster.web.shell import Crumb, shell_of
from cluster.web.words import word

Change = Callable[[str, str, str], str]
"""cluster, name typed, actor → the cluster to look at afterwards, "" for none."""


def clusters(request: HttpRequest) -> HttpResponse:
    """List the clusters, and make one."""
    form = ClusterForm(request.POST or None)
    if request.method == "POST":
        access = demand(request, "add", CLUSTER)
        if form.is_valid() and _make(form, access.actor):
            name = form.cleaned_data["name"]
            messages.success(request, _("Cluster %(name)s was made.") % {"name": name})
            return redirect("map", cluster=name)
    access = access_of(request)
    return page(
        request,
        "cluster/clusters.html",
        section="overview",
        title=_("Clusters"),
        crumbs=[Crumb(_("clusters"))],
        form=form,
        clusters=all_clusters(),
        may_add=access.may("add", CLUSTER),
        may_change=access.may("change", CLUSTER),
        may_delete=access.may("delete", CLUSTER),
        status=200 if request.method == "GET" else 400,
    )


@require_POST
def make_demo(request: HttpRequest) -> HttpResponse:
    """Make the demo cluster where there is none, and open its map."""
    access = demand(request, "add", CLUSTER)
    if demo.NAME not in shell_of(request).all_names:
        demo.make(access.actor)
        messages.success(request, _("Cluster %(name)s was made.") % {"name": demo.NAME})
    return redirect("map", cluster=demo.NAME)


def _make(form: ClusterForm, actor: str) -> bool:
    data = form.cleaned_data
    try:
        stored.make(
            name=data["name"],
            actor=actor,
            settings=form.cluster_settings(),
            title=data["title"],
            with_nodes=data["nodes"] > 0,
        )
    except ApiError as error:
        add_refusal(form, error)
        return False
    return True


def change(request: HttpRequest, cluster: str, action: str) -> HttpResponse:
    """Ask before a cluster is copied, emptied or deleted, and do it once confirmed."""
    if action not in ACTIONS:
        raise Missing(_("Clusters know no action called %(name)s.") % {"name": action})
    verb, run = ACTIONS[action]
    access = demand(request, verb, CLUSTER)
    handle = find_cluster(cluster)
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            left = run(cluster, form.cleaned_data["name"], access.actor)
        except ApiError as error:
            add_refusal(form, error)
        except WrongName:
            form.add_error("name", _("This is not the cluster's name."))
        else:
            messages.success(request, _("Done."))
            return redirect("map", cluster=left) if left else redirect("clusters")
    return page(
        request,
        "cluster/cluster_change.html",
        section="overview",
        title=_("Clusters"),
        crumbs=[Crumb(cluster), Crumb(word(action))],
        form=form,
        handle=handle,
        action=action,
        status=400 if form.errors else 200,
    )


class WrongName(ValueError):
    """The name typed to confirm is not the cluster's."""


def _copy(cluster: str, name: str, actor: str) -> str:
    return stored.copy(name=cluster, new_name=name, actor=actor).name


def _reset(cluster: str, name: str, actor: str) -> str:
    if name != cluster:
        raise WrongName(name)
    return stored.reset(name=cluster, actor=actor).name


def _delete(cluster: str, name: str, _actor: str) -> str:
    if name != cluster:
        raise WrongName(name)
    stored.delete(name=cluster)
    return ""


ACTIONS: dict[str, tuple[Verb, Change]] = {
    "copy": ("add", _copy),
    "reset": ("change", _reset),
    "delete": ("delete", _delete),
}
