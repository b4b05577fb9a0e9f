"""What a trace's page says: the sentence, the numbers beside it, its table and its outline."""

from __future__ import annotations

from collections.abc import Iterator

from cluster.machinery.drawing import (
    Cell,
    Column,
    Counter,
    Line,
    MarkState,
    Row,
    State,
    Verdict,
)
from cluster.machinery.texts import joined, lowered, opened, say, say_n
from cluster.questions.trace.answer import Trace
from cluster.questions.trace.steps import EndpointVerdict, Step
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.words import stated

MOST_ROWS = 100
"""Endpoints that the table lists; the JSON of the question has all."""

STAGE_WORDS = {
    "name": say("Name"), "resolver": say("Name server"), "dns-policy": say("Policies for DNS"),
    "load-balancer": say("Way in"), "node-port": say("Node port"), "service": "Service",
    "proxy": "kube-proxy", "endpoint-choice": opened(say("endpoints")),
    "route": say("Ingress route"),
    "egress": say("Egress"), "ingress": opened(say("ingress")), "port": say("Container port"),
    "reply": say("Reply"),
}  # fmt: skip
STEP_STATES: dict[str, State] = {
    "pass": "ok",
    "fail": "deny",
    "skip": "skip",
    "unknown": "unknown",
}
_VERDICT_STATES: dict[str, State] = {
    "reaches": "ok", "blocked": "deny", "partial": "warn", "unknown": "unknown",
}  # fmt: skip
_WORDS = {
    "pass": say("passes"),
    "fail": say("stops here"),
    "skip": say("not asked"),
    "unknown": say("not known"),
}


def mark_of(step: Step) -> MarkState:
    """Return how the number of a step is drawn."""
    if step.result == "fail":
        return "stop"
    if step.result == "skip":
        return "off"
    is_sure = step.result == "pass" and step.confidence == "configured"
    return "pass" if is_sure else "assumed"


def is_reached(step: Step) -> bool:
    """Whether the connection got to a step; steps beyond a stop have no question."""
    return bool(step.question)


def stage_word(step: Step) -> str:
    """Return the name of a step's stage, with whom it is about where that is one Node."""
    word = STAGE_WORDS[step.stage]
    return (
        say("{word} on {nodes}", word=word, nodes=step.nodes[0]) if len(step.nodes) == 1 else word
    )


def step_word(step: Step) -> str:
    """Return how a step came out, in words."""
    return _WORDS[step.result] if is_reached(step) else say("not reached")


def stop_of(trace: Trace) -> tuple[int, Step] | None:
    """Return the step that stops the flow that is shown, and its number; None if none does."""
    failing = [
        (number, step) for number, step in enumerate(trace.steps, start=1) if step.result == "fail"
    ]
    return failing[-1] if failing else None


def verdict(trace: Trace) -> Verdict:
    """Return the sentence and its reason."""
    state = _VERDICT_STATES[trace.verdict]
    passing, total = passing_of(trace), len(trace.endpoints)
    stop = stop_of(trace)
    ends = say("{source} to {destination}", source=trace.source, destination=trace.destination)
    if trace.verdict == "reaches":
        where = (
            say(" on all {endpoints}", endpoints=say_n("{n:,} endpoint", "{n:,} endpoints", total))
            if total > 1
            else ""
        )
        return Verdict(
            state,
            say(
                "{source} reaches {destination}{where}",
                source=trace.source,
                destination=trace.destination,
                where=where,
            ),
            _sure(trace),
        )
    if stop is None:
        unknown = next((step for step in trace.steps if step.result == "unknown"), None)
        why = unknown.text if unknown is not None else ""
        return Verdict(state, say("Not known: {ends}", ends=ends), why)
    number, step = stop
    if step.stage == "reply":
        return Verdict(state, say("No reply from {ends}", ends=ends), step.text)
    at = say("step {number} of {steps}", number=number, steps=len(trace.steps))
    if trace.verdict == "blocked":
        where = (
            say(" on all {endpoints}", endpoints=say_n("{n:,} endpoint", "{n:,} endpoints", total))
            if total > 1
            else ""
        )
        return Verdict(
            state, say("Blocked at {at}{where}: {ends}", at=at, where=where, ends=ends), step.text
        )
    is_counted = 0 < passing < total
    ways = (
        say("{passing} of {total} ways arrive", passing=f"{passing:,}", total=f"{total:,}")
        if is_counted
        else say("other sources arrive")
    )
    as_whom = (
        say("As {shown} connects: ", shown=trace.shown) if trace.shown != trace.source else ""
    )
    return Verdict(
        state,
        say("Partly blocked at {at}, {ways}: {ends}", at=at, ways=ways, ends=ends),
        as_whom + step.text,
    )


def _sure(trace: Trace) -> str:
    assumed = sum(
        step.confidence == "assumed" and step.result in {"pass", "unknown"} for step in trace.steps
    )
    steps = sum(map(is_reached, trace.steps))
    if not assumed:
        return say(
            "{steps}, none of them assumed.", steps=say_n("{n:,} step", "{n:,} steps", steps)
        )
    return say(
        "{steps}, {assumed} of them assumed: see what was not checked.",
        steps=say_n("{n:,} step", "{n:,} steps", steps),
        assumed=assumed,
    )


def passing_of(trace: Trace) -> int:
    """Return how many endpoints are reached; none where it is not known what a name stands for."""
    if trace.verdict == "unknown":
        return 0
    return sum(found.verdict == "reaches" for found in trace.endpoints)


def counters(trace: Trace) -> tuple[Counter, ...]:
    """Return endpoints that are reached and that are not."""
    passing = passing_of(trace)
    blocked = sum(found.verdict == "blocked" for found in trace.endpoints)
    if not trace.endpoints:
        return ()
    of = say("of {endpoints}", endpoints=f"{len(trace.endpoints):,}")
    found = [Counter(passing, say("reached"), "ok" if passing else None, of)]
    if blocked:
        found.append(Counter(blocked, say("blocked"), "deny"))
    return tuple(found)


# table

COLUMNS = (
    Column("step", say("Step"), "right"), Column("stage", say("Stage")),
    Column("result", say("Result")),
    Column("answer", say("Answer")), Column("confidence", say("Confidence")),
    Column("evidence", say("Evidence")),
    Column("rule", say("Rule")),
)  # fmt: skip
CONFIDENCE = {"configured": say("configured"), "assumed": say("assumed")}
ENDPOINT_COLUMNS = (
    Column("endpoint", say("Endpoint")), Column("result", say("Result")),
    Column("by", say("Decided by")),
    Column("address", say("Address")), Column("node", say("Node")), Column("from", say("From")),
)  # fmt: skip


def rows(trace: Trace) -> tuple[Row, ...]:
    """Return a row per step."""
    return tuple(
        Row(
            f"step-{number}",
            (
                Cell(str(number)), Cell(stage_word(step)),
                Cell(step_word(step), state=STEP_STATES[step.result]),
                Cell(step.text), Cell(CONFIDENCE[step.confidence] if is_reached(step) else ""),
                Cell(joined("; ", (say("{object} {path} = {value}", object=e.object, path=e.path,
                value=e.value) for e in step.evidence))),
                Cell(step.rule, mono=True),
            ),
        )
        for number, step in enumerate(trace.steps, start=1)
    )  # fmt: skip


def endpoint_columns(trace: Trace) -> tuple[Column, ...]:
    """Return the columns of the endpoints; who connects is one where not all fare alike."""
    is_several = len({found.source for found in trace.endpoints}) > 1
    return ENDPOINT_COLUMNS if is_several else ENDPOINT_COLUMNS[:-1]


def endpoint_rows(trace: Trace, request: ViewRequest) -> tuple[Row, ...]:
    """Return a row per endpoint, those that are not reached first, up to MOST_ROWS."""
    numbers: dict[str, int] = {
        step.stage: number for number, step in enumerate(trace.steps, start=1)
    }
    is_several = len({found.source for found in trace.endpoints}) > 1
    ordered = sorted(trace.endpoints, key=lambda found: found.verdict == "reaches")
    return tuple(
        Row(
            endpoint_id(found),
            (
                _endpoint_cell(found, request),
                _result_cell(found, numbers, is_known=trace.verdict != "unknown"),
                Cell(found.text or found.by),
                Cell(found.endpoint, mono=True),
                Cell(found.node or say("none"),
                     request.object_href("Node", "", found.node) if found.node else None),
                *((Cell(found.source),) if is_several else ()),
            ),
        )
        for found in ordered[:MOST_ROWS]
    )  # fmt: skip


def _endpoint_cell(found: EndpointVerdict, request: ViewRequest) -> Cell:
    if not found.pod:
        return Cell(say("no Pod"))
    namespace, _slash, name = found.pod.removeprefix("Pod ").partition("/")
    return Cell(name, request.object_href("Pod", namespace, name))


def _result_cell(found: EndpointVerdict, numbers: dict[str, int], *, is_known: bool) -> Cell:
    if found.verdict == "reaches" and not is_known:
        return Cell(say("let through"), state="unknown")
    if found.verdict == "reaches":
        return Cell(say("reached"), state="ok")
    if not found.stage:
        return Cell(say("not known"), state="unknown")
    number = numbers.get(found.stage)
    at = (
        say(
            "at {number}, {stage}",
            number=number,
            stage=lowered(STAGE_WORDS[found.stage]),
        )
        if number
        else say("at {stage}", stage=lowered(STAGE_WORDS[found.stage]))
    )
    return Cell(say("stops {at}", at=at), state="deny")


def endpoint_id(found: EndpointVerdict) -> str:
    """Return the id of an endpoint's card."""
    if found.pod:
        return "Pod/" + found.pod.removeprefix("Pod ")
    return f"Endpoint//{found.endpoint}"


# outline


def outline(trace: Trace) -> tuple[Line, ...]:
    """Return the Text form: the sentence, a numbered line per step, endpoints, what is open."""
    said = verdict(trace)
    lines = [Line(stated(said.text, said.why))]
    for number, step in enumerate(trace.steps, start=1):
        word = joined(", ", (stage_word(step), step_word(step)))
        text = (
            say("Step {number}, {word}: {text}", number=number, word=word, text=step.text)
            if is_reached(step)
            else say("Step {number}, {word}.", number=number, word=word)
        )
        lines.append(Line(text, tuple(_below(step))))
    if trace.endpoints:
        below = [Line(_fate(found)) for found in trace.endpoints[:MOST_ROWS]]
        lines.append(
            Line(say_n("{n:,} endpoint", "{n:,} endpoints", len(trace.endpoints)), tuple(below))
        )
    lines.append(Line(say("Not checked"), tuple(Line(text) for text in trace.not_checked)))
    return tuple(lines)


def _fate(found: EndpointVerdict) -> str:
    """Return what becomes of connections to one endpoint."""
    gaps = {
        "pod": found.pod or found.endpoint, "endpoint": found.endpoint, "source": found.source,
    }  # fmt: skip
    if found.verdict == "reaches":
        return say("{pod} at {endpoint} from {source}: reaches", **gaps)
    if not found.stage:
        return say("{pod} at {endpoint} from {source}: not known", **gaps)
    stage = lowered(STAGE_WORDS[found.stage])
    return say("{pod} at {endpoint} from {source}: blocked, stops at {stage}", stage=stage, **gaps)


def _below(step: Step) -> Iterator[Line]:
    for item in step.evidence:
        named = say("{object}, {path}", object=item.object, path=item.path)
        where = named if item.object and item.path else item.object or item.path
        yield Line(say("{where}: {value}", where=where, value=item.value) if item.value else where)
    if step.closest_miss is not None:
        yield Line(say("Closest: {text}", text=step.closest_miss.text))
    if step.smallest_change is not None:
        yield Line(say("Smallest change: {text}", text=step.smallest_change.text))
