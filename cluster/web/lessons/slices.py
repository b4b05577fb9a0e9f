"""Lesson 4: why endpoints come in slices."""

from django.utils.translation import gettext_lazy as _

from cluster.domains.workload.drills import PatchObject
from cluster.machinery.manifest import integer_at, mappings_at
from cluster.questions.asked import Asked
from cluster.web.lessons import facts
from cluster.web.lessons.lesson import DONE, NOT_YET, Ask, Deed, Lesson, Option, Step

WEB = "shop/web"
BEFORE = 25


def _sizes(asked: Asked) -> list[int]:
    return [len(mappings_at(item, "endpoints")) for item in facts.slices(asked, WEB)]


def _fullest(asked: Asked) -> int:
    return max(_sizes(asked), default=0)


def _grow(asked: Asked) -> tuple[PatchObject, ...]:
    key = asked.kinds["Deployment"].key("shop", "web")
    return (PatchObject(key, {"spec": {"replicas": BEFORE + 1}}),)


def _rewritten(asked: Asked) -> frozenset[str]:
    """Return how many slices list the Pod whose readiness would change."""
    pod = min(facts.listed_pods(asked, WEB), default="")
    held = sum(pod in str(item) for item in facts.slices(asked, WEB))
    return facts.numbers(held)


def _replicas(asked: Asked) -> int:
    return integer_at(facts.manifest(asked, "Deployment", "shop", "web"), "spec", "replicas") or 0


LESSON = Lesson(
    slug="slices",
    title=_("Why endpoints come in slices"),
    summary=_("How EndpointSlices are filled, and what one change costs the cluster."),
    minutes=4,
    icon="k-slice",
    settings={"nodes": 5, "max_endpoints_per_slice": 10},
    steps=(
        Step(
            _("One list, cut"),
            (
                _("The endpoints of a Service are kept in EndpointSlices of at most 100. In this "
                  "lesson's cluster it is 10, so that 25 Pods are enough to see it."),
                _("Every Node watches all slices: kube-proxy needs them."),
            ),
            view="slices", of=WEB,
            ask=Ask(
                _("How many EndpointSlices does the Service have?"),
                "number",
                lambda asked: facts.numbers(len(facts.slices(asked, WEB))),
                lambda asked: _("%(pods)d endpoints, at most 10 in each.")
                % {"pods": len(facts.listed_pods(asked, WEB))},
                hint=_("Count the grids on the left: each is one slice."),
            ),
        ),
        Step(
            _("What one change sends"),
            (
                _("When a Pod stops being ready, the slice that lists it is written anew and "
                  "sent to every watcher. With one long list, as Endpoints objects were, all "
                  "of it would be."),
            ),
            view="slices", of=WEB,
            ask=Ask(
                _("One Pod stops being ready. How many slices are rewritten?"),
                "number",
                _rewritten,
                lambda asked: _("Only the slice that lists the Pod, with at most %(most)d "
                                "endpoints in it.") % {"most": _fullest(asked)},
                hint=_("A Pod's endpoint stands in one place of one grid."),
            ),
        ),
        Step(
            _("Room in a slice"),
            (
                _("A new endpoint goes into a slice that has room; the controller makes a new "
                  "slice only when there is none, and never moves endpoints just to tidy up."),
            ),
            view="slices", of=WEB,
            ask=Ask(
                _("Scale web to 26 Pods."),
                "deed",
                lambda asked: DONE
                if _replicas(asked) > BEFORE and len(facts.listed_pods(asked, WEB)) > BEFORE
                else NOT_YET,
                lambda asked: _("There are %(count)d slices.")
                % {"count": len(facts.slices(asked, WEB))},
                deed=Deed(_("Scale to 26"), _grow),
            ),
        ),
        Step(
            _("Full, and half full"),
            (
                _("Slices that stay half full after Pods have gone are the price of few writes. "
                  "The grid shows how full each one is."),
            ),
            view="slices", of=WEB,
            ask=Ask(
                _("Did the 26th Pod need a slice of its own?"),
                "one",
                lambda asked: frozenset({"yes" if 1 in _sizes(asked) else "no"}),
                lambda asked: _("All slices were full, so it got a new one.")
                if 1 in _sizes(asked)
                else _("One slice still had room for it."),
                lambda _asked: [Option("yes", _("Yes")), Option("no", _("No"))],
                hint=_("Compare the number of slices with what it was before, and look for a "
                       "grid with one endpoint."),
            ),
        ),
    ),
)  # fmt: skip
