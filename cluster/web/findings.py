"""A cluster's findings as its page lists them: filtered, with since when they stand and mutes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cluster.domains.workload.pod import Pod
from cluster.machinery.findings import SEVERITIES, Finding, Severity
from cluster.machinery.meta import Key
from cluster.questions.facts import Facts
from cluster.questions.query.matching import compile_query
from cluster.questions.query.objects import ClusterWorld
from cluster.questions.seen import is_told
from cluster.questions.workloads import WORKLOAD_KINDS
from cluster.store import ClusterHandle, Muted, identity, mutes, sightings
from cluster.web.addresses import diagram_address, diagrams_of, object_address
from cluster.web.looking import Seen, look
from cluster.web.querying import Asked, Dropped, droppable
from cluster.web.querying import asked as query_of
from cluster.web.viewquery import changed, query_string
from cluster.web.words import series

OPEN, MUTED = "open", "muted"
STATES = (OPEN, MUTED)
FACETS = ("severity", "rule", "ns", "kind")


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding on the page; `since` None: it stood before anybody looked."""

    finding: Finding
    since: datetime | None
    muted: Muted | None

    @property
    def state(self) -> str:
        """`open` or `muted`."""
        return OPEN if self.muted is None else MUTED

    def facet(self, name: str) -> str:
        """Return the value of a facet."""
        key = self.finding.key
        values = {"severity": self.finding.severity, "rule": self.finding.rule,
                  "ns": key.namespace, "kind": key.kind, "state": self.state}  # fmt: skip
        return values[name]


@dataclass(frozen=True, slots=True)
class Listing:
    """Every finding that a reader may see, and those that pass the filters of an address."""

    everything: list[Entry]
    passed: list[Entry]
    revision: int
    dropped: list[Dropped] = field(default_factory=list)
    is_bare: bool = False
    """Whether no Pod runs: most rules have nothing to look at then."""

    @property
    def open(self) -> list[Entry]:
        """Those that are not muted."""
        return [entry for entry in self.everything if entry.muted is None]


def listing(
    handle: ClusterHandle, asked: Asked, given: Mapping[str, str], sees: Callable[[str], bool]
) -> Listing:
    """Return the findings of a cluster, gravest first, filtered by query and facets."""
    muted = mutes(handle)
    with look(handle.name) as seen:
        findings = [finding for finding in seen.facts.all() if is_told(finding, sees)]
        test = _test(seen, asked, sees)
        known = sightings(handle)
        entries = [
            Entry(finding, known.get(identity(finding)), _mute_of(finding, muted))
            for finding in findings
        ]
        passed = [entry for entry in entries if _fits(entry, given) and test(entry)]

        def count(other: Mapping[str, str]) -> int:
            fits = _test(seen, query_of(other), sees)
            return sum(_fits(entry, other) and fits(entry) for entry in entries)

        may_go = droppable(given, FACETS, count) if entries and not passed else []
        return Listing(entries, passed, seen.revision, may_go, not seen.snapshot.count(Pod))


def open_findings(handle: ClusterHandle, facts: Facts) -> list[Finding]:
    """Return the findings that nobody muted, gravest first."""
    muted = mutes(handle)
    return [finding for finding in facts.all() if _mute_of(finding, muted) is None]


def _mute_of(finding: Finding, muted: Sequence[Muted]) -> Muted | None:
    return next((each for each in muted if each.covers(finding)), None)


def _test(seen: Seen, asked: Asked, sees: Callable[[str], bool]) -> Callable[[Entry], bool]:
    """Return what the query says of one finding: it asks the object, and the finding's words."""
    if asked.is_blank:
        return lambda _entry: True
    world = ClusterWorld(seen.snapshot, seen.facts, sees)
    wanted = compile_query(asked.parsed.query, world)

    def test(entry: Entry) -> bool:
        finding = entry.finding
        return wanted(
            world.thing(
                finding.key,
                more=(finding.message, finding.path),
                extra=(("status", finding.severity), ("status", entry.state)),
                only=(("finding", finding.rule),),
            )
        )

    return test


def _fits(entry: Entry, given: Mapping[str, str]) -> bool:
    state = given.get("state") or OPEN
    return state in {"all", entry.state} and all(
        given.get(name, "") in {"", entry.facet(name)} for name in FACETS
    )


def facet(
    given: Mapping[str, str], name: str, entries: Iterable[Entry], order: Iterable[str] = ()
) -> list[dict[str, object]]:
    """Return the values of a facet with their counts, and the address that toggles each."""
    counts = Counter(entry.facet(name) for entry in entries)
    ordered = [value for value in order if value in counts] or [
        value for value, _count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    return [
        {
            "value": value,
            "count": counts[value],
            "is_on": given.get(name) == value,
            "href": changed(given, page="", **{name: "" if given.get(name) == value else value}),
        }
        for value in ordered
        if value
    ]


def state_facet(given: Mapping[str, str], entries: Iterable[Entry]) -> list[dict[str, object]]:
    """Return open and muted with their counts; open is shown where nothing else is asked for."""
    counts = Counter(entry.state for entry in entries)
    chosen = given.get("state") or OPEN
    words = {OPEN: _("open"), MUTED: _("muted")}
    return [
        {
            "value": words[state],
            "count": counts[state],
            "is_on": chosen == state,
            "href": changed(given, page="", state="" if state == OPEN else state),
        }
        for state in STATES
    ]


def verdict(found: Sequence[Finding], muted: int = 0) -> dict[str, str]:
    """Return the sentence that the page opens with."""
    counts = Counter(finding.severity for finding in found)
    hidden = ngettext("%d is muted.", "%d are muted.", muted) % muted if muted else ""
    if not found:
        why = hidden or _("No rule has a finding.")
        return {"state": "ok", "text": _("Nothing to report"), "why": why}
    state = "deny" if counts["error"] else "warn" if counts["warning"] else "unknown"
    told: dict[Severity, str] = {
        "error": ngettext("%d error", "%d errors", counts["error"]),
        "warning": ngettext("%d warning", "%d warnings", counts["warning"]),
        "info": ngettext("%d remark", "%d remarks", counts["info"]),
    }
    parts = [text % counts[severity] for severity, text in told.items() if counts[severity]]
    why = _("Each names the object and the field to blame.")
    return {"state": state, "text": series(parts), "why": f"{why} {hidden}".strip()}


DRAWN_BY = (
    ("spec.internalTrafficPolicy", "paths"), ("spec.externalTrafficPolicy", "paths"),
    ("spec.externalName", "paths"), ("spec.externalIPs", "paths"), ("spec.loadBalancer", "paths"),
    ("spec.healthCheckNodePort", "paths"), ("spec.ipFam", "families"),
    ("spec.clusterIP", "families"),
)  # fmt: skip
"""Which diagram of a Service shows what a field comes to; the others are seen at its endpoints."""


def drawing_address(cluster: str, key: Key, path: str = "") -> str:
    """Return where an object is drawn, itself selected; "" where nothing draws it.

    The page lights the path that the field `path` is to blame for.
    """
    drawn = diagrams_of(key.kind)
    if drawn:
        wanted = next((name for start, name in DRAWN_BY if path.startswith(start)), "")
        name = wanted if wanted in drawn else drawn[0]
        address = diagram_address(cluster, name, key.namespace, key.name)
        return address + query_string({"sel": key.node_id, **({"lit": path} if path else {})})
    address = reverse("map", kwargs={"cluster": cluster})
    if key.kind in {"Service", "Ingress", *WORKLOAD_KINDS}:
        query = {"lvl": "L1", "ns": key.namespace, "sel": key.node_id}
    elif key.kind == "Pod":
        query = {"lvl": "L1", "ns": key.namespace, "q": f"name:{key.name}"}
    elif key.kind == "NetworkPolicy":
        query = {"lvl": "L1", "ns": key.namespace, "q": f"policy:{key.namespace}/{key.name}"}
    elif key.kind == "Namespace":
        query = {"lvl": "L0", "sel": key.node_id}
    else:
        return ""
    return address + query_string(query)


def blamed_address(cluster: str, finding: Finding) -> str:
    """Return the object's page, where nothing draws it."""
    return drawing_address(cluster, finding.key, finding.path) or object_address(
        cluster, finding.key
    )


ORDER: Mapping[str, Sequence[str]] = {"severity": SEVERITIES[::-1]}
