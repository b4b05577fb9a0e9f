"""A trace as text: the verdict, a numbered line per step, the endpoints, what was not checked."""

from __future__ import annotations

from collections.abc import Iterator

from cluster.questions.trace.answer import Trace
from cluster.questions.trace.steps import Step

MARKS = {"pass": "✓", "fail": "✕", "skip": "-", "unknown": "?"}


def to_text(trace: Trace) -> str:
    """Return the trace as lines."""
    return "\n".join(_lines(trace)) + "\n"


def headline(trace: Trace) -> str:
    """Return the verdict in one line, with the step that stops it."""
    failing = [
        (number, step) for number, step in enumerate(trace.steps, start=1) if step.result == "fail"
    ]
    word = trace.verdict.upper()
    if not failing:
        return f"{word}: {trace.source} to {trace.destination}"
    number, step = failing[-1]
    return f"{word} at step {number} of {len(trace.steps)}: {step.text}"


def _lines(trace: Trace) -> Iterator[str]:
    yield headline(trace)
    if trace.shown != trace.source:
        yield f"as {trace.shown} connects:"
    for number, step in enumerate(trace.steps, start=1):
        yield from _step(number, step)
    if len(trace.endpoints) > 1:
        yield "endpoints:"
        for endpoint in trace.endpoints:
            mark = MARKS["pass" if endpoint.verdict == "reaches" else "fail"]
            stop = f"  stops at {endpoint.stage}" if endpoint.stage else ""
            pod = f"  {endpoint.pod}" if endpoint.pod else ""
            yield f"  {mark} {endpoint.endpoint}{pod}  from {endpoint.source}{stop}"
    yield "not checked:"
    yield from (f"  {line}" for line in trace.not_checked)


def _step(number: int, step: Step) -> Iterator[str]:
    assumed = " (assumed)" if step.confidence == "assumed" else ""
    rule = f" [{step.rule}]" if step.rule else ""
    yield f"{number:>2} {MARKS[step.result]} {step.stage}: {step.text}{assumed}{rule}"
    for item in step.evidence:
        value = f" = {item.value}" if item.value else ""
        yield f"       {item.object} {item.path}{value}"
    if step.closest_miss is not None:
        yield f"       closest: {step.closest_miss.text}"
    if step.smallest_change is not None:
        yield f"       fix: {step.smallest_change.text}"
