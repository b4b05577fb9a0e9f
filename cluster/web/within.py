"""What is in a Namespace, for its page: its kinds counted, its isolation, what is found in it.

Counts come from what the engine keeps current and from the sizes of tables, so the page of a
namespace with 100,000 Pods costs no more than that of one with ten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cluster.catalog import KINDS
from cluster.domains.policy.policy import NetworkPolicy
from cluster.machinery.findings import Finding
from cluster.machinery.meta import Key
from cluster.questions.facts import in_order
from cluster.questions.summaries import NamespaceSummary
from cluster.runtime.permissions import Access
from cluster.web.addresses import object_address
from cluster.web.findings import blamed_address
from cluster.web.looking import Seen
from cluster.web.viewquery import query_string

MOST_POLICIES = 20
MOST_FINDINGS = 10


@dataclass(frozen=True, slots=True)
class Held:
    """The objects of one kind: how many, how they are, and where they are listed."""

    kind: str
    number: int
    href: str
    note: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One NetworkPolicy; `selector` is "" where it selects every Pod."""

    name: str
    href: str
    selector: str
    directions: str


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One finding with the place that shows it best."""

    finding: Finding
    href: str


def inside(seen: Seen, namespace: str, access: Access) -> dict[str, object]:
    """Return what a Namespace's page says of its contents, of kinds that the reader may see."""
    summary = seen.facts.summaries.get(namespace, NamespaceSummary())
    sees_policies = access.sees("NetworkPolicy")
    policies = seen.snapshot.within(NetworkPolicy, namespace) if sees_policies else {}
    found = in_order({f for f in seen.facts.within(namespace) if access.sees(f.key.kind)})
    return {
        "held": list(_held(seen, namespace, summary, access.sees)),
        "shows_policies": sees_policies and access.sees("Pod"),
        "isolation": [
            (_("Into its Pods"), "Ingress" in summary.denies),
            (_("Out of its Pods"), "Egress" in summary.denies),
        ],
        "policies": [_policy(seen.cluster, p) for p in _first(policies.values(), MOST_POLICIES)],
        "further_policies": max(0, len(policies) - MOST_POLICIES),
        "policies_href": _listing(seen.cluster, namespace, "NetworkPolicy"),
        "found": [FoundRow(f, blamed_address(seen.cluster, f)) for f in found[:MOST_FINDINGS]],
        "found_number": len(found),
        "found_href": reverse("findings", kwargs={"cluster": seen.cluster})
        + query_string({"ns": namespace}),
    }


def map_of(cluster: str, namespace: str) -> dict[str, object]:
    """Return the map's level of a namespace, as the diagrams of an object are linked."""
    query = query_string({"lvl": "L1", "ns": namespace})
    where = {"cluster": cluster}
    return {
        "id": "map",
        "label": _("Map"),
        "href": reverse("map", kwargs=where) + query,
        "graph_url": reverse("graph", kwargs=where) + query,
    }


def _held(
    seen: Seen, namespace: str, summary: NamespaceSummary, sees: Callable[[str], bool]
) -> list[Held]:
    rows = []
    for kind in KINDS:
        number = len(seen.snapshot.within(kind.type, namespace)) if kind.namespaced else 0
        if not number or not sees(kind.kind):
            continue
        note, state = _note(kind.kind, number, summary)
        rows.append(
            Held(kind.kind, number, _listing(seen.cluster, namespace, kind.kind), note, state)
        )
    return rows


def _note(kind: str, number: int, summary: NamespaceSummary) -> tuple[str, str]:
    """Return what is worth saying beside a number, and its glyph."""
    if kind == "Pod":
        waiting, finished = summary.pods - summary.ready, number - summary.pods
        parts = [_("all ready") if summary.pods and not waiting else ""]
        if waiting:
            parts.append(_("%(number)s not ready") % {"number": f"{waiting:,}"})
        if finished > 0:
            parts.append(_("%(number)s finished") % {"number": f"{finished:,}"})
        return " · ".join(filter(None, parts)), "warn" if waiting else "ok"
    if kind == "Service" and summary.exposed > summary.ingresses:
        outside = summary.exposed - summary.ingresses
        text = ngettext("%d open to outside clients", "%d open to outside clients", outside)
        return text % outside, ""
    return "", ""


def _policy(cluster: str, policy: NetworkPolicy) -> PolicyRow:
    words = {"Ingress": _("in"), "Egress": _("out")}
    selector = policy.pod_selector
    key = Key("networking.k8s.io", "NetworkPolicy", policy.meta.namespace, policy.meta.name)
    return PolicyRow(
        policy.meta.name,
        object_address(cluster, key),
        "" if selector.is_everything else str(selector),
        " + ".join(words[direction] for direction in policy.directions),
    )


def _first(policies: Iterable[NetworkPolicy], most: int) -> list[NetworkPolicy]:
    """Return those that select every Pod first, then by name."""
    ordered = sorted(policies, key=lambda p: (not p.pod_selector.is_everything, p.meta.name))
    return list(islice(ordered, most))


def _listing(cluster: str, namespace: str, kind: str) -> str:
    query = query_string({"q": f"kind:{kind} ns:{namespace}"})
    return reverse("search", kwargs={"cluster": cluster}) + query
