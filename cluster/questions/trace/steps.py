"""What a trace is made of: steps with evidence, endpoints with verdicts, and their JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from cluster.machinery.drawing import Reason
from cluster.machinery.manifest import JSON, Manifest

Stage: TypeAlias = Literal[
    "name", "resolver", "dns-policy", "load-balancer", "node-port", "service", "proxy",
    "endpoint-choice", "route", "egress", "ingress", "port", "reply",
]  # fmt: skip
Result: TypeAlias = Literal["pass", "fail", "skip", "unknown"]
Confidence: TypeAlias = Literal["configured", "assumed"]
TraceVerdict: TypeAlias = Literal["reaches", "blocked", "partial", "unknown"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A field that an answer rests on."""

    object: str
    path: str
    value: str

    def json(self) -> Manifest:
        """The JSON of questions.md `evidence`."""
        return {"object": self.object, "path": self.path, "value": self.value}


@dataclass(frozen=True, slots=True)
class Missed:
    """What came nearest to letting a connection pass; `text` says what it lacked."""

    text: str
    object: str = ""
    path: str = ""

    def json(self) -> Manifest:
        """The JSON of `closest_miss`."""
        return {"text": self.text, "object": self.object, "path": self.path}


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one field that would let the step pass; `appended` to the list at `path`."""

    text: str
    object: str
    path: str
    value: JSON = None
    appended: bool = False

    def json(self) -> Manifest:
        """The JSON of `smallest_change`."""
        return {
            "text": self.text,
            "object": self.object,
            "path": self.path,
            "value": self.value,
            "appended": self.appended,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: what is asked, how it came out, and why.

    `rule` is an id of the reference that the answer follows; `text` is the answer in one line.
    `nodes` are those whose proxies or ports the step is about, for drawings; no part of the JSON.
    """

    stage: Stage
    question: str
    result: Result
    text: str
    rule: str
    evidence: tuple[Evidence, ...] = ()
    confidence: Confidence = "configured"
    closest_miss: Missed | None = None
    smallest_change: Edit | None = None
    nodes: tuple[str, ...] = ()

    def json(self) -> Manifest:
        """The JSON of one entry of `steps`."""
        miss, change = self.closest_miss, self.smallest_change
        return {
            "stage": self.stage,
            "question": self.question,
            "result": self.result,
            "text": self.text,
            "confidence": self.confidence,
            "rule": self.rule,
            "evidence": [item.json() for item in self.evidence],
            "closest_miss": None if miss is None else miss.json(),
            "smallest_change": None if change is None else change.json(),
        }


@dataclass(frozen=True, slots=True)
class EndpointVerdict:
    """What becomes of the connection where it goes to one endpoint.

    `stage` is where it stops, empty where it arrives; `source` is who opens it. `by` says what
    lets it arrive; it is for pages and no part of the JSON.
    """

    endpoint: str
    pod: str
    node: str
    source: str
    verdict: TraceVerdict
    stage: Stage | Literal[""] = ""
    text: str = ""
    by: str = ""

    def json(self) -> Manifest:
        """The JSON of one entry of `endpoints`."""
        return {
            "endpoint": self.endpoint,
            "pod": self.pod or None,
            "node": self.node or None,
            "source": self.source,
            "verdict": self.verdict,
            "stage": self.stage or None,
            "text": self.text,
        }


@dataclass(slots=True)
class Flow:
    """One source and one destination: the steps so far, and what became of each endpoint."""

    source: str
    destination: str
    steps: list[Step] = field(default_factory=list)
    endpoints: list[EndpointVerdict] = field(default_factory=list)
    is_uncertain: bool = False

    def add(self, step: Step) -> bool:
        """Take a step; returns whether the connection goes on."""
        self.steps.append(step)
        return step.result != "fail"

    @property
    def verdict(self) -> TraceVerdict:
        """What the flow comes to: by its endpoints, where it got that far."""
        if not self.endpoints:
            if any(step.result == "fail" for step in self.steps):
                return "blocked"
            return "unknown"
        found = together(endpoint.verdict for endpoint in self.endpoints)
        return "unknown" if found == "reaches" and self.is_uncertain else found


def together(verdicts: Iterable[TraceVerdict]) -> TraceVerdict:
    """Return the verdict about several connections of which any may be the one."""
    found = set(verdicts)
    if len(found) == 1:
        return found.pop()
    return "unknown" if not found or found == {"reaches", "unknown"} else "partial"


def evidence_of(reasons: Iterable[Reason]) -> tuple[Evidence, ...]:
    """Return the reasons that name an object, as evidence."""
    return tuple(
        Evidence(reason.object, reason.path, reason.value) for reason in reasons if reason.object
    )
