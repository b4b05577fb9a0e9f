"""The way back: what becomes of the answer to a traced connection.

Replies go through whatever policies say of a new connection the same way (H-5), and a connection
that kube-proxy sent elsewhere comes back as from the address that the client asked (F-19, F-34).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cluster.machinery.texts import say
from cluster.questions.trace.answer import Trace
from cluster.questions.trace.steps import EndpointVerdict, Evidence, Result, Step

_ADDRESS = ("clusterIP", "status.loadBalancer.ingress", "spec.externalIPs", "nodePort")


def reply_of(trace: Trace) -> Trace:
    """Return the reply to the flow that a trace shows, as a trace of its own."""
    answering = next((found for found in trace.own if found.verdict == "reaches"), None)
    if answering is None:
        return _no_reply(trace)
    replier = answering.pod or answering.endpoint
    client = EndpointVerdict(trace.shown, _pod(trace.shown), "", replier, "reaches")
    return Trace(
        source=replier,
        destination=trace.shown,
        verdict="reaches",
        steps=tuple(_steps(trace, replier)),
        endpoints=(client,),
        shown=replier,
        not_checked=trace.not_checked[:3],
        own=(client,),
    )


def _no_reply(trace: Trace) -> Trace:
    failing = next((step for step in trace.steps if step.result == "fail"), None)
    why = failing.text if failing is not None else say("The connection itself is not known.")
    question = say("Is there a connection from {shown} to reply to?", shown=trace.shown)
    result: Result = "fail" if failing is not None else "unknown"
    step = Step(
        "reply", question, result, say("There is nothing to reply to. {why}", why=why), "H-5"
    )
    return replace(
        trace, source=trace.destination, destination=trace.shown, shown=_asked_whom(trace),
        steps=(step,), endpoints=(), own=(), sources=1,
        verdict="blocked" if failing is not None else "unknown",
    )  # fmt: skip


def _asked_whom(trace: Trace) -> str:
    """Return who would have answered: the first endpoint, else the Service that was asked."""
    if trace.own:
        return trace.own[0].pod or trace.own[0].endpoint
    named = (item.object for step in trace.steps for item in step.evidence)
    return next((text for text in named if text.startswith("Service ")), trace.destination)


def _pod(text: str) -> str:
    return text if text.startswith("Pod ") else ""


def _steps(trace: Trace, replier: str) -> Iterator[Step]:
    yield Step(
        "reply", say("Does {replier} answer?", replier=replier), "pass",
        say("Its answer belongs to the connection that was let through."), "H-5",
        confidence="assumed",
    )  # fmt: skip
    yield Step(
        "egress", say("Do the policies of {replier} let the reply out?", replier=replier), "pass",
        say(
            "They are not asked: replies of a connection that was let through always pass."
        ), "H-5",
    )  # fmt: skip
    proxy = next((step for step in trace.steps if step.stage == "proxy"), None)
    if proxy is not None:
        asked = _asked(trace)
        evidence = () if asked is None else (asked,)
        shown = (
            say("The reply comes from the address that the client asked.")
            if asked is None
            else say(
                "The reply comes from the address that the client asked, {address}.",
                address=asked.value,
            )
        )
        yield Step(
            "proxy", say("Which address does the reply come from?"), "pass", shown, "F-19",
            evidence, "assumed", nodes=proxy.nodes,
        )  # fmt: skip
    yield Step(
        "ingress", say("Do the policies of {shown} let the reply in?", shown=trace.shown), "pass",
        say("They are not asked: the client opened the connection."), "H-5",
    )  # fmt: skip


def _asked(trace: Trace) -> Evidence | None:
    """Return the field with the address that the client asked."""
    for step in trace.steps:
        if step.stage == "service":
            for item in step.evidence:
                if any(word in item.path for word in _ADDRESS):
                    return item
    return None
