"""Lesson 1: from a Service to its Pods."""

from django.utils.translation import gettext_lazy as _

from cluster.domains.workload.drills import PatchObject
from cluster.domains.workload.pod import READY_ANNOTATION
from cluster.machinery.manifest import Manifest
from cluster.questions.asked import Asked
from cluster.web.lessons import facts
from cluster.web.lessons.lesson import DONE, NOT_YET, Ask, Deed, Lesson, Step

WEB = "shop/web"


def _unready(asked: Asked) -> tuple[PatchObject, ...]:
    """Take the first ready Pod of the Service out of service."""
    ready = sorted(facts.ready_pods(asked, WEB))[:1]
    merge: Manifest = {"metadata": {"annotations": {READY_ANNOTATION: "false"}}}
    return tuple(PatchObject(asked.kinds["Pod"].key("shop", name), merge) for name in ready)


def _correct_selector(asked: Asked) -> tuple[PatchObject, ...]:
    key = asked.kinds["Service"].key("shop", "orders")
    return (PatchObject(key, {"spec": {"selector": {"app": "orders"}}}),)


LESSON = Lesson(
    slug="endpoints",
    title=_("From a Service to its Pods"),
    summary=_("Selectors, readiness, and what a Service does when nothing matches."),
    minutes=5,
    icon="k-service",
    steps=(
        Step(
            _("A Service selects by label"),
            (
                _("A Service does not list Pods. It has a selector, and every Pod of its "
                  "namespace that carries all labels of the selector belongs to it."),
                _("The drawing reads from left to right: the Service, the EndpointSlices that "
                  "the control plane keeps for it, the Pods, and the Nodes they run on."),
            ),
            view="endpoints", of=WEB,
            ask=Ask(
                _("Which label makes a Pod an endpoint of the Service web?"),
                "one",
                lambda asked: frozenset({facts.selector(asked, "shop", "web")}),
                lambda asked: _("spec.selector of the Service is %(selector)s. Other labels of "
                                "the Pod do not matter.")
                % {"selector": facts.selector(asked, "shop", "web")},
                lambda asked: facts.options(
                    sorted({facts.selector(asked, "shop", "web"), "tier=front", "name=web",
                            "app=orders"})
                ),
                hint=_("Select the Service's card and read spec.selector in the drawer."),
            ),
        ),
        Step(
            _("Ready Pods get traffic"),
            (
                _("An endpoint is used while its Pod is ready. The three dots on each Pod say "
                  "whether it is ready, serving and terminating."),
                _("Select an arrow or a Pod and open “Why” to see which object and field "
                  "decided."),
            ),
            view="endpoints", of=WEB,
            ask=Ask(
                _("How many Pods does the Service web send new connections to?"),
                "number",
                lambda asked: facts.numbers(len(facts.ready_pods(asked, WEB))),
                lambda asked: _("These endpoints are ready: %(pods)s.")
                % {"pods": ", ".join(sorted(facts.ready_pods(asked, WEB)))},
                hint=_("Count the solid blue arrows that leave the slice: one for each ready "
                       "endpoint."),
            ),
        ),
        Step(
            _("A Pod stops being ready"),
            (
                _("A failing readiness probe takes a Pod out of service without killing it. "
                  "Open a Pod of web, press “Make unready”, and come back; or let the button "
                  "below do it."),
                _("Watch the drawing: nothing moves, one arrow becomes dotted."),
            ),
            view="endpoints", of=WEB,
            ask=Ask(
                _("Make one Pod of web unready."),
                "deed",
                lambda asked: DONE
                if facts.ready_pods(asked, WEB) < facts.listed_pods(asked, WEB)
                else NOT_YET,
                lambda _asked: _("The Pod is still listed in the slice, with ready: false, so "
                                 "that no new connection goes to it."),
                deed=Deed(_("Make one unready"), _unready),
            ),
        ),
        Step(
            _("Who is left"),
            (
                _("The EndpointSlice still lists the Pod that is not ready, and kube-proxy on "
                  "every Node leaves it out."),
            ),
            view="endpoints", of=WEB,
            ask=Ask(
                _("Which Pods get new connections now?"),
                "many",
                lambda asked: facts.ready_pods(asked, WEB),
                lambda _asked: _("Exactly the endpoints whose condition ready is true."),
                lambda asked: facts.options(sorted(facts.listed_pods(asked, WEB))),
                hint=_("A solid arrow carries new connections; a dotted one leads to a Pod "
                       "that is not ready."),
            ),
        ),
        Step(
            _("A selector that matches nothing"),
            (
                _("The Service orders selects app=order. No Pod carries that label, so the "
                  "Service exists, has an address, and answers nobody. Kubernetes reports no "
                  "error."),
                _("netviz names the nearest label. Correct the selector in the admin, or let "
                  "the button do it."),
            ),
            view="endpoints", of="shop/orders",
            ask=Ask(
                _("Make the Service orders find its Pods."),
                "deed",
                lambda asked: DONE if facts.ready_pods(asked, "shop/orders") else NOT_YET,
                lambda asked: _("It now selects %(selector)s and has %(count)d endpoints.")
                % {
                    "selector": facts.selector(asked, "shop", "orders"),
                    "count": len(facts.listed_pods(asked, "shop/orders")),
                },
                deed=Deed(_("Correct the selector"), _correct_selector),
            ),
        ),
    ),
)  # fmt: skip
