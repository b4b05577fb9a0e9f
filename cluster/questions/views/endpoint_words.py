"""The sentence that opens the endpoints diagram, and its Text form."""

from __future__ import annotations

from collections.abc import Sequence

from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import Line, Verdict
from cluster.machinery.findings import Finding
from cluster.questions.slices import EndpointRow, port_text
from cluster.questions.views.cards import finding_state, pod_state
from cluster.questions.views.words import counted, listed

GUIDE = (
    "From the left: the Service, its slices by family and ports, its endpoints, their Nodes.",
    "R, S and T on a card are ready, serving and terminating; only ready endpoints get traffic.",
    "What is selected and yet no endpoint stands apart, dashed; Why tells what is missing.",
)


def verdict(
    service: Service, rows: list[EndpointRow], off: list[Pod], findings: Sequence[Finding]
) -> Verdict:
    """Return the answer to "does this Service send traffic anywhere?"."""
    name = f"{service.meta.namespace}/{service.meta.name}"
    because = findings[0].message if findings else ""
    if service.is_external_name:
        text = f"{name} is a DNS alias for {service.external_name}: it has no endpoints"
        return Verdict(finding_state(findings), text, because or "Nothing is proxied.")
    ports = listed([f"{port.port}/{port.protocol}" for port in service.ports]) or "any port"
    total = len({row.id for row in rows}) + len(off)
    ready = len({row.id for row in rows if row.ready and row.ports})
    what = "Pods" if service.pod_selector is not None else "hand-written endpoints"
    if not total:
        none = "selects no Pod" if service.pod_selector is not None else "has no endpoints"
        return Verdict("deny", f"{name} {none}", because or "Clients get connection refused.")
    if not ready:
        text = f"{name} sends {ports} to none of its {total} {what}"
        return Verdict("deny", text, because or _trouble(rows, off))
    text = f"{name} sends {ports} to {ready} of its {total} {what}"
    if ready < total:
        return Verdict("warn", text, because or _trouble(rows, off))
    state = finding_state(findings)
    return Verdict(state, text, because or "Every selected Pod is a ready endpoint."
                   if service.pod_selector is not None else because)  # fmt: skip


def _trouble(rows: list[EndpointRow], off: list[Pod]) -> str:
    parts: list[str] = []
    unready = {row.id for row in rows if not row.ready and not row.terminating}
    terminating = {row.id for row in rows if row.terminating}
    if unready:
        parts.append(f"{counted(len(unready), 'is', 'are')} not ready")
    if terminating:
        parts.append(f"{counted(len(terminating), 'is', 'are')} terminating")
    waiting = [pod for pod in off if not pod.ips]
    if waiting:
        parts.append(f"{counted(len(waiting), 'has', 'have')} no IP yet")
    if len(off) > len(waiting):
        parts.append(f"{counted(len(off) - len(waiting), 'is', 'are')} no endpoint")
    return ", ".join(parts).capitalize() + "." if parts else ""


def describe(
    service: Service, rows: list[EndpointRow], off: list[Pod], findings: Sequence[Finding]
) -> tuple[Line, ...]:
    """Return the Text form: what is sent where, who receives, who does not and why."""
    opening = verdict(service, rows, off, findings)
    slices: dict[str, list[EndpointRow]] = {}
    for row in rows:
        slices.setdefault(row.slice_name, []).append(row)
    lines = [
        Line(
            f"{opening.text}. {opening.why}".strip(),
            tuple(
                Line(f"Slice {name}, {found[0].family}, "
                     f"{', '.join(port_text(p) for p in found[0].ports) or 'no port'}, "
                     f"{counted(len(found), 'endpoint')}")
                for name, found in slices.items()
            ),
        )
    ]  # fmt: skip
    good = [row for row in rows if row.ready and row.ports]
    if good:
        lines.append(Line("Receives traffic:", tuple(_receiver(row) for row in good)))
    bad = [row for row in rows if not (row.ready and row.ports)]
    silent = [_silent(row) for row in bad]
    silent += [Line(f"Pod {p.meta.name} is not an endpoint: it is {pod_state(p)[1]}") for p in off]
    if silent:
        lines.append(Line("Does not receive traffic:", tuple(silent)))
    return (*lines, *(Line(f"{f.rule}: {f.message}") for f in findings))


def _receiver(row: EndpointRow) -> Line:
    name = f"Pod {row.pod.meta.name}" if row.pod is not None else "Endpoint"
    return Line(f"{name} ({', '.join(part for part in (row.address, row.node) if part)})")


def _silent(row: EndpointRow) -> Line:
    name = f"Pod {row.pod.meta.name}" if row.pod is not None else f"Endpoint {row.address}"
    if not row.ports:
        return Line(f"{name}: no port of the Service resolves on it")
    if row.terminating:
        return Line(f"{name} is terminating{', it still serves' if row.serving else ''}")
    return Line(f"{name} is not ready")
