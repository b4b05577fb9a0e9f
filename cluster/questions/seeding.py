"""From a list of objects to a settled cluster in memory (questions.md, "Seeding").

`seed` means the objects stand for a cluster that already exists (`netviz ask`); `import` means
they are manifests or dumps that someone uploads (`simulate`, `check` and the other commands).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cluster.catalog import KINDS
from cluster.engine.admission import Mode
from cluster.engine.simulator import NOW, Simulator, Written
from cluster.machinery.errors import AlreadyExists, ApiError
from cluster.machinery.kind import Claim
from cluster.machinery.manifest import JSON, Manifest, mapping_at, text_at
from cluster.machinery.meta import Key
from cluster.machinery.settings import ClusterSettings
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say
from cluster.machinery.times import later
from cluster.questions import bootstrap
from cluster.questions.duplicates import duplicate
from cluster.questions.importing import adapt, nodes_named
from cluster.questions.rules import ALL_RULES
from cluster.questions.seeded import Refused, Seeded

DAY = 86400  # seconds


def seed(
    objects: Iterable[JSON],
    settings: ClusterSettings,
    mode: Mode = "seed",
    *,
    with_dns_server: bool = False,
) -> Seeded:
    """Return the settled cluster that `objects` make; what cannot enter is listed as refused.

    `with_dns_server` puts Pods behind the DNS Service, as stored clusters have them.
    """
    listed = list(objects)
    simulator = Simulator(KINDS, ALL_RULES, settings, now=_start(listed))
    seeded = Seeded(simulator)
    _namespaces(seeded, listed, mode)
    _built_in(seeded, listed, mode, with_dns_server=with_dns_server)
    for index, item in enumerate(listed):
        if not _is(item, "Namespace"):
            _enter(seeded, index, item, mode)
    seeded.settle()
    return seeded


def resume(
    objects: Iterable[Manifest], settings: ClusterSettings, snapshot: Snapshot | None = None
) -> Seeded:
    """Return a cluster in memory that holds the objects of one that is at rest, as they are.

    Nothing is admitted or judged again, which takes a tenth of the time that `seed` takes.
    `snapshot` holds the same objects parsed and becomes the new cluster's own.
    """
    listed = list(objects)
    simulator = Simulator(KINDS, ALL_RULES, settings, now=_start([*listed]))
    simulator.take_over(listed, snapshot)
    seeded = Seeded(simulator)
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


def _built_in(seeded: Seeded, objects: list[JSON], mode: Mode, *, with_dns_server: bool) -> None:
    """Enter the built-in Services and Nodes that the objects do not bring themselves."""
    settings = seeded.simulator.settings
    made: list[Manifest] = []
    if not any(_is(item, "Node") for item in objects):
        made += bootstrap.nodes(settings.nodes)
    if mode == "import":
        made += [bootstrap.node(name) for name in nodes_named(objects)]
    if settings.bootstrap:
        made += bootstrap.services(settings)
    if settings.bootstrap and with_dns_server:
        made.append(bootstrap.dns_server())
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
        return say("document")
    meta = mapping_at(item, "metadata") if isinstance(item.get("metadata"), dict) else {}
    name, namespace = meta.get("name"), meta.get("namespace")
    where = f"{namespace}/{name}" if namespace else str(name or "")
    kind = item.get("kind") or say("document")
    return f"{kind} {where}" if where else str(kind)


def namespace_of(item: Manifest) -> str:
    """Return the namespace that a manifest names, `default` where it names none."""
    return text_at(item, "metadata", "namespace") or "default"
