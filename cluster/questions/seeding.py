"""From a list of objects to a settled cluster in memory (questions.md, "Seeding").

`seed` means the objects stand for a cluster that already exists (`netviz ask`); `import` means
they are manifests or dumps that someone uploads (`simulate`, `check` and the other commands).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cluster.catalog import KINDS
from cluster.domains.workload.pod import Pod
from cluster.engine.admission import Mode
from cluster.engine.engine import Step
from cluster.engine.reading import UnknownKind
from cluster.engine.simulator import NOW, Simulator, Written
from cluster.machinery.errors import AlreadyExists, ApiError
from cluster.machinery.findings import Finding
from cluster.machinery.kind import Claim
from cluster.machinery.manifest import JSON, Manifest, mapping_at, text_at
from cluster.machinery.meta import Key
from cluster.machinery.settings import ClusterSettings
from cluster.machinery.times import later
from cluster.questions import bootstrap
from cluster.questions.duplicates import duplicate
from cluster.questions.importing import adapt, nodes_named
from cluster.questions.rules import ALL_RULES

DAY = 86400  # seconds
SETTLING = 12 * 3600  # seconds of simulated time in which terminating Pods of a step may end


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

    def slices_before(self, index: int) -> dict[Key, Manifest]:
        """Return the EndpointSlices that stood before settling number `index`."""
        return self.slices[index]

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


def seed(objects: Iterable[JSON], settings: ClusterSettings, mode: Mode = "seed") -> Seeded:
    """Return the settled cluster that `objects` make; what cannot enter is listed as refused."""
    listed = list(objects)
    simulator = Simulator(KINDS, ALL_RULES, settings, now=_start(listed))
    seeded = Seeded(simulator)
    _namespaces(seeded, listed, mode)
    _built_in(seeded, listed, mode)
    for index, item in enumerate(listed):
        if not _is(item, "Namespace"):
            _enter(seeded, index, item, mode)
    seeded.settle()
    return seeded


def _start(objects: list[JSON]) -> str:
    """A time before every deletion that the objects tell of: seeded Pods keep terminating."""
    ends = [
        text
        for item in objects
        if isinstance(item, dict) and (text := _deletion(item)) is not None
    ]
    return min([NOW, *(later(end, -DAY) for end in ends)])


def _deletion(item: Manifest) -> str | None:
    meta = item.get("metadata")
    stamp = meta.get("deletionTimestamp") if isinstance(meta, dict) else None
    try:
        return later(stamp, 0) if isinstance(stamp, str) else None
    except ValueError:
        return None


def _is(item: JSON, kind: str) -> bool:
    return isinstance(item, dict) and item.get("kind") == kind


def _namespaces(seeded: Seeded, objects: list[JSON], mode: Mode) -> None:
    """Enter the Namespaces given, then those that are only mentioned."""
    for index, item in enumerate(objects):
        if _is(item, "Namespace"):
            _enter(seeded, index, item, mode)
    mentioned = dict.fromkeys(bootstrap.SYSTEM_NAMESPACES)
    for item in objects:
        meta = item.get("metadata") if isinstance(item, dict) else None
        name = meta.get("namespace") if isinstance(meta, dict) else None
        if isinstance(name, str) and name:
            mentioned[name] = None
    for name in mentioned:
        if Key("", "Namespace", "", name) not in seeded.simulator.manifests:
            made: Manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
            _enter(seeded, -1, made, "api")


def _built_in(seeded: Seeded, objects: list[JSON], mode: Mode) -> None:
    """Enter the built-in Services and Nodes that the objects do not bring themselves."""
    settings = seeded.simulator.settings
    made: list[Manifest] = []
    if not any(_is(item, "Node") for item in objects):
        made += bootstrap.nodes(settings.nodes)
    if mode == "import":
        made += [bootstrap.node(name) for name in nodes_named(objects)]
    if settings.bootstrap:
        made += bootstrap.services(settings)
    given = {_name(item) for item in objects if isinstance(item, dict)}
    before = set(seeded.simulator.manifests)
    for manifest in made:
        if _name(manifest) not in given:
            _enter(seeded, -1, manifest, "api")
    seeded.built_in = frozenset(set(seeded.simulator.manifests) - before)


def _name(item: Manifest) -> tuple[JSON, JSON, JSON]:
    meta = item.get("metadata")
    if not isinstance(meta, dict):
        return (item.get("kind"), None, None)
    return (item.get("kind"), meta.get("namespace"), meta.get("name"))


def _enter(seeded: Seeded, index: int, item: JSON, mode: Mode) -> None:
    if mode == "import" and isinstance(item, dict):
        adapted = adapt(item, seeded.simulator.settings, _taken(seeded, item))
        item = adapted.manifest
        seeded.notices += [(index, text) for text in adapted.notices]
    try:
        try:
            written = seeded.simulator.create(item, mode=mode)
        except AlreadyExists:
            if mode != "import" or not isinstance(item, dict):
                raise
            written = _again(seeded, item)
    except ApiError as error:
        if index >= 0:
            seeded.refused.append(Refused(index, describe(item), error))
        return
    seeded.notices += [(index, text) for text in written.warnings]


def _taken(seeded: Seeded, item: Manifest) -> Callable[[str], bool]:
    """Return whether another Service than `item` holds a cluster IP."""
    own = describe(item).partition(" ")[2]

    def is_taken(ip: str) -> bool:
        holder = seeded.simulator.pools.holder(Claim("ip", ip))
        return holder is not None and f"{holder.namespace}/{holder.name}" != own

    return is_taken


def _again(seeded: Seeded, item: Manifest) -> Written:
    """Replace an object that an earlier document made, as applying the files in order does."""
    simulator = seeded.simulator
    found = simulator.read(item)
    name = text_at(found.manifest, "metadata", "name") or ""
    key = found.kind.key(namespace_of(found.manifest), name)
    before = simulator.revisions.get(key)
    written = simulator.replace(item)
    seeded.duplicates.append(duplicate(key, is_same=simulator.revisions.get(key) == before))
    return written


def describe(item: JSON) -> str:
    """Return `Kind ns/name` of whatever a user sent, as far as it says."""
    if not isinstance(item, dict):
        return "document"
    meta = mapping_at(item, "metadata") if isinstance(item.get("metadata"), dict) else {}
    name, namespace = meta.get("name"), meta.get("namespace")
    where = f"{namespace}/{name}" if namespace else str(name or "")
    return f"{item.get('kind') or 'document'} {where}".strip()


def namespace_of(item: Manifest) -> str:
    """Return the namespace that a manifest names, `default` where it names none."""
    return text_at(item, "metadata", "namespace") or "default"
