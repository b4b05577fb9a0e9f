"""Learn: the lessons, one step of a lesson beside the live drawing it speaks of, and answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cluster.domains.workload.drills import DeleteObject
from cluster.machinery.errors import ApiError
from cluster.runtime.permissions import CLUSTER
from cluster.runtime.wording import said
from cluster.web.access import access_of, demand
from cluster.web.learning import (
    Verdict,
    answered,
    carry,
    exists,
    forget,
    is_done,
    judge,
    options_of,
    prepare,
    remember,
    writes_of,
)
from cluster.web.lessons import LESSONS
from cluster.web.lessons.lesson import Ask, Lesson, Step
from cluster.web.pages import page
from cluster.web.refusals import Missing
from cluster.web.shell import Crumb
from cluster.web.viewquery import query_string, view_query
from cluster.web.views.graphs import drawn_view

READ = ("Pod", "Service", "EndpointSlice", "Node", "Ingress", "NetworkPolicy")
LONGEST = 200  # characters of one value of an answer


def lessons(request: HttpRequest) -> HttpResponse:
    """List the lessons, with how far the reader came in each."""
    return page(
        request,
        "cluster/lessons.html",
        section="learn",
        title=_("Learn"),
        crumbs=[Crumb(_("learn"))],
        lessons=[
            {
                "lesson": lesson,
                "number": number,
                "done": len(answered(request, lesson)),
                "href": reverse("lesson", kwargs={"lesson": lesson.slug}),
            }
            for number, lesson in enumerate(LESSONS.values(), 1)
        ],
    )


def lesson(request: HttpRequest, lesson: str) -> HttpResponse:
    """Go to the first step that is not answered, or offer to make the lesson's cluster."""
    found = _lesson(lesson)
    if not exists(found):
        return page(
            request,
            "cluster/lesson_start.html",
            section="learn",
            title=str(found.title),
            crumbs=[Crumb(_("learn"), reverse("learn")), Crumb(str(found.title))],
            lesson=found,
            may_start=access_of(request).may("add", CLUSTER),
        )
    done = answered(request, found)
    numbers = range(1, len(found.steps) + 1)
    first = next((number for number in numbers if number not in done), len(found.steps))
    return redirect(_address(found, first, request))


@require_POST
def start(request: HttpRequest, lesson: str) -> HttpResponse:
    """Make the lesson's cluster, or make it anew as it was at the beginning."""
    found = _lesson(lesson)
    access = demand(request, "change" if exists(found) else "add", CLUSTER)
    try:
        prepare(found, access.actor)
    except ApiError as error:
        messages.error(request, said(error.message))
        return redirect("learn")
    forget(request, found)
    return redirect(_address(found, 1, request))


def step(request: HttpRequest, lesson: str, number: int) -> HttpResponse:
    """Show one step, and judge the answer that was sent."""
    found = _lesson(lesson)
    if not 1 <= number <= len(found.steps):
        raise Missing(_("This lesson has no step %(number)d.") % {"number": number})
    if not exists(found):
        return redirect("lesson", lesson=found.slug)
    for kind in READ:
        demand(request, "view", kind)
    shown = found.steps[number - 1]
    verdict = _verdict(request, found, shown.ask, number)
    if verdict is not None and verdict.is_right:
        remember(request, found, number)
    query = view_query({**shown.look}, view=shown.view, of=shown.of)
    return page(
        request,
        "cluster/lesson.html",
        section="learn",
        cluster=found.cluster,
        title=f"{shown.title} · {found.title}",
        crumbs=[Crumb(_("learn"), reverse("learn")), Crumb(str(found.title))],
        lesson=found,
        step=shown,
        number=number,
        is_last=number == len(found.steps),
        steps=_steps(request, found, number),
        options=options_of(found, shown.ask) if shown.ask else [],
        given=_given(request),
        verdict=verdict,
        is_answered=number in answered(request, found),
        back=_address(found, number - 1, request) if number > 1 else "",
        onward=_address(found, number + 1, request) if number < len(found.steps) else "",
        teaches=_teaches(request),
        teach_href=_address(found, number, request, switch=True),
        view_href=_view_address(found, shown),
        more=drawn_view(request, found.cluster, query),
    )


def _verdict(request: HttpRequest, lesson: Lesson, ask: Ask | None, number: int) -> Verdict | None:
    """Judge what was sent; without an answer say what is known, None for nothing."""
    if ask is None:
        return None
    if request.method != "POST":
        if ask.form == "deed":
            found = is_done(lesson, ask)
            return found if found.is_right else None
        return None
    if ask.form == "deed":
        if ask.deed is None or "check" in request.POST:
            return is_done(lesson, ask)
        return _do(request, lesson, ask)
    return judge(lesson, ask, _given(request))


def _do(request: HttpRequest, lesson: Lesson, ask: Ask) -> Verdict:
    """Do a deed for the reader, whose permissions it needs."""
    assert ask.deed is not None  # noqa: S101 - the caller looked
    drill = writes_of(lesson, ask.deed)
    access = access_of(request)
    for write in drill.writes:
        access = demand(
            request, "delete" if isinstance(write, DeleteObject) else "change", write.key.kind
        )
    return carry(lesson, ask, drill, access.actor)


def _given(request: HttpRequest) -> frozenset[str]:
    values = (value.strip()[:LONGEST] for value in request.POST.getlist("answer"))
    return frozenset(value for value in values if value)


def _lesson(slug: str) -> Lesson:
    found = LESSONS.get(slug)
    if found is None:
        raise Missing(_("There is no lesson called %(name)s.") % {"name": slug})
    return found


def _teaches(request: HttpRequest) -> bool:
    return request.GET.get("teach") == "1"


def _address(lesson: Lesson, number: int, request: HttpRequest, *, switch: bool = False) -> str:
    """Return the address of a step, in teacher mode if the reader is (or is not, to switch)."""
    address = reverse("lesson-step", kwargs={"lesson": lesson.slug, "number": number})
    shown = lesson.steps[number - 1]
    teach = {"teach": "1"} if _teaches(request) != switch else {}
    return address + query_string({**shown.look, **teach})


def _view_address(lesson: Lesson, step: Step) -> str:
    namespace, _slash, name = step.of.partition("/")
    where = {
        "cluster": lesson.cluster, "diagram": step.view, "namespace": namespace, "name": name,
    }  # fmt: skip
    return reverse("diagram", kwargs=where) + query_string(step.look)


def _steps(request: HttpRequest, lesson: Lesson, number: int) -> list[dict[str, object]]:
    done = answered(request, lesson)
    return [
        {
            "number": index,
            "title": step.title,
            "href": _address(lesson, index, request),
            "is_here": index == number,
            "is_done": index in done,
        }
        for index, step in enumerate(lesson.steps, 1)
    ]
