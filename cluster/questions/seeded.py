"""A settled cluster in memory, as questions ask it (`cluster.questions.asked`)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from cluster.domains.workload.pod import Pod
from cluster.engine.engine import Step
from cluster.engine.reading import UnknownKind
from cluster.engine.simulator import Simulator
from cluster.machinery.errors import ApiError
from cluster.machinery.findings import Finding
from cluster.machinery.kind import Kinds
from cluster.machinery.manifest import JSON, Manifest, text_at
from cluster.machinery.meta import Key
from cluster.machinery.rule import Event
from cluster.machinery.settings import ClusterSettings
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.times import later
from cluster.questions.asked import Counts
from cluster.questions.facts import Facts

SETTLING = 12 * 3600  # seconds of simulated time in which terminating Pods of a step may end
SERVICE_NAME = "kubernetes.io/service-name"


@dataclass(frozen=True, slots=True)
class Refused:
    """An object that was left out: its place in the list, who it is, and why."""

    index: int
    object: str
    error: ApiError
    step: int | None = None

    @property
    def is_unknown_kind(self) -> bool:
        """Whether the object was skipped because its kind is not served."""
        return isinstance(self.error, UnknownKind)

    def answer(self) -> Manifest:
        """The JSON of questions.md `refused`."""
        found: Manifest = {
            "index": self.index,
            "object": self.object,
            "code": self.error.code,
            "reason": self.error.reason,
            "message": self.error.message,
            "errors": errors_json(self.error),
        }
        if self.step is not None:
            found["step"] = self.step
        return found


@dataclass(slots=True)
class Seeded:
    """A settled cluster, what was refused, and what the engine did in each settling."""

    simulator: Simulator
    refused: list[Refused] = field(default_factory=list)
    notices: list[tuple[int, str]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    built_in: frozenset[Key] = frozenset()
    duplicates: list[Finding] = field(default_factory=list)
    slices: list[dict[Key, Manifest]] = field(default_factory=list)
    cluster: str = "ask"
    _facts: Facts | None = None

    # asking

    @property
    def kinds(self) -> Kinds:
        """The kinds that the cluster serves."""
        return self.simulator.kinds

    @property
    def settings(self) -> ClusterSettings:
        """The cluster's settings."""
        return self.simulator.settings

    @property
    def snapshot(self) -> Snapshot:
        """Every object, parsed, as of the last settling."""
        return self.simulator.snapshot

    @property
    def facts(self) -> Facts:
        """Findings, and namespaces in numbers, as of the last settling."""
        if self._facts is None:
            self._facts = Facts(self.simulator.engine.facts)
        return self._facts

    @property
    def revision(self) -> int:
        """The number of writes so far."""
        return self.simulator.revision

    @property
    def time(self) -> str:
        """The simulated time."""
        return self.simulator.now

    def manifest(self, key: Key) -> Manifest | None:
        """Return one object with its resourceVersion, None where there is none."""
        return self.simulator.get(key) if key in self.simulator.manifests else None

    def objects(self, kinds: Collection[str] | None = None, namespace: str = "") -> list[Manifest]:
        """Return the objects (of some kinds, of one namespace) with their resourceVersions."""
        return self.simulator.objects(kinds, namespace)

    def create(self, document: JSON) -> Manifest:
        """Return what a POST would store, and store nothing; raises ApiError."""
        return self.simulator.create(document, dry_run=True).manifest or {}

    def replace(self, document: JSON) -> Manifest:
        """Return what a PUT would store, and store nothing; raises ApiError."""
        return self.simulator.replace(document, dry_run=True).manifest or {}

    def slice_changes(self, service: Key) -> tuple[Counts, Counts]:
        """Return what a Service's slices went through: first settling, last settling."""
        return self._counts(0, service), self._counts(len(self.steps) - 1, service)

    def sync_error(self, owner: Key) -> str | None:
        """Return why a controller could not work out what an object needs, None if it could."""
        errors = self.simulator.engine.errors.items()
        return next((text for (_rule, about), text in errors if about == owner), None)

    def events(self, key: Key) -> list[Event]:
        """Return what controllers recorded about an object, in order.

        What one settling records again is one Event, as the recorder's count makes it.
        """
        return [
            event
            for step in self.steps
            for event in dict.fromkeys(step.events)
            if event.key == key
        ]

    def _counts(self, index: int, service: Key) -> Counts:
        """Count the slices of a Service that one settling made, changed and removed."""
        counts = {"create": 0, "update": 0, "delete": 0}
        before = self.slices[index]
        for key, manifest in self.steps[index].writes.items():
            if key.kind != "EndpointSlice" or key.namespace != service.namespace:
                continue
            named = manifest if manifest is not None else before.get(key)
            if named is None or text_at(named, "metadata", "labels", SERVICE_NAME) != service.name:
                continue
            if manifest is None:
                counts["delete"] += 1
            else:
                counts["update" if key in before else "create"] += 1
        return Counts(**counts)

    # settling

    def settle(self) -> Step:
        """Settle, letting the grace periods that began pass; keeps what the engine did."""
        stored = self.simulator.manifests
        self.slices.append(
            {key: item for key, item in stored.items() if key.kind == "EndpointSlice"}
        )
        end = later(self.simulator.now, SETTLING)
        step = self.simulator.settle()
        while (until := self._next_end()) is not None and until <= end:
            self.simulator.now = until
            following = self.simulator.settle()
            following.writes = step.writes | following.writes
            following.events = step.events + following.events
            step = following
        self.steps.append(step)
        self._facts = None
        return step

    def _next_end(self) -> str | None:
        """Return when the next terminating Pod ends, None where none is terminating.

        No other clock runs: a Node that is not ready stays so, and its Pods are not evicted.
        """
        ending = self.simulator.snapshot.lookup(Pod, "terminating", value=True)
        stamps = (pod.meta.deletion_timestamp for pod in ending if not pod.meta.finalizers)
        return min((stamp for stamp in stamps if stamp is not None), default=None)


def errors_json(error: ApiError) -> list[JSON]:
    """Return the field errors of a refusal; one without a field for refusals of the whole."""
    if not error.errors:
        return [{"field": "", "type": error.reason, "detail": error.message}]
    return [
        {"field": found.field, "type": found.type.word, "detail": found.detail}
        for found in error.errors
    ]
