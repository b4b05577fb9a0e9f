"""A cluster in numbers and tiles, from what its engine keeps current: nothing is counted here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import tau

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cluster.domains.workload.pod import Pod
from cluster.machinery.findings import Finding, Severity
from cluster.machinery.snapshot import Snapshot
from cluster.questions.summaries import NamespaceSummary
from cluster.questions.workloads import workload_of
from cluster.runtime.wording import said
from cluster.web.words import series

MOST_TILES = 9  # then one tile for the rest, as the design draws it
RING_RADIUS = 15
RING = tau * RING_RADIUS
MOST_PARTS = 4  # workloads named on the largest tile
MOST_PODS_COUNTED = 20_000  # of a namespace whose workloads are counted for its tile
SIZES = ("xl", "l", "l", "m", "m", "m")  # then s; the largest namespaces come first
FEW = 2  # objects that the first sentence names
MODEST = ("m", "m", "m")  # where no namespace is much larger than another


SIZE_OF = ("pods", "services", "findings")
"""What the size of the tiles, and so their order, may follow."""


@dataclass(frozen=True, slots=True)
class Part:
    """One workload of a tile; `tenths` is its share of the largest, for the bar."""

    name: str
    pods: int
    tenths: int


@dataclass(frozen=True, slots=True)
class Tile:
    """One namespace; `rest` counts the namespaces that the last tile stands for."""

    name: str
    href: str
    size: str
    pods: int
    ready: int
    services: int
    policies: int
    denies: tuple[str, ...]
    warnings: int
    errors: int
    rest: int = 0
    parts: tuple[Part, ...] = ()

    @property
    def ring(self) -> str:
        """The dash pattern of the readiness ring: none of it where there is no Pod."""
        share = self.ready / self.pods if self.pods else 0.0
        return f"{RING * share:.1f} {RING:.1f}"

    @property
    def pods_text(self) -> str:
        """What stands under the number of Pods."""
        waiting = self.pods - self.ready
        if not self.pods:
            return _("pods")
        if not waiting:
            return ngettext("pod, ready", "pods, all ready", self.pods)
        return _("pods, %(number)s not ready") % {"number": f"{waiting:,}"}

    @property
    def policy_text(self) -> str:
        """How the namespace is isolated."""
        if self.denies:
            words = {"Ingress": _("in"), "Egress": _("out")}
            return _("default-deny %(directions)s") % {
                "directions": " + ".join(words.get(name, name) for name in sorted(
                    self.denies, reverse=True))
            }  # fmt: skip
        if not self.policies:
            return _("no policy")
        return ngettext("%d policy", "%d policies", self.policies) % self.policies


def tiles(
    cluster: str,
    summaries: Mapping[str, NamespaceSummary],
    findings: Mapping[str, Mapping[Severity, int]],
    size_of: str = "pods",
) -> list[Tile]:
    """Return the tiles of a cluster, the largest by `size_of` first, the smallest in one."""
    ordered = in_order(summaries, findings, size_of)
    if len(ordered) > MOST_TILES + 1:
        shown, rest = ordered[:MOST_TILES], ordered[MOST_TILES:]
    else:
        shown, rest = ordered, []
    sizes = _sizes([_measure(n, s, findings, size_of) for n, s in shown])
    found = [
        _tile(cluster, name, summary, size, findings.get(name, {}))
        for (name, summary), size in zip(shown, sizes, strict=True)
    ]
    if rest:
        found.append(_rest(cluster, rest, findings))
    return found


def count_by_namespace(found: Iterable[Finding]) -> dict[str, Counter[Severity]]:
    """Return how many findings of each severity stand in each namespace."""
    counts: dict[str, Counter[Severity]] = {}
    for finding in found:
        counts.setdefault(finding.key.namespace, Counter())[finding.severity] += 1
    return counts


def in_order(
    summaries: Mapping[str, NamespaceSummary],
    findings: Mapping[str, Mapping[Severity, int]],
    size_of: str = "pods",
) -> list[tuple[str, NamespaceSummary]]:
    """Return the namespaces, the largest first, then by name."""
    return sorted(
        summaries.items(),
        key=lambda item: (-_measure(item[0], item[1], findings, size_of), item[0]),
    )


def _measure(
    name: str,
    summary: NamespaceSummary,
    findings: Mapping[str, Mapping[Severity, int]],
    size_of: str,
) -> int:
    if size_of == "findings":
        return sum(n for severity, n in findings.get(name, {}).items() if severity != "info")
    return summary.services if size_of == "services" else summary.pods


def parts_of(snapshot: Snapshot, namespace: str) -> tuple[Part, ...]:
    """Return the largest workloads of a namespace, none where there is but one."""
    if len(snapshot.within(Pod, namespace)) > MOST_PODS_COUNTED:
        return ()
    counts: Counter[str] = Counter()
    for pod in snapshot.within(Pod, namespace).values():
        if not pod.is_finished:
            counts[workload_of(snapshot, pod).name] += 1
    largest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_PARTS]
    if len(largest) < 2:  # noqa: PLR2004 - one part is the whole
        return ()
    most = largest[0][1]
    return tuple(Part(name, count, max(1, round(10 * count / most))) for name, count in largest)


def _sizes(pods: list[int]) -> list[str]:
    """Return a size per tile: by rank, but modest where the first is no larger than the rest."""
    pattern = SIZES if len(pods) > len(MODEST) and pods[0] > 2 * pods[1] else MODEST
    return [pattern[rank] if rank < len(pattern) else "s" for rank in range(len(pods))]


def _tile(
    cluster: str, name: str, summary: NamespaceSummary, size: str, found: Mapping[Severity, int]
) -> Tile:
    address = reverse("map", kwargs={"cluster": cluster})
    return Tile(
        name=name, href=f"{address}?lvl=L1&ns={name}", size=size,
        pods=summary.pods, ready=summary.ready, services=summary.services,
        policies=summary.policies, denies=summary.denies,
        warnings=found.get("warning", 0), errors=found.get("error", 0),
    )  # fmt: skip


def _rest(
    cluster: str,
    rest: list[tuple[str, NamespaceSummary]],
    findings: Mapping[str, Mapping[Severity, int]],
) -> Tile:
    below = [findings.get(name, {}) for name, _summary in rest]
    return Tile(
        name=_("other (%(number)d)") % {"number": len(rest)},
        href=f"{reverse('map', kwargs={'cluster': cluster})}?lvl=L0&tab=table",
        size="s",
        pods=sum(summary.pods for _name, summary in rest),
        ready=sum(summary.ready for _name, summary in rest),
        services=sum(summary.services for _name, summary in rest),
        policies=sum(summary.policies for _name, summary in rest),
        denies=(),
        warnings=sum(counts.get("warning", 0) for counts in below),
        errors=sum(counts.get("error", 0) for counts in below),
        rest=len(rest),
    )


def verdict(found: Iterable[Finding]) -> dict[str, str]:
    """Return the one sentence a cluster opens with."""
    listed = list(found)
    counts = Counter(finding.severity for finding in listed)
    if counts["error"]:
        text = _ailing(listed, "error")
        return {"state": "deny", "text": text, "why": _where(listed, counts)}
    if counts["warning"]:
        text = _ailing(listed, "warning")
        return {"state": "warn", "text": text, "why": _where(listed, counts)}
    return {
        "state": "ok",
        "text": _("Every rule is satisfied"),
        "why": _("No Service, Ingress or NetworkPolicy has a warning."),
    }


def _ailing(found: list[Finding], severity: Severity) -> str:
    """Return which objects have findings of a severity: by name while they are few."""
    keys = list(dict.fromkeys(finding.key for finding in found if finding.severity == severity))
    gaps: dict[str, object] = {"object": keys[0], "other": keys[-1], "number": f"{len(keys):,}"}
    if len(keys) == 1:
        text = _("%(object)s has an error") if severity == "error" else _(
            "%(object)s has a warning"
        )  # fmt: skip
    elif len(keys) == FEW:
        text = _("%(object)s and %(other)s have errors") if severity == "error" else _(
            "%(object)s and %(other)s have warnings"
        )  # fmt: skip
    else:
        kinds = Counter(key.kind for key in keys).most_common()
        gaps["kinds"] = series(f"{kind} ×{number:,}" for kind, number in kinds)  # noqa: RUF001
        text = _("%(number)s objects have errors: %(kinds)s") if severity == "error" else _(
            "%(number)s objects have warnings: %(kinds)s"
        )  # fmt: skip
    return text % gaps


def _where(found: list[Finding], counts: Counter[Severity]) -> str:
    """Return the first message, and where the gravest findings are where there are several."""
    gravest: Severity = "error" if counts["error"] else "warning"
    places = Counter(f.key.namespace for f in found if f.severity == gravest)
    if sum(places.values()) == 1:
        return said(found[0].message)
    named = sorted(places.items(), key=lambda item: (-item[1], item[0]))[:3]
    where = series(
        _("%(number)d in %(namespace)s") % {"number": n, "namespace": name or _("no namespace")}
        for name, n in named
    )
    if gravest == "error":
        where = _("Errors: %(where)s") % {"where": where}
    rest = counts["warning"] if gravest == "error" else 0
    more = ngettext("%d more is a warning", "%d more are warnings", rest) % rest if rest else ""
    if not more:
        return _("%(where)s.") % {"where": where}
    return _("%(where)s; %(more)s.") % {"where": where, "more": more}


def counters(
    summaries: Mapping[str, NamespaceSummary],
    found: Iterable[Finding],
    hidden: Collection[str] = (),
) -> list[dict[str, object]]:
    """Return the numbers beside the verdict; what is hidden is not counted as none."""
    pods = sum(summary.pods for summary in summaries.values())
    ready = sum(summary.ready for summary in summaries.values())
    severities = Counter(finding.severity for finding in found)
    share = _("%(percent)s %% ready") % {"percent": f"{100 * ready / pods:.3g}"} if pods else ""
    services = sum(summary.services for summary in summaries.values())
    kinds = {"Namespace", "Service", "Pod"} - set(hidden)
    numbers: list[dict[str, object]] = [
        {"kind": "Namespace", "label": _("namespaces"), "value": len(summaries)},
        {"kind": "Service", "label": _("services"), "value": services},
        {"kind": "Pod", "label": _("pods"), "value": pods, "note": share},
    ]
    return [
        *(number for number in numbers if summaries and number.pop("kind") in kinds),
        {"label": _("warnings"), "value": severities["warning"], "state": "warn"},
        {"label": _("errors"), "value": severities["error"], "state": "deny"},
    ]
