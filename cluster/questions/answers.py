"""The questions of `ask` and their answers, one function each (questions.md).

An answer reads a settled cluster and changes nothing: `create` and `update` are dry runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cluster.engine.engine import Step
from cluster.machinery.errors import ApiError, Invalid, NotFound, not_found
from cluster.machinery.findings import SEVERITIES
from cluster.machinery.kind import Claim
from cluster.machinery.manifest import JSON, Manifest, text_at
from cluster.machinery.meta import Key
from cluster.questions.facts import Facts
from cluster.questions.seeding import Seeded, errors_json, namespace_of
from cluster.questions.views import view_json

SERVICE_NAME = "kubernetes.io/service-name"
MANAGED_BY = "endpointslice.kubernetes.io/managed-by"


class QuestionError(Exception):
    """A question that cannot be answered: a code, a sentence, and the field of the question."""

    def __init__(self, code: str, message: str, field: str = "") -> None:
        """Keep the three parts."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field

    def answer(self) -> Manifest:
        """The JSON of an `error`."""
        return {"code": self.code, "message": self.message, "field": self.field}


def create(seeded: Seeded, question: Manifest) -> Manifest:
    """What the apiserver would answer to a POST of `object`."""
    return _dry_run(lambda: seeded.simulator.create(_object(question), dry_run=True).manifest)


def update(seeded: Seeded, question: Manifest) -> Manifest:
    """What the apiserver would answer to a PUT of `object`, and what it would give back."""
    document = _object(question)
    answer = _dry_run(lambda: seeded.simulator.replace(document, dry_run=True).manifest)
    if answer["ok"]:
        answer["released"] = _released(seeded, answer)
    return answer


def _dry_run(write: Callable[[], Manifest | None]) -> Manifest:
    try:
        return {"ok": True, "object": write()}
    except ApiError as error:
        listed: list[JSON] = errors_json(error) if isinstance(error, Invalid) else []
        return {
            "ok": False, "code": error.code, "reason": error.reason, "message": error.message,
            "errors": listed or errors_json(error),
        }  # fmt: skip


def _released(seeded: Seeded, answer: Manifest) -> Manifest:
    new = answer["object"]
    assert isinstance(new, dict)  # noqa: S101 - an accepted write has an object
    kind = seeded.simulator.kinds[str(new["kind"])]
    key = kind.key(namespace_of(new), text_at(new, "metadata", "name") or "")
    old = seeded.simulator.manifests.get(key)
    before: set[Claim] = set(kind.claims(old)) if old is not None else set()
    free = before - set(kind.claims(new))
    ips: list[JSON] = [*sorted(claim.value for claim in free if claim.pool == "ip")]
    ports: list[JSON] = [*sorted(int(claim.value) for claim in free if claim.pool == "port")]
    return {"ips": ips, "node_ports": ports}


def _object(question: Manifest) -> Manifest:
    found = question.get("object")
    if not isinstance(found, dict):
        raise QuestionError("BadRequest", "object must be a Kubernetes object", "object")
    return found


def objects(seeded: Seeded, question: Manifest) -> Manifest:
    """The stored objects, of `kinds` and of `namespace` if given."""
    names: list[str] | None = None
    wanted = question.get("kinds")
    if wanted is not None:
        words = wanted.split(",") if isinstance(wanted, str) else wanted
        if not isinstance(words, list):
            raise QuestionError("BadRequest", "kinds must be a list of kinds", "kinds")
        names = []
        for word in words:
            kind = seeded.simulator.kinds.word(str(word))
            if kind is None:
                raise QuestionError("BadRequest", f"no kind {word!r}", "kinds")
            names.append(kind.kind)
    namespace = question.get("namespace") or ""
    found: list[JSON] = list(seeded.simulator.objects(names, str(namespace)))
    return {"objects": found}


def endpointslices(seeded: Seeded, question: Manifest) -> Manifest:
    """The slices of `service`, and what making them took in the first and the last settling."""
    service = _service(seeded, question)
    slices: list[JSON] = [
        manifest
        for manifest in seeded.simulator.objects(["EndpointSlice"], service.namespace)
        if text_at(manifest, "metadata", "labels", SERVICE_NAME) == service.name
    ]
    error = next(
        (text for (_rule, owner), text in seeded.simulator.engine.errors.items()
         if owner == service),
        None,
    )  # fmt: skip
    events: list[JSON] = [
        {"type": event.type, "reason": event.reason, "message": event.message}
        for step in seeded.steps
        for event in step.events
        if event.key == service
    ]
    return {
        "slices": slices,
        "changes": _counts(seeded, 0, service),
        "changes_last_step": _counts(seeded, len(seeded.steps) - 1, service),
        "sync_error": error,
        "events": events,
    }


def _service(seeded: Seeded, question: Manifest) -> Key:
    name = str(question.get("service") or "")
    namespace, _slash, last = name.rpartition("/")
    key = Key("", "Service", namespace or "default", last)
    if key not in seeded.simulator.manifests:
        raise QuestionError("NotFound", not_found("services", "", name).message, "service")
    return key


def _counts(seeded: Seeded, index: int, service: Key) -> Manifest:
    """Count the slices of a Service that one settling made, changed and removed."""
    counts = {"create": 0, "update": 0, "delete": 0}
    before = seeded.slices_before(index)
    step: Step = seeded.steps[index]
    for key, manifest in step.writes.items():
        if key.kind != "EndpointSlice" or key.namespace != service.namespace:
            continue
        named = manifest if manifest is not None else before.get(key)
        if named is None or text_at(named, "metadata", "labels", SERVICE_NAME) != service.name:
            continue
        if manifest is None:
            counts["delete"] += 1
        else:
            counts["update" if key in before else "create"] += 1
    return dict(counts)


def findings(seeded: Seeded, question: Manifest) -> Manifest:
    """The findings at or above `severity`, gravest first."""
    wanted = question.get("severity") or SEVERITIES[0]
    if wanted not in SEVERITIES:
        text = f"severity is one of {', '.join(SEVERITIES)}"
        raise QuestionError("BadRequest", text, "severity")
    least = SEVERITIES.index(wanted)
    found: list[JSON] = [
        finding.answer()
        for finding in Facts(seeded.simulator.engine.facts).all()
        if SEVERITIES.index(finding.severity) >= least and finding.key not in seeded.built_in
    ]
    return {"findings": found}


def graph(seeded: Seeded, question: Manifest) -> Manifest:
    """The graph JSON of a view (docs/graph.md)."""
    query = {
        key: ",".join(str(item) for item in value) if isinstance(value, list) else str(value)
        for key, value in question.items()
        if key != "ask" and value is not None
    }
    simulator = seeded.simulator
    try:
        return view_json(
            simulator.snapshot,
            Facts(simulator.engine.facts),
            query,
            revision=simulator.revision,
            time=simulator.now,
            cluster="ask",
        )
    except NotFound as error:
        raise QuestionError("NotFound", error.message, "of") from error
    except ValueError as error:
        raise QuestionError("BadRequest", str(error), "view") from error


QUESTIONS: Mapping[str, Callable[[Seeded, Manifest], Manifest]] = {
    "create": create, "update": update, "objects": objects, "endpointslices": endpointslices,
    "findings": findings, "graph": graph,
}  # fmt: skip
