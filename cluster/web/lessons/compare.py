"""Lesson 3: one address for all, or a name for each: headless Services."""

from django.utils.translation import gettext_lazy as _

from cluster.domains.workload.drills import PatchObject
from cluster.questions.asked import Asked
from cluster.web.lessons import facts
from cluster.web.lessons.lesson import DONE, NOT_YET, Ask, Deed, Lesson, Option, Step

ZONE = "data.svc.cluster.local."


def _addresses(asked: Asked, name: str) -> list[str]:
    return facts.records(asked, f"{name}.{ZONE}", "A")


def _to_nothing(asked: Asked) -> tuple[PatchObject, ...]:
    key = asked.kinds["StatefulSet"].key("data", "db")
    return (PatchObject(key, {"spec": {"replicas": 0}}),)


def _rcode(asked: Asked) -> frozenset[str]:
    answer = facts.ask(asked, "dns", name=f"db.{ZONE}", type="A")
    found = "addresses" if answer["answer"] else str(answer["rcode"])
    return frozenset({found})


LESSON = Lesson(
    slug="compare",
    title=_("With and without an address"),
    summary=_("What clusterIP: None changes: who chooses the Pod, and what DNS answers."),
    minutes=5,
    icon="k-statefulset",
    steps=(
        Step(
            _("Two Services, the same Pods"),
            (
                _("db-any has a cluster IP: clients resolve one address, and kube-proxy picks a "
                  "Pod for every connection."),
                _("db is headless: clients resolve the Pods themselves, and pick."),
            ),
            view="compare", of="data/db",
            ask=Ask(
                _("How many addresses does DNS answer for db.data?"),
                "number",
                lambda asked: facts.numbers(len(_addresses(asked, "db"))),
                lambda asked: _("One for each ready Pod: %(addresses)s.")
                % {"addresses": ", ".join(_addresses(asked, "db"))},
                hint=_("Count the A records of the lane Headless: db is that one."),
            ),
        ),
        Step(
            _("One address"),
            (
                _("The other Service has the same selector and the same Pods."),
            ),
            view="compare", of="data/db-any",
            ask=Ask(
                _("And how many for db-any.data?"),
                "number",
                lambda asked: facts.numbers(len(_addresses(asked, "db-any"))),
                lambda asked: _("Its cluster IP %(addresses)s, however many Pods there are.")
                % {"addresses": ", ".join(_addresses(asked, "db-any"))},
                hint=_("Look at the lane With a cluster IP: that is where clients of db-any "
                       "go."),
            ),
        ),
        Step(
            _("Names that stay"),
            (
                _("A StatefulSet that names a headless Service as its serviceName gives each Pod "
                  "a hostname, and DNS a name for each. Replicas of a database find each other "
                  "this way."),
            ),
            view="compare", of="data/db",
            ask=Ask(
                _("Which name leads to the first Pod and to no other?"),
                "one",
                lambda asked: frozenset(
                    name
                    for name in (f"db-0.db.{ZONE}", f"db-0.{ZONE}", f"db-0.db-any.{ZONE}")
                    if len(facts.records(asked, name, "A")) == 1
                ),
                lambda _asked: _("hostname, then the Service it is published by, then the "
                                 "namespace. A Service with a cluster IP publishes no Pod."),
                lambda _asked: facts.options(
                    [f"db-0.{ZONE}", f"db-0.db.{ZONE}", f"db-0.db-any.{ZONE}", f"db.{ZONE}"]
                ),
                hint=_("Select a record of the headless lane: its name begins with the Pod's "
                       "hostname."),
            ),
        ),
        Step(
            _("Nobody left"),
            (
                _("Scale the StatefulSet to zero and look at both Services again."),
            ),
            view="compare", of="data/db",
            ask=Ask(
                _("Take all Pods of db away."),
                "deed",
                lambda asked: NOT_YET if facts.ready_pods(asked, "data/db") else DONE,
                lambda _asked: _("db-any keeps its address and refuses connections; db has "
                                 "nothing to answer with."),
                deed=Deed(_("Scale db to 0"), _to_nothing),
            ),
        ),
        Step(
            _("What a client hears"),
            (
                _("The difference shows in the error that an application logs: refused, or no "
                  "such host."),
            ),
            view="compare", of="data/db",
            ask=Ask(
                _("What does DNS answer for db.data now?"),
                "one",
                _rcode,
                lambda asked: _("Ready endpoints are still there: go back a step, and take them "
                                "away.")
                if "addresses" in _rcode(asked)
                else _("A headless Service without a ready endpoint publishes no record."),
                lambda _asked: [
                    Option("NXDOMAIN", _("NXDOMAIN: there is no such name")),
                    Option("NOERROR", _("NOERROR without an address: the name is there")),
                    Option("addresses", _("the addresses that the Pods had")),
                    Option("SERVFAIL", _("SERVFAIL: the server is broken")),
                ],
                hint=_("Look at the last row of the table below the lanes: what happens with "
                       "nothing ready."),
            ),
        ),
    ),
)  # fmt: skip
