"""Is what is stored what follows from what is stored? Checks that must always come out empty.

Everything is worked out anew from the objects alone; each write that this would make is a
difference, and so is each DNS record and policy verdict that the rows have otherwise. Then the log
is compared with the table, and the checks of semantics.md section K that span objects are made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cluster.catalog import CONTROLLERS, KINDS, recorders
from cluster.engine.engine import Engine
from cluster.machinery.kind import Claim
from cluster.machinery.manifest import Manifest, mapping_at, mappings_at, text_at
from cluster.machinery.meta import Key
from cluster.machinery.times import format_time
from cluster.runtime.reconcile import without_collector
from cluster.store import ClusterHandle, Stored, find_cluster, log, read
from cluster.store.facts import STORED_RULES, FactsBySlot, stored_facts
from cluster.store.stored import changed_paths, owner_uids

MOST_PATHS = 5


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """Something that does not fit: the check that says so, the object, and what is wrong."""

    check: str
    object: str
    text: str

    def __str__(self) -> str:
        """One line for a terminal."""
        return f"{self.check}: {self.object}: {self.text}"


def verify(cluster: str) -> list[Difference]:
    """Return every difference, sorted; an empty list says that all is well.

    The engine should be idle: what it has not worked out yet is a difference, too.
    """
    handle = find_cluster(cluster)
    with without_collector():
        stored = {item.key: item for item in read.snapshot(handle)}
        manifests = {key: item.manifest() for key, item in stored.items()}
    gone: set[str] = set()
    found = [
        *_recomputed(handle, manifests),
        *_log_and_table(handle, stored, gone),
        *_claims(manifests),
        *_owners(manifests, gone),
    ]
    return sorted(found)


def _recomputed(cluster: ClusterHandle, manifests: dict[Key, Manifest]) -> Iterator[Difference]:
    engine = Engine(
        KINDS, (*CONTROLLERS, *recorders()), cluster.settings, stored=manifests.__getitem__,
        seed=cluster.uid,
    )  # fmt: skip
    with without_collector():
        engine.load(manifests.values(), cluster.revision)
    engine.ask_all()
    step = engine.feed((), format_time(datetime.now(UTC)))
    for key, manifest in step.writes.items():
        old = manifests.get(key)
        if manifest is None:
            if old is not None:
                yield Difference("rules", str(key), "is stored and should be gone")
        elif old is None:
            yield Difference("rules", str(key), "should be there and is not stored")
        elif old != manifest:
            paths = ", ".join(changed_paths(old, manifest, MOST_PATHS))
            yield Difference("rules", str(key), f"should differ in {paths}")
    for (rule, owner), message in step.errors.items():
        yield Difference("rules", str(owner), f"{rule} fails: {message}")
    yield from _facts(stored_facts(cluster), engine)


def _facts(stored: FactsBySlot, engine: Engine) -> Iterator[Difference]:
    """Compare the stored facts with those that an engine came to."""
    for slot in stored.keys() | engine.facts.keys():
        rule, owner = slot
        if rule not in STORED_RULES:
            continue
        old, new = set(stored.get(slot, ())), set(engine.facts.get(slot, ()))
        if old != new:
            text = f"{len(new - old)} facts are not stored, {len(old - new)} should not be"
            yield Difference(rule, str(owner), text)
        elif len(stored.get(slot, ())) != len(old):
            yield Difference(rule, str(owner), "facts are stored more than once")


def _log_and_table(
    cluster: ClusterHandle, stored: dict[Key, Stored], gone: set[str]
) -> Iterator[Difference]:
    """Compare the table with what the log says last of each object, and the log with itself.

    Adds the uids of deleted objects to `gone`.
    """
    last: dict[Key, log.LogEntry] = {}
    expected = cluster.oldest_revision
    for entry in log.entries(cluster):
        expected += 1
        if entry.revision != expected:
            yield Difference("log", str(entry.key), f"follows a gap after revision {expected - 1}")
            expected = entry.revision
        last[entry.key] = entry
        if entry.is_deletion:
            gone.add(entry.uid)
    if expected != cluster.revision:
        text = f"the log ends at {expected}, the cluster stands at {cluster.revision}"
        yield Difference("log", cluster.name, text)
    for key, entry in last.items():
        item = stored.get(key)
        if entry.is_deletion != (item is None):
            text = "is stored" if entry.is_deletion else "is not stored"
            yield Difference("log", str(key), f"{text} although {entry.verb} last")
        elif item is not None and (item.revision, item.body) != (entry.revision, entry.body):
            yield Difference("log", str(key), f"is not what revision {entry.revision} says")
    if not cluster.oldest_revision:
        for key in stored.keys() - last.keys():
            yield Difference("log", str(key), "is stored and was never written")


def _claims(manifests: dict[Key, Manifest]) -> Iterator[Difference]:
    """No two objects hold the same address or node port (K-1)."""
    holders: dict[Claim, Key] = {}
    for key in sorted(manifests):
        for claim in KINDS[key.kind].claims(manifests[key]):
            holder = holders.setdefault(claim, key)
            if holder != key:
                text = f"{claim.pool} {claim.value} is held by {holder}, too"
                yield Difference("K-1", str(key), text)


def _owners(manifests: dict[Key, Manifest], gone: set[str]) -> Iterator[Difference]:
    """Nothing outlives its last owner; owners that never were here (of a dump) do not count."""
    uids = {text_at(manifest, "metadata", "uid") for manifest in manifests.values()}
    for key, manifest in manifests.items():
        meta = mapping_at(manifest, "metadata")
        owners = mappings_at(meta, "ownerReferences")
        held = set(owner_uids(meta))
        if held & gone and not held & uids:
            names = ", ".join(f"{owner.get('kind')} {owner.get('name')}" for owner in owners)
            yield Difference("owners", str(key), f"outlived {names}")
