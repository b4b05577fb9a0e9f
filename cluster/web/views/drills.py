"""Pressing a drill's button on an object's page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from cluster.machinery.errors import ApiError
from cluster.web.access import demand
from cluster.web.addresses import object_address
from cluster.web.drilling import run_drill, undo_note, verb_of
from cluster.web.shell import UNDO
from cluster.web.subjects import Subject, find_subject


@require_POST
def press(
    request: HttpRequest, cluster: str, kind: str, namespace: str, name: str
) -> HttpResponse:
    """Do a drill and go back to the object, with its undo at hand; refusals are told there."""
    subject = find_subject(request, cluster, kind, namespace, name)
    drill = request.POST.get("drill", "")
    access = demand(request, verb_of(drill), subject.kind.kind)
    if drill == "drain":
        demand(request, "delete", "Pod")
    try:
        done = run_drill(subject, drill, _number(request), access)
    except ApiError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done.text)
        if done.undo is not None:
            request.session[UNDO] = undo_note(done.undo, _address(subject))
    return redirect(object_address(cluster, subject.key))


def _number(request: HttpRequest) -> int:
    text = request.POST.get("number", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1  # noqa: PLR2004


def _address(subject: Subject) -> str:
    key = subject.key
    where = {"cluster": subject.cluster.name, "kind": key.kind,
             "namespace": key.namespace, "name": key.name}  # fmt: skip
    return reverse("drill", kwargs=where)
