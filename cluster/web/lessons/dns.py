"""Lesson 5: how a Pod resolves a name."""

from django.utils.translation import gettext_lazy as _

from cluster.questions.asked import Asked
from cluster.web.lessons import facts
from cluster.web.lessons.lesson import Ask, Lesson, Option, Step

CLIENT = "shop/client"
OUTSIDE = "www.example.com"
LOOK = {"pod": CLIENT, "name": "db.data"}


def _asked_for(asked: Asked, pod: str, name: str) -> list[str]:
    return [query for query, _rcode in facts.queries(asked, pod, name)]


LESSON = Lesson(
    slug="dns",
    title=_("How a Pod resolves a name"),
    summary=_("Search lists, ndots, and why a short name works in one namespace only."),
    minutes=5,
    icon="k-dns",
    settings={"upstream_dns": {OUTSIDE: [{"type": "A", "ttl": 300, "data": "203.0.113.10"}]}},
    steps=(
        Step(
            _("Short names"),
            (
                _("The kubelet writes /etc/resolv.conf for every Pod. Its search list begins "
                  "with the Pod's own namespace, so a name without dots finds Services there."),
            ),
            view="dns", of="data/db", look=LOOK,
            ask=Ask(
                _("Which of these names does the Pod shop/client resolve?"),
                "many",
                lambda asked: frozenset(
                    name
                    for name in ("web", "db", "db.data", "web.shop.svc.cluster.local")
                    if any(rcode == "NOERROR" for _q, rcode in facts.queries(asked, CLIENT, name))
                ),
                lambda _asked: _("db alone becomes db.shop.svc.cluster.local, which is not "
                                 "there: the Service lives in the namespace data."),
                lambda _asked: facts.options(
                    ["web", "db", "db.data", "web.shop.svc.cluster.local"]
                ),
                hint=_("Join each name with the search list of the Pod: is there a Service "
                       "of the whole name?"),
            ),
        ),
        Step(
            _("The ladder"),
            (
                _("The resolver tries the search list from the top. Each failed try is a query "
                  "that a DNS server has to answer with NXDOMAIN."),
            ),
            view="dns", of="data/db", look=LOOK,
            ask=Ask(
                _("For db.data, which full name answers?"),
                "one",
                lambda asked: frozenset(
                    query
                    for query, rcode in facts.queries(asked, CLIENT, "db.data")
                    if rcode == "NOERROR"
                ),
                lambda asked: _("It is query %(count)d of the ladder.")
                % {"count": len(_asked_for(asked, CLIENT, "db.data"))},
                lambda _asked: facts.options([
                    "db.data.shop.svc.cluster.local.",
                    "db.data.svc.cluster.local.",
                    "db.data.cluster.local.",
                    "db.data.",
                ]),
                hint=_("Look at the ladder in the first column: the rung with a tick is the "
                       "answer."),
            ),
        ),
        Step(
            _("ndots"),
            (
                _("options ndots:5 says: a name with fewer than five dots goes through the "
                  "search list first, a name of the outside world too."),
            ),
            view="dns", of="data/db", look={"pod": CLIENT, "name": OUTSIDE},
            ask=Ask(
                _("How many different names does the Pod ask for to resolve www.example.com?"),
                "number",
                lambda asked: facts.numbers(
                    len(dict.fromkeys(_asked_for(asked, CLIENT, OUTSIDE)))
                ),
                lambda asked: _("In order: %(names)s")
                % {"names": " ".join(dict.fromkeys(_asked_for(asked, CLIENT, OUTSIDE)))},
                hint=_("Count the rungs of the ladder; A and AAAA of one name count once."),
            ),
        ),
        Step(
            _("Fewer questions"),
            (
                _("The Pod shop/tuned has dnsConfig with ndots:1. A dot at the end of a name "
                  "(www.example.com.) would save the search list as well."),
            ),
            view="dns", of="data/db", look={"pod": "shop/tuned", "name": OUTSIDE},
            ask=Ask(
                _("Which name does shop/tuned ask for first?"),
                "one",
                lambda asked: frozenset(_asked_for(asked, "shop/tuned", OUTSIDE)[:1]),
                lambda _asked: _("A name with at least ndots dots is asked for as it is before "
                                 "the search list is used."),
                lambda _asked: facts.options(
                    [f"{OUTSIDE}.shop.svc.cluster.local.", f"{OUTSIDE}.svc.cluster.local.",
                     f"{OUTSIDE}."]
                ),
                hint=_("Read the ladder from the top, and compare the dots of the name with "
                       "ndots."),
            ),
        ),
        Step(
            _("Another policy"),
            (
                _("The Pod shop/outsider has dnsPolicy: Default, which does not mean the "
                  "default: it takes the Node's resolver, which knows no Service."),
            ),
            view="dns", of="data/db", look={"pod": "shop/outsider", "name": "db.data"},
            ask=Ask(
                _("Does shop/outsider resolve db.data?"),
                "one",
                lambda asked: frozenset({
                    "yes"
                    if any(
                        rcode == "NOERROR"
                        for _q, rcode in facts.queries(asked, "shop/outsider", "db.data")
                    )
                    else "no"
                }),
                lambda _asked: _("Without a dnsPolicy a Pod gets ClusterFirst; Default means "
                                 "“as the Node does”."),
                lambda _asked: [Option("yes", _("Yes")), Option("no", _("No"))],
                hint=_("Look at the name servers of the Pod's resolv.conf: are they the "
                       "cluster's?"),
            ),
        ),
    ),
)  # fmt: skip
