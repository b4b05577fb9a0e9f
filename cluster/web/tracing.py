"""A trace as its page shows it: the form's fields, steps with links, the change as a plan.

What is traced and why it stops is the question's to say (`cluster.questions.trace`); here its
words get addresses, and cards of the drawings become peers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from cluster.catalog import KINDS
from cluster.machinery.manifest import Manifest, text_at
from cluster.machinery.meta import Key
from cluster.questions.question import QuestionError
from cluster.questions.trace.answer import Trace
from cluster.questions.trace.rules import RULES
from cluster.questions.trace.steps import Edit, Evidence, Step
from cluster.questions.views import trace_words as words
from cluster.runtime.wording import said
from cluster.web.addresses import field_address, key_of, object_address
from cluster.web.manifest_yaml import Section
from cluster.web.remedies import lines_of
from cluster.web.viewquery import READABLE

FIELDS = ("from", "to", "port", "proto")
PROTOCOLS = ("TCP", "UDP", "SCTP")
UNKNOWN: Mapping[Key, Manifest] = MappingProxyType({})
NOT_ONE_FIELD = ("/etc/", "the name")  # evidence that stands in no manifest


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form, with what is wrong with it."""

    name: str
    label: str
    value: str
    error: str = ""
    icon: str = "k-external"
    colour: str = "c-external"


@dataclass(frozen=True, slots=True)
class Fact:
    """One piece of evidence; addresses are empty where there is nothing to open."""

    object: str
    object_href: str
    path: str
    path_href: str
    value: str
    revision: str = ""


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step as the list shows it; `look` is the class of its number and line."""

    number: int
    step: Step
    title: str
    word: str
    look: str
    glyph: str
    rule: str
    facts: tuple[Fact, ...]
    miss_href: str
    plan_href: str
    change: tuple[Section, ...]
    is_open: bool

    @property
    def confidence(self) -> str:
        """How sure the step is, in words; "" for one that was not reached."""
        if not self.step.question:
            return ""
        return _("assumed") if self.step.confidence == "assumed" else _("configured")


def peer_of(text: str) -> str:
    """Return the peer that a card's id (`Pod/shop/web-0`) means; other texts as they are."""
    kind, _slash, rest = text.partition("/")
    namespace, slash, name = rest.partition("/")
    if not slash or not name or "/" in name or kind not in KINDS or kind == kind.lower():
        return text
    if kind == "Node":
        return f"node/{name}"
    if kind == "Pod":
        return f"{namespace}/{name}"
    if kind == "Service":
        return f"{namespace}/svc/{name}"
    return f"{namespace}/{kind.lower()}/{name}"


def form_fields(
    given: Mapping[str, str], refused: QuestionError | None = None
) -> dict[str, Field]:
    """Return the fields of the form as they were filled in, the refusal at its own."""
    labels = {"from": _("From"), "to": _("To"), "port": _("Port"), "proto": _("Protocol")}
    at = "" if refused is None else {"protocol": "proto"}.get(refused.field, refused.field)
    at = at if at in FIELDS or refused is None else "to"
    found = {}
    for name in FIELDS:
        value = given.get(name, "")
        error = said(refused.message) if refused is not None and at == name else ""
        icon, colour = looks_of(value) if name in {"from", "to"} else ("", "")
        found[name] = Field(name, labels[name], value, error, icon, colour)
    return found


def looks_of(peer: str) -> tuple[str, str]:
    """Return the icon and the colour of a peer, by its words alone."""
    namespace, slash, rest = peer.partition("/")
    word, inner, _name = rest.partition("/")
    if "://" in peer:
        return "k-ingress", "c-ingress"
    if namespace == "node" and slash:
        return "k-node", "c-node"
    if slash and inner and word in {"svc", "service", "services"}:
        return "k-service", "c-service"
    if slash and inner:
        return "k-deployment", "c-workload"
    if slash and not peer.rpartition("/")[2].isdigit():
        return "k-pod", "c-pod"
    if any(mark.isalpha() for mark in peer) and "." in peer and ":" not in peer:
        return "k-dns", "c-dns"
    return "k-external", "c-external"


def steps_of(
    trace: Trace, cluster: str, query: Mapping[str, str], stored: Mapping[Key, Manifest] = UNKNOWN
) -> list[StepShown]:
    """Return the steps of a trace; the one that stops it is open, else the last that is unsure.

    `stored` are the objects that they name, as far as their manifests are at hand.
    """
    stop = words.stop_of(trace)
    opened = stop[0] if stop is not None else _most_telling(trace.steps)
    return [
        StepShown(
            number=number,
            step=step,
            title=words.stage_word(step),
            word=words.step_word(step),
            look=_look(step),
            glyph=_glyph(step),
            rule=RULES.get(step.rule, ""),
            facts=tuple(_facts(step.evidence, cluster, stored)),
            miss_href=_href(step.closest_miss.object, cluster) if step.closest_miss else "",
            plan_href=_plan_href(step.smallest_change, cluster, query, number),
            change=lines_of(step.smallest_change, stored) if step.smallest_change else (),
            is_open=number == opened,
        )
        for number, step in enumerate(trace.steps, start=1)
    ]


def _most_telling(steps: Iterable[Step]) -> int:
    """Return the number of the first step that is not known, 0 for none."""
    return next(
        (number for number, step in enumerate(steps, start=1) if step.result == "unknown"), 0
    )


def _look(step: Step) -> str:
    looks = {"pass": "is-ok", "assumed": "is-assumed", "stop": "is-deny", "off": "is-skip"}
    if step.result == "unknown":
        return "is-unknown"
    return looks[words.mark_of(step)]


def _glyph(step: Step) -> str:
    if step.result == "pass" and step.confidence == "assumed":
        return "assumed"
    return words.STEP_STATES[step.result]


def _facts(
    evidence: Iterable[Evidence], cluster: str, stored: Mapping[Key, Manifest]
) -> Iterator[Fact]:
    """Yield evidence with addresses; a field that is told twice is shown once."""
    for item in dict.fromkeys(evidence):
        key = key_of(item.object)
        is_field = key is not None and not item.path.startswith(NOT_ONE_FIELD)
        yield Fact(
            object=item.object,
            object_href=object_address(cluster, key) if key is not None else "",
            path=item.path,
            path_href=field_address(cluster, key, item.path) if key and is_field else "",
            value=item.value,
            revision=_revision(stored.get(key)) if key is not None else "",
        )


def _revision(manifest: Manifest | None) -> str:
    return text_at(manifest or {}, "metadata", "resourceVersion") or ""


def _href(text: str, cluster: str) -> str:
    key = key_of(text)
    return object_address(cluster, key) if key is not None else ""


def _plan_href(change: Edit | None, cluster: str, query: Mapping[str, str], number: int) -> str:
    """Return where the smallest change of a step opens as a plan; "" where it is no manifest's."""
    key = key_of(change.object) if change is not None else None
    if change is None or key is None or change.path.startswith(NOT_ONE_FIELD):
        return ""
    kept = {**query, "step": str(number)}
    return plan_address(cluster, **kept)


def trace_address(cluster: str, **fields: str) -> str:
    """Return the address of a trace; empty fields are left out."""
    kept = {name: value for name, value in fields.items() if value}
    address = reverse("trace", kwargs={"cluster": cluster})
    return f"{address}?{urlencode(kept, safe=READABLE)}" if kept else address


def plan_address(cluster: str, **fields: str) -> str:
    """Return the address of a new plan that begins with what `fields` name."""
    address = reverse("plan", kwargs={"cluster": cluster})
    return f"{address}?{urlencode(fields, safe=READABLE)}"


def swapped(given: Mapping[str, str]) -> dict[str, str]:
    """Return the fields with the two ends changed over; the port belongs to the old one."""
    return {
        "from": _without_port(given.get("to", "")), "to": given.get("from", ""),
        "port": "", "proto": given.get("proto", ""),
    }  # fmt: skip


def _without_port(peer: str) -> str:
    """Return a destination as a source: without `:PORT`, a URL by its host."""
    if "://" in peer:
        return peer.partition("://")[2].partition("/")[0].partition(":")[0]
    head, colon, tail = peer.rpartition(":")
    return head if colon and "/" in head and ":" not in head and tail else peer
