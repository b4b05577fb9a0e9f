"""Why the tiles of level 0 and the lines to them are as they are: the fields behind the counts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from cluster.domains.ingress.ingress import Ingress
from cluster.domains.service.service import Service
from cluster.machinery.drawing import Reason
from cluster.machinery.findings import Finding
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say
from cluster.questions.facts import Facts
from cluster.questions.summaries import NamespaceSummary
from cluster.questions.views.cards import finding_reasons
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.service_lines import exposure

TOLD = 4
"""Ways in, and findings, of a namespace that are told."""


def tile_reasons(name: str, summary: NamespaceSummary, facts: Facts) -> tuple[Reason, ...]:
    """Return how many Pods of a namespace are ready, and its gravest findings."""
    ready, pods = f"{summary.ready:,}", f"{summary.pods:,}"
    known = [finding for finding in facts.within(name) if finding.severity != "info"]
    text = say("{ready} of {pods} Pods are ready.", ready=ready, pods=pods)
    first = Reason(text, f"Namespace {name}", "Pod status.conditions[Ready]",
                   say("True on {ready}", ready=ready))  # fmt: skip
    return (first, *finding_reasons(sorted(known, key=_gravity)[:TOLD]))


def _gravity(finding: Finding) -> tuple[int, Finding]:
    return (int(finding.severity != "error"), finding)


def ways_in(snapshot: Snapshot, name: str, request: ViewRequest) -> tuple[Reason, ...]:
    """Return what lets clients outside into a namespace, the first few by name."""
    return tuple(islice(_ways_in(snapshot, name, request), TOLD))


def _ways_in(snapshot: Snapshot, name: str, request: ViewRequest) -> Iterator[Reason]:
    if request.sees("Ingress"):
        for _key, ingress in sorted(snapshot.within(Ingress, name).items()):
            hosts = dict.fromkeys(rule.host or "*" for rule in ingress.rules)
            yield Reason(
                say("Its rules take HTTP from outside."), f"Ingress {name}/{ingress.meta.name}",
                "spec.rules", ", ".join(hosts) or say("default backend"),
            )  # fmt: skip
    if request.sees("Service"):
        for _key, service in sorted(snapshot.within(Service, name).items()):
            for line in exposure(service):
                yield from line.why
