"""Pressing a drill's button on an object's page, and taking the last drill back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cluster.machinery.errors import ApiError
from cluster.runtime.permissions import Access
from cluster.runtime.wording import said
from cluster.web.access import access_of, demand
from cluster.web.addresses import object_address
from cluster.web.drilling import Done, kinds_of, note_of, run_drill, run_undo, verb_of
from cluster.web.shell import UNDO
from cluster.web.subjects import Subject, find_subject

DELETES_PODS = "drain"


@require_POST
def press(
    request: HttpRequest, cluster: str, kind: str, namespace: str, name: str
) -> HttpResponse:
    """Do a drill and go back to the object, its undo at hand; refusals are told there."""
    subject = find_subject(request, cluster, kind, namespace, name)
    drill = request.POST.get("drill", "")
    try:
        sentence = _carry_out(request, subject, drill)
    except ApiError as error:
        if _wants_json(request):
            return JsonResponse({"error": said(error.message)}, status=error.code)
        messages.error(request, said(error.message))
    else:
        if _wants_json(request):
            return JsonResponse({"sentence": sentence, "undo": _undo_of(request)})
        messages.success(request, sentence)
    return redirect(object_address(cluster, subject.key))


def _wants_json(request: HttpRequest) -> bool:
    return request.accepts("application/json") and not request.accepts("text/html")


def _carry_out(request: HttpRequest, subject: Subject, drill: str) -> str:
    """Do a drill, or take the last one back; returns what that did, in one sentence."""
    if drill == "undo":
        return _take_back(request, subject)
    access = demand(request, verb_of(drill), subject.kind.kind)
    if drill == DELETES_PODS:
        demand(request, "delete", "Pod")
    return _do(request, subject, drill, access)


def _undo_of(request: HttpRequest) -> dict[str, str] | None:
    """Return how the last drill is taken back, for a page that stays."""
    note = request.session.get(UNDO)
    if not note:
        return None
    request.session[UNDO] = {**note, "is_shown": True}
    return {
        "drill": note["drill"],
        "label": note["label"],
        "address": reverse("drill", kwargs=note["where"]),
    }


def _do(request: HttpRequest, subject: Subject, drill: str, access: Access) -> str:
    request.session.pop(UNDO, None)
    done = run_drill(subject, drill, _number(request), access.actor)
    _offer(request, subject, done)
    return done.sentence


def _offer(request: HttpRequest, subject: Subject, done: Done) -> None:
    """Note in the session what takes the drill back; the next page offers it."""
    key = subject.key
    where = {"cluster": subject.cluster.name, "kind": key.kind,
             "namespace": key.namespace, "name": key.name}  # fmt: skip
    if done.undo is not None:
        note = {**note_of(done.undo), "drill": "undo", "label": _("Undo"), "where": where}
    elif done.restores:
        note = {"drill": "restore", "label": _("Make it again"), "where": where}
    else:
        return
    request.session[UNDO] = note


def _take_back(request: HttpRequest, subject: Subject) -> str:
    note = request.session.pop(UNDO, None)
    cluster = subject.cluster.name
    if not note or note.get("drill") != "undo" or note["where"]["cluster"] != cluster:
        return _("There is nothing left to undo.")
    for verb, kind in kinds_of(note):
        demand(request, verb, kind)
    return run_undo(cluster, note, access_of(request).actor)


def _number(request: HttpRequest) -> int:
    text = request.POST.get("number", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1  # noqa: PLR2004
