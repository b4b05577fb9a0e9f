"""Lesson 8: IPv4 and IPv6 side by side."""

from django.utils.translation import gettext_lazy as _

from cluster.domains.workload.drills import PatchObject
from cluster.machinery.manifest import text_at
from cluster.questions.asked import Asked
from cluster.web.lessons import facts
from cluster.web.lessons.lesson import DONE, NOT_YET, Ask, Deed, Lesson, Option, Step

ZONE = "shop.svc.cluster.local."
NAMES = ("plain", "both", "six")


def _with_record(asked: Asked, type_: str) -> frozenset[str]:
    return frozenset(name for name in NAMES if facts.records(asked, f"{name}.{ZONE}", type_))


def _prefer(asked: Asked) -> tuple[PatchObject, ...]:
    key = asked.kinds["Service"].key("shop", "plain")
    return (PatchObject(key, {"spec": {"ipFamilyPolicy": "PreferDualStack"}}),)


LESSON = Lesson(
    slug="families",
    title=_("Two families"),
    summary=_("What a dual-stack cluster gives a Service that does not ask, and one that does."),
    minutes=4,
    icon="k-node",
    settings={
        "service_cidrs": ["10.96.0.0/16", "fd00:10:96::/108"],
        "pod_cidrs": ["10.244.0.0/16", "fd00:10:244::/56"],
    },
    steps=(
        Step(
            _("A Service has one family unless it asks"),
            (
                _("Pods of a dual-stack cluster have an address of each family. A Service gets "
                  "one cluster IP, of the cluster's first family, unless ipFamilyPolicy says "
                  "otherwise."),
            ),
            view="families", of="shop/plain",
            ask=Ask(
                _("Which family does the Service plain have?"),
                "one",
                lambda asked: frozenset({
                    "+".join(facts.families(asked, "shop", "plain"))
                }),
                lambda asked: _("ipFamilyPolicy is %(policy)s.")
                % {
                    "policy": text_at(
                        facts.manifest(asked, "Service", "shop", "plain"), "spec",
                        "ipFamilyPolicy",
                    )
                },
                lambda _asked: facts.options(["IPv4", "IPv6", "IPv4+IPv6"]),
                hint=_("One of the two lanes is empty: the Service has the other family."),
            ),
        ),
        Step(
            _("Slices have one family each"),
            (
                _("An EndpointSlice lists addresses of one family. A dual-stack Service has "
                  "slices for both, with the same Pods in them."),
            ),
            view="families", of="shop/both",
            ask=Ask(
                _("How many EndpointSlices does the Service both have?"),
                "number",
                lambda asked: facts.numbers(len(facts.slices(asked, "shop/both"))),
                lambda _asked: _("One for IPv4 and one for IPv6; each Pod is in both."),
                hint=_("Count the slices of both lanes."),
            ),
        ),
        Step(
            _("A and AAAA"),
            (
                _("DNS answers A from IPv4 addresses and AAAA from IPv6 addresses of the "
                  "Service, whatever its Pods have."),
            ),
            view="families", of="shop/six",
            ask=Ask(
                _("Which Services have an AAAA record?"),
                "many",
                lambda asked: _with_record(asked, "AAAA"),
                lambda _asked: _("Those with a cluster IP of IPv6."),
                lambda _asked: facts.options(NAMES),
                hint=_("A Service has an AAAA record if one of its cluster IPs is of IPv6. "
                       "This drawing shows six; open the others from the search box."),
            ),
        ),
        Step(
            _("Asking for both"),
            (
                _("PreferDualStack adds the second family where the cluster has it; "
                  "RequireDualStack is refused where it has not."),
            ),
            view="families", of="shop/plain",
            ask=Ask(
                _("Give the Service plain both families."),
                "deed",
                lambda asked: DONE
                if len(facts.families(asked, "shop", "plain")) > 1
                else NOT_YET,
                lambda _asked: _("It keeps its first address and has a second one now."),
                deed=Deed(_("Prefer dual stack"), _prefer),
            ),
        ),
        Step(
            _("Which one is used"),
            (
                _("The first family of the list is the Service's primary one. Clients get both "
                  "records and choose; most try IPv6 first."),
            ),
            view="families", of="shop/both",
            ask=Ask(
                _("What does a client that asks for A records of six get?"),
                "one",
                lambda asked: frozenset({
                    "some" if "six" in _with_record(asked, "A") else "none"
                }),
                lambda _asked: _("The name exists, but has no A record: NOERROR with nothing in "
                                 "it."),
                lambda _asked: [
                    Option("some", _("An IPv4 address")),
                    Option("none", _("No address")),
                ],
                hint=_("Open the Service six from the search box and look at its IPv4 lane."),
            ),
        ),
    ),
)  # fmt: skip
