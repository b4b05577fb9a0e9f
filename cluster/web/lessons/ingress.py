"""Lesson 6: which path of an Ingress wins."""

from django.utils.translation import gettext_lazy as _

from cluster.domains.workload.drills import PatchObject
from cluster.machinery.manifest import JSON, copy, mappings_at, text_at
from cluster.questions.asked import Asked
from cluster.web.lessons import facts
from cluster.web.lessons.lesson import DONE, NOT_YET, Ask, Deed, Lesson, Option, Step

HOST = "shop.example.com"
SHOP = "shop/shop"


def _answers(_asked: Asked) -> list[Option]:
    return [
        Option("site", "site"),
        Option("api", "api"),
        Option("health", "health"),
        Option("404", _("404: no rule matches")),
        Option("503", _("503: the rule leads nowhere")),
    ]  # fmt: skip


def _url(asked: Asked, path: str, host: str = HOST) -> frozenset[str]:
    return frozenset({facts.routed_to(asked, host, path)})


def _to_the_site(asked: Asked) -> tuple[PatchObject, ...]:
    """Point the path of the missing Service at one that is there."""
    held = copy(facts.manifest(asked, "Ingress", "shop", "shop"))
    rules = mappings_at(held, "spec", "rules")
    for rule in rules:
        for path in mappings_at(rule, "http", "paths"):
            if text_at(path, "backend", "service", "name") == "blog":
                path["backend"] = {"service": {"name": "site", "port": {"name": "http"}}}
    listed: list[JSON] = list(rules)
    return (PatchObject(asked.kinds["Ingress"].key("shop", "shop"), {"spec": {"rules": listed}}),)


LESSON = Lesson(
    slug="ingress",
    title=_("Which path wins"),
    summary=_("Hosts, path types and precedence, and what a missing backend does."),
    minutes=5,
    icon="k-ingress",
    steps=(
        Step(
            _("The longest path wins"),
            (
                _("Paths of a host are compared in a fixed order: an Exact path before a Prefix, "
                  "a longer one before a shorter. Their order in the manifest does not matter."),
            ),
            view="ingress", of=SHOP,
            ask=Ask(
                _("Which Service answers http://shop.example.com/api/orders ?"),
                "one",
                lambda asked: _url(asked, "/api/orders"),
                lambda _asked: _("/api is the longest Prefix that matches."),
                _answers,
                hint=_("The paths stand in the order in which they are tried: take the first "
                       "that matches."),
            ),
        ),
        Step(
            _("Prefix means elements"),
            (
                _("A Prefix is compared element by element, split at the slashes, not letter by "
                  "letter."),
            ),
            view="ingress", of=SHOP,
            ask=Ask(
                _("And http://shop.example.com/apiary ?"),
                "one",
                lambda asked: _url(asked, "/apiary"),
                lambda _asked: _("/apiary is another element than /api, so only / matches."),
                _answers,
                hint=_("Split both at the slashes: is apiary the same element as api?"),
            ),
        ),
        Step(
            _("Exact"),
            (
                _("An Exact path matches that path and nothing below it, not even with a slash "
                  "at its end."),
            ),
            view="ingress", of=SHOP,
            ask=Ask(
                _("And http://shop.example.com/api/health/ ?"),
                "one",
                lambda asked: _url(asked, "/api/health/"),
                lambda _asked: _("With the slash the Exact path does not match, and /api does."),
                _answers,
                hint=_("Exact compares every character; what is left when it does not match?"),
            ),
        ),
        Step(
            _("Hosts"),
            (
                _("*.shop.example.com covers exactly one more label. A request whose host no "
                  "rule names gets the default backend, and 404 where there is none."),
            ),
            view="ingress", of=SHOP,
            ask=Ask(
                _("And http://a.b.shop.example.com/ ?"),
                "one",
                lambda asked: _url(asked, "/", "a.b.shop.example.com"),
                lambda _asked: _("a.b is two labels; the wildcard stands for one."),
                _answers,
                hint=_("Count the labels that the star has to stand for."),
            ),
        ),
        Step(
            _("A backend that is not there"),
            (
                _("The API server accepts an Ingress that names a missing Service. The controller "
                  "answers 503 until it appears; netviz reports a finding."),
            ),
            view="ingress", of=SHOP,
            ask=Ask(
                _("Make /blog lead to a Service that exists."),
                "deed",
                lambda asked: DONE
                if facts.routed_to(asked, HOST, "/blog") not in {"503", "404"}
                else NOT_YET,
                lambda asked: _("It is answered by %(service)s now.")
                % {"service": facts.routed_to(asked, HOST, "/blog")},
                deed=Deed(_("Send /blog to site"), _to_the_site),
            ),
        ),
    ),
)  # fmt: skip
