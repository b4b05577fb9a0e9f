"""The sentence that opens the endpoints diagram, and its Text form."""

from __future__ import annotations

from collections.abc import Sequence

from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import Line, Verdict
from cluster.machinery.findings import Finding
from cluster.machinery.texts import joined, say, say_n
from cluster.questions.slices import EndpointRow, port_text
from cluster.questions.views.cards import finding_state, pod_state
from cluster.questions.views.near_misses import MOST_MISSED, NearMiss
from cluster.questions.views.words import listed, stated

GUIDE = (
    say("From the left: the Service, its slices by family and ports, its endpoints, their Nodes."),
    say(
        "R, S and T on a card are ready, serving and terminating; only ready endpoints get "
        "traffic."
    ),
    say("What is selected and yet no endpoint stands apart, dashed; Why tells what is missing."),
)


def verdict(
    service: Service, rows: list[EndpointRow], off: list[Pod], findings: Sequence[Finding]
) -> Verdict:
    """Return the answer to "does this Service send traffic anywhere?"."""
    name = f"{service.meta.namespace}/{service.meta.name}"
    because = findings[0].message if findings else ""
    if service.is_external_name:
        text = say(
            "{name} is a DNS alias for {external_name}: it has no endpoints",
            name=name,
            external_name=service.external_name,
        )
        return Verdict(finding_state(findings), text, because or say("Nothing is proxied."))
    ports = listed([f"{port.port}/{port.protocol}" for port in service.ports]) or say("any port")
    total = len({row.id for row in rows}) + len(off)
    ready = len({row.id for row in rows if row.ready and row.ports})
    what = say("Pods") if service.pod_selector is not None else say("hand-written endpoints")
    if not total:
        none = (
            say("selects no Pod") if service.pod_selector is not None else say("has no endpoints")
        )
        return Verdict(
            "deny",
            say("{name} {none}", name=name, none=none),
            because or say("Clients get connection refused."),
        )
    if not ready:
        text = say(
            "{name} sends {ports} to none of its {total} {what}",
            name=name,
            ports=ports,
            total=f"{total:,}",
            what=what,
        )
        return Verdict("deny", text, because or _trouble(rows, off))
    text = say(
        "{name} sends {ports} to {ready} of its {total} {what}",
        name=name,
        ports=ports,
        ready=f"{ready:,}",
        total=f"{total:,}",
        what=what,
    )
    if ready < total:
        return Verdict("warn", text, because or _trouble(rows, off))
    state = finding_state(findings)
    return Verdict(state, text, because or say("Every selected Pod is a ready endpoint.")
                   if service.pod_selector is not None else because)  # fmt: skip


def _trouble(rows: list[EndpointRow], off: list[Pod]) -> str:
    parts: list[str] = []
    without = {row.id for row in rows if not row.ports}
    if without:
        parts.append(
            say("{have} no such port", have=say_n("{n:,} has", "{n:,} have", len(without)))
        )
    unready = {row.id for row in rows if not row.ready and not row.terminating} - without
    terminating = {row.id for row in rows if row.terminating}
    if unready:
        parts.append(say("{are} not ready", are=say_n("{n:,} is", "{n:,} are", len(unready))))
    if terminating:
        parts.append(
            say("{are} terminating", are=say_n("{n:,} is", "{n:,} are", len(terminating)))
        )
    finished = sum(1 for pod in off if pod.is_finished)
    if finished:
        parts.append(say_n("{n:,} has finished", "{n:,} have finished", finished))
    waiting = sum(1 for pod in off if not pod.ips and not pod.is_finished)
    if waiting:
        parts.append(say("{have} no IP yet", have=say_n("{n:,} has", "{n:,} have", waiting)))
    rest = len(off) - finished - waiting
    if rest:
        parts.append(say("{are} no endpoint", are=say_n("{n:,} is", "{n:,} are", rest)))
    return stated(joined(", ", parts)) if parts else ""


def describe(
    service: Service,
    rows: list[EndpointRow],
    off: list[Pod],
    findings: Sequence[Finding],
    missed: NearMiss | None = None,
) -> tuple[Line, ...]:
    """Return the Text form: what is sent where, who receives, who does not and why."""
    opening = verdict(service, rows, off, findings)
    slices: dict[str, list[EndpointRow]] = {}
    for row in rows:
        slices.setdefault(row.slice_name, []).append(row)
    lines = [
        Line(
            stated(opening.text, opening.why),
            tuple(
                Line(say("Slice {name}, {family}, {value}, {endpoints}", name=name,
                family=found[0].family,
                value=joined(", ", (port_text(p) for p in found[0].ports)) or say("no port"),
                endpoints=say_n("{n:,} endpoint", "{n:,} endpoints", len(found))))
                for name, found in slices.items()
            ),
        )
    ]  # fmt: skip
    good = [row for row in rows if row.ready and row.ports]
    if good:
        lines.append(Line(say("Receives traffic:"), tuple(_receiver(row) for row in good)))
    bad = [row for row in rows if not (row.ready and row.ports)]
    silent = [_silent(row) for row in bad]
    silent += [
        Line(
            say(
                "Pod {p} is not an endpoint: it is {pod_state}",
                p=p.meta.name,
                pod_state=pod_state(p)[1],
            )
        )
        for p in off
    ]
    if silent:
        lines.append(Line(say("Does not receive traffic:"), tuple(silent)))
    if missed is not None:
        text = say("Not selected, but close: {found}, asked for is {selector}", found=missed.found,
                   selector=str(service.pod_selector))  # fmt: skip
        close = (Line(f"Pod {pod.meta.name}") for pod in missed.pods[:MOST_MISSED])
        lines.append(Line(text, tuple(close)))
    return (
        *lines,
        *(Line(say("{rule}: {message}", rule=f.rule, message=f.message)) for f in findings),
    )


def _receiver(row: EndpointRow) -> Line:
    name = f"Pod {row.pod.meta.name}" if row.pod is not None else "Endpoint"
    hints = say("for {hints}", hints=row.hints) if row.hints else ""
    value = joined(", ", (row.address, row.node, row.zone, hints))
    return Line(say("{name} ({value})", name=name, value=value))


def _silent(row: EndpointRow) -> Line:
    name = (
        f"Pod {row.pod.meta.name}"
        if row.pod is not None
        else say("Endpoint {address}", address=row.address)
    )
    if not row.ports:
        return Line(say("{name}: no port of the Service resolves on it", name=name))
    if row.terminating:
        return Line(
            say(
                "{name} is terminating{word}",
                name=name,
                word=say(", it still serves") if row.serving else "",
            )
        )
    return Line(say("{name} is not ready", name=name))
