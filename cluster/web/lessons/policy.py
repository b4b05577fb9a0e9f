"""Lesson 7: NetworkPolicies only ever allow."""

from django.utils.translation import gettext_lazy as _

from cluster.domains.workload.drills import PatchObject
from cluster.machinery.manifest import JSON, mappings_at
from cluster.questions.asked import Asked
from cluster.web.lessons import facts
from cluster.web.lessons.lesson import DONE, NOT_YET, Ask, Deed, Lesson, Option, Step

DB = "shop/svc/db"
PORT = 5432
SOURCES = ("shop/deploy/web", "shop/deploy/api", "guests/deploy/visitor")
FOCUS = "shop/db-from-web"


def _reaching(asked: Asked, *sources: str) -> frozenset[str]:
    return frozenset(name for name in sources if facts.reaches(asked, name, DB, PORT))


def _let_api_in(asked: Asked) -> tuple[PatchObject, ...]:
    """Add the second source to the rule that admits the first."""
    key = asked.kinds["NetworkPolicy"].key("shop", "db-from-web")
    held = mappings_at(facts.manifest(asked, "NetworkPolicy", "shop", "db-from-web"), "spec",
                       "ingress")  # fmt: skip
    peers: list[JSON] = [*mappings_at(held[0], "from")] if held else []
    peers.append({"podSelector": {"matchLabels": {"app": "api"}}})
    rule: JSON = {"from": peers, "ports": [{"port": "pg"}]}
    return (PatchObject(key, {"spec": {"ingress": [rule]}}),)


def _let_api_ask(asked: Asked) -> tuple[PatchObject, ...]:
    """Allow what the api needs to resolve names."""
    key = asked.kinds["NetworkPolicy"].key("shop", "api-out")
    held = mappings_at(facts.manifest(asked, "NetworkPolicy", "shop", "api-out"), "spec", "egress")
    dns: JSON = {
        "to": [{"namespaceSelector": {}, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}],
        "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
    }
    rules: list[JSON] = [*held, dns]
    return (PatchObject(key, {"spec": {"egress": rules}}),)


def _by_name(asked: Asked) -> bool:
    return facts.reaches(asked, "shop/deploy/api", "db.shop.svc.cluster.local", PORT)


LESSON = Lesson(
    slug="policy",
    title=_("Policies only allow"),
    summary=_("Isolation, both directions, namespaces, and the policy that forgets DNS."),
    minutes=6,
    icon="k-policy",
    steps=(
        Step(
            _("Selected means isolated"),
            (
                _("A Pod that no policy selects accepts everything. As soon as one policy selects "
                  "it for a direction, only what some policy allows gets through."),
                _("db-from-web selects the database, for ingress."),
            ),
            view="policy", of=FOCUS,
            ask=Ask(
                _("Who may open a connection to the Service db on its port?"),
                "many",
                lambda asked: _reaching(asked, *SOURCES),
                lambda _asked: _("One rule admits Pods labelled app=web of the same namespace. A "
                                 "podSelector alone never reaches into other namespaces."),
                lambda _asked: facts.options(SOURCES),
                hint=_("Blue lines are allowed. Select a red one and open “Why” to see what "
                       "the rule wants and what it found."),
            ),
        ),
        Step(
            _("Direction matters"),
            (
                _("A connection has to be allowed to leave its source and to enter its target. "
                  "Answers need no rule."),
            ),
            view="policy", of=FOCUS,
            ask=Ask(
                _("May the database itself open connections to web?"),
                "one",
                lambda asked: frozenset({
                    "yes"
                    if facts.reaches(asked, "shop/statefulset/db", "shop/deploy/web", 8080)
                    else "no"
                }),
                lambda _asked: _("The policy isolates db for ingress only; nothing isolates it "
                                 "for egress, and nothing isolates web."),
                lambda _asked: [Option("yes", _("Yes")), Option("no", _("No"))],
                hint=_("Look at the right side of the drawing: does any policy isolate db "
                       "for egress?"),
            ),
        ),
        Step(
            _("Allowed on one side"),
            (
                _("api-out lets api open connections to the database. That is half of it: the "
                  "database still has to let api in."),
            ),
            view="policy", of="shop/api-out",
            ask=Ask(
                _("Let api reach the database."),
                "deed",
                lambda asked: DONE if _reaching(asked, "shop/deploy/api") else NOT_YET,
                lambda _asked: _("Rules add up: the new peer takes nothing away from web."),
                deed=Deed(_("Add app=api to the rule"), _let_api_in),
            ),
        ),
        Step(
            _("And the name?"),
            (
                _("api may now reach the database's address. It looks the address up by name, "
                  "which is a connection of its own: to the cluster's DNS, on port 53."),
            ),
            view="policy", of="shop/api-out",
            ask=Ask(
                _("Does db.shop.svc.cluster.local:5432 work from api?"),
                "one",
                lambda asked: frozenset({"yes" if _by_name(asked) else "no"}),
                lambda asked: _("Names resolve, and the connection is open.")
                if _by_name(asked)
                else _("api is isolated for egress, and no rule allows DNS: the lookup fails."),
                lambda _asked: [Option("yes", _("Yes")), Option("no", _("No"))],
                hint=_("Two connections are needed: one to the cluster's DNS on port 53, one "
                       "to the database. Are both lines blue?"),
            ),
        ),
        Step(
            _("Do not forget DNS"),
            (
                _("Policies that isolate for egress nearly always need a rule for DNS, over UDP "
                  "and TCP."),
            ),
            view="policy", of="shop/api-out",
            ask=Ask(
                _("Let api resolve names."),
                "deed",
                lambda asked: DONE if _by_name(asked) else NOT_YET,
                lambda _asked: _("The whole way is open now: name, Service and Pod."),
                deed=Deed(_("Allow DNS"), _let_api_ask),
            ),
        ),
    ),
)  # fmt: skip
